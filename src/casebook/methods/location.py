"""Location: which of many possible sites to open, by average distance, farthest point or demand covered; and hubs.

Distances are a table with a row for each demand point and a column for each site, finite and at least zero, in any
unit; they need be neither symmetric nor obey the triangle inequality.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack

from casebook.methods.arguments import number, numbers, whole

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]

HUGE = 1e100  # sums of products of numbers up to here are finite
MOST_CHOICES, MOST_PLACES = 1_000_000, 60
ROUNDS, PATIENCE, PACE = 80, 15, 2.0  # of subgradient steps
OPTIMAL, INFEASIBLE = 0, 2  # status of HiGHS

# Mean distance to the nearest site at one site a square kilometre, in kilometres.


class Location(NamedTuple):
    """Where to open: the indices of the sites, ascending; what they cost or cover; and what no choice can beat."""

    sites: list[int]
    cost: float
    bound: float

    @property
    def proven(self) -> bool:
        """Whether no other choice of sites can be better."""
        return self.cost == self.bound


def p_median(distance: ArrayLike, p: int, demand: ArrayLike | None = None, *, nodes: int | None = None) -> Location:
    r"""Choose p sites so that demand times distance to the nearest open site, $\sum_i h_i \min_{j \in S} d_{ij}$, is least.

    Exchanges find a good choice; prices that the demand points pay (Lagrangean relaxation) bound what any choice can
    reach and close most sites; a tree of open and closed sites proves the rest: exactly for whole numbers, to a
    billionth for others. `nodes` gives up the proof after so many nodes of the tree.

    S. L. Hakimi, Operations Research 12 (1964); S. C. Narula, U. I. Ogbu and H. M. Samuelsson, *An algorithm for the
    p-median problem*, Operations Research 25 (1977).
    """
    table = _table(distance)
    weights = _weights(demand, len(table))
    tree = _Tree((table * weights[:, None])[weights > 0], _count(p, table))
    tree.search(math.inf if nodes is None else whole("nodes", nodes))
    return Location(tree.sites.tolist(), tree.best, min((node.bound for node in tree.open), default=tree.best))


class _Node(NamedTuple):
    """A part of the tree: only `sites` may open, `forced` ones must; at these prices no choice costs less than `bound`."""

    bound: float
    prices: Array
    sites: Indices
    forced: Flags


class _Tree:
    """Branch and bound on the relaxation that lets a demand point (row) be served by any number of sites (columns)."""

    def __init__(self, cost: Array, p: int) -> None:
        self.p = p
        self.sites, self.best = _exchange(cost, _greedy(cost, p))
        # Whoever pays more than the best total is in no better solution: a cap keeps the arithmetic exact.
        self.cost = np.minimum(cost, self.best)
        self.whole = self.best < 1e8 and bool((self.cost == np.rint(self.cost)).all())
        second = np.sort(self.cost[:, self.sites], axis=1)[:, min(1, p - 1)]
        m = cost.shape[1]
        self.open = [_Node(0.0, second, np.arange(m), np.zeros(m, dtype=bool))]

    @property
    def limit(self) -> float:
        """What a node's bound must stay below to be worth a look: one less for whole numbers, a billionth for others."""
        return self.best - 1 + 1e-6 if self.whole else self.best * (1 - 1e-9)

    def search(self, nodes: float) -> None:
        """Look at so many nodes, depth first, the open branch before the closed one."""
        while self.open and nodes > 0:
            node = self.open.pop()
            if node.bound < self.limit:
                self._branch(node)
                nodes -= 1
        self.open = [node for node in self.open if node.bound < self.limit]

    def _branch(self, node: _Node) -> None:
        """Close the sites that no better solution opens; then split by one that is open in most good solutions."""
        climb = self._climb(node)
        if climb is None:
            return
        bound, prices, saving, often = climb
        last = np.sort(saving[~node.forced])[self.p - node.forced.sum() - 1]
        keep = node.forced | (bound + saving - last < self.limit)
        pick = np.arange(keep.size) == np.where(keep & ~node.forced, np.abs(often - 0.7), np.inf).argmin()
        for left, forced in ((keep & ~pick, node.forced), (keep, node.forced | pick)):
            if self.p in (left.sum(), forced.sum()):
                self._offer(node.sites[forced if forced.sum() == self.p else left])
            elif left.sum() > self.p:
                self.open.append(_Node(max(node.bound, bound), prices, node.sites[left], forced[left]))

    def _climb(self, node: _Node) -> tuple[float, Array, Array, Array] | None:
        """Raise the bound by subgradient steps; None when the node holds nothing better than the best.

        With the best bound come its prices, the saving of each site at them, and how often each site was chosen.
        """
        cost, prices, pace, stall = np.ascontiguousarray(self.cost[:, node.sites].T), node.prices, PACE, 0
        gap, often, weight = np.empty_like(cost), np.zeros(node.sites.size), 0.0
        top = (-np.inf, prices, often)
        for step in range(ROUNDS):
            np.subtract(cost, prices, out=gap)
            saving = np.minimum(gap, 0, out=gap).sum(axis=1)
            chosen = np.argsort(np.where(node.forced, -np.inf, saving), kind="stable")[: self.p]
            bound = float(prices.sum() + saving[chosen].sum())
            slope = 1.0 - np.count_nonzero(gap[chosen], axis=0)
            if step % 10 == 9 or not slope.any():
                self._offer(node.sites[chosen])
            if bound >= self.limit or not slope.any():
                return None
            often, weight, stall = 0.9 * often, 0.9 * weight + 1, stall + 1
            often[chosen] += 1
            if bound > top[0] + 1e-9 * self.best:
                top, stall = (bound, prices, saving), 0
            elif stall >= PATIENCE:
                pace, prices, stall = 0.6 * pace, top[1], 0
            prices = prices + pace * (self.best - bound) / (slope @ slope) * slope
        return *top, often / weight

    def _offer(self, sites: Indices) -> None:
        """Take a choice of sites that is better than the best one, and what exchanges make of it."""
        if _total(self.cost, sites) < self.best:
            self.sites, self.best = _exchange(self.cost, sites)


def _total(cost: Array, sites: Indices) -> float:
    """Return the cost of serving every row from the cheapest of the sites."""
    return float(cost[:, sites].min(axis=1).sum())


def _greedy(cost: Array, p: int) -> Indices:
    """Open one site after another, each time the one that saves most."""
    served, sites = cost.max(axis=1), []
    for _ in range(p):
        sums = np.minimum(cost, served[:, None]).sum(axis=0)
        sums[sites] = np.inf
        sites.append(int(sums.argmin()))
        served = np.minimum(served, cost[:, sites[-1]])
    return np.sort(sites)


def _exchange(cost: Array, sites: Indices) -> tuple[Indices, float]:
    """Swap an open site for a closed one, the best swap each time, until none pays (Teitz and Bart 1968)."""
    sites, value = np.sort(sites), _total(cost, sites)
    while True:
        gains = _gains(cost, sites)
        gains[:, sites] = -np.inf
        leave, enter = np.unravel_index(gains.argmax(), gains.shape)
        swapped = np.sort(np.r_[np.delete(sites, leave), enter])
        # What counts is the cost itself: a gain made of huge terms may be nothing but rounding.
        if gains[leave, enter] <= 0 or (better := _total(cost, swapped)) >= value:
            return sites, value
        sites, value = swapped, better


def _gains(cost: Array, sites: Indices) -> Array:
    """Return what each swap saves, shape (p, m), from the two cheapest open sites of each row (Whitaker 1983)."""
    rows, opened = np.arange(len(cost)), cost[:, sites]
    first = opened.argmin(axis=1)
    cheapest = opened[rows, first]
    opened[rows, first] = np.inf
    second = opened.min(axis=1) if sites.size > 1 else cost.max(axis=1)
    served_by = np.zeros((sites.size, len(cost)))
    served_by[first, rows] = 1
    won = np.maximum(cheapest[:, None] - cost, 0).sum(axis=0)
    lost = served_by @ (second - cheapest)
    caught = served_by @ np.maximum(second[:, None] - np.maximum(cost, cheapest[:, None]), 0)
    return won - lost[:, None] + caught


def p_center(distance: ArrayLike, p: int) -> Location:
    r"""Choose p sites so that the largest distance to the nearest open site, $\max_i \min_{j \in S} d_{ij}$, is least.

    It is one of the distances in the table: halving finds the smallest at which p sites cover every point.

    E. Minieka, *The m-center problem*, SIAM Review 12 (1970); M. S. Daskin, *Network and Discrete Location*, chapter 5.
    """
    table = _table(distance)
    count = _count(p, table)
    levels = np.unique(table[table >= table.min(axis=1).max()])
    best = bisect_left(levels, True, key=lambda level: _cover(table <= level, count) is not None, hi=levels.size - 1)
    sites, radius = _cover(table <= levels[best], count), float(levels[best])
    return Location(sites.tolist(), radius, radius)


def coverage(distance: ArrayLike, radius: float, p: int, demand: ArrayLike | None = None) -> Location:
    r"""Choose p sites so that the demand within a radius of an open site is largest; `cost` is the demand covered.

    $\max \sum_i h_i z_i$ with $z_i \le \sum_{j:\, d_{ij} \le r} y_j$, $\sum_j y_j = p$, $y_j \in \{0, 1\}$.

    R. Church and C. ReVelle, *The maximal covering location problem*, Papers of the Regional Science Association 32
    (1974).
    """
    table = _table(distance)
    near = table <= number("radius", radius, least=0)
    weights = _weights(demand, len(table))
    sites = _cover(near, _count(p, table), weights)
    covered = float(weights[near[:, sites].any(axis=1)].sum())
    return Location(sites.tolist(), covered, covered)


def _cover(near: Flags, p: int, weights: Array | None = None) -> Indices | None:
    """Open p sites (columns) that cover every point (row), None where none do; with weights those that cover most."""
    n, m = near.shape
    gain = np.zeros(n) if weights is None else 1e4 * weights / (weights.sum() or 1)
    least = np.full(n, float(weights is None))
    answer = milp(
        np.r_[np.zeros(m), -gain],
        integrality=np.r_[np.ones(m), np.zeros(n)],
        bounds=Bounds(np.r_[np.zeros(m), least], 1),
        constraints=[
            LinearConstraint(hstack([csr_array(near.astype(float)), -eye_array(n)]), 0, np.inf),
            LinearConstraint(np.r_[np.ones(m), np.zeros(n)], p, p),
        ],
        options={"mip_rel_gap": 0},
    )
    if answer.status not in (OPTIMAL, INFEASIBLE):
        raise RuntimeError(f"HiGHS could not decide a cover of {n} points by {p} of {m} sites: {answer.message}")
    return None if answer.status == INFEASIBLE else np.flatnonzero(answer.x[:m] > 0.5)


def _table(distance: ArrayLike) -> Array:
    return numbers("distance", distance, least=0, most=HUGE, shape=(None, None))


def _count(p: int, table: Array) -> int:
    return whole("p", p, least=1, most=table.shape[1])


def _weights(demand: ArrayLike | None, points: int) -> Array:
    return np.ones(points) if demand is None else numbers("demand", demand, least=0, most=HUGE, shape=(points,))
