"""Charts run on data: a baseline that outliers do not move, CUSUM and EWMA with their alarms."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from casebook.methods.monitoring.arguments import observations, stream, within

Array = NDArray[np.float64]

MAD_TO_SD = 1.4826022185056018  # one over the upper quartile of the standard normal distribution


@dataclass(frozen=True)
class Baseline:
    """What is normal for a stream.

    Attributes
    ----------
    center
        Median, one a stream.
    spread
        Median absolute deviation times 1.4826, which estimates the standard deviation where the stream is normal; one
        a stream.
    """

    center: Array
    spread: Array


@dataclass(frozen=True)
class Cusum:
    """A CUSUM chart.

    Attributes
    ----------
    upper, lower
        Sums that watch for a rise and a fall, C+ and C-, both from zero up, shape (n,).
    alarms
        Index of each observation at which a sum passed the limit.
    sides
        One for each alarm: 1 for a rise, -1 for a fall.
    """

    upper: Array
    lower: Array
    alarms: NDArray[np.intp]
    sides: NDArray[np.intp]


@dataclass(frozen=True)
class Ewma:
    """An EWMA chart.

    Attributes
    ----------
    level
        Weighted average after each observation, z, in standard deviations, shape (n,).
    limit
        Distance from zero at which it alarms, shape (n,).
    alarms
        Index of each observation at which the level was beyond the limit.
    """

    level: Array
    limit: Array
    alarms: NDArray[np.intp]


def baseline(values: ArrayLike, floor: float = 0.0) -> Baseline:
    r"""Estimate what is normal by the median and the median absolute deviation, which half the data cannot move.

    .. math:: \hat\mu = \operatorname{med}_i x_i, \qquad \hat\sigma = 1.4826\,\operatorname{med}_i |x_i - \hat\mu|

    Parameters
    ----------
    values
        Observations, shape (..., n), one stream a row; for prices take logarithms.
    floor
        Smallest spread to report. A price that rarely changes has a spread of zero, and each change would alarm.

    Returns
    -------
    Baseline
        Center and spread, one a stream.

    Raises
    ------
    ValueError
        When there is no observation, one is not finite, or the floor is negative.

    References
    ----------
    P. J. Huber and E. M. Ronchetti, *Robust Statistics*, 2nd edition, chapter 5.
    """
    x = observations(values)
    least = within("floor", floor, 0, math.inf)
    center = np.median(x, axis=-1)
    spread = MAD_TO_SD * np.median(np.abs(x - center[..., None]), axis=-1)
    return Baseline(np.asarray(center), np.maximum(spread, least))


def standardise(values: ArrayLike, normal: Baseline) -> Array:
    r"""Express observations in standard deviations from their stream's baseline.

    .. math:: z_i = (x_i - \hat\mu)/\hat\sigma

    Parameters
    ----------
    values
        Observations, shape (..., n), the streams of `normal`.
    normal
        From `baseline`, of earlier observations.

    Returns
    -------
    numpy.ndarray
        Scores in the shape of `values`.

    Raises
    ------
    ValueError
        When a spread is zero, the streams are others, or an observation is not finite.

    References
    ----------
    P. J. Huber and E. M. Ronchetti, *Robust Statistics*, 2nd edition, chapter 5.
    """
    x = observations(values)
    if normal.center.shape != x.shape[:-1]:
        raise ValueError(f"values: expected streams of shape {normal.center.shape}, found {x.shape[:-1]}")
    if (normal.spread <= 0).any():
        raise ValueError(f"normal: expected spreads above 0 (give baseline a floor), found {normal.spread.min()}")
    return (x - normal.center[..., None]) / normal.spread[..., None]


def cusum(scores: ArrayLike, reference: float, limit: float, two_sided: bool = True, restart: bool = True) -> Cusum:
    r"""Run a CUSUM chart along standardised observations.

    .. math:: C^+_i = \max\{0,\ C^+_{i-1} + z_i - k\}, \quad C^-_i = \max\{0,\ C^-_{i-1} - z_i - k\}, \quad
        \text{alarm where } C > h

    Parameters
    ----------
    scores
        Observations in standard deviations from target, z, shape (n,).
    reference
        Allowance k, half the shift to be caught, from zero up.
    limit
        Decision interval h, from zero up.
    two_sided
        Watch for falls as well; otherwise `lower` stays zero.
    restart
        Begin at zero again after an alarm; otherwise every observation beyond the limit counts.

    Returns
    -------
    Cusum
        The sums and the alarms.

    Raises
    ------
    ValueError
        When an observation is not finite, or `reference` or `limit` is negative.

    References
    ----------
    E. S. Page, *Continuous inspection schemes*, Biometrika 41 (1954); D. C. Montgomery, *Introduction to Statistical
    Quality Control*, chapter 9.
    """
    z = stream(scores)
    k, h = within("reference", reference, 0, math.inf), within("limit", limit, 0, math.inf)
    upper, lower = np.zeros(z.size), np.zeros(z.size)
    high = low = 0.0
    for i, score in enumerate(z.tolist()):
        if restart and (high > h or low > h):
            high = low = 0.0
        high = max(0.0, high + score - k)
        low = max(0.0, low - score - k) if two_sided else 0.0
        upper[i], lower[i] = high, low
    alarms = np.flatnonzero((upper > h) | (lower > h))
    return Cusum(upper, lower, alarms, np.where(upper[alarms] > h, 1, -1))


def ewma(scores: ArrayLike, weight: float, width: float, steady: bool = True) -> Ewma:
    r"""Run an EWMA chart along standardised observations.

    .. math:: z_i = \lambda x_i + (1 - \lambda) z_{i-1}, \quad z_0 = 0, \quad
        \text{alarm where } |z_i| > L \sqrt{\frac{\lambda}{2 - \lambda}\bigl(1 - (1 - \lambda)^{2i}\bigr)}

    Parameters
    ----------
    scores
        Observations in standard deviations from target, x, shape (n,).
    weight
        Weight of the newest, lambda, above zero and at most one.
    width
        Width of the limits, L, above zero.
    steady
        Use the limit that is reached after many observations from the start, as `ewma_arl` does.

    Returns
    -------
    Ewma
        The level, its limit and the alarms.

    Raises
    ------
    ValueError
        When an observation is not finite, or `weight` or `width` is out of range.

    References
    ----------
    S. W. Roberts, *Control chart tests based on geometric moving averages*, Technometrics 1 (1959); D. C. Montgomery,
    *Introduction to Statistical Quality Control*, chapter 9.
    """
    x = stream(scores)
    share, reach = within("weight", weight, 0, 1, open_low=True), within("width", width, 0, math.inf, open_low=True)
    level = np.empty(x.size)
    at = 0.0
    for i, score in enumerate(x.tolist()):
        at += share * (score - at)
        level[i] = at
    grown = np.ones(x.size) if steady else 1 - (1 - share) ** (2.0 * np.arange(1, x.size + 1))
    limit = reach * np.sqrt(share / (2 - share) * grown)
    return Ewma(level, limit, np.flatnonzero(np.abs(level) > limit))


@njit(cache=True)
def first_alarms(scores: Array, reference: float, limit: float, two_sided: bool) -> NDArray[np.int64]:
    """Give for each row the index of the first alarm of a CUSUM chart, or the length of the row."""
    first = np.empty(scores.shape[0], np.int64)
    for row in range(scores.shape[0]):
        high = 0.0
        low = 0.0
        first[row] = scores.shape[1]
        for i in range(scores.shape[1]):
            high = max(0.0, high + scores[row, i] - reference)
            if two_sided:
                low = max(0.0, low - scores[row, i] - reference)
            if high > limit or low > limit:
                first[row] = i
                break
    return first
