"""Price analysis: what a price does to sales, what rides along with it, and a back-test on weeks kept apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from casebook.methods import demand
from casebook.methods.demand import Elasticity

WAYS = ("price alone", "price and display", "price of the other stores, and display")


def panel(sales: pd.DataFrame, shown: pd.DataFrame, stores: int, least_weeks: int) -> pd.DataFrame:
    """Lay out goods by week and half of the stores, with the price the other half charged.

    Parameters
    ----------
    sales, shown
        As `data.goods` and `data.displays` read them.
    stores
        Stores in which displays are counted.
    least_weeks
        Weeks in which a good must have sold to be kept.

    Returns
    -------
    DataFrame
        good, week, half, units, price, log_units, log_price, other (log price of the other half), display (share of
        the stores).
    """
    weeks = sales.groupby("good")["week"].nunique()
    rows = sales[sales["good"].isin(weeks.index[weeks >= least_weeks])]
    rows = rows[rows["dollars"] > 0].assign(price=rows["dollars"] / rows["units"])
    rows = rows.assign(log_units=np.log(rows["units"]), log_price=np.log(rows["price"]))
    twin = rows[["good", "week", "half", "log_price"]].assign(half=1 - rows["half"])
    rows = rows.merge(twin.rename(columns={"log_price": "other"}), on=["good", "week", "half"])
    rows = rows.merge(shown, on=["good", "week"], how="left")
    rows["display"] = rows["stores"].fillna(0) / stores
    return rows.drop(columns=["stores", "kind"]).sort_values(["good", "week", "half"], ignore_index=True)


def estimates(rows: pd.DataFrame) -> dict[str, Elasticity]:
    """Estimate the elasticity in each of `WAYS`; effects of good (in each half) and of week are always taken out."""
    common = {
        "effects": [rows["good"] * 2 + rows["half"], rows["week"]],
        "cluster": rows["good"],
    }
    display = rows[["display"]].to_numpy()
    y, x = rows["log_units"], rows["log_price"]
    return {
        WAYS[0]: demand.elasticity(y, x, **common),
        WAYS[1]: demand.elasticity(y, x, controls=display, **common),
        WAYS[2]: demand.elasticity(y, x, controls=display, instrument=rows["other"], **common),
    }


def back_test(known: pd.DataFrame, kept: pd.DataFrame, found: Elasticity) -> float:
    r"""Give the share of the changes in log sales, in weeks kept apart, that the estimate foretells.

    .. math:: 1 - \frac{\sum (y - \hat y)^2}{\sum (y - \bar y)^2}

    Each good's usual sales, price and display are those of the known weeks; below zero the estimate does harm.

    Parameters
    ----------
    known, kept
        Rows of `panel` before and after the cut.
    found
        Estimated on the known rows, with the display as its only control or with none.
    """
    names = ["log_units", "log_price", "display"]
    usual = known.groupby(["good", "half"])[names].mean()
    rows = kept.merge(usual.add_suffix("_usual").reset_index(), on=["good", "half"])
    moved = {name: rows[name] - rows[f"{name}_usual"] for name in names}
    told = found.value * moved["log_price"]
    if found.controls:
        told = told + found.controls[0] * moved["display"]
    return float(1 - ((moved["log_units"] - told) ** 2).sum() / (moved["log_units"] ** 2).sum())


def profit_curve(prices: np.ndarray, unit_cost: float, base: float, found: Elasticity) -> pd.DataFrame:
    """Draw profit against price, the profit at the base price being 100, at the estimate and at both ends."""
    columns = {"price": prices}
    for name in ("value", "low", "high"):
        now = demand.profit([base], unit_cost, base, getattr(found, name))[0]
        columns[name] = 100 * demand.profit(prices, unit_cost, base, getattr(found, name)) / now
    return pd.DataFrame(columns)
