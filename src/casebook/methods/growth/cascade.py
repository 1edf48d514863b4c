"""Cascades: events that set off further events, Hawkes's self-exciting process seen as a branching process."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import SeedSequence
from numpy.typing import ArrayLike, NDArray
from scipy import special

from casebook.methods.growth.arguments import Amount, moments, plain, positive

Array = NDArray[np.float64]

MOST = 5e7  # events of one simulated cascade on average
SMALL = 1e-4  # below it a difference quotient is taken from its series


@dataclass(frozen=True)
class CascadeTotal:
    """All events a cascade will ever have.

    Attributes
    ----------
    mean, deviation
        Mean and standard deviation.
    """

    mean: float
    deviation: float


def cascade_mean(times: ArrayLike, seeds: float, ratio: float, decay: float, baseline: float = 0.0) -> Amount:
    r"""Compute the mean number of events of a self-exciting process with an exponential kernel.

    Each event sets off a Poisson number of further ones, n on average, each after an exponential delay. With
    :math:`\kappa = (1 - n)\,\beta` and :math:`g(t) = (1 - e^{-\kappa t})/\kappa`,

    .. math:: E\,N(t) = m + (\mu + n \beta m)\, g(t) + \beta \mu \int_0^t g(s)\, ds

    Parameters
    ----------
    times
        From zero up (t), any shape.
    seeds
        Events at time zero (m), counted.
    ratio
        Branching ratio (n), zero or more. From one on, the total has no bound.
    decay
        Reciprocal of the mean delay (beta).
    baseline
        Events in a unit of time that nothing sets off (mu).

    Returns
    -------
    float or numpy.ndarray
        Events from time zero on, the seeds included.

    Raises
    ------
    ValueError
        When a number is negative or not finite, or the decay is not above zero.

    References
    ----------
    A. G. Hawkes, *Spectra of some self-exciting and mutually exciting point processes*, Biometrika 58 (1971);
    A. Dassios and H. Zhao, *A dynamic contagion process*, Advances in Applied Probability 43 (2011), for the mean
    from a given start.
    """
    t, m = moments(times), positive("seeds", seeds, zero=True)
    n, beta, mu = positive("ratio", ratio, True), positive("decay", decay), positive("baseline", baseline, True)
    kappa = (1 - n) * beta
    first, second = _integrals(kappa, t)
    return plain(m + (mu + n * beta * m) * first + beta * mu * second)


def cascade_seeds(total: float, ratio: float, decay: float, time: float = math.inf) -> float:
    r"""Compute how many seeds a cascade needs for a mean number of events by a time.

    .. math:: m = \frac{y}{1 + n \beta\, g(t)}, \qquad m \to (1 - n)\, y \quad (t \to \infty,\ n < 1)

    Parameters
    ----------
    total
        Events by then (y), the seeds included.
    ratio, decay
        As for `cascade_mean`.
    time
        When they are counted, t; by default at the end of the cascade.

    Returns
    -------
    float
        Seeds; with a ratio from one on and no end of time, none are needed.

    Raises
    ------
    ValueError
        When a number is negative or not finite, or the decay is not above zero.

    References
    ----------
    As for `cascade_mean`, solved for the seeds.
    """
    y, n = positive("total", total, zero=True), positive("ratio", ratio, zero=True)
    positive("decay", decay)
    if time == math.inf:
        return y * max(1 - n, 0.0)
    return y / float(cascade_mean(positive("time", time, zero=True), 1, n, decay))


def cascade_total(seeds: float, ratio: float) -> CascadeTotal:
    r"""Compute mean and deviation of all events a cascade will ever have (the law of Borel and Tanner).

    .. math:: E\,N = \frac{m}{1 - n}, \qquad \operatorname{Var} N = \frac{m\, n}{(1 - n)^3}

    Parameters
    ----------
    seeds
        Events at the start (m).
    ratio
        Branching ratio (n), from zero to below one.

    Returns
    -------
    CascadeTotal
        Mean and standard deviation, the seeds included.

    Raises
    ------
    ValueError
        When the seeds are negative, or the ratio is not from zero to below one.

    References
    ----------
    J. C. Tanner, *A problem of interference between two queues*, Biometrika 40 (1953).
    """
    m, n = positive("seeds", seeds, zero=True), _subcritical(ratio)
    return CascadeTotal(m / (1 - n), math.sqrt(m * n / (1 - n) ** 3))


def borel_tanner(totals: ArrayLike, seeds: int, ratio: float) -> Amount:
    r"""Compute the probability that a cascade ends with so many events.

    .. math:: P(N = k) = \frac{m}{k}\, e^{-n k}\, \frac{(n k)^{k - m}}{(k - m)!}, \quad k \ge m

    Parameters
    ----------
    totals
        Numbers of events (k), whole, any shape.
    seeds
        Events at the start (m), whole, at least one.
    ratio
        Branching ratio (n), from zero to below one.

    Returns
    -------
    float or numpy.ndarray
        Probabilities, zero below the number of seeds.

    Raises
    ------
    ValueError
        When seeds are not whole and positive, or the ratio is not from zero to below one.

    References
    ----------
    M. Dwass, *The total progeny in a branching process*, Journal of Applied Probability 6 (1969).
    """
    m, n = positive("seeds", seeds), _subcritical(ratio)
    if m != math.floor(m):
        raise ValueError(f"seeds: expected a whole number, found {m:g}")
    k = np.asarray(totals, dtype=float)
    more = np.maximum(k - m, 0)
    size = np.maximum(k, m)
    logs = np.log(m / size) - n * size + special.xlogy(more, n * size) - special.gammaln(more + 1)
    return plain(np.where((k >= m) & (k == np.floor(k)), np.exp(logs), 0.0))


def simulate_cascade(
    seed: SeedSequence, times: ArrayLike, seeds: int, ratio: float, decay: float, baseline: float = 0.0
) -> NDArray[np.int64]:
    r"""Simulate a self-exciting process generation by generation and count its events.

    .. math:: \lambda(t) = \mu + \sum_{t_i < t} n \beta\, e^{-\beta (t - t_i)}

    Parameters
    ----------
    seed
        One stream of random numbers, as `casebook.methods.replicates.spawn` gives them.
    times
        When to count, ascending, shape (k,); the last one ends the simulation.
    seeds, ratio, decay, baseline
        As for `cascade_mean`, the seeds whole.

    Returns
    -------
    numpy.ndarray
        Events up to each time, the seeds included, whole numbers, shape (k,).

    Raises
    ------
    ValueError
        As for `cascade_mean`; when times do not ascend, or more than fifty million events are to be expected.

    References
    ----------
    A. G. Hawkes and D. Oakes, *A cluster process representation of a self-exciting process*, Journal of Applied
    Probability 11 (1974).
    """
    when = np.atleast_1d(moments(times))
    if when.ndim != 1 or not when.size or (np.diff(when) < 0).any():
        raise ValueError(f"times: expected ascending numbers in a row, found {when.tolist()}")
    if seeds != math.floor(positive("seeds", seeds, zero=True)):
        raise ValueError(f"seeds: expected a whole number, found {seeds}")
    end = float(when[-1])
    expected = float(cascade_mean(end, seeds, ratio, decay, baseline))
    if not expected <= MOST:
        raise ValueError(f"ratio: expected at most {MOST:g} events on average by the last time, found {expected:g}")
    rng = np.random.default_rng(seed)
    events = np.concatenate([np.zeros(int(seeds)), rng.uniform(0, end, rng.poisson(baseline * end))])
    counts = np.zeros(when.size, dtype=np.int64)
    while events.size:
        counts += np.searchsorted(np.sort(events), when, side="right")
        events = np.repeat(events, rng.poisson(ratio, events.size))
        events = events + rng.exponential(1 / decay, events.size)
        events = events[events <= end]
    return counts


def _integrals(kappa: float, t: Array) -> tuple[Array, Array]:
    """Give g(t) and its integral, by their series where kappa t is small."""
    small = np.abs(kappa * t) < SMALL
    safe = kappa if kappa else 1.0
    with np.errstate(over="ignore", invalid="ignore"):
        first = np.where(small, t * (1 - kappa * t / 2 + (kappa * t) ** 2 / 6), -np.expm1(-kappa * t) / safe)
        second = np.where(small, t * t / 2 * (1 - kappa * t / 3), (t - first) / safe)
    return first, second


def _subcritical(ratio: float) -> float:
    n = positive("ratio", ratio, zero=True)
    if n >= 1:
        raise ValueError(f"ratio: expected a number from 0 to below 1, found {n:g}")
    return n
