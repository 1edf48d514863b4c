"""Sites that may be shut when a customer comes: expected distances, and sites chosen with failure in mind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods.location import arguments
from casebook.methods.location.median import p_median
from casebook.methods.location.result import Location
from casebook.methods.location.search import Array

START_NODES = 10  # of the p-median's tree: the start need not be proven


@dataclass(frozen=True)
class _Chances:
    """Demand points with their sites in the order in which they would be tried."""

    distance: Array
    order: NDArray[np.int64]
    opened: Array
    penalty: float
    weights: Array

    def expected(self, chosen: NDArray[np.bool_]) -> float:
        """Return the expected weighted distance when the chosen sites, shape (m,), are opened."""
        before, _, home = self._tried(chosen)
        return float(self.weights @ (before[:, -1] + home))

    def joined(self, chosen: NDArray[np.bool_]) -> Array:
        """Return the expected weighted distance when one more site joins the chosen ones, for each site, shape (m,)."""
        before, still, home = self._tried(chosen)
        total = (before[:, -1] + home)[:, None]
        chance, before = self.opened[self.order], before[:, :-1]
        costs = before + chance * still * self.distance + (1 - chance) * (total - before)
        return np.bincount(self.order.ravel(), (self.weights[:, None] * costs).ravel(), minlength=chosen.size)

    def _tried(self, chosen: NDArray[np.bool_]) -> tuple[Array, Array, Array]:
        """Return the way expected before each site is tried and after all, the chance to try it, and the cost at home."""
        works = np.where(chosen, self.opened, 0)[self.order]
        still = np.cumprod(np.c_[np.ones(len(works)), 1 - works], axis=1)
        ways = np.cumsum(still[:, :-1] * works * self.distance, axis=1)
        return np.c_[np.zeros(len(ways)), ways], still[:, :-1], still[:, -1] * self.penalty


def expected_distance(
    distance: ArrayLike,
    sites: ArrayLike,
    open_probability: ArrayLike,
    penalty: float,
    demand: ArrayLike | None = None,
) -> float:
    r"""Compute the expected weighted distance when each site is open with a probability, independently of the others.

    Everybody knows which sites are open, goes to the nearest of them, and stays at home at a penalty where none is
    open or the nearest is farther than the penalty. With the sites of a point ordered by distance,

    .. math:: \sum_i h_i \Bigl[\sum_k d_{i(k)}\, q_{(k)} \prod_{l<k} (1 - q_{(l)}) + \pi \prod_k (1 - q_{(k)})\Bigr]

    Parameters
    ----------
    distance
        Distances :math:`d_{ij}`, shape (n_demand, n_site), finite and at least zero.
    sites
        Indices of the sites that are used; none is allowed, and then everybody stays at home.
    open_probability
        Chance :math:`q_j` that a site is open: one number for all, or one a site of the table, shape (n_site,).
    penalty
        What staying at home costs (:math:`\pi`), in the unit of the distances.
    demand
        Demand :math:`h_i` of each point, shape (n_demand,); one each where none is given.

    Returns
    -------
    float
        In the unit of distance times demand.

    Raises
    ------
    ValueError
        When an argument is out of its range, or has another shape.

    References
    ----------
    L. V. Snyder and M. S. Daskin, *Reliability models for facility location: the expected failure cost case*,
    Transportation Science 39 (2005).
    """
    chances = _chances(distance, open_probability, penalty, demand)
    chosen = np.zeros(chances.opened.size, dtype=bool)
    chosen[arguments.indices(sites, chosen.size)] = True
    return chances.expected(chosen)


def reliable_p_median(
    distance: ArrayLike,
    p: int,
    open_probability: ArrayLike,
    penalty: float,
    demand: ArrayLike | None = None,
) -> Location:
    r"""Choose p sites so that the expected weighted distance is small when sites may be shut.

    Exchanges start from the p-median and from a greedy choice and stop where no swap pays; nothing is proven. The
    bound lets everybody reach the nearest site of the p-median unless all sites are shut, which is least likely with
    the p that are most often open; of the p-median it takes the bound after a short search,

    .. math:: (1 - r)\,\text{p-median} + r\, \pi \sum_i h_i, \qquad r = \prod_{j \le p} (1 - q_{[j]})

    Parameters
    ----------
    distance, open_probability, penalty, demand
        As in `expected_distance`.
    p
        Number of sites to open, from one to n_site.

    Returns
    -------
    Location
        `cost` is the expected weighted distance; `bound` is what no choice can undercut.

    Raises
    ------
    ValueError
        When an argument is out of its range, or has another shape.

    References
    ----------
    L. V. Snyder and M. S. Daskin, *Reliability models for facility location: the expected failure cost case*,
    Transportation Science 39 (2005).
    """
    chances = _chances(distance, open_probability, penalty, demand)
    sites = chances.opened.size
    count = arguments.count(p, sites)
    near = np.minimum(arguments.distances(distance), chances.penalty)
    certain = p_median(near, count, chances.weights, nodes=START_NODES)
    start = np.zeros(sites, dtype=bool)
    start[certain.sites] = True
    chosen, cost = min(
        (_exchange(chances, start), _exchange(chances, _greedy(chances, count))), key=lambda pair: pair[1]
    )
    none_open = float(np.prod(np.sort(1 - chances.opened)[:count]))
    bound = (1 - none_open) * certain.bound + none_open * chances.penalty * float(chances.weights.sum())
    return Location(np.flatnonzero(chosen).tolist(), cost, min(bound, cost))


def _chances(distance: ArrayLike, open_probability: ArrayLike, penalty: float, demand: ArrayLike | None) -> _Chances:
    table = arguments.distances(distance)
    opened = arguments.probabilities(open_probability, table.shape[1])
    limit = arguments.number("penalty", penalty, 0)
    if limit == np.inf:
        raise ValueError("penalty: expected a finite number, found inf")
    weights = arguments.demands(demand, len(table))
    near = np.minimum(table, limit)
    arguments.weighted(np.full((len(table), 1), limit), weights)
    order = np.argsort(near, axis=1, kind="stable")
    return _Chances(np.take_along_axis(near, order, axis=1), order, opened, limit, weights)


def _greedy(chances: _Chances, p: int) -> NDArray[np.bool_]:
    chosen = np.zeros(chances.opened.size, dtype=bool)
    for _ in range(p):
        chosen[np.where(chosen, np.inf, chances.joined(chosen)).argmin()] = True
    return chosen


def _exchange(chances: _Chances, chosen: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], float]:
    """Swap an open site for a closed one, the best swap each time, until none pays."""
    cost = chances.expected(chosen)
    while not chosen.all():
        opened = np.flatnonzero(chosen)
        costs = np.array([chances.joined(_with(chosen, site)) for site in opened])
        costs[:, chosen] = np.inf
        leave, enter = np.unravel_index(costs.argmin(), costs.shape)
        swapped = _with(chosen, opened[leave], enter)
        value = chances.expected(swapped)
        if value >= cost * (1 - 1e-12):
            break
        chosen, cost = swapped, value
    return chosen, cost


def _with(chosen: NDArray[np.bool_], *changed: int) -> NDArray[np.bool_]:
    """Return a copy with some sites opened that were closed and closed that were open."""
    result = chosen.copy()
    result[list(changed)] ^= True
    return result
