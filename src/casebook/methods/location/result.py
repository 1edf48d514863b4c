"""What a location method answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods.location import arguments


@dataclass(frozen=True)
class Location:
    """Where to open, what it costs, and what nobody can beat.

    Attributes
    ----------
    sites
        Indices of the open sites, ascending; for a table with labels, `distance.columns[sites]` names them.
    cost
        The value of the goal: weighted distance, largest distance, or demand covered.
    bound
        What no choice of sites can beat. Equal to `cost` exactly when `cost` is proven to be the best.
    """

    sites: list[int]
    cost: float
    bound: float

    @property
    def proven(self) -> bool:
        """Whether no other choice of sites can be better."""
        return self.cost == self.bound


def nearest(distance: ArrayLike, sites: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Send every demand point to its nearest open site, to the first of several at the same distance.

    Parameters
    ----------
    distance
        Shape (n_demand, n_site), finite and at least zero.
    sites
        Indices of the open sites, at least one.

    Returns
    -------
    tuple of arrays
        The index of the site and the distance to it, one a demand point.

    Raises
    ------
    ValueError
        When an argument is out of its range, or no site is open.
    """
    table = arguments.distances(distance)
    chosen = np.sort(arguments.indices(sites, table.shape[1]))
    if not chosen.size:
        raise ValueError("sites: expected at least one open site, found none")
    which = table[:, chosen].argmin(axis=1)
    return chosen[which], table[np.arange(len(table)), chosen[which]]
