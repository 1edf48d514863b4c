"""The way to a first day: what has to be done before a pick-up point opens, and what waits for what."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor

import pandas as pd

from casebook.methods.scheduling import critical_path, pert, simulate_pert

IN_TURN: dict[str, tuple[str, ...]] = {
    "decide": (),
    "ask stores": ("decide",),
    "ask bakeries": ("ask stores",),
    "call officials": ("ask bakeries",),
    "open offices": ("call officials",),
    "find suppliers": ("decide",),
    "borrow staff": ("find suppliers",),
    "build the ordering": ("decide",),
    "put points on the map": ("open offices",),
    "stock the points": ("open offices", "borrow staff"),
    "open": ("build the ordering", "put points on the map", "stock the points"),
}
AT_ONCE = IN_TURN | {"ask bakeries": ("decide",), "call officials": ("decide",)}
AT_ONCE |= {
    name: (*IN_TURN[name], "ask stores", "ask bakeries") for name in ("put points on the map", "stock the points")
}


def working_hours(days: float, sleep_hours: float) -> float:
    """Return the hours awake in so many days when everybody sleeps so long a day."""
    if not (days >= 0 and 0 <= sleep_hours <= 24):
        raise ValueError(f"sleep_hours: expected from 0 to 24 hours in at least 0 days, found {sleep_hours}, {days}")
    return days * (24 - sleep_hours)


def in_time(
    three_point: Mapping[str, tuple[float, float, float]], deadline_hours: float, seed: int = 0,
    executor: Executor | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Compare asking in turn, as the account tells it, with asking at once: one row a way.

    Parameters
    ----------
    three_point
        Optimistic, most likely and pessimistic working hours of each activity of `IN_TURN`.
    deadline_hours
        Working hours there are.

    Returns
    -------
    pandas.DataFrame
        Columns asked, most likely (hours), mean (hours, simulated), chance by PERT and simulated (per cent).
    """
    rows = []
    for name, before in {"in turn": IN_TURN, "at once": AT_ONCE}.items():
        likely = critical_path({activity: points[1] for activity, points in three_point.items()}, before)
        by_pert = pert(three_point, before).within(deadline_hours)
        runs = simulate_pert(three_point, before, seed=seed, executor=executor)
        rows.append((name, likely.length, runs.mean, 100 * by_pert, 100 * runs.within(deadline_hours)))
    return pd.DataFrame(rows, columns=["asked", "most likely", "mean", "by PERT", "simulated"])


def bars(three_point: Mapping[str, tuple[float, float, float]], before: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """Return the plan with most likely hours: one row an activity with start, finish and whether it is critical."""
    plan = critical_path({activity: points[1] for activity, points in three_point.items()}, before)
    return pd.DataFrame({"activity": list(plan.start), "start": list(plan.start.values()),
                         "finish": list(plan.finish.values()),
                         "critical": [name in plan.critical for name in plan.start]})  # fmt: skip
