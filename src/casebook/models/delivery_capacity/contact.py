"""People who meet at a door and beside each other: infections, teams, and outbreaks among couriers."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import Executor
from functools import partial

import numpy as np
import pandas as pd
from numpy.random import SeedSequence

from casebook.methods import replicates as independent
from casebook.methods.queueing import erlang_a
from casebook.models.delivery_capacity.network import Array, Network


def meeting_percent(network: Network, contactless: bool) -> float:
    """Return how many of a hundred orders end face to face."""
    return 100.0 - network.contactless_percent if contactless else 100.0


def transmission(network: Network, quanta_per_hour: float | Array) -> float | Array:
    r"""Return the chance that an infectious person infects the other at a door, after Wells and Riley.

    .. math:: P = 1 - e^{-q\,p\,t/Q}
    """
    dose = quanta_per_hour * network.breath_m3_per_hour * (network.together_minutes / 60) / network.air_m3_per_hour
    return -np.expm1(-dose)


def infections(network: Network, orders: int, meeting: float, draws: int = 4000, seed: int = 4) -> pd.DataFrame:
    """Draw what is not known and then chance: infections at the door, either way, in a number of orders.

    Parameters
    ----------
    meeting
        Share of the orders that end face to face, from zero to one.

    Returns
    -------
    DataFrame
        One row a draw: 'expected' given the quanta and the prevalence drawn, and 'counted', Poisson around it. With
        one seed all shares of meetings meet the same draws.
    """
    rng = np.random.default_rng(SeedSequence(seed))
    quanta = rng.gamma(network.quanta_shape, network.quanta_per_hour / network.quanta_shape, draws)
    share = network.prevalence_percent / 100
    infectious = rng.beta(network.prevalence_weight, network.prevalence_weight * (1 - share) / share, draws)
    one_infects_the_other = 2 * infectious * (1 - infectious) * transmission(network, quanta)
    expected = orders * meeting * one_infects_the_other
    return pd.DataFrame({"expected": expected, "counted": rng.poisson(expected)})


def meetings(
    network: Network, meeting: float, replicates: int = 20, seed: int = 5, executor: Executor | None = None
) -> Array:
    """Simulate days of doors; return people a courier meets and households within one courier of a household, by day.

    A day before the surge: each order goes to a courier of its region at random, and ends face to face by chance.
    """
    job = partial(_doors, network=network, meeting=meeting)
    return np.array(independent.run(job, independent.spawn(seed, replicates), executor))


def _doors(seed: SeedSequence, network: Network, meeting: float) -> tuple[float, float]:
    rng = np.random.default_rng(seed)
    met = [
        np.bincount(rng.integers(staff, size=rng.binomial(rng.poisson(orders), meeting)), minlength=staff)
        for orders, staff in zip(network.orders.sum(axis=0), network.couriers, strict=True)
    ]
    people = np.concatenate(met)
    return float(people.mean()), float((people * (people - 1)).sum() / max(people.sum(), 1))


def rosters(
    network: Network,
    teams: Collection[int],
    orders: int = 10**6,
    replicates: int = 400,
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Split a region's couriers into teams that never meet: orders lost to smaller pools against couriers infected.

    Returns
    -------
    DataFrame
        One row a number of teams and rule at the door: orders delivered in per cent of those asked for in the busiest
        hour, couriers one case infects in its team (Reed-Frost epidemics), and couriers infected a million orders.
    """
    k, rows = network.middle, []
    staff, lam = int(network.couriers[k]), network.orders[:, k].max()
    for contactless in (False, True):
        mu = network.per_hour(network.contactless_percent if contactless else 0)
        meeting = meeting_percent(network, contactless) / 100
        brought = infections(network, orders, meeting)["expected"].mean() / 2
        for count in teams:
            size = staff // count
            state = erlang_a(lam * size / staff, mu, network.patience_rate, size)
            ill = outbreak(size, network.courier_pair_percent / 100, replicates, executor=executor).mean()
            rule = "left at the door" if contactless else "hand to hand"
            rows.append((rule, count, size, 100 * (1 - state.p_abandon), ill, brought * ill))
    columns = ["rule", "teams", "couriers a team", "delivered, %", "ill a case", "couriers infected"]
    return pd.DataFrame(rows, columns=columns).round(4)


def outbreak(size: int, pair: float, replicates: int, seed: int = 6, executor: Executor | None = None) -> Array:
    r"""Simulate Reed-Frost epidemics from one case; return all who fall ill, the first included, one a replicate.

    .. math:: I_{g+1} \sim \text{Bin}\bigl(S_g,\; 1 - (1 - \beta)^{I_g}\bigr)
    """
    if size < 1 or not 0 <= pair <= 1:
        raise ValueError(f"size, pair: expected at least 1 and a share from 0 to 1, found {size} and {pair}")
    job = partial(_reed_frost, size=size, pair=pair)
    return np.array(independent.run(job, independent.spawn(seed, replicates), executor))


def _reed_frost(seed: SeedSequence, size: int, pair: float) -> int:
    rng, healthy, ill = np.random.default_rng(seed), size - 1, 1
    while ill:
        ill = int(rng.binomial(healthy, 1 - (1 - pair) ** ill))
        healthy -= ill
    return size - healthy
