"""A region and a day under load: where it tips over, what one blind pool changes, and what a region can promise."""

from __future__ import annotations

import math
from concurrent.futures import Executor
from functools import partial

import numpy as np
import pandas as pd

from casebook.methods import replicates as independent
from casebook.methods.queueing import erlang_a, fluid_overload, simulate_surge
from casebook.models.delivery_capacity.network import Array, Network

LONGEST_MINUTES = 512


def cliff(network: Network, multiples: Array, contactless_percent: float = 0.0) -> pd.DataFrame:
    """Follow a region of middle size through its busiest hour as the load multiplies, in the steady state.

    Returns
    -------
    DataFrame
        One row a multiple, in per cent of orders: those that wait, those given up, and the fluid line of give-ups.
    """
    k = network.middle
    mu, staff, lam = network.per_hour(contactless_percent), int(network.couriers[k]), network.orders[:, k].max()
    rows = []
    for multiple in multiples:
        state = erlang_a(lam * multiple, mu, network.patience_rate, staff)
        fluid = fluid_overload(lam * multiple, mu, staff)
        rows.append((multiple, 100 * state.p_wait, 100 * state.p_abandon, 100 * float(fluid)))
    return pd.DataFrame(rows, columns=["load, times", "wait, %", "give up, %", "fluid, %"]).round(4)


def days(
    network: Network,
    multiple: float,
    shared: bool,
    replicates: int = 12,
    seed: int = 1,
    executor: Executor | None = None,
) -> Array:
    """Simulate whole days of all regions; return the share of orders given up, one a day.

    Shared couriers form one pool that goes anywhere, on the mean detour between two regions; otherwise each region
    keeps its own.
    """
    mean_detour = network.detour_minutes * network.steps.mean()
    seeds = independent.spawn(seed, network.regions)
    if shared:
        jobs = [(network.orders.sum(axis=1), int(network.couriers.sum()), network.per_hour(0, mean_detour), seeds[0])]
    else:
        parts = zip(network.orders.T, network.couriers, seeds, strict=True)
        jobs = [(orders, int(staff), network.per_hour(), one) for orders, staff, one in parts]
    lost = come = 0.0
    for orders, staff, mu, one in jobs:
        run = simulate_surge(
            multiple * orders, staff, mu, network.patience_rate, replicates=replicates, seed=one, executor=executor
        ).by("replicate")
        lost, come = lost + run.given_up, come + run.arrivals
    return np.asarray(lost / come)


def break_even(gain: Array, at: Array) -> float:
    """Return where a gain first falls to zero, between the points `at`; not a number where it does not."""
    below = np.flatnonzero((gain[:-1] > 0) & (gain[1:] <= 0))
    if below.size == 0:
        return math.nan
    k = below[0]
    return float(at[k] + (at[k + 1] - at[k]) * gain[k] / (gain[k] - gain[k + 1]))


def policies(network: Network, multiple: float, replicates: int = 10, seed: int = 2) -> pd.DataFrame:
    """Compare what a region of middle size can do with a day at a multiple of its orders.

    Returns
    -------
    DataFrame
        One row a policy, in per cent of the orders asked for: delivered, refused at once, given up; of the delivered,
        mean hours that the agreed hour lies after the one asked for, and median and 95th percentile ('late wait') of the
        minutes waited from the agreed hour. Everybody accepts a later hour of the same day.
    """
    plans = _promises(network, multiple)
    asked, mu = plans[0][1], network.per_hour()
    rows = []
    for name, orders, servers, later in plans:
        run = partial(
            simulate_surge, orders, servers, mu, network.patience_rate, replicates=replicates, seed=seed
        )  # one seed: the runs meet the same customers
        accepted = orders.sum() / asked.sum()
        given_up = accepted * float(run().by().p_abandon)
        waits = [_quantile(run, level) for level in (0.5, 0.95)]
        rows.append((name, 100 * (accepted - given_up), 100 * (1 - accepted), 100 * given_up, later, *waits))
    columns = [
        "policy",
        "delivered, %",
        "refused, %",
        "given up, %",
        "moved, hours",
        "median wait, min",
        "late wait, min",
    ]
    return pd.DataFrame(rows, columns=columns).round(1)


def _promises(network: Network, multiple: float) -> list[tuple[str, Array, int, float]]:
    """Return, by policy, the orders accepted by hour, the couriers, and the hours by which orders are moved."""
    k = network.middle
    asked, staff, mu = multiple * network.orders[:, k], int(network.couriers[k]), network.per_hour()
    room = np.full(asked.size, staff * mu * network.utilisation_percent / 100)
    moved, kept = 0.0, np.zeros_like(asked)
    for hour, (orders, most) in enumerate(zip(asked, room, strict=True)):
        kept[hour] = min(orders + moved, most)
        moved += orders - kept[hour]
    partner = (
        (network.partner_riders / network.rider_minutes + network.partner_drivers / network.driver_minutes) * 60 / mu
    )
    return [
        ("take all", asked, staff, 0.0),
        ("refuse", np.minimum(asked, room), staff, 0.0),
        ("later hour", kept, staff, _delay(asked, kept)),
        ("partners", asked, staff + round(partner / network.regions), 0.0),
    ]


def _delay(asked: Array, kept: Array) -> float:
    """Return the mean hours between the hour asked for and the hour agreed on, first asked, first served."""
    hours = np.arange(asked.size + 1)
    come, gone = (np.concatenate([[0.0], np.cumsum(flow)]) for flow in (asked, kept))
    order = gone[-1] * (np.arange(2000) + 0.5) / 2000
    return float(np.mean(np.interp(order, gone, hours) - np.interp(order, come, hours)))


def _quantile(run: partial, level: float) -> int:
    """Find the whole minute within which a share of the delivered orders had waited their turn."""
    low, high = 0, LONGEST_MINUTES
    while low < high:
        minute = (low + high) // 2
        total = run(target=minute / 60).by()
        low, high = (low, minute) if total.in_time * total.arrivals >= level * total.served else (minute + 1, high)
    return low
