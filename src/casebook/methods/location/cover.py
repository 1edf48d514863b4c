"""Cover demand within a distance: the p-center brings the farthest point near, coverage counts who is near."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack

from casebook.methods.location import arguments
from casebook.methods.location.result import Location
from casebook.methods.location.search import Array, Sites, exchange, greedy

Cover = NDArray[np.bool_]
OPTIMAL, INFEASIBLE = 0, 2
MOST_COMPARED = 4000


def p_center(distance: ArrayLike, p: int) -> Location:
    r"""Choose p sites so that the largest distance to the nearest open site is smallest.

    The answer is one of the distances in the table. Halving finds the smallest at which p sites cover every point; at
    each step HiGHS decides what a greedy cover leaves open.

    .. math:: \min_{|S| = p} \; \max_i \; \min_{j \in S} d_{ij}

    Parameters
    ----------
    distance
        Distances :math:`d_{ij}`, shape (n_demand, n_site), finite and at least zero.
    p
        Number of sites to open, from one to n_site.

    Returns
    -------
    Location
        `cost` is the largest distance, proven: `bound` equals it.

    Raises
    ------
    ValueError
        When an argument is out of its range, or has another shape.

    References
    ----------
    E. Minieka, *The m-center problem*, SIAM Review 12 (1970); M. S. Daskin, *Network and Discrete Location*, chapter 5.
    """
    table = arguments.distances(distance)
    count = arguments.count(p, table.shape[1])
    levels = np.unique(table)
    levels = levels[levels >= table.min(axis=1).max()]
    low, high = 0, levels.size - 1
    sites = np.arange(count)
    while low < high:
        middle = (low + high) // 2
        found = cover_all(table <= levels[middle], count)
        if found is None:
            low = middle + 1
        else:
            sites = found
            high = int(np.searchsorted(levels, table[:, found].min(axis=1).max()))
    spare = np.setdiff1d(np.arange(table.shape[1]), sites)[: count - sites.size]
    sites = np.sort(np.r_[sites, spare])
    cost = float(table[:, sites].min(axis=1).max())
    return Location(sites.tolist(), cost, cost)


def coverage(distance: ArrayLike, radius: float, p: int, demand: ArrayLike | None = None) -> Location:
    r"""Choose p sites so that the demand within a radius of an open site is largest.

    .. math::

        \max \sum_i h_i z_i \quad\text{with}\quad
        z_i \le \sum_{j:\, d_{ij} \le r} y_j,\; \sum_j y_j = p,\; y_j \in \{0, 1\}

    Parameters
    ----------
    distance
        Distances :math:`d_{ij}`, shape (n_demand, n_site), finite and at least zero.
    radius
        The distance :math:`r` that still counts as near, at least zero, in the unit of the distances.
    p
        Number of sites to open, from one to n_site.
    demand
        Demand :math:`h_i` of each point, shape (n_demand,), in the order of the rows; one each where none is given.

    Returns
    -------
    Location
        `cost` is the demand covered; `bound` is what no choice can exceed, and equals it with proof.

    Raises
    ------
    ValueError
        When an argument is out of its range, or has another shape.

    References
    ----------
    R. Church and C. ReVelle, *The maximal covering location problem*, Papers of the Regional Science Association 32
    (1974).
    """
    table = arguments.distances(distance)
    near = table <= arguments.number("radius", radius, 0)
    count = arguments.count(p, table.shape[1])
    weights = arguments.demands(demand, len(table))
    rows, which = np.unique(near, axis=0, return_inverse=True)
    sums = np.bincount(which.ravel(), weights)
    counted = rows.any(axis=1) & (sums > 0)
    sites, most = np.arange(count), None
    if counted.any():
        sites, most = _most_covered(rows[counted], sums[counted], count)
    covered = float(weights[near[:, sites].any(axis=1)].sum())
    return Location(sites.tolist(), covered, covered if most is None else max(covered, most))


def cover_all(near: Cover, p: int) -> Sites | None:
    """Find at most p columns that cover every row; None when there are none.

    Parameters
    ----------
    near
        Shape (n, m): whether a column covers a row.
    p
        How many columns may be chosen.
    """
    rows, columns = _essential(near)
    left, chosen = np.ones(len(rows), dtype=bool), []
    while left.any() and len(chosen) < p:
        chosen.append(int(rows[left].sum(axis=0).argmax()))
        left &= ~rows[:, chosen[-1]]
    if not left.any():
        return columns[np.sort(np.asarray(chosen, dtype=np.int64))]
    m = columns.size
    matrix = csr_array(np.vstack([rows, np.ones(m, dtype=bool)]).astype(float))
    least, most = np.r_[np.ones(len(rows)), 0], np.r_[np.full(len(rows), np.inf), p]
    answer = milp(
        np.ones(m), integrality=np.ones(m), bounds=Bounds(0, 1), constraints=LinearConstraint(matrix, least, most)
    )
    if answer.status not in (OPTIMAL, INFEASIBLE):
        raise RuntimeError(
            f"HiGHS could not decide a cover of {len(rows)} points by {p} of {m} sites: {answer.message}"
        )
    return None if answer.x is None else columns[answer.x > 0.5]


def _essential(near: Cover) -> tuple[Cover, Sites]:
    """Drop rows that another row's cover implies, then columns that another column replaces."""
    rows = np.unique(near, axis=0)
    kept = ~_implied(rows)
    rows = rows[kept]
    columns, first = np.unique(rows, axis=1, return_index=True)
    needed = ~_implied(~columns.T)
    order = np.argsort(first[needed], kind="stable")
    return columns[:, needed][:, order], first[needed][order]


def _implied(sets: Cover) -> NDArray[np.bool_]:
    """Say which of several different sets, shape (n, m), hold all of another one; of too many, none."""
    if len(sets) > MOST_COMPARED:
        return np.zeros(len(sets), dtype=bool)
    members = sets.astype(np.float32)
    holds = members @ members.T == members.sum(axis=1)
    np.fill_diagonal(holds, False)
    return holds.any(axis=1)


def _most_covered(near: Cover, weights: Array, p: int) -> tuple[Sites, float | None]:
    """Return sites and what none can exceed, None where that is what they cover."""
    missed = ~near * (weights / weights.sum())[:, None]
    sites, rest = exchange(missed, greedy(missed, p))
    if rest == 0:
        return sites, None
    n, m = near.shape
    scale = 1e4 / weights.sum()
    links = hstack([csr_array(near.astype(float)), -eye_array(n)])
    opened = csr_array(np.r_[np.ones(m), np.zeros(n)][None, :])
    answer = milp(
        np.r_[np.zeros(m), -scale * weights],
        integrality=np.r_[np.ones(m), np.zeros(n)],
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(links, 0, np.inf), LinearConstraint(opened, p, p)],
        options={"mip_rel_gap": 0},
    )
    if answer.x is not None:
        found = np.sort(np.argsort(-answer.x[:m], kind="stable")[:p])
        if missed[:, found].min(axis=1).sum() < rest:
            sites = found
    if answer.status == OPTIMAL:
        return sites, None
    return sites, float(weights.sum() if answer.mip_dual_bound is None else -answer.mip_dual_bound / scale)
