"""Crashing: which activities to speed up, and by how much, to meet a deadline at the least extra cost."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from casebook.methods.scheduling import arguments
from casebook.methods.scheduling.arguments import Network, Predecessors
from casebook.methods.scheduling.network import critical_path

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Crash:
    """The cheapest way to a deadline.

    Attributes
    ----------
    extra_cost
        What speeding up costs, in the unit of the costs.
    saved
        Time taken from each activity.
    durations
        What remains.
    length
        Length of the project with these durations.
    price
        Extra cost of one more unit of time saved, at this deadline (the multiplier of the linear program). Where the
        price changes at the deadline, one of the two.
    """

    extra_cost: float
    saved: dict[str, float]
    durations: dict[str, float]
    length: float
    price: float


def crash(
    durations: Mapping[str, float],
    options: Mapping[str, Iterable[float]],
    predecessors: Predecessors,
    deadline: float,
) -> Crash:
    r"""Meet a deadline at the least extra cost, when each activity can be shortened at a constant price.

    .. math::

        \min \sum_j s_j x_j \quad\text{with}\quad t_j \ge t_i + d_i - x_i \;(i \to j),\;
        t_j + d_j - x_j \le T,\; 0 \le x_j \le d_j - c_j,\; t_j \ge 0

    Parameters
    ----------
    durations
        Normal time :math:`d_j` of each activity, at least zero.
    options
        For activities that can be shortened: shortest time :math:`c_j`, normal cost and cost at the shortest time. The
        price is :math:`s_j`, the difference of the costs by the difference of the times.
    predecessors
        As in `critical_path`.
    deadline
        Longest length :math:`T` allowed, in the unit of the durations.

    Returns
    -------
    Crash
        Where several ways cost the same, one of them; whole times where all times given are whole.

    Raises
    ------
    ValueError
        As `critical_path`; when an option is longer than the normal time or cheaper than the normal cost; and when the
        deadline cannot be met.

    References
    ----------
    J. E. Kelley, *Critical-path planning and scheduling: mathematical basis*, Operations Research 9 (1961); Hillier and
    Lieberman, chapter on project management.
    """
    plan = arguments.network("durations", durations, predecessors)
    times = arguments.durations(durations, plan.names)
    room, prices = _options(options, plan.names, times)
    last = arguments.number("deadline", deadline, 0)
    shortest = critical_path(dict(zip(plan.names, times - room, strict=True)), predecessors).length
    if last < shortest:
        raise ValueError(f"deadline: expected at least {shortest:g}, found {deadline}")
    saved, price = _cheapest(plan, times, room, prices, min(last, float(times.sum())))
    left = dict(zip(plan.names, (times - saved).tolist(), strict=True))
    cost = math.fsum(prices * saved)
    return Crash(
        cost,
        dict(zip(plan.names, saved.tolist(), strict=True)),
        left,
        critical_path(left, predecessors).length,
        price,
    )


def _options(options: Mapping[str, Iterable[float]], names: tuple[str, ...], times: Array) -> tuple[Array, Array]:
    """Return by how much each activity can be shortened and what a unit of time costs, shape (n,) each."""
    strange = [name for name in options if name not in names]
    if strange:
        raise ValueError(f"options: expected activities, found {strange[0]!r}")
    room, prices = np.zeros(len(names)), np.zeros(len(names))
    for k, name in enumerate(names):
        if name in options:
            found = [arguments.duration("options", name, value) for value in options[name]]
            if len(found) != 3 or found[0] > times[k] or found[2] < found[1]:
                raise ValueError(
                    f"options: expected a time of at most {times[k]:g} and two ascending costs for {name!r}, found {found}"
                )
            room[k] = times[k] - found[0]
            prices[k] = (found[2] - found[1]) / room[k] if room[k] else 0
    return room, prices


def _cheapest(plan: Network, times: Array, room: Array, prices: Array, last: float) -> tuple[Array, float]:
    """Solve the linear program; times and prices are scaled to about one, so that HiGHS's tolerances fit."""
    n, unit, coin = times.size, max(last, float(times.max())) or 1.0, float(prices.max()) or 1.0
    pairs = [(i, j) for j, before in enumerate(plan.before) for i in before]
    links, ends = np.zeros((len(pairs), 2 * n)), np.hstack([-np.eye(n), np.eye(n)])
    for row, (i, j) in zip(links, pairs, strict=True):
        row[[i, n + i, n + j]] = -1, 1, -1
    right = np.r_[[-times[i] / unit for i, _ in pairs], (last - times) / unit]
    bounds = [(0, top / unit) for top in room] + [(0, None)] * n
    goal = np.r_[prices / coin, np.zeros(n)]
    answer = linprog(goal, A_ub=np.vstack([links, ends]), b_ub=right, bounds=bounds, method="highs-ds")
    if answer.x is None:
        raise RuntimeError(f"HiGHS could not solve the crash program of {n} activities: {answer.message}")
    saved = np.clip(answer.x[:n] * unit, 0, room)
    whole = np.rint(saved)
    saved = np.where(np.abs(saved - whole) < min(1e-7 * unit, 1e-3), np.minimum(whole, room), saved)
    return saved, max(0.0, -float(answer.ineqlin.marginals[len(pairs) :].sum())) * coin
