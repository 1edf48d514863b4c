"""The green channel: checkpoints with classes, and the way of a load as a sum of stages."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.random import SeedSequence
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from casebook.methods import replicates as independent
from casebook.methods.queueing import priorities
from casebook.models.relief_logistics.assumptions import Array, Relief


def checkpoint(case: Relief, green_percent: ArrayLike) -> pd.DataFrame:
    """Compute minutes of wait at a checkpoint, by the share of the traffic that goes first.

    Returns
    -------
    pandas.DataFrame
        One row a share, with the columns: green percent, those who go first, the others, everybody, without a rule.
        A class of nobody has the wait that a single truck of it would have.
    """
    mu, load = 60 / case.inspection_minutes, case.checkpoint_load_percent / 100
    rows = []
    for percent in np.atleast_1d(np.asarray(green_percent, dtype=float)):
        rates = np.array([percent, 100 - percent]) / 100 * load * mu
        found = priorities(rates, mu)
        rows.append((percent, *(60 * found.wq), 60 * found.mean_wq, 60 * priorities([load * mu], mu).mean_wq))
    return pd.DataFrame(
        rows, columns=["green percent", "those who go first", "the others", "everybody", "without a rule"]
    )


def share_that_keeps(case: Relief, part: float) -> float:
    """Find the percentage of the traffic that may go first while each of it still saves `part` of what a lone one saves."""

    def saved(percent: float) -> float:
        row = checkpoint(case, percent).iloc[0]
        return row["without a rule"] - row["those who go first"]

    return float(brentq(lambda percent: saved(percent) - part * saved(0.0), 0.0, 100.0))


def load_that_keeps_waiting(case: Relief, hours: float) -> float:
    """Find the percentage of the time a post would be busy if those who do not go first lost so many hours at all posts."""

    def lost(percent: float) -> float:
        wait = checkpoint(replace(case, checkpoint_load_percent=percent), case.green_percent).loc[0, "the others"]
        return case.checkpoints * (float(wait) + case.inspection_minutes) / 60

    return float(brentq(lambda percent: lost(percent) - hours, 0.0, 100 - 1e-9))


def driving_hours(case: Relief) -> float:
    """Compute the hours behind the wheel."""
    return case.road_km / case.speed_km_per_hour


STAGES = ("permit", "depots", "driving", "checkpoints", "receipt")


def journey(
    case: Relief, seed: int = 1, replicates: int = 20, shipments: int = 1000, executor: Executor | None = None
) -> pd.DataFrame:
    """Follow loads without a green channel through their stages: one row a shipment, hours in each stage.

    The permit is worked on in office hours. Each depot handles the load and sends it with the next departure, once a
    day at an hour that is nothing to the load's. The posts have the Cobham wait of those who do not go first, taken
    as exponential. The hospital receives in office hours. Loads are ready at any hour of the day.
    """
    one = partial(_shipments, case=case, n=shipments)
    return pd.concat(independent.run(one, independent.spawn(seed, replicates), executor), ignore_index=True)


def _shipments(seed: SeedSequence, case: Relief, n: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    ready = rng.uniform(0, 24, n)
    permit = in_office(ready, case.office_work_hours, case.office_hours) - ready
    depots = rng.uniform(0, 24, (n, case.handovers)).sum(1) + case.handovers * case.handling_hours
    driving = np.full(n, driving_hours(case))
    post = checkpoint(case, case.green_percent).loc[0, "the others"]
    waits = rng.exponential(post, (n, case.checkpoints)).sum(1) + case.checkpoints * case.inspection_minutes
    arrived = ready + permit + depots + driving + waits / 60
    received = in_office(arrived, 0.0, case.office_hours)
    return pd.DataFrame(dict(zip(STAGES, (permit, depots, driving, waits / 60, received - arrived), strict=True)))


def in_office(start: ArrayLike, work: float, hours: float, opens: float = 8.0) -> Array:
    """Tell when work is done that is started at a clock hour and goes on only in office hours; all in hours.

    Parameters
    ----------
    start
        Hours since a midnight, any shape.
    work
        Hours of work; none means: when the office is open next.
    hours
        Length of the office day, which begins at `opens`.
    """
    begin = np.asarray(start, dtype=float)
    day, clock = np.divmod(begin, 24)
    opened = np.where(clock > opens + hours, 24 * (day + 1) + opens, np.maximum(begin, 24 * day + opens))
    done = np.clip(opened % 24 - opens, 0, hours) + work
    more = np.maximum(np.ceil(done / hours) - 1, 0)
    return 24 * (np.floor(opened / 24) + more) + opens + done - more * hours


def green_hours(case: Relief) -> dict[str, float]:
    """Compute the mean hours of a load that goes first: no depot, permit and receipt settled beforehand."""
    wait = checkpoint(case, case.green_percent).loc[0, "those who go first"]
    posts = case.checkpoints * (wait + case.inspection_minutes) / 60
    return dict(zip(STAGES, (0.0, 0.0, driving_hours(case), float(posts), 0.0), strict=True))
