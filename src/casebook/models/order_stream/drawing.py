"""The orders of a day drawn one by one as a seeded stream, which is never in memory as a whole."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numba import njit
from numpy.random import Generator, SeedSequence
from numpy.typing import ArrayLike, NDArray

from casebook.methods import replicates
from casebook.models.order_stream.day import DAY, LONGEST, SLOTS, Day, weights

Columns = dict[str, NDArray[np.generic]]


def slots(share: ArrayLike) -> NDArray[np.int32]:
    """Lay shares out over the slots that sixteen random bits choose from."""
    reached = np.cumsum(np.asarray(share, dtype=float))
    return np.searchsorted((reached / reached[-1]).round(9), (np.arange(SLOTS) + 0.5) / SLOTS).astype(np.int32)


def delays(day: Day) -> NDArray[np.int32]:
    """Lay the whole seconds from placing to arriving out over the slots."""
    slow, lost = day.slow_percent / 100, day.lost_percent / 100
    second = np.arange(LONGEST + 1)[:, None]
    mean = np.array([day.prompt_seconds, day.slow_seconds, day.lost_seconds])
    return slots((np.exp(-second / mean) * -np.expm1(-1 / mean)) @ [1 - slow - lost, slow, lost])


def placed(day: Day, seed: SeedSequence) -> NDArray[np.int64]:
    """Draw how many orders are placed in each second of the day, shape (86,400,); they add up to the day's orders."""
    rate = day.rates
    return np.random.default_rng(replicates.spawn(seed, 2)[0]).multinomial(day.orders, rate / rate.sum())


def stream(day: Day, seed: SeedSequence, part: int = 0) -> Iterator[tuple[int, Columns]]:
    """Draw the orders of a day in the order of their arrival, a stretch at a time.

    Parameters
    ----------
    day
        What kind of day.
    seed
        Its own random numbers; `placed` with the same seed says how many orders each second has.
    part
        Number of this stream among the parts of a larger one: ids of different parts differ.

    Yields
    ------
    clock, batch
        Columns as `Monitor.feed` takes them, of all orders that arrived before the clock and after the one before it.
        The clock runs on after the end of the day until the last order has arrived.
    """
    counts = placed(day, seed)
    random = np.random.default_rng(replicates.spawn(seed, 2)[1])
    tables = _tables(day)
    waiting = _columns(0)
    number = part << 40
    placed_by = np.append(0, np.cumsum(counts))
    clock = 0
    while clock < DAY or waiting["id"].size:
        start, clock = clock, clock + day.chunk_seconds
        if clock < DAY:
            full = int(np.searchsorted(placed_by, placed_by[start] + day.chunk_orders, side="right")) - 1
            clock = min(clock, max(full, start + 1))
        some = counts[start:clock]
        due = waiting["arrived"] < clock
        batch, later = _draw(some, start, clock, number, random, tables, {n: c[due] for n, c in waiting.items()})
        number += int(some.sum())
        yield clock, batch
        waiting = {name: np.concatenate([column[~due], later[name]]) for name, column in waiting.items()}


def _tables(day: Day) -> tuple:
    share = weights(day.provinces, day.province_exponent)
    province, which = [slots(share)], np.zeros(DAY, np.int64)
    burst, item = np.zeros(DAY, np.int64), np.zeros((DAY, 2), np.int32)
    for incident in day.incidents:
        during = slice(incident.start_second, incident.start_second + incident.seconds)
        severity, own = incident.severity_percent / 100, share[incident.province]
        if incident.kind == "outage":
            which[during] = len(province)
            province.append(
                slots(np.where(np.arange(day.provinces) == incident.province, share * (1 - severity), share))
            )
        else:
            burst[during] = round(SLOTS * own * severity / (1 + own * severity))
            item[during] = incident.province, incident.item
    copies = np.uint64(2**64 - 1 - round(SLOTS * day.copies_percent / 100) * 2**48)  # a larger word is sent again
    items = slots(weights(day.items, day.item_exponent))
    return items, np.array(province), which, burst, item, delays(day), copies, day.retry_seconds, day.categories


def _draw(
    counts: NDArray[np.int64], start: int, clock: int, number: int, random: Generator, tables: tuple, due: Columns
) -> tuple[Columns, Columns]:
    """Draw the orders of a stretch: those that arrive within it, after those that are due, and those that come later."""
    words = random.integers(0, 2**64, int(counts.sum()), dtype=np.uint64)
    copies = int(np.count_nonzero(words > tables[6]))
    room = _columns(due["id"].size + words.size + copies)
    for name, column in due.items():
        room[name][: column.size] = column
    fresh = _place(words, counts, start, clock, number, tables, due["id"].size, tuple(room.values()))
    return {n: c[:fresh] for n, c in room.items()}, {n: c[fresh:] for n, c in room.items()}


def _columns(size: int) -> Columns:
    kinds = {"id": np.int64, "second": np.int64, "arrived": np.int64}
    kinds |= {"province": np.int16, "category": np.int16, "item": np.int32}
    return {name: np.empty(size, kind) for name, kind in kinds.items()}


@njit(cache=True, nogil=True)
def _part(word, place):  # noqa: ANN001, ANN202
    """Give sixteen bits of a word."""
    return np.int64((word >> np.uint64(place)) & np.uint64(SLOTS - 1))


@njit(cache=True, nogil=True)
def _mixed(word):  # noqa: ANN001, ANN202
    """Make other random bits from random bits, by the finaliser of SplitMix64 (Steele, Lea and Flood 2014)."""
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


@njit(cache=True, nogil=True)
def _place(words, counts, start, clock, number, tables, front, room):  # noqa: ANN001, ANN202
    """Write out the orders of a stretch: what arrives within it from the front, what arrives later from the back."""
    items, provinces, which, burst, aimed, delay, copies, retry, categories = tables
    ids, second, arrived, province, category, item = room
    back, k = ids.size - 1, 0
    for s in range(counts.size):
        at = start + s
        for _ in range(counts[s]):
            word, more = words[k], _mixed(words[k])
            what, where = items[_part(word, 0)], provinces[which[at], _part(word, 16)]
            if _part(more, 0) < burst[at]:
                where, what = aimed[at, 0], aimed[at, 1]
            when = at + delay[_part(word, 32)]
            times = 1 + (word > copies)
            for _copy in range(times):
                to = front if when < clock else back
                ids[to], second[to], arrived[to] = number + k, at, when
                province[to], category[to], item[to] = where, what % categories, what
                front += when < clock
                back -= when >= clock
                when += retry + delay[_part(more, 16)]
            k += 1
    return front
