"""A store with its households and a rumour, the rules that may stop it, and what they leave of the contagion."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from casebook.methods.inventory import newsvendor_normal

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


NO_RULE = Rule()


def visible_contagion(shop: Shop, rule: Rule = NO_RULE) -> float:
    r"""Compute what is left of the contagion when a cap limits the baskets that neighbours see, R(c).

    .. math:: R(c) = R_0\Bigl(w + \frac{1 - w}{n} \sum_i \Bigl[\frac{\min\{c, f_i\} - b_i}{f_i - b_i}\Bigr]_0^1\Bigr)

    with f the basket of a hoarding household and b that of a calm one.
    """
    return shop.contagion_households * float(visible(shop, rule, shop.use).mean())


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


def visible(shop: Shop, rule: Rule, use: Array) -> Array:
    """Return what is left of the contagion from each household when a cap limits its basket, shape (households,)."""
    full, calm = shop.anxious_cover_days * shop.use, shop.use / shop.calm_visits_per_day
    sight = np.clip((np.minimum(rule.cap_units, shop.anxious_cover_days * use) - calm) / (full - calm), 0, 1)
    return 1 - (1 - shop.word_percent / 100) * (1 - sight)
