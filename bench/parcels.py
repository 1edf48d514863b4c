"""The parcels against numpy: the same recursion on the same random numbers, and the run at the scale of the source.

The peer is what one would write without a compiler: whole arrays, and Lindley's recursion as a running maximum. Both
follow the same areas on one processor and must end with the same counts. Processor time is measured, so that other
programs on the machine count little; seconds and memory are those of the whole run on all cores.
"""

from __future__ import annotations

import math
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from time import perf_counter, process_time
from typing import NamedTuple

import dask
import numpy as np
from distributed import Client, LocalCluster
from numpy.typing import NDArray

from bench.full_scale import Figure, peak_megabytes
from casebook.models import parcels
from casebook.models.parcels import DAY, TICKS, Ints, Outcome, Pace, Scenario, simulate

CHAPTER = "singles-day/parcels"
PARCELS = 777_000_000
AREAS, ROUNDS = 30, 3


def lindley(arrivals: Ints, spell: int) -> Ints:
    """Return when a line of customers leave a station that gives each the same spell."""
    before = spell * np.arange(arrivals.size)
    return np.maximum.accumulate(arrivals - before) + before + spell


def numpy_area(logs: NDArray, draws: NDArray, curve: NDArray, clock: Ints, pace: Pace, bins: int) -> Outcome:
    """Follow the parcels of an area with numpy alone; the arguments are those of `parcels.follow`."""
    gaps = (parcels.GAP * logs).astype(np.int64)
    reached, edges = np.cumsum(gaps[:-1]), (curve * gaps.sum()).astype(np.int64)
    minute = np.searchsorted(edges, reached) - 1
    slope = TICKS / np.maximum(1, np.diff(edges))
    ordered = minute * TICKS + ((reached - edges[minute]) * slope[minute]).astype(np.int64)
    times = lindley(ordered, pace.pick_spell) + pace.pick_rest
    passed = [minute, times >> 32]
    hub, road = draws >= pace.express, draws >= pace.nearby
    times[hub] = lindley(times[hub], pace.sort_spell) + pace.sort_rest
    passed.append(times >> 32)
    times[road] = lindley(times[road], pace.haul_spell)
    passed.append(times >> 32)
    times[road] += pace.trip_least + ((draws[road] - np.int64(pace.nearby)) * pace.trip_slope).astype(np.int64)
    times[hub] = (times[hub] + TICKS - 1) >> 32 << 32
    passed.append(times >> 32)
    times[hub] = numpy_last_mile(times[hub] >> 32, clock, pace)
    ride = np.sqrt(-np.log1p(-(draws[~hub] / max(1, pace.express))))
    times[~hub] += (pace.ride_scale * ride).astype(np.int64)
    passed.append(times >> 32)
    counts = np.array([np.bincount(minutes, minlength=bins) for minutes in passed])
    return Outcome(counts, np.bincount((times - ordered) >> 32, minlength=bins), times.min() / TICKS)


def numpy_last_mile(unloaded: Ints, clock: Ints, pace: Pace) -> Ints:
    """Return when couriers hand over what is unloaded at these minutes, in that order and in their working hours."""
    line = np.argsort(unloaded, kind="stable")
    day, minute = np.divmod(unloaded[line], DAY)
    worked = lindley((day * pace.shift + np.clip(minute - pace.opens, 0, pace.shift)) * TICKS, pace.door_spell)
    doors = np.empty_like(worked)
    doors[line] = clock[worked >> 32] * TICKS + worked % TICKS
    return doors


class Both(NamedTuple):
    """Processor seconds a parcel of the model and of the peer, and cells of the counts in which they differ."""

    ours: float
    peer: float
    apart: int


def compare(scenario: Scenario, areas: int) -> Both:
    """Follow the same areas both ways, drawing the random numbers for each; the times are those of the fastest area."""
    rng, bins = np.random.default_rng(scenario.seed), math.ceil(scenario.last_minute) + 1
    curve, clock = parcels.order_curve(scenario), parcels.working_minutes(scenario, bins)
    n, ours, peer, apart = scenario.area_parcels, [], [], 0
    logs, draws = np.empty(n + 1, np.float32), np.empty(n + 1, np.uint32)
    room = np.zeros((4, max(n, bins)), np.int64)
    for key in rng.integers(2**64, size=areas, dtype=np.uint64):
        pace = parcels.area_pace(scenario, n, rng)
        counts = np.zeros((len(parcels.STAGES) + 1, bins), np.int64)
        start = process_time()
        parcels.random_numbers(key, logs, draws)
        first = parcels.follow(logs, draws[:-1], curve, clock, pace, room, counts)
        middle = process_time()
        parcels.random_numbers(key, logs, draws)
        other = numpy_area(logs, draws[:-1], curve, clock, pace, bins)
        ours.append(middle - start)
        peer.append(process_time() - middle)
        apart += int((counts != [*other.passed, other.ages]).sum()) + (first / TICKS != other.first_minute)
    return Both(min(ours) / n, min(peer) / n, apart)


class Run(NamedTuple):
    """A run in a process of its own: seconds by the clock and of the processors, peak of the memory, outcome."""

    seconds: float
    processor_seconds: float
    megabytes: float
    outcome: Outcome


def alone(number: int) -> Run:
    """Simulate in this process on all cores, after compiling, and measure it."""
    simulate(Scenario(parcels=1))
    clock, processor = perf_counter(), process_time()
    outcome = simulate(Scenario().sample(number / PARCELS))
    spent = perf_counter() - clock, process_time() - processor
    return Run(*spent, peak_megabytes(), outcome)


def measure(number: int, rounds: int = ROUNDS) -> Run:
    """Simulate in a fresh process, so that its memory is its own, and return the round that took least work."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return min(
            (process.submit(alone, number).result() for _ in range(rounds)), key=lambda run: run.processor_seconds
        )


def run(own: Run | None = None) -> dict[str, float | str]:
    """Measure both, and fail when a count differs; seconds and megabytes are those of the whole day on all cores."""
    own, both = own or measure(PARCELS), compare(Scenario(), AREAS)
    if both.apart:
        raise RuntimeError(f"expected the counts of numpy, found {both.apart} that differ")
    return {
        "figure": round(1 / both.ours),
        "unit": "parcels a second of one processor",
        "peer": "Lindley's recursion in numpy, same random numbers and same counts",
        "peer_figure": round(1 / both.peer),
        "ratio": round(both.peer / both.ours, 1),
        "seconds": round(own.seconds, 2),
        "processor_seconds": round(own.processor_seconds, 2),
        "megabytes": round(own.megabytes),
    }


def busiest_worker(workers: int) -> float:
    """Return the processor seconds of the busiest worker of a Dask cluster that shares the day."""
    machines = {"n_workers": workers, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with (
        dask.config.set({"logging.distributed": "critical"}),
        LocalCluster(**machines) as cluster,
        Client(cluster) as client,
    ):
        simulate(Scenario().sample(0.01), client.get_executor())
        before = client.run(process_time)
        simulate(Scenario(), client.get_executor())
        return max(after - before[worker] for worker, after in client.run(process_time).items())


def full_scale() -> list[Figure]:
    """Run the day at the scale of the source, a hundredth of it and ten times it, and measure all."""
    small, day, large = measure(PARCELS // 100), measure(PARCELS), measure(10 * PARCELS, rounds=1)
    found, outcome = run(day), day.outcome
    return [
        Figure("parcels-seconds", "seconds for the day's parcels, all cores", day.seconds, "second"),
        Figure("parcels-memory", "peak of the memory", day.megabytes, "megabyte"),
        Figure("parcels-pace", "parcels a second of one processor, fastest area", float(found["figure"]), "piece"),
        Figure("parcels-numpy", "the same with numpy", float(found["peer_figure"]), "piece"),
        Figure("parcels-ratio", "ratio of the two", float(found["ratio"]), "times"),
        Figure("parcels-small", "processor seconds for a hundredth of the parcels", small.processor_seconds, "second"),
        Figure("parcels-day", "processor seconds for the day's parcels", day.processor_seconds, "second"),
        Figure("parcels-large", "processor seconds for ten times the parcels", large.processor_seconds, "second"),
        Figure("parcels-large-memory", "peak of the memory for ten times the parcels", large.megabytes, "megabyte"),
        Figure("parcels-sharing", "gain of a second Dask worker", busiest_worker(1) / busiest_worker(2), "times"),
        Figure("parcels-first", "first delivery after midnight", outcome.first_minute, "minute"),
        Figure("parcels-hundred", "first hundred million delivered", outcome.day_of(1e8), "day"),
        Figure("parcels-half", "half delivered", outcome.day_of_share(0.5), "day"),
        Figure("parcels-ninety", "nine of ten delivered", outcome.day_of_share(0.9), "day"),
        Figure("parcels-ninety-nine", "all but one of a hundred delivered", outcome.day_of_share(0.99), "day"),
    ]
