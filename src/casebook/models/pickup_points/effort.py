"""Whose hours a day of orders takes: couriers to every door, or a van to the points and households on foot."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from casebook.models.pickup_points import checks

RECTILINEAR_TOUR = 0.92


@dataclass(frozen=True)
class Effort:
    """How the orders of a day travel.

    Attributes
    ----------
    courier_speed_km_per_hour, stop_minutes, orders_per_tour, depot_km
        Pace of a courier, time at a household's door, orders carried at a time, and the way to the area and back,
        one way.
    van_speed_km_per_hour, unload_minutes
        Pace of the van that supplies the points, and time to unload an order.
    counter_hours
        Hours a day in which somebody hands over at each point.
    walking_speed_km_per_hour
        Pace of a household on foot.

    Raises
    ------
    ValueError
        When a number is negative or a pace or load is not above zero.
    """

    courier_speed_km_per_hour: float = 15
    stop_minutes: float = 4
    orders_per_tour: float = 10
    depot_km: float = 3
    van_speed_km_per_hour: float = 20
    unload_minutes: float = 0.25
    counter_hours: float = 10
    walking_speed_km_per_hour: float = 4.5

    def __post_init__(self) -> None:
        above = ("courier_speed_km_per_hour", "orders_per_tour", "van_speed_km_per_hour", "walking_speed_km_per_hour")
        rest = ("stop_minutes", "depot_km", "unload_minutes", "counter_hours")
        checks.each(self, dict.fromkeys(above, (1e-6, 1e6)) | dict.fromkeys(rest, (0, 1e6)))


def tour_km(stops: ArrayLike, area_km2: float) -> np.ndarray:
    r"""Estimate the length of a tour through many stops spread over an area, along streets.

    .. math:: L \approx 0.92\,\sqrt{n A}

    References
    ----------
    R. C. Larson and A. R. Odoni, *Urban Operations Research* (1981), chapter 3; after J. Beardwood, J. H. Halton and
    J. M. Hammersley (1959).
    """
    return RECTILINEAR_TOUR * np.sqrt(np.asarray(stops, dtype=float) * area_km2)


def hours(effort: Effort, orders: ArrayLike, points: int, area_km2: float, mean_walk_m: float) -> pd.DataFrame:
    """Compute the hours a day of couriers, of van and counters, and of households on foot, by orders a day.

    Returns
    -------
    pandas.DataFrame
        Columns orders, couriers (bringing everything home), van, counters, walking (there and back).
    """
    n = np.atleast_1d(np.asarray(orders, dtype=float))
    tours = n / effort.orders_per_tour
    ridden = tour_km(n, area_km2) + 2 * effort.depot_km * tours
    driven = tour_km(points, area_km2) + 2 * effort.depot_km
    walked = 2 * mean_walk_m / 1000 * n
    return pd.DataFrame({
        "orders": n,
        "couriers": ridden / effort.courier_speed_km_per_hour + n * effort.stop_minutes / 60,
        "van": driven / effort.van_speed_km_per_hour + n * effort.unload_minutes / 60,
        "counters": np.full(n.shape, points * effort.counter_hours),
        "walking": walked / effort.walking_speed_km_per_hour,
    })  # fmt: skip


def orders_to_equal(effort: Effort, points: int, area_km2: float) -> float:
    """Find the orders a day from which van and counters take fewer hours than couriers; infinite if they never do."""

    def gain(orders: float) -> float:
        row = hours(effort, orders, points, area_km2, 0.0).iloc[0]
        return row["couriers"] - row["van"] - row["counters"]

    most = 1e7
    return float(brentq(gain, 0.0, most, xtol=1e-6)) if gain(most) > 0 else math.inf
