"""What the model of the parcels is fed, and the hour at which people order."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

DAY = 1440
"""Minutes of a day; every order falls into the first one."""
LONGEST_DAYS = 3650.0
CAPACITIES = ("picked_per_day", "sorted_per_day", "hauled_per_day", "delivered_per_day")


@dataclass(frozen=True)
class Scenario:
    """Assumptions of the parcels' way; times count from the midnight at which the festival begins.

    Attributes
    ----------
    parcels
        Parcels ordered on the day; whole, zero or more.
    counted_minutes, counted_parcels
        Published running counts: minutes after midnight, rising to the 1,440 of the day's end, and the count then.
        Only the shape of the curve is taken from them.
    peak_per_second
        Orders a second in the rush at midnight, on the scale of the counts.
    nearby_percent, express_percent
        Share of the parcels stocked in the area they are ordered from, and share (part of it) that a courier on
        call takes straight from the warehouse to the door, by night as well.
    picked_per_day, sorted_per_day, hauled_per_day, delivered_per_day
        Capacity of all areas together, parcels a day: picking and packing, sorting, loading of line hauls, doors.
        Infinite for no limit.
    pick_minutes, sort_minutes
        Time a parcel needs at the warehouse and in the hub even when nobody is before it.
    trip_least_hours, trip_most_hours
        The line haul takes any time between the two, uniformly.
    opens_hour, closes_hour
        Hours of the day at which the couriers start and stop.
    ride_minutes
        Mean ride of a courier on call, Rayleigh distributed as the distance to the nearest of scattered depots is.
    spread_percent
        An area's capacity for a parcel lies uniformly within this share of the mean, apart for what leaves the area
        and what is delivered in it.
    area_parcels
        Parcels of an area, about.
    seed
        Seed of the random numbers.

    Raises
    ------
    ValueError
        When a number is out of its range, counts fall, or the network would need more than ten years.
    """

    parcels: int = 777_000_000
    counted_minutes: tuple[float, ...] = (576, 1129, 1245, 1320, 1440)
    counted_parcels: tuple[float, ...] = (467e6, 657e6, 700e6, 750e6, 812e6)
    peak_per_second: float = 325_000
    nearby_percent: float = 5
    express_percent: float = 0.1
    picked_per_day: float = 400e6
    sorted_per_day: float = 331e6
    hauled_per_day: float = 331e6
    delivered_per_day: float = 42e6
    pick_minutes: float = 10
    sort_minutes: float = 60
    trip_least_hours: float = 12
    trip_most_hours: float = 60
    opens_hour: float = 8
    closes_hour: float = 21
    ride_minutes: float = 40
    spread_percent: float = 20
    area_parcels: int = 100_000
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        for name in ("parcels", "area_parcels", "seed"):
            least, value = int(name == "area_parcels"), getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
                raise ValueError(f"{name}: expected a whole number of at least {least}, found {value}")
        for name in CAPACITIES:
            if not getattr(self, name) > 0:
                raise ValueError(f"{name}: expected parcels a day above 0, found {getattr(self, name)}")
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name.endswith(("_minutes", "_hours", "_hour", "_second")) and not isinstance(value, tuple):
                self._between(field.name, value, 0, 1e9)
        self._between("nearby_percent", self.nearby_percent, 0, 100)
        self._between("express_percent", self.express_percent, 0, self.nearby_percent)
        self._between("spread_percent", self.spread_percent, 0, 99)
        self._between("trip_most_hours", self.trip_most_hours, self.trip_least_hours, 1e9)
        self._between("closes_hour", self.closes_hour, self.opens_hour, 24)
        if self.closes_hour == self.opens_hour:
            raise ValueError(f"closes_hour: expected later than {self.opens_hour}, found {self.closes_hour}")
        _check_counts(self.counted_minutes, self.counted_parcels)
        if self.last_minute > LONGEST_DAYS * DAY:
            raise ValueError(
                f"parcels: expected as many as the network clears in ten years, found {self.parcels}, which take "
                f"{self.last_minute / DAY:,.0f} days"
            )

    def sample(self, share: float) -> Scenario:
        """Return the same network in small: a share of the parcels and of every capacity."""
        return replace(self, parcels=round(share * self.parcels), **self._times(share))

    def enlarged(self, multiple: float) -> Scenario:
        """Return the same parcels with a multiple of every capacity."""
        return replace(self, **self._times(multiple))

    def _times(self, multiple: float) -> dict[str, float]:
        return {name: multiple * getattr(self, name) for name in CAPACITIES}

    @staticmethod
    def _between(name: str, value: float, low: float, high: float) -> None:
        if not low <= value <= high:
            raise ValueError(f"{name}: expected a number from {low} to {high:g}, found {value}")

    @property
    def shift_minutes(self) -> float:
        """Minutes a day on which couriers of the last mile work."""
        return 60 * (self.closes_hour - self.opens_hour)

    @property
    def areas(self) -> int:
        """Number of areas, at least one."""
        return max(1, math.ceil(self.parcels / self.area_parcels))

    @property
    def last_arrival(self) -> float:
        """Minute by which the last parcel is at a station, however slow its area."""
        slow = 1 - self.spread_percent / 100
        stages = (self.picked_per_day, self.sorted_per_day, self.hauled_per_day)
        busy = sum(DAY * self.parcels / (slow * capacity) for capacity in stages)
        return DAY + busy + self.pick_minutes + self.sort_minutes + 60 * self.trip_most_hours + 2

    @property
    def last_minute(self) -> float:
        """Minute by which the last parcel has been delivered, however slow its area."""
        slow = 1 - self.spread_percent / 100
        doors = DAY * (self.parcels / (slow * self.delivered_per_day) + 2)
        return max(self.last_arrival + doors, 2 * DAY + 8 * self.ride_minutes + self.last_arrival)


def _check_counts(minutes: tuple[float, ...], parcels: tuple[float, ...]) -> None:
    if len(minutes) != len(parcels) or not minutes:
        raise ValueError(f"counted_parcels: expected one for each of {len(minutes)} times, found {len(parcels)}")
    for name, values in (("counted_minutes", minutes), ("counted_parcels", parcels)):
        steps = np.diff(np.array([0.0, *values]))
        if not (np.isfinite(steps).all() and (steps > 0).all()):
            raise ValueError(f"{name}: expected numbers above 0 that rise, found {values}")
    if minutes[-1] != DAY:
        raise ValueError(f"counted_minutes: expected the last at the day's end, {DAY}, found {minutes[-1]}")


def order_curve(scenario: Scenario) -> NDArray[np.float64]:
    r"""Compute the share of the day's parcels that have been ordered by each minute.

    The rate is constant between the running counts. Before the first of them a rush that dies away comes on top of
    the rate that follows it; its peak is given, and how fast it dies away follows from the first count.

    .. math:: N(t) = r\,t + (r_0 - r)\,\tau\,(1 - e^{-t/\tau}), \qquad 0 \le t \le t_1

    Parameters
    ----------
    scenario
        Its counts (N) and its peak (r_0).

    Returns
    -------
    array
        Shape (1441,), from nought to one; within a minute orders come evenly.

    Raises
    ------
    ValueError
        When the peak is too low for the first count.
    """
    times, counts = np.array([0.0, *scenario.counted_minutes]), np.array([0.0, *scenario.counted_parcels])
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
    """Return the minutes in which the rush at midnight falls to 1/e (tau), as the first count asks."""
    first, second = scenario.counted_minutes[:2]
    start, after = scenario.counted_parcels[:2]
    steady = (after - start) / (second - first)
    above, peak = start - steady * first, 60 * scenario.peak_per_second - steady
    if peak * first <= above:
        need = (above / first + steady) / 60
        raise ValueError(
            f"peak_per_second: expected more than {need:.0f} for the counts, found {scenario.peak_per_second}"
        )
    return float(brentq(lambda fade: -peak * fade * np.expm1(-first / fade) - above, 1e-6 * first, 1e6 * first))
