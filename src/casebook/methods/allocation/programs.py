"""Who gets what from where, at the least cost: transport, assignment and the cover of shifts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, linprog, milp
from scipy.sparse import csr_array, eye_array, kron

from casebook.methods.allocation import arguments
from casebook.methods.allocation.arguments import Array

OPTIMAL, INFEASIBLE = 0, 2
TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Transport:
    """The cheapest shipments and what a unit more would change.

    Attributes
    ----------
    flow
        Amount from each source to each sink, shape (m, n).
    cost
        What the shipments cost.
    supply_price, demand_price
        Change of the cost when a source has, or a sink wants, one unit more (the duals u and v), shapes (m,) and (n,).
        Where the plan has several such prices, one set of them.
    """

    flow: Array
    cost: float
    supply_price: Array
    demand_price: Array


def transportation(cost: ArrayLike, supply: ArrayLike, demand: ArrayLike) -> Transport:
    r"""Ship what is demanded from what is there at the least cost (transportation problem).

    .. math:: \min \sum_{ij} c_{ij} x_{ij} \quad\text{with}\quad \sum_j x_{ij} \le s_i,\; \sum_i x_{ij} = d_j,\; x \ge 0

    Parameters
    ----------
    cost
        Cost of a unit :math:`c_{ij}`, shape (m, n); inf forbids a way.
    supply, demand
        Amounts :math:`s_i` and :math:`d_j`, shapes (m,) and (n,), at least zero.

    Returns
    -------
    Transport
        Whole shipments where all amounts are whole. At its prices :math:`c_{ij} \ge u_i + v_j`, with equality on the
        ways that are used, and the cost is :math:`\sum_i u_i s_i + \sum_j v_j d_j`.

    Raises
    ------
    ValueError
        When an argument is out of its range or has another shape, or the demand cannot be met.

    References
    ----------
    F. L. Hitchcock, *The distribution of a product from several sources to numerous localities*, Journal of Mathematics
    and Physics 20 (1941); F. S. Hillier and G. J. Lieberman, *Introduction to Operations Research*, chapter on
    transportation and assignment problems.
    """
    unit_cost = arguments.table("cost", cost, infinite=True)
    m, n = unit_cost.shape
    there, wanted = arguments.numbers("supply", supply, m), arguments.numbers("demand", demand, n)
    if there.sum() < wanted.sum() * (1 - TOLERANCE):
        raise ValueError(f"supply: expected at least {wanted.sum():g} in all, found {there.sum():g}")
    allowed = np.isfinite(unit_cost)
    unit, coin = wanted.max() or 1.0, np.abs(unit_cost[allowed]).max(initial=0) or 1.0
    answer = linprog(
        np.where(allowed, unit_cost, 0).ravel() / coin,
        A_ub=kron(eye_array(m), np.ones((1, n))),
        b_ub=np.minimum(there, 2 * wanted.sum() + unit) / unit,
        A_eq=kron(np.ones((1, m)), eye_array(n)),
        b_eq=wanted / unit,
        bounds=np.c_[np.zeros(m * n), np.where(allowed, np.inf, 0).ravel()],
        method="highs-ds",
    )
    if answer.x is None:
        raise ValueError(f"demand: expected what the allowed ways can carry, found {wanted.sum():g} in all")
    flow = answer.x.reshape(m, n) * unit
    if (there == np.floor(there)).all() and (wanted == np.floor(wanted)).all():
        flow = np.rint(flow)
    paid = float((flow * np.where(allowed, unit_cost, 0)).sum())
    return Transport(flow, paid, answer.ineqlin.marginals * coin, answer.eqlin.marginals * coin)


@dataclass(frozen=True)
class Assignment:
    """Who goes where.

    Attributes
    ----------
    posts
        The post of each person, None for one who is left without.
    cost
        Sum of the costs of the pairs.
    """

    posts: list[int | None]
    cost: float


def assignment(cost: ArrayLike, capacity: ArrayLike | None = None) -> Assignment:
    r"""Assign as many people to posts as fit and may, and of all such assignments find the cheapest.

    .. math:: \min \sum_{ij} c_{ij} x_{ij} \quad\text{with}\quad \sum_j x_{ij} \le 1,\; \sum_i x_{ij} \le k_j

    and as many :math:`x_{ij} = 1` as possible.

    Parameters
    ----------
    cost
        Cost of each person (row) at each post (column), such as distance, shape (m, n); inf where somebody may not go.
    capacity
        How many people a post takes, shape (n,), whole; one each where none is given.

    Returns
    -------
    Assignment
        The exact optimum; people are left over only where the capacities or the forbidden pairs leave no other way.

    Raises
    ------
    ValueError
        When an argument is out of its range or has another shape.

    References
    ----------
    H. W. Kuhn, *The Hungarian method for the assignment problem*, Naval Research Logistics Quarterly 2 (1955); solved
    by SciPy's linear_sum_assignment with a column for every place of a post.
    """
    pair_cost = arguments.table("cost", cost, infinite=True)
    m, n = pair_cost.shape
    places = np.ones(n) if capacity is None else arguments.numbers("capacity", capacity, n, whole=True)
    seats = np.repeat(np.arange(n), np.minimum(places, m).astype(np.int64))
    allowed = np.isfinite(pair_cost)
    known = np.where(allowed, pair_cost, 0)
    # Relative to the cheapest pair, so that a person left over costs more than all savings elsewhere.
    known = np.where(allowed, known - known[allowed].min(initial=np.inf), 0) if allowed.any() else known
    forbidden = (known.max() or 1.0) * (m + 1)
    people, taken = linear_sum_assignment(np.where(allowed, known, forbidden)[:, seats])
    posts: list[int | None] = [None] * m
    for person, post in zip(people.tolist(), seats[taken].tolist(), strict=True):
        if allowed[person, post]:
            posts[person] = post
    return Assignment(
        posts, float(sum(pair_cost[person, post] for person, post in enumerate(posts) if post is not None))
    )


@dataclass(frozen=True)
class ShiftCover:
    """The cheapest staff.

    Attributes
    ----------
    staff
        People in each shift.
    cost
        What they cost.
    bound
        What no staff can undercut; equal to `cost` when it is proven to be the cheapest.
    spare
        People present beyond the requirement, by period.
    """

    staff: list[int]
    cost: float
    bound: float
    spare: list[int]


def shift_cover(cost: ArrayLike, covers: ArrayLike, required: ArrayLike) -> ShiftCover:
    r"""Staff shifts so that enough people are present in every period, at the least cost.

    .. math:: \min \sum_j c_j x_j \quad\text{with}\quad \sum_j a_{tj} x_j \ge r_t,\; x_j \in \{0, 1, 2, \dots\}

    Parameters
    ----------
    cost
        Cost of a person in each shift :math:`c_j`, shape (n,), at least zero.
    covers
        Whether shift j is at work in period t (:math:`a_{tj}`, zero or one), shape (periods, n).
    required
        People required in each period :math:`r_t`, shape (periods,), whole.

    Returns
    -------
    ShiftCover
        Proven, to a billionth of the cost.

    Raises
    ------
    ValueError
        When an argument is out of its range or has another shape, or people are required when no shift works.

    References
    ----------
    G. B. Dantzig, *A comment on Edie's "Traffic delays at toll booths"*, Operations Research 2 (1954); Hillier and
    Lieberman, the Union Airways example in the chapter on linear programming.
    """
    prices = arguments.numbers("cost", cost)
    works = arguments.table("covers", covers)
    if works.shape[1] != prices.size or not np.isin(works, (0, 1)).all():
        raise ValueError(f"covers: expected zeros and ones for {prices.size} shifts, found {works.tolist()}")
    need = arguments.numbers("required", required, len(works), whole=True)
    idle = np.flatnonzero((works.sum(axis=1) == 0) & (need > 0))
    if idle.size:
        raise ValueError(f"required: expected 0 in period {idle[0]}, when no shift works, found {need[idle[0]]:g}")
    scale = 1e4 / max(float(prices @ np.full(prices.size, need.max())), 1e-300)
    answer = milp(
        prices * scale,
        integrality=np.ones(prices.size),
        bounds=Bounds(0, need.max()),
        constraints=LinearConstraint(csr_array(works), need, np.inf),
        options={"mip_rel_gap": 0},
    )
    if answer.x is None:
        raise RuntimeError(f"HiGHS could not staff {prices.size} shifts: {answer.message}")
    staff = np.rint(answer.x)
    paid = float(prices @ staff)
    bound = paid if answer.status == OPTIMAL else min(paid, float(answer.mip_dual_bound) / scale)
    counts: NDArray[np.int64] = staff.astype(np.int64)
    return ShiftCover(counts.tolist(), paid, bound, (works @ staff - need).astype(np.int64).tolist())
