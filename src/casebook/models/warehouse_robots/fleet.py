"""A fleet on the floor: what it picks in a simulated time, and what the closed network says it should."""

from __future__ import annotations

import math
from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.random import SeedSequence
from numpy.typing import ArrayLike, NDArray

from casebook.methods import replicates
from casebook.methods.queueing import asymptotic_bounds, mean_value_analysis
from casebook.models.warehouse_robots import kernel
from casebook.models.warehouse_robots.site import Site, floor

HOUR = 3600  # seconds, and ticks


@dataclass(frozen=True)
class Shift:
    """What a fleet did in a simulated time.

    Attributes
    ----------
    picks_per_hour
        Picks an hour, all stations together.
    moves
        Cells driven, all robots together.
    held_percent, queued_percent
        Share of the robots' time in which they stood behind another on the floor, and in a lane before a station.
    places
        Node of every robot at the end, shape (robots,).
    """

    picks_per_hour: float
    moves: int
    held_percent: float
    queued_percent: float
    places: NDArray[np.int64]


def shift(seed: SeedSequence | int, site: Site, robots: int, hours: float, warm_hours: float = 0.25) -> Shift:
    """Simulate a fleet with blocking, one cell a second.

    Parameters
    ----------
    seed
        Seed of the random numbers.
    site
        The warehouse.
    robots
        Robots on the floor, at least one, and at most a third of the pods.
    hours, warm_hours
        Time that is counted, and time before it that is not.

    Raises
    ------
    ValueError
        When the fleet does not fit, no time is counted, or the time before it is negative.
    """
    if not (1 <= robots <= site.pods // 3 and float(robots).is_integer()):
        raise ValueError(f"robots: expected a whole number from 1 to {site.pods // 3} on this floor, found {robots}")
    if not 1 <= hours * HOUR < math.inf:
        raise ValueError(f"hours: expected at least a second, found {hours}")
    if not 0 <= warm_hours < math.inf:
        raise ValueError(f"warm_hours: expected at least 0, found {warm_hours}")
    tally, places = kernel.drive(*arguments(seed, site, robots, round(hours * HOUR), round(warm_hours * HOUR)))
    time = robots * round(hours * HOUR)
    held, queued = (100 * int(tally[column]) / time for column in (kernel.HELD, kernel.QUEUED))
    return Shift(int(tally[kernel.PICKS]) / hours, int(tally[kernel.MOVES]), held, queued, places)


def arguments(seed: SeedSequence | int, site: Site, robots: int, ticks: int, warm: int) -> tuple:
    """Return what the kernel takes, in its order."""
    plan = floor(site)
    log_scale = 1 / math.log1p(-1 / site.pick_seconds) if site.pick_seconds > 1 else 0.0
    ways = (plan.hop, plan.distance, plan.pods, plan.lanes, plan.streets)
    among = min(site.chosen_among, max(1, (site.pods - 2 * robots) // 2))
    rng = np.random.default_rng(seed)
    return (rng, *ways, int(robots), warm + ticks, warm, int(site.handling_seconds), log_scale, int(among))


def trials(
    site: Site, fleets: Iterable[int], runs: int, hours: float, seed: int = 0, executor: Executor | None = None
) -> pd.DataFrame:
    """Simulate fleets of several sizes, each in independent runs.

    Parameters
    ----------
    site, hours, seed
        As in `shift`; the runs of every fleet have the same seeds.
    fleets
        Numbers of robots.
    runs
        Runs a fleet, at least two.
    executor
        As in `casebook.methods.replicates.run`.

    Returns
    -------
    pandas.DataFrame
        One row a fleet: robots, picks an hour with the ends of a 95-per-cent interval, percent held and queued.
    """
    rows = []
    for robots in fleets:
        found = replicates.run(
            partial(shift, site=site, robots=robots, hours=hours), replicates.spawn(seed, runs), executor
        )
        picks = replicates.estimate([each.picks_per_hour for each in found])
        shares = np.mean([(each.held_percent, each.queued_percent) for each in found], axis=0)
        rows.append((robots, picks.mean, picks.low, picks.high, *shares))
    columns = ["robots", "picks", "low", "high", "held_percent", "queued_percent"]
    return pd.DataFrame(rows, columns=columns)


@dataclass(frozen=True)
class Trips:
    """Mean free-flow trips of a robot's round, in cells: to the pod, to the station, and back with the pod."""

    fetch: float
    carry: float
    back: float


def trips(site: Site) -> Trips:
    """Return the mean shortest ways between the places of a round when pods and stations are drawn at random."""
    plan = floor(site)
    goals = plan.distance[:, : plan.lanes].astype(float)
    between = goals[: plan.pods, : plan.pods]
    fetch = between.sum() / (between.size - plan.pods)
    return Trips(
        float(fetch), float(goals[plan.pods :, : plan.pods].mean()), float(goals[: plan.pods, plan.pods :].mean())
    )


def demands(site: Site, fetch: float | None = None) -> tuple[NDArray[np.float64], float]:
    """Return the round of a robot as a closed network: seconds at each station, and seconds of travel and handling.

    A station is busy for the pick and for the second in which the next robot rolls forward.

    Parameters
    ----------
    site
        The warehouse.
    fetch
        Mean trip to the pod in cells, where another rule than drawing at random makes it.
    """
    way = trips(site)
    travel = (way.fetch if fetch is None else fetch) + way.carry + way.back - 1 + 2 * site.handling_seconds
    return np.full(site.stations, (site.pick_seconds + 1) / site.stations), travel


def network(site: Site, fleets: ArrayLike, fetch: float | None = None) -> pd.DataFrame:
    """Return picks an hour by the closed network and its bounds, one row a fleet, with the knee as a column."""
    demand, travel = demands(site, fetch)
    robots = np.asarray(fleets, dtype=np.int64)
    solved = mean_value_analysis(demand, int(robots.max()), travel)
    bounds = asymptotic_bounds(demand, robots, travel)
    return pd.DataFrame({
        "robots": robots,
        "picks": HOUR * solved.throughput[robots - 1],
        "light": HOUR * bounds.light,
        "ceiling": HOUR * bounds.ceiling,
        "knee": bounds.knee,
    })  # fmt: skip
