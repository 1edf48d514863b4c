r"""Erlang's formulas: servers without a waiting room, and servers with patient customers.

Load is offered load in erlangs, :math:`a = \lambda / \mu`: the mean number of servers that the arrivals keep busy.
All formulas hold for any number of servers and any load; nothing overflows.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods.queueing.arguments import number, numbers, plain, share, wholes

Values = float | NDArray[np.float64]

ROUNDING = 1e-12
FORGOTTEN = 10
"""So many standard deviations below the load the recursion may start: by the load, its start is forgotten."""


def blocking(servers: int, load: float) -> float:
    """Compute Erlang B for one checked pair; the steps needed grow with the root of the smaller of the two."""
    if load == 0:
        return 0.0 if servers else 1.0
    lower = min(servers, load)
    start = max(0, math.floor(lower - FORGOTTEN * math.sqrt(lower)))
    chance = 1 - start / load
    for k in range(start + 1, servers + 1):
        chance = load * chance / (k + load * chance)
        if chance == 0:
            return 0.0
    return chance


def waiting(servers: ArrayLike, load: ArrayLike) -> NDArray[np.float64]:
    """Compute Erlang C for checked arrays."""
    n, a = np.broadcast_arrays(np.asarray(servers, dtype=float), load)
    blocked = np.vectorize(lambda n, a: blocking(int(n), a), otypes=[float])(n, np.where(a < n, a, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = n * blocked / (n - a + a * blocked)
    return np.where(a < n, chance, 1.0)


def erlang_b(servers: ArrayLike, load: ArrayLike) -> Values:
    r"""Compute the chance that all servers are busy when nobody waits (M/G/n/n).

    .. math:: B(0, a) = 1, \qquad B(k, a) = \frac{a\,B(k-1, a)}{k + a\,B(k-1, a)}

    Parameters
    ----------
    servers
        Number of servers (n), whole, any shape.
    load
        Offered load in erlangs (a), any shape that broadcasts with `servers`.

    Returns
    -------
    float or array
        Share of arrivals that find all servers busy and are lost.

    Raises
    ------
    ValueError
        When a number of servers is not whole or negative, or a load is negative or not finite.

    References
    ----------
    R. B. Cooper, *Introduction to Queueing Theory*, chapter 3. The recursion forgets where it starts, so it starts
    close below the load.
    """
    n, a = wholes("servers", servers), numbers("load", load)
    return plain(np.vectorize(lambda n, a: blocking(int(n), float(a)), otypes=[float])(n, a))


def erlang_c(servers: ArrayLike, load: ArrayLike) -> Values:
    r"""Compute the chance of waiting when everybody waits as long as it takes (M/M/n).

    .. math:: C(n, a) = \frac{n\,B(n, a)}{n - a\,(1 - B(n, a))} \quad (a < n), \qquad C = 1 \quad (a \ge n)

    Parameters
    ----------
    servers
        Number of servers (n), whole, any shape.
    load
        Offered load in erlangs (a), any shape that broadcasts with `servers`.

    Returns
    -------
    float or array
        Share of arrivals that wait; one when the load is at or above the servers, for then the queue never empties.

    Raises
    ------
    ValueError
        When a number of servers is not whole or negative, or a load is negative or not finite.

    References
    ----------
    R. B. Cooper, *Introduction to Queueing Theory*, chapter 3.
    """
    return plain(waiting(wholes("servers", servers), numbers("load", load)))


def mean_wait(servers: ArrayLike, load: ArrayLike, mean_service: ArrayLike = 1.0) -> Values:
    r"""Compute the mean time in queue of a patient customer (M/M/n).

    .. math:: W_q = \frac{C(n, a)}{n - a}\, s

    Parameters
    ----------
    servers
        Number of servers (n), whole.
    load
        Offered load in erlangs (a).
    mean_service
        Mean service time (s); the wait comes in the same unit. All three broadcast.

    Returns
    -------
    float or array
        Mean over all customers, those who do not wait included; infinite when the load is at or above the servers.

    Raises
    ------
    ValueError
        When a number of servers is not whole or negative, a load negative, or a service time not above zero.

    References
    ----------
    R. B. Cooper, *Introduction to Queueing Theory*, chapter 3.
    """
    n, a = wholes("servers", servers), numbers("load", load)
    service = numbers("mean_service", mean_service, positive=True)
    spare = n - a
    return plain(np.where(spare > 0, waiting(n, a) * service / np.where(spare > 0, spare, 1.0), np.inf))


def service_level(
    servers: ArrayLike, load: ArrayLike, mean_service: ArrayLike = 1.0, target: ArrayLike = 0.0
) -> Values:
    r"""Compute the share of patient customers who wait no longer than a target (M/M/n).

    .. math:: P(W \le t) = 1 - C(n, a)\, e^{-(n - a)\,t/s}

    Parameters
    ----------
    servers
        Number of servers (n), whole.
    load
        Offered load in erlangs (a).
    mean_service
        Mean service time (s).
    target
        Longest acceptable wait (t), in the unit of `mean_service`. All four broadcast.

    Returns
    -------
    float or array
        A share; zero when the load is at or above the servers.

    Raises
    ------
    ValueError
        When a number of servers is not whole or negative, a load or target negative, or a service time not above zero.

    References
    ----------
    R. B. Cooper, *Introduction to Queueing Theory*, chapter 3.
    """
    n, a = wholes("servers", servers), numbers("load", load)
    service, longest = numbers("mean_service", mean_service, positive=True), numbers("target", target)
    return plain(1 - waiting(n, a) * np.exp(-np.maximum(n - a, 0.0) * longest / service))


def staff_for(load: float, level: float, mean_service: float = 1.0, target: float = 0.0) -> int:
    """Find the fewest servers with which a share of patient customers waits no longer than a target (M/M/n).

    Parameters
    ----------
    load
        Offered load in erlangs (a), at most a million million.
    level
        Share of customers to be served in time, from zero to below one.
    mean_service
        Mean service time (s).
    target
        Longest acceptable wait (t), in the unit of `mean_service`; zero asks for no wait at all.

    Returns
    -------
    int
        The smallest n above the load with `service_level(n, load, mean_service, target)` at least `level`, to twelve
        decimals; nobody for no load.

    Raises
    ------
    ValueError
        When the load or the target is negative, the service time not above zero, or the level outside its range.

    References
    ----------
    R. B. Cooper, *Introduction to Queueing Theory*, chapter 3.
    """
    a, wanted = number("load", load), share("level", level, below_one=True)
    service, longest = number("mean_service", mean_service, positive=True), number("target", target)
    if a == 0:
        return 0
    n = int(wholes("load", math.floor(a), least=0)) + 1
    blocked = blocking(n, a)
    while 1 - n * blocked / (n - a + a * blocked) * math.exp(-(n - a) * longest / service) < wanted - ROUNDING:
        n += 1
        blocked = a * blocked / (n + a * blocked)
    return n


def wait_quantile(servers: ArrayLike, load: ArrayLike, level: ArrayLike, mean_service: ArrayLike = 1.0) -> Values:
    r"""Compute the wait that a share of patient customers does not exceed (M/M/n).

    .. math:: t_q = \frac{s}{n - a}\,\max\left\{0,\ \ln\frac{C(n, a)}{1 - q}\right\}

    Parameters
    ----------
    servers
        Number of servers (n), whole.
    load
        Offered load in erlangs (a).
    level
        Share of customers (q), below one.
    mean_service
        Mean service time (s). All four broadcast.

    Returns
    -------
    float or array
        A wait in the unit of `mean_service`; infinite when the load is at or above the servers.

    Raises
    ------
    ValueError
        When a number of servers is not whole or negative, a load negative, a level not from zero to below one, or a
        service time not above zero.

    References
    ----------
    R. B. Cooper, *Introduction to Queueing Theory*, chapter 3.
    """
    n, a = wholes("servers", servers), numbers("load", load)
    service, q = numbers("mean_service", mean_service, positive=True), numbers("level", level)
    if (q >= 1).any():
        raise ValueError(f"level: expected shares below 1, found {q[q >= 1].flat[0]:g}")
    spare = np.where(n > a, n - a, 1.0)
    with np.errstate(divide="ignore"):
        wait = service / spare * np.maximum(0.0, np.log(waiting(n, a) / (1 - q)))
    return plain(np.where(n > a, wait, np.inf))
