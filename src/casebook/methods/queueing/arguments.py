"""Checks of what callers of the queueing methods pass in; each error names the parameter and its value."""

from __future__ import annotations

import operator

import numpy as np
from numpy.typing import ArrayLike, NDArray

MOST_SERVERS = 10**12
"""Beyond this many servers a formula would run for minutes, and its digits could not be trusted."""


def numbers(name: str, value: ArrayLike, *, positive: bool = False) -> NDArray[np.float64]:
    """Return finite numbers of at least zero (or above zero) as an array of the same shape."""
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: expected numbers, found {value!r}") from error
    if array.size == 0:
        raise ValueError(f"{name}: expected at least one number, found none")
    for wrong, what in (
        (~np.isfinite(array), "finite numbers"),
        (array < 0, "numbers of at least 0"),
        ((array == 0) & positive, "numbers above 0"),
    ):
        if wrong.any():
            raise ValueError(f"{name}: expected {what}, found {array[wrong].flat[0]:g}")
    return array


def number(name: str, value: float, *, positive: bool = False) -> float:
    """Return one finite number of at least zero (or above zero)."""
    array = numbers(name, value, positive=positive)
    if array.ndim:
        raise ValueError(f"{name}: expected one number, found {array.size}")
    return float(array)


def wholes(name: str, value: ArrayLike, *, least: int = 0) -> NDArray[np.int64]:
    """Return whole numbers of at least `least` as an array of the same shape."""
    array = numbers(name, value)
    if (array != np.floor(array)).any():
        raise ValueError(f"{name}: expected whole numbers, found {array[array != np.floor(array)].flat[0]:g}")
    if not ((array >= least) & (array <= MOST_SERVERS)).all():
        wrong = array[(array < least) | (array > MOST_SERVERS)].flat[0]
        raise ValueError(f"{name}: expected {least} to {MOST_SERVERS:.0e}, found {wrong:g}")
    return array.astype(np.int64)


def whole(name: str, value: int, *, least: int = 0) -> int:
    """Return one whole number of at least `least`; a float such as 50.0 is welcome."""
    array = wholes(name, value, least=least)
    if array.ndim:
        raise ValueError(f"{name}: expected one whole number, found {array.size}")
    return operator.index(array.item())


def share(name: str, value: float, *, below_one: bool = False) -> float:
    """Return one number from zero to one (or below one)."""
    result = number(name, value)
    if result > 1 or (below_one and result == 1):
        raise ValueError(f"{name}: expected a share {'below' if below_one else 'of at most'} 1, found {result:g}")
    return result


def plain(array: ArrayLike) -> float | NDArray[np.float64]:
    """Return a Python float for a single number and the array for several."""
    result = np.asarray(array, dtype=float)
    return result if result.ndim else float(result)
