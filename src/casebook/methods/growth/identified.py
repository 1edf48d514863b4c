"""What three figures of a growing total do and do not tell: the curves through them, and the bounds of any curve."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods.growth import through
from casebook.methods.growth.arguments import Amount, moments, plain
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


@dataclass(frozen=True)
class Bounds:
    """Between which totals any curve of a kind must run; each array has the shape of `times`."""

    times: Array
    low: Array
    high: Array


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
    """
    t, y = _points(points, 1)
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
    """
    t, y = _points(points, 2)
    if y[0] == 0:
        raise ValueError(f"points: expected totals above 0, found {y[0]}")
    return np.diff(np.log(y)) / np.diff(np.log(t))


def curves_through(points: ArrayLike, from_zero: bool = True) -> tuple[Curve, ...]:
    """Find the textbook curves that pass through three points.

    A family with three parameters passes through three points with one curve or with none; one that cannot is left
    out. Straight lines and power laws, piece by piece, always can. Bass's ceiling is the last total where the curve
    is there by then to nine digits.

    Parameters
    ----------
    points
        Time and total, shape (3, 2), times and totals positive and ascending.
    from_zero
        Only curves with nobody at time zero; otherwise Gompertz and logistic curves too, which have no beginning.

    Raises
    ------
    ValueError
        When there are not three points or they do not ascend.

    References
    ----------
    C. F. Manski, *Identification for Prediction and Decision*, chapter 1, for what a set of curves can tell.
    """
    t, y = _points(points, 3, strict=True)
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
    """Find Bass's curve through two points when the market is taken as given.

    Parameters
    ----------
    points
        Time and total, shape (2, 2), times and totals positive and ascending.
    market
        People who will ever join, M, more than the second total.

    Raises
    ------
    ValueError
        When the points do not ascend, the market is not larger, or growth slows down more than any imitation allows.

    References
    ----------
    F. M. Bass, *A new product growth model for consumer durables*, Management Science 15 (1969).
    """
    t, y = _points(points, 2, strict=True)
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
    """Find the lowest and the highest of the textbook curves through three points.

    Parameters
    ----------
    points, from_zero
        As for `curves_through`.
    times
        When to look, from zero up, any shape.

    Raises
    ------
    ValueError
        As for `curves_through`, or when a time is negative or not finite.
    """
    when = moments(times)
    curves = curves_through(points, from_zero)
    names = np.array([curve.name for curve in curves])
    totals = np.array([curve.at(when) for curve in curves])
    low, high = totals.argmin(axis=0), totals.argmax(axis=0)
    return Envelope(when, totals.min(axis=0), totals.max(axis=0), names[low], names[high])


def bounds(points: ArrayLike, times: ArrayLike, concave_from: float | None = None, ceiling: float = math.inf) -> Bounds:
    r"""Bound every total that never falls, starts at nothing and passes through given points.

    Between two points it lies between their totals. If from some point on it also never speeds up, it lies above the
    chord and below the neighbouring chords drawn on:

    .. math::

        y_i + r_i (t - t_i) \le y(t) \le \min\{y_{i+1},\ y_i + r_{i-1}(t - t_i),\ y_{i+1} - r_{i+1}(t_{i+1} - t)\},
        \quad r_i = \frac{y_{i+1} - y_i}{t_{i+1} - t_i}

    The bounds are sharp: for every time and every total between them such a curve exists.

    Parameters
    ----------
    points
        Time and total, shape (n, 2), times ascending from above zero, totals never falling.
    times
        When to look, from zero up, any shape.
    concave_from
        Zero or the time of a point, from which on the rate never rises; None allows any rise.
    ceiling
        Most people there can be.

    Raises
    ------
    ValueError
        When the points are not of that kind, speed up after `concave_from`, or pass the ceiling.

    References
    ----------
    C. F. Manski, *Identification for Prediction and Decision*, chapter 2.
    """
    t, y = _points(points, 1)
    t, y, when = np.append(0.0, t), np.append(0.0, y), moments(times)
    if not ceiling >= y[-1]:
        raise ValueError(f"ceiling: expected at least {y[-1]:g}, the last total, found {ceiling}")
    first = t.size if concave_from is None else _concave(t, y, concave_from)
    rates = np.diff(y) / np.diff(t)
    low, high = np.empty(when.shape), np.empty(when.shape)
    for place, at in np.ndenumerate(when):
        i = int(np.searchsorted(t, at, side="right")) - 1
        last = i == t.size - 1
        below, above = y[i], (ceiling if last else y[i + 1])
        if i > first:
            above = min(above, y[i] + rates[i - 1] * (at - t[i]))
        if i >= first and not last:
            below += rates[i] * (at - t[i])
            if i + 1 < rates.size:
                above = min(above, y[i + 1] - rates[i + 1] * (t[i + 1] - at))
        # A chord and the point it ends in may differ in the last bit.
        low[place], high[place] = (y[i], y[i]) if at == t[i] else (min(below, above), above)
    return Bounds(when, low, high)


def _concave(t: Array, y: Array, start: float) -> int:
    """Give the number of the point from which on the rate never rises."""
    if start not in t:
        raise ValueError(f"concave_from: expected one of the times {[f'{at:g}' for at in t]}, found {start}")
    first = int(np.flatnonzero(t == start)[0])
    rates = np.diff(y[first:]) / np.diff(t[first:])
    if (np.diff(rates) > 1e-12 * np.abs(rates[:-1])).any():
        raise ValueError(f"concave_from: expected points that do not speed up after {start:g}, found rates {rates}")
    return first


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
    with np.errstate(divide="ignore"):
        return plain(y[piece] * np.exp(slopes[piece] * (np.log(when) - np.log(t[piece]))))


def _points(points: ArrayLike, least: int, strict: bool = False) -> tuple[Array, Array]:
    """Give times and totals of at least so many points."""
    table = np.asarray(points, dtype=float)
    if table.ndim != 2 or table.shape[1] != 2 or len(table) < least:
        raise ValueError(f"points: expected at least {least} rows of time and total, found shape {table.shape}")
    t, y = table.T
    if not np.isfinite(table).all() or t[0] <= 0 or y[0] < 0 or (np.diff(t) <= 0).any() or (np.diff(y) < 0).any():
        raise ValueError(f"points: expected ascending times above 0 and totals that never fall, found {table.tolist()}")
    if strict and (y[0] == 0 or (np.diff(y) == 0).any()):
        raise ValueError(f"points: expected totals that rise from above 0, found {y.tolist()}")
    return t, y
