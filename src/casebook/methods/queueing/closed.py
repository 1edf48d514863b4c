"""Closed networks: a fixed number of customers goes round between stations and a delay, and nobody comes or leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods.queueing.arguments import number, numbers, whole

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ClosedNetwork:
    """Means of a closed network in the steady state, for every population from one to N.

    Attributes
    ----------
    population
        Customers going round (n), shape (N,).
    throughput
        Rounds completed per unit of time (X), shape (N,).
    residence
        Time a round spends at each station, waiting included (R), shape (N, stations).
    queue
        Mean number at each station (Q), shape (N, stations).
    utilisation
        Share of time each station is busy (U), shape (N, stations).
    """

    population: NDArray[np.int64]
    throughput: Array
    residence: Array
    queue: Array
    utilisation: Array


@dataclass(frozen=True)
class Bounds:
    """What no closed network of these demands can exceed, however its queues behave.

    Attributes
    ----------
    light
        Throughput if nobody ever waited, N / (Z + D), shape of the population.
    ceiling
        Throughput of the slowest station when it is always busy, 1 / max D.
    knee
        Population at which both meet (N*); beyond it somebody must wait.
    floor
        Throughput if everybody waited for all others everywhere, N / (Z + N D), shape of the population.
    """

    light: Array
    ceiling: float
    knee: float
    floor: Array

    @property
    def upper(self) -> Array:
        """The lower one of the two upper bounds, shape of the population."""
        return np.minimum(self.light, self.ceiling)


def mean_value_analysis(demands: ArrayLike, population: int, think: float = 0.0) -> ClosedNetwork:
    r"""Solve a closed network of single servers and a delay exactly (mean value analysis).

    .. math:: R_k(n) = D_k\,(1 + Q_k(n-1)), \qquad X(n) = \frac{n}{Z + \sum_k R_k(n)}, \qquad Q_k(n) = X(n)\,R_k(n)

    Parameters
    ----------
    demands
        Service time that a round needs at each station, visits included (D), shape (stations,).
    population
        Customers going round (N), at least one.
    think
        Time a round spends where nobody waits (Z), such as travel.

    Returns
    -------
    ClosedNetwork
        Exact for exponential services in order of arrival, and for any services shared equally among those present.

    Raises
    ------
    ValueError
        When there is no station, a time is negative or not finite, a round takes no time at all, or there is no
        customer.

    References
    ----------
    M. Reiser and S. S. Lavenberg, *Mean-value analysis of closed multichain queuing networks*, Journal of the ACM 27
    (1980); E. D. Lazowska, J. Zahorjan, G. S. Graham and K. C. Sevcik, *Quantitative System Performance*, chapter 6.
    """
    demand, delay = _times(demands, think)
    n = np.arange(1, whole("population", population, least=1) + 1)
    throughput, residence = np.empty(n.size), np.empty((n.size, demand.size))
    queue = np.zeros(demand.size)
    for row, customers in enumerate(n):
        residence[row] = demand * (1 + queue)
        throughput[row] = customers / (delay + residence[row].sum())
        queue = throughput[row] * residence[row]
    rate = throughput[:, None]
    return ClosedNetwork(n, throughput, residence, rate * residence, rate * demand)


def asymptotic_bounds(demands: ArrayLike, population: ArrayLike, think: float = 0.0) -> Bounds:
    r"""Bound the throughput of a closed network from above and below.

    .. math:: \frac{N}{Z + N D} \le X(N) \le \min\left\{\frac{N}{Z + D}, \frac{1}{D_{\max}}\right\},
        \qquad N^* = \frac{Z + D}{D_{\max}}, \qquad D = \sum_k D_k

    Parameters
    ----------
    demands
        Service time that a round needs at each station (D), shape (stations,); at least one above zero.
    population
        Customers going round (N), above zero, any shape.
    think
        Time a round spends where nobody waits (Z).

    Raises
    ------
    ValueError
        When a time is negative or not finite, no station takes time, or the population is not above zero.

    References
    ----------
    E. D. Lazowska and others, *Quantitative System Performance*, chapter 5.
    """
    demand, delay = _times(demands, think)
    if not demand.any():
        raise ValueError("demands: expected a station that takes time, found only 0")
    n = numbers("population", population, positive=True)
    total, largest = float(demand.sum()), float(demand.max())
    return Bounds(n / (delay + total), 1 / largest, (delay + total) / largest, n / (delay + n * total))


def _times(demands: ArrayLike, think: float) -> tuple[Array, float]:
    demand, delay = np.atleast_1d(numbers("demands", demands)), number("think", think)
    if demand.ndim > 1:
        raise ValueError(f"demands: expected one time a station, found shape {demand.shape}")
    if not demand.any() and delay == 0:
        raise ValueError("demands: expected a round that takes time, found 0 at every station and think 0")
    return demand, delay
