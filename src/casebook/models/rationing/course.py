"""One store day by day: who comes, what the shelf holds, who hoards."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import SeedSequence

from casebook.models.rationing.shop import NO_RULE, Array, Rule, Shop, visible


@dataclass(frozen=True)
class Course:
    """One replicate day by day; arrays have shape (calm_days + rumour_days,) except `taken` and `hoarded`.

    Attributes
    ----------
    delivered, wanted, sold, shelf_waste, home_waste
        Units: brought, wanted before any cap, taken home, thrown away in the store and at home.
    visits, served
        Households that came wanting something, and those that took home all of it or two visits' worth of use at most.
    empty_hours
        Hours the shelf stood empty while the store was open.
    anxious
        Share of the households that hoard.
    left
        Units still on the shelf after the last day.
    taken
        Units taken home in the crunch days for each unit a household uses in them, shape (households,).
    hoarded
        Share of the households that ever hoarded.
    """

    delivered: Array
    wanted: Array
    sold: Array
    shelf_waste: Array
    home_waste: Array
    visits: Array
    served: Array
    empty_hours: Array
    anxious: Array
    left: float
    taken: Array
    hoarded: float


def shipments(rule: Rule, days: int, crunch: slice) -> Array:
    """Compute what the store receives each day, in calm deliveries, from suppliers, a depot and a city far away."""
    asked, coming = np.ones(days), np.ones(days)
    asked[crunch] = rule.stock_multiple
    coming[crunch.start + int(rule.stock_lead_days) : crunch.stop] = rule.stock_multiple
    stock, sent = rule.depot_days, np.ones(days)
    for day in range(crunch.start, days):
        sent[day] = min(asked[day], stock + coming[day])
        stock += coming[day] - sent[day]
    return sent


def sell_oldest(ages: Array, units: Array | float) -> Array:
    """Take units from a shelf whose last axis holds the ages, the oldest first; return what is left of each age."""
    before = np.cumsum(ages, axis=-1) - ages
    return ages - np.clip(np.asarray(units)[..., None] - before, 0, ages)


def hand_out(order: Array, times: Array, asked: Array, portions: Array, left: float) -> tuple[Array, float]:
    """Serve one day's visitors in order from portions that arrive evenly over the day.

    Returns
    -------
    tuple
        Units each household takes, and the share of the day in which the shelf stood empty.
    """
    taken, empty, parts = np.zeros_like(asked), 0.0, len(portions)
    ends = np.searchsorted(times[order], np.arange(1, parts + 1) / parts)
    for part, (start, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
        left += portions[part]
        who = order[start:end]
        total = np.cumsum(asked[who])
        if total.size and total[-1] > left:
            empty += (part + 1) / parts - times[who[np.searchsorted(total, left)]]
        got = np.minimum(np.diff(np.minimum(total, left), prepend=0.0), asked[who])
        taken[who] = got
        left = max(left - float(got.sum()), 0.0)
    return taken, empty


def play(seed: SeedSequence, shop: Shop, rule: Rule = NO_RULE) -> Course:
    """Follow the store, its households and the rumour once; the same seed meets every rule with the same luck."""
    random = np.random.default_rng(seed)
    usual, calm_use = NO_RULE, shop.use
    n, start, days = int(shop.households), int(shop.calm_days), int(shop.calm_days + shop.rumour_days)
    crunch = slice(start, start + int(shop.crunch_days))
    lots = random.permutation(n)
    elasticity = np.linspace(shop.low_elasticity, shop.high_elasticity, n)[random.permutation(n)]
    luck = random.random((days, 5, n))
    brought = shop.delivery * shipments(rule, days, crunch)
    dear = calm_use * rule.price_factor**-elasticity
    seen = shop.contagion_households / shop.anxious_days * visible(shop, rule, dear) / n
    pantry, daily = calm_use * random.integers(1, int(shop.calm_cover_days) + 1, n), np.zeros((9, days))
    anxious, over = np.zeros(n, bool), np.zeros(n, bool)
    ages, taken_home = np.zeros(int(shop.shelf_life_days)), np.zeros(n)
    for day in range(days):
        now, use = (rule, dear) if day >= start else (usual, calm_use)
        if day == start:
            anxious[lots[: int(shop.rumour_households)]] = True
        come, hour, word, alarm, ease = luck[day]
        cover = np.where(anxious, shop.anxious_cover_days, shop.calm_cover_days)
        comes = come < np.where(anxious, shop.anxious_visits_per_day, shop.calm_visits_per_day)
        wanted = np.where(comes, np.maximum(cover * use - pantry, 0), 0)
        times = np.where(anxious & (not now.in_turn), hour**shop.rush_power, hour)
        asked = np.minimum(wanted, now.cap_units)
        portions = np.full(now.deliveries_per_day, brought[day] / now.deliveries_per_day)
        taken, empty = hand_out(np.argsort(times, kind="stable"), times, asked, portions, float(ages[:-1].sum()))
        ages[-1] = portions.sum()
        ages = sell_oldest(ages, taken.sum())
        enough = np.minimum(wanted, calm_use / shop.calm_visits_per_day)
        served = (wanted > 0) & (taken >= enough - 1e-9)
        short = (asked > 0) & (taken < asked - 1e-9)
        pantry = np.maximum(pantry + taken - use, 0)
        turned = ~anxious & ~over & (day >= start)
        turned &= (word < -math.expm1(-float(seen[anxious].sum()))) | (short & (alarm < shop.alarm_percent / 100))
        calmed = anxious & (ease < 1 / shop.anxious_days)
        spoilt = np.where(calmed, np.maximum(pantry - use * shop.home_life_days, 0), 0)
        pantry -= spoilt
        if crunch.start <= day < crunch.stop:
            taken_home += taken
        daily[:, day] = (portions.sum(), wanted.sum(), taken.sum(), ages[0], spoilt.sum(), (wanted > 0).sum(),
                         served.sum(), shop.open_hours_per_day * empty, anxious.mean())  # fmt: skip
        ages = np.append(ages[1:], 0.0)
        over |= calmed
        anxious = (anxious & ~calmed) | turned
    share = taken_home / (calm_use * shop.crunch_days)
    return Course(*daily, float(ages.sum()), share, float((anxious | over).mean()))
