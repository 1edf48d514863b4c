"""What no text states about the relief; the names carry the units."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Relief:
    """What no text states; the names carry the units.

    Attributes
    ----------
    call_minutes
        Mean length of a call.
    answer_seconds, answer_percent
        The service aimed at: this share of callers waits no longer than that.
    busy_hour_ratio
        Calls of the busiest hour over those of a mean hour; the day is a cosine around its mean.
    hubei_percent
        Share of the calls that come from Hubei.
    patience_minutes
        Mean time after which a waiting caller gives up.
    redial_percent
        Share of those who gave up who call again.
    checkpoints, inspection_minutes, checkpoint_load_percent
        Posts on the road, mean time of an inspection, share of the time in which an inspector is busy.
    green_percent
        Share of the traffic that goes first.
    road_km, speed_km_per_hour
        Way of the load, and the pace on it.
    office_hours, office_work_hours
        Hours a day in which a permit is worked on or goods are received, from eight in the morning; work on a permit.
    handovers, handling_hours
        Depots between sender and hospital, each with one departure a day; hours of work in each.
    door_days_city, door_days_direct
        From the city's shelf to the door, and from the emergency warehouse to the door.
    leg_variation
        Standard deviation over mean of each leg of the chain.
    loads, region_km, available_percent, trucks
        Loads to carry on a day in a square of that side; share of drivers who can go; trucks there are.
    makers, maker_thousand_per_day
        Mask makers, and what each makes with all its workers.
    first_return_days, last_return_days
        Time constants of the workers' return at the first maker and at the last; the others lie evenly between.
    best_good_percent, worst_good_percent
        Usable masks of the maker whose workers return first, and of the last.
    material_thousand_per_day, wanted_thousand_per_day
        Material arriving, in masks, and usable masks wanted.
    mask_days
        Days that are planned.

    Raises
    ------
    ValueError
        When a number is negative or not finite, a percentage above 100, or a count not whole.
    """

    call_minutes: float
    answer_seconds: float
    answer_percent: float
    busy_hour_ratio: float
    hubei_percent: float
    patience_minutes: float
    redial_percent: float
    checkpoints: int
    inspection_minutes: float
    checkpoint_load_percent: float
    green_percent: float
    road_km: float
    speed_km_per_hour: float
    office_hours: float
    office_work_hours: float
    handovers: int
    handling_hours: float
    door_days_city: float
    door_days_direct: float
    leg_variation: float
    loads: int
    region_km: float
    available_percent: float
    trucks: int
    makers: int
    maker_thousand_per_day: float
    first_return_days: float
    last_return_days: float
    best_good_percent: float
    worst_good_percent: float
    material_thousand_per_day: float
    wanted_thousand_per_day: float
    mask_days: int

    def __post_init__(self) -> None:
        for field in fields(self):
            value = float(getattr(self, field.name))
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{field.name}: expected a number of at least 0, found {value}")
            if field.name.endswith("_percent") and value > 100:
                raise ValueError(f"{field.name}: expected a percentage of at most 100, found {value}")
            if field.type == "int":
                if not value.is_integer():
                    raise ValueError(f"{field.name}: expected a whole number, found {value}")
                object.__setattr__(self, field.name, int(value))
        for name in ("call_minutes", "patience_minutes", "inspection_minutes", "speed_km_per_hour", "office_hours"):
            if getattr(self, name) == 0:
                raise ValueError(f"{name}: expected a number above 0, found 0")
        if self.office_hours > 16:
            raise ValueError(f"office_hours: expected at most 16, from eight in the morning, found {self.office_hours}")
        if not 1 <= self.busy_hour_ratio <= 2:
            raise ValueError(f"busy_hour_ratio: expected a number from 1 to 2, found {self.busy_hour_ratio}")
