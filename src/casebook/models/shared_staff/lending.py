"""Who goes where: a city of homes, certificates and skills, and the assignment of its people to shifts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from casebook.methods.allocation import apportion, assignment
from casebook.methods.replicates import spawn
from casebook.models.shared_staff.sharing import FOOD, STORE, TRADES, WEEK_DAYS, WHEELS, Array, Sharing

Flags = NDArray[np.bool_]
HOME = -1
"""The post of one who stays at home."""


@dataclass(frozen=True, eq=False)
class City:
    """Where everybody lives and what they can do.

    Attributes
    ----------
    stores, lenders
        Coordinates in kilometres, shapes (stores, 2) and (lenders, 2).
    trade
        Trade of each lender.
    lender, homes, certified, rides, best_start, fussiness, pace
        By person: index of the lender, coordinates of the home, health certificate, able to deliver, the hour after
        opening at which one likes best to start, how much one minds another hour, and the time one takes to learn, both
        against the mean.
    """

    stores: Array
    lenders: Array
    trade: list[str]
    lender: NDArray[np.int64]
    homes: Array
    certified: Flags
    rides: Flags
    best_start: Array
    fussiness: Array
    pace: Array

    @property
    def food(self) -> Flags:
        """Who comes from a trade that serves food, by person."""
        return np.array([name == FOOD for name in self.trade])[self.lender]

    @property
    def wheels(self) -> Flags:
        """Who comes from car hire, by person."""
        return np.array([name == WHEELS for name in self.trade])[self.lender]


def city(sharing: Sharing, seed: int = 1) -> City:
    """Draw a city; lenders differ in size, and their people live around them."""
    rng = np.random.default_rng(spawn(seed, 1)[0])
    firms, many = int(sharing.lenders), int(sharing.people)
    stores, lenders = (rng.uniform(0, sharing.city_km, (count, 2)) for count in (int(sharing.stores), firms))
    parts = [sharing.food_percent, sharing.wheels_percent, 100 - sharing.food_percent - sharing.wheels_percent]
    trade = [name for name, count in zip(TRADES, apportion(parts, firms), strict=True) for _ in range(count)]
    size = apportion(rng.lognormal(0, 0.5, firms), many)
    lender = np.repeat(np.arange(firms), size)
    homes = lenders[lender] + rng.normal(0, sharing.home_km, (many, 2))
    food = np.array([name == FOOD for name in trade])[lender]
    wheels = np.array([name == WHEELS for name in trade])[lender]
    chance = np.where(food, sharing.certified_food_percent, sharing.certified_other_percent) / 100
    certified = rng.random(many) < chance
    rides = wheels | (rng.random(many) < sharing.rider_percent / 100)
    best_start, fussiness = rng.choice(sharing.starts, many), rng.uniform(0, 2, many)
    pace = 1 + sharing.learning_spread_percent / 100 * rng.uniform(-1, 1, many)
    return City(stores, lenders, trade, lender, homes, certified, rides, best_start, fussiness, pace)


def distance(town: City, posts: pd.DataFrame) -> Array:
    """Return kilometres from each home to each post, shape (people, posts)."""
    apart = np.linalg.norm(town.homes[:, np.newaxis] - town.stores, axis=2)
    return apart[:, posts["store"]]


def training(sharing: Sharing, town: City, posts: pd.DataFrame) -> Array:
    """Return hours of training before each person is of use at each post, shape (people, posts)."""
    kindred = np.where((posts["role"] == STORE).to_numpy(), town.food[:, np.newaxis], town.wheels[:, np.newaxis])
    return town.pace[:, np.newaxis] * np.where(kindred, sharing.skilled_training_hours, sharing.other_training_hours)


def allowed(town: City, posts: pd.DataFrame) -> Flags:
    """Return who may work where: store work asks for a certificate, delivery for somebody who rides."""
    store = (posts["role"] == STORE).to_numpy()
    return np.where(store, town.certified[:, np.newaxis], town.rides[:, np.newaxis])


def felt(sharing: Sharing, town: City, posts: pd.DataFrame) -> Array:
    """Return what a shift costs those who work it, in RMB: the way there and back, and an hour they do not like."""
    way = 2 * distance(town, posts) / sharing.speed_km_per_hour
    off = np.abs(town.best_start[:, np.newaxis] - posts["start"].to_numpy()) * town.fussiness[:, np.newaxis]
    return sharing.travel_rmb_per_hour * (way + off * sharing.unloved_minutes / 60)


def work(sharing: Sharing, town: City, posts: pd.DataFrame) -> Array:
    """Return what a shift is worth to the store, in RMB, with training and mentors spread over the loan."""
    shifts = sharing.loan_days * sharing.shifts_per_week / WEEK_DAYS
    lost = training(sharing, town, posts) * (1 + sharing.mentor_share) / shifts
    return sharing.worth_rmb_per_hour * (sharing.shift_hours - lost)


def surplus(sharing: Sharing, town: City, posts: pd.DataFrame) -> Array:
    """Return what each pair gains from a shift, in RMB, whoever gets it; minus infinity where a pair is not allowed."""
    asked = sharing.reserve_rmb_per_hour * sharing.shift_hours
    gain = work(sharing, town, posts) - felt(sharing, town, posts) - asked
    return np.where(allowed(town, posts), gain, -np.inf)


def best(gain: Array, places: Array) -> NDArray[np.int64]:
    """Return the post of each person in the assignment of the largest total gain; nobody is placed at a loss."""
    posts = np.full(len(gain), HOME)
    willing = np.flatnonzero((gain > 0).any(axis=1))
    if willing.size:
        found = assignment(-np.maximum(gain[willing], 0), places).posts
        posts[willing] = [HOME if post is None else post for post in found]
    return np.where(gain[np.arange(len(gain)), posts] > 0, posts, HOME)


def first_come(gain: Array, way: Array, places: Array) -> NDArray[np.int64]:
    """Return the posts when people come in the order of their lenders' calls and take the nearest place left."""
    left, posts = np.array(places, dtype=float), np.full(len(gain), HOME)
    for person, worth in enumerate(gain):
        open_to = np.flatnonzero((left > 0) & (worth > 0))
        if open_to.size:
            posts[person] = open_to[way[person, open_to].argmin()]
            left[posts[person]] -= 1
    return posts


def plans(sharing: Sharing, town: City, posts: pd.DataFrame) -> dict[str, NDArray[np.int64]]:
    """Return who goes where under each way to place the people, the same people and posts in all."""
    gain, places = surplus(sharing, town, posts), posts["places"].to_numpy()
    waived = replace(town, certified=np.ones_like(town.certified))
    in_store = np.where((posts["role"] == STORE).to_numpy(), gain, -np.inf)
    return {
        "nobody lends": np.full(len(gain), HOME),
        "store work only": best(in_store, places),
        "first come, nearest post": first_come(gain, distance(town, posts), places),
        "assignment": best(gain, places),
        "assignment, all certified": best(surplus(sharing, waived, posts), places),
    }


def measures(sharing: Sharing, town: City, posts: pd.DataFrame, plan: NDArray[np.int64]) -> dict[str, float]:
    """Return what a plan does: people placed, shifts a day left open, mean way, training, and gain a week."""
    people = np.flatnonzero(plan != HOME)
    taken = plan[people]
    everyone = replace(town, certified=np.ones_like(town.certified))
    gain = surplus(sharing, everyone, posts)[people, taken].sum()
    open_places = posts["places"].sum() - people.size
    return {
        "placed": people.size,
        "open shifts a day": float(open_places * sharing.shifts_per_week / WEEK_DAYS),
        "km": float(distance(town, posts)[people, taken].mean()) if people.size else np.nan,
        "training, hours": float(training(sharing, town, posts)[people, taken].mean()) if people.size else np.nan,
        "gain a week, RMB": float(gain * sharing.shifts_per_week),
    }


def routes(town: City, posts: pd.DataFrame, plan: NDArray[np.int64]) -> pd.DataFrame:
    """Return how many people each lender sends to each store, by role, with the coordinates of both."""
    out = np.flatnonzero(plan != HOME)
    taken = posts.iloc[plan[out]]
    pairs = pd.DataFrame({"lender": town.lender[out], "store": taken["store"], "role": taken["role"]})
    counts = pairs.groupby(["lender", "store", "role"]).size().rename("people").reset_index()
    ends = [town.lenders[counts["lender"]], town.stores[counts["store"]]]
    for name, place in zip(("lender", "store"), ends, strict=True):
        counts[[f"{name} x, km", f"{name} y, km"]] = place.round(2)
    return counts


def longest_way(sharing: Sharing, training_hours: float) -> float:
    """Return the kilometres to work at which somebody at an hour they like is no longer worth placing."""
    shifts = sharing.loan_days * sharing.shifts_per_week / WEEK_DAYS
    useful = sharing.shift_hours - training_hours * (1 + sharing.mentor_share) / shifts
    left = sharing.worth_rmb_per_hour * useful - sharing.reserve_rmb_per_hour * sharing.shift_hours
    return max(0.0, left) * sharing.speed_km_per_hour / (2 * sharing.travel_rmb_per_hour)
