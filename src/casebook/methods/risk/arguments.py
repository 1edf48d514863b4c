"""Checks of what callers of the risk methods pass in; each error names the parameter and its value."""

from __future__ import annotations

import math


def number(name: str, value: float, low: float = 0.0, high: float = math.inf) -> float:
    """Return a finite number in the given range."""
    try:
        result = float(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: expected a number, found {value!r}") from error
    if not (math.isfinite(result) and low <= result <= high):
        raise ValueError(f"{name}: expected a finite number from {low:g} to {high:g}, found {result:g}")
    return result


def whole(name: str, value: int, low: int = 0, most: float = math.inf) -> int:
    """Return a whole number in the given range."""
    result = number(name, value, low, most)
    if result != math.floor(result):
        raise ValueError(f"{name}: expected a whole number, found {result:g}")
    return int(value)
