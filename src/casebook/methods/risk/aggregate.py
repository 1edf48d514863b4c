"""Aggregate loss: how much a portfolio may have to pay in all."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import signal

from casebook.methods.risk.arguments import number, whole

Array = NDArray[np.float64]

NEGLIGIBLE = 1e-16
"""The recursion stops when as many amounts as the largest claim has steps hold less than this share of all."""

SCALE = 2.0**600
MOST_STEPS = 10**6
MOST_PRODUCTS = 10**8
"""Longer convolutions go through Fourier's transform, whose rounding hides what is below 1e-18."""


@dataclass(frozen=True)
class Poisson:
    """A Poisson number of claims; `mean` is the textbook's lambda."""

    mean: float

    def __post_init__(self) -> None:
        number("mean", self.mean)

    @property
    def moments(self) -> tuple[float, float]:
        """Mean and variance of the number of claims."""
        return self.mean, self.mean


@dataclass(frozen=True)
class Binomial:
    """A binomial number of claims: `n` policies (m), each claiming with probability `p` (q)."""

    n: int
    p: float

    def __post_init__(self) -> None:
        whole("n", self.n)
        number("p", self.p, 0, 1)

    @property
    def moments(self) -> tuple[float, float]:
        """Mean and variance of the number of claims."""
        return self.n * self.p, self.n * self.p * (1 - self.p)


@dataclass(frozen=True)
class NegativeBinomial:
    """A negative binomial number of claims: `r` and `beta` as in Klugman, with mean r beta."""

    r: float
    beta: float

    def __post_init__(self) -> None:
        number("r", self.r)
        number("beta", self.beta)

    @property
    def moments(self) -> tuple[float, float]:
        """Mean and variance of the number of claims."""
        return self.r * self.beta, self.r * self.beta * (1 + self.beta)


Frequency = Poisson | Binomial | NegativeBinomial


@dataclass(frozen=True)
class Loss:
    """A total amount that is zero, one, two ... units.

    Attributes
    ----------
    pmf
        Probability of k units at index k; the sum is one.
    unit
        What one step is worth, for instance in RMB.
    """

    pmf: Array
    unit: float = 1.0

    @property
    def mean(self) -> float:
        """Mean amount."""
        return self.unit * float(self.pmf @ np.arange(self.pmf.size))

    @property
    def variance(self) -> float:
        """Variance of the amount."""
        deviation = self.unit * np.arange(self.pmf.size) - self.mean
        return float(self.pmf @ deviation**2)

    def quantile(self, level: float) -> float:
        """Find the smallest amount that is not exceeded with at least this probability, below one."""
        wanted = number("level", level, 0, 1)
        if wanted == 1:
            raise ValueError("level: expected a number below 1, found 1")
        beyond = np.append(np.cumsum(self.pmf[:0:-1])[::-1], 0.0)
        return self.unit * int(np.argmax(beyond <= (1 - wanted) * (1 + 1e-12)))

    def tail(self, amount: float) -> float:
        """Compute the probability that the amount exceeds the one given."""
        steps = math.floor(number("amount", amount, -math.inf) / self.unit * (1 + 1e-12))
        return min(1.0, float(self.pmf[max(steps + 1, 0) :][::-1].sum()))

    def reserve(self, level: float = 0.995) -> float:
        """Find the money that suffices with this probability; Europe's insurers must hold enough for 0.995 a year."""
        return self.quantile(level)


def panjer(frequency: Frequency, severity: ArrayLike, unit: float = 1.0) -> Loss:
    r"""Compute the distribution of the sum of a random number of independent claims.

    .. math:: g_s = \frac{1}{1 - a f_0} \sum_{y=1}^{s} \left(a + \frac{b\,y}{s}\right) f_y\, g_{s-y}

    Poisson: :math:`a = 0,\ b = \lambda`; negative binomial: :math:`a = \beta/(1+\beta),\ b = (r-1)a`. The binomial
    law, :math:`a = -q/(1-q),\ b = -(m+1)a`, would subtract nearly equal numbers; here it is raised to its power by
    repeated squaring, which only adds.

    Parameters
    ----------
    frequency
        Law of the number of claims: Poisson, Binomial or NegativeBinomial.
    severity
        Law of one claim: probability of y units at index y (f), summing to one.
    unit
        What one unit is worth.

    Returns
    -------
    Loss
        The sum, to where nothing but rounding remains.

    Raises
    ------
    ValueError
        When the severity holds a negative number or does not sum to one, the frequency is of another kind, or the
        sum may reach more than a million units: choose a coarser one.

    References
    ----------
    H. Panjer, *Recursive evaluation of a family of compound distributions*, ASTIN Bulletin 12 (1981); H. Panjer and
    S. Wang, *On the stability of recursive formulas*, ASTIN Bulletin 23 (1993); S. Klugman, H. Panjer and G. Willmot,
    *Loss Models*, chapter 9.
    """
    if not isinstance(frequency, Frequency):
        raise ValueError(f"frequency: expected Poisson, Binomial or NegativeBinomial, found {frequency!r}")
    claim = _severity(severity)
    step = number("unit", unit, math.ulp(0.0))
    mean, variance = frequency.moments
    if mean == 0 or claim.size == 1:
        return Loss(np.ones(1), step)
    amounts = np.arange(claim.size)
    size = float(claim @ amounts)
    spread = math.sqrt(mean * float(claim @ (amounts - size) ** 2) + variance * size**2)
    reach = claim.size + mean * size + 10 * spread
    if isinstance(frequency, NegativeBinomial):
        reach += 40 * frequency.beta * size  # its tail is geometric, whatever its variance
    if reach > MOST_STEPS:
        raise ValueError(f"unit: expected one so coarse that there are at most {MOST_STEPS} steps, found {reach:.3g}")
    if isinstance(frequency, Binomial):
        one = np.append(1 - frequency.p, np.zeros(claim.size - 1)) + frequency.p * claim
        return Loss(_power(one, int(frequency.n)), step)
    ratio = 0.0 if isinstance(frequency, Poisson) else frequency.beta / (1 + frequency.beta)
    first = frequency.mean if isinstance(frequency, Poisson) else frequency.r * ratio
    return Loss(_recursion(ratio, first, claim, mean * size), step)


def _severity(severity: ArrayLike) -> Array:
    try:
        claim = np.asarray(severity, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"severity: expected probabilities, found {severity!r}") from error
    if claim.ndim != 1 or not claim.size:
        raise ValueError(f"severity: expected probabilities in a row, found shape {claim.shape}")
    if not np.isfinite(claim).all() or (claim < 0).any():
        wrong = claim[~(np.isfinite(claim) & (claim >= 0))][0]
        raise ValueError(f"severity: expected finite probabilities of at least 0, found {wrong:g}")
    if abs(claim.sum() - 1) > 1e-9:
        raise ValueError(f"severity: expected probabilities that sum to 1, found {claim.sum():.12g}")
    return claim[: np.flatnonzero(claim)[-1] + 1] / claim.sum()


def _recursion(a: float, c: float, claim: Array, mean: float) -> Array:
    """Run Panjer's recursion from an arbitrary start, rescaling on the way, until the rest is negligible.

    With c = a + b its weights are sums of positive numbers: s (a + b y/s) = a (s - y) + c y.
    """
    largest = claim.size - 1
    chance = claim[:0:-1] / (1 - a * claim[0])
    weighted = c * chance * np.arange(largest, 0, -1)
    sums = np.zeros((2, largest + 1024))  # g and s g, behind as many zeros as the largest claim has steps
    sums[0, largest] = 1.0
    total, window, s = 1.0, 1.0, 0
    while s <= mean or window > NEGLIGIBLE * total:
        s += 1
        if largest + s == sums.shape[1]:
            sums = np.concatenate([sums, np.zeros_like(sums)], axis=1)
        value = weighted @ sums[0, s : s + largest]
        if a:
            value += a * (chance @ sums[1, s : s + largest])
        sums[0, largest + s], sums[1, largest + s] = value / s, value
        total += value / s
        if s % largest == 0:
            window = sums[0, s + 1 : s + 1 + largest].sum()
        if value > SCALE:
            sums[:, : largest + s + 1] /= SCALE
            total, window = total / SCALE, window / SCALE
    law = sums[0, largest : largest + s + 1]
    return law / law.sum()


def _power(one: Array, n: int) -> Array:
    """Convolve a law with itself until it is the sum of n, leaving out ends that are negligible."""
    result, start = np.ones(1), 0
    square, offset = one, 0
    while True:
        if n & 1:
            result, start = _convolved(result, square, start + offset)
        n >>= 1
        if not n:
            return np.concatenate([np.zeros(start), result / result.sum()])
        square, offset = _convolved(square, square, 2 * offset)


def _convolved(one: Array, other: Array, start: int) -> tuple[Array, int]:
    """Convolve two laws; return the part that matters and at which amount it begins."""
    short = one.size * other.size <= MOST_PRODUCTS
    law = np.convolve(one, other) if short else signal.fftconvolve(one, other)
    kept = np.flatnonzero(law > (1e-40 if short else 1e-18))
    return law[kept[0] : kept[-1] + 1].clip(0), start + int(kept[0])
