"""Fresh goods sent to doors before it is known which of them open: what is sold, what is missed, what spoils."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.random import SeedSequence
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

from casebook.methods import replicates
from casebook.methods.inventory import newsvendor_discrete
from casebook.models.pickup_points import checks
from casebook.models.pickup_points.town import Layout

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Goods:
    """Fresh boxes for people who come without an order.

    Attributes
    ----------
    buyers_percent
        Households that want a box on a day, each by itself.
    overage_cost_rmb, underage_cost_rmb
        Cost of a box that spoils and of one that is missed, h and p of the newsvendor.

    Raises
    ------
    ValueError
        When a number is out of range.
    """

    buyers_percent: float = 10
    overage_cost_rmb: float = 10
    underage_cost_rmb: float = 20

    def __post_init__(self) -> None:
        costs = dict.fromkeys(("overage_cost_rmb", "underage_cost_rmb"), (1e-6, 1e9))
        checks.each(self, {"buyers_percent": (0, 100)} | costs)


def _loads(seed: SeedSequence, layout: Layout, sites: list[int], states: int) -> Array:
    """Draw which doors open, and the households that come to each: shape (states, sites)."""
    random = np.random.default_rng(seed)
    ways, people = layout.distance[:, sites], layout.households
    opened = random.random((states, len(sites))) < layout.chance[sites]
    rows = []
    for state in opened:
        reach = np.where(state, ways, np.inf)
        near = reach.min(axis=1) <= layout.town.longest_walk_m
        rows.append(np.bincount(reach.argmin(axis=1)[near], people[near], minlength=len(sites)))
    return np.array(rows)


def spoilage(
    layout: Layout, sites: list[int], goods: Goods, states: int = 25, runs: int = 8, seed: int = 0,
    executor: Executor | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Stock each door by the newsvendor before it is known which open: one row a door.

    The demand of a door is Poisson around the households that come to it in a drawn state of the town, and nil where
    the door is shut.

    Returns
    -------
    pandas.DataFrame
        Columns door, demand, stock, sold, spoilt (boxes a day, means).
    """
    draw = partial(_loads, layout=layout, sites=sites, states=checks.count("states", states, 1))
    loads = np.vstack(replicates.run(draw, replicates.spawn(seed, runs), executor)) * goods.buyers_percent / 100
    rows = []
    for site, means in zip(sites, loads.T, strict=True):
        counts = np.arange(int(means.max() + 10 * np.sqrt(means.max())) + 30)
        pmf = np.exp(xlogy(counts, means[:, None]) - means[:, None] - gammaln(counts + 1)).mean(axis=0)
        found = newsvendor_discrete(goods.overage_cost_rmb, goods.underage_cost_rmb, counts, pmf / pmf.sum())
        rows.append((site, means.mean(), found.stock, means.mean() - found.short, found.left))
    return pd.DataFrame(rows, columns=["door", "demand", "stock", "sold", "spoilt"])
