"""Business plans: what to order before the week's demand is known, as a two-stage stochastic programme."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from casebook.methods import demand
from casebook.methods.demand import Programme, arguments


@dataclass(frozen=True)
class Shop:
    """Costs of a shop as shares of the selling price, and what it can spend and store in a week.

    Attributes
    ----------
    cost_shares
        Of ordering each kind of good in time.
    rush_share
        Of fetching a unit at short notice; between the costs and the price.
    rest_share
        What a unit left over still brings; below the costs.
    budget_usd
        Money for the week's order.
    space_units
        Units that fit.

    Raises
    ------
    ValueError
        When the shares are not in this order, or money or space is below zero.
    """

    cost_shares: tuple[float, ...]
    rush_share: float
    rest_share: float
    budget_usd: float
    space_units: float

    def __post_init__(self) -> None:
        low, high = min(self.cost_shares), max(self.cost_shares)
        if not 0 <= self.rest_share < low <= high < self.rush_share <= 1:
            raise ValueError(
                f"cost_shares: expected 0 <= rest < cost < rush <= 1, "
                f"found {self.rest_share}, {low} to {high}, {self.rush_share}"
            )
        for name in ("budget_usd", "space_units"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name}: expected at least 0, found {getattr(self, name)}")


def weekly(sales: pd.DataFrame, last: int) -> tuple[pd.DataFrame, pd.Series]:
    """Give the units sold by week (rows) and kind of good (columns), and each kind's mean price up to a last week."""
    units = sales.pivot_table(index="week", columns="kind", values="units", aggfunc="sum", fill_value=0)
    sums = sales[sales["week"] <= last].groupby("kind")[["dollars", "units"]].sum()
    return units, sums["dollars"] / sums["units"]


def programme(shop: Shop, price: np.ndarray, demands: np.ndarray) -> Programme:
    """Set up the plan: order now within money and space; sell, fetch at short notice, and clear what is left.

    Parameters
    ----------
    shop
        Costs and limits.
    price
        Selling price of each kind in dollars, shape (n,).
    demands
        Units wanted in each equally likely week, shape (s, n).
    """
    price, demands = np.asarray(price, dtype=float), np.asarray(demands, dtype=float)
    n, s = price.size, len(demands)
    one, none = np.eye(n), np.zeros((n, n))
    cost = arguments.row("cost_shares", shop.cost_shares, n) * price
    brings = np.concatenate([price, price * (1 - shop.rush_share), price * shop.rest_share])
    return Programme(
        cost=cost,
        matrix=np.vstack([cost, np.ones(n)]),
        limit=np.array([shop.budget_usd, shop.space_units]),
        later_cost=np.tile(-brings, (s, 1)),
        technology=np.tile(np.vstack([none, -one]), (s, 1, 1)),
        recourse=np.block([[one, one, none], [one, none, one]]),
        right=np.hstack([demands, np.zeros((s, n))]),
        chance=np.full(s, 1 / s),
    )


def compared(shop: Shop, price: np.ndarray, known: np.ndarray, kept: np.ndarray) -> pd.DataFrame:
    """Judge plans by their profit in the weeks they were made from and in weeks kept apart.

    Returns
    -------
    DataFrame
        plan, one column of units for each kind, profit (mean of the known weeks), worst (of them), later (mean of the
        weeks kept apart); dollars a week.
    """
    known_plan, later_plan = programme(shop, price, known), programme(shop, price, kept)
    seen = demand.foresight(known_plan)
    plans = {"mean week": seen.mean_plan, "all weeks": seen.plan, "worst week": demand.worst_case(known_plan)}
    rows = [
        {
            "plan": name,
            **{f"units {k + 1}": units for k, units in enumerate(plan.decision)},
            "profit": -plan.cost,
            "worst": -plan.outcome.max(),
            "later": -demand.solve(later_plan, plan.decision).cost,
        }
        for name, plan in plans.items()
    ]
    return pd.DataFrame(rows)


def by_rush(shop: Shop, price: np.ndarray, demands: np.ndarray, rush_shares: list[float]) -> pd.DataFrame:
    """Plan again with fetching at short notice cheaper or dearer: rush (per cent), profit, stochastic, foresight."""
    rows = []
    for share in rush_shares:
        seen = demand.foresight(programme(replace(shop, rush_share=share), price, demands))
        rows.append((100 * share, -seen.plan.cost, seen.stochastic_value, seen.information_value))
    return pd.DataFrame(rows, columns=["rush", "profit", "stochastic", "foresight"])


def farmer() -> Programme:
    """Set up the farmer's problem of Birge and Louveaux, chapter 1, on which a plan can be checked.

    Wheat, corn and beets on 500 acres; harvests a fifth above, at or below the usual, equally likely; cattle to feed, a
    quota on beets, and grain that costs more to buy than it brings.
    """
    harvest = np.array([2.5, 3, 20]) * np.array([[1.2], [1.0], [0.8]])
    technology = np.zeros((3, 4, 3))
    technology[:, [0, 1, 2], [0, 1, 2]] = -harvest
    recourse = np.zeros((4, 6))  # bought: wheat, corn; sold: wheat, corn, beets in the quota, beets beyond it
    recourse[[0, 1, 0, 1, 2, 2, 3], [0, 1, 2, 3, 4, 5, 4]] = [-1, -1, 1, 1, 1, 1, 1]
    return Programme(
        cost=np.array([150.0, 230, 260]),
        matrix=np.ones((1, 3)),
        limit=np.array([500.0]),
        later_cost=np.tile([238.0, 210, -170, -150, -36, -10], (3, 1)),
        technology=technology,
        recourse=recourse,
        right=np.tile([-200.0, -240, 0, 6000], (3, 1)),
        chance=np.full(3, 1 / 3),
    )
