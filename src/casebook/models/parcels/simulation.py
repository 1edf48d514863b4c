"""The simulation: areas in blocks, one after another, on the cores of this machine or by any executor."""

from __future__ import annotations

import math
import os
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial

import numpy as np
from numpy.random import Generator, SeedSequence, default_rng
from numpy.typing import NDArray

from casebook.methods import replicates
from casebook.models.parcels.kernel import Pace, area
from casebook.models.parcels.outcome import STAGES, Outcome, Tally
from casebook.models.parcels.scenario import DAY, Scenario, order_curve

BLOCKS = 64
MOST_BINS = 60_000


def simulate(scenario: Scenario, executor: Executor | None = None) -> Outcome:
    r"""Follow every parcel of a day from its order to its door.

    Each area is a line of stations that serve in the order of arrival, each with one constant spell for a parcel, so
    that the recursion of Lindley says when a parcel leaves:

    .. math:: D_i = \max(A_i, D_{i-1}) + s

    Couriers work in shifts: their recursion runs in working minutes. Results are counts by minute, so the memory
    does not grow with the parcels.

    Parameters
    ----------
    scenario
        The assumptions.
    executor
        Any concurrent.futures executor, such as a ProcessPoolExecutor or `dask.distributed.Client.get_executor()`;
        None uses the cores of this machine. The bits are the same.

    Raises
    ------
    ValueError
        When the scenario's peak is too low for its counts.

    References
    ----------
    D. V. Lindley, *The theory of queues with a single server*, Proceedings of the Cambridge Philosophical Society 48
    (1952).
    """
    seeds = replicates.spawn(scenario.seed, min(BLOCKS, scenario.areas))
    block = partial(follow_block, scenario, order_curve(scenario), len(seeds))
    if executor is None:
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            tallies = replicates.run(block, seeds, threads)
    else:
        tallies = replicates.run(block, seeds, executor)
    return Outcome(scenario, bin_minutes(scenario), Tally.total(tallies))


def bin_minutes(scenario: Scenario) -> int:
    """Return the minutes of a bin: one, unless the network needs weeks on end."""
    return max(1, math.ceil(scenario.last_minute / MOST_BINS))


def follow_block(scenario: Scenario, curve: NDArray[np.float64], blocks: int, seed: SeedSequence) -> Tally:
    """Follow the areas of one block; the last number of the seed's spawn key says which."""
    width = bin_minutes(scenario)
    bins = math.ceil(scenario.last_minute / width) + 1
    passed, ages, waits = np.zeros((len(STAGES), bins), np.int64), np.zeros(bins, np.int64), np.zeros(4)
    block, areas, first = seed.spawn_key[-1], scenario.areas, math.inf
    start, stop = block * areas // blocks, (block + 1) * areas // blocks
    for number, own in zip(range(start, stop), seed.spawn(stop - start), strict=True):
        parcels = (number + 1) * scenario.parcels // areas - number * scenario.parcels // areas
        rng = default_rng(own)
        pace = area_pace(scenario, parcels, rng)
        gaps, draws = rng.standard_exponential(parcels + 1), rng.random(parcels)
        first = min(first, area(gaps, draws, curve, pace, float(width), passed, ages, waits))
    return Tally(passed, ages, waits, first)


def area_pace(scenario: Scenario, parcels: int, rng: Generator) -> Pace:
    """Return what the parcels of one area meet: its part of every capacity, more or less by the spread."""
    leaving, coming = 1 + scenario.spread_percent / 100 * (2 * rng.random(2) - 1)
    part = parcels / scenario.parcels if scenario.parcels else 1.0

    def spell(capacity: float, luck: float, minutes: float = DAY) -> float:
        return minutes / (capacity * part * luck) if parcels else 0.0

    return Pace(
        nearby=scenario.nearby_percent / 100,
        express=scenario.express_percent / 100,
        pick_spell=spell(scenario.picked_per_day, leaving),
        sort_spell=spell(scenario.sorted_per_day, leaving),
        haul_spell=spell(scenario.hauled_per_day, leaving),
        door_spell=spell(scenario.delivered_per_day, coming, scenario.shift_minutes),
        pick=float(scenario.pick_minutes),
        sort=float(scenario.sort_minutes),
        trip_least=60.0 * scenario.trip_least_hours,
        trip_span=60.0 * (scenario.trip_most_hours - scenario.trip_least_hours),
        opens=60.0 * scenario.opens_hour,
        shift=float(scenario.shift_minutes),
        ride_scale=scenario.ride_minutes * 2 / math.sqrt(math.pi),
    )
