"""The surge queue against Kiefer and Wolfowitz in NumPy: the same model, customers a second on one core.

The model is a day of delivery orders with two peaks, fifty couriers and customers who give up, over and over. The
recursion goes from customer to customer and takes many days side by side, so that each of its steps is a few NumPy
calls. It is what a practitioner without a compiler would write, and about as fast; but it holds for one class and
constant staff alone, while priorities and shifts cost the kernel next to nothing.
"""

from __future__ import annotations

from time import process_time

import numpy as np
from numpy.typing import ArrayLike

from casebook.methods.surge import simulate_surge

DAY = np.array([8, 6, 5, 5, 6, 10, 20, 34, 44, 48, 56, 70, 68, 52, 44, 42, 48, 62, 78, 72, 54, 36, 22, 12], dtype=float)
"""Orders an hour."""
COURIERS, PER_HOUR, GIVING_UP = 50, 1.0, 0.5
DAYS, ROUNDS = 2000, 3


def side_by_side(
    rates: ArrayLike, servers: int, mu: float, theta: float, days: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the customers of each day, those who waited, those who gave up, and the sum of their waits in hours.

    Who comes takes the server that is free first, if patience lasts so long; who gives up leaves no trace. `theta` is
    above zero.
    """
    rng, come = np.random.default_rng(seed), np.concatenate([[0.0], np.cumsum(rates)])
    most = int(come[-1] + 6 * np.sqrt(come[-1]) + 9)
    units = rng.standard_exponential((most, days)).cumsum(axis=0)
    came = np.interp(units, come, np.arange(come.size), right=np.inf)
    patience, work = rng.standard_exponential((2, most, days)) / np.array([theta, mu])[:, None, None]
    free, lane = np.zeros((days, servers)), np.arange(days)
    waited, given_up, waits = np.zeros((3, days))
    for now, longest, service in zip(came, patience, work, strict=True):
        first = free.argmin(axis=1)
        turn = free[lane, first]
        wait = np.maximum(turn - now, 0)
        served = (wait <= longest) & (now < np.inf)
        free[lane, first] = np.where(served, now + wait + service, turn)
        waited += wait > 0
        given_up += wait > longest
        waits += np.minimum(wait, longest)
    return (came < np.inf).sum(axis=0), waited, given_up, waits


def run() -> dict[str, float | str]:
    """Measure both, the best of a few rounds after compiling: 'figure' and 'peer_figure' in 'unit', and their ratio.

    Time is processor time, so that other programs on the machine do not count.
    """
    simulate_surge(DAY, COURIERS, PER_HOUR, GIVING_UP)
    figures, peers = [], []
    for seed in range(ROUNDS):
        start = process_time()
        customers = simulate_surge(np.tile(DAY, DAYS), COURIERS, PER_HOUR, GIVING_UP, seed=seed).by().arrivals
        figures.append(float(customers) / (process_time() - start))
        start = process_time()
        customers = side_by_side(DAY, COURIERS, PER_HOUR, GIVING_UP, DAYS, seed)[0].sum()
        peers.append(float(customers) / (process_time() - start))
    figure, peer = max(figures), max(peers)
    return {
        "figure": round(figure),
        "unit": "customers a second",
        "peer": "NumPy, many days side by side",
        "peer_figure": round(peer),
        "ratio": round(figure / peer, 1),
    }
