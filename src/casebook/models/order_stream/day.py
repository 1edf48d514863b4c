"""A day of orders with a rush at midnight, as a seeded stream: illustrative, and never in memory as a whole."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numba import njit
from numpy.random import Generator, SeedSequence
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from casebook.methods import replicates

Array = NDArray[np.float64]
Columns = dict[str, NDArray[np.generic]]

SLOTS = 65_536  # chances are drawn in so many equal parts, sixteen random bits each
DAY = 86_400
LONGEST = 6 * 3600  # seconds until an order arrives, at most
STEADY = 4  # counts the counts of the day at least: rates are rounded to so many decimals, alike on any machine


@dataclass(frozen=True)
class Incident:
    """Something that happens to the orders of one province.

    Attributes
    ----------
    kind
        'outage': a share of the province's orders never comes. 'burst': additional orders, all for one item.
    start_second, seconds
        When it begins and how long it lasts.
    province, item
        Whose orders; the item of a burst.
    severity_percent
        Orders lost, or added, over the province's ordinary ones.

    Raises
    ------
    ValueError
        When the kind is unknown or a number is out of range.
    """

    kind: str
    start_second: int
    seconds: int
    province: int
    severity_percent: float
    item: int = 0

    def __post_init__(self) -> None:
        if self.kind not in ("outage", "burst"):
            raise ValueError(f"kind: expected 'outage' or 'burst', found {self.kind!r}")
        _within("start_second", self.start_second, 0, DAY - 1)
        _within("seconds", self.seconds, 1, DAY - self.start_second)
        _within("severity_percent", self.severity_percent, 0, 100 if self.kind == "outage" else math.inf)


@dataclass(frozen=True)
class Day:
    """A festival day of orders.

    Attributes
    ----------
    orders
        Orders placed, copies not counted.
    peak_per_second
        Rate at the stroke of midnight.
    marks
        Running share of the day's orders at some seconds after midnight, ((second, share), …) up to (86,400, 1).
    provinces, categories, items
        How many there are. Item i belongs to category i modulo the categories.
    province_exponent, item_exponent
        Zipf's: the weight of rank r is r to minus this.
    slow_percent, slow_seconds, lost_percent, lost_seconds, prompt_seconds
        Shares of orders that arrive slowly or were out of reach, with the mean delay of each, and that of all others.
    copies_percent, retry_seconds
        Orders that are sent a second time, and after how long; the copy's own delay comes on top.
    incidents
        What happens; no two of them at a time.
    chunk_seconds, chunk_orders
        Seconds drawn at a time: fewer where this many orders come sooner, but at least one.

    Raises
    ------
    ValueError
        When a number is out of range, or two incidents overlap.
    """

    orders: int = 777_000_000
    peak_per_second: float = 325_000
    marks: tuple[tuple[float, float], ...] = ((34_560, 0.5751), (67_740, 0.8091), (74_700, 0.8621), (86_400, 1.0))
    provinces: int = 31
    categories: int = 20
    items: int = 4096
    province_exponent: float = 0.5
    item_exponent: float = 1.0
    prompt_seconds: float = 0.5
    slow_percent: float = 2.0
    slow_seconds: float = 20.0
    lost_percent: float = 0.1
    lost_seconds: float = 1800.0
    copies_percent: float = 1.0
    retry_seconds: int = 5
    incidents: tuple[Incident, ...] = ()
    chunk_seconds: int = 300
    chunk_orders: int = 250_000

    def __post_init__(self) -> None:
        for name, low, high in (
            ("orders", 0, 1e12),
            ("peak_per_second", 0, 1e12),
            ("provinces", 1, 2**15 - 1),
            ("categories", 1, 2**15 - 1),
            ("items", 1, SLOTS),
            ("prompt_seconds", 1e-9, LONGEST),
            ("slow_seconds", 1e-9, LONGEST),
            ("lost_seconds", 1e-9, LONGEST),
            ("slow_percent", 0, 100),
            ("lost_percent", 0, 100 - self.slow_percent),
            ("copies_percent", 0, 100),
            ("retry_seconds", 0, LONGEST),
            ("chunk_seconds", 1, DAY),
            ("chunk_orders", 1, 1e9),
        ):
            _within(name, getattr(self, name), low, high)
        times = sorted((incident.start_second, incident.seconds) for incident in self.incidents)
        for (start, seconds), (after, _) in pairwise(times):
            if start + seconds > after:
                raise ValueError(f"incidents: expected none to overlap, found one at second {after}")
        for incident in self.incidents:
            _within("incidents: province", incident.province, 0, self.provinces - 1)
            _within("incidents: item", incident.item, 0, self.items - 1)

    @property
    def ground(self) -> Array:
        """Orders a second without the rush, by stretch; of the first one it is taken to be that of the next."""
        at, share = np.array([(0.0, 0.0), *self.marks]).T
        pace = self.orders * np.diff(share) / np.diff(at)
        return np.array([pace[min(1, pace.size - 1)], *pace[1:]])

    @property
    def rush_seconds(self) -> float:
        r"""How long the rush lasts: the time in which it falls to 1/e, so that the first mark is met; zero without one.

        .. math:: N_1 = g\,t_1 + (P - g)\,\tau\,(1 - e^{-t_1/\tau})
        """
        end, share = self.marks[0]
        ground = self.ground[0]
        rush = self.orders * share - ground * end
        top = self.peak_per_second - ground
        if abs(rush) <= 1e-9 * self.orders:
            return 0.0
        if not 0 < rush < top * end:
            raise ValueError(f"peak_per_second: expected a peak that fits the marks, found {self.peak_per_second:g}")
        return float(brentq(lambda tau: top * tau * -math.expm1(-end / tau) - rush, 1e-6, 1e3 * end))

    @property
    def rates(self) -> Array:
        """Orders expected in each second of the day, shape (86,400,), incidents included."""
        tau, second = self.rush_seconds, np.arange(DAY)
        stretch = np.searchsorted([at for at, _ in self.marks], second, side="right")
        rate = self.ground[stretch]
        if tau:
            rate += (self.peak_per_second - self.ground[0]) * tau * -math.expm1(-1 / tau) * np.exp(-second / tau)
        share = weights(self.provinces, self.province_exponent)
        for incident in self.incidents:
            change = share[incident.province] * incident.severity_percent / 100
            during = slice(incident.start_second, incident.start_second + incident.seconds)
            rate[during] *= 1 + change if incident.kind == "burst" else 1 - change
        return rate.round(STEADY)


def weights(number: int, exponent: float) -> Array:
    """Give shares by Zipf's law, the largest first."""
    weight = np.arange(1.0, number + 1) ** -exponent
    return weight / weight.sum()


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


def scaled(day: Day, factor: float) -> Day:
    """Give a day of the same shape with so many times the orders."""
    return replace(day, orders=round(day.orders * factor), peak_per_second=day.peak_per_second * factor)


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


def _within(name: str, value: float, low: float, high: float) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        raise ValueError(f"{name}: expected a finite number of at least {low:g} and at most {high:g}, found {value}")
