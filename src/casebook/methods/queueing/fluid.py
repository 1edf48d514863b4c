"""Fluid approximation: customers as a liquid, which is what a large system looks like when it is overloaded."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods.queueing.arguments import number, numbers, plain, whole, wholes

Pair = tuple[float, float]
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

    .. math:: \dot X = \lambda(t) - \mu \min(X, n) - \theta\,(X - n)^{+}, \qquad Q = (X - n)^{+}, \qquad
        w = \frac{1}{\theta} \ln\!\left(1 + \frac{\theta Q}{n \mu}\right)

    Parameters
    ----------
    rate
        Arrivals an hour (lambda): one number an interval, shape (intervals,), followed exactly; or a function of an
        array of times in hours, taken as constant during each of `steps` parts of an interval.
    servers
        Number of servers (n), whole: one number, or one an interval. When it falls, services in hand are finished.
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
    state = (0.0, number("present", present))
    rows = []
    for rates, n in zip(pieces, staff, strict=True):
        totals = np.zeros(2)
        for lam in rates:
            state, spent = _advance(state, lam, n, *flow)
            totals += spent
        wait = _wait(*state, n, *flow[:2])
        rows.append((totals[0], leaving * totals[1], sum(state), state[1], totals[1] / length, wait))
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


def _wait(busy: float, queue: float, n: float, mu: float, theta: float) -> float:
    """Compute the wait behind a queue that no server turns to until no more are busy than on duty."""
    if queue == 0:
        return 0.0
    if n == 0:
        return math.inf
    idle = math.log(busy / n) / mu if busy > n else 0.0
    queue *= math.exp(-theta * idle)
    return idle + (math.log1p(theta * queue / (n * mu)) / theta if theta else queue / (n * mu))


def _advance(state: Pair, lam: float, n: float, mu: float, theta: float, time: float) -> tuple[Pair, Pair]:
    """Follow the liquid in service and in queue for a while; give both, what was served, and queue times time."""
    busy, queue = state
    served = queued = 0.0
    while time > 0:
        if busy < n:
            busy, queue = (n, queue - (n - busy)) if queue >= n - busy else (busy + queue, 0.0)
        if busy > n:
            spell, busy, queue, out, area = _finishing(busy, queue, lam, n, mu, theta, time)
        elif busy == n and (queue > 0 or lam > n * mu):
            spell, queue, out, area = _full(queue, lam, n, mu, theta, time)
        else:
            spell, busy, out, area = _idle(busy, lam, n, mu, time)
        served, queued, time = served + out, queued + area, time - spell
    return (busy, queue), (served, queued)


def _finishing(
    busy: float, queue: float, lam: float, n: float, mu: float, theta: float, time: float
) -> tuple[float, float, float, float, float]:
    """Finish what is in hand while more servers are busy than on duty; all others wait."""
    until = math.log(busy / n) / mu if n else math.inf
    spell = min(time, until)
    once, twice = _integrals(theta, spell)
    left = n if until <= time else max(busy * math.exp(-mu * spell), n)
    return spell, left, queue * math.exp(-theta * spell) + lam * once, busy - left, queue * once + lam * twice


def _full(
    queue: float, lam: float, n: float, mu: float, theta: float, time: float
) -> tuple[float, float, float, float]:
    """Serve with everybody on duty as long as somebody waits."""
    surplus = lam - n * mu
    until = math.inf
    if surplus < 0:
        until = math.log1p(theta * queue / -surplus) / theta if theta else queue / -surplus
    spell = min(time, until)
    once, twice = _integrals(theta, spell)
    left = 0.0 if until <= time else max(queue * math.exp(-theta * spell) + surplus * once, 0.0)
    return spell, left, n * mu * spell, queue * once + surplus * twice


def _idle(busy: float, lam: float, n: float, mu: float, time: float) -> tuple[float, float, float, float]:
    """Serve everybody at once as long as a server is free."""
    surplus = lam - n * mu
    until = math.log1p((n - busy) * mu / surplus) / mu if surplus > 0 else math.inf
    spell = min(time, until)
    once, twice = _integrals(mu, spell)
    left = n if until <= time else min(max(busy * math.exp(-mu * spell) + lam * once, 0.0), n)
    return spell, left, mu * (busy * once + lam * twice), 0.0


def _integrals(rate: float, time: float) -> tuple[float, float]:
    """Integrate exp(-rate u) over u up to time, once and twice, without cancellation."""
    z = rate * time
    if z < 1e-3:
        once = time * (1 - z / 2 * (1 - z / 3 * (1 - z / 4)))
        return once, time * time / 2 * (1 - z / 3 * (1 - z / 4 * (1 - z / 5)))
    once = -math.expm1(-z) / rate
    return once, (time - once) / rate
