"""Stations in the steady state: M/M/c, M/M/1, M/G/1, M/D/1, classes with priorities."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods.queueing.arguments import number, numbers, whole
from casebook.methods.queueing.erlang import mean_wait, waiting


@dataclass(frozen=True)
class Station:
    """Means of a queue in the steady state; times in the unit of the rates, infinite where the queue grows for ever.

    Attributes
    ----------
    p_wait
        Share of arrivals that wait.
    wq, lq
        Mean time in queue (Wq) and mean number in queue (Lq).
    w, l
        Mean time at the station (W) and mean number at it (L), service included.
    utilisation
        Arrival rate over the rate of all servers together (rho); above one it says how many times too much.
    """

    p_wait: float
    wq: float
    lq: float
    w: float
    l: float  # noqa: E741 - the textbook's letter
    utilisation: float


def mmc(lam: float, mu: float, c: int) -> Station:
    r"""Describe a station of several equal servers with one queue (M/M/c).

    .. math:: W_q = \frac{C(c, \lambda/\mu)}{c\mu - \lambda}, \qquad L_q = \lambda W_q

    Parameters
    ----------
    lam
        Arrival rate (lambda), customers per unit of time.
    mu
        Rate of one busy server (mu), customers per unit of time.
    c
        Number of servers, at least one.

    Raises
    ------
    ValueError
        When the arrival rate is negative, the service rate not above zero, or there is no server.

    References
    ----------
    F. S. Hillier and G. J. Lieberman, *Introduction to Operations Research*, chapter 17, the model M/M/s.
    """
    arrival, rate, servers = number("lam", lam), number("mu", mu, positive=True), whole("c", c, least=1)
    wq = float(mean_wait(servers, arrival / rate, 1 / rate))
    return _station(arrival, rate, servers, wq)


def mm1(lam: float, mu: float) -> Station:
    r"""Describe a station of one server (M/M/1).

    .. math:: W_q = \frac{\rho}{\mu\,(1 - \rho)}, \qquad \rho = \lambda/\mu

    Parameters
    ----------
    lam, mu
        Arrival rate and service rate, customers per unit of time.

    Raises
    ------
    ValueError
        When the arrival rate is negative or the service rate not above zero.

    References
    ----------
    F. S. Hillier and G. J. Lieberman, *Introduction to Operations Research*, chapter 17.
    """
    return mg1(lam, mu, 1.0)


def md1(lam: float, mu: float) -> Station:
    r"""Describe a station of one server whose services all last equally long (M/D/1): half the wait of M/M/1.

    .. math:: W_q = \frac{\rho}{2\mu\,(1 - \rho)}, \qquad \rho = \lambda/\mu

    Parameters
    ----------
    lam, mu
        Arrival rate and service rate, customers per unit of time.

    Raises
    ------
    ValueError
        When the arrival rate is negative or the service rate not above zero.

    References
    ----------
    F. S. Hillier and G. J. Lieberman, *Introduction to Operations Research*, chapter 17.
    """
    return mg1(lam, mu, 0.0)


def mg1(lam: float, mu: float, scv: float) -> Station:
    r"""Describe a station of one server with services of any distribution (M/G/1), after Pollaczek and Khinchine.

    .. math:: W_q = \frac{1 + c_s^2}{2}\,\frac{\rho}{\mu\,(1 - \rho)}, \qquad \rho = \lambda/\mu

    Parameters
    ----------
    lam, mu
        Arrival rate and service rate, customers per unit of time.
    scv
        Squared coefficient of variation of the service time: variance over squared mean.

    Raises
    ------
    ValueError
        When the arrival rate or the variation is negative, or the service rate not above zero.

    References
    ----------
    F. S. Hillier and G. J. Lieberman, *Introduction to Operations Research*, chapter 17.
    """
    arrival, rate, spread = number("lam", lam), number("mu", mu, positive=True), number("scv", scv)
    wq = (1 + spread) / 2 * arrival / rate / (rate - arrival) if arrival < rate else math.inf
    return _station(arrival, rate, 1, wq)


def _station(lam: float, mu: float, servers: int, wq: float) -> Station:
    lq = lam * wq if lam else 0.0
    p_wait = float(waiting(servers, lam / mu))
    return Station(p_wait, wq, lq, wq + 1 / mu, lq + lam / mu, lam / (servers * mu))


@dataclass(frozen=True)
class Priorities:
    """Waits of classes that are served in their order.

    Attributes
    ----------
    wq, lq
        Mean time in queue and mean number in queue, one a class, first the one that goes first.
    mean_wq
        Mean time in queue over the customers of all classes.
    """

    wq: NDArray[np.float64]
    lq: NDArray[np.float64]
    mean_wq: float


def priorities(lam: ArrayLike, mu: float, servers: int = 1) -> Priorities:
    r"""Compute waits by class when the next to be served is the first of the highest class, nobody being interrupted.

    .. math:: W_k = \frac{C(c, \lambda/\mu) / (c\mu)}{(1 - \sigma_{k-1})(1 - \sigma_k)},
        \qquad \sigma_k = \frac{\lambda_1 + \dots + \lambda_k}{c\mu}

    Parameters
    ----------
    lam
        Arrival rates by class, shape (classes,), the class that goes first at index zero.
    mu
        Rate of one busy server (mu), the same for all classes.
    servers
        Number of servers (c), at least one.

    Returns
    -------
    Priorities
        A class waits for ever when it and those before it fill the servers; those before it still have their waits.
        The queue of all classes together is as long as without priorities: somebody goes first, somebody else waits.

    Raises
    ------
    ValueError
        When there is no class, a rate is negative, the service rate not above zero, or there is no server.

    References
    ----------
    A. Cobham, *Priority assignment in waiting line problems*, Operations Research 2 (1954); F. S. Hillier and
    G. J. Lieberman, *Introduction to Operations Research*, chapter 17.
    """
    rates = np.atleast_1d(numbers("lam", lam))
    if rates.ndim > 1:
        raise ValueError(f"lam: expected one rate a class, found shape {rates.shape}")
    rate, c = number("mu", mu, positive=True), whole("servers", servers, least=1)
    total = rates.sum()
    used = np.concatenate([[0.0], np.cumsum(rates)]) / (c * rate)
    until_free = float(waiting(c, total / rate)) / (c * rate)
    stable = used[1:] < 1
    spare = np.where(stable, (1 - used[:-1]) * (1 - used[1:]), 1.0)
    wq = np.where(stable, until_free / spare, np.inf)
    lq = np.where(rates > 0, rates * np.where(rates > 0, wq, 0.0), 0.0)
    return Priorities(wq, lq, float(lq.sum() / total) if total else 0.0)
