"""The assignment game: how people and posts can share what they gain so that no pair would rather leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from casebook.methods.allocation import arguments
from casebook.methods.allocation.arguments import Array

ROUNDING = 1e-9
"""Relative to the largest gain: two ways to compute one price may differ by so much."""


@dataclass(frozen=True, eq=False)
class Core:
    """What a place of each post can keep; people keep the rest of what their pair gains.

    Attributes
    ----------
    low, high
        The least a place can keep, which is the best for the people, and the most, shapes (posts,).
    """

    low: Array
    high: Array


def assignment_core(gain: ArrayLike, posts: ArrayLike, capacity: ArrayLike) -> Core:
    r"""Find both ends of the core of an assignment game: prices at which no pair gains by leaving the best assignment.

    .. math:: u_i + p_j \ge s_{ij} \text{ for all } i, j, \qquad u_i + p_j = s_{ij} \text{ for the pairs assigned},
        \qquad u, p \ge 0

    with nothing for those who are left over and for posts with a place left over. All such prices exist exactly when the
    assignment has the largest total gain.

    Parameters
    ----------
    gain
        What each person (row) and post (column) gain together, :math:`s_{ij}`, shape (m, n); minus infinity where they
        may not meet.
    posts
        The post of each person, shape (m,); -1 for one who is left over.
    capacity
        How many people a post takes, shape (n,), whole.

    Returns
    -------
    Core
        The least and the largest prices p; each is a stable split by itself, and so is every mixture of both.

    Raises
    ------
    ValueError
        When the shapes differ, a post takes more than it can, or another assignment gains more.

    References
    ----------
    L. S. Shapley and M. Shubik, *The assignment game I: the core*, International Journal of Game Theory 1 (1972); G.
    Demange, D. Gale and M. Sotomayor, *Multi-item auctions*, Journal of Political Economy 94 (1986).
    """
    forbidden = np.isneginf(np.asarray(gain, dtype=float))
    worth = np.where(forbidden, -np.inf, arguments.table("gain", np.where(forbidden, 0, gain)))
    m, n = worth.shape
    taken = np.asarray(posts)
    places = arguments.numbers("capacity", capacity, n, whole=True)
    if taken.shape != (m,) or not np.isin(taken, np.arange(-1, n)).all():
        raise ValueError(f"posts: expected one of -1 to {n - 1} for each of {m} people, found {taken.tolist()}")
    counts = np.bincount(taken[taken >= 0], minlength=n)
    if (counts > places).any():
        full = int(np.flatnonzero(counts > places)[0])
        raise ValueError(f"posts: expected at most {places[full]:g} at post {full}, found {counts[full]}")
    people = np.flatnonzero(taken >= 0)
    kept = worth[people, taken[people]]
    if not np.isfinite(kept).all():
        raise ValueError(f"posts: expected pairs that may meet, found person {people[~np.isfinite(kept)][0]}")
    # step[j, k]: what a place of k must keep above one of j, or somebody at j would go there.
    step = np.full((n, n), -np.inf)
    np.maximum.at(step, taken[people], worth[people] - kept[:, np.newaxis])
    floor = np.maximum(worth[taken < 0].max(axis=0, initial=0), 0)
    ceiling = np.full(n, np.inf)
    np.minimum.at(ceiling, taken[people], kept)
    ceiling[counts < places] = 0
    low = _spread(step, floor)
    high = -_spread(step.T, -ceiling)
    mine = np.zeros(m)
    mine[people] = kept - low[taken[people]]
    close = ROUNDING * max(float(np.abs(kept).max(initial=0)), float(floor.max(initial=0)))
    if (mine < -close).any() or (low > ceiling + close).any() or (worth > mine[:, np.newaxis] + low + close).any():
        raise ValueError("posts: expected the assignment of the largest gain, found one that another beats")
    return Core(low, np.where(np.isfinite(high), np.maximum(high, low), low))


def _spread(step: Array, start: Array) -> Array:
    """Return the least prices of at least `start` with p_k >= p_j + step_jk (longest paths, after Bellman and Ford)."""
    price = start
    for _ in range(len(start)):
        price = np.maximum(price, (price[:, np.newaxis] + step).max(axis=0))
    return price
