"""Lending couriers by a plan: a linear program, proven optimal by its dual."""

from __future__ import annotations

import math
from collections.abc import Collection
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.random import SeedSequence
from numpy.typing import NDArray
from scipy import optimize, sparse

from casebook.methods import replicates as independent
from casebook.models.delivery_capacity.network import Array, Network

RIDERS, DRIVERS = "riders", "drivers"
RATHER_HOME = 1e-5
"""Orders a plan forgoes an hour rather than lend a courier: idle couriers stay at home, and the plan is one."""


@dataclass(frozen=True)
class Plan:
    """A day's lending of couriers.

    Attributes
    ----------
    carried
        Orders carried in the day.
    bound
        What the dual proves no plan can exceed.
    capacity
        Orders an hour that those in a region can carry, couriers who are not needed staying at home, shape (hours,
        regions).
    """

    carried: float
    bound: float
    capacity: Array


def lend(
    network: Network,
    orders: Array,
    members: Collection[int] | None = None,
    partners: Collection[str] = (),
) -> Plan:
    r"""Send couriers where they carry most, hour by hour, and prove that no plan carries more.

    .. math:: \max \sum_{t,j} y_{tj}, \quad y_{tj} \le d_{tj}, \quad y_{tj} \le \sum_s r_{sj} x_{tsj}, \quad
        \sum_j x_{tsj} \le n_s, \quad \sum_{t,j} x_{tsj} \le h\,n_s \text{ for partners}

    Parameters
    ----------
    orders
        Orders asked for (d), shape (hours, regions).
    members
        Regions that take part; all when None. The others are left out altogether.
    partners
        Some of 'riders', 'drivers'.
    """
    inside = np.arange(network.regions) if members is None else np.sort(np.fromiter(members, np.int64))
    rate, staff = _fleets(network, inside, partners)
    hours, (sources, sites) = len(orders), rate.shape
    if sites == 0:
        return Plan(0.0, 0.0, np.zeros((hours, 0)))
    wanted = orders[:, inside].ravel()
    each, many = sparse.eye_array(hours), hours * sources * sites
    carry = sparse.kron(each, sparse.hstack([sparse.diags_array(row) for row in rate]))
    leave = sparse.kron(sparse.eye_array(hours * sources), np.ones((1, sites)))
    day = sparse.kron(np.ones((1, hours)), sparse.kron(sparse.eye_array(sources), np.ones((1, sites))))
    rows = sparse.block_array(
        [[-carry, sparse.eye_array(wanted.size)], [leave, None], [day.tocsr()[inside.size :], None]], format="csr"
    )
    hired = network.partner_shift_hours * staff[inside.size :]
    right = np.concatenate([np.zeros(wanted.size), np.tile(staff, hours), hired])
    value = np.concatenate([np.zeros(many), -np.ones(wanted.size)])
    bounds = np.column_stack([np.zeros(value.size), np.concatenate([np.full(many, np.inf), wanted])])
    away = np.tile((np.arange(sources)[:, np.newaxis] != np.arange(sites)).ravel(), hours)
    value[:many] = RATHER_HOME * away
    found = optimize.linprog(value, A_ub=rows, b_ub=right, bounds=bounds, method="highs")
    bound = -(right @ found.ineqlin.marginals) - wanted @ found.upper.marginals[many:]
    sent = found.x[:many].reshape(hours, sources, sites)
    home = np.maximum(staff[:sites] - sent[:, :sites].sum(axis=2), 0.0) * network.per_hour()
    capacity = (carry @ found.x[:many]).reshape(hours, sites) + home
    return Plan(float(found.x[many:].sum()), float(bound + RATHER_HOME * hours * staff.sum()), capacity)


def _fleets(network: Network, inside: NDArray[np.int64], partners: Collection[str]) -> tuple[Array, Array]:
    """Return the orders an hour a courier of each fleet delivers in each region, and the couriers by fleet."""
    rate = 60 / (60 / network.per_hour() + network.detour_minutes * network.steps[np.ix_(inside, inside)])
    staff = network.couriers[inside].astype(float)
    fleets = {
        RIDERS: (network.partner_riders, network.rider_minutes),
        DRIVERS: (network.partner_drivers, network.driver_minutes),
    }
    for count, minutes in (fleets[name] for name in partners):
        rate = np.vstack([rate, np.full((1, inside.size), 60 / minutes)])
        staff = np.append(staff, count)
    return rate, staff


def alone(network: Network, orders: Array) -> float:
    """Return the orders carried in a day when each region keeps its couriers."""
    return float(np.minimum(orders, network.couriers * network.per_hour()).sum())


def added(network: Network, multiples: Array) -> pd.DataFrame:
    """Return orders a day that lending adds to regions alone, that partners add to lending, and one more rider adds."""
    rows, one = [], replace(network, partner_riders=1)
    for multiple in multiples:
        orders = multiple * network.orders
        apart, lent = alone(network, orders), lend(network, orders).carried
        helped = lend(network, orders, partners=(RIDERS, DRIVERS)).carried
        rider = lend(one, orders, partners=(RIDERS,)).carried
        rows.append((multiple, orders.sum(), apart, lent - apart, helped - lent, rider - lent))
    columns = ["load, times", "asked", "carried alone", "added by lending", "added by partners", "added by one rider"]
    return pd.DataFrame(rows, columns=columns).round(2).abs()


def surprise(
    network: Network, multiple: float, replicates: int = 20, seed: int = 3, executor: Executor | None = None
) -> pd.DataFrame:
    """Lend by a forecast, then let other orders come: orders gained over regions alone, one row a day.

    Returns
    -------
    DataFrame
        'plan kept' holds to the lending planned for the forecast, 'plan redone' knows each day's orders.
    """
    planned = lend(network, multiple * network.orders)
    job = partial(_surprised, network=network, multiple=multiple, planned=planned.capacity)
    rows = independent.run(job, independent.spawn(seed, replicates), executor)
    return pd.DataFrame(rows, columns=["plan kept", "plan redone"])


def _surprised(seed: SeedSequence, network: Network, multiple: float, planned: Array) -> tuple[float, float]:
    spread = math.sqrt(math.log1p((network.demand_error_percent / 100) ** 2))
    draws = np.random.default_rng(seed).standard_normal(network.orders.shape)
    orders = multiple * network.orders * np.exp(spread * draws - spread**2 / 2)
    without = alone(network, orders)
    return float(np.minimum(orders, planned).sum()) - without, lend(network, orders).carried - without
