"""Which robot fetches which pod: the best assignment, the nearest robot first, and what no rule can beat."""

from __future__ import annotations

from concurrent.futures import Executor
from functools import partial

import numpy as np
import pandas as pd
from numpy.random import SeedSequence
from numpy.typing import ArrayLike

from casebook.methods import replicates
from casebook.methods.allocation import assignment
from casebook.models.warehouse_robots.site import Site, floor

RULES = ("lower bound", "best assignment", "nearest first", "drawn at random")


def nearest_first(cost: ArrayLike) -> float:
    """Return the cost when the tasks come one by one and each takes the cheapest robot that is still free.

    Parameters
    ----------
    cost
        Cost of each task (row) for each robot (column), at least as many robots as tasks.
    """
    rest = np.array(cost, dtype=float)
    total = 0.0
    for task in range(rest.shape[0]):
        robot = int(rest[task].argmin())
        total += rest[task, robot]
        rest[:, robot] = np.inf
    return float(total)


def exponential_cost(seed: SeedSequence, size: int) -> float:
    """Return the cost of the best assignment when all costs are independent and exponential with mean one."""
    return assignment(np.random.default_rng(seed).standard_exponential((size, size))).cost


def fetching(seed: SeedSequence, site: Site, robots: int) -> dict[str, float]:
    """Draw as many robots as pods to fetch; return the mean trip in cells under each rule.

    The lower bound lets every task have its nearest robot, even if others have it too.
    """
    plan, rng = floor(site), np.random.default_rng(seed)
    where, what = np.split(rng.permutation(plan.pods)[: 2 * robots], 2)
    way = plan.distance[np.ix_(what, where)].astype(float)
    totals = (way.min(axis=1).sum(), assignment(way).cost, nearest_first(way), np.trace(way))
    return {rule: float(total) / robots for rule, total in zip(RULES, totals, strict=True)}


def compared(site: Site, robots: int, runs: int, seed: int = 0, executor: Executor | None = None) -> pd.DataFrame:
    """Return the mean fetching trip under each rule over independent draws: rule, cells, low, high."""
    found = replicates.run(partial(fetching, site=site, robots=robots), replicates.spawn(seed, runs), executor)
    rows = []
    for rule in RULES:
        mean = replicates.estimate([draw[rule] for draw in found])
        rows.append((rule, mean.mean, mean.low, mean.high))
    return pd.DataFrame(rows, columns=["rule", "cells", "low", "high"])
