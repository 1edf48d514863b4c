"""Checks of what the caller gives: an error names the parameter, what it expected and what it found."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray


def number(name: str, value: float, *, least: float = -math.inf, above: float = -math.inf) -> float:
    """Give a finite number that is at least `least` and more than `above`."""
    bound = f" of more than {above:g}" if above > least else f" of at least {least:g}" if least > -math.inf else ""
    try:
        checked = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: expected a finite number{bound}, found {value!r}") from None
    if not (math.isfinite(checked) and checked >= least and checked > above):
        raise ValueError(f"{name}: expected a finite number{bound}, found {value}")
    return checked


def whole(name: str, value: int, least: int) -> int:
    """Give a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ValueError(f"{name}: expected a whole number of at least {least}, found {value!r}")
    return int(value)


def numbers(name: str, values: ArrayLike, *, least: float = -math.inf, above: float = -math.inf) -> NDArray[np.float64]:
    """Give an array, one-dimensional at least and not empty, of numbers that `number` would take."""
    try:
        array = np.atleast_1d(np.asarray(values, dtype=float))
    except (TypeError, ValueError):
        raise ValueError(f"{name}: expected numbers, found {values!r}") from None
    if array.size == 0:
        raise ValueError(f"{name}: expected at least one number, found none")
    wrong = ~(np.isfinite(array) & (array >= least) & (array > above))
    if wrong.any():
        number(name, array[wrong][0], least=least, above=above)
    return array


def as_many(name: str, values: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Give a flat array of exactly `n` numbers."""
    flat = values.ravel()
    if flat.size != n:
        raise ValueError(f"{name}: expected {n}, one a stage, found {flat.size}")
    return flat
