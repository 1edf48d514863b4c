"""A hash of whole numbers that is the same on every machine."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

Ids = NDArray[np.uint64]


@njit(cache=True, inline="always")
def mix(value: np.uint64) -> np.uint64:
    """Scatter 64 bits (the finaliser of the generator SplitMix64, by Steele, Lea and Flood, 2014)."""
    value = value + np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def ids_of(name: str, ids: ArrayLike) -> Ids:
    """Give whole numbers from zero up as 64 bits, flat."""
    array = np.asarray(ids)
    if array.size == 0:
        return np.zeros(0, np.uint64)
    if array.dtype.kind not in "iu" or (array.dtype.kind == "i" and array.min() < 0):
        raise ValueError(f"{name}: expected whole numbers from 0 up, found {array.ravel()[0]!r} of {array.dtype}")
    return np.ascontiguousarray(array.ravel().astype(np.uint64, copy=False))
