"""A shelf in a panic: a rumour that feeds on itself, the rules that may stop it, and the stock that may outrun it.

`play` follows one store, its shelf and its households day by day; `supply` follows many regions and goods under an
ordering rule. Prices are constant unless a rule says otherwise, and `Rule.keeps_the_pledge` says whether it does.
"""

from __future__ import annotations

import math
from concurrent.futures import Executor
from dataclasses import dataclass, fields
from functools import partial

import numpy as np
import pandas as pd
from numpy.random import SeedSequence
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtri

from casebook.methods import replicates
from casebook.methods.inventory import gini, newsvendor_normal

Array = NDArray[np.float64]

MOST = {"calm_visits_per_day": 1.0, "anxious_visits_per_day": 1.0, "alarm_percent": 100.0, "word_percent": 100.0}
POSITIVE = ("calm_visits_per_day", "overage_cost_per_unit", "underage_cost_per_unit")
COUNTED = (
    "households",
    "largest_household_persons",
    "calm_cover_days",
    "shelf_life_days",
    "calm_days",
    "rumour_days",
    "crunch_days",
)


@dataclass(frozen=True)
class Shop:
    """A store, its households and a rumour; whole numbers may come as floats.

    Attributes
    ----------
    households, largest_household_persons
        Number of households, all sizes from one person up to the largest equally common. A person eats a unit a day.
    calm_visits_per_day, anxious_visits_per_day
        Chance that a household comes on a day.
    calm_cover_days, anxious_cover_days
        A household buys until it holds this many days of its use.
    shelf_life_days, home_life_days
        Days a unit can be sold, and days it keeps at home.
    open_hours_per_day
        Hours the store is open.
    rumour_households
        Households that hoard on the first day of the rumour.
    contagion_households
        Further households that one hoarding household sets off while all are calm and nothing is capped, R_0.
    word_percent
        Share of the contagion that goes by word of mouth, w, per cent; the rest needs the sight of a full trolley.
    anxious_days
        Mean days a household goes on hoarding, D.
    alarm_percent
        Chance, per cent, that a calm household turns to hoarding when it finds too little.
    rush_power
        Hoarders come at u to this power of the opening time, u uniform: one is no rush.
    low_elasticity, high_elasticity
        Fall of a household's use, in per cent for each per cent of price, from the richest to the poorest.
    overage_cost_per_unit, underage_cost_per_unit
        Cost of a unit left over and of a unit short, h and p of the newsvendor that sets the daily delivery.
    calm_days, rumour_days, crunch_days
        Days before the rumour, from it to the end, and the first of these over which the rules are judged.

    Raises
    ------
    ValueError
        When a number is not finite, negative, not whole where it counts, or a chance is above one.
    """

    households: float = 400
    largest_household_persons: float = 5
    calm_visits_per_day: float = 0.5
    anxious_visits_per_day: float = 0.9
    calm_cover_days: float = 4
    anxious_cover_days: float = 21
    shelf_life_days: float = 3
    home_life_days: float = 14
    open_hours_per_day: float = 12
    rumour_households: float = 20
    contagion_households: float = 2
    word_percent: float = 20
    anxious_days: float = 3
    alarm_percent: float = 10
    rush_power: float = 3
    low_elasticity: float = 0.2
    high_elasticity: float = 0.8
    overage_cost_per_unit: float = 0.18
    underage_cost_per_unit: float = 0.70
    calm_days: float = 7
    rumour_days: float = 35
    crunch_days: float = 14

    def __post_init__(self) -> None:
        for name in (field.name for field in fields(self)):
            value = getattr(self, name)
            low, high = float(name in COUNTED or name == "anxious_days"), MOST.get(name, math.inf)
            if not (math.isfinite(value) and low <= value <= high):
                raise ValueError(f"{name}: expected a finite number from {low:g} to {high:g}, found {value}")
            if name in POSITIVE and value == 0:
                raise ValueError(f"{name}: expected a number above 0, found {value}")
            if name in COUNTED and value != int(value):
                raise ValueError(f"{name}: expected a whole number, found {value}")
        if self.crunch_days > self.rumour_days:
            raise ValueError(f"crunch_days: expected at most {self.rumour_days:g}, found {self.crunch_days:g}")
        if self.rumour_households > self.households:
            raise ValueError(
                f"rumour_households: expected at most {self.households:g}, found {self.rumour_households:g}"
            )
        if self.anxious_cover_days * self.calm_visits_per_day <= 1:
            raise ValueError(f"anxious_cover_days: expected more than a calm basket, found {self.anxious_cover_days:g}")

    @property
    def use(self) -> Array:
        """Units each household eats a day, shape (households,)."""
        return 1.0 + np.arange(int(self.households)) % int(self.largest_household_persons)

    @property
    def calm_demand(self) -> tuple[float, float]:
        """Mean and standard deviation of a calm day's demand in units: geometric gaps between visits, cut at the cover."""
        v, gap = self.calm_visits_per_day, np.arange(1, int(self.calm_cover_days) + 1)
        chance = v * (1 - v) ** (gap - 1)
        chance[-1] = (1 - v) ** (gap[-1] - 1)
        first, square = v * float(chance @ gap), v * float(chance @ gap**2)
        return first * float(self.use.sum()), math.sqrt((square - first**2) * float((self.use**2).sum()))

    @property
    def delivery(self) -> float:
        """Units delivered every morning, the newsvendor's for a calm day; the same under every rule."""
        return float(
            newsvendor_normal(self.overage_cost_per_unit, self.underage_cost_per_unit, *self.calm_demand).stock
        )


@dataclass(frozen=True)
class Rule:
    """How the shelf is shared from the first day of the rumour on.

    Attributes
    ----------
    cap_units
        Most units a household may take home from a visit; infinite for no cap.
    price_factor
        Price against the price before; one keeps the pledge.
    deliveries_per_day
        Parts in which the same delivery reaches the shelf, evenly over the day.
    in_turn
        Whether a lot, not a rush, decides who comes when.
    stock_multiple
        Units the store asks for on a crunch day against a calm day's, m.
    stock_lead_days
        Days from the rumour until the additional units arrive from afar.
    depot_days
        Calm deliveries that a depot nearby holds when the rumour starts; the store gets no more than it has.
    """

    cap_units: float = math.inf
    price_factor: float = 1.0
    deliveries_per_day: int = 1
    in_turn: bool = False
    stock_multiple: float = 1.0
    stock_lead_days: int = 0
    depot_days: float = 0.0

    def __post_init__(self) -> None:
        for name in ("cap_units", "price_factor", "deliveries_per_day", "stock_multiple"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name}: expected a number above 0, found {getattr(self, name)}")
        for name in ("stock_lead_days", "depot_days"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name}: expected a number of at least 0, found {getattr(self, name)}")

    @property
    def keeps_the_pledge(self) -> bool:
        """Whether no price is raised."""
        return self.price_factor <= 1


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


def visible_contagion(shop: Shop, rule: Rule = Rule()) -> float:
    r"""Compute what is left of the contagion when a cap limits the baskets that neighbours see, R(c).

    .. math:: R(c) = R_0\Bigl(w + \frac{1 - w}{n} \sum_i \Bigl[\frac{\min\{c, f_i\} - b_i}{f_i - b_i}\Bigr]_0^1\Bigr)

    with f the basket of a hoarding household and b that of a calm one.
    """
    return shop.contagion_households * float(_seen(shop, rule, shop.use).mean())


def quiet_cap(shop: Shop) -> float:
    """Find the cap, in units a visit, at which one hoarding household sets off just one other.

    Infinite where it sets off fewer without a cap, zero where it sets off more by word of mouth alone.
    """
    if shop.contagion_households <= 1:
        return math.inf
    if shop.contagion_households * shop.word_percent >= 100:
        return 0.0
    most = shop.anxious_cover_days * float(shop.use.max())
    return float(brentq(lambda cap: visible_contagion(shop, Rule(cap_units=cap)) - 1, 1e-9, most, xtol=1e-9))


def _seen(shop: Shop, rule: Rule, use: Array) -> Array:
    full, calm = shop.anxious_cover_days * shop.use, shop.use / shop.calm_visits_per_day
    sight = np.clip((np.minimum(rule.cap_units, shop.anxious_cover_days * use) - calm) / (full - calm), 0, 1)
    return 1 - (1 - shop.word_percent / 100) * (1 - sight)


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


def play(seed: SeedSequence, shop: Shop, rule: Rule = Rule()) -> Course:
    """Follow the store, its households and the rumour once; the same seed meets every rule with the same luck."""
    random = np.random.default_rng(seed)
    usual, calm_use = Rule(), shop.use
    n, start, days = int(shop.households), int(shop.calm_days), int(shop.calm_days + shop.rumour_days)
    crunch = slice(start, start + int(shop.crunch_days))
    lots = random.permutation(n)
    elasticity = np.linspace(shop.low_elasticity, shop.high_elasticity, n)[random.permutation(n)]
    luck = random.random((days, 5, n))
    brought = shop.delivery * shipments(rule, days, crunch)
    dear = calm_use * rule.price_factor**-elasticity
    seen = shop.contagion_households / shop.anxious_days * _seen(shop, rule, dear) / n
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


@dataclass(frozen=True)
class Plan:
    """Orders for many regions and goods, day by day, from a forecast.

    Attributes
    ----------
    regions, smallest_units_per_day, largest_units_per_day
        Regions, and the calm daily demand of each good in the smallest and the largest of them.
    demand_sd_percent
        Standard deviation of a day's demand against its mean.
    lead_days
        Days from order to shelf.
    service_percent
        Share of demand to be served, the target.
    smoothing
        Weight of the newest day in the forecast, alpha; zero keeps the plan of the calm days.
    calm_days, surge_days, surge_multiple
        Length of each phase, and demand in the second against the first.
    unit_cost_rmb
        What a unit thrown away costs.
    """

    regions: float = 11
    smallest_units_per_day: float = 200
    largest_units_per_day: float = 1000
    demand_sd_percent: float = 15
    lead_days: float = 1
    service_percent: float = 95
    smoothing: float = 0.5
    calm_days: float = 28
    surge_days: float = 14
    surge_multiple: float = 2
    unit_cost_rmb: float = 5

    def __post_init__(self) -> None:
        least = {"regions": 1, "calm_days": self.lead_days + 2, "surge_days": 1}
        for name in (field.name for field in fields(self)):
            value, low = getattr(self, name), least.get(name, 0)
            if not (math.isfinite(value) and value >= low):
                raise ValueError(f"{name}: expected a finite number of at least {low:g}, found {value}")
        if not 0 < self.service_percent < 100:
            raise ValueError(f"service_percent: expected a number between 0 and 100, found {self.service_percent}")
        if self.smoothing > 1:
            raise ValueError(f"smoothing: expected at most 1, found {self.smoothing}")


def supply(plan: Plan, lives_days: dict[str, int], seed: int = 0) -> pd.DataFrame:
    r"""Follow each region and good under daily orders up to a level: one row a region, good and phase.

    .. math:: S_t = (L + 1)\,\hat\mu_t + z\,\hat\sigma_t \sqrt{L + 1}

    with the forecast made before the day it is for, so that its error is out of sample.

    Returns
    -------
    pandas.DataFrame
        region, good, phase, demand, served, waste (units), error and naive_error (mean absolute, units a day).
    """
    days, calm, lead = int(plan.calm_days + plan.surge_days), int(plan.calm_days), int(plan.lead_days)
    random = np.random.default_rng(np.random.SeedSequence(seed))
    mean = np.linspace(plan.smallest_units_per_day, plan.largest_units_per_day, int(plan.regions))
    rows = []
    for good, life in lives_days.items():
        level = np.where(np.arange(days) < calm, 1.0, plan.surge_multiple)
        noise = random.standard_normal((mean.size, days))
        demand = np.maximum(mean[:, None] * level * (1 + plan.demand_sd_percent / 100 * noise), 0)
        record = np.array(_follow(plan, demand, mean, life, lead))
        for phase, span in {"calm": slice(lead + 1, calm), "surge": slice(calm, days)}.items():
            wanted, served, waste, error, naive = record[span].sum(axis=0)
            length = max(span.stop - span.start, 1)
            part = {
                "region": np.arange(1, mean.size + 1),
                "good": good,
                "phase": phase,
                "demand": wanted,
                "served": served,
            }
            rows.append(pd.DataFrame(part | {"waste": waste, "error": error / length, "naive_error": naive / length}))
    return pd.concat(rows, ignore_index=True)


def _follow(plan: Plan, demand: Array, mean: Array, life: int, lead: int) -> list[tuple[Array, ...]]:
    """Follow one good in all regions: per day, demand, served, waste, error of the forecast and of yesterday's demand."""
    safety = float(ndtri(plan.service_percent / 100)) * math.sqrt(lead + 1)
    forecast, spread, yesterday = mean.copy(), mean * plan.demand_sd_percent / 100, mean
    ages, coming = np.zeros((mean.size, life)), [mean.copy() for _ in range(lead)]
    record = []
    for today in demand.T:
        stock = ages.sum(axis=1) + sum(coming)
        coming.append(np.maximum((lead + 1) * forecast + safety * spread - stock, 0))
        ages[:, -1] += coming.pop(0)
        sold = np.minimum(ages.sum(axis=1), today)
        ages = sell_oldest(ages, sold)
        miss = np.abs(today - forecast)
        record.append((today, sold, ages[:, 0].copy(), miss, np.abs(today - yesterday)))
        ages = np.concatenate([ages[:, 1:], np.zeros((mean.size, 1))], axis=1)
        forecast = forecast + plan.smoothing * (today - forecast)
        spread, yesterday = plan.demand_sd_percent / 100 * forecast, today
    return record
