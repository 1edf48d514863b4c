"""What size does: one pool against separate sites, and the limits of very large stations."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from casebook.methods.queueing.arguments import number, numbers, plain, wholes
from casebook.methods.queueing.erlang import mean_wait, waiting

Values = float | NDArray[np.float64]

ROUNDING = 1 + 1e-12
"""Two ways to compute one wait may differ by so much."""


@dataclass(frozen=True)
class Pooling:
    """Sites that work apart against one pool of all of them.

    Attributes
    ----------
    separate, separate_wait
        Share of arrivals that wait and mean wait in mean service times, one a site.
    mean_separate, mean_separate_wait
        The same over the customers of all sites.
    pooled, pooled_wait
        The same for one pool of all staff.
    staff_same_share, staff_same_wait
        Fewest staff with which the pool lets no larger share wait, and no longer on average, than the sites do apart.
    """

    separate: NDArray[np.float64]
    separate_wait: NDArray[np.float64]
    mean_separate: float
    mean_separate_wait: float
    pooled: float
    pooled_wait: float
    staff_same_share: int
    staff_same_wait: int


def pooling(load: ArrayLike, staff: ArrayLike) -> Pooling:
    """Compare several sites, each an M/M/n queue, with one pool of their work and their people.

    Parameters
    ----------
    load
        Offered load by site in erlangs (a), shape (sites,), not all zero.
    staff
        Servers by site (n), whole, shape (sites,).

    Returns
    -------
    Pooling
        Everybody waits at a site whose load is at or above its staff, and its mean wait is infinite.

    Raises
    ------
    ValueError
        When the shapes differ, a load is negative or all are zero, or a number of staff is not whole or negative.

    References
    ----------
    D. R. Smith and W. Whitt, *Resource sharing for efficiency in traffic systems*, Bell System Technical Journal 60
    (1981).
    """
    a, n = np.atleast_1d(numbers("load", load)), np.atleast_1d(wholes("staff", staff))
    if a.shape != n.shape or a.ndim > 1:
        raise ValueError(f"staff: expected one number a site, shape {a.shape}, found shape {n.shape}")
    total = float(a.sum())
    if total == 0:
        raise ValueError("load: expected at least one site with work, found 0 at all")
    separate, waits = waiting(n, a), np.atleast_1d(mean_wait(n, a))
    busy = a > 0
    share_waiting = float(a @ separate / total)
    mean = float(a[busy] @ waits[busy] / total)
    pooled, pooled_wait = float(waiting(n.sum(), total)), float(mean_wait(int(n.sum()), total))
    enough = int(n.sum())
    same_share = _fewest(total, enough, lambda people: float(waiting(people, total)) <= share_waiting * ROUNDING)
    same_wait = _fewest(total, enough, lambda people: float(mean_wait(people, total)) <= mean * ROUNDING)
    return Pooling(separate, waits, share_waiting, mean, pooled, pooled_wait, same_share, same_wait)


def _fewest(load: float, enough: int, served: Callable[[int], bool]) -> int:
    """Find the smallest number above the load for which `served` holds, given that it holds for `enough`."""
    low = math.floor(load) + 1
    high = max(low, enough)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if served(middle) else (middle + 1, high)
    return low


def halfin_whitt(beta: ArrayLike) -> Values:
    r"""Compute the chance of waiting of a very large M/M/n station with square-root staffing.

    .. math:: P(\text{wait}) \to \left[1 + \beta\,\frac{\Phi(\beta)}{\varphi(\beta)}\right]^{-1}
        \quad\text{as } a \to \infty,\; n = a + \beta\sqrt a

    Parameters
    ----------
    beta
        Quality of service (beta), at least zero, any shape.

    Returns
    -------
    float or array
        One at zero, falling to zero.

    Raises
    ------
    ValueError
        When beta is negative or not finite.

    References
    ----------
    S. Halfin and W. Whitt, *Heavy-traffic limits for queues with many exponential servers*, Operations Research 29
    (1981).
    """
    b = numbers("beta", beta)
    density = np.exp(-(np.minimum(b, 100.0) ** 2) / 2) / math.sqrt(2 * math.pi)
    return plain(density / (density + b * special.ndtr(b)))


def square_root_staffing(load: float, beta: float) -> int:
    r"""Staff a large station by the square-root rule; its chance of waiting is close to `halfin_whitt(beta)`.

    .. math:: n = \lceil a + \beta \sqrt a\, \rceil

    Parameters
    ----------
    load
        Offered load in erlangs (a).
    beta
        Quality of service (beta), at least zero.

    Returns
    -------
    int
        Number of servers (n); nobody for no load.

    Raises
    ------
    ValueError
        When one of them is negative or not finite.

    References
    ----------
    S. Halfin and W. Whitt, *Heavy-traffic limits for queues with many exponential servers*, Operations Research 29
    (1981).
    """
    a, b = number("load", load), number("beta", beta)
    return math.ceil(a + b * math.sqrt(a))
