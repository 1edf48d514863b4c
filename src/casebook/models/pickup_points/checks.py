"""Checks of the assumptions; each error names the field and its value."""

from __future__ import annotations

import math


def each(case: object, ranges: dict[str, tuple[float, float]], whole: tuple[str, ...] = ()) -> None:
    """Refuse a field that is not finite, out of its range, or not whole where it counts."""
    for name, (low, high) in ranges.items():
        value = float(getattr(case, name))
        if not (math.isfinite(value) and low <= value <= high):
            raise ValueError(f"{name}: expected a finite number from {low:g} to {high:g}, found {value:g}")
        if name in whole and not value.is_integer():
            raise ValueError(f"{name}: expected a whole number, found {value:g}")


def count(name: str, value: float, least: int, most: float = math.inf) -> int:
    """Return a whole number from `least` to `most`; a float such as 5.0 is welcome."""
    number = float(value)
    if not (number.is_integer() and least <= number <= most):
        raise ValueError(f"{name}: expected a whole number from {least} to {most:g}, found {value}")
    return int(number)
