"""Checks of what the caller gives: an error names the parameter, what it expected and what it found."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray


def observations(values: ArrayLike) -> NDArray[np.float64]:
    """Give observations as an array, refusing none and what is not finite."""
    try:
        x = np.atleast_1d(np.asarray(values, dtype=float))
    except (TypeError, ValueError):
        raise ValueError(f"values: expected numbers, found {values!r}") from None
    if x.size == 0:
        raise ValueError(f"values: expected at least one observation, found shape {x.shape}")
    if not np.isfinite(x).all():
        raise ValueError(f"values: expected finite numbers, found {x[~np.isfinite(x)][0]}")
    return x


def within(name: str, value: float, low: float, high: float, open_low: bool = False) -> float:
    """Give a finite number of an interval that is closed, or open at its lower end."""
    try:
        checked = float(value)
    except (TypeError, ValueError):
        checked = math.nan
    if not (math.isfinite(checked) and low <= checked <= high) or (open_low and checked == low):
        bound = f"{'above' if open_low else 'of at least'} {low:g}" + (
            f" and at most {high:g}" if high < math.inf else ""
        )
        raise ValueError(f"{name}: expected a finite number {bound}, found {value!r}")
    return checked


def stream(scores: ArrayLike) -> NDArray[np.float64]:
    """Give scores as a row of finite numbers, which may be empty."""
    z = np.asarray(scores, dtype=float)
    if z.ndim != 1:
        raise ValueError(f"scores: expected numbers in a row, found shape {z.shape}")
    if not np.isfinite(z).all():
        raise ValueError(f"scores: expected finite numbers, found {z[~np.isfinite(z)][0]}")
    return z


def whole(name: str, value: int, least: int, most: float = math.inf) -> int:
    """Give a whole number of an interval."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not least <= value <= most:
        bound = f"of at least {least}" + (f" and at most {most:g}" if most < math.inf else "")
        raise ValueError(f"{name}: expected a whole number {bound}, found {value!r}")
    return int(value)
