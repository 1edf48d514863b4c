"""Erlang A: customers who give up when they have waited too long."""

from __future__ import annotations

import math
from dataclasses import dataclass

from casebook.methods.queueing.arguments import number, whole
from casebook.methods.queueing.erlang import blocking

NEGLIGIBLE = 1e-22
"""Terms below this share of their sum do not change a double, nor do all those after them."""

MOST_TERMS = 10**7
CERTAIN = 100
"""With a largest term of this logarithm all servers are always busy, to the last digit."""


@dataclass(frozen=True)
class Impatience:
    """Means of a queue with give-ups in the steady state; times in the unit of the rates.

    Attributes
    ----------
    p_wait
        Share of arrivals that find all servers busy.
    p_abandon
        Share of arrivals that give up.
    mean_queue
        Mean number in queue (Lq).
    mean_wait
        Mean time in queue over all arrivals, served or not (Wq).
    utilisation
        Share of the servers that is busy; one where there is no server and somebody waits.
    """

    p_wait: float
    p_abandon: float
    mean_queue: float
    mean_wait: float
    utilisation: float


def erlang_a(lam: float, mu: float, theta: float, n: int) -> Impatience:
    r"""Describe a station whose customers give up at a constant rate while they wait (M/M/n+M, Erlang A).

    .. math:: P_{\text{wait}} = \frac{S}{S + 1/B(n, a) - 1}, \qquad
        S = \sum_{j \ge 0} t_j, \quad t_j = \prod_{i=1}^{j} \frac{\lambda}{n\mu + i\theta}

    .. math:: L_q = P_{\text{wait}}\,\frac{\sum_j j\,t_j}{S}, \qquad P_{\text{abandon}} = \frac{\theta L_q}{\lambda}

    Parameters
    ----------
    lam
        Arrival rate (lambda), customers per unit of time.
    mu
        Rate of one busy server (mu).
    theta
        Rate at which a waiting customer gives up (theta): one over the mean patience; zero for endless patience.
    n
        Number of servers, zero included.

    Returns
    -------
    Impatience
        With endless patience and a load at or above the servers the queue and the wait are infinite.

    Raises
    ------
    ValueError
        When a rate is negative or not finite, the service rate not above zero, the number of servers not whole or
        negative, or the patience so long near full load that it cannot be told from endless patience.

    References
    ----------
    A. Mandelbaum and S. Zeltyn, *Service engineering in action: the Palm/Erlang-A queue* (2007); C. Palm (1957).
    """
    arrival, rate = number("lam", lam), number("mu", mu, positive=True)
    leaving, servers = number("theta", theta), whole("n", n)
    if arrival == 0:
        return Impatience(0.0 if servers else 1.0, 0.0, 0.0, 0.0, 0.0)
    capacity = servers * rate
    if leaving == 0 and arrival >= capacity:
        return Impatience(1.0, 0.0, math.inf, math.inf, 1.0)
    total, queue, lost_rate = _conditional(arrival, capacity, leaving)
    blocked = blocking(servers, arrival / rate)
    p_wait = 1 / (1 + (1 / blocked - 1) / total) if blocked else 0.0
    mean_queue, lost = p_wait * queue, min(1.0, p_wait * lost_rate / arrival)
    busy = arrival * (1 - lost) / capacity if servers else 1.0
    return Impatience(p_wait, lost, mean_queue, mean_queue / arrival, min(1.0, busy))


def _conditional(lam: float, capacity: float, theta: float) -> tuple[float, float, float]:
    """Sum the states in which all servers are busy, the emptiest counted as one; give mean queue and give-ups in them.

    Far in overload the sum is beyond any double, and the mean queue is the fluid one.
    """
    excess = lam - capacity
    if excess > 0 and _log_peak(lam, capacity, theta) > CERTAIN:
        return math.inf, excess / theta, excess
    if theta == 0:
        return capacity / -excess, lam / -excess, 0.0
    steps = min(25 * math.sqrt(lam / theta), 50 * capacity / -excess if excess < 0 else math.inf)
    if steps > MOST_TERMS:
        raise ValueError(f"theta: expected 0 or a patience that can be told from endless, found {theta:g}")
    term, total, weighted, j = 1.0, 1.0, 0.0, 0
    while j == 0 or lam > capacity + j * theta or term * j > NEGLIGIBLE * weighted:
        j += 1
        term *= lam / (capacity + j * theta)
        total += term
        weighted += j * term
    return total, weighted / total, theta * weighted / total


def _log_peak(lam: float, capacity: float, theta: float) -> float:
    """Compute about the logarithm of the largest term."""
    if capacity == 0:
        return lam / theta
    return (lam * math.log1p((lam - capacity) / capacity) - (lam - capacity)) / theta
