r"""Queues in the steady state: Erlang's formulas, priorities, closed networks, overload and scalability.

Rates and times are in any one unit of time. Load is in erlangs, $a = \lambda/\mu$: the servers that the arrivals keep
busy. Where nothing else is said, arrivals are Poisson, services exponential, and all servers equal.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods.arguments import ArgumentError, number, numbers, whole, wholes

Array = NDArray[np.float64]
Values = float | Array

MOST = 10**7  # servers, and customers in line: Erlang's sums have a term for each
ROUNDING = 1e-12  # two ways to compute one share may differ by so much
TINY, HUGE = 1e-100, 1e100  # rates and times beyond these would overflow in a formula

_amount, _amounts = partial(number, least=0, most=HUGE), partial(numbers, least=0, most=HUGE)
_rate, _rates = partial(number, least=TINY, most=HUGE), partial(numbers, least=TINY, most=HUGE)
_servers = partial(wholes, most=MOST)


def erlang_b(servers: ArrayLike, load: ArrayLike) -> Values:
    r"""Compute the share of arrivals that are lost when nobody waits (M/G/n/n).

    $$\frac{1}{B(n, a)} = \sum_{i=0}^{n} \frac{n\,(n-1) \cdots (n-i+1)}{a^i}$$

    Source: R. B. Cooper, *Introduction to Queueing Theory*, chapter 3.
    """
    n, a = _together(_servers("servers", servers), _amounts("load", load))
    return _plain(_blocked(n, a))


def erlang_c(servers: ArrayLike, load: ArrayLike) -> Values:
    r"""Compute the share of arrivals that wait when all wait as long as it takes (M/M/n).

    $$C(n, a) = \frac{n\,B(n, a)}{n - a\,(1 - B(n, a))} \quad (a < n), \qquad C = 1 \quad (a \ge n)$$

    Source: R. B. Cooper, *Introduction to Queueing Theory*, chapter 3.
    """
    n, a = _together(_servers("servers", servers), _amounts("load", load))
    return _plain(_waiting(n, a))


def service_level(
    servers: ArrayLike, load: ArrayLike, mean_service: ArrayLike = 1.0, target: ArrayLike = 0.0
) -> Values:
    r"""Compute the share of customers who wait no longer than a target $t$ (M/M/n).

    $P(W \le t) = 1 - C(n, a)\,e^{-(n - a)\,t/s}$; zero when the load is at or above the servers.
    """
    service, longest = _rates("mean_service", mean_service), _amounts("target", target)
    n, a, s, t = _together(_servers("servers", servers), _amounts("load", load), service, longest)
    return _plain(1 - _waiting(n, a) * np.exp(-np.maximum(n - a, 0) * t / s))


def staff_for(load: float, level: float, mean_service: float = 1.0, target: float = 0.0) -> int:
    """Find the fewest servers, more than the load, whose `service_level` is at least `level`, to twelve decimals.

    A target of zero asks that such a share does not wait at all. No load needs nobody.
    """
    a = number("load", load, least=0, most=MOST)
    wanted = number("level", level, least=0, below=1) - ROUNDING
    service, longest = _rate("mean_service", mean_service), _amount("target", target)
    if a == 0:
        return 0

    def enough(n: int) -> bool:
        return 1 - float(_waiting(n, a)) * math.exp(-(n - a) * longest / service) >= wanted

    first = math.floor(a) + 1
    surely = first + math.ceil(10 * math.sqrt(a)) + 20  # ten standard deviations above the load nobody waits
    return first + bisect_left(range(first, surely), True, key=enough)


class Station(NamedTuple):
    """Means of a queue in the steady state, times in the unit of the rates; infinite where it grows for ever."""

    p_wait: float  # share of arrivals that wait
    wq: float  # mean time in queue
    lq: float  # mean number in queue
    w: float  # mean time at the station, service included
    l: float  # noqa: E741 - the textbook's letter for the mean number at the station
    utilisation: float  # arrival rate over the rate of all servers; above one it says how many times too much


def mmc(lam: float, mu: float, c: int) -> Station:
    r"""Describe $c \ge 1$ servers with one queue (M/M/c): $W_q = \frac{C(c, a)}{c - a}\,\frac{1}{\mu}$.

    Source: F. S. Hillier and G. J. Lieberman, *Introduction to Operations Research*, chapter 17.
    """
    arrival, rate, servers = _amount("lam", lam), _rate("mu", mu), whole("c", c, least=1, most=MOST)
    load = arrival / rate
    p_wait = float(_waiting(servers, load))
    return _station(arrival, rate, servers, p_wait, p_wait / (servers - load) / rate if load < servers else math.inf)


class Impatience(NamedTuple):
    """Means of a queue with give-ups in the steady state; times in the unit of the rates."""

    p_wait: float  # share of arrivals that find all servers busy
    p_abandon: float  # share of arrivals that give up
    mean_queue: float  # mean number in queue
    mean_wait: float  # mean time in queue over all arrivals, served or not
    utilisation: float  # share of the servers that is busy; one where there is no server and somebody waits


def erlang_a(lam: float, mu: float, theta: float, n: int) -> Impatience:
    r"""Describe a station whose customers give up at the rate $\theta$ while they wait (M/M/n+M, Erlang A).

    $$P_{\text{wait}} = \frac{S}{S + 1/B(n, a) - 1}, \qquad
    S = \sum_{j \ge 0} t_j, \quad t_j = \prod_{i=1}^{j} \frac{\lambda}{n\mu + i\theta}$$

    $$L_q = P_{\text{wait}}\,\frac{\sum_j j\,t_j}{S}, \qquad P_{\text{abandon}} = \frac{\theta L_q}{\lambda}$$

    $\theta$ is one over the mean patience; at zero, full load means an infinite queue. A patience so long that it
    cannot be told from endless raises. Sources: C. Palm (1957); A. Mandelbaum and S. Zeltyn, *Service engineering in
    action: the Palm/Erlang-A queue* (2007).
    """
    arrival, rate, leaving = _amount("lam", lam), _rate("mu", mu), _amount("theta", theta)
    servers = whole("n", n, most=MOST)
    capacity = servers * rate
    if arrival == 0:
        return Impatience(0.0 if servers else 1.0, 0.0, 0.0, 0.0, 0.0)
    if leaving == 0 and arrival >= capacity:
        return Impatience(1.0, 0.0, math.inf, math.inf, 1.0)
    states, queue, leave = _all_busy(arrival, capacity, leaving)
    blocked = float(_blocked(servers, arrival / rate))
    p_wait = 1 / (1 + (1 / blocked - 1) / states) if blocked else 0.0
    mean_queue, lost = p_wait * queue, min(1.0, p_wait * leave / arrival)
    busy = min(1.0, arrival * (1 - lost) / capacity) if servers else 1.0
    return Impatience(p_wait, lost, mean_queue, mean_queue / arrival, busy)


@partial(np.vectorize, otypes=[float])
def _blocked(n: int, a: float) -> float:
    """Compute Erlang B as the exact sum; where that overflows, and at no load, the share lost is nothing."""
    with np.errstate(divide="ignore", over="ignore"):
        return 1 / (1 + np.cumprod(np.arange(n, 0, -1) / a).sum())


def _waiting(servers: ArrayLike, load: ArrayLike) -> Array:
    """Compute Erlang C."""
    stable = np.less(load, servers)
    n, a = np.where(stable, servers, 1), np.where(stable, load, 0.0)
    blocked = erlang_b(n, a)
    return np.where(stable, n * blocked / (n - a + a * blocked), 1.0)


def _station(lam: float, mu: float, servers: int, p_wait: float, wq: float) -> Station:
    return Station(p_wait, wq, lam * wq, wq + 1 / mu, lam * wq + lam / mu, lam / (servers * mu))


def _all_busy(lam: float, capacity: float, theta: float) -> tuple[float, float, float]:
    """Sum the states in which all servers are busy, the emptiest counted as one; give mean queue and give-ups in them.

    Far in overload the sum is beyond any double, all servers are always busy, and the mean queue is the fluid one.
    """
    excess = lam - capacity
    if excess > 0:
        growth = math.log1p(excess / capacity) if capacity else math.inf
        if (lam * growth - excess) / theta > 100:  # about the logarithm of the largest term
            return math.inf, excess / theta, excess
    if theta == 0:
        return capacity / -excess, lam / -excess, 0.0
    if min(25 * math.sqrt(lam / theta), 50 * capacity / -excess if excess < 0 else math.inf) > MOST:
        raise ArgumentError("theta", "0 or a patience that can be told from endless", theta)
    term, total, weighted, j = 1.0, 1.0, 0.0, 0
    while j == 0 or lam > capacity + j * theta or term * j > 1e-22 * weighted:
        j += 1
        term *= lam / (capacity + j * theta)
        total += term
        weighted += j * term
    return total, weighted / total, theta * weighted / total


def _together(*arrays: Array) -> tuple[Array, ...]:
    """Give arrays one shape."""
    try:
        return np.broadcast_arrays(*arrays)
    except ValueError:
        raise ArgumentError("arguments", "shapes that fit", ", ".join(str(a.shape) for a in arrays)) from None


def _plain(array: Array) -> Values:
    """Give a plain float for a single number, and the array for several."""
    return array if array.ndim else array.item()
