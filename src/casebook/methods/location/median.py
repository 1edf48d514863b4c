"""The p-median: open p sites so that the way to the nearest open one is short on average."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from casebook.methods.location import arguments, radius
from casebook.methods.location.result import Location
from casebook.methods.location.search import total
from casebook.methods.location.tree import Tree

HAND_OVER_NODES = 300


def p_median(distance: ArrayLike, p: int, demand: ArrayLike | None = None, *, nodes: int | None = None) -> Location:
    r"""Choose p sites so that the sum of demand times distance to the nearest open site is smallest.

    Exchanges find a good choice; prices at the demand points (Lagrangean relaxation) bound what any choice can reach
    and close most sites; a tree of open and closed sites proves the rest. Where many sites open, so that the tree
    grows although the bound is close, HiGHS finishes with the radius model.

    .. math::

        \min \sum_i h_i \sum_j d_{ij} x_{ij} \quad\text{with}\quad
        \sum_j x_{ij} = 1,\; x_{ij} \le y_j,\; \sum_j y_j = p,\; y_j \in \{0, 1\}

    Parameters
    ----------
    distance
        Distances :math:`d_{ij}`, shape (n_demand, n_site), finite and at least zero, in any unit; they need be neither
        symmetric nor obey the triangle inequality.
    p
        Number of sites to open, from one to n_site.
    demand
        Demand :math:`h_i` of each point, shape (n_demand,), in the order of the rows; one each where none is given.
    nodes
        Give up the proof after so many nodes of the tree; None looks until it is proven.

    Returns
    -------
    Location
        `cost` is the weighted distance. With proof `bound` equals it: exact for whole numbers, to a billionth for
        others. Without, `bound` is what no choice can undercut.

    Raises
    ------
    ValueError
        When an argument is out of its range, or has another shape.

    References
    ----------
    S. L. Hakimi, *Optimum locations of switching centers and the absolute centers and medians of a graph*,
    Operations Research 12 (1964); S. C. Narula, U. I. Ogbu and H. M. Samuelsson, *An algorithm for the p-median
    problem*, Operations Research 25 (1977); S. García, M. Labbé and A. Marín, *Solving large p-median problems with a
    radius formulation*, INFORMS Journal on Computing 23 (2011).
    """
    table = arguments.distances(distance)
    count = arguments.count(p, table.shape[1])
    weights = arguments.demands(demand, len(table))
    most = math.inf if nodes is None else arguments.number("nodes", nodes, 0)
    cost = arguments.weighted(table, weights)[weights > 0]
    if count == table.shape[1] or not cost.any():
        sites = np.arange(count)
        return _location(cost, sites, None)
    tree = Tree(cost, count)
    proven = tree.search(min(most, HAND_OVER_NODES))
    if not proven and nodes is None:
        _finish(tree)
    elif not proven:
        proven = tree.search(most - HAND_OVER_NODES)
    return _location(cost, tree.sites, None if nodes is None or proven else tree.bound)


def _finish(tree: Tree) -> None:
    """Carry a proof to its end, with the radius model where that promises one, else with the tree."""
    if tree.root is not None:
        proven, sites = radius.finish(tree.cost, tree.p, tree.root, tree.limit)
        if sites is not None:
            tree.offer(sites)
        if proven:
            return
    tree.search(math.inf)


def _location(cost: arguments.Array, sites: np.ndarray, bound: float | None) -> Location:
    value = total(cost, sites) if cost.size else 0.0
    return Location(sites.tolist(), value, value if bound is None else min(bound, value))
