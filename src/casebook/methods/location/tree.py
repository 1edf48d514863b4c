"""Proof for the p-median: prices a demand point would pay give a bound, a tree of open and closed sites the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casebook.methods.location.search import Array, Sites, exchange, greedy, total

ROOT_ROUNDS, ROUND, PATIENCE = 8, 150, 15
NODE_ROUND, NODE_PATIENCE = 80, 8
OFFER = 10
TOLERANCE, SLACK = 1e-9, 1e-6


@dataclass(frozen=True)
class Node:
    """A part of the search: only `sites` may open, those in `forced` must.

    Attributes
    ----------
    bound
        No choice of sites in this part costs less.
    prices
        What each demand point pays for being served at that bound (the Lagrangean multipliers), shape (n,).
    sites, forced
        Indices, shape (k,), and whether each must open.
    """

    bound: float
    prices: Array
    sites: Sites
    forced: NDArray[np.bool_]


@dataclass(frozen=True)
class Climb:
    """The best bound found at a node, the saving of each site at its prices, and how often a site was chosen."""

    bound: float
    prices: Array
    saving: Array
    often: Array


class Tree:
    """Branch and bound on the Lagrangean relaxation that lets a demand point be served by any number of sites.

    Parameters
    ----------
    cost
        Shape (n, m), at least zero: cost of serving a demand point from a site.
    p
        Number of sites to open, fewer than m.
    """

    def __init__(self, cost: Array, p: int) -> None:
        self.p = p
        self.sites, found = exchange(cost, greedy(cost, p))
        # Whoever pays more than the best total is in no better solution: a cap keeps the arithmetic exact.
        cost = np.minimum(cost, found)
        self.whole = found < 1e8 and bool((cost == np.rint(cost)).all())
        self.unit = 1.0 if self.whole or found == 0 else found
        self.cost = cost / self.unit
        self.best = total(self.cost, self.sites)
        self.open: list[Node] = []
        self.root = self._root() if self.best > 0 else None
        if self.root is not None:
            self.open.append(self.root)

    @property
    def limit(self) -> float:
        """What a node's bound must stay below to be worth a look: one less for whole numbers, a billionth for others."""
        return self.best - 1 + SLACK if self.whole else self.best * (1 - TOLERANCE)

    @property
    def bound(self) -> float:
        """What no choice of sites can beat, in the units of `cost`."""
        waiting = [node.bound for node in self.open if node.bound < self.limit]
        if not waiting:
            return self.best * self.unit
        lowest = np.ceil(min(waiting) - SLACK) if self.whole else min(waiting)
        return float(lowest) * self.unit

    def search(self, nodes: float) -> bool:
        """Look at so many nodes, depth first, the open branch before the closed one; True when none is left."""
        while self.open and nodes > 0:
            node = self.open.pop()
            if node.bound < self.limit:
                self._branch(node)
                nodes -= 1
        return not self.open

    def offer(self, sites: Sites) -> None:
        """Take a choice of sites that is better than the best one, and what exchanges make of it."""
        if total(self.cost, sites) < self.best:
            self.sites, self.best = exchange(self.cost, sites)

    def _root(self) -> Node | None:
        m = self.cost.shape[1]
        ahead = np.sort(self.cost[:, self.sites], axis=1)[:, min(1, self.p - 1)]
        node: Node | None = Node(0.0, ahead, np.arange(m), np.zeros(m, dtype=bool))
        for turn in range(ROOT_ROUNDS):
            before = node.bound
            climb = self._climb(node, ROUND, PATIENCE, 2.0 * 0.6**turn)
            node = self._settle(node, climb) if climb else None
            if node is None or node.bound - before < 1e-5 * self.best:
                break
        return node

    def _branch(self, node: Node) -> None:
        climb = self._climb(node, NODE_ROUND, NODE_PATIENCE, 1.0)
        settled = self._settle(node, climb) if climb else None
        if settled is None:
            return
        often = climb.often[np.isin(node.sites, settled.sites)]
        pick = int(np.where(settled.forced, np.inf, np.abs(often - 0.5)).argmin())
        if settled.sites.size > self.p:
            closed = np.delete(settled.sites, pick)
            self.open.append(Node(settled.bound, settled.prices, closed, np.delete(settled.forced, pick)))
        forced = settled.forced.copy()
        forced[pick] = True
        self.open.append(Node(settled.bound, settled.prices, settled.sites, forced))

    def _climb(self, node: Node, rounds: int, patience: int, pace: float) -> Climb | None:
        """Raise the bound by subgradient steps; None when the node holds nothing better than the best."""
        cost, prices, stall = np.ascontiguousarray(self.cost[:, node.sites].T), node.prices, 0
        gap = np.empty_like(cost)
        often, weight = np.zeros(node.sites.size), 0.0
        top = Climb(-np.inf, prices, often, often)
        for step in range(rounds):
            np.subtract(cost, prices, out=gap)
            saving = np.minimum(gap, 0, out=gap).sum(axis=1)
            chosen = np.argsort(np.where(node.forced, -np.inf, saving), kind="stable")[: self.p]
            bound = float(prices.sum() + saving[chosen].sum())
            slope = 1.0 - np.count_nonzero(gap[chosen], axis=0)
            if step % OFFER == OFFER - 1 or not slope.any():
                self.offer(node.sites[chosen])
            if bound >= self.limit or not slope.any():
                return None
            often, weight = 0.9 * often, 0.9 * weight + 1
            often[chosen] += 1
            stall += 1
            if bound > top.bound + TOLERANCE * self.best:
                top, stall = Climb(bound, prices, saving, often), 0
            elif stall >= patience:
                pace, prices, stall = 0.6 * pace, top.prices, 0
            prices = prices + pace * (self.best - bound) / (slope @ slope) * slope
        return Climb(top.bound, top.prices, top.saving, often / weight)

    def _settle(self, node: Node, climb: Climb) -> Node | None:
        """Close the sites that no better solution opens and force those that each opens; None when none is left."""
        if climb.bound >= self.limit:
            return None
        forced, saving = node.forced, climb.saving
        wanted = self.p - int(forced.sum())
        free = np.sort(saving[~forced])
        if wanted > 0:
            last, after = free[wanted - 1], free[wanted] if free.size > wanted else np.inf
            keep = forced | (climb.bound + saving - last < self.limit)
            must = forced | ((climb.bound - saving + after >= self.limit) & (saving <= last))
        else:
            keep, must = forced, forced
        if must.sum() == self.p:
            self.offer(node.sites[must])
            return None
        return Node(max(node.bound, climb.bound), climb.prices, node.sites[keep], must[keep])
