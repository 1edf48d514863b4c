"""Checks of what the caller gives: an error names the parameter, what it expected and what it found."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Amount = float | NDArray[np.float64]


def positive(name: str, value: float, zero: bool = False) -> float:
    """Give a finite number above zero, or from zero up where `zero` is allowed."""
    try:
        checked = float(value)
    except (TypeError, ValueError):
        checked = math.nan
    if not (math.isfinite(checked) and (checked > 0 or (zero and checked == 0))):
        raise ValueError(f"{name}: expected a finite number {'of at least' if zero else 'above'} 0, found {value!r}")
    return checked


def moments(times: ArrayLike, negative: bool = False) -> NDArray[np.float64]:
    """Give times as an array, refusing what is not finite or, unless allowed, before the start."""
    try:
        when = np.asarray(times, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"times: expected numbers, found {times!r}") from None
    wrong = ~np.isfinite(when) | (when < 0) if not negative else ~np.isfinite(when)
    if wrong.any():
        raise ValueError(f"times: expected finite numbers{'' if negative else ' from 0 up'}, found {when[wrong][0]}")
    return when


def plain(values: ArrayLike) -> Amount:
    """Give a float for a number and the array for an array."""
    array = np.asarray(values, dtype=float)
    return float(array) if array.ndim == 0 else array


def ascending(points: ArrayLike, least: int, strict: bool = False) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
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
