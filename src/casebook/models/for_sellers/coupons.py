"""Target groups, second tool: whom a coupon makes spend more, learnt from some households and judged on others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from casebook.methods import demand
from casebook.methods.replicates import Estimate, estimate

DAYS = 42  # length of the window of the outcome and of the two windows before it
FEATURES = ["before", "earlier", "visits", "used", "sent", "log_before", "log_earlier"]


@dataclass(frozen=True)
class Overlap:
    """Who can be compared: chances of being sent coupons from `low` to `high`."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 < self.low < self.high < 1:
            raise ValueError(f"low: expected 0 < low < high < 1, found {self.low} and {self.high}")


def households(
    trips: pd.DataFrame, starts: pd.DataFrame, sent: pd.DataFrame, used: pd.DataFrame, campaign: int, shift: int = 0
) -> pd.DataFrame:
    """Describe every household at the start of a campaign, by nothing but what came before, with what came after.

    Parameters
    ----------
    trips, starts, sent, used
        As `data.trips` and `data.coupons` read them.
    campaign
        Whose coupons are studied.
    shift
        Days by which the start is put back; `DAYS` makes a placebo, an effect before its cause.

    Returns
    -------
    DataFrame
        household, treated, outcome (dollars a week in the days after the start), and `FEATURES`.
    """
    day = starts.set_index("campaign")["day"]
    begin = int(day[campaign]) - shift
    people = np.unique(trips["household"])
    windows = [_window(trips, people, begin + k * DAYS) for k in (-2, -1, 0)]
    (earlier, some), (before, more), (outcome, _) = windows
    past = sent[sent["campaign"].map(day) < begin], used[used["day"] < begin]
    got = sent.loc[sent["campaign"] == campaign, "household"]
    return pd.DataFrame({
        "household": people,
        "treated": np.isin(people, got).astype(int),
        "outcome": outcome,
        "before": before,
        "earlier": earlier,
        "visits": some + more,
        "used": _count(past[1], people),
        "sent": _count(past[0], people),
        "log_before": np.log1p(before),
        "log_earlier": np.log1p(earlier),
    })  # fmt: skip


@dataclass(frozen=True)
class Response:
    """Spending expected with and without coupons: one straight line each."""

    treated: np.ndarray
    without: np.ndarray

    def expected(self, people: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Give the dollars a week expected with coupons and without."""
        x = _design(people)
        return x @ self.treated, x @ self.without


def learn(people: pd.DataFrame) -> Response:
    """Fit spending on the features, apart for those who were sent coupons and those who were not."""
    x, y, w = _design(people), people["outcome"].to_numpy(), people["treated"].to_numpy() == 1
    return Response(*(np.linalg.lstsq(x[group], y[group], rcond=None)[0] for group in (w, ~w)))


def gains(people: pd.DataFrame, overlap: Overlap) -> pd.DataFrame:
    """Estimate each household's gain, every model fitted on the other half of these households.

    Returns
    -------
    DataFrame
        The rows whose chance of being sent coupons is in the overlap, with the columns chance, gain and noise (the
        outcome less what was expected).
    """
    fold = (people["household"].to_numpy() // 2) % 2
    parts = []
    for side in (0, 1):
        fit, use = people[fold != side], people[fold == side]
        centre, spread = fit[FEATURES].mean(), fit[FEATURES].std().replace(0, 1)
        scaled = [np.column_stack([np.ones(len(part)), (part[FEATURES] - centre) / spread]) for part in (fit, use)]
        chance = special.expit(scaled[1] @ demand.fit_propensity(scaled[0], fit["treated"], penalty=1))
        one, none = learn(fit).expected(use)
        inside = (chance >= overlap.low) & (chance <= overlap.high)
        noise = use["outcome"] - np.where(use["treated"] == 1, one, none)
        safe = np.clip(chance, overlap.low, overlap.high)
        gain = demand.doubly_robust(use["outcome"], use["treated"], safe, one, none)
        parts.append(use.assign(chance=chance, gain=gain, noise=noise)[inside])
    return pd.concat(parts).sort_values("household", ignore_index=True)


def naive_gain(people: pd.DataFrame) -> Estimate:
    """Compare those who were sent coupons with those who were not, as a careless report would (Welch's interval)."""
    groups = [people.loc[people["treated"] == side, "outcome"] for side in (1, 0)]
    mean = float(groups[0].mean() - groups[1].mean())
    half = float(special.ndtri(0.975) * np.sqrt(sum(group.var() / len(group) for group in groups)))
    return Estimate(mean, mean - half, mean + half)


def mean_gain(scored: pd.DataFrame) -> Estimate:
    """Give the mean of the estimated gains with its interval."""
    return estimate(scored["gain"])


def _design(people: pd.DataFrame) -> np.ndarray:
    return np.column_stack([np.ones(len(people)), people[FEATURES].to_numpy(dtype=float)])


def _window(trips: pd.DataFrame, people: np.ndarray, first: int) -> tuple[np.ndarray, np.ndarray]:
    """Give the dollars a week and the visits of each household in the `DAYS` from a day on."""
    rows = trips[trips["day"].between(first, first + DAYS - 1)]
    spent = rows.groupby("household")["dollars"].sum().reindex(people, fill_value=0)
    return spent.to_numpy() / (DAYS / 7), _count(rows, people)


def _count(rows: pd.DataFrame, people: np.ndarray) -> np.ndarray:
    return rows.groupby("household").size().reindex(people, fill_value=0).to_numpy()
