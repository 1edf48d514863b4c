"""People at one pick-up point: who finds it crowded, with booked slots and without, and how many a day it can take."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.random import Generator, SeedSequence
from numpy.typing import NDArray

from casebook.methods import replicates
from casebook.methods.allocation import transportation
from casebook.models.pickup_points import checks
from casebook.models.pickup_points.town import Layout

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Counter:
    """A pick-up point on a day.

    Attributes
    ----------
    open_hours
        Length of the day.
    helpers
        People who hand over, each to one visitor at a time, in the order of arrival.
    handover_minutes, handover_variation
        Mean time of a hand-over, and its standard deviation over the mean (gamma).
    slot_minutes
        Length of a slot; with slots equally many are booked into each.
    on_time_percent
        Visitors who come within their slot, at any moment of it; the others come at any moment of the day.
    rush_percent, rush_hours
        Without slots, this share comes within the rush, at the end of the day; the others at any moment.
    crowd_limit
        So many people present, helpers apart, are a crowd.
    crowded_percent
        Visitors who may find a crowd before them.

    Raises
    ------
    ValueError
        When a number is out of range, or not whole where it counts.
    """

    open_hours: float = 10
    helpers: float = 1
    handover_minutes: float = 1.5
    handover_variation: float = 0.5
    slot_minutes: float = 30
    on_time_percent: float = 80
    rush_percent: float = 50
    rush_hours: float = 2
    crowd_limit: float = 6
    crowded_percent: float = 2

    def __post_init__(self) -> None:
        ranges = {"open_hours": (0.1, 24), "helpers": (1, 1000), "handover_minutes": (1e-3, 1e4)}
        ranges |= {"handover_variation": (0, 100), "slot_minutes": (1e-3, 60 * self.open_hours)}
        ranges |= dict.fromkeys(("on_time_percent", "rush_percent", "crowded_percent"), (0, 100))
        ranges |= {"rush_hours": (1e-3, self.open_hours), "crowd_limit": (1, 1e6)}
        checks.each(self, ranges, ("helpers", "crowd_limit"))

    @property
    def slots(self) -> int:
        """Whole slots in a day."""
        return int(60 * self.open_hours / self.slot_minutes + 1e-9)


def arrivals(counter: Counter, orders: int, slots: bool, days: int, random: Generator) -> Array:
    """Draw when visitors come, in minutes from the opening, in order: shape (days, orders)."""
    length = 60 * counter.open_hours
    came = random.random((days, orders)) * length
    moment = random.random((days, orders))
    if slots:
        booked = (np.arange(orders) % counter.slots + moment) * counter.slot_minutes
        kept = random.random((days, orders)) < counter.on_time_percent / 100
    else:
        booked = length - moment * 60 * counter.rush_hours
        kept = random.random((days, orders)) < counter.rush_percent / 100
    return np.sort(np.where(kept, booked, came), axis=1)


def serve(came: Array, work: Array, helpers: int) -> tuple[Array, Array]:
    """Serve visitors in the order they come: people found present, and minutes spent, both of the shape of `came`."""
    days, visitors = came.shape
    free = np.zeros((days, helpers))
    gone, found = np.zeros_like(came), np.zeros_like(came)
    rows = np.arange(days)
    for k in range(visitors):
        found[:, k] = (gone[:, :k] > came[:, k : k + 1]).sum(axis=1)
        helper = free.argmin(axis=1)
        gone[:, k] = np.maximum(came[:, k], free[rows, helper]) + work[:, k]
        free[rows, helper] = gone[:, k]
    return found, gone - came


def _days(seed: SeedSequence, counter: Counter, orders: int, slots: bool, days: int) -> tuple[float, float]:
    random = np.random.default_rng(seed)
    came = arrivals(counter, orders, slots, days, random)
    work = np.full(came.shape, counter.handover_minutes)
    if counter.handover_variation > 0:
        shape = counter.handover_variation**-2
        work = random.gamma(shape, counter.handover_minutes / shape, came.shape)
    found, stay = serve(came, work, int(counter.helpers))
    return 100 * float((found >= counter.crowd_limit).mean()), float(stay.mean())


def crowding(
    counter: Counter, orders: int, slots: bool, days: int = 20, runs: int = 8, seed: int = 0,
    executor: Executor | None = None,
) -> dict[str, float]:  # fmt: skip
    """Simulate days at one point: visitors who find a crowd (per cent, with low and high) and mean minutes they stay.

    Parameters
    ----------
    orders
        Visitors a day, at least one.
    slots
        Whether they book.
    days, runs, seed, executor
        Days in a replicate, replicates (at least two), their seed, and where they run; the numbers do not depend on it.
    """
    visitors = checks.count("orders", orders, 1)
    one = partial(_days, counter=counter, orders=visitors, slots=slots, days=checks.count("days", days, 1))
    rows = np.array(replicates.run(one, replicates.spawn(seed, runs), executor))
    crowd = replicates.estimate(rows[:, 0])
    return {"crowded": crowd.mean, "low": max(crowd.low, 0.0), "high": crowd.high, "minutes": float(rows[:, 1].mean())}


def by_orders(counter: Counter, orders: list[int], executor: Executor | None = None, **scale: int) -> pd.DataFrame:
    """Simulate both ways of coming for several numbers of orders a day: one row a way and number."""
    rows = [
        {"slots": slots, "orders": n, **crowding(counter, n, slots, executor=executor, **scale)}
        for slots in (True, False)
        for n in orders
    ]
    return pd.DataFrame(rows)


def capacity(counter: Counter, slots: bool, executor: Executor | None = None, **scale: int) -> int:
    """Find the most orders a day at which no more than the tolerated share of visitors finds a crowd, by halving."""

    def crowded(orders: int) -> bool:
        return crowding(counter, orders, slots, executor=executor, **scale)["crowded"] > counter.crowded_percent

    low, high = 0, int(counter.helpers * 60 * counter.open_hours / counter.handover_minutes) + 1
    if not crowded(high):
        return high
    while high - low > max(1, low // 50):
        middle = (low + high) // 2
        low, high = (low, middle) if crowded(middle) else (middle, high)
    return low


def shared_out(layout: Layout, sites: list[int], order_percent: float, most: float) -> pd.DataFrame:
    """Send each order to the nearest of the doors, and again when no door takes more than so many orders a day.

    Returns
    -------
    pandas.DataFrame
        One row a door: orders by nearest and by capacity; and, the same in each row, the mean walk in metres of both.

    Raises
    ------
    ValueError
        When the doors together cannot take the orders.
    """
    ways, orders = layout.distance[:, sites], layout.households * order_percent / 100
    nearest = np.bincount(ways.argmin(axis=1), orders, minlength=len(sites))
    plan = transportation(ways.T, np.full(len(sites), float(most)), orders)
    total = orders.sum()
    return pd.DataFrame({"door": sites, "nearest": nearest, "limited": plan.flow.sum(axis=1),
                         "nearest_m": ways.min(axis=1) @ orders / total, "limited_m": plan.cost / total})  # fmt: skip
