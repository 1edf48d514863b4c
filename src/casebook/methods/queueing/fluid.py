"""Fluid approximation: customers as a liquid, which is what a large system looks like when it is overloaded."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods.queueing.arguments import number, numbers, plain, whole, wholes

Rate = ArrayLike | Callable[[NDArray[np.float64]], ArrayLike]


def fluid_overload(lam: ArrayLike, mu: ArrayLike, n: ArrayLike) -> float | NDArray[np.float64]:
    r"""Compute the share of customers that an overloaded station loses, whatever their patience.

    .. math:: \left(1 - \frac{n\mu}{\lambda}\right)^{+}

    Parameters
    ----------
    lam
        Arrival rate (lambda), any shape.
    mu
        Rate of one busy server (mu).
    n
        Number of servers, whole. All three broadcast.

    Returns
    -------
    float or array
        Zero when the servers suffice or nobody comes.

    Raises
    ------
    ValueError
        When a rate is negative or not finite, the service rate not above zero, or the servers not whole.

    References
    ----------
    W. Whitt, *Fluid models for multiserver queues with abandonments*, Operations Research 54 (2006).
    """
    arrival, rate, servers = numbers("lam", lam), numbers("mu", mu, positive=True), wholes("n", n)
    served = np.where(arrival > 0, np.minimum(servers * rate / np.where(arrival > 0, arrival, 1.0), 1.0), 1.0)
    return plain(1 - served)


@dataclass(frozen=True)
class FluidDay:
    """A day in intervals; each field has shape (intervals,), times in hours.

    Attributes
    ----------
    start, end
        When the interval begins and ends.
    arrivals, served, given_up
        Customers in the interval.
    present
        Customers at its end, in service or waiting.
    queue
        Customers waiting at its end.
    mean_queue
        Mean number of customers waiting during it.
    wait
        How long a customer who never gives up would wait who comes at its end.
    """

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    arrivals: NDArray[np.float64]
    served: NDArray[np.float64]
    given_up: NDArray[np.float64]
    present: NDArray[np.float64]
    queue: NDArray[np.float64]
    mean_queue: NDArray[np.float64]
    wait: NDArray[np.float64]


def fluid_day(
    rate: Rate,
    servers: ArrayLike,
    mu: float,
    theta: float,
    *,
    intervals: int = 24,
    width: float = 1.0,
    steps: int = 60,
    present: float = 0.0,
) -> FluidDay:
    r"""Follow the fluid approximation of a queue with give-ups and an arrival rate that changes (M(t)/M/n(t)+M).

    .. math:: \dot X = \lambda(t) - \mu \min(X, n) - \theta\,(X - n)^{+}, \qquad Q = (X - n)^{+}

    .. math:: w = \frac{1}{\theta} \ln\!\left(1 + \frac{\theta Q}{n \mu}\right)

    Parameters
    ----------
    rate
        Arrivals an hour (lambda): one number an interval, shape (intervals,), followed exactly; or a function of an
        array of times in hours, taken as constant during each of `steps` parts of an interval.
    servers
        Number of servers (n), whole: one number, or one an interval. Whoever is in service when it falls joins the
        queue again.
    mu
        Customers an hour that one busy server serves (mu).
    theta
        Rate at which a waiting customer gives up (theta), per hour; zero for endless patience.
    intervals, width
        Number of intervals, when `rate` is a function, and length of one in hours.
    steps
        Parts of an interval, when `rate` is a function.
    present
        Customers present at the start (X).

    Returns
    -------
    FluidDay
        Customers are conserved: those present at the start and those who come are served, give up or are present.

    Raises
    ------
    ValueError
        When a rate or a number is negative or not finite, a service rate or width not above zero, servers not whole,
        or their shape differs from that of the rates.

    References
    ----------
    A. Mandelbaum, W. Massey and M. Reiman, *Strong approximations for Markovian service networks*, Queueing Systems
    30 (1998).
    """
    length, leaving = number("width", width, positive=True), number("theta", theta)
    pieces = _pieces(rate, whole("intervals", intervals, least=1), length, whole("steps", steps, least=1))
    staff = wholes("servers", servers)
    if staff.ndim and staff.shape != pieces.shape[:1]:
        raise ValueError(f"servers: expected one number or {len(pieces)}, found shape {staff.shape}")
    staff = np.broadcast_to(staff, len(pieces)).astype(float)
    flow = (number("mu", mu, positive=True), leaving, length / pieces.shape[1])
    inside = number("present", present)
    rows = []
    for rates, n in zip(pieces, staff, strict=True):
        totals = np.zeros(2)
        for lam in rates:
            inside, *spent = _advance(inside, lam, n, *flow)
            totals += spent
        queue = max(inside - n, 0.0)
        rows.append((totals[0], leaving * totals[1], inside, queue, totals[1] / length, _wait(queue, n, *flow[:2])))
    served, given_up, after, queue, mean_queue, wait = np.array(rows).T
    edges = length * np.arange(len(pieces) + 1)
    arrivals = pieces.mean(axis=1) * length
    return FluidDay(edges[:-1], edges[1:], arrivals, served, given_up, after, queue, mean_queue, wait)


def _pieces(rate: Rate, intervals: int, width: float, steps: int) -> NDArray[np.float64]:
    """Return arrival rates, one row an interval."""
    if callable(rate):
        middles = width * (np.arange(intervals * steps) + 0.5) / steps
        values = numbers("rate", rate(middles))
        return np.broadcast_to(values, middles.shape).reshape(intervals, steps)
    values = np.atleast_1d(numbers("rate", rate))
    if values.ndim > 1:
        raise ValueError(f"rate: expected one number an interval, found shape {values.shape}")
    return values[:, np.newaxis]


def _wait(queue: float, n: float, mu: float, theta: float) -> float:
    if queue == 0:
        return 0.0
    if n == 0:
        return math.inf
    return math.log1p(theta * queue / (n * mu)) / theta if theta else queue / (n * mu)


def _advance(x: float, lam: float, n: float, mu: float, theta: float, time: float) -> tuple[float, float, float]:
    """Follow the liquid for a while; give what is there then, what was served, and queue times time."""
    served = queued = 0.0
    while time > 0:
        above = x > n or (x == n and lam > n * mu)
        level, drain, inflow = (x - n, theta, lam - n * mu) if above else (x, mu, lam)
        spell = min(time, _spell(x, lam, n, mu, theta, above))
        once, twice = _integrals(drain, spell)
        area = level * once + inflow * twice
        if above:
            served, queued = served + n * mu * spell, queued + area
        else:
            served += mu * area
        crossed = spell < time
        left = level * math.exp(-drain * spell) + inflow * once
        x = n if crossed else max(n + left, n) if above else min(max(left, 0.0), n)
        time -= spell
    return x, served, queued


def _spell(x: float, lam: float, n: float, mu: float, theta: float, above: bool) -> float:
    """Compute the time until the liquid reaches the number of servers; infinite when it does not."""
    excess = lam - n * mu
    if above:
        if excess >= 0:
            return math.inf
        return math.log1p(theta * (x - n) / -excess) / theta if theta else (x - n) / -excess
    if excess <= 0 or x == n:
        return math.inf
    return math.log1p((n - x) * mu / excess) / mu


def _integrals(rate: float, time: float) -> tuple[float, float]:
    """Integrate exp(-rate u) over u up to time, once and twice, without cancellation."""
    z = rate * time
    if z < 1e-3:
        once = time * (1 - z / 2 * (1 - z / 3 * (1 - z / 4)))
        return once, time * time / 2 * (1 - z / 3 * (1 - z / 4 * (1 - z / 5)))
    once = -math.expm1(-z) / rate
    return once, (time - once) / rate
