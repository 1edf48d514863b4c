"""Target groups, first tool: who will buy again, learnt from one stretch of time and judged on the next."""

from __future__ import annotations

import numpy as np
import pandas as pd

from casebook.methods.demand import RepeatBuying


def histories(purchases: pd.DataFrame, learn_days: int, judge_days: int) -> pd.DataFrame:
    """Sum up what each customer did before a day, and count what came after it.

    Parameters
    ----------
    purchases
        Columns customer, day and dollars, days counted from zero; purchases of a day count as one.
    learn_days, judge_days
        Days that are learnt from, and days after them that are kept apart.

    Returns
    -------
    DataFrame
        One row a customer who came while it was learnt: customer, x (repeat purchases), t_x and T (weeks), dollars
        (mean of a purchase), later (purchases in the days kept apart).

    Raises
    ------
    ValueError
        When nobody bought in the days to learn from.
    """
    visits = purchases.groupby(["customer", "day"], as_index=False)["dollars"].sum()
    known = visits[visits["day"] < learn_days]
    if known.empty:
        raise ValueError(f"learn_days: expected days with purchases, found none before day {learn_days}")
    after = visits[visits["day"].between(learn_days, learn_days + judge_days - 1)].groupby("customer").size()
    people = known.groupby("customer").agg(
        x=("day", "size"), first=("day", "min"), last=("day", "max"), dollars=("dollars", "mean")
    )
    return pd.DataFrame({
        "x": people["x"] - 1,
        "t_x": (people["last"] - people["first"]) / 7,
        "T": (learn_days - 1 - people["first"]) / 7,
        "dollars": people["dollars"],
        "later": after.reindex(people.index, fill_value=0),
    }).reset_index()  # fmt: skip


def by_past(people: pd.DataFrame, law: RepeatBuying, weeks: float, most: int = 7) -> pd.DataFrame:
    """Set predicted beside actual purchases by repeat purchases before; `most` and more are put together."""
    ahead = law.predicted(weeks, people["x"], people["t_x"], people["T"])
    table = people.assign(predicted=ahead, before=people["x"].clip(upper=most))
    sums = table.groupby("before").agg(
        customers=("x", "size"), predicted=("predicted", "mean"), actual=("later", "mean")
    )
    return sums.reset_index()


def caught(score: np.ndarray, later: np.ndarray, share: float) -> float:
    """Give the share of later purchases made by the customers with the highest scores, ties in the order given."""
    chosen = np.argsort(-np.asarray(score), kind="stable")[: round(share * len(score))]
    return float(np.asarray(later)[chosen].sum() / np.asarray(later).sum())
