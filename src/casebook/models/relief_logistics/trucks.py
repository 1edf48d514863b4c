"""A share of the trucks: how many loads are carried, and over how many empty kilometres."""

from __future__ import annotations

import math
from concurrent.futures import Executor
from functools import partial

import numpy as np
import pandas as pd
from numpy.random import SeedSequence
from numpy.typing import ArrayLike
from scipy.optimize import linear_sum_assignment
from scipy.stats import binom

from casebook.methods import replicates as independent
from casebook.models.relief_logistics.assumptions import Array, Relief


def carried(trucks: int, percent: ArrayLike, available_percent: float, loads: int) -> Array:
    r"""Compute the expected percentage of loads carried when a share of the trucks is called and some drivers can go.

    .. math:: \frac{1}{D}\,E[\min(B, D)] = \frac{1}{D} \sum_{k=0}^{D-1} P(B > k), \qquad B \sim \text{Bin}(mN, q)

    Parameters
    ----------
    trucks
        All the trucks the share is a share of, N.
    percent
        Share called, m, any shape; the trucks called are rounded to whole ones.
    available_percent, loads
        Share of drivers who can go, q; loads of the day, D, one truck each.
    """
    called = np.rint(np.asarray(percent, dtype=float) / 100 * trucks)
    enough = binom.sf(np.arange(loads), called[..., None], available_percent / 100)
    return 100 * enough.sum(-1) / loads


def dispatch(
    case: Relief, percent: ArrayLike, seed: int = 1, replicates: int = 40, executor: Executor | None = None
) -> pd.DataFrame:
    """Send trucks to loads, both anywhere in the square: by the cheapest assignment, and load by load as they call.

    Returns
    -------
    pandas.DataFrame
        One row a replicate and share, with the columns: percent called, percent carried, and the mean empty
        kilometres to a load if assigned together and if each load takes the nearest truck left. Without a truck the
        kilometres are not a number.
    """
    one = partial(_dispatched, case=case, percents=tuple(np.atleast_1d(np.asarray(percent, dtype=float))))
    return pd.concat(independent.run(one, independent.spawn(seed, replicates), executor), ignore_index=True)


def _dispatched(seed: SeedSequence, case: Relief, percents: tuple[float, ...]) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    trucks, loads = (rng.uniform(0, case.region_km, (n, 2)) for n in (case.trucks, case.loads))
    goes = rng.random(case.trucks) < case.available_percent / 100
    rows = []
    for percent in percents:
        called = round(percent / 100 * case.trucks)
        free = trucks[:called][goes[:called]]
        distance = np.linalg.norm(loads[:, None] - free, axis=2)
        n = min(distance.shape)
        together = distance[linear_sum_assignment(distance)].sum() / n if n else math.nan
        rows.append((percent, 100 * n / case.loads, together, nearest_left(distance) if n else math.nan))
    return pd.DataFrame(rows, columns=["called", "carried", "together", "load by load"])


def base_for(case: Relief, percent: float, goal_percent: float) -> int:
    """Find the fewest trucks of which that share, once called, is expected to carry the goal's share of the loads."""
    n = 1
    while carried(n, percent, case.available_percent, case.loads) < goal_percent:
        n += 1
        if n > 1000 * max(case.loads, 1):
            raise ValueError(f"percent: expected a share that can reach {goal_percent:g} per cent, found {percent:g}")
    return n


def nearest_left(distance: Array) -> float:
    """Give each load in turn the nearest truck left: mean distance of those carried."""
    left, taken = distance.copy(), []
    for load in range(min(distance.shape)):
        truck = int(np.argmin(left[load]))
        taken.append(float(left[load, truck]))
        left[:, truck] = np.inf
    return float(np.mean(taken))
