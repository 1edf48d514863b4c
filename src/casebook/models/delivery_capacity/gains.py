"""Who gets credit for what lending gains: coalitions, a split that holds, and hours put in."""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations

import numpy as np
from scipy import optimize

from casebook.models.delivery_capacity.lending import DRIVERS, RIDERS, lend
from casebook.models.delivery_capacity.network import Array, Network

SLACK = 0.1
"""Orders a day over which nobody leaves; more than what `RATHER_HOME` can cost."""


def groups(network: Network) -> dict[str, list[int]]:
    """Sort the regions into three groups by the hour of their peak."""
    order = np.argsort(network.orders.argmax(axis=0), kind="stable")
    names = ("early regions", "midday regions", "late regions")
    return {name: sorted(part.tolist()) for name, part in zip(names, np.array_split(order, 3), strict=True)}


def worth(network: Network, orders: Array, players: Collection[str]) -> float:
    """Return what a coalition of groups and partners carries beyond what its regions carry alone."""
    teams = groups(network)
    members = [region for name, part in teams.items() if name in players for region in part]
    if not members:
        return 0.0
    partners = [name for name in (RIDERS, DRIVERS) if name in players]
    single = float(np.minimum(orders, network.couriers * network.per_hour())[:, members].sum())
    return lend(network, orders, members, partners).carried - single


def coalitions(network: Network, orders: Array) -> dict[frozenset[str], float]:
    """Return the worth of every coalition of the groups and the partners' fleets."""
    players = [*groups(network), RIDERS, DRIVERS]
    sets = (frozenset(some) for count in range(len(players) + 1) for some in combinations(players, count))
    return {some: worth(network, orders, some) for some in sets}


def temptation(values: dict[frozenset[str], float], split: dict[str, float]) -> tuple[str, float]:
    """Return the coalition that would gain most by leaving a split, and how much; at most zero means a core split."""
    excess = {
        some: value - sum(split[name] for name in some) for some, value in values.items() if 0 < len(some) < len(split)
    }
    some = max(excess, key=lambda some: round(excess[some], 3))
    return ", ".join(name for name in split if name in some), excess[some]


def nearest_in_core(values: dict[frozenset[str], float], split: dict[str, float]) -> dict[str, float]:
    """Return the split nearest to a given one (least squares) that no coalition gains by leaving.

    What coalitions carry by a linear program can always be split so (G. Owen, *On the core of linear production
    games*, Mathematical Programming 9, 1975).

    Raises
    ------
    ValueError
        When there is no such split.
    """
    names, start = list(split), np.array(list(split.values()))
    some = [group for group in values if 0 < len(group) < len(names)]
    member = np.array([[name in group for name in names] for group in some], dtype=float)
    least = np.array([values[group] - SLACK for group in some])
    found = optimize.minimize(
        lambda x: ((x - start) ** 2).sum() / 2,
        start,
        jac=lambda x: x - start,
        method="SLSQP",
        constraints=[
            {"type": "ineq", "fun": lambda x: member @ x - least, "jac": lambda x: member},
            {"type": "eq", "fun": lambda x: x.sum() - values[frozenset(names)], "jac": np.ones_like},
        ],
    )
    if not found.success:
        raise ValueError(f"values: expected a game with a core, found none ({found.message})")
    return dict(zip(names, map(float, found.x), strict=True))


def hours_put_in(network: Network) -> dict[str, float]:
    """Return courier-hours a day by group of regions and by partners' fleet."""
    teams = {name: network.hours_open * float(network.couriers[part].sum()) for name, part in groups(network).items()}
    partners = {RIDERS: network.partner_riders, DRIVERS: network.partner_drivers}
    return teams | {name: network.partner_shift_hours * count for name, count in partners.items()}
