"""Rumours of shortage that feed on themselves: how many households end up hoarding, how fast, and with what luck."""

from __future__ import annotations

import math
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.random import SeedSequence
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from casebook.methods import replicates as random_replicates
from casebook.methods.inventory.arguments import number, numbers, whole

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Hoarding:
    """The course of a rumour; all arrays have the shape of `times`, the last three are shares that add up to one.

    Attributes
    ----------
    times
        In the unit of `duration`.
    calm, buying, over
        Shares of the households not yet reached, hoarding now, and done with it.
    """

    times: Array
    calm: Array
    buying: Array
    over: Array


def final_size(contagion: float, initial: float = 0.0) -> float:
    r"""Compute the share of all households that a rumour of shortage makes hoard before it dies out.

    .. math:: z = 1 - (1 - \varepsilon)\,e^{-R_0 z}

    With nobody hoarding at first the answer is the limit of ever fewer: zero up to R_0 = 1, the positive root beyond.

    Parameters
    ----------
    contagion
        Further households that one hoarding household sets off where everyone is still calm, R_0.
    initial
        Share of the households that hoard from the start, epsilon, from zero to one.

    Returns
    -------
    float
        The share z, the first ones included.

    Raises
    ------
    ValueError
        When `contagion` is negative or not finite, or `initial` is no share.

    References
    ----------
    W. O. Kermack and A. G. McKendrick, *A contribution to the mathematical theory of epidemics* (1927); O. Diekmann,
    H. Heesterbeek and T. Britton, *Mathematical Tools for Understanding Infectious Disease Dynamics*, chapter 1.
    """
    r0, share = number("contagion", contagion, least=0), _share("initial", initial)
    beyond = r0 - 1
    if share == 0 and beyond < 1e-7:
        # This close to the threshold the root is known to second order, and an equation in doubles is not.
        return max(2 * beyond * (1 - 4 * beyond / 3), 0.0)
    low = beyond / r0**2 if share == 0 else share

    def gap(z: float) -> float:
        return z - share + (1 - share) * math.expm1(-r0 * z)

    # The absolute tolerance is next to none, for roots next to zero; from there to one is a long way to halve.
    return float(brentq(gap, low, 1.0, xtol=1e-300, rtol=1e-15, maxiter=10_000))


def hoarding(contagion: float, duration: float, times: ArrayLike, initial: float) -> Hoarding:
    r"""Follow a rumour of shortage through a town: calm households turn to hoarding where others do, then stop.

    .. math:: \dot s = -\frac{R_0}{D}\,s\,b, \quad \dot b = \frac{R_0}{D}\,s\,b - \frac{b}{D}, \quad \dot r = \frac{b}{D}

    The calm share is known from those who are done, s = (1 - epsilon) exp(-R_0 r), so that only r is integrated.

    Parameters
    ----------
    contagion
        Further households that one hoarding household sets off where everyone is still calm, R_0. Below one the
        rumour dies out by itself.
    duration
        Mean time a household goes on hoarding, D, positive.
    times
        When to look, shape (n,), ascending from zero up, in the unit of `duration`.
    initial
        Share of the households that hoard at time zero, epsilon, from zero to one.

    Returns
    -------
    Hoarding
        Shares of the households at each time.

    Raises
    ------
    ValueError
        When a number is negative, not finite or no share, or the times do not ascend.

    References
    ----------
    W. O. Kermack and A. G. McKendrick (1927), read with hoarding for infection.
    """
    r0, share = number("contagion", contagion, least=0), _share("initial", initial)
    duration = number("duration", duration, above=0)
    when = numbers("times", times, least=0).ravel()
    if (np.diff(when) < 0).any():
        raise ValueError(f"times: expected ascending numbers, found {when[np.argmax(np.diff(when) < 0) + 1]} too late")
    clock = np.concatenate([[0.0], when]) / duration
    path = solve_ivp(
        lambda _, done: 1 - done - (1 - share) * np.exp(-r0 * done),
        (0.0, max(clock[-1], 1e-300)),
        [0.0],
        method="LSODA",
        t_eval=clock[1:],
        rtol=1e-10,
        atol=1e-13,
    )
    over = np.maximum.accumulate(np.clip(path.y[0], 0, 1))
    calm = np.minimum((1 - share) * np.exp(-r0 * over), 1 - over)
    return Hoarding(when, calm, 1 - over - calm, over)


def cascades(
    households: int,
    contagion: float,
    replicates: int,
    seed: int = 0,
    initial: int = 1,
    executor: Executor | None = None,
) -> Array:
    r"""Play a rumour of shortage in a finite town, again and again, generation by generation.

    .. math:: B_{t+1} \sim \text{Binomial}\bigl(S_t,\ 1 - (1 - R_0/n)^{B_t}\bigr), \qquad S_{t+1} = S_t - B_{t+1}

    In a large town a rumour that one household starts either dies out soon or reaches the share `final_size`, and the
    chance of the second is that same number.

    Parameters
    ----------
    households
        Number of households, n.
    contagion
        Households that one hoarding household sets off where everyone is calm, R_0, at most n.
    replicates
        How often to play.
    seed
        Each replicate draws from its own child of this seed.
    initial
        Households that hoard at first, from zero to n.
    executor
        Any concurrent.futures executor; None runs here. The numbers are the same.

    Returns
    -------
    numpy.ndarray
        Share of the households that ever hoarded, one a replicate.

    Raises
    ------
    ValueError
        When a count is no whole number in its range, or `contagion` is negative or above n.

    References
    ----------
    H. Abbey, *An examination of the Reed-Frost theory of epidemics* (1952); H. Andersson and T. Britton, *Stochastic
    Epidemic Models and Their Statistical Analysis*, chapters 1 and 4.
    """
    n, first = whole("households", households, 1), whole("initial", initial, 0)
    if first > n:
        raise ValueError(f"initial: expected at most {n} households, found {initial}")
    r0 = number("contagion", contagion, least=0)
    if r0 > n:
        raise ValueError(f"contagion: expected at most {n}, the number of households, found {contagion}")
    seeds = random_replicates.spawn(seed, replicates)
    return np.array(random_replicates.run(partial(_cascade, n=n, r0=r0, first=first), seeds, executor))


def _cascade(seed: SeedSequence, n: int, r0: float, first: int) -> float:
    random = np.random.default_rng(seed)
    stays = math.log1p(-r0 / n) if r0 < n else -math.inf
    calm, buying = n - first, first
    while buying > 0 and calm > 0:
        buying = int(random.binomial(calm, -math.expm1(buying * stays)))
        calm -= buying
    return 1 - calm / n


def _share(name: str, value: float) -> float:
    share = number(name, value, least=0)
    if share > 1:
        raise ValueError(f"{name}: expected a share from 0 to 1, found {value}")
    return share
