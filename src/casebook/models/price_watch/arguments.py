"""Checks of the assumptions; each error names the field and its value."""

from __future__ import annotations

import math

import numpy as np


def within(name: str, value: float, low: float, high: float) -> None:
    """Refuse a number that is not finite or out of its range."""
    if not (math.isfinite(value) and low <= value <= high):
        raise ValueError(f"{name}: expected a finite number of at least {low:g} and at most {high:g}, found {value}")


def whole(name: str, value: int) -> int:
    """Return a whole number of at least one."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ValueError(f"{name}: expected a whole number of at least 1, found {value!r}")
    return int(value)
