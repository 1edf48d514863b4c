"""The radius model of the p-median, solved by HiGHS: binary sites, and a variable for every radius that may matter.

A demand point's distances to the sites, without repeats, are its radii. A variable says that no site within a radius is
open, so that the point pays the step to the next radius (García, Labbé and Marín 2011, in the sparse form of Elloumi
2010). A bound from prices leaves out sites and radii that no better solution uses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from casebook.methods.location.search import Array, Sites
from casebook.methods.location.tree import Node

OPTIMAL, INFEASIBLE = 0, 2
# Share of the cost between bound and limit, and number of radii, up to which HiGHS beats the tree (measured).
CLOSE, SMALL = 0.01, 3000


@dataclass(frozen=True)
class Model:
    """A mixed-integer program: the sites of a node first, then the radii, with the equations over both."""

    steps: Array
    matrix: csr_array
    right: Array


def finish(cost: Array, p: int, node: Node, limit: float) -> tuple[bool, Sites | None]:
    """Find the best choice of sites within a node that costs less than a limit, if the model promises an end.

    It does where the bound is close to the limit or the radii are few; elsewhere the tree is faster.

    Parameters
    ----------
    cost
        Shape (n, m): cost of serving a demand point from a site.
    p
        Number of sites to open.
    node
        Bound, prices and sites that remain after the root of the tree.
    limit
        Solutions that cost as much are of no interest.

    Returns
    -------
    tuple
        Whether the answer is proven, and the sites, None where no choice stays within the limit.
    """
    if node.bound >= limit:
        return True, None
    model = build(cost[:, node.sites], reach(cost, p, node, limit), p)
    if model is None:
        return True, None
    if limit - node.bound > CLOSE * limit and model.steps.size > SMALL:
        return False, None
    k = node.sites.size
    lower = np.zeros(k + model.steps.size)
    lower[:k] = node.forced
    scale = 1e4 / max(limit, model.steps.max(initial=0))
    upper_right = np.r_[np.full(model.right.size - 1, np.inf), p]
    answer = milp(
        np.r_[np.zeros(k), model.steps * scale],
        integrality=np.r_[np.ones(k), np.zeros(model.steps.size)],
        bounds=Bounds(lower, 1),
        constraints=LinearConstraint(model.matrix, model.right, upper_right),
        options={"mip_rel_gap": 0},
    )
    if answer.status == INFEASIBLE:
        return True, None
    if answer.status != OPTIMAL:
        return False, None
    return True, node.sites[np.sort(np.argsort(-answer.x[:k], kind="stable")[:p])]


def reach(cost: Array, p: int, node: Node, limit: float) -> Array:
    """Return the largest cost at which each demand point is served in some solution within the limit, shape (n,).

    A point is served from `d` or more only when every nearer site stays closed; the prices bound what that costs.
    The bound rises with `d`, so the last `d` that stays within the limit is found by halving.
    """
    saving = np.minimum(cost[:, node.sites] - node.prices[:, None], 0).sum(axis=0)
    order = np.lexsort((saving, ~node.forced))
    ordered, saving = cost[:, node.sites[order]], saving[order]
    levels, rows, base = np.sort(ordered, axis=1), np.arange(len(cost)), float(node.prices.sum())
    low, high = np.zeros(len(cost), dtype=int), np.full(len(cost), node.sites.size - p)
    while (low < high).any():
        middle = (low + high + 1) // 2
        far = ordered >= levels[rows, middle][:, None]
        bound = base + np.where(far & (np.cumsum(far, axis=1) <= p), saving, 0).sum(axis=1)
        low, high = np.where(bound <= limit, middle, low), np.where(bound <= limit, high, middle - 1)
    farthest = levels[rows, low]
    if node.forced.any():
        farthest = np.minimum(farthest, cost[:, node.sites[node.forced]].min(axis=1))
    return farthest


def build(cost: Array, farthest: Array, p: int) -> Model | None:
    """Write the radius model over the given sites; None when a point has no site it can reach."""
    n, k = cost.shape
    order = np.argsort(cost, axis=1, kind="stable")
    radius = np.take_along_axis(cost, order, axis=1)
    new = np.diff(radius, axis=1, prepend=-1) > 0
    used = radius <= farthest[:, None]
    if not used[:, 0].all():
        return None
    level = np.cumsum(new, axis=1) - 1
    levels = (new & used).sum(axis=1)
    first_row, first_step = np.cumsum(levels) - levels, np.cumsum(levels - 1) - (levels - 1)
    point, place = np.nonzero(used)
    site_rows, site_columns = first_row[point] + level[point, place], order[point, place]
    owner = np.repeat(np.arange(n), levels - 1)
    step = np.arange(owner.size)
    above = first_row[owner] + step - first_step[owner]
    steps = _steps(radius[new & used], levels)
    rows = np.r_[site_rows, above, above + 1, np.full(k, levels.sum())]
    columns = np.r_[site_columns, k + step, k + step, np.arange(k)]
    values = np.r_[np.ones(site_rows.size + step.size), -np.ones(step.size), np.ones(k)]
    right = np.zeros(levels.sum() + 1)
    right[first_row], right[-1] = 1, p
    shape = (right.size, k + step.size)
    return Model(steps, csr_array((values, (rows, columns)), shape=shape), right)


def _steps(heights: Array, levels: NDArray[np.int64]) -> Array:
    """Return the differences between the radii of each point, one point after another."""
    inside = np.ones(heights.size, dtype=bool)
    inside[np.cumsum(levels) - levels] = False
    return np.diff(heights, prepend=0)[inside]
