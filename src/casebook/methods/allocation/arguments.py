"""Checks of what callers of the allocation methods pass in; each error names the parameter and its value."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def numbers(name: str, values: ArrayLike, size: int | None = None, *, whole: bool = False) -> Array:
    """Return finite numbers of at least zero in a row, of a given size."""
    row = _floats(name, values)
    if row.ndim != 1 or row.size == 0 or (size is not None and row.size != size):
        raise ValueError(f"{name}: expected {size or 'one or more'} numbers in a row, found shape {row.shape}")
    wrong = ~(np.isfinite(row) & (row >= 0)) | (whole & (row != np.floor(row)))
    if wrong.any():
        kind = "whole" if whole else "finite"
        raise ValueError(f"{name}: expected {kind} numbers of at least 0, found {row[wrong][0]:g}")
    return row


def table(name: str, values: ArrayLike, *, infinite: bool = False) -> Array:
    """Return a table of numbers, which may be infinite where a pair is forbidden."""
    cells = _floats(name, values)
    if cells.ndim != 2 or cells.size == 0:
        raise ValueError(f"{name}: expected at least one row and one column, found shape {cells.shape}")
    wrong = ~np.isfinite(cells) & ~(infinite & (cells == np.inf))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        found = f"{cells[row, column]:g} in row {row}, column {column}"
        raise ValueError(f"{name}: expected finite numbers{' or inf' if infinite else ''}, found {found}")
    return cells


def whole(name: str, value: int, least: int, most: float = math.inf) -> int:
    """Return a whole number of an interval; a float such as 5.0 is welcome."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not (least <= number <= most and number.is_integer()):
        bound = f"of at least {least}" if most == math.inf else f"from {least} to {most:g}"
        raise ValueError(f"{name}: expected a whole number {bound}, found {value!r}")
    return int(value)


def _floats(name: str, values: ArrayLike) -> Array:
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: expected numbers, found {values!r}") from None
