"""Hubs: where to put them so that most of what travels between places arrives in time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

MOST_CHOICES = 2_000_000


@dataclass(frozen=True)
class HubNetwork:
    """Hubs and what they reach.

    Attributes
    ----------
    hubs
        Places that are hubs, rising.
    covered
        Share of the flow that arrives in time.
    times
        Time of the fastest way by the hubs from each place (row) to each (column); nil within a place.
    """

    hubs: tuple[int, ...]
    covered: float
    times: NDArray[np.float64]


def p_hub_cover(
    time: ArrayLike, flow: ArrayLike, p: int, limit: float, *, discount: float = 1.0, handling: float = 0.0
) -> HubNetwork:
    r"""Choose the hubs by which most of the flow arrives within a limit, by trying every choice.

    A parcel goes to a hub, perhaps on to another, and to its destination, whichever way is fastest:

    .. math:: T_{ij} = \min_{k, m \in H} \left( t_{ik} + h + \alpha\,t_{km} + h\,[k \ne m] + t_{mj} \right),
        \qquad \max_{H} \sum_{T_{ij} \le L} w_{ij}

    Parameters
    ----------
    time
        Time between places (t), shape (n, n), nil on the diagonal.
    flow
        What travels from row to column (w), shape (n, n). Within a place it needs no hub and is always in time.
    p
        Number of hubs.
    limit
        Longest time allowed (L).
    discount
        Time between hubs against that between other places (alpha).
    handling
        Time in a hub (h).

    Returns
    -------
    HubNetwork
        Of choices that cover equally much, the one with the shortest mean time, then the first.

    Raises
    ------
    ValueError
        When shapes differ, a number is negative or not finite, there are more hubs than places, no flow, or more
        choices than can be tried.

    References
    ----------
    J. F. Campbell, *Integer programming formulations of discrete hub location problems*, European Journal of
    Operational Research 72 (1994), the p-hub maximal covering problem with multiple allocation.
    """
    between, travels = _square("time", time), _square("flow", flow)
    n = len(between)
    if travels.shape != between.shape:
        raise ValueError(f"flow: expected shape {between.shape}, found {travels.shape}")
    if not travels.sum() > 0:
        raise ValueError("flow: expected some above 0, found none")
    if isinstance(p, bool) or not isinstance(p, int | np.integer) or not 1 <= p <= n:
        raise ValueError(f"p: expected a whole number of hubs from 1 to {n}, found {p}")
    for name, value in (("limit", limit), ("discount", discount), ("handling", handling)):
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{name}: expected a number from 0 up, found {value}")
    if math.comb(n, p) > MOST_CHOICES:
        raise ValueError(f"p: expected at most {MOST_CHOICES} choices to try, found {math.comb(n, p)}")
    choices = np.array(list(combinations(range(n), p)))
    best = _best(between, travels / travels.sum(), choices, limit, discount, handling)
    hubs = choices[best]
    times = _times(between, hubs, discount, handling)
    covered = float(travels[times <= limit].sum() / travels.sum())
    return HubNetwork(tuple(int(hub) for hub in hubs), covered, times)


def _square(name: str, values: ArrayLike) -> NDArray[np.float64]:
    matrix = np.array(values, dtype=float)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise ValueError(f"{name}: expected a square table, found shape {matrix.shape}")
    if not (np.isfinite(matrix) & (matrix >= 0)).all():
        raise ValueError(
            f"{name}: expected numbers from 0 up, found {matrix[~(np.isfinite(matrix) & (matrix >= 0))][0]}"
        )
    return matrix


@njit(cache=True)
def _times(time: NDArray[np.float64], hubs: NDArray[np.int64], discount: float, handling: float) -> NDArray[np.float64]:
    """Return the fastest way by hubs between all places."""
    n, p = len(time), len(hubs)
    via = np.empty((n, p))
    times = np.zeros((n, n))
    for i in range(n):
        for m in range(p):
            via[i, m] = time[i, hubs[m]] + handling
            for k in range(p):
                if k != m:
                    way = time[i, hubs[k]] + discount * time[hubs[k], hubs[m]] + 2 * handling
                    via[i, m] = min(via[i, m], way)
        for j in range(n):
            if i != j:
                times[i, j] = np.inf
                for m in range(p):
                    times[i, j] = min(times[i, j], via[i, m] + time[hubs[m], j])
    return times


@njit(cache=True)
def _best(
    time: NDArray[np.float64],
    flow: NDArray[np.float64],
    choices: NDArray[np.int64],
    limit: float,
    discount: float,
    handling: float,
) -> int:
    """Return the row of the choice that covers most, then is fastest on average."""
    best, most, fastest = 0, -1.0, np.inf
    for row in range(len(choices)):
        times = _times(time, choices[row], discount, handling)
        covered = mean = 0.0
        for i in range(len(time)):
            for j in range(len(time)):
                mean += flow[i, j] * times[i, j]
                if times[i, j] <= limit:
                    covered += flow[i, j]
        if covered > most + 1e-12 or (covered > most - 1e-12 and mean < fastest - 1e-12):
            best, most, fastest = row, covered, mean
    return best
