"""The network: regions on a ring with their own peaks, their couriers, partners and hand-over."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Network:
    """Regions, couriers, partners and hand-over; each field carries its unit.

    Attributes
    ----------
    regions
        Number of regions; they lie on a ring, each beside the next.
    peak_orders_per_hour
        Orders in the busiest hour of the region of middle size.
    size_spread_percent
        How far the smallest and the largest region differ from the middle one.
    hours_open, first_peak_hour, last_peak_hour, peak_width_hours
        Length of the day; when the earliest and the latest region peak, in hours after opening; width of a peak.
    trough_percent
        Orders far from the peak, against the peak.
    utilisation_percent
        How busy the couriers of a region are in its busiest hour, before any surge.
    road_minutes, hand_over_minutes, drop_minutes
        Time an order takes on the road; at the door with a person; at the door without.
    patience_minutes
        Mean wait after which a customer gives up.
    detour_minutes
        Longer road for an order one region away.
    partner_riders, partner_drivers, rider_minutes, driver_minutes, partner_shift_hours
        Partners' couriers by vehicle, time an order takes them, and hours each works a day.
    demand_error_percent
        Standard deviation of the orders of an hour around their forecast.
    contactless_percent
        Orders left at the door where that is the rule; the others meet anyway.
    together_minutes, quanta_per_hour, quanta_shape, breath_m3_per_hour, air_m3_per_hour
        Wells-Riley model: time face to face, quanta an infectious person sheds (q, gamma with this shape), air
        breathed (p) and air that dilutes (Q).
    prevalence_percent, prevalence_weight
        Mean of the share of people who are infectious, and the first parameter of its beta law.
    courier_pair_percent
        Chance that an infected courier infects a given team mate.

    Raises
    ------
    ValueError
        When a field is negative or not finite, a share above all, or a number that divides is zero.
    """

    regions: int
    peak_orders_per_hour: float
    size_spread_percent: float
    hours_open: float
    first_peak_hour: float
    last_peak_hour: float
    peak_width_hours: float
    trough_percent: float
    utilisation_percent: float
    road_minutes: float
    hand_over_minutes: float
    drop_minutes: float
    patience_minutes: float
    detour_minutes: float
    partner_riders: float
    partner_drivers: float
    rider_minutes: float
    driver_minutes: float
    partner_shift_hours: float
    demand_error_percent: float
    contactless_percent: float
    together_minutes: float
    quanta_per_hour: float
    quanta_shape: float
    breath_m3_per_hour: float
    air_m3_per_hour: float
    prevalence_percent: float
    prevalence_weight: float
    courier_pair_percent: float

    def __post_init__(self) -> None:
        above_zero = {"regions", "hours_open", "peak_width_hours", "utilisation_percent", "patience_minutes"}
        above_zero |= {"road_minutes", "rider_minutes", "driver_minutes", "quanta_shape", "air_m3_per_hour"}
        above_zero |= {"prevalence_weight", "prevalence_percent"}
        for name in (field.name for field in fields(self)):
            value = getattr(self, name)
            if not math.isfinite(value) or value < 0 or (value == 0 and name in above_zero):
                least = "above 0" if name in above_zero else "of at least 0"
                raise ValueError(f"{name}: expected a number {least}, found {value}")
            if name.endswith("_percent") and value > 100 and name != "demand_error_percent":
                raise ValueError(f"{name}: expected at most 100, found {value}")
            if name in ("regions", "hours_open", "partner_riders", "partner_drivers") and value != int(value):
                raise ValueError(f"{name}: expected a whole number, found {value}")

    def per_hour(self, contactless_percent: float = 0.0, extra_minutes: float = 0.0) -> float:
        """Return the orders an hour one busy courier delivers (mu)."""
        left = contactless_percent / 100
        door = left * self.drop_minutes + (1 - left) * self.hand_over_minutes
        return 60 / (self.road_minutes + door + extra_minutes)

    @property
    def patience_rate(self) -> float:
        """Rate at which a waiting customer gives up (theta), per hour."""
        return 60 / self.patience_minutes

    @property
    def orders(self) -> Array:
        """Orders an hour before the surge, shape (hours, regions)."""
        size = 1 + self.size_spread_percent / 100 * (2 * _scattered(self.regions, math.sqrt(2)) - 1)
        peak = self.first_peak_hour + (self.last_peak_hour - self.first_peak_hour) * _scattered(
            self.regions, math.sqrt(5)
        )
        middle = np.arange(int(self.hours_open))[:, np.newaxis] + 0.5
        bump = np.exp(-(((middle - peak) / self.peak_width_hours) ** 2) / 2)
        low = self.trough_percent / 100
        return self.peak_orders_per_hour * size * (low + (1 - low) * bump)

    @property
    def couriers(self) -> NDArray[np.int64]:
        """Couriers by region, shape (regions,), enough for its busiest hour before the surge."""
        load = self.orders.max(axis=0) / self.per_hour()
        return np.ceil(load / (self.utilisation_percent / 100) - 1e-9).astype(np.int64)

    @property
    def steps(self) -> Array:
        """Distance of regions on the ring in regions, shape (regions, regions)."""
        apart = np.abs(np.subtract.outer(np.arange(self.regions), np.arange(self.regions)))
        return np.minimum(apart, self.regions - apart).astype(float)

    @property
    def middle(self) -> int:
        """Index of the region of middle size."""
        return int(np.argsort(self.orders.max(axis=0), kind="stable")[self.regions // 2])


def _scattered(count: int, step: float) -> Array:
    """Return evenly spaced places from zero to one in an order that puts unlike ones side by side."""
    if count == 1:
        return np.array([0.5])
    return np.argsort(np.argsort(np.arange(count) * step % 1, kind="stable"), kind="stable") / (count - 1)
