"""The parcels against SimPy: the same model, parcels a second, and the run at the scale of the source.

The peer has a process for each parcel and a resource for each station. Both are measured in processor time, so that
other programs on the machine do not count; the seconds and the memory are those of the whole run on all cores.
"""

from __future__ import annotations

import math
import resource
from collections.abc import Generator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from time import perf_counter, process_time

import dask
import numpy as np
import simpy
from distributed import Client, LocalCluster
from numpy.typing import NDArray
from scipy.stats import ks_2samp

from casebook.full_scale import Figure
from casebook.models.parcels import Outcome, Scenario, order_curve, simulate
from casebook.models.parcels.simulation import area_pace

CHAPTER = "singles-day/parcels"
DAY = 1440
PEER_PARCELS, KS_PARCELS, ROUNDS = 20_000, 100_000, 3


@dataclass(frozen=True)
class Delivered:
    """Parcels of the peer: minute of the delivery and minutes since the order, shape (parcels,)."""

    minutes: NDArray[np.float64]
    ages: NDArray[np.float64]


def simpy_parcels(scenario: Scenario, seed: int = 0) -> Delivered:
    """Simulate the areas of a scenario with SimPy.

    Parameters
    ----------
    scenario
        The assumptions, as `casebook.models.parcels.simulate` takes them.
    seed
        Seed of the random numbers.
    """
    rng = np.random.default_rng(seed)
    areas = [simpy_area(scenario, scenario.parcels // scenario.areas, rng) for _ in range(scenario.areas)]
    return Delivered(np.concatenate([a.minutes for a in areas]), np.concatenate([a.ages for a in areas]))


def simpy_area(scenario: Scenario, parcels: int, rng: np.random.Generator) -> Delivered:
    """Simulate one area, a process for each parcel."""
    pace = area_pace(scenario, parcels, rng)
    ordered = np.interp(np.sort(rng.random(parcels)), order_curve(scenario), np.arange(DAY + 1.0))
    draws, minutes = rng.random(parcels), np.empty(parcels)
    world = simpy.Environment()
    pickers, hub, dock, couriers = (simpy.Resource(world) for _ in range(4))
    Steps = Generator[simpy.Event, object, None]

    def serve(station: simpy.Resource, spell: float) -> Steps:
        with station.request() as turn:
            yield turn
            yield world.timeout(spell)

    def deliver() -> Steps:
        with couriers.request() as turn:
            yield turn
            day, minute = divmod(world.now, DAY)
            worked = day * pace.shift + min(max(minute - pace.opens, 0.0), pace.shift) + pace.door_spell
            day, minute = divmod(worked, pace.shift)
            yield world.timeout(max(0.0, day * DAY + pace.opens + minute - world.now))

    def parcel(number: int) -> Steps:
        draw = draws[number]
        yield from serve(pickers, pace.pick_spell)
        yield world.timeout(pace.pick)
        if draw < pace.express:
            yield world.timeout(rng.rayleigh(pace.ride_scale / math.sqrt(2)))
        else:
            yield from serve(hub, pace.sort_spell)
            yield world.timeout(pace.sort)
            if draw >= pace.nearby:
                yield from serve(dock, pace.haul_spell)
                yield world.timeout(pace.trip_least + pace.trip_span * rng.random())
            yield world.timeout(math.ceil(world.now) - world.now)
            yield from deliver()
        minutes[number] = world.now

    def orders() -> Steps:
        for number, time in enumerate(ordered):
            yield world.timeout(time - world.now)
            world.process(parcel(number))

    world.process(orders())
    world.run()
    return Delivered(minutes, minutes - ordered)


def distances(parcels: int = KS_PARCELS, areas: int = 10) -> tuple[float, float]:
    """Return the Kolmogorov-Smirnov distances of both simulations: of the minutes of delivery, and of the ages.

    Parameters
    ----------
    parcels, areas
        Parcels of each simulation and areas they are in; the areas are alike, so that only chance differs.
    """
    scenario = replace(Scenario().sample(parcels / 777e6), area_parcels=parcels // areas, spread_percent=0)
    ours, peer = simulate(scenario), simpy_parcels(scenario, seed=1)
    bins = np.arange(ours.tally.ages.size)
    mine = [np.repeat(bins, counts) for counts in (ours.tally.passed[-1], ours.tally.ages)]
    theirs = [np.floor(values / ours.bin_minutes) for values in (peer.minutes, peer.ages)]
    found = [float(ks_2samp(a, b, method="asymp").statistic) for a, b in zip(mine, theirs, strict=True)]
    return found[0], found[1]


@dataclass(frozen=True)
class Measured:
    """A run in a process of its own: seconds by the clock and of the processors, peak of the memory, outcome."""

    seconds: float
    processor_seconds: float
    megabytes: float
    outcome: Outcome


def alone(parcels: int) -> Measured:
    """Simulate in this process on all cores, after compiling, and measure it."""
    simulate(Scenario(parcels=1))
    clock, processor = perf_counter(), process_time()
    outcome = simulate(Scenario().sample(parcels / 777e6))
    spent = perf_counter() - clock, process_time() - processor
    return Measured(*spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, outcome)


def measure(parcels: int, rounds: int = 1) -> Measured:
    """Simulate in a fresh process, so that its memory is its own, and return the fastest of the rounds."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        runs = [process.submit(alone, parcels).result() for _ in range(rounds)]
    return min(runs, key=lambda run: run.seconds)


def peer_speed() -> float:
    """Return the parcels a processor second of SimPy, the best of a few rounds."""
    best = 0.0
    for seed in range(ROUNDS):
        start = process_time()
        simpy_parcels(replace(Scenario().sample(PEER_PARCELS / 777e6), area_parcels=PEER_PARCELS), seed)
        best = max(best, PEER_PARCELS / (process_time() - start))
    return best


def run(own: Measured | None = None) -> dict[str, float | str]:
    """Measure both.

    Parameters
    ----------
    own
        The run of the day, where it has been measured.

    Returns
    -------
    dict
        'figure' and 'peer_figure' in 'unit', the name of the 'peer', and the 'ratio' of the two figures; besides, the
        'seconds' by the clock and the 'megabytes' of the whole run.
    """
    own, peer = own or measure(777_000_000, ROUNDS), peer_speed()
    figure = 777_000_000 / own.processor_seconds
    return {
        "figure": round(figure),
        "unit": "parcels a second of one processor",
        "peer": "SimPy",
        "peer_figure": round(peer),
        "ratio": round(figure / peer, 1),
        "seconds": round(own.seconds, 2),
        "megabytes": round(own.megabytes),
    }


def sharing(parcels: int = 777_000_000) -> float:
    """Return how many times less the busiest worker of a cluster has to do when another stands beside it.

    It is counted in processor time, as all else here: by the clock, other programs on the machine would count.
    """
    return busiest_worker(1, parcels) / busiest_worker(2, parcels)


def busiest_worker(workers: int, parcels: int) -> float:
    """Return the processor seconds of the busiest worker of a Dask cluster that shares the run."""
    machines = {"n_workers": workers, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with (
        dask.config.set({"logging.distributed": "critical"}),
        LocalCluster(**machines) as cluster,
        Client(cluster) as client,
    ):
        simulate(Scenario().sample(0.01), client.get_executor())
        before = client.run(process_time)
        simulate(Scenario().sample(parcels / 777e6), client.get_executor())
        return max(after - before[worker] for worker, after in client.run(process_time).items())


def full_scale() -> list[Figure]:
    """Run the day at the scale of the source, a hundredth of it and ten times it, and measure all."""
    sizes = {7_770_000: ROUNDS, 777_000_000: ROUNDS, 7_770_000_000: 1}
    small, day, large = (measure(parcels, rounds) for parcels, rounds in sizes.items())
    outcome, bench, minutes_and_ages = day.outcome, run(day), distances()
    return [
        Figure("parcels-seconds", "seconds for the day's parcels, all cores", day.seconds, "second"),
        Figure("parcels-memory", "peak of the memory", day.megabytes, "megabyte"),
        Figure("parcels-pace", "parcels a second of one processor", float(bench["figure"]), "piece"),
        Figure("parcels-simpy", "the same with SimPy", float(bench["peer_figure"]), "piece"),
        Figure("parcels-ratio", "ratio of the two", float(bench["ratio"]), "times"),
        Figure("parcels-small", "processor seconds for a hundredth of the parcels", small.processor_seconds, "second"),
        Figure("parcels-day", "processor seconds for the day's parcels", day.processor_seconds, "second"),
        Figure("parcels-large", "processor seconds for ten times the parcels", large.processor_seconds, "second"),
        Figure("parcels-large-memory", "peak of the memory for ten times the parcels", large.megabytes, "megabyte"),
        Figure("parcels-sharing", "gain of a second Dask worker", sharing(), "times"),
        Figure("parcels-ks-minute", "distance from SimPy, hour of delivery", 100 * minutes_and_ages[0], "percent"),
        Figure("parcels-ks-age", "distance from SimPy, time to the door", 100 * minutes_and_ages[1], "percent"),
        Figure("parcels-first", "first delivery after midnight", outcome.first_minute, "minute"),
        Figure("parcels-hundred", "first hundred million delivered", outcome.day_of(1e8), "day"),
        Figure("parcels-half", "half delivered", outcome.day_of_share(0.5), "day"),
        Figure("parcels-ninety", "nine of ten delivered", outcome.day_of_share(0.9), "day"),
        Figure("parcels-ninety-nine", "all but one of a hundred delivered", outcome.day_of_share(0.99), "day"),
    ]
