"""The assumptions of the chapter: a city, its stores, their lenders, and what a loan costs."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

WEEK_DAYS = 7
STEP_HOURS = 2
"""A period of the day; a shift starts at the beginning of one."""

STORE, DELIVERY = "store work", "delivery"
ROLES = (STORE, DELIVERY)
FOOD, WHEELS, OTHER = "restaurants and hotels", "car hire", "theatres and malls"
TRADES = (FOOD, WHEELS, OTHER)

WHOLE = {"lenders", "people", "stores", "sites", "staff_per_site"}
ABOVE_ZERO = {
    *(
        "lenders",
        "people",
        "stores",
        "speed_km_per_hour",
        "travel_rmb_per_hour",
        "store_minutes",
        "delivery_minutes",
        "hours_open",
    ),
    *("rush_width_hours", "shift_hours", "shifts_per_week", "full_time_hours_per_week", "loan_days"),
    *("sites", "staff_per_site", "load_per_site"),
}


@dataclass(frozen=True)
class Sharing:
    """A city of stores that borrow people; each field carries its unit.

    Attributes
    ----------
    lenders, people
        Firms that lend, and the people they lend, each for one shift a day.
    stores, city_km, home_km, speed_km_per_hour
        Stores in a square city of this side; spread of homes around a lender; speed from home to work.
    food_percent, wheels_percent
        Share of the lenders that serve food, and that hire out cars; the others are theatres and malls.
    certified_food_percent, certified_other_percent, rider_percent
        People with a health certificate, by trade, which store work asks for; people who can deliver, except for those
        of car hire, who all can.
    peak_orders_per_hour, size_spread_percent, hours_open
        Orders in the busiest hour of the mean store before the surge; how far the smallest and the largest store differ
        from it; length of the day.
    first_rush_hour, last_rush_hour, rush_width_hours, trough_percent
        Both rushes of the day in hours after opening, their width, and orders far from them against the peak.
    store_minutes, delivery_minutes, wait_minutes, in_time_percent
        Time an order takes in the store and on the road; share of orders that must be taken up within a wait.
    shift_hours, shifts_per_week, full_time_hours_per_week
        What one on loan works, against a full post.
    skilled_training_hours, other_training_hours, learning_spread_percent, mentor_share
        Mean hours until a newcomer is of use, from a kindred trade or another; how far the quickest and the slowest
        differ from it; own staff's time for an hour of training.
    loan_days
        How long a loan is expected to last.
    worth_rmb_per_hour, reserve_rmb_per_hour, travel_rmb_per_hour, unloved_minutes
        What a useful hour is worth to a store; the least one asks for an hour of work; what an hour of travel is felt
        to cost; minutes of travel that one would accept, on average, to start an hour nearer to the hour one likes best.
    sites, staff_per_site, load_per_site, load_variation_percent, detour_percent
        The pool: sites, people and offered load (erlangs) of each, coefficient of variation of that load, and how much
        longer work takes people who may be called anywhere.
    """

    lenders: int
    people: int
    stores: int
    city_km: float
    home_km: float
    speed_km_per_hour: float
    food_percent: float
    wheels_percent: float
    certified_food_percent: float
    certified_other_percent: float
    rider_percent: float
    peak_orders_per_hour: float
    size_spread_percent: float
    hours_open: float
    first_rush_hour: float
    last_rush_hour: float
    rush_width_hours: float
    trough_percent: float
    store_minutes: float
    delivery_minutes: float
    wait_minutes: float
    in_time_percent: float
    shift_hours: float
    shifts_per_week: float
    full_time_hours_per_week: float
    skilled_training_hours: float
    other_training_hours: float
    learning_spread_percent: float
    mentor_share: float
    loan_days: float
    worth_rmb_per_hour: float
    reserve_rmb_per_hour: float
    travel_rmb_per_hour: float
    unloved_minutes: float
    sites: int
    staff_per_site: int
    load_per_site: float
    load_variation_percent: float
    detour_percent: float

    def __post_init__(self) -> None:
        for name in (field.name for field in fields(self)):
            value = getattr(self, name)
            if not math.isfinite(value) or value < 0 or (value == 0 and name in ABOVE_ZERO):
                least = "above 0" if name in ABOVE_ZERO else "of at least 0"
                raise ValueError(f"{name}: expected a number {least}, found {value}")
            if name in WHOLE and value != int(value):
                raise ValueError(f"{name}: expected a whole number, found {value}")
            if name.endswith("_percent") and name not in ("load_variation_percent", "detour_percent") and value > 100:
                raise ValueError(f"{name}: expected at most 100, found {value}")
        if self.food_percent + self.wheels_percent > 100:
            raise ValueError(
                f"wheels_percent: expected at most {100 - self.food_percent:g}, found {self.wheels_percent}"
            )
        for name in ("hours_open", "shift_hours"):
            if getattr(self, name) % STEP_HOURS:
                raise ValueError(f"{name}: expected a multiple of {STEP_HOURS}, found {getattr(self, name)}")
        if self.shift_hours > self.hours_open or self.shifts_per_week > WEEK_DAYS:
            raise ValueError(f"shifts_per_week, shift_hours: expected to fit the week and the day, found {self}")
        if self.in_time_percent == 100:
            raise ValueError("in_time_percent: expected below 100, found 100")

    @property
    def starts(self) -> Array:
        """Hours after opening at which a shift may start, shape (starts,)."""
        return np.arange(0, self.hours_open - self.shift_hours + 1, STEP_HOURS)

    @property
    def hours_per_day(self) -> float:
        """Hours one on loan works, averaged over the week."""
        return self.shift_hours * self.shifts_per_week / WEEK_DAYS

    @property
    def full_time_share(self) -> float:
        """Full posts that one on loan stands for."""
        return self.shift_hours * self.shifts_per_week / self.full_time_hours_per_week
