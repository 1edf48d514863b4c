"""What three figures of a growing total do and do not tell: the textbook curves through them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods.growth import through
from casebook.methods.growth.arguments import Amount, ascending, moments, plain
from casebook.methods.growth.curves import bass, gompertz, hill, logistic, weibull

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """A curve of growth through given points.

    Attributes
    ----------
    name
        The family: 'straight lines', 'power laws', 'Hill', 'Weibull', 'Bass', 'Gompertz' or 'logistic'.
    parameters
        What determines it, by the names of the family's function; empty for the first two.
    at
        Function of times from zero up, any shape.
    """

    name: str
    parameters: Mapping[str, float]
    at: Callable[[ArrayLike], Amount] = field(repr=False)


@dataclass(frozen=True)
class Envelope:
    """The lowest and the highest of several curves, each array with the shape of `times`.

    Attributes
    ----------
    times, low, high
        When, and between which totals.
    lowest, highest
        Names of the curves that are there.
    """

    times: Array
    low: Array
    high: Array
    lowest: NDArray[np.str_]
    highest: NDArray[np.str_]


def average_rates(points: ArrayLike) -> Array:
    r"""Compute the average rate from each point to the next, the first one from nothing at time zero.

    .. math:: (y_i - y_{i-1})/(t_i - t_{i-1}), \quad t_0 = y_0 = 0

    Parameters
    ----------
    points
        Time and total, shape (n, 2), times ascending from above zero, totals never falling.

    Returns
    -------
    numpy.ndarray
        People per unit of time, shape (n,).

    Raises
    ------
    ValueError
        When the points are not of that kind.

    References
    ----------
    A definition.
    """
    t, y = ascending(points, 1)
    return np.diff(y, prepend=0.0) / np.diff(t, prepend=0.0)


def loglog_slopes(points: ArrayLike) -> Array:
    r"""Compute the slope between neighbouring points on double logarithmic paper; one means a constant rate.

    .. math:: \frac{\ln y_{i+1} - \ln y_i}{\ln t_{i+1} - \ln t_i}

    Parameters
    ----------
    points
        Time and total, shape (n, 2), both positive, times ascending, totals never falling.

    Returns
    -------
    numpy.ndarray
        Slopes, shape (n - 1,).

    Raises
    ------
    ValueError
        When the points are not of that kind.

    References
    ----------
    A definition.
    """
    t, y = ascending(points, 2)
    if y[0] == 0:
        raise ValueError(f"points: expected totals above 0, found {y[0]}")
    return np.diff(np.log(y)) / np.diff(np.log(t))


def curves_through(points: ArrayLike, from_zero: bool = True) -> tuple[Curve, ...]:
    r"""Find the textbook curves that pass through three points.

    A family with three parameters passes through three points with one curve or with none; one that cannot is left
    out. Straight lines and power laws, piece by piece, always can. Bass's ceiling is the last total where the curve
    is there by then to nine digits.

    .. math:: f(t_i; \theta) = y_i, \quad i = 1, 2, 3

    Parameters
    ----------
    points
        Time and total, shape (3, 2), times and totals positive and ascending.
    from_zero
        Only curves with nobody at time zero; otherwise Gompertz and logistic curves too, which have no beginning.

    Returns
    -------
    tuple of Curve
        Straight lines and power laws first.

    Raises
    ------
    ValueError
        When there are not three points or they do not ascend.

    References
    ----------
    C. F. Manski, *Identification for Prediction and Decision*, chapter 1, for what a set of curves can tell.
    """
    t, y = ascending(points, 3, strict=True)
    if t.size != 3:
        raise ValueError(f"points: expected 3, found {t.size}")
    families: list[tuple[str, Callable[..., Amount], dict[str, float] | None]] = [
        ("Hill", hill, through.hill_parameters(t, y)),
        ("Weibull", weibull, through.weibull_parameters(t, y)),
        ("Bass", bass, through.bass_parameters(t, y)),
    ]
    if not from_zero:
        families.append(("Gompertz", gompertz, through.gompertz_parameters(t, y)))
        families.append(("logistic", logistic, through.logistic_parameters(t, y)))
    pieces = (
        Curve("straight lines", {}, partial(_straight, t=np.append(0, t), y=np.append(0, y))),
        Curve("power laws", {}, partial(_power, t=t, y=y)),
    )
    return pieces + tuple(
        Curve(name, found, partial(function, **found)) for name, function, found in families if found is not None
    )


def bass_through(points: ArrayLike, market: float) -> Curve:
    r"""Find Bass's curve through two points when the market is taken as given.

    .. math:: N(t_i; M, p, q) = y_i, \quad i = 1, 2

    Parameters
    ----------
    points
        Time and total, shape (2, 2), times and totals positive and ascending.
    market
        People who will ever join, M, more than the second total.

    Returns
    -------
    Curve
        Named 'Bass', with market, innovation and imitation.

    Raises
    ------
    ValueError
        When the points do not ascend, the market is not larger, or growth slows down more than any imitation allows.

    References
    ----------
    F. M. Bass, *A new product growth model for consumer durables*, Management Science 15 (1969).
    """
    t, y = ascending(points, 2, strict=True)
    if t.size != 2:
        raise ValueError(f"points: expected 2, found {t.size}")
    if not (math.isfinite(market) and market > y[1]):
        raise ValueError(f"market: expected a finite number above {y[1]:g}, the last total, found {market}")
    found = through.bass_with_market(t, y, float(market))
    if found is None:
        raise ValueError(
            f"points: expected growth that imitation can explain with market {market:g}, found {y.tolist()}"
        )
    return Curve("Bass", found, partial(bass, **found))


def envelope(points: ArrayLike, times: ArrayLike, from_zero: bool = True) -> Envelope:
    r"""Find the lowest and the highest of the textbook curves through three points.

    .. math:: \Bigl[\min_f f(t),\ \max_f f(t)\Bigr] \quad \text{over all } f \text{ with } f(t_i) = y_i

    Parameters
    ----------
    points, from_zero
        As for `curves_through`.
    times
        When to look, from zero up, any shape.

    Returns
    -------
    Envelope
        The lowest and the highest total at each time, and whose it is.

    Raises
    ------
    ValueError
        As for `curves_through`, or when a time is negative or not finite.

    References
    ----------
    C. F. Manski, *Identification for Prediction and Decision*, chapter 1.
    """
    when = moments(times)
    curves = curves_through(points, from_zero)
    names = np.array([curve.name for curve in curves])
    totals = np.array([curve.at(when) for curve in curves])
    low, high = totals.argmin(axis=0), totals.argmax(axis=0)
    return Envelope(when, totals.min(axis=0), totals.max(axis=0), names[low], names[high])


def _straight(times: ArrayLike, t: Array, y: Array) -> Amount:
    """Join the points by straight lines; the last one goes on."""
    when = moments(times)
    rate = (y[-1] - y[-2]) / (t[-1] - t[-2])
    return plain(np.interp(when, t, y) + rate * np.maximum(when - t[-1], 0))


def _power(times: ArrayLike, t: Array, y: Array) -> Amount:
    """Join the points by straight lines on double logarithmic paper; the first and the last one go on."""
    slopes = np.diff(np.log(y)) / np.diff(np.log(t))
    when = moments(times)
    piece = np.clip(np.searchsorted(t, when, side="right") - 1, 0, slopes.size - 1)
    with np.errstate(divide="ignore", over="ignore"):
        return plain(y[piece] * np.exp(slopes[piece] * (np.log(when) - np.log(t[piece]))))
