"""Replicates: order, fresh seeds, and the same bits whoever runs them."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.random import SeedSequence
from seeding import named

from casebook.methods.projects import simulate
from casebook.methods.replicates import estimate, run, spawn
from casebook.methods.surge import simulate_surge
from casebook.models import warehouse_robots as wr


def normals(seed):
    return np.random.default_rng(seed).standard_normal(3)


def spawning(seed):
    return np.random.default_rng(seed.spawn(1)[0]).integers(10**9)


def test_results_come_in_the_order_of_seeds_that_can_be_used_twice_and_differ():
    seeds = spawn(4, 5)
    expected = [np.random.default_rng(seed).standard_normal(3) for seed in seeds]
    assert np.array_equal(run(normals, seeds), expected)
    assert np.array_equal(run(normals, spawn(4, 9))[:5], expected)  # more replicates leave the first ones alone
    assert run(normals, []) == []
    seeds = spawn(SeedSequence(1), 4)
    assert run(spawning, seeds) == run(spawning, seeds)
    parent = SeedSequence(1)
    assert [s.spawn_key for s in spawn(parent, 2)] == [s.spawn_key for s in spawn(parent, 2)]
    assert len(set(run(spawning, spawn(0, 50)))) == 50
    assert spawning(spawn(0, 1)[0]) != spawning(spawn(1, 1)[0])


def surge(seed):
    return simulate_surge([[5, 20], [30, 60], [0, 10]], [40, 50, 45], 1, [0.2, 0.7], seed=seed).tally


def project(seed):
    return simulate({"build": (1, 2, 6), "test": (1, 2, 3)}, {"test": "build"}, replicates=1, runs=50, seed=seed)


def robots(seed):
    site = wr.Site(4, 1, 4, stations=1, lane_cells=2, handling_seconds=5, pick_seconds=10, chosen_among=1)
    return wr.shift(seed, site, 6, 0.5).places


@pytest.mark.parametrize("function", [normals, spawning, surge, project, robots])
def test_the_same_bits_serially_in_a_pool_and_on_dask(function, pool, dask_executor):
    seeds = spawn(7, 11)
    serial = run(function, seeds)
    assert np.array_equal(serial, run(function, seeds, pool))
    assert np.array_equal(serial, run(function, seeds, dask_executor))
    with ThreadPoolExecutor(2) as threads:
        assert np.array_equal(serial, run(function, seeds, threads))


def test_students_interval():
    # Ten values with mean 5 and variance 9; Student's table gives 2.262 for nine degrees of freedom at 95 %.
    values = 5 + np.array([3, -3] * 5) * np.sqrt(0.9)
    found = estimate(values)
    assert found.mean == pytest.approx(5)
    assert (found.high - found.low) / 2 == pytest.approx(2.262 * 3 / np.sqrt(10), abs=1e-3)
    assert estimate([2.0, 2.0]).low == 2.0


def test_bad_input_is_named():
    named(
        (lambda: spawn(0, 0), "replicates: expected a whole number from 1 to 1,000,000, found 0"),
        (lambda: spawn(-1, 2), "seed: .* found -1"),
        (lambda: run(3, spawn(0, 1)), "function: expected something that can be called, found 3"),
        (lambda: estimate([1.0]), "values: expected at least 2 numbers"),
        (lambda: estimate([1.0, np.nan]), "values: expected finite numbers, found nan"),
        (lambda: estimate([1.0, 2.0], 1), "level: .* found 1"),
    )
