"""How many hands a surge asks for: orders become load, load becomes people, people become shifts."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from casebook.methods.allocation import shift_cover
from casebook.methods.queueing import fluid_overload, staff_for
from casebook.models.shared_staff.sharing import DELIVERY, ROLES, STEP_HOURS, STORE, WEEK_DAYS, Array, Sharing


def orders(sharing: Sharing) -> Array:
    """Return orders an hour before the surge, shape (stores, periods of the day)."""
    middle = np.arange(STEP_HOURS / 2, sharing.hours_open, STEP_HOURS)
    rushes = np.array([sharing.first_rush_hour, sharing.last_rush_hour])[:, np.newaxis]
    bump = np.exp(-(((middle - rushes) / sharing.rush_width_hours) ** 2) / 2).max(axis=0)
    low = sharing.trough_percent / 100
    spread = sharing.size_spread_percent / 100
    size = np.linspace(1 - spread, 1 + spread, int(sharing.stores)) if sharing.stores > 1 else np.ones(1)
    return sharing.peak_orders_per_hour * np.outer(size, low + (1 - low) * bump)


def required(sharing: Sharing, multiple: float, role: str) -> Array:
    """Return the people each store needs at work in each period for its orders to be taken up in time (Erlang C)."""
    minutes = {STORE: sharing.store_minutes, DELIVERY: sharing.delivery_minutes}[role]
    level = sharing.in_time_percent / 100
    load = multiple * orders(sharing) * minutes / 60
    people = [staff_for(a, level, minutes, sharing.wait_minutes) for a in load.ravel().tolist()]
    return np.array(people, dtype=float).reshape(load.shape)


def covers(sharing: Sharing) -> Array:
    """Return which shift is at work in which period, zeros and ones, shape (periods, starts)."""
    period = np.arange(0, sharing.hours_open, STEP_HOURS)[:, np.newaxis]
    return ((period >= sharing.starts) & (period < sharing.starts + sharing.shift_hours)).astype(float)


def need(sharing: Sharing, multiple: float) -> pd.DataFrame:
    """Staff the gap between a surge and the own people, who suffice for a normal day, with the fewest shifts.

    Returns
    -------
    DataFrame
        One row a post: store, role, start (hours after opening), shifts a day, and places: the people on loan who fill
        them, since nobody works every day of the week.
    """
    rows, works = [], covers(sharing)
    for role in ROLES:
        gap = np.maximum(required(sharing, multiple, role) - required(sharing, 1, role), 0)
        for store, missing in enumerate(gap):
            staff = shift_cover(np.ones(sharing.starts.size), works, missing).staff
            rows += [(store, role, start, shifts) for start, shifts in zip(sharing.starts, staff, strict=True)]
    posts = pd.DataFrame(rows, columns=["store", "role", "start", "shifts"])
    week = WEEK_DAYS / sharing.shifts_per_week
    posts["places"] = [math.ceil(shifts * week - 1e-9) for shifts in posts["shifts"]]
    return posts


def hands(sharing: Sharing, multiples: Array) -> pd.DataFrame:
    """Return how many people on loan each multiple of the load asks for, and how many full posts that is."""
    rows = []
    for multiple in multiples:
        posts = need(sharing, multiple)
        role = posts.groupby("role")["places"].sum()
        rows.append((multiple, int(role[STORE]), int(role[DELIVERY]), posts["places"].sum() * sharing.full_time_share))
    return pd.DataFrame(rows, columns=["load, times", STORE, DELIVERY, "full posts"])


def left_undone(sharing: Sharing, multiple: float) -> float:
    """Return the share of a day's deliveries that own people alone cannot carry (fluid limit)."""
    asked = multiple * orders(sharing)
    own = required(sharing, 1, DELIVERY)
    lost = fluid_overload(asked, 60 / sharing.delivery_minutes, own)
    return float((asked * lost).sum() / asked.sum())
