"""The speeds the book claims, measured against a peer in the same run."""

import json

import pytest
from seeding import python

from bench import pickup, surge


@pytest.mark.slow
def test_the_surge_queue_is_fast():
    found = surge.run()
    assert found["figure"] >= 3_000_000
    assert found["ratio"] >= 0.8  # the peer does one class and constant staff only


@pytest.mark.slow
def test_sites_are_proven_quickly():
    assert pickup.run()["figure"] <= 120


@pytest.mark.slow
def test_a_bench_prints_one_line_of_json():
    run = python("casebook", "bench", "surge")
    assert run.returncode == 0
    assert run.stdout.count("\n") == 1
    assert set(json.loads(run.stdout)) == {"figure", "unit", "peer", "peer_figure", "ratio"}
