"""Try every choice: slow, and beyond doubt on small instances, against which the other methods are held."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from casebook.methods.location import arguments
from casebook.methods.location.arguments import Array
from casebook.methods.location.result import Location

MOST_CHOICES = 1_000_000


def try_every_choice(distance: ArrayLike, p: int, cost: Callable[[Array], float] = np.sum) -> Location:
    r"""Choose p sites by trying every choice there is, for any cost of the ways to the nearest open site.

    .. math:: \min_{|S| = p} f(w) \quad\text{with}\quad w_i = \min_{j \in S} d_{ij}

    The sum of the ways makes it the p-median, their maximum the p-center, and how many are longer than a radius the
    coverage.

    Parameters
    ----------
    distance
        Distances :math:`d_{ij}`, shape (n_demand, n_site), finite and at least zero.
    p
        Number of sites to open, from one to n_site.
    cost
        What the ways cost, :math:`f`: a number from an array of shape (n_demand,).

    Returns
    -------
    Location
        The first of the cheapest choices; `bound` equals `cost`.

    Raises
    ------
    ValueError
        When an argument is out of its range or has another shape, or there are more than a million choices.

    References
    ----------
    A definition.
    """
    table = arguments.distances(distance)
    count = arguments.count(p, table.shape[1])
    choices = math.comb(table.shape[1], count)
    if choices > MOST_CHOICES:
        raise ValueError(f"p: expected at most {MOST_CHOICES:,} choices of sites, found {choices:,}")
    sites = np.array(list(combinations(range(table.shape[1]), count)))
    costs = [float(cost(table[:, chosen].min(axis=1))) for chosen in sites]
    best = int(np.argmin(costs))
    return Location(sites[best].tolist(), costs[best], costs[best])
