"""Messages as weighted features: what a vocabulary learns from messages, and the scores of lines drawn through it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import csr_array

from casebook.methods.language.ngrams import Codes, Keys, all_grams, encode, grams, kinds

Array = NDArray[np.float64]

BATCH = 8192
"""Messages scored at a time, so that memory stays flat in their number."""

MIX = np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True)
class Vocabulary:
    """The features of the messages it was learnt from.

    Attributes
    ----------
    keys
        One for each feature, ascending, shape (f,).
    rarity
        Inverse document frequency of each feature, and last that of one never seen, shape (f + 1,).
    is_word
        Whether a feature is a word or a pair of words; the others are runs of characters.
    slots
        Hash table from a key to its place.
    """

    keys: Keys
    rarity: Array
    is_word: NDArray[np.bool_]
    slots: NDArray[np.int32]

    @classmethod
    def learn(cls, texts: list[str]) -> tuple[Vocabulary, csr_array]:
        """Learn the features of messages, and return the messages as rows of them, shape (n, f).

        In each row words and runs of characters have length one apart from each other.
        """
        codes, starts = encode(texts)
        keys, counts = all_grams(codes, starts, kinds())
        n, row = len(texts), np.repeat(np.arange(len(texts)), counts[:, 1])
        position = np.arange(keys.size) - np.repeat(np.cumsum(counts[:, 1]) - counts[:, 1], counts[:, 1])
        found, first, place = np.unique(keys, return_index=True, return_inverse=True)
        where = (row.astype(np.int32), place.astype(np.int32))
        table = csr_array((np.ones(row.size), where), shape=(n, found.size))
        table.sum_duplicates()
        holding = np.bincount(table.indices, minlength=found.size)
        rarity = 1 + np.log((1 + n) / (1 + np.append(holding, 0)))
        vocabulary = cls(found, rarity, (position < counts[row, 0])[first], _hash_table(found))
        return vocabulary, vocabulary._weigh(table)

    def _weigh(self, table: csr_array) -> csr_array:
        table.data = (1 + np.log(table.data)) * self.rarity[table.indices]
        block = 2 * np.repeat(np.arange(table.shape[0]), np.diff(table.indptr)) + self.is_word[table.indices]
        table.data /= np.sqrt(np.bincount(block, table.data**2, minlength=2 * table.shape[0]))[block]
        return table

    def scores(self, texts: list[str], lines: NDArray[np.float32], offsets: Array) -> Array:
        """Return on which side of each line every message lies and how far, shape (messages, lines).

        Parameters
        ----------
        texts
            Messages, of which no feature need be known.
        lines
            Weights, shape (f, lines).
        offsets
            What each line adds, shape (lines,).
        """
        result = np.empty((len(texts), offsets.size))
        for start in range(0, len(texts), BATCH):
            codes, starts = encode(texts[start : start + BATCH])
            batch = result[start : start + BATCH]
            _score(codes, starts, kinds(), self.keys, self.slots, self.rarity, self.is_word, lines, offsets, batch)
        return result


@njit(cache=True)
def _hash_table(keys: Keys) -> NDArray[np.int32]:
    """Put the place of each key into a table at least half empty, by open addressing."""
    size = 8
    while size < 2 * keys.size:
        size *= 2
    slots = np.full(size, -1, dtype=np.int32)
    for place in range(keys.size):
        at = np.int64((keys[place] * MIX) >> np.uint64(32)) & (size - 1)
        while slots[at] >= 0:
            at = (at + 1) & (size - 1)
        slots[at] = place
    return slots


@njit(cache=True, nogil=True)
def _find(key: np.uint64, keys: Keys, slots: NDArray[np.int32]) -> int:
    """Return the place of a key; below zero where it was never seen."""
    at = np.int64((key * MIX) >> np.uint64(32)) & (slots.size - 1)
    while slots[at] >= 0 and keys[slots[at]] != key:
        at = (at + 1) & (slots.size - 1)
    return slots[at]


@njit(cache=True, nogil=True)
def _score(
    codes: Codes,
    starts: NDArray[np.int64],
    table: NDArray[np.uint8],
    keys: Keys,
    slots: NDArray[np.int32],
    rarity: Array,
    is_word: NDArray[np.bool_],
    lines: NDArray[np.float32],
    offsets: Array,
    result: Array,
) -> None:
    """Weigh the features of each message and add up what the lines give for them."""
    room = 10 * np.diff(starts).max() + 16
    found, touched = np.empty(room, dtype=np.uint64), np.empty(room, dtype=np.int64)
    count, squares = np.zeros(keys.size, dtype=np.int32), np.empty(2)
    for row in range(starts.size - 1):
        words, total = grams(codes[starts[row] + 1 : starts[row + 1]], table, found)
        squares[:], known = 0.0, 0
        for at in range(total):
            place = _find(found[at], keys, slots)
            if place < 0:
                squares[1 if at < words else 0] += rarity[-1] ** 2
            elif count[place] == 0:
                touched[known] = place
                known += 1
            if place >= 0:
                count[place] += 1
        for at in range(known):
            place = touched[at]
            weight = rarity[place] * (1 + np.log(count[place]))
            squares[1 if is_word[place] else 0] += weight * weight
        result[row] = offsets
        for at in range(known):
            place = touched[at]
            length = np.sqrt(squares[1 if is_word[place] else 0])
            value = rarity[place] * (1 + np.log(count[place])) / length
            count[place] = 0
            for line in range(offsets.size):
                result[row, line] += value * lines[place, line]
