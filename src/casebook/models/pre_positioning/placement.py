"""Rules that turn a forecast into stock, and what the stock then serves."""

from __future__ import annotations

import math
from collections.abc import Iterable
from concurrent.futures import Executor
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.random import SeedSequence
from numpy.typing import NDArray

from casebook.methods import replicates
from casebook.methods.forecast import mixed_loss, mixed_quantile
from casebook.methods.inventory import newsvendor_distribution_free
from casebook.models.pre_positioning.festival import Festival
from casebook.models.pre_positioning.season import Learned, Season, cell_log_sd, draw, forecast, ideal, learn

Array = NDArray[np.float64]

RULES = ("nothing", "last festival", "mean", "distribution-free", "newsvendor")


def stock(rule: str, festival: Festival, season: Season, learned: Learned) -> Array:
    """Place stock by a rule.

    Parameters
    ----------
    rule
        One of `RULES`: nothing at all, what the last festival sold there, the mean of the forecast, Scarf's order from
        mean and spread alone, or the newsvendor's quantile of the forecast.
    festival, season, learned
        What is assumed, drawn and learned.

    Returns
    -------
    numpy.ndarray
        Whole pieces, shape (items, warehouses).

    Raises
    ------
    ValueError
        When there is no such rule.
    """
    if rule not in RULES:
        raise ValueError(f"rule: expected one of {', '.join(RULES)}, found {rule!r}")
    if rule == "nothing":
        return np.zeros_like(season.demand)
    if rule == "last festival":
        return season.last
    mean = np.outer(forecast(festival, season, learned), festival.shares)
    spread = cell_log_sd(festival, learned)
    if rule == "mean":
        return np.rint(mean)
    if rule == "newsvendor":
        return mixed_quantile(mean, spread, festival.ratio)
    return np.rint(scarf(festival, mean, np.sqrt(mean + mean**2 * math.expm1(spread**2))))


def scarf(festival: Festival, mean: Array, sd: Array) -> Array:
    """Return Scarf's order for each mean and spread; it is linear in the spread, and nothing where that is too wide."""
    h, p = festival.left_rmb_per_piece, festival.short_rmb_per_piece
    slope = newsvendor_distribution_free(1e6, 1.0, price=h + p, cost=h).stock - 1e6
    return np.where(p * mean > sd * math.sqrt(h * p), mean + slope * sd, 0.0)


def judge(festival: Festival, placed: Array, demand: Array) -> dict[str, float]:
    """Measure a placement: served nearby and placed, per cent of demand, cost per 100 pieces, hours on the way."""
    wanted = max(float(demand.sum()), 1.0)
    served = float(np.minimum(placed, demand).sum())
    left, short = float(placed.sum()) - served, wanted - served
    cost = festival.left_rmb_per_piece * left + festival.short_rmb_per_piece * short
    return {
        "placed": 100 * float(placed.sum()) / wanted,
        "nearby": 100 * served / wanted,
        "left": 100 * left / wanted,
        "cost": 100 * cost / wanted,
        "hours": festival.line_haul_hours * short / wanted,
    }


def play(seed: SeedSequence, festival: Festival) -> list[dict[str, float | str]]:
    """Run one season under every rule, and with a newsvendor who knows the true spread."""
    season = draw(festival, seed)
    learned = learn(festival, season)
    rows: list[dict[str, float | str]] = [
        {"rule": rule} | judge(festival, stock(rule, festival, season, learned), season.demand) for rule in RULES
    ]
    best = stock("newsvendor", festival, season, ideal(festival))
    return [*rows, {"rule": "true law"} | judge(festival, best, season.demand)]


def compare(festival: Festival, runs: int, executor: Executor | None = None) -> pd.DataFrame:
    """Run independent seasons; one row a run and rule, with what `judge` measures."""
    played = replicates.run(partial(play, festival=festival), replicates.spawn(0, runs), executor)
    return pd.DataFrame([{"run": run} | row for run, rows in enumerate(played) for row in rows])


def frontier(festival: Festival, seed: SeedSequence, levels: Iterable[float]) -> pd.DataFrame:
    """Return what each way to share out a stock serves nearby, as the stock grows.

    The best way gives every cell the same chance of being enough: the last piece of each then serves equally often,
    and no piece can serve more elsewhere. The others multiply the forecast's mean or the last festival's sales.

    Parameters
    ----------
    festival, seed
        What is assumed, and the luck.
    levels
        Chances of being enough, between nought and one; they trace the best curve.

    Returns
    -------
    pandas.DataFrame
        One row a point, ascending: 'level', 'way', 'placed' and 'nearby' in per cent of demand, 'hours'.
    """
    season = draw(festival, seed)
    learned = learn(festival, season)
    mean = np.outer(forecast(festival, season, learned), festival.shares)
    spread, rows = cell_log_sd(festival, learned), []
    for level in levels:
        best = mixed_quantile(mean, spread, level)
        times = best.sum() / season.demand.sum()
        for way, placed in {
            "best": best,
            "forecast": np.rint(mean * best.sum() / mean.sum()),
            "last festival": np.rint(season.last * best.sum() / season.last.sum()),
            "one centre": _one_centre(season.demand, times),
        }.items():
            rows.append({"level": level, "way": way} | judge(festival, placed, season.demand))
    return pd.DataFrame(rows)[["level", "way", "placed", "nearby", "hours"]]


def _one_centre(demand: Array, times: float) -> Array:
    """Put all stock into the largest warehouse, for each item as many times its demand: only its own customers are near."""
    placed = np.zeros_like(demand)
    placed[:, 0] = times * demand.sum(axis=1)
    return placed


def classes(festival: Festival, season: Season, placed: Array, edges: Iterable[float]) -> pd.DataFrame:
    """Split the catalogue by popularity, best sellers first, at shares of the items such as 0.01, 0.1, 0.5."""
    n = season.demand.shape[0]
    bounds = [0, *(round(edge * n) for edge in edges), n]
    rows = []
    for low, high in pairwise(bounds):
        rank = slice(n - high, n - low)
        part = judge(festival, placed[rank], season.demand[rank])
        share = {
            "items": 100 * (high - low) / n,
            "pieces": 100 * season.demand[rank].sum() / season.demand.sum(),
            "stocked": 100 * float((placed[rank] > 0).mean()),
        }
        rows.append(share | part)
    return pd.DataFrame(rows)


def shared(mean: float, log_sds: tuple[float, float], chance: float) -> dict[str, float]:
    """Share a stock best between items that expect the same and are foretold unequally well.

    Parameters
    ----------
    mean
        Pieces expected of each.
    log_sds
        Error of the forecast of the first and of the second, as standard deviations of logarithms.
    chance
        Chance of being enough that both are given; it sets how much stock there is.

    Returns
    -------
    dict
        Pieces 'placed' in all, of the 'first' and of the 'second', and expected pieces 'served'.
    """
    held = [float(mixed_quantile(mean, sd, chance)) for sd in log_sds]
    short = [float(mixed_loss(units, mean, sd)) for units, sd in zip(held, log_sds, strict=True)]
    return {"placed": sum(held), "first": held[0], "second": held[1], "served": 2 * mean - sum(short)}
