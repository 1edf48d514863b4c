"""Delivery in several regions: where a fleet tips over, what sharing, partners and contactless hand-over change.

Queues come from `casebook.methods.queueing`; what this module adds is a network of regions with their own peaks, the
plan that lends couriers between them (a linear program, proven optimal by its dual), and the people a courier meets.
Every assumption is a field of `Network`.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from concurrent.futures import Executor
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.random import SeedSequence
from numpy.typing import NDArray
from scipy import optimize, sparse

from casebook.methods import replicates as independent
from casebook.methods.queueing import erlang_a, fluid_overload, simulate_surge

Array = NDArray[np.float64]

RIDERS, DRIVERS = "riders", "drivers"
LONGEST_MINUTES = 512
SLACK = 0.1
"""Orders a day over which nobody leaves; more than what `RATHER_HOME` can cost."""

RATHER_HOME = 1e-5
"""Orders a plan forgoes an hour rather than lend a courier: idle couriers stay at home, and the plan is one."""


@dataclass(frozen=True)
class Network:
    """Regions, couriers, partners and hand-over; each field carries its unit.

    Attributes
    ----------
    regions
        Number of regions; they lie on a ring, each beside the next.
    peak_orders_per_hour
        Orders in the busiest hour of the region of middle size.
    size_spread_percent
        How far the smallest and the largest region differ from the middle one.
    hours_open, first_peak_hour, last_peak_hour, peak_width_hours
        Length of the day; when the earliest and the latest region peak, in hours after opening; width of a peak.
    trough_percent
        Orders far from the peak, against the peak.
    utilisation_percent
        How busy the couriers of a region are in its busiest hour, before any surge.
    road_minutes, hand_over_minutes, drop_minutes
        Time an order takes on the road; at the door with a person; at the door without.
    patience_minutes
        Mean wait after which a customer gives up.
    detour_minutes
        Longer road for an order one region away.
    partner_riders, partner_drivers, rider_minutes, driver_minutes, partner_shift_hours
        Partners' couriers by vehicle, time an order takes them, and hours each works a day.
    demand_error_percent
        Standard deviation of the orders of an hour around their forecast.
    contactless_percent
        Orders left at the door where that is the rule; the others meet anyway.
    together_minutes, quanta_per_hour, quanta_shape, breath_m3_per_hour, air_m3_per_hour
        Wells-Riley model: time face to face, quanta an infectious person sheds (q, gamma with this shape), air
        breathed (p) and air that dilutes (Q).
    prevalence_percent, prevalence_weight
        Mean of the share of people who are infectious, and the first parameter of its beta law.
    courier_pair_percent
        Chance that an infected courier infects a given team mate.

    Raises
    ------
    ValueError
        When a field is negative or not finite, a share above all, or a number that divides is zero.
    """

    regions: int
    peak_orders_per_hour: float
    size_spread_percent: float
    hours_open: float
    first_peak_hour: float
    last_peak_hour: float
    peak_width_hours: float
    trough_percent: float
    utilisation_percent: float
    road_minutes: float
    hand_over_minutes: float
    drop_minutes: float
    patience_minutes: float
    detour_minutes: float
    partner_riders: float
    partner_drivers: float
    rider_minutes: float
    driver_minutes: float
    partner_shift_hours: float
    demand_error_percent: float
    contactless_percent: float
    together_minutes: float
    quanta_per_hour: float
    quanta_shape: float
    breath_m3_per_hour: float
    air_m3_per_hour: float
    prevalence_percent: float
    prevalence_weight: float
    courier_pair_percent: float

    def __post_init__(self) -> None:
        above_zero = {"regions", "hours_open", "peak_width_hours", "utilisation_percent", "patience_minutes"}
        above_zero |= {"road_minutes", "rider_minutes", "driver_minutes", "quanta_shape", "air_m3_per_hour"}
        above_zero |= {"prevalence_weight", "prevalence_percent"}
        for name in (field.name for field in fields(self)):
            value = getattr(self, name)
            if not math.isfinite(value) or value < 0 or (value == 0 and name in above_zero):
                least = "above 0" if name in above_zero else "of at least 0"
                raise ValueError(f"{name}: expected a number {least}, found {value}")
            if name.endswith("_percent") and value > 100 and name != "demand_error_percent":
                raise ValueError(f"{name}: expected at most 100, found {value}")
            if name in ("regions", "hours_open", "partner_riders", "partner_drivers") and value != int(value):
                raise ValueError(f"{name}: expected a whole number, found {value}")

    def per_hour(self, contactless_percent: float = 0.0, extra_minutes: float = 0.0) -> float:
        """Return the orders an hour one busy courier delivers (mu)."""
        left = contactless_percent / 100
        door = left * self.drop_minutes + (1 - left) * self.hand_over_minutes
        return 60 / (self.road_minutes + door + extra_minutes)

    @property
    def patience_rate(self) -> float:
        """Rate at which a waiting customer gives up (theta), per hour."""
        return 60 / self.patience_minutes

    @property
    def orders(self) -> Array:
        """Orders an hour before the surge, shape (hours, regions)."""
        size = 1 + self.size_spread_percent / 100 * (2 * _scattered(self.regions, math.sqrt(2)) - 1)
        peak = self.first_peak_hour + (self.last_peak_hour - self.first_peak_hour) * _scattered(
            self.regions, math.sqrt(5)
        )
        middle = np.arange(int(self.hours_open))[:, np.newaxis] + 0.5
        bump = np.exp(-(((middle - peak) / self.peak_width_hours) ** 2) / 2)
        low = self.trough_percent / 100
        return self.peak_orders_per_hour * size * (low + (1 - low) * bump)

    @property
    def couriers(self) -> NDArray[np.int64]:
        """Couriers by region, shape (regions,), enough for its busiest hour before the surge."""
        load = self.orders.max(axis=0) / self.per_hour()
        return np.ceil(load / (self.utilisation_percent / 100) - 1e-9).astype(np.int64)

    @property
    def steps(self) -> Array:
        """Distance of regions on the ring in regions, shape (regions, regions)."""
        apart = np.abs(np.subtract.outer(np.arange(self.regions), np.arange(self.regions)))
        return np.minimum(apart, self.regions - apart).astype(float)

    @property
    def middle(self) -> int:
        """Index of the region of middle size."""
        return int(np.argsort(self.orders.max(axis=0), kind="stable")[self.regions // 2])


def _scattered(count: int, step: float) -> Array:
    """Return evenly spaced places from zero to one in an order that puts unlike ones side by side."""
    if count == 1:
        return np.array([0.5])
    return np.argsort(np.argsort(np.arange(count) * step % 1, kind="stable"), kind="stable") / (count - 1)


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
    helped = staff + round(partner / network.regions)
    plans = [
        ("take all", asked, staff, 0.0),
        ("refuse", np.minimum(asked, room), staff, 0.0),
        ("later hour", kept, staff, _delay(asked, kept)),
        ("partners", asked, helped, 0.0),
    ]
    rows = []
    for name, orders, servers, later in plans:
        run = partial(
            simulate_surge, orders, servers, mu, network.patience_rate, replicates=replicates, seed=seed
        )  # one seed: the runs meet the same customers
        total = run().by()
        accepted = orders.sum() / asked.sum()
        given_up = accepted * float(total.p_abandon)
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
    rate = 60 / (60 / network.per_hour() + network.detour_minutes * network.steps[np.ix_(inside, inside)])
    staff = network.couriers[inside].astype(float)
    fleets = {
        RIDERS: (network.partner_riders, network.rider_minutes),
        DRIVERS: (network.partner_drivers, network.driver_minutes),
    }
    for count, minutes in (fleets[name] for name in partners):
        rate = np.vstack([rate, np.full((1, inside.size), 60 / minutes)])
        staff = np.append(staff, count)
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
