"""The compiled loops of the order stream: rows surveyed, orders logged and counted, copies found and taken back.

Each second has a chain of pages. An order is counted as it comes and logged there: eight bytes of id, three of
province, category and item. When the second closes, its log is read twice. The first reading throws the ids onto some
ten times as many pairs of bits and marks those that are met again; whoever has a pair alone has no copy, and the few
others are compared. Running numbers need no log: their pages hold a bit an id.
"""

from __future__ import annotations

import numpy as np
from numba import njit

# ruff: noqa: ANN001, ANN201 - compiled for the types they are called with

RECEIVED, COUNTED, DUPLICATES, TOO_LATE, SET_ASIDE = range(5)
PAGE = 256  # entries of a page
CHUNKS = 64  # pages of bits that a second may have, around its first id
ZERO, ONE, TWO, FIVE, SIX, EIGHT, FOURTEEN, SIXTEEN = map(np.uint64, (0, 1, 2, 5, 6, 8, 14, 16))
LAST_PAIR, LAST_BIT, LAST_ENTRY, WHOLE, HALF = map(np.uint64, (31, 63, PAGE - 1, PAGE, CHUNKS // 2))
GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio


@njit(cache=True, nogil=True)
def survey(columns, rule):
    """Count the rows that cannot be true, and find the first and the last second that the others may still enter."""
    ids, second, arrived, province, category, item = columns
    watermark, horizon, provinces, categories, items = rule
    wrong, low, high = 0, np.iinfo(np.int64).max, np.int64(-1)
    for i in range(ids.size):
        at = second[i]
        bad = (ids[i] < 0) | (at < 0) | (arrived[i] < at) | (np.uint64(province[i]) >= provinces)
        bad |= (np.uint64(category[i]) >= categories) | (np.uint64(item[i]) >= items)
        enters = (not bad) & (arrived[i] - at <= horizon) & (at >= watermark)
        wrong += bad
        low = min(low, at) if enters else low
        high = max(high, at) if enters else high
    return wrong, low, high


@njit(cache=True, nogil=True)
def turn(row, chunk, as_bit, rows, pages):
    """Give a second another page, for bits or for its log."""
    cursor, _, chunks, _, _ = rows
    entries, _, _, link, free, left = pages
    left[0] -= 1
    page = free[left[0]]
    if as_bit:
        chunks[row, chunk] = page + 1
        entries[page * PAGE : (page + 1) * PAGE] = ZERO
    else:
        link[page] = np.int64(cursor[row] >> EIGHT) - 1
        cursor[row] = np.uint64(page) << EIGHT


@njit(cache=True, nogil=True)
def log(columns, rule, rows, pages, tallies):
    """Count and log a batch; there must be free pages enough."""
    ids, second, arrived, province, category, item = columns
    watermark, horizon, first, hot_first, hot_seconds, categories, bits, running = rule
    cursor, origin, chunks, windows, hot = rows
    entries, low, high, _, _, _ = pages
    span, begin = ZERO, hot_first
    for i in range(ids.size):
        at, key = second[i], ids[i]
        if (arrived[i] - at > horizon) | (at < watermark):
            tallies[TOO_LATE] += 1
            continue
        row, chunk = np.uint64(at - first), np.uint64(CHUNKS)
        cell, which = np.uint64(province[i]) * categories + np.uint64(category[i]), np.uint64(item[i])
        if running:
            if origin[row] == ZERO:
                origin[row] = max(key >> FOURTEEN, HALF) - HALF + ONE  # the first id takes a page in the middle
            chunk = min(chunk, (key >> FOURTEEN) - (origin[row] - ONE))
        as_bit = chunk < np.uint64(CHUNKS)
        if (chunks[row, chunk] == 0) if as_bit else (cursor[row] & LAST_ENTRY == ZERO):
            turn(row, chunk, as_bit, rows, pages)
        if as_bit:
            word = np.uint64(chunks[row, chunk] - 1) << EIGHT | (key >> SIX) & LAST_ENTRY
            if (entries[word] >> (key & LAST_BIT)) & ONE:
                tallies[DUPLICATES] += 1
                continue
            entries[word] |= ONE << (key & LAST_BIT)
        else:
            position, code = cursor[row], cell << bits | which
            entries[position], low[position], high[position] = key, code, code >> SIXTEEN
            cursor[row] = position + ONE
        if (at < begin) | (at >= begin + hot_seconds):
            span = np.uint64((at - hot_first) // hot_seconds)
            begin = hot_first + np.int64(span) * hot_seconds
        windows[row, cell] += 1
        hot[span, which] += 1
        tallies[COUNTED] += 1


@njit(cache=True, nogil=True, inline="always")
def hashed(key, bits):
    """Spread an id over so many bits (D. E. Knuth's multiplicative hashing, of both halves folded)."""
    return ((key ^ (key >> np.uint64(32))) * GOLDEN) >> (np.uint64(64) - bits)


@njit(cache=True, nogil=True)
def suspects(pages, end, entries):
    """List the positions of the ids of a log that do not have their pair of bits alone."""
    bits, count = np.uint64(np.log2(8 * PAGE * pages.size) + 1), 0
    marks = np.zeros(ONE << (bits - FIVE), np.uint64)
    for k in range(pages.size):
        first = np.uint64(pages[k] * PAGE)
        for position in range(first, end if k == pages.size - 1 else first + WHOLE):
            place = hashed(entries[position], bits)
            pair = (place & LAST_PAIR) << ONE
            seen = (marks[place >> FIVE] >> pair) & ONE
            marks[place >> FIVE] |= (ONE | seen << ONE) << pair
            count += seen != ZERO
    found, count = np.empty(2 * count + 1, np.uint64), 0
    for k in range(pages.size):
        first = np.uint64(pages[k] * PAGE)
        for position in range(first, end if k == pages.size - 1 else first + WHOLE):
            place = hashed(entries[position], bits)
            found[count] = position
            count += (marks[place >> FIVE] >> ((place & LAST_PAIR) << ONE)) & TWO != ZERO
    return found[:count]


@njit(cache=True, nogil=True)
def take_back(found, logs, code_bits, window, hot):
    """Compare suspects by id, take every copy but the one of the smallest code out of the counts, and count these."""
    entries, low, high, _ = logs
    bits, copies = np.uint64(np.log2(2 * found.size + 1) + 1), 0
    table, mask, which = np.zeros(ONE << bits, np.int64), (ONE << bits) - ONE, (ONE << code_bits) - ONE
    for k in range(found.size):
        key = entries[found[k]]
        slot = hashed(key, bits)
        while table[slot] != 0 and entries[found[table[slot] - 1]] != key:
            slot = (slot + ONE) & mask
        if table[slot] == 0:
            table[slot] = k + 1
            continue
        one, other = found[table[slot] - 1], found[k]
        first = np.uint64(low[one]) | np.uint64(high[one]) << SIXTEEN
        second = np.uint64(low[other]) | np.uint64(high[other]) << SIXTEEN
        if second < first:
            table[slot] = k + 1
        window[max(first, second) >> code_bits] -= 1
        hot[max(first, second) & which] -= 1
        copies += 1
    return copies


@njit(cache=True, nogil=True)
def settle(count, cursor, logs, rule, sums, pages):
    """Take the copies out of the counts of the first seconds; give how many they are and how many pages were used."""
    bits, first, hot_first, hot_seconds = rule
    windows, hot = sums
    copies = used = 0
    for row in range(count):
        if cursor[row] != ZERO:
            begin, page = used, np.int64(cursor[row] - ONE) >> 8
            while page >= 0:
                pages[used] = page
                page, used = logs[3][page], used + 1
            found = suspects(pages[begin:used][::-1], cursor[row], logs[0])
            span = (first + row - hot_first) // hot_seconds
            copies += take_back(found, logs, bits, windows[row], hot[span])
    return copies, used
