"""The surge queue against SimPy: the same model, customers a second on one core.

The model is a day of delivery orders with two peaks, fifty couriers and customers who give up, over and over.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from time import process_time

import numpy as np
import simpy
from numpy.typing import ArrayLike

from casebook.methods.queueing import simulate_surge

DAY = np.array([8, 6, 5, 5, 6, 10, 20, 34, 44, 48, 56, 70, 68, 52, 44, 42, 48, 62, 78, 72, 54, 36, 22, 12], dtype=float)
"""Orders an hour."""
COURIERS, PER_HOUR, GIVING_UP = 50, 1.0, 0.5
DAYS, PEER_DAYS, ROUNDS = 2000, 16, 3


@dataclass
class Counts:
    """What became of the customers of a simulated day; the wait is the sum over all, in hours."""

    arrivals: int = 0
    waited: int = 0
    served: int = 0
    given_up: int = 0
    wait: float = 0.0


def simpy_surge(rates: ArrayLike, servers: int, mu: float, theta: float, seed: int) -> Counts:
    """Simulate hours of an M(t)/M/n+M queue with SimPy, one process a customer.

    Parameters
    ----------
    rates
        Arrivals in each hour, shape (hours,).
    servers
        Number of servers (n).
    mu, theta
        Rates at which a busy server serves and a waiting customer gives up, per hour; theta above zero.
    seed
        Seed of the random numbers.
    """
    rng = np.random.default_rng(seed)
    world, counts = simpy.Environment(), Counts()
    staff = simpy.Resource(world, servers)

    def customer() -> Generator[simpy.Event, object, None]:
        came = world.now
        counts.arrivals += 1
        counts.waited += staff.count == servers
        with staff.request() as turn:
            yield turn | world.timeout(rng.standard_exponential() / theta)
            counts.wait += world.now - came
            if not turn.triggered:
                counts.given_up += 1
                return
            counts.served += 1
            yield world.timeout(rng.standard_exponential() / mu)

    def arrivals() -> Generator[simpy.Event, object, None]:
        for hour, rate in enumerate(np.asarray(rates, dtype=float)):
            now = float(hour)
            while rate > 0 and (now := now + rng.standard_exponential() / rate) < hour + 1:
                yield world.timeout(now - world.now)
                world.process(customer())

    world.process(arrivals())
    world.run()
    return counts


def run() -> dict[str, float | str]:
    """Measure both, the best of a few rounds each, after compiling.

    Returns
    -------
    dict
        'figure' and 'peer_figure' in 'unit', the name of the 'peer', and the 'ratio' of the two figures. Time is
        processor time, so that other programs on the machine do not count.
    """
    simulate_surge(DAY, COURIERS, PER_HOUR, GIVING_UP)
    figures, peers = [], []
    for seed in range(ROUNDS):
        start = process_time()
        customers = simulate_surge(np.tile(DAY, DAYS), COURIERS, PER_HOUR, GIVING_UP, seed=seed).by().arrivals
        figures.append(float(customers) / (process_time() - start))
        start = process_time()
        customers = simpy_surge(np.tile(DAY, PEER_DAYS), COURIERS, PER_HOUR, GIVING_UP, seed).arrivals
        peers.append(customers / (process_time() - start))
    figure, peer = max(figures), max(peers)
    return {
        "figure": round(figure),
        "unit": "customers a second",
        "peer": "SimPy",
        "peer_figure": round(peer),
        "ratio": round(figure / peer, 1),
    }
