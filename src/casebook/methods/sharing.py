"""Sharing out: who gets what from where, at the least cost, in proportion or by contribution."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment, linprog
from scipy.sparse import eye_array, kron

from casebook.methods.arguments import ArgumentError, numbers, wholes

Array = NDArray[np.float64]

HUGE = 1e100  # sums of products of numbers up to here are finite
NODES, LENGTHS = np.polynomial.legendre.leggauss(100)
MOST_PLAYERS = 16

# The claim of a party with vote v and quota q, which holds a seats, to one seat more.
CLAIMS: dict[str, Callable[[Fraction, Fraction, int], Fraction | float]] = {
    "hamilton": lambda v, q, a: q - a,
    "webster": lambda v, q, a: v / (2 * a + 1),
    "huntington-hill": lambda v, q, a: v * v / (a * (a + 1)) if a else (math.inf if v else 0),
}


class Transport(NamedTuple):
    """The cheapest shipments from source to sink, their cost, and what it changes by one unit more there or wanted."""

    flow: Array
    cost: float
    supply_price: Array
    demand_price: Array


def transportation(cost: ArrayLike, supply: ArrayLike, demand: ArrayLike) -> Transport:
    r"""Ship what is demanded from what is there at the least cost; inf forbids a way (transportation problem).

    $\min \sum_{ij} c_{ij} x_{ij}$ with $\sum_j x_{ij} \le s_i$, $\sum_i x_{ij} = d_j$, $x \ge 0$; in whole units where
    all amounts are whole. The prices are the duals, $c_{ij} \ge u_i + v_j$, one set of them where there are several.

    F. L. Hitchcock, *The distribution of a product from several sources to numerous localities*, Journal of Mathematics
    and Physics 20 (1941).
    """
    each, allowed = _pairs("cost", cost, np.inf)
    m, n = each.shape
    there = numbers("supply", supply, least=0, most=HUGE, shape=(m,))
    wanted = numbers("demand", demand, least=0, most=HUGE, shape=(n,))
    unit, coin = wanted.max() or 1.0, np.abs(each).max() or 1.0
    answer = linprog(
        each.ravel() / coin,
        A_ub=kron(eye_array(m), np.ones((1, n))),
        b_ub=np.minimum(there, 2 * wanted.sum() + unit) / unit,
        A_eq=kron(np.ones((1, m)), eye_array(n)),
        b_eq=wanted / unit,
        bounds=np.c_[np.zeros(m * n), np.where(allowed, np.inf, 0).ravel()],
        method="highs-ds",
    )
    if answer.x is None:
        raise ArgumentError("demand", f"what a supply of {there.sum():g} and the allowed ways can meet", wanted.sum())
    flow = answer.x.reshape(m, n) * unit
    if (there == np.floor(there)).all() and (wanted == np.floor(wanted)).all():
        flow = np.rint(flow)
    return Transport(flow, float((flow * each).sum()), answer.ineqlin.marginals * coin, answer.eqlin.marginals * coin)


class Assignment(NamedTuple):
    """The post of each person, -1 for one who is left over, and the cost of all pairs."""

    posts: NDArray[np.int64]
    cost: float


def assignment(cost: ArrayLike, capacity: ArrayLike | None = None) -> Assignment:
    """Assign as many people (rows) to posts (columns) as fit and may, and of all such assignments find the cheapest.

    A cost of inf forbids a pair; a post takes as many people as its `capacity`, one where none is given.

    H. W. Kuhn, *The Hungarian method for the assignment problem*, Naval Research Logistics Quarterly 2 (1955).
    """
    each, allowed = _pairs("cost", cost, np.inf)
    m, n = each.shape
    places = np.ones(n, dtype=int) if capacity is None else wholes("capacity", capacity, shape=(n,))
    seats = np.repeat(np.arange(n), np.minimum(places, m))
    # Relative to the cheapest pair, so that a person left over costs more than all savings elsewhere.
    above = each - each.min(where=allowed, initial=np.inf) if allowed.any() else each
    forbidden = (above.max(where=allowed, initial=0) or 1.0) * (m + 1)
    people, taken = linear_sum_assignment(np.where(allowed, above, forbidden)[:, seats])
    posts = np.full(m, -1)
    posts[people] = np.where(allowed[people, seats[taken]], seats[taken], -1)
    return Assignment(posts, float(each[posts >= 0, posts[posts >= 0]].sum()))


def shapley(value: Callable[[frozenset], float], players: Iterable[Hashable]) -> dict[Hashable, float]:
    r"""Share a joint value among up to sixteen players by what each adds to those before, averaged over all orders.

    $\phi_i = \sum_{S \not\ni i} \frac{|S|! (n - |S| - 1)!}{n!} [v(S \cup \{i\}) - v(S)]$; v is called once a group.

    L. S. Shapley, *A value for n-person games*, Contributions to the Theory of Games II (1953).
    """
    if not callable(value):
        raise ArgumentError("value", "a function of a group", repr(value))
    try:
        names = list(players)
        n = len(set(names))
    except TypeError:
        names, n = [], 0
    if not 1 <= n <= MOST_PLAYERS or n < len(names):
        raise ArgumentError("players", f"1 to {MOST_PLAYERS} different players", repr(players))
    groups = [frozenset(group) for size in range(n + 1) for group in combinations(names, size)]
    values = numbers("value", [value(group) for group in groups], least=-HUGE, most=HUGE)
    worth = dict(zip(groups, values.tolist(), strict=True))

    def added(name: Hashable, group: frozenset) -> float:
        return (worth[group | {name}] - worth[group]) / (n * math.comb(n - 1, len(group)))

    return {name: math.fsum(added(name, group) for group in groups if name not in group) for name in names}


def _pairs(name: str, values: ArrayLike, forbidden: float) -> tuple[Array, NDArray[np.bool_]]:
    """Return a table of numbers, zero where a pair is forbidden, and which pairs are allowed."""
    try:
        allowed = np.asarray(values, dtype=float) != forbidden
    except (TypeError, ValueError):
        raise ArgumentError(name, "numbers", repr(values)) from None
    return numbers(name, np.where(allowed, values, 0), least=-HUGE, most=HUGE, shape=(None, None)), allowed
