"""Good choices of sites without proof: open greedily, then exchange while it pays (Teitz and Bart 1968)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Sites = NDArray[np.int64]


def total(cost: Array, sites: Sites) -> float:
    """Return the cost of serving every row from the cheapest of the sites."""
    return float(cost[:, sites].min(axis=1).sum())


def greedy(cost: Array, p: int) -> Sites:
    """Open one site after another, each time the one that saves most."""
    served = cost.max(axis=1)
    sites: list[int] = []
    for _ in range(p):
        sums = np.minimum(cost, served[:, None]).sum(axis=0)
        sums[sites] = np.inf
        sites.append(int(sums.argmin()))
        served = np.minimum(served, cost[:, sites[-1]])
    return np.sort(sites)


def exchange(cost: Array, sites: Sites) -> tuple[Sites, float]:
    """Swap an open site for a closed one, the best swap each time, until none pays.

    Parameters
    ----------
    cost
        Shape (n, m): cost of serving a row from a site.
    sites
        Where to start.

    Returns
    -------
    tuple
        The sites, ascending, and their cost.
    """
    sites, value = np.sort(sites), total(cost, sites)
    while sites.size < cost.shape[1]:
        gains = _gains(cost, sites)
        gains[:, sites] = -np.inf
        leave, enter = np.unravel_index(gains.argmax(), gains.shape)
        swapped = np.sort(np.r_[np.delete(sites, leave), enter])
        # What counts is the cost itself: a gain made of huge terms may be nothing but rounding.
        if gains[leave, enter] <= 0 or (better := total(cost, swapped)) >= value:
            break
        sites, value = swapped, better
    return sites, value


def _gains(cost: Array, sites: Sites) -> Array:
    """Return what each swap saves, shape (p, m), from the two cheapest open sites of each row (Whitaker 1983)."""
    rows = np.arange(len(cost))
    opened = cost[:, sites]
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
