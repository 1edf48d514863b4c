"""Rules that watch: whom they accuse, how fast they catch, and how their limits are set."""

from __future__ import annotations

import math
from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.random import Generator, SeedSequence
from scipy.optimize import brentq

from casebook.methods import replicates as random_replicates
from casebook.methods.monitoring import cusum_alarms
from casebook.methods.monitoring.streams import first_alarms
from casebook.models.price_watch.arguments import whole, within
from casebook.models.price_watch.market import BASELINES, KINDS, Array, Market, noise, prices, scores

PER = 10_000  # listings in which false alarms are counted
STEP = 0.1  # to which a calibrated limit is rounded up


@dataclass(frozen=True)
class Rule:
    """A watch: a baseline of `BASELINES`, an allowance k and a limit h; with h = 0 each day is judged by itself."""

    reference: float
    limit: float
    against: str = "median"

    def __post_init__(self) -> None:
        within("reference", self.reference, 0, math.inf)
        within("limit", self.limit, 0, math.inf)
        if self.against not in BASELINES:
            raise ValueError(f"against: expected one of {', '.join(BASELINES)}, found {self.against!r}")


def watch(
    market: Market,
    rules: Iterable[Rule],
    listings: int = 2000,
    replicates: int = 20,
    seed: int = 0,
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Let rules loose on the same listings and count whom they accuse.

    Parameters
    ----------
    rules
        Any number of them.
    listings
        How many of each kind in a replicate.
    replicates, seed, executor
        As for `casebook.methods.monitoring.watch`; at least two replicates. The numbers do not depend on the executor.

    Returns
    -------
    pandas.DataFrame
        A row a rule and kind: rule (its number), reference, limit, against, kind, accused (of 10,000, within the days
        watched), low and high (interval of 95 per cent), days (mean days to the alarm, its day included; a listing never
        accused counts with all the days watched).

    Raises
    ------
    ValueError
        When there is no listing, or a rule has no such baseline.
    """
    plan = tuple(rules)
    one = partial(_watched, market=market, rules=plan, listings=whole("listings", listings))
    found = np.array(random_replicates.run(one, random_replicates.spawn(seed, replicates), executor))
    rows = []
    for number, rule in enumerate(plan):
        for place, kind in enumerate(KINDS):
            accused = random_replicates.estimate(found[:, number, place, 0] / listings * PER)
            days = float(found[:, number, place, 1].mean()) / listings
            rows.append(
                (number, rule.reference, rule.limit, rule.against, kind, accused.mean, accused.low, accused.high, days)
            )
    columns = ["rule", "reference", "limit", "against", "kind", "accused", "low", "high", "days"]
    return pd.DataFrame(rows, columns=columns)


def trade(market: Market, watched: pd.DataFrame) -> pd.DataFrame:
    """Weigh the kinds of `watch` to one line a rule.

    Returns
    -------
    pandas.DataFrame
        Columns reference, limit, against, honest (false alarms per 10,000 honest listings), caught (share of gouging
        listings), days (until they are, as in `watch`).
    """
    accused = watched.pivot(index="rule", columns="kind", values="accused")
    days = watched.pivot(index="rule", columns="kind", values="days")
    rules = watched.groupby("rule")[["reference", "limit", "against"]].first()
    honest = sum(share * accused[kind] for kind, share in market.shares.items())
    return rules.assign(honest=honest, caught=accused["gouging"] / PER, days=days["gouging"]).reset_index(drop=True)


def calibrated(
    market: Market,
    rate: float,
    reference: float | None = None,
    against: str = "median",
    listings: int = 2000,
    replicates: int = 20,
    seed: int = 0,
) -> Rule:
    """Find the smallest limit that accuses at most a stated number of quiet listings, by simulation.

    Parameters
    ----------
    rate
        Quiet listings accused of 10,000 within the days watched, above zero and below 10,000.
    reference
        Allowance k; None judges each day by itself and looks for the allowance instead, the limit being zero.
    against, listings, replicates, seed
        As for `watch`; with the same numbers it sees the same listings.

    Returns
    -------
    Rule
        Limit or allowance rounded up to a tenth.

    Raises
    ------
    ValueError
        When the rate is out of range.
    """
    if not 0 < rate < PER:
        raise ValueError(f"rate: expected a number above 0 and below {PER:,}, found {rate}")
    seeds = random_replicates.spawn(seed, replicates)
    quiet = [_quiet(market, whole("listings", listings), np.random.default_rng(child)) for child in seeds]
    seen = scores(market, np.concatenate(quiet), against)

    def accused(steps: int) -> float:
        k, h = (steps * STEP, 0.0) if reference is None else (reference, steps * STEP)
        return float((first_alarms(seen, k, h, False) < market.watch_days).mean() * PER)

    high = 1
    while accused(high) > rate:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if accused(middle) > rate else (low, middle)
    found = round(high * STEP, 10)
    return Rule(found, 0.0, against) if reference is None else Rule(reference, found, against)


def promised(market: Market, rate: float, reference: float) -> Rule:
    """Find the limit that accuses at most so many quiet listings if noise is normal, independent and of known spread.

    Parameters
    ----------
    rate, reference
        As for `calibrated`, whose counterpart from the textbook this is.

    Raises
    ------
    ValueError
        When the rate is out of range.
    """
    if not 0 < rate < PER:
        raise ValueError(f"rate: expected a number above 0 and below {PER:,}, found {rate}")

    def miss(limit: float) -> float:
        return float(cusum_alarms(market.watch_days, reference, limit, states=200)[-1]) * PER - rate

    if miss(0.0) <= 0:
        return Rule(reference, 0.0)
    high = 1.0
    while miss(high) > 0:
        high *= 2
    return Rule(reference, float(brentq(miss, 0.0, high, xtol=1e-6)))


def even_odds(honest: float, caught: float) -> float:
    """Give the share of gouging listings at which an accusation is as often right as wrong.

    Parameters
    ----------
    honest
        False alarms per 10,000 honest listings.
    caught
        Share of gouging listings that are accused.
    """
    wrong = honest / PER
    return wrong / (wrong + caught) if wrong + caught > 0 else math.nan


def by_rise(
    market: Market,
    rules: Iterable[Rule],
    rises_percent: Iterable[float],
    listings: int = 500,
    replicates: int = 4,
    seed: int = 0,
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Count how many honest sellers are accused whose costs rise by so much, and who pass it on.

    Returns
    -------
    pandas.DataFrame
        A column rise (per cent), then one a rule, numbered from 0: share accused within the days watched.
    """
    plan, rows = tuple(rules), []
    for rise in rises_percent:
        seen = watch(replace(market, cost_rise_percent=rise), plan, listings, replicates, seed, executor)
        rows.append([rise, *(seen[seen["kind"] == "shortage"]["accused"] / PER)])
    return pd.DataFrame(rows, columns=["rise", *range(len(plan))])


def half_accused(table: pd.DataFrame, rule: int) -> float:
    """Read from `by_rise` the rise at which half are accused by a rule; not a number where the table does not tell."""
    share = np.maximum.accumulate(table[rule].to_numpy())
    return float(np.interp(0.5, share, table["rise"])) if share[0] < 0.5 <= share[-1] else math.nan


def _quiet(market: Market, listings: int, random: Generator) -> Array:
    """Draw the quiet listings alone; they are the first that `prices` draws."""
    shape = (listings, market.history_days + market.watch_days)
    return market.noise_percent / 100 * noise(market, shape, random)


def _watched(seed: SeedSequence, market: Market, rules: tuple[Rule, ...], listings: int) -> Array:
    """Watch one market: number of alarms and sum of days watched, shape (rules, kinds, 2)."""
    logs = prices(market, listings, np.random.default_rng(seed))
    seen = {name: scores(market, logs, name) for name in dict.fromkeys(rule.against for rule in rules)}
    found = np.empty((len(rules), len(KINDS), 2))
    for number, rule in enumerate(rules):
        flat = seen[rule.against].reshape(-1, market.watch_days)
        first = first_alarms(flat, rule.reference, rule.limit, False).reshape(len(KINDS), -1)
        alarmed = first < market.watch_days
        days = np.minimum(first + 1, market.watch_days)
        found[number] = np.column_stack([alarmed.sum(axis=1), days.sum(axis=1)])
    return found
