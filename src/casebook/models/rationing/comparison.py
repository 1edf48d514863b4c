"""Rules side by side: the same luck under each, and the measures they are judged by."""

from __future__ import annotations

from concurrent.futures import Executor
from functools import partial

import numpy as np
import pandas as pd
from numpy.random import SeedSequence

from casebook.methods import replicates
from casebook.methods.inventory import gini
from casebook.models.rationing.course import Course, play
from casebook.models.rationing.shop import Array, Rule, Shop


def judge(course: Course, shop: Shop) -> tuple[float, ...]:
    """Sum up a course: served per cent of visits, waste units per 100 delivered, empty hours a day, Gini, hoarders per cent.

    Served, hours and Gini are of the crunch days; waste is of all days from the rumour on, for it comes late.
    """
    start = int(shop.calm_days)
    crunch = slice(start, start + int(shop.crunch_days))
    waste = (course.shelf_waste + course.home_waste)[start:].sum() / course.delivered[start:].sum()
    served = course.served[crunch].sum() / max(course.visits[crunch].sum(), 1)
    return 100 * served, 100 * waste, course.empty_hours[crunch].mean(), gini(course.taken), 100 * course.hoarded


MEASURES = ("served", "waste", "empty_hours", "gini", "hoarders")


def _judged(seed: SeedSequence, shop: Shop, rule: Rule) -> tuple[float, ...]:
    return judge(play(seed, shop, rule), shop)


def trials(
    shop: Shop, rules: dict[str, Rule], runs: int, seed: int = 0, executor: Executor | None = None
) -> pd.DataFrame:
    """Play every rule with the same seeds; columns rule, run and the measures of `judge`."""
    seeds = replicates.spawn(seed, runs)
    parts = []
    for name, rule in rules.items():
        frame = pd.DataFrame(replicates.run(partial(_judged, shop=shop, rule=rule), seeds, executor), columns=MEASURES)
        parts.append(frame.assign(rule=name, run=range(runs)))
    return pd.concat(parts, ignore_index=True)[["rule", "run", *MEASURES]]


def intervals(table: pd.DataFrame, measures: tuple[str, ...] = MEASURES, by: str = "rule") -> pd.DataFrame:
    """Average the runs of a table: columns `by`, then for each measure its mean, low and high (95 per cent)."""
    rows = []
    for key, group in table.groupby(by, sort=False):
        row: dict[str, object] = {by: key}
        for name in measures:
            found = replicates.estimate(group[name])
            row |= {name: found.mean, f"{name}_low": found.low, f"{name}_high": found.high}
        rows.append(row)
    return pd.DataFrame(rows)


def stopping_caps(table: pd.DataFrame, stopped_percent: float) -> Array:
    """Find for each run the largest cap up to which fewer than a share of the households hoard; the column `rule` holds caps."""
    wide = table.pivot(index="run", columns="rule", values="hoarders").sort_index(axis=1)
    caps, quiet = wide.columns.to_numpy(float), (wide < stopped_percent).cummin(axis=1).to_numpy()
    return np.where(quiet.any(axis=1), caps[np.maximum(quiet.sum(axis=1) - 1, 0)], 0.0)
