"""Daily orders for many regions and goods, from a forecast that is kept or learns."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from scipy.special import ndtri

from casebook.models.rationing.course import sell_oldest
from casebook.models.rationing.shop import Array


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
