"""The inner loops of the monitor: counting a batch, and a set of ids in words of sixty-four.

The set is a hash table with linear probing (D. E. Knuth, *The Art of Computer Programming*, volume 3, section 6.4). A
slot holds sixty-four neighbouring ids as bits of a word, and the last order second seen among them. Running order
numbers thus cost a few bits each; any other ids are held as exactly, at a word each.
"""

from __future__ import annotations

import numpy as np
from numba import njit

# ruff: noqa: ANN001, ANN201 - compiled for the types they are called with

RECEIVED, COUNTED, DUPLICATES, TOO_LATE, LATE = range(5)
GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio
SIX, SIXTY_THREE, ONE, ZERO = np.uint64(6), np.uint64(63), np.uint64(1), np.uint64(0)


@njit(cache=True, nogil=True, inline="always")
def find(keys, words, key, shift):
    """Give the slot of a key, or the empty one where it belongs."""
    slot = np.int64((key * GOLDEN) >> shift)
    while words[slot] != ZERO and keys[slot] != key:
        slot = (slot + 1) & (keys.size - 1)
    return slot


@njit(cache=True, nogil=True)
def count(start, columns, rule, rows, room, table, windows, hot, tallies):
    """Count a batch from an order on; stop early, and say where, when the set of ids has no room for another word."""
    ids, second, arrived, province, category, item = columns
    watermark, horizon, item_seconds = rule
    first, item_first, categories = rows
    keys, words, last, shift, used = table
    for i in range(start, ids.size):
        at, delay = second[i], arrived[i] - second[i]
        if delay > horizon or at < watermark:
            tallies[RECEIVED] += 1
            tallies[TOO_LATE] += 1
            continue
        if used[0] >= room:
            return i
        tallies[RECEIVED] += 1
        tallies[LATE] += delay > 0
        slot = find(keys, words, ids[i] >> SIX, shift)
        bit = ONE << (ids[i] & SIXTY_THREE)
        if words[slot] == ZERO:
            keys[slot] = ids[i] >> SIX
            last[slot] = at
            used[0] += 1
        elif words[slot] & bit:
            tallies[DUPLICATES] += 1
            continue
        words[slot] |= bit
        last[slot] = max(last[slot], at)
        windows[at - first, province[i] * categories + category[i]] += 1
        hot[(at - item_first) // item_seconds, item[i]] += 1
        tallies[COUNTED] += 1
    return ids.size


@njit(cache=True, nogil=True)
def living(words, last, watermark):
    """Count the words that hold an id of an open second."""
    alive = 0
    for slot in range(words.size):
        alive += words[slot] != ZERO and last[slot] >= watermark
    return alive


@njit(cache=True, nogil=True)
def carry(old, watermark, table):
    """Carry the words of open seconds over into an empty table."""
    from_keys, from_words, from_last = old
    keys, words, last, shift, used = table
    for slot in range(from_words.size):
        if from_words[slot] != ZERO and from_last[slot] >= watermark:
            to = find(keys, words, from_keys[slot], shift)
            keys[to], words[to], last[to] = from_keys[slot], from_words[slot], from_last[slot]
            used[0] += 1
