import csv
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seeding import ROOT

from casebook.bench import robots as bench
from casebook.methods import replicates
from casebook.models import warehouse_robots as wr
from casebook.models.warehouse_robots import Mistakes, Site, Staff, kernel
from casebook.models.warehouse_robots.fleet import arguments

SMALL = Site(aisles=4, blocks=1, pods_per_block=4, stations=1, lane_cells=2)


class TestFloor:
    def test_counts_of_the_small_site(self):
        # 3 gaps of 2 pods by 4 rows; 4 aisles of 4 cells and 2 streets of 10; 1 picking place and its lane of 2.
        plan = wr.floor(SMALL)
        assert (SMALL.width, SMALL.height, SMALL.pods) == (10, 6, 24)
        assert plan.position.shape == (24 + 1 + 2 + 16 + 20, 2)

    def test_every_goal_is_reached_from_everywhere_by_its_ways(self):
        plan = wr.floor(SMALL)
        assert (plan.distance >= 0).all()
        for goal in range(plan.lanes):
            for node in range(plan.distance.shape[1]):
                if node != goal:
                    assert plan.distance[goal, plan.hop[goal, node]] == plan.distance[goal, node] - 1

    def test_no_street_runs_both_ways(self):
        plan = wr.floor(SMALL)
        used = {
            (n, int(h)) for row in plan.hop for n, h in enumerate(row) if h >= 0 and n >= plan.pods and h >= plan.pods
        }
        assert not used & {(b, a) for a, b in used}

    @pytest.mark.parametrize(
        "change",
        [{"aisles": 3}, {"blocks": 2}, {"stations": 0}, {"pick_seconds": 0.5}, {"lane_cells": -1}, {"chosen_among": 0},
         {"handling_seconds": 0}, {"stations": 40}, {"pods_per_block": 1.5}, {"aisles": math.inf}, {"blocks": math.nan}],
    )  # fmt: skip
    def test_bad_sites_are_named(self, change):
        [name] = change
        with pytest.raises(ValueError, match=f"^{name}: expected"):
            Site(**change)

    def test_whole_floats_are_welcome(self):
        assert Site(aisles=4.0) == Site(aisles=4)

    def test_too_large_a_floor(self):
        with pytest.raises(ValueError, match=r"^site: expected"):
            wr.floor(Site(aisles=200, blocks=9))


class TestTraffic:
    @pytest.mark.parametrize(("site", "robots"), [(SMALL, 8), (Site(), 60), (Site(), 250)])
    def test_the_kernel_and_plain_python_agree(self, site, robots):
        for seed in range(2):
            tally, places = kernel.drive(*arguments(seed, site, robots, 400, 0))
            assert (tally.tolist(), places.tolist()) == bench.plain(seed, site, robots, 400)

    @settings(deadline=None, derandomize=True, database=None, max_examples=25)
    @given(
        site=st.builds(
            Site,
            aisles=st.sampled_from([2, 4, 6]),
            blocks=st.sampled_from([1, 3]),
            pods_per_block=st.integers(2, 4),
            stations=st.integers(1, 2),
            lane_cells=st.integers(0, 3),
            handling_seconds=st.integers(1, 4),
            pick_seconds=st.floats(1.1, 8),
        ),
        crowd=st.floats(0, 1),
        seed=st.integers(0, 99),
    )
    def test_any_floor_agrees_and_loses_nobody(self, site, crowd, seed):
        robots = max(1, int(crowd * (site.pods // 3)))
        tally, places = kernel.drive(*arguments(seed, site, robots, 150, 0))
        assert (tally.tolist(), places.tolist()) == bench.plain(seed, site, robots, 150)
        assert len(set(places)) == robots
        assert tally[1:].sum() <= 150 * robots

    @pytest.mark.parametrize("robots", [1, 40, 200, 500])
    def test_a_node_holds_one_robot(self, robots):
        assert len(set(wr.shift(3, Site(), robots, 0.2).places)) == robots

    def test_one_robot_on_its_own_takes_the_free_flow_time(self):
        found = replicates.estimate([wr.shift(seed, Site(), 1, 30).picks_per_hour for seed in range(12)], 0.999)
        assert found.low < wr.network(Site(), [1])["picks"].item() < found.high

    def test_one_robot_is_never_held_up(self):
        alone = wr.shift(0, SMALL, 1, 2)
        assert (alone.held_percent, alone.queued_percent) == (0, 0)

    def test_the_crowded_floor_never_locks(self):
        late = wr.shift(1, Site(), 500, 1, warm_hours=8)
        assert late.picks_per_hour > 0
        assert late.held_percent > 50

    def test_no_fleet_passes_the_ceiling_by_more_than_chance(self):
        swept = wr.trials(Site(), [40, 100, 200], 3, 1)
        assert (swept["picks"] < 1.05 * wr.network(Site(), [100])["ceiling"].item()).all()

    def test_choosing_the_nearest_of_several_orders_saves_travel(self):
        first, nearest = (wr.shift(0, Site(chosen_among=n), 40, 2).picks_per_hour for n in (1, 10))
        assert nearest > 1.1 * first

    def test_a_pick_of_one_second(self):
        assert wr.shift(0, Site(pick_seconds=1), 20, 0.5).picks_per_hour > 0

    @pytest.mark.parametrize(
        ("robots", "hours", "name"), [(0, 1, "robots"), (900, 1, "robots"), (2.5, 1, "robots"), (5, 0, "hours")]
    )
    def test_bad_fleets_are_named(self, robots, hours, name):
        with pytest.raises(ValueError, match=f"^{name}: expected"):
            wr.shift(0, Site(), robots, hours)

    def test_the_same_bits_serially_in_a_pool_and_on_dask(self, pool, dask_executor):
        here = wr.trials(SMALL, [2, 6], 4, 0.5)
        for executor in (pool, dask_executor):
            assert here.equals(wr.trials(SMALL, [2, 6], 4, 0.5, executor=executor))


class TestTasks:
    def test_the_theorem_of_random_assignment(self):
        # Sum of 1 / k^2 for k to 200 is 1.639947.
        costs = [wr.exponential_cost(seed, 200) for seed in replicates.spawn(0, 60)]
        found = replicates.estimate(costs, 0.999)
        assert found.low < 1.639947 < found.high

    def test_nearest_first_by_hand(self):
        # The first task takes the robot at 1 and leaves the one at 10; the best is 2 + 2.
        assert wr.nearest_first([[1, 2], [2, 10]]) == 11

    def test_rules_stand_in_their_order(self):
        cells = wr.compared(Site(), 30, 5)["cells"].to_numpy()
        assert (np.diff(cells) > 0).all()


class TestClaims:
    def test_readings_by_hand(self):
        found = wr.readings(3, 70).set_index(["times", "gain_of", "saving_on"])
        assert found.loc[(3, "a hand", "each pick"), "saved_percent"] == pytest.approx(66.6667, abs=1e-4)
        assert found.loc[(3, "a hand", "each pick"), "within"]
        assert found.loc[(4, "a hand", "each pick"), "saved_percent"] == pytest.approx(75)
        assert not found.loc[(4, "a hand", "each pick"), "within"]
        assert found.loc[(3, "the site", "the payroll"), "per_hand"] == pytest.approx(10)
        assert found.loc[(3, "the site", "each pick"), "per_hand"] == pytest.approx(3.3333, abs=1e-4)
        assert found.loc[(3, "a hand", "the payroll"), "output"] == pytest.approx(0.9)
        assert (found["per_hand"] * found["hours"]).to_numpy() == pytest.approx(found["output"].to_numpy())

    def test_money_by_hand(self):
        staff = Staff(picks_by_hand=100, robots_per_carer=20, wage_rmb=30, robot_rmb=5)
        # 4 pickers and 2 carers make 1,200 picks: 200 each, 180 RMB, and 40 robots cost 200 RMB.
        assert staff.people(4, 40) == 6
        assert staff.gain(1200, 4, 40) == 2
        assert staff.labour_saved(1200, 4, 40) == 50
        assert staff.cost_saved(1200, 4, 40) == pytest.approx(100 * (1 - 380 / 360))
        assert staff.break_even_rmb(1200, 4, 40) == pytest.approx(4.5)

    def test_mistakes_by_hand(self):
        slips = Mistakes(place=500, item=500, count=0, pods_wrong=0, caught_percent=50)
        assert (slips.by_hand(), slips.with_robots()) == (375, 250)

    def test_picks_to_tell(self):
        # z 1.959964 + 0.841621, squared 7.848880; 4 against 2 in a thousand.
        assert wr.picks_to_tell(4, 2) == pytest.approx(7.848880 * (0.003984 + 0.001996) / 0.000004, rel=1e-5)
        assert wr.picks_to_tell(3, 3) == math.inf

    @pytest.mark.parametrize(
        ("call", "name"),
        [
            (lambda: wr.readings(0.5, 70), "times"),
            (lambda: wr.readings(3, 100), "saved_percent"),
            (lambda: Staff(0, 1, 1, 1), "picks_by_hand"),
            (lambda: Mistakes(-1, 0, 0, 0, 0), "place"),
            (lambda: Mistakes(0, 0, 0, 0, 101), "caught_percent"),
        ],
    )
    def test_bad_input_is_named(self, call, name):
        with pytest.raises(ValueError, match=f"^{name}: expected"):
            call()


def test_the_bench_reports_both_figures(monkeypatch):
    for name, value in {"SITE": SMALL, "ROBOTS": 6, "TICKS": 400, "PEER_TICKS": 50, "ROUNDS": 1}.items():
        monkeypatch.setattr(bench, name, value)
    result = bench.run()
    assert set(result) == {"figure", "unit", "peer", "peer_figure", "ratio"}
    assert result["figure"] > 0 < result["peer_figure"]


@pytest.mark.slow
def test_the_full_scale_is_as_stored():
    with (ROOT / "data" / "full_runs.csv").open(encoding="utf-8", newline="") as file:
        stored = {row["id"]: float(row["value"]) for row in csv.DictReader(file)}
    made = {figure.id: figure.value for figure in bench.full_scale()}
    for name in ("robots-fleet", "robots-pods", "robots-picks", "robots-cells"):
        assert made[name] == pytest.approx(stored[name], rel=1e-5)
    assert made["robots-ratio"] >= 20
    assert made["robots-seconds"] < 30
