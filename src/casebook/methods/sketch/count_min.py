"""How often did each one come: the Count-Min sketch."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from casebook.methods.inventory.arguments import whole
from casebook.methods.sketch.hashing import Ids, ids_of, mix


class CountMin:
    r"""Counts how often each id came, never too low, in a memory that is fixed beforehand.

    Each row of counters has its own hash. An id adds to one counter in each row; the least of them is the estimate.

    .. math:: c \le \hat c, \qquad P\Bigl(\hat c > c + \tfrac{e}{w} N\Bigr) \le e^{-d}

    Parameters
    ----------
    width, depth
        Counters in a row, w, and rows, d.

    Raises
    ------
    ValueError
        When one of them is no whole number from one up.

    References
    ----------
    G. Cormode and S. Muthukrishnan, *An improved data stream summary: the Count-Min sketch and its applications*,
    Journal of Algorithms 55 (2005).
    """

    def __init__(self, width: int, depth: int = 5) -> None:
        self.counters: NDArray[np.int64] = np.zeros((whole("depth", depth, 1), whole("width", width, 1)), np.int64)

    @property
    def memory_bytes(self) -> int:
        """Size of the counters."""
        return self.counters.nbytes

    @property
    def total(self) -> int:
        """How many ids were taken in, repeats included."""
        return int(self.counters[0].sum())

    @property
    def excess(self) -> float:
        """Bound on what an estimate is too high by, and the chance of more is at most `risk`."""
        return math.e * self.total / self.counters.shape[1]

    @property
    def risk(self) -> float:
        """Chance that a single estimate exceeds the bound."""
        return math.exp(-self.counters.shape[0])

    def add(self, ids: ArrayLike) -> CountMin:
        """Take in a batch of ids, whole numbers from zero up, repeats included, and return the sketch."""
        _fill(ids_of("ids", ids), self.counters)
        return self

    def merge(self, other: CountMin) -> CountMin:
        """Return the sketch of both streams together."""
        if other.counters.shape != self.counters.shape:
            raise ValueError(f"other: expected counters {self.counters.shape}, found {other.counters.shape}")
        union = CountMin(self.counters.shape[1], self.counters.shape[0])
        union.counters = self.counters + other.counters
        return union

    def count(self, ids: ArrayLike) -> NDArray[np.int64]:
        """Estimate how often each of these ids came; never too low."""
        return _look_up(ids_of("ids", ids), self.counters)


@njit(cache=True, inline="always")
def _place(value: np.uint64, row: int, width: int) -> np.uint64:
    return mix(value ^ mix(np.uint64(row + 1))) % np.uint64(width)


@njit(cache=True)
def _fill(ids: Ids, counters: NDArray[np.int64]) -> None:
    depth, width = counters.shape
    for i in range(ids.size):
        for row in range(depth):
            counters[row, _place(ids[i], row, width)] += 1


@njit(cache=True)
def _look_up(ids: Ids, counters: NDArray[np.int64]) -> NDArray[np.int64]:
    depth, width = counters.shape
    found = np.empty(ids.size, np.int64)
    for i in range(ids.size):
        least = counters[0, _place(ids[i], 0, width)]
        for row in range(1, depth):
            least = min(least, counters[row, _place(ids[i], row, width)])
        found[i] = least
    return found
