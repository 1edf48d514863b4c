"""Checks of what callers of the demand methods pass in; each error names the parameter and its value."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def number(name: str, value: float, low: float = 0.0, high: float = math.inf, *, above: bool = False) -> float:
    """Return a finite number of a range, above its lower end where `above` is set."""
    try:
        result = float(value)
    except (TypeError, ValueError):
        result = math.nan
    if not (math.isfinite(result) and low <= result <= high and not (above and result == low)):
        bound = f"above {low:g}" if above else f"from {low:g}"
        raise ValueError(f"{name}: expected a finite number {bound} to {high:g}, found {value!r}")
    return result


def whole(name: str, value: int, least: int = 0) -> int:
    """Return a whole number of at least `least`."""
    result = number(name, value, least)
    if result != math.floor(result):
        raise ValueError(f"{name}: expected a whole number, found {value!r}")
    return int(result)


def row(name: str, values: ArrayLike, size: int | None = None, low: float = -math.inf, high: float = math.inf) -> Array:
    """Return finite numbers of a range in a row, of a given size."""
    try:
        numbers = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: expected numbers, found {values!r}") from None
    if numbers.ndim != 1 or numbers.size == 0 or (size is not None and numbers.size != size):
        raise ValueError(f"{name}: expected {size or 'one or more'} numbers in a row, found shape {numbers.shape}")
    wrong = ~(np.isfinite(numbers) & (numbers >= low) & (numbers <= high))
    if wrong.any():
        raise ValueError(f"{name}: expected finite numbers from {low:g} to {high:g}, found {numbers[wrong][0]:g}")
    return numbers


def table(name: str, values: ArrayLike, shape: tuple[int | None, int | None]) -> Array:
    """Return finite numbers in rows and columns; None in the shape lets a side be of any length."""
    cells = np.asarray(values, dtype=float)
    if cells.ndim != 2 or any(want not in (None, have) for want, have in zip(shape, cells.shape, strict=True)):
        raise ValueError(f"{name}: expected a table of shape {shape}, found {cells.shape}")
    if not np.isfinite(cells).all():
        raise ValueError(f"{name}: expected finite numbers, found {cells[~np.isfinite(cells)][0]:g}")
    return cells


def marks(name: str, values: ArrayLike, size: int) -> NDArray[np.bool_]:
    """Return zeros and ones as truth values."""
    numbers = row(name, values, size)
    if not np.isin(numbers, (0, 1)).all():
        raise ValueError(f"{name}: expected zeros and ones, found {numbers[~np.isin(numbers, (0, 1))][0]:g}")
    return numbers == 1
