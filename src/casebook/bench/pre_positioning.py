"""Counting different customers: HyperLogLog against an exact count; the blog's customers and pieces in full."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import numpy as np

from casebook.full_scale import Figure
from casebook.methods import replicates
from casebook.methods.sketch import HyperLogLog
from casebook.models.pre_positioning import Festival, draw, judge, learn, stock

CHAPTER = "singles-day/pre-positioning"
CUSTOMERS, ITEMS = 500_000_000, 1_000_000
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
    """Count as many customers as the blog names, and place stock for every item and piece of a whole festival."""
    return [*count_customers(), *place_stock(ITEMS)]


def count_customers() -> list[Figure]:
    """Hash and count every customer, one by one."""
    HyperLogLog(BITS).add_range(0, 10)
    sketch = HyperLogLog(BITS)
    began = process_time()
    sketch.add_range(0, CUSTOMERS)
    seconds = process_time() - began
    return [
        Figure("pre-positioning-sketch-customers", "different customers put in", CUSTOMERS, "person"),
        Figure("pre-positioning-sketch-count", "different customers counted", sketch.count(), "person"),
        Figure("pre-positioning-sketch-memory", "memory of the sketch", sketch.memory_bytes, "byte"),
        Figure("pre-positioning-sketch-seconds", "processor time of counting, one core", seconds, "second"),
    ]


def place_stock(items: int) -> list[Figure]:
    """Draw one season of so many items, learn, forecast, place by the newsvendor and serve every piece."""
    festival = Festival(drawn_items=items)
    began = process_time()
    season = draw(festival, replicates.spawn(0, 1)[0])
    learned = learn(festival, season)
    found = judge(festival, stock("newsvendor", festival, season, learned), season.demand)
    seconds = process_time() - began
    naive = judge(festival, season.last, season.demand)
    return [
        Figure("pre-positioning-full-items", "items stocked and sold", items, "item"),
        Figure(
            "pre-positioning-full-pieces", "pieces ordered in the drawn season", float(season.demand.sum()), "piece"
        ),
        Figure("pre-positioning-full-nearby", "served nearby, newsvendor", found["nearby"], "percent"),
        Figure("pre-positioning-full-last", "served nearby, as last festival", naive["nearby"], "percent"),
        Figure("pre-positioning-full-seconds", "processor time of the season, one core", seconds, "second"),
    ]


def best(work: Callable[[], object]) -> float:
    """Return the least processor time of several rounds, in seconds."""
    times = []
    for _ in range(ROUNDS):
        began = process_time()
        work()
        times.append(process_time() - began)
    return min(times)
