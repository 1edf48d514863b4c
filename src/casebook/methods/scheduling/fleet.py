"""Fleet size: the fewest vehicles that can run a timetable, with the trips that prove it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, maximum_bipartite_matching


@dataclass(frozen=True)
class Fleet:
    """The fewest vehicles for a timetable.

    Attributes
    ----------
    chains
        For each vehicle its trips in order, as indices.
    rivals
        Trips no two of which can follow each other directly. Where whatever can follow through a third trip can also
        follow directly, they are as many as the vehicles: each needs its own, so fewer cannot do.
    """

    chains: list[list[int]]
    rivals: list[int]

    @property
    def size(self) -> int:
        """How many vehicles."""
        return len(self.chains)


def connections(start: ArrayLike, end: ArrayLike, gap: ArrayLike = 0.0) -> NDArray[np.bool_]:
    r"""Say which trip one vehicle can make directly after which: :math:`e_i + g_{ij} \le s_j`.

    Parameters
    ----------
    start, end
        Times :math:`s_i < e_i`, shape (n,), in one unit.
    gap
        Turn-round and empty run :math:`g_{ij}` from the end of trip i to the start of trip j: one number for all, or
        shape (n, n), at least zero.

    Returns
    -------
    array of bool
        Shape (n, n); row i, column j says that j can follow i.

    Raises
    ------
    ValueError
        When there is no trip, a trip does not end after its start, or a gap is negative or not a number.
    """
    begins, ends = (np.asarray(times, dtype=float) for times in (start, end))
    if begins.ndim != 1 or not begins.size or begins.shape != ends.shape:
        raise ValueError(f"start: expected one time a trip as in end, found shapes {begins.shape} and {ends.shape}")
    wrong = ~(np.isfinite(begins) & np.isfinite(ends) & (ends > begins))
    if wrong.any():
        k = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"end: expected a time after the start, found {begins[k]:g} to {ends[k]:g} for trip {k}")
    gaps = np.asarray(gap, dtype=float)
    if gaps.shape not in ((), (begins.size, begins.size)):
        raise ValueError(f"gap: expected one number or shape {(begins.size, begins.size)}, found shape {gaps.shape}")
    if not (gaps >= 0).all():
        raise ValueError(f"gap: expected times of at least 0, found {gaps[~(gaps >= 0)].ravel()[0]:g}")
    return ends[:, None] + gaps <= begins[None, :]


def minimum_fleet(follows: ArrayLike) -> Fleet:
    r"""Serve every trip once with the fewest vehicles (minimum path cover).

    Each trip that follows another saves a vehicle. A largest matching M of trips with followers, by Hopcroft and Karp,
    saves the most:

    .. math:: F = n - |M|

    König's theorem turns the matching into a smallest vertex cover; the trips it leaves untouched are the rivals of
    Dilworth's theorem.

    Parameters
    ----------
    follows
        Shape (n, n), true where trip j can follow trip i on one vehicle, as `connections` gives it; without circles.

    Returns
    -------
    Fleet
        The trips of each vehicle, and the trips that prove the number.

    Raises
    ------
    ValueError
        When the table is not square, has no trip, or lets a trip follow itself.

    References
    ----------
    R. P. Dilworth, *A decomposition theorem for partially ordered sets*, Annals of Mathematics 51 (1950);
    G. B. Dantzig and D. R. Fulkerson, *Minimizing the number of tankers to meet a fixed schedule*, Naval Research
    Logistics Quarterly 1 (1954); J. E. Hopcroft and R. M. Karp, SIAM Journal on Computing 2 (1973).
    """
    table = np.asarray(follows, dtype=bool)
    if table.ndim != 2 or table.shape[0] != table.shape[1] or not table.size:
        raise ValueError(f"follows: expected a square table with at least one trip, found shape {table.shape}")
    graph = csr_array(table)
    if table.diagonal().any() or connected_components(graph, connection="strong")[0] < len(table):
        raise ValueError("follows: expected trips in order of time, found a trip that comes after itself")
    after = maximum_bipartite_matching(graph, perm_type="column")
    return Fleet(_chains(after), _rivals(table, after))


def _chains(after: NDArray[np.integer]) -> list[list[int]]:
    chains = []
    for first in np.setdiff1d(np.arange(after.size), after).tolist():
        chain = [first]
        while after[chain[-1]] >= 0:
            chain.append(int(after[chain[-1]]))
        chains.append(chain)
    return chains


def _rivals(table: NDArray[np.bool_], after: NDArray[np.integer]) -> list[int]:
    """Find the trips that König's vertex cover leaves untouched, by alternating paths from trips without a follower."""
    before = np.full(after.size, -1)
    before[after[after >= 0]] = np.flatnonzero(after >= 0)
    left, right = after < 0, np.zeros(after.size, dtype=bool)
    queue = np.flatnonzero(left).tolist()
    while queue:
        new = np.flatnonzero(table[queue.pop()] & ~right)
        right[new] = True
        back = before[new]
        queue += back[~left[back]].tolist()
        left[back] = True
    return np.flatnonzero(left & ~right).tolist()
