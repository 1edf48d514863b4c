"""Counting different customers: HyperLogLog against an exact count, and the blog's number of customers in full."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import numpy as np

from casebook.full_scale import Figure
from casebook.methods.sketch import HyperLogLog

CHAPTER = "singles-day/pre-positioning"
CUSTOMERS = 500_000_000
SAMPLE, ROUNDS = 5_000_000, 3
BITS = 14


def run() -> dict[str, float | str]:
    """Measure customers a second of processor time; the peer keeps every id and sorts them (numpy.unique)."""
    ids = np.random.default_rng(0).integers(0, 2**62, SAMPLE)
    HyperLogLog(BITS).add(ids[:10])
    ours = SAMPLE / best(lambda: HyperLogLog(BITS).add(ids))
    exact = SAMPLE / best(lambda: np.unique(ids))
    return {
        "figure": round(ours),
        "unit": "customers a second, one core",
        "peer": "numpy.unique, exact",
        "peer_figure": round(exact),
        "ratio": round(ours / exact, 2),
    }


def full_scale() -> list[Figure]:
    """Count as many customers as the blog names, each of them hashed."""
    HyperLogLog(BITS).add_range(0, 10)
    sketch = HyperLogLog(BITS)
    began = process_time()
    sketch.add_range(0, CUSTOMERS)
    seconds = process_time() - began
    count = sketch.count()
    return [
        Figure("pre-positioning-sketch-customers", "different customers put in", CUSTOMERS, "person"),
        Figure("pre-positioning-sketch-count", "different customers counted", count, "person"),
        Figure("pre-positioning-sketch-memory", "memory of the sketch", sketch.memory_bytes, "byte"),
        Figure("pre-positioning-sketch-seconds", "processor time on one core", seconds, "second"),
    ]


def best(work: Callable[[], object]) -> float:
    """Return the least processor time of several rounds, in seconds."""
    times = []
    for _ in range(ROUNDS):
        began = process_time()
        work()
        times.append(process_time() - began)
    return min(times)
