"""Recommendations from baskets: goods often bought together, held against what everybody buys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Baskets:
    """Who bought what before a day and after it.

    Attributes
    ----------
    before, after
        One where a household bought a kind of goods, shape (households, kinds); `after` only what is new to it.
    """

    before: Array
    after: Array

    @classmethod
    def of(cls, household: ArrayLike, kind: ArrayLike, late: ArrayLike, least: int) -> Baskets:
        """Read purchases, one row each, and keep households with at least so many kinds before and one new after."""
        names, who = np.unique(np.asarray(household), return_inverse=True)
        kinds, what = np.unique(np.asarray(kind), return_inverse=True)
        shape, place = (names.size, kinds.size), who * kinds.size + what
        is_late = np.asarray(late, dtype=bool)
        before, after = (
            np.bincount(place[side], minlength=names.size * kinds.size).reshape(shape) > 0
            for side in (~is_late, is_late)
        )
        new = after & ~before
        kept = (before.sum(axis=1) >= least) & new.any(axis=1)
        return cls(before[kept].astype(float), new[kept].astype(float))


def popularity(before: Array) -> Array:
    """Score each kind of goods alike for everybody, by how many bought it."""
    return np.broadcast_to(before.sum(axis=0), before.shape)


def neighbours(before: Array) -> Array:
    r"""Score kinds of goods by how often they are bought by the buyers of what a household has.

    .. math:: s_{ui} = \sum_{j \in B_u} \frac{1}{\sqrt{n_j}} \frac{n_{ij}}{\sqrt{n_i n_j}}, \qquad j \ne i

    with :math:`n_i` the buyers of i and :math:`n_{ij}` those of both (item-based collaborative filtering; B. Sarwar and
    others, *Item-based collaborative filtering recommendation algorithms*, 2001).
    """
    buyers = np.sqrt(np.maximum(before.sum(axis=0), 1.0))
    scaled = (before / buyers).astype(np.float32)
    likeness = scaled.T @ scaled
    np.fill_diagonal(likeness, 0.0)
    return (scaled @ likeness).astype(float)


def gain_at(score: Array, baskets: Baskets, k: int) -> Array:
    r"""Compute how well the first k recommendations meet what each household then bought (NDCG at k).

    .. math:: \frac{\sum_{r=1}^{k} h_r / \log_2(r+1)}{\sum_{r=1}^{\min(k, n)} 1 / \log_2(r+1)}

    Parameters
    ----------
    score
        Shape (households, kinds); what a household already has is not recommended.
    k
        Recommendations made (k), at least one; h says which were bought, n is how many kinds were.

    Returns
    -------
    array
        One for each household, from zero to one.
    """
    if not 1 <= k <= score.shape[1]:
        raise ValueError(f"k: expected from 1 to {score.shape[1]} recommendations, found {k}")
    open_score = np.where(baskets.before > 0, -np.inf, score)
    top = np.argsort(-open_score, axis=1, kind="stable")[:, :k]
    discount = 1 / np.log2(np.arange(2, k + 2))
    bought = np.take_along_axis(baskets.after, top, axis=1) @ discount
    ideal = np.cumsum(discount)[np.minimum(baskets.after.sum(axis=1).astype(int), k) - 1]
    return bought / ideal
