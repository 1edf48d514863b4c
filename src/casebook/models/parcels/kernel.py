"""One area of the model, compiled: each parcel passes its stages in the order in which it was ordered."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

DAY = 1440


class Pace(NamedTuple):
    """What an area's parcels meet: shares from nought to one, times in minutes, spells as minutes for a parcel."""

    nearby: float
    express: float
    pick_spell: float
    sort_spell: float
    haul_spell: float
    door_spell: float
    pick: float
    sort: float
    trip_least: float
    trip_span: float
    opens: float
    shift: float
    ride_scale: float


@njit(cache=True, nogil=True)
def area(
    gaps: NDArray[np.float64],
    draws: NDArray[np.float64],
    curve: NDArray[np.float64],
    pace: Pace,
    width: float,
    passed: NDArray[np.int64],
    ages: NDArray[np.int64],
    waits: NDArray[np.float64],
) -> float:
    """Follow the parcels of an area, add them to the counts and return the minute of the first delivery.

    Parameters
    ----------
    gaps
        Exponential numbers, shape (n + 1,): their running sums over their sum are n sorted uniform numbers.
    draws
        Uniform numbers, shape (n,): which way a parcel goes, and how long its trip or ride is.
    curve
        Share ordered by each minute, shape (1441,).
    pace
        The area's capacities and times.
    width
        Minutes of a bin of the counts.
    passed
        Counts by stage and bin of the clock, shape (6, bins): ordered, picked, sorted, loaded, arrived, delivered.
    ages
        Counts by bin of the time from order to door, shape (bins,).
    waits
        Sums of the minutes waited at picking, sorting, loading and the last mile, shape (4,).
    """
    n = draws.size
    slots, ordered = np.empty(n, np.int32), np.empty(n)
    at_station = np.zeros(int(passed.shape[1] * width) + 2, np.int32)
    total = gaps.sum()
    u = pick = hub = dock = 0.0
    minute = last = 0
    first = math.inf
    wait_pick = wait_hub = wait_dock = 0.0
    for i in range(n):
        u += gaps[i] / total
        while minute < DAY - 1 and u > curve[minute + 1]:
            minute += 1
        time = minute + min(1.0, (u - curve[minute]) / (curve[minute + 1] - curve[minute]))
        start = max(time, pick)
        wait_pick += start - time
        pick = start + pace.pick_spell
        out = pick + pace.pick
        passed[0, int(time / width)] += 1
        passed[1, int(out / width)] += 1
        draw = draws[i]
        if draw < pace.express:
            door = out + pace.ride_scale * math.sqrt(-math.log1p(-draw / pace.express))
            for stage in (2, 3, 4):
                passed[stage, int(out / width)] += 1
            passed[5, int(door / width)] += 1
            ages[int((door - time) / width)] += 1
            first = min(first, door)
            slots[i] = -1
            continue
        start = max(out, hub)
        wait_hub += start - out
        hub = start + pace.sort_spell
        at = hub + pace.sort
        passed[2, int(at / width)] += 1
        if draw >= pace.nearby:
            start = max(at, dock)
            wait_dock += start - at
            dock = start + pace.haul_spell
            at = dock + pace.trip_least + pace.trip_span * (draw - pace.nearby) / (1 - pace.nearby)
            passed[3, int(dock / width)] += 1
        else:
            passed[3, int(at / width)] += 1
        slot = math.ceil(at)
        slots[i], ordered[i] = slot, time
        at_station[slot] += 1
        last = max(last, slot)
    waits[0] += wait_pick
    waits[1] += wait_hub
    waits[2] += wait_dock
    begin = queue_slots(at_station[: last + 1], pace, width, passed[4])
    return min(first, deliver(slots, ordered, begin, pace, width, passed[5], ages, waits))


@njit(cache=True, nogil=True)
def queue_slots(
    at_station: NDArray[np.int32], pace: Pace, width: float, arrived: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return, for each minute, the working minute at which the couriers turn to what is unloaded in it."""
    begin = np.empty(at_station.size)
    free = 0.0
    for slot in range(at_station.size):
        if at_station[slot]:
            day = slot // DAY
            worked = day * pace.shift + min(max(slot - day * DAY - pace.opens, 0.0), pace.shift)
            free = max(free, worked)
            begin[slot] = free
            free += at_station[slot] * pace.door_spell
            arrived[int(slot / width)] += at_station[slot]
    return begin


@njit(cache=True, nogil=True)
def deliver(
    slots: NDArray[np.int32],
    ordered: NDArray[np.float64],
    begin: NDArray[np.float64],
    pace: Pace,
    width: float,
    delivered: NDArray[np.int64],
    ages: NDArray[np.int64],
    waits: NDArray[np.float64],
) -> float:
    """Hand the parcels over in the order of their unloading, in the couriers' working hours; return the first."""
    first, wait = math.inf, 0.0
    for i in range(slots.size):
        slot = slots[i]
        if slot < 0:
            continue
        begin[slot] += pace.door_spell
        day = math.floor(begin[slot] / pace.shift)
        door = day * DAY + pace.opens + (begin[slot] - day * pace.shift)
        delivered[int(door / width)] += 1
        ages[int((door - ordered[i]) / width)] += 1
        first = min(first, door)
        wait += door - slot
    waits[3] += wait
    return first
