"""Who would rather leave: preferences at one wage for all, and the pay at which nobody gains by leaving."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from casebook.methods.allocation import assignment_core, blocking_pairs, stable_matching
from casebook.models.shared_staff.lending import HOME, City, best, distance, felt, surplus, training
from casebook.models.shared_staff.need import need
from casebook.models.shared_staff.sharing import ROLES, TRADES, Array, Sharing

Lists = dict[int, list[int]]


def preferences(sharing: Sharing, town: City, posts: pd.DataFrame) -> tuple[Lists, Lists]:
    """Rank posts by people and people by posts when everybody is paid the same.

    People like what costs them least to get to; stores like who needs least training, and of these who lives nearest.
    """
    gain, own = surplus(sharing, town, posts), felt(sharing, town, posts)
    hours, way = training(sharing, town, posts), distance(town, posts)
    wishes = {
        person: [post for post in np.argsort(own[person], kind="stable").tolist() if gain[person, post] > 0]
        for person in range(len(gain))
    }
    ranks = {
        post: [person for person in np.lexsort((way[:, post], hours[:, post])).tolist() if gain[person, post] > 0]
        for post in range(gain.shape[1])
    }
    return wishes, ranks


def stable(lists: tuple[Lists, Lists], places: Array) -> NDArray[np.int64]:
    """Return the posts of a matching that no person and store would leave for each other, the people proposing."""
    found = stable_matching(*lists, dict(enumerate(places.tolist())))
    return np.array([HOME if post is None else post for post in found.values()])


def leavers(lists: tuple[Lists, Lists], places: Array, plan: NDArray[np.int64]) -> tuple[int, int]:
    """Count the pairs who would leave a plan for each other at one wage for all, and the people in such pairs."""
    matching = {person: None if post == HOME else int(post) for person, post in enumerate(plan)}
    pairs = blocking_pairs(matching, *lists, dict(enumerate(places.tolist())))
    return len(pairs), len({person for person, _ in pairs})


def split(sharing: Sharing, gain: Array, plan: NDArray[np.int64], places: Array) -> pd.DataFrame:
    """Share what an hour of each person gains with the store so that nobody would rather leave (core).

    Returns
    -------
    DataFrame
        By person, in RMB an hour: 'gain', and the 'lowest' and 'highest' part of it the person can keep beyond the
        least asked for; nought for those at home.
    """
    core = assignment_core(gain, plan, places)
    out = plan != HOME
    kept = np.where(out, gain[np.arange(len(gain)), plan], 0)
    ends = {"gain": kept, "lowest": kept - out * core.high[plan], "highest": kept - out * core.low[plan]}
    return pd.DataFrame(ends) / sharing.shift_hours


def wages(sharing: Sharing, town: City, multiples: Array) -> pd.DataFrame:
    """Return, by multiple of the load, places, people placed, and the mean of what `split` gives an hour of them."""
    rows = []
    for multiple in multiples:
        posts = need(sharing, multiple)
        gain, places = surplus(sharing, town, posts), posts["places"].to_numpy()
        plan = best(gain, places)
        shared = split(sharing, gain, plan, places)[plan != HOME].mean()
        rows.append((multiple, int(places.sum()), int((plan != HOME).sum()), *shared))
    return pd.DataFrame(rows, columns=["load, times", "places", "placed", "gain", "lowest", "highest"]).round(3)


def by_trade(town: City, posts: pd.DataFrame, plan: NDArray[np.int64], shared: pd.DataFrame) -> pd.DataFrame:
    """Return for each trade its people, what they do, and what an hour of one more of them would add."""
    role = np.append(posts["role"].to_numpy(), "home")[plan]
    frame = pd.DataFrame({"trade": np.array(town.trade)[town.lender], "role": role, "worth": shared["highest"]})
    counts = frame.groupby("trade")["role"].value_counts().unstack(fill_value=0).reindex(TRADES)
    counts = counts.reindex(columns=[*ROLES, "home"], fill_value=0)
    people = counts.sum(axis=1).rename("people")
    worth = frame.groupby("trade")["worth"].mean().reindex(TRADES)
    return pd.concat([people, counts, worth], axis=1).rename_axis("trade").reset_index()
