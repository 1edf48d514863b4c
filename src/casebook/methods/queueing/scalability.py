"""How throughput grows with the machines that share the work: Gunther's law, and Amdahl's as its special case."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import least_squares

from casebook.methods.queueing.arguments import number, numbers, plain

Values = float | NDArray[np.float64]


@dataclass(frozen=True)
class Scalability:
    r"""The Universal Scalability Law.

    .. math:: X(N) = \frac{\gamma N}{1 + \sigma (N - 1) + \kappa N (N - 1)}

    Attributes
    ----------
    rate
        Throughput of a single machine (gamma).
    contention
        Share of the work that must queue for what only one can use at a time (sigma); alone it gives Amdahl's law.
    coherency
        What each pair spends on agreeing (kappa); above zero, more machines do less in the end.

    Raises
    ------
    ValueError
        When one of them is negative or not finite, or the rate is zero.

    References
    ----------
    N. J. Gunther, *Guerrilla Capacity Planning*, chapter 4.
    """

    rate: float
    contention: float
    coherency: float

    def __post_init__(self) -> None:
        number("rate", self.rate, positive=True)
        number("contention", self.contention)
        number("coherency", self.coherency)

    def at(self, machines: ArrayLike) -> Values:
        """Compute the throughput of so many machines (N), any shape."""
        n = numbers("machines", machines)
        return plain(self.rate * n / (1 + self.contention * (n - 1) + self.coherency * n * (n - 1)))

    @property
    def peak(self) -> float:
        r"""The machines beyond which throughput falls: :math:`N^* = \sqrt{(1 - \sigma)/\kappa}`, or infinity."""
        if self.contention >= 1:
            return 1.0
        return math.sqrt((1 - self.contention) / self.coherency) if self.coherency else math.inf

    def machines_for(self, throughput: float) -> float:
        """Find the fewest machines that reach a throughput; infinity where no number does."""
        wanted = number("throughput", throughput)
        # X(N) = x is a quadratic in N; its smaller root is where the rising branch reaches x.
        a, b = self.coherency * wanted, (self.contention - self.coherency) * wanted - self.rate
        c = wanted * (1 - self.contention)
        inside = b * b - 4 * a * c
        if inside < 0 or b >= 0:
            return 0.0 if wanted == 0 else math.inf
        root = 2 * c / (-b + math.sqrt(inside))
        return float(max(0, math.ceil(root - 1e-9)))


def fit_scalability(machines: ArrayLike, throughput: ArrayLike) -> Scalability:
    """Fit the Universal Scalability Law to measured throughputs by least squares, nothing below zero.

    Parameters
    ----------
    machines
        Numbers of machines, processes or users (N), at least three different ones, each at least one.
    throughput
        What they achieved together, of the same shape, above zero.

    Raises
    ------
    ValueError
        When there are fewer than three different numbers, the shapes differ or a number is out of range.

    References
    ----------
    N. J. Gunther, *Guerrilla Capacity Planning*, chapter 5.
    """
    n, x = numbers("machines", machines, positive=True), numbers("throughput", throughput, positive=True)
    if n.shape != x.shape or n.ndim != 1:
        raise ValueError(f"throughput: expected one for each of {n.size} numbers of machines, found shape {x.shape}")
    if np.unique(n).size < 3 or n.min() < 1:
        raise ValueError(f"machines: expected at least 3 different numbers from 1 up, found {np.unique(n).tolist()}")
    top = float(x.max())

    def misfit(p: NDArray[np.float64]) -> NDArray[np.float64]:
        return p[0] * n / (1 + p[1] * (n - 1) + p[2] * n * (n - 1)) - x / top

    start = [float(np.max(x / n)) / top, 0.01, 1e-4]
    found = least_squares(misfit, start, bounds=(0, np.inf), x_scale=start, xtol=1e-14, ftol=1e-14, gtol=1e-14)
    rate, contention, coherency = found.x.tolist()
    return Scalability(rate * top, contention, coherency)
