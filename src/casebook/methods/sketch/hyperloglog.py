"""How many different ones were there: HyperLogLog."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from casebook.methods.inventory.arguments import whole
from casebook.methods.sketch.hashing import Ids, ids_of, mix


class HyperLogLog:
    r"""Counts different ids in a stream, in a memory that is fixed beforehand.

    Each id is hashed; some bits of the hash choose a register, the rest is read as a run of leading zeros, and the
    register keeps the longest run. Seeing an id again changes nothing. The relative standard error is about

    .. math:: 1.04 / \sqrt{m}, \quad m = 2^{p}

    Parameters
    ----------
    bits
        Bits that choose the register, p, from 4 to 18; there are two to that power registers of one byte each.

    Raises
    ------
    ValueError
        When `bits` is no whole number in that range.

    References
    ----------
    P. Flajolet, É. Fusy, O. Gandouet and F. Meunier, *HyperLogLog* (2007); the estimate is that of O. Ertl, *New
    cardinality estimation algorithms for HyperLogLog sketches* (2017), which has no bias at small counts.
    """

    def __init__(self, bits: int = 14) -> None:
        if whole("bits", bits, 4) > 18:
            raise ValueError(f"bits: expected a whole number from 4 to 18, found {bits}")
        self.bits = int(bits)
        self.registers: NDArray[np.uint8] = np.zeros(1 << self.bits, np.uint8)

    @property
    def memory_bytes(self) -> int:
        """Size of the registers."""
        return self.registers.nbytes

    @property
    def error(self) -> float:
        """Relative standard error of the count."""
        return 1.04 / math.sqrt(self.registers.size)

    def add(self, ids: ArrayLike) -> HyperLogLog:
        """Take in a batch of ids, whole numbers from zero up, and return the sketch."""
        _fill(ids_of("ids", ids), self.registers, self.bits)
        return self

    def add_range(self, start: int, stop: int) -> HyperLogLog:
        """Take in every id from `start` up to but not including `stop`, and return the sketch."""
        _fill_range(whole("start", start, 0), whole("stop", stop, int(start)), self.registers, self.bits)
        return self

    def merge(self, other: HyperLogLog) -> HyperLogLog:
        """Return the sketch of all that either has seen."""
        if other.bits != self.bits:
            raise ValueError(f"other: expected a sketch with {self.bits} bits, found {other.bits}")
        union = HyperLogLog(self.bits)
        union.registers = np.maximum(self.registers, other.registers)
        return union

    def count(self) -> float:
        """Estimate how many different ids were seen."""
        size, ranks = self.registers.size, 64 - self.bits
        held = np.bincount(self.registers, minlength=ranks + 2)
        total = size * _tau(1 - held[ranks + 1] / size)
        for rank in range(ranks, 0, -1):
            total = 0.5 * (total + held[rank])
        total += size * _sigma(held[0] / size)
        return size * size / (2 * math.log(2) * total) if total else math.inf


def _sigma(share: float) -> float:
    """Sum share^(2^k) 2^(k-1) over k from one up, and add the share: the correction for empty registers."""
    if share == 1:
        return math.inf
    weight, total, before = 1.0, share, -1.0
    while total != before:
        share, before = share * share, total
        total, weight = total + share * weight, 2 * weight
    return total


def _tau(share: float) -> float:
    """Correct for registers that are full."""
    if share in (0, 1):
        return 0.0
    weight, total, before = 1.0, 1 - share, -1.0
    while total != before:
        share, before, weight = math.sqrt(share), total, weight / 2
        total -= (1 - share) ** 2 * weight
    return total / 3


@njit(cache=True, inline="always")
def _note(value: np.uint64, registers: NDArray[np.uint8], bits: int) -> None:
    scattered = mix(value)
    place = scattered >> np.uint64(64 - bits)
    rest = scattered << np.uint64(bits)
    run, top = 1, np.uint64(1) << np.uint64(63)
    while run <= 64 - bits and rest & top == 0:
        rest, run = rest << np.uint64(1), run + 1
    registers[place] = max(registers[place], run)


@njit(cache=True)
def _fill(ids: Ids, registers: NDArray[np.uint8], bits: int) -> None:
    for i in range(ids.size):
        _note(ids[i], registers, bits)


@njit(cache=True)
def _fill_range(start: int, stop: int, registers: NDArray[np.uint8], bits: int) -> None:
    for i in range(start, stop):
        _note(np.uint64(i), registers, bits)
