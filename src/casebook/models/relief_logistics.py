"""Relief logistics: what a hotline, a green channel and a skipped warehouse save, and who pays for it.

A call queue with classes, checkpoints with classes, the way of a load as a sum of stages, a chain of stocks with and
without its middle, trucks sent to loads, and mask makers who share their material. Queues and stocks are methods of
`casebook.methods`; the fields of `Relief` are the assumptions.
"""

from __future__ import annotations

import math
from concurrent.futures import Executor
from dataclasses import dataclass, fields, replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.random import SeedSequence
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq, linear_sum_assignment, linprog
from scipy.stats import binom

from casebook.methods import replicates as independent
from casebook.methods.inventory import serial_system
from casebook.methods.queueing import Priorities, Surge, erlang_a, priorities, service_level, simulate_surge

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Relief:
    """What no text states; the names carry the units.

    Attributes
    ----------
    call_minutes
        Mean length of a call.
    answer_seconds, answer_percent
        The service aimed at: this share of callers waits no longer than that.
    busy_hour_ratio
        Calls of the busiest hour over those of a mean hour; the day is a cosine around its mean.
    hubei_percent
        Share of the calls that come from Hubei.
    patience_minutes
        Mean time after which a waiting caller gives up.
    redial_percent
        Share of those who gave up who call again.
    checkpoints, inspection_minutes, checkpoint_load_percent
        Posts on the road, mean time of an inspection, share of the time in which an inspector is busy.
    green_percent
        Share of the traffic that goes first.
    road_km, speed_km_per_hour
        Way of the load, and the pace on it.
    office_hours, office_work_hours
        Hours a day in which a permit is worked on or goods are received, from eight in the morning; work on a permit.
    handovers, handling_hours
        Depots between sender and hospital, each with one departure a day; hours of work in each.
    door_days_city, door_days_direct
        From the city's shelf to the door, and from the emergency warehouse to the door.
    leg_variation
        Standard deviation over mean of each leg of the chain.
    loads, region_km, available_percent, trucks
        Loads to carry on a day in a square of that side; share of drivers who can go; trucks there are.
    makers, maker_thousand_per_day
        Mask makers, and what each makes with all its workers.
    first_return_days, last_return_days
        Time constants of the workers' return at the first maker and at the last; the others lie evenly between.
    best_good_percent, worst_good_percent
        Usable masks of the maker whose workers return first, and of the last.
    material_thousand_per_day, wanted_thousand_per_day
        Material arriving, in masks, and usable masks wanted.
    mask_days
        Days that are planned.

    Raises
    ------
    ValueError
        When a number is negative or not finite, a percentage above 100, or a count not whole.
    """

    call_minutes: float
    answer_seconds: float
    answer_percent: float
    busy_hour_ratio: float
    hubei_percent: float
    patience_minutes: float
    redial_percent: float
    checkpoints: int
    inspection_minutes: float
    checkpoint_load_percent: float
    green_percent: float
    road_km: float
    speed_km_per_hour: float
    office_hours: float
    office_work_hours: float
    handovers: int
    handling_hours: float
    door_days_city: float
    door_days_direct: float
    leg_variation: float
    loads: int
    region_km: float
    available_percent: float
    trucks: int
    makers: int
    maker_thousand_per_day: float
    first_return_days: float
    last_return_days: float
    best_good_percent: float
    worst_good_percent: float
    material_thousand_per_day: float
    wanted_thousand_per_day: float
    mask_days: int

    def __post_init__(self) -> None:
        for field in fields(self):
            value = float(getattr(self, field.name))
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{field.name}: expected a number of at least 0, found {value}")
            if field.name.endswith("_percent") and value > 100:
                raise ValueError(f"{field.name}: expected a percentage of at most 100, found {value}")
            if field.type == "int":
                if not value.is_integer():
                    raise ValueError(f"{field.name}: expected a whole number, found {value}")
                object.__setattr__(self, field.name, int(value))
        for name in ("call_minutes", "patience_minutes", "inspection_minutes", "speed_km_per_hour", "office_hours"):
            if getattr(self, name) == 0:
                raise ValueError(f"{name}: expected a number above 0, found 0")
        if self.office_hours > 16:
            raise ValueError(f"office_hours: expected at most 16, from eight in the morning, found {self.office_hours}")
        if not 1 <= self.busy_hour_ratio <= 2:
            raise ValueError(f"busy_hour_ratio: expected a number from 1 to 2, found {self.busy_hour_ratio}")


# The hotline


def load_for(servers: int, level: float, call_seconds: float, answer_seconds: float) -> float:
    """Find the largest offered load, in erlangs, at which a share `level` of callers waits `answer_seconds` at most.

    The inverse of `service_level` in the load; nobody gives up.

    Raises
    ------
    ValueError
        When there is no line, or the level is not between zero and one.
    """
    if servers < 1 or not 0 < level < 1:
        raise ValueError(
            f"servers, level: expected at least one line and a share between 0 and 1, found {servers}, {level}"
        )
    gap = partial(_missed, servers=servers, level=level, call=call_seconds, target=answer_seconds)
    return float(brentq(gap, 0.0, float(servers), xtol=1e-10 * servers))


def _missed(load: float, servers: int, level: float, call: float, target: float) -> float:
    return float(service_level(servers, load, call, target)) - level


def calls_a_day(case: Relief, lines: int) -> float:
    """Compute the calls a day of which, in the busiest hour, the share aimed at is answered in time."""
    load = load_for(lines, case.answer_percent / 100, 60 * case.call_minutes, case.answer_seconds)
    return load * 60 / case.call_minutes * 24 / case.busy_hour_ratio


def busy_hour_calls(case: Relief, calls: float) -> float:
    """Compute the calls of the busiest hour from those of a day."""
    return calls / 24 * case.busy_hour_ratio


def minutes_to_fill(case: Relief, calls: float, lines: int) -> float:
    """Compute how many minutes a call would last if that many calls a day were just as much as the lines can take."""

    def spare(minutes: float) -> float:
        load = load_for(lines, case.answer_percent / 100, 60 * minutes, case.answer_seconds)
        return load - busy_hour_calls(case, calls) * minutes / 60

    return float(brentq(spare, 1e-3, 60 * lines / busy_hour_calls(case, calls)))


def call_day(case: Relief, calls: float) -> Array:
    """Spread the calls of a day over its hours: shape (24, 2), Hubei first, calls an hour, most at two in the afternoon."""
    wave = np.cos((np.arange(24) + 0.5 - 14.5) / 24 * 2 * np.pi)
    hourly = calls / 24 * (1 + (case.busy_hour_ratio - 1) * wave)
    share = case.hubei_percent / 100
    return np.column_stack([hourly * share, hourly * (1 - share)])


def with_redials(case: Relief, calls: float, lines: int) -> tuple[float, float]:
    r"""Let a share of those who gave up call again, and they too: calls an hour and the share given up.

    .. math:: \lambda' = \lambda + r\,\lambda'\,P_{\text{abandon}}(\lambda')

    Parameters
    ----------
    calls
        First calls an hour, lambda.
    lines
        People who answer.

    Returns
    -------
    calls, given_up
        All calls an hour, lambda'; the share of them that is given up.
    """
    mu, theta, again = 60 / case.call_minutes, 60 / case.patience_minutes, case.redial_percent / 100

    def surplus(rate: float) -> float:
        return rate - calls - again * rate * erlang_a(rate, mu, theta, lines).p_abandon

    high = max(calls, 1.0)
    while surplus(high) < 0:
        high *= 2
        if high > 1e9:
            raise ValueError(f"redial_percent: expected fewer who call again for ever, found {case.redial_percent}")
    rate = float(brentq(surplus, calls, high, xtol=1e-9 * high))
    return rate, erlang_a(rate, mu, theta, lines).p_abandon


def triage(case: Relief, calls: float, lines: int) -> Priorities:
    """Compute the waits, in hours, of Hubei's calls and of the others when Hubei goes first and nobody gives up."""
    share = case.hubei_percent / 100
    return priorities([calls * share, calls * (1 - share)], 60 / case.call_minutes, lines)


def triage_simulated(
    case: Relief, calls: float, lines: int, seed: int = 1, hours: int = 240, replicates: int = 24,
    executor: Executor | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Simulate the same two classes: mean wait and its interval at 95 per cent, in seconds; the first day is left out."""
    share = case.hubei_percent / 100
    rates = np.tile([calls * share, calls * (1 - share)], (hours + 24, 1))
    run = simulate_surge(rates, lines, 60 / case.call_minutes, replicates=replicates, seed=seed, executor=executor)
    counted = np.asarray(run.arrivals)[:, 24:]
    waits = 3600 * (np.nan_to_num(run.mean_wait)[:, 24:] * counted).sum(1) / counted.sum(1)
    rows = [independent.estimate(waits[:, k]) for k in range(2)]
    return pd.DataFrame({"class": ["Hubei", "others"], "mean": [r.mean for r in rows],
                         "low": [r.low for r in rows], "high": [r.high for r in rows]})  # fmt: skip


def simulated_day(case: Relief, calls: float, lines: int, seed: int = 1, executor: Executor | None = None) -> Surge:
    """Simulate days with their busy hours, Hubei first, in which callers give up and do not call again."""
    return simulate_surge(call_day(case, calls), lines, 60 / case.call_minutes, 60 / case.patience_minutes,
                          target=case.answer_seconds / 3600, replicates=40, seed=seed, executor=executor)  # fmt: skip


# The green channel


def checkpoint(case: Relief, green_percent: ArrayLike) -> pd.DataFrame:
    """Compute minutes of wait at a checkpoint, by the share of the traffic that goes first.

    Returns
    -------
    pandas.DataFrame
        One row a share, with the columns: green percent, those who go first, the others, everybody, without a rule.
        A class of nobody has the wait that a single truck of it would have.
    """
    mu, load = 60 / case.inspection_minutes, case.checkpoint_load_percent / 100
    rows = []
    for percent in np.atleast_1d(np.asarray(green_percent, dtype=float)):
        rates = np.array([percent, 100 - percent]) / 100 * load * mu
        found = priorities(rates, mu)
        rows.append((percent, *(60 * found.wq), 60 * found.mean_wq, 60 * priorities([load * mu], mu).mean_wq))
    return pd.DataFrame(
        rows, columns=["green percent", "those who go first", "the others", "everybody", "without a rule"]
    )


def share_that_keeps(case: Relief, part: float) -> float:
    """Find the percentage of the traffic that may go first while each of it still saves `part` of what a lone one saves."""

    def saved(percent: float) -> float:
        row = checkpoint(case, percent).iloc[0]
        return row["without a rule"] - row["those who go first"]

    return float(brentq(lambda percent: saved(percent) - part * saved(0.0), 0.0, 100.0))


def load_that_keeps_waiting(case: Relief, hours: float) -> float:
    """Find the percentage of the time a post would be busy if those who do not go first lost so many hours at all posts."""

    def lost(percent: float) -> float:
        wait = checkpoint(replace(case, checkpoint_load_percent=percent), case.green_percent).loc[0, "the others"]
        return case.checkpoints * (float(wait) + case.inspection_minutes) / 60

    return float(brentq(lambda percent: lost(percent) - hours, 0.0, 100 - 1e-9))


def driving_hours(case: Relief) -> float:
    """Compute the hours behind the wheel."""
    return case.road_km / case.speed_km_per_hour


STAGES = ("permit", "depots", "driving", "checkpoints", "receipt")


def journey(
    case: Relief, seed: int = 1, replicates: int = 20, shipments: int = 1000, executor: Executor | None = None
) -> pd.DataFrame:
    """Follow loads without a green channel through their stages: one row a shipment, hours in each stage.

    The permit is worked on in office hours. Each depot handles the load and sends it with the next departure, once a
    day at an hour that is nothing to the load's. The posts have the Cobham wait of those who do not go first, taken
    as exponential. The hospital receives in office hours. Loads are ready at any hour of the day.
    """
    one = partial(_shipments, case=case, n=shipments)
    return pd.concat(independent.run(one, independent.spawn(seed, replicates), executor), ignore_index=True)


def _shipments(seed: SeedSequence, case: Relief, n: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    ready = rng.uniform(0, 24, n)
    permit = in_office(ready, case.office_work_hours, case.office_hours) - ready
    depots = rng.uniform(0, 24, (n, case.handovers)).sum(1) + case.handovers * case.handling_hours
    driving = np.full(n, driving_hours(case))
    post = checkpoint(case, case.green_percent).loc[0, "the others"]
    waits = rng.exponential(post, (n, case.checkpoints)).sum(1) + case.checkpoints * case.inspection_minutes
    arrived = ready + permit + depots + driving + waits / 60
    received = in_office(arrived, 0.0, case.office_hours)
    return pd.DataFrame(dict(zip(STAGES, (permit, depots, driving, waits / 60, received - arrived), strict=True)))


def in_office(start: ArrayLike, work: float, hours: float, opens: float = 8.0) -> Array:
    """Tell when work is done that is started at a clock hour and goes on only in office hours; all in hours.

    Parameters
    ----------
    start
        Hours since a midnight, any shape.
    work
        Hours of work; none means: when the office is open next.
    hours
        Length of the office day, which begins at `opens`.
    """
    begin = np.asarray(start, dtype=float)
    day, clock = np.divmod(begin, 24)
    opened = np.where(clock > opens + hours, 24 * (day + 1) + opens, np.maximum(begin, 24 * day + opens))
    done = np.clip(opened % 24 - opens, 0, hours) + work
    more = np.maximum(np.ceil(done / hours) - 1, 0)
    return 24 * (np.floor(opened / 24) + more) + opens + done - more * hours


def green_hours(case: Relief) -> dict[str, float]:
    """Compute the mean hours of a load that goes first: no depot, permit and receipt settled beforehand."""
    wait = checkpoint(case, case.green_percent).loc[0, "those who go first"]
    posts = case.checkpoints * (wait + case.inspection_minutes) / 60
    return dict(zip(STAGES, (0.0, 0.0, driving_hours(case), float(posts), 0.0), strict=True))


# The skipped warehouses


def skipping(
    echelon_holding: ArrayLike, lead_days: ArrayLike, backorder: float, mean: float, sd: float,
    door_days: ArrayLike, names: tuple[str, ...],
) -> pd.DataFrame:  # fmt: skip
    """Take the stages next to the customer out of a chain, one after another.

    Parameters
    ----------
    echelon_holding, lead_days
        As `serial_system` takes them, the stage next to the customer first, shape (n,).
    backorder, mean, sd
        Cost of a unit waited for, a day; demand a day.
    door_days
        Days from the last stage kept to the door, shape (n,): of the whole chain first.
    names
        What each of these chains is called.

    Returns
    -------
    pandas.DataFrame
        One row a chain: costs a day of stock that lies, moves and is waited for, their sum, units on hand and on the road between stages, days to the
        door when there is stock (waits for it included) and when there is none anywhere.
    """
    holding, leads = np.asarray(echelon_holding, dtype=float), np.asarray(lead_days, dtype=float)
    doors = np.asarray(door_days, dtype=float)
    rows = []
    for k, name in enumerate(names):
        found = serial_system(holding[k:], leads[k:], backorder, mean, sd)
        wait = found.backorders / mean
        rows.append((name, found.holding_cost, found.transit_cost, found.backorder_cost, found.cost,
                     found.on_hand.sum(), found.in_transit.sum(), wait + doors[k], leads[k:].sum() + doors[k]))  # fmt: skip
    return pd.DataFrame(rows, columns=["chain", "lying", "moving", "waited for", "cost", "on hand", "on the road",
                                       "days with stock", "days without stock"])  # fmt: skip


def way_days(
    legs: ArrayLike, variation: float, seed: int = 1, replicates: int = 20, executor: Executor | None = None
) -> Array:
    """Draw the whole way as a sum of independent gamma legs, in days: shape (20,000,) with twenty replicates.

    Parameters
    ----------
    legs
        Mean days of each leg, all positive.
    variation
        Standard deviation over mean of each leg; zero for legs that are certain.
    """
    draw = partial(_legs, legs=np.asarray(legs, dtype=float), variation=variation)
    return np.concatenate(independent.run(draw, independent.spawn(seed, replicates), executor))


def _legs(seed: SeedSequence, legs: Array, variation: float) -> Array:
    if variation == 0:
        return np.full(1000, legs.sum())
    shape = 1 / variation**2
    return np.random.default_rng(seed).gamma(shape, legs / shape, (1000, legs.size)).sum(1)


# A share of the trucks


def carried(trucks: int, percent: ArrayLike, available_percent: float, loads: int) -> Array:
    r"""Compute the expected percentage of loads carried when a share of the trucks is called and some drivers can go.

    .. math:: \frac{1}{D}\,E[\min(B, D)] = \frac{1}{D} \sum_{k=0}^{D-1} P(B > k), \qquad B \sim \text{Bin}(mN, q)

    Parameters
    ----------
    trucks
        All the trucks the share is a share of, N.
    percent
        Share called, m, any shape; the trucks called are rounded to whole ones.
    available_percent, loads
        Share of drivers who can go, q; loads of the day, D, one truck each.
    """
    called = np.rint(np.asarray(percent, dtype=float) / 100 * trucks)
    enough = binom.sf(np.arange(loads), called[..., None], available_percent / 100)
    return 100 * enough.sum(-1) / loads


def dispatch(
    case: Relief, percent: ArrayLike, seed: int = 1, replicates: int = 40, executor: Executor | None = None
) -> pd.DataFrame:
    """Send trucks to loads, both anywhere in the square: by the cheapest assignment, and load by load as they call.

    Returns
    -------
    pandas.DataFrame
        One row a replicate and share, with the columns: percent called, percent carried, and the mean empty
        kilometres to a load if assigned together and if each load takes the nearest truck left. Without a truck the
        kilometres are not a number.
    """
    one = partial(_dispatched, case=case, percents=tuple(np.atleast_1d(np.asarray(percent, dtype=float))))
    return pd.concat(independent.run(one, independent.spawn(seed, replicates), executor), ignore_index=True)


def _dispatched(seed: SeedSequence, case: Relief, percents: tuple[float, ...]) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    trucks, loads = (rng.uniform(0, case.region_km, (n, 2)) for n in (case.trucks, case.loads))
    goes = rng.random(case.trucks) < case.available_percent / 100
    rows = []
    for percent in percents:
        called = round(percent / 100 * case.trucks)
        free = trucks[:called][goes[:called]]
        distance = np.linalg.norm(loads[:, None] - free, axis=2)
        n = min(distance.shape)
        together = distance[linear_sum_assignment(distance)].sum() / n if n else math.nan
        rows.append((percent, 100 * n / case.loads, together, nearest_left(distance) if n else math.nan))
    return pd.DataFrame(rows, columns=["called", "carried", "together", "load by load"])


def base_for(case: Relief, percent: float, goal_percent: float) -> int:
    """Find the fewest trucks of which that share, once called, is expected to carry the goal's share of the loads."""
    n = 1
    while carried(n, percent, case.available_percent, case.loads) < goal_percent:
        n += 1
        if n > 1000 * max(case.loads, 1):
            raise ValueError(f"percent: expected a share that can reach {goal_percent:g} per cent, found {percent:g}")
    return n


def nearest_left(distance: Array) -> float:
    """Give each load in turn the nearest truck left: mean distance of those carried."""
    left, taken = distance.copy(), []
    for load in range(min(distance.shape)):
        truck = int(np.argmin(left[load]))
        taken.append(float(left[load, truck]))
        left[:, truck] = np.inf
    return float(np.mean(taken))


# Mask makers


def masks(case: Relief, together: bool) -> pd.DataFrame:
    r"""Plan the makers' work by a linear programme, with the material shared out by the plan or evenly to each.

    .. math:: \min \sum_t s_t, \quad s_t \ge t\,w - \sum_{u \le t} \sum_j g_j x_{ju}, \quad
        0 \le x_{jt} \le k\,(1 - e^{-t/\tau_j}), \quad \sum_{u \le t} \sum_j x_{ju} \le t\,m

    Apart, the last constraint holds for each maker with an equal part of the material, which it keeps.

    Returns
    -------
    pandas.DataFrame
        One row a day: day, usable masks still owed in the evening, in thousands.
    """
    days, n = np.arange(1, case.mask_days + 1), case.makers
    tau = np.linspace(case.first_return_days, case.last_return_days, n)
    good = np.linspace(case.best_good_percent, case.worst_good_percent, n) / 100
    limit = case.maker_thousand_per_day * (1 - np.exp(-days / np.maximum(tau, 1e-9)[:, None]))
    so_far = np.tril(np.ones((days.size, days.size)))
    owed = np.hstack([-np.kron(good, so_far), -np.eye(days.size)])
    used = np.kron(np.ones(n) if together else np.eye(n), so_far)
    used = np.hstack([used, np.zeros((used.shape[0], days.size))])
    material = np.tile(case.material_thousand_per_day * days / (1 if together else n), 1 if together else n)
    plan = linprog(
        np.concatenate([np.zeros(n * days.size), np.ones(days.size)]),
        A_ub=np.vstack([owed, used]), b_ub=np.concatenate([-case.wanted_thousand_per_day * days, material]),
        bounds=[(0, high) for high in limit.ravel()] + [(0, None)] * days.size, method="highs",
    )  # fmt: skip
    if plan.status != 0:
        raise ValueError(f"case: expected makers that can be planned, found {plan.message}")
    return pd.DataFrame({"day": days, "owed": np.maximum(plan.x[n * days.size :], 0)})
