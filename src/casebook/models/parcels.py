"""The parcels of a festival, one by one: order, picking, sorting, line haul and last mile, each of finite capacity.

The country is cut into areas that are alike, each with its warehouses, its hub and its couriers. What an area sends
away is replaced by an equal stream that arrives, so every area is followed alone and the memory stays flat. Times are
whole ticks, $2^{32}$ to a minute: sums are exact, and the minute of a time is a shift of its bits.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from numba import njit
from numpy.random import Generator, SeedSequence
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from casebook.methods import replicates
from casebook.methods.arguments import ArgumentError, number, numbers, one_of, whole

DAY = 1440  # minutes; every order falls into the first day
LONGEST = 366 * DAY
TICKS = 1 << 32  # of a minute
GAP = -(2.0**26)  # makes a whole exponential number of the logarithm of a share in (0, 1]
BLOCKS = 32  # of areas at most, each followed in one go; a block has 25 areas at least
CAPACITIES = ("picked_per_day", "sorted_per_day", "hauled_per_day", "delivered_per_day")
STAGES = ("ordered", "picked", "sorted", "loaded", "arrived", "delivered")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]  # ticks, minutes or counts
Logs = NDArray[np.float32]
Draws = NDArray[np.uint32]


@dataclass(frozen=True)
class Scenario:
    """What the model is fed; times count from the midnight at which the festival begins.

    A capacity is that of all areas together and may be infinite; for a parcel of an area it lies uniformly within the
    spread of the mean, drawn once for what leaves and once for what arrives. Only the shape of the running counts is
    taken; the last is that of the day's end. A line haul takes any time between least and most; parcels stocked nearby
    need none, and of these a courier on call takes the express ones to the door at any hour, a Rayleigh ride away.
    """

    parcels: int = 777_000_000
    counted_minutes: Sequence[float] = (576, 1129, 1245, 1320, 1440)
    counted_parcels: Sequence[float] = (467e6, 657e6, 700e6, 750e6, 812e6)
    peak_per_second: float = 325_000  # orders in the rush at midnight, on the scale of the counts
    nearby_percent: float = 5
    express_percent: float = 0.1
    picked_per_day: float = 400e6
    sorted_per_day: float = 331e6
    hauled_per_day: float = 331e6
    delivered_per_day: float = 42e6
    pick_minutes: float = 10  # needed even when nobody is before one, as are those in the hub
    sort_minutes: float = 60
    trip_least_hours: float = 12
    trip_most_hours: float = 60
    opens_hour: float = 8  # the couriers' day, to the minute
    closes_hour: float = 21
    ride_minutes: float = 40  # mean
    spread_percent: float = 20
    area_parcels: int = 100_000  # of an area, about
    seed: int = 0

    def __post_init__(self) -> None:
        for name, least, most in (("parcels", 0, 10**11), ("area_parcels", 1, 10**7), ("seed", 0, 2**53)):
            object.__setattr__(self, name, whole(name, getattr(self, name), least=least, most=most))
        for name in CAPACITIES:
            if getattr(self, name) != math.inf:
                number(name, getattr(self, name), above=0)
        number("peak_per_second", self.peak_per_second, least=0, most=1e15)
        for name in ("pick_minutes", "sort_minutes", "ride_minutes", "trip_least_hours"):
            number(name, getattr(self, name), least=0, most=10_000)
        number("trip_most_hours", self.trip_most_hours, least=self.trip_least_hours, most=10_000)
        number("nearby_percent", self.nearby_percent, least=0, most=100)
        number("express_percent", self.express_percent, least=0, most=self.nearby_percent)
        number("spread_percent", self.spread_percent, least=0, most=99)
        number("opens_hour", self.opens_hour, least=0, most=23)
        number("closes_hour", self.closes_hour, least=self.opens_hour + 1 / 60, most=24)
        minutes = numbers("counted_minutes", self.counted_minutes, shape=(None,))
        parcels = numbers("counted_parcels", self.counted_parcels, shape=minutes.shape)
        for name, values in (("counted_minutes", minutes), ("counted_parcels", parcels)):
            numbers(f"steps of {name}", np.diff(values, prepend=0), above=0)
        if minutes[-1] != DAY:
            raise ArgumentError("counted_minutes", f"the last at the day's end, {DAY}", float(minutes[-1]))
        whole("areas", self.areas, most=10**6)
        number("days until the last parcel", self.last_minute / DAY, most=LONGEST / DAY)

    def sample(self, share: float) -> Scenario:
        """Return the same network in small: a share of the parcels and of every capacity."""
        return self.enlarged(share, parcels=round(number("share", share, above=0, most=1e9) * self.parcels))

    def enlarged(self, multiple: float, **changes: float) -> Scenario:
        """Return the same parcels with a multiple of every capacity, and other changes by name."""
        times = number("multiple", multiple, above=0)
        return replace(self, **{name: times * getattr(self, name) for name in CAPACITIES}, **changes)

    @property
    def areas(self) -> int:
        """Number of areas, at least one."""
        return max(1, math.ceil(self.parcels / self.area_parcels))

    @property
    def working_day(self) -> tuple[int, int]:
        """Minute at which the couriers start, and minutes they work."""
        opens, closes = round(60 * self.opens_hour), round(60 * self.closes_hour)
        return opens, max(1, closes - opens)

    @property
    def last_minute(self) -> float:
        """Minute by which the last parcel has been delivered, however slow its area."""
        slowest = DAY * self.parcels / (1 - self.spread_percent / 100)
        busy = sum(slowest / getattr(self, name) for name in CAPACITIES)
        rests = self.pick_minutes + self.sort_minutes + 60 * self.trip_most_hours + 10 * self.ride_minutes
        return busy + rests + 3 * DAY


def order_curve(scenario: Scenario) -> Floats:
    r"""Compute the share of the day's parcels that have been ordered by each minute, shape (1441,).

    The rate is constant between the running counts. Before the first a rush, at its peak $r_0$ in all, comes on top of
    the steady rate $r$ of the next stretch and dies away, with the $\tau$ that meets the first count:

    $$N(t) = r\,t + (r_0 - r)\,\tau\,(1 - e^{-t/\tau}), \qquad 0 \le t \le t_1$$
    """
    times, counts = np.append(0.0, scenario.counted_minutes), np.append(0.0, scenario.counted_parcels)
    minutes = np.arange(DAY + 1.0)
    curve = np.interp(minutes, times, counts)
    rates = np.diff(counts) / np.diff(times)
    if rates.size > 1 and rates[0] > rates[1]:
        fade = rush_minutes(scenario)
        early = minutes[minutes < times[1]]
        rush = (60 * scenario.peak_per_second - rates[1]) * fade
        curve[: early.size] = rates[1] * early - rush * np.expm1(-early / fade)
    return curve / curve[-1]


def rush_minutes(scenario: Scenario) -> float:
    r"""Return the minutes in which the rush at midnight falls to $1/e$ ($\tau$), as the first count asks."""
    (first, second), (start, after) = scenario.counted_minutes[:2], scenario.counted_parcels[:2]
    steady = (after - start) / (second - first)
    above, peak = start - steady * first, 60 * scenario.peak_per_second - steady
    if peak * first <= above:
        need = (above / first + steady) / 60
        raise ArgumentError("peak_per_second", f"more than {need:.0f} for the counts", scenario.peak_per_second)
    return float(brentq(lambda fade: -peak * fade * np.expm1(-first / fade) - above, above / peak, 1e6 * first))


class Pace(NamedTuple):
    """What the parcels of one area meet: times in ticks, the couriers' day in minutes, and which way a parcel goes.

    Its draw is a whole number below 2^32; below `express` a courier on call takes it, below `nearby` no line haul does.
    """

    express: int
    nearby: int
    pick_spell: int
    pick_rest: int
    sort_spell: int
    sort_rest: int
    haul_spell: int
    trip_least: int
    trip_slope: float  # ticks for a step of the draw
    door_spell: int
    opens: int
    shift: int
    ride_scale: float


def area_pace(scenario: Scenario, parcels: int, rng: Generator) -> Pace:
    """Return what the parcels of one area meet: its part of every capacity, more or less by the spread."""
    leaving, coming = 1 + scenario.spread_percent / 100 * (2 * rng.random(2) - 1)
    opens, shift = scenario.working_day
    nearby = round(2**32 * scenario.nearby_percent / 100)

    def spell(capacity: float, luck: float, minutes: float = DAY) -> int:
        return round(TICKS * minutes * scenario.parcels / (max(1, parcels) * capacity * luck))

    return Pace(
        express=round(2**32 * scenario.express_percent / 100),
        nearby=nearby,
        pick_spell=spell(scenario.picked_per_day, leaving),
        pick_rest=round(TICKS * scenario.pick_minutes),
        sort_spell=spell(scenario.sorted_per_day, leaving),
        sort_rest=round(TICKS * scenario.sort_minutes),
        haul_spell=spell(scenario.hauled_per_day, leaving),
        trip_least=round(TICKS * 60 * scenario.trip_least_hours),
        trip_slope=TICKS * 60 * (scenario.trip_most_hours - scenario.trip_least_hours) / max(1, 2**32 - nearby),
        door_spell=spell(scenario.delivered_per_day, coming, shift),
        opens=opens,
        shift=shift,
        ride_scale=TICKS * scenario.ride_minutes * 2 / math.sqrt(math.pi),
    )


@njit(cache=True, nogil=True)
def _hash(key: np.uint64, shares: Logs, draws: Draws) -> None:
    """Hash key, key + 1, ... by SplitMix64 (Steele, Lea and Flood, 2014): half the bits a share in (0, 1], half a draw."""
    for i in range(shares.size):
        bits = (key + np.uint64(i)) * np.uint64(0x9E3779B97F4A7C15)
        bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        bits ^= bits >> np.uint64(31)
        shares[i] = np.float32((bits >> np.uint64(32)) + np.uint64(1)) * np.float32(2.0**-32)
        draws[i] = bits & np.uint64(0xFFFFFFFF)


@njit(cache=True, nogil=True)
def _order(logs: Logs, curve: Floats, times: Ints, counts: Ints) -> None:
    """Spread the orders over the day: running sums of exponential gaps over their total are sorted uniform numbers."""
    total = 0
    for log in logs:
        total += int(GAP * log)
    i, reached, stop = 0, int(GAP * logs[0]), 0
    for minute in range(DAY):
        start, stop, before = stop, int(curve[minute + 1] * total), i
        slope = TICKS / max(1, stop - start)
        while i < times.size and reached <= stop:
            times[i] = minute * TICKS + int((reached - start) * slope)
            i += 1
            reached += int(GAP * logs[i])
        counts[minute] += i - before


@njit(cache=True, nogil=True)
def _minute(ticks: int) -> np.uint32:
    """Return the minute of a time: unsigned, so that no index counts from the end."""
    return np.uint32(ticks >> 32)


@njit(cache=True, nogil=True)
def _serve(times: Ints, draws: Draws, least: int, spell: int, rest: int, counts: Ints) -> None:
    """Serve those whose draw is so high in turn, D_i = max(A_i, D_(i-1)) + s, in place; count all, in runs of a minute."""
    free = minute = run = 0
    for i in range(times.size):
        if draws[i] >= least:
            free = max(free, times[i]) + spell
            times[i] = free + rest
        now = times[i] >> 32
        if now != minute:
            counts[minute] += run
            minute, run = now, 0
        run += 1
    counts[minute] += run


@njit(cache=True, nogil=True)
def _haul(times: Ints, draws: Draws, pace: Pace, unloaded: Ints) -> None:
    """Bring all but those on call to the couriers' station, where they are unloaded at the full minute."""
    for i in range(times.size):
        if draws[i] >= pace.nearby:
            times[i] += pace.trip_least + int((draws[i] - pace.nearby) * pace.trip_slope)
        if draws[i] >= pace.express:
            times[i] = (times[i] + TICKS - 1) & -TICKS
            unloaded[_minute(times[i])] += 1


@njit(cache=True, nogil=True)
def _queue(unloaded: Ints, pace: Pace, turn: Ints) -> None:
    """Find the working tick at which the couriers turn to what is unloaded in each minute, and clear the platform."""
    free = 0
    for minute in range(unloaded.size):
        if unloaded[minute]:
            day, clock = divmod(minute, DAY)
            worked = day * pace.shift + min(max(clock - pace.opens, 0), pace.shift)
            turn[minute] = free = max(free, worked * TICKS)
            free += unloaded[minute] * pace.door_spell
            unloaded[minute] = 0


@njit(cache=True, nogil=True)
def _deliver(times: Ints, ordered: Ints, draws: Draws, turn: Ints, clock: Ints, pace: Pace, counts: Ints) -> int:
    """Hand over, in the order of unloading or from a courier on call; return the tick of the first delivery."""
    first = LONGEST * TICKS
    for i in range(times.size):
        if draws[i] < pace.express:
            counts[4, _minute(times[i])] += 1
            door = times[i] + int(pace.ride_scale * math.sqrt(-math.log1p(-(draws[i] / pace.express))))
        else:
            turn[_minute(times[i])] += pace.door_spell
            worked = turn[_minute(times[i])]
            door = clock[_minute(worked)] * TICKS + (worked & (TICKS - 1))
        counts[5, _minute(door)] += 1
        counts[6, _minute(door - ordered[i])] += 1
        first = min(first, door)
    return first


@njit(cache=True, nogil=True)
def follow(logs: Logs, draws: Draws, curve: Floats, clock: Ints, pace: Pace, room: Ints, counts: Ints) -> int:
    """Follow the parcels of an area and return the tick of the first delivery.

    `logs` of random shares, one more than parcels, make the gaps between orders; `clock` has the minute of each working
    minute; `room` are four rows to work in, nought at first; `counts` grow by minute, a row a stage and one of ages.
    """
    ordered, times, unloaded, turn = room[0, : draws.size], room[1, : draws.size], room[2, : counts.shape[1]], room[3]
    _order(logs, curve, ordered, counts[0])
    times[:] = ordered
    _serve(times, draws, 0, pace.pick_spell, pace.pick_rest, counts[1])
    _serve(times, draws, pace.express, pace.sort_spell, pace.sort_rest, counts[2])
    _serve(times, draws, pace.nearby, pace.haul_spell, 0, counts[3])
    _haul(times, draws, pace, unloaded)
    counts[4] += unloaded
    _queue(unloaded, pace, turn)
    return _deliver(times, ordered, draws, turn, clock, pace, counts)


def random_numbers(key: np.uint64, logs: Logs, draws: Draws) -> None:
    """Fill in the logarithms of random shares and the draws of an area."""
    _hash(key, logs, draws)
    np.log(logs, out=logs)


class Outcome(NamedTuple):
    """How many parcels passed each stage in each minute since midnight, and came to the door at each age in minutes."""

    passed: Ints
    ages: Ints
    first_minute: float  # of the first delivery; infinite when there is none

    @property
    def parcels(self) -> int:
        """Number of parcels."""
        return int(self.ages.sum())

    def passed_by(self, day: ArrayLike, stage: str = "delivered") -> Floats:
        """Return how many parcels have passed a stage so many days after the start."""
        return np.interp(DAY * numbers("day", day, most=1e9), *_running(self._counts(stage)))

    def day_of(self, parcels: float, stage: str = "delivered") -> float:
        """Return the days after which so many parcels have passed a stage."""
        return _crossing(self._counts(stage), parcels) / DAY

    def day_of_share(self, share: float) -> float:
        """Return the days after which this share of all parcels has been delivered."""
        return self.day_of(number("share", share, above=0, most=1) * self.parcels)

    def hours_to_door(self, share: float) -> float:
        """Return the hours from order to door within which this share of the parcels came."""
        return _crossing(self.ages, number("share", share, above=0, most=1) * self.parcels) / 60

    def share_within(self, hours: float) -> float:
        """Return the share of the parcels that came within so many hours of their order; of none, nan."""
        within = np.interp(60 * number("hours", hours), *_running(self.ages))
        return float(within) / self.parcels if self.parcels else math.nan

    def mean_minute(self, stage: str) -> float:
        """Return the minute at which parcels pass a stage on average, each counted at the start of its minute."""
        return float(self._counts(stage) @ np.arange(self.ages.size)) / self.parcels if self.parcels else math.nan

    def backlog(self, hours: float) -> pd.DataFrame:
        """Return the parcels that are at each step, hour by hour: 'hour' and one column a step."""
        clock = np.arange(int(number("hours", hours, least=0, most=LONGEST / 60)) + 1)
        passed = [self.passed_by(clock / 24, stage) for stage in STAGES]
        steps = ("picking", "sorting", "loading", "on the road", "last mile")
        return pd.DataFrame({"hour": clock} | dict(zip(steps, -np.diff(passed, axis=0), strict=True)))

    def _counts(self, stage: str) -> Ints:
        one_of("stage", stage, STAGES)
        return self.passed[STAGES.index(stage)]


def _running(counts: Ints) -> tuple[Ints, Ints]:
    """Return the minutes and the running count at each of them."""
    return np.arange(counts.size + 1), np.append(0, np.cumsum(counts))


def _crossing(counts: Ints, parcels: float) -> float:
    """Return the minute at which a running count reaches a number."""
    _, running = _running(counts)
    number("parcels", parcels, above=0, most=running[-1])
    after = int(np.searchsorted(running, parcels))
    return after - (running[after] - parcels) / (running[after] - running[after - 1])


def simulate(scenario: Scenario, executor: Executor | None = None) -> Outcome:
    r"""Follow every parcel of a day from its order to its door.

    Each area is a line of stations that serve in the order of arrival, each with one constant spell for a parcel, so
    that a parcel leaves at $D_i = \max(A_i, D_{i-1}) + s$ (D. V. Lindley, 1952); couriers count in working minutes. Any
    executor of concurrent.futures gives the same bits; None takes all cores.
    """
    seeds = replicates.spawn(scenario.seed, min(BLOCKS, 1 + scenario.areas // 25))
    block = partial(_block, scenario, order_curve(scenario), len(seeds))
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        counts, firsts = zip(*replicates.run(block, seeds, executor or threads), strict=True)
    total = sum(counts)
    return Outcome(total[:-1], total[-1], min(firsts))


def working_minutes(scenario: Scenario, bins: int) -> Ints:
    """Return the minute of the clock of each working minute of the couriers."""
    opens, shift = scenario.working_day
    return np.add.outer(DAY * np.arange(bins // DAY + 1), opens + np.arange(shift)).ravel()


def _block(scenario: Scenario, curve: Floats, blocks: int, seed: SeedSequence) -> tuple[Ints, float]:
    """Follow the areas of one block, named last in the seed's spawn key; return the counts and the first delivery."""
    rng, bins = np.random.default_rng(seed), math.ceil(scenario.last_minute) + 1
    counts, first = np.zeros((len(STAGES) + 1, bins), np.int64), LONGEST * TICKS
    clock = working_minutes(scenario, bins)
    block, areas = seed.spawn_key[-1], scenario.areas
    edges = [n * scenario.parcels // areas for n in range(block * areas // blocks, (block + 1) * areas // blocks + 1)]
    most = math.ceil(scenario.parcels / areas)
    logs, draws = np.empty(most + 1, np.float32), np.empty(most + 1, np.uint32)
    room = np.zeros((4, max(most, bins)), np.int64)
    for n in np.diff(edges).tolist():
        pace = area_pace(scenario, n, rng)
        random_numbers(rng.integers(2**64, dtype=np.uint64), logs[: n + 1], draws[: n + 1])
        first = min(first, follow(logs[: n + 1], draws[:n], curve, clock, pace, room, counts))
    return counts, first / TICKS if counts.any() else math.inf
