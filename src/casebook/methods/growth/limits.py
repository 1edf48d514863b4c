"""What a few figures of a growing total tell of any curve through them, whatever its family."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods.growth.arguments import ascending, moments

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Bounds:
    """Between which totals any curve of a kind must run; each array has the shape of `times`."""

    times: Array
    low: Array
    high: Array


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

    Returns
    -------
    Bounds
        The lowest and the highest total at each time.

    Raises
    ------
    ValueError
        When the points are not of that kind, speed up after `concave_from`, or pass the ceiling.

    References
    ----------
    C. F. Manski, *Identification for Prediction and Decision*, chapter 2.
    """
    t, y = ascending(points, 1)
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
    widths = np.diff(t[first:])
    rates = np.diff(y[first:]) / widths
    rounding = 4 * np.finfo(float).eps * y[first + 1 :] / widths
    if (np.diff(rates) > rounding[:-1] + rounding[1:]).any():
        raise ValueError(f"concave_from: expected points that do not speed up after {start:g}, found rates {rates}")
    return first
