"""The robots: the floor, and the traffic against the same rules in numpy."""

import math
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seeding import named

from bench import robots as bench
from casebook.models import warehouse_robots as wr
from casebook.models.warehouse_robots import Site

SITE = Site(20, 5, 8, stations=4, lane_cells=7, handling_seconds=5, pick_seconds=10, chosen_among=1)
SMALL = replace(SITE, aisles=4, blocks=1, pods_per_block=4, stations=1, lane_cells=2)


def test_the_small_floor_and_its_ways():
    # 3 gaps of 2 pods by 4 rows; 4 aisles of 4 cells and 2 streets of 10; 1 picking place and its lane of 2.
    plan = wr.floor(SMALL)
    assert (SMALL.width, SMALL.height, SMALL.pods) == (10, 6, 24)
    assert plan.position.shape == (24 + 1 + 2 + 16 + 20, 2)
    assert (plan.distance >= 0).all()
    used = set()
    for goal in range(plan.lanes):
        for node in set(range(SMALL.places)) - {goal}:
            step = int(plan.hop[goal, node])
            assert plan.distance[goal, step] == plan.distance[goal, node] - 1
            used |= {(node, step)} if min(node, step) >= plan.pods else set()
    assert not used & {(b, a) for a, b in used}  # no street runs both ways


def test_bad_sites_and_fleets_are_named():
    wrong = {"aisles": (3, math.inf), "blocks": (2, math.nan), "stations": (0, 40), "pick_seconds": (0.5,),
             "lane_cells": (-1,), "chosen_among": (0,), "handling_seconds": (0,), "pods_per_block": (1.5,)}  # fmt: skip
    for name, values in wrong.items():
        named(*((partial(replace, SITE, **{name: value}), f"{name}: expected") for value in values))
    named(*((partial(wr.shift, 0, SITE, robots, 1), "robots: expected") for robots in (0, 900, 2.5)))
    named(
        (lambda: wr.shift(0, SITE, 5, 0), "hours: expected"),
        (lambda: replace(SITE, aisles=200, blocks=9), "places of the site: expected .* to 16,000, found 49068"),
    )
    assert replace(SITE, aisles=4.0) == replace(SITE, aisles=4)  # whole floats are welcome


@pytest.mark.parametrize(("site", "robots"), [(SMALL, 8), (SITE, 60), (SITE, 250)])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_kernel_and_numpy_agree(site, robots, seed):
    tally, places = wr.drive(seed, site, robots, 400)
    assert (tally.tolist(), places.tolist()) == bench.by_numpy(seed, site, robots, 400)


@settings(max_examples=25)
@given(
    site=st.builds(
        Site, aisles=st.sampled_from([2, 4, 6]), blocks=st.sampled_from([1, 3]), pods_per_block=st.integers(2, 4),
        stations=st.integers(1, 2), lane_cells=st.integers(0, 3), handling_seconds=st.integers(1, 4),
        pick_seconds=st.floats(1.1, 8), chosen_among=st.just(1),
    ),
    crowd=st.floats(0, 1),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_any_floor_agrees_and_loses_nobody(site, crowd, seed):
    robots = max(1, int(crowd * (site.pods // 3)))
    tally, places = wr.drive(seed, site, robots, 150)
    assert (tally.tolist(), places.tolist()) == bench.by_numpy(seed, site, robots, 150)
    assert len(set(places)) == robots
    assert tally[1:].sum() <= 150 * robots


@pytest.mark.parametrize("robots", [1, 40, 200, 500])
def test_a_node_holds_one_robot(robots):
    assert len(set(wr.shift(3, SITE, robots, 0.2).places)) == robots


def test_one_robot_is_never_held_up_and_a_crowd_never_locks():
    alone = [wr.shift(seed, SITE, 1, 3) for seed in range(3)]
    assert {(each.held_percent, each.queued_percent) for each in alone} == {(0, 0)}
    late = wr.shift(1, SITE, 500, 1, warm_hours=8)
    assert late.picks_per_hour > 0
    assert late.held_percent > 50


def test_the_ceiling_holds_and_near_orders_and_short_picks_work():
    swept = wr.trials(SITE, [40, 100, 200], 3, 1)
    assert (swept["picks"] < 1.05 * 4 * 3600 / 11).all()  # 4 pickers, 10 seconds a pick and one to roll forward
    first, nearest = (wr.shift(0, replace(SITE, chosen_among=n), 40, 2).picks_per_hour for n in (1, 10))
    assert nearest > 1.1 * first
    assert wr.shift(0, replace(SITE, pick_seconds=1), 20, 0.5).picks_per_hour > 0


def test_the_bench_reports_both_figures(monkeypatch):
    for name, value in {"SITE": SMALL, "ROBOTS": 6, "TICKS": 400, "PEER_TICKS": 50, "ROUNDS": 1}.items():
        monkeypatch.setattr(bench, name, value)
    result = bench.run()
    assert set(result) == {"figure", "unit", "peer", "peer_figure", "ratio"}
    assert result["figure"] > 0 < result["peer_figure"]


@pytest.mark.slow
def test_the_full_scale_is_as_stored(ledger):
    stored = {row["id"]: float(row["value"]) for row in ledger.tables["full_runs"]}
    made = {figure.id: figure.value for figure in bench.full_scale()}
    for name in ("robots-fleet", "robots-pods", "robots-picks", "robots-cells"):
        assert made[name] == pytest.approx(stored[name], rel=1e-5)
    assert made["robots-ratio"] >= 8
    assert made["robots-seconds"] < 30
