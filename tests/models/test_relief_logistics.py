from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from casebook.methods.queueing import mmc, service_level
from casebook.models import relief_logistics as relief

CASE = relief.Relief(
    call_minutes=4, answer_seconds=20, answer_percent=80, busy_hour_ratio=1.8, hubei_percent=40, patience_minutes=3,
    redial_percent=60, checkpoints=4, inspection_minutes=3, checkpoint_load_percent=90, green_percent=10, road_km=500,
    speed_km_per_hour=60, office_hours=10, office_work_hours=8, handovers=2, handling_hours=6, door_days_city=1,
    door_days_direct=2, leg_variation=0.5, loads=40, region_km=300, available_percent=70, trucks=100, makers=4,
    maker_thousand_per_day=50, first_return_days=3, last_return_days=15, best_good_percent=98, worst_good_percent=85,
    material_thousand_per_day=130, wanted_thousand_per_day=100, mask_days=40,
)  # fmt: skip
TEXTBOOK = {"echelon_holding": [3, 2, 2], "lead_days": [1, 1, 2], "backorder": 37.12, "mean": 5, "sd": 1}
CHAINS = ("all", "past one", "past both")


def test_the_load_found_is_the_last_at_which_the_service_holds():
    load = relief.load_for(400, 0.8, 240, 20)
    assert service_level(400, load, 240, 20) == pytest.approx(0.8, abs=1e-9)
    assert service_level(400, load * 1.001, 240, 20) < 0.8


def test_one_line_has_its_closed_form():
    # M/M/1 with no wait allowed: 1 - a = 0.8
    assert relief.load_for(1, 0.8, 240, 0) == pytest.approx(0.2)


def test_calls_a_day_and_minutes_to_fill_undo_each_other():
    calls = relief.calls_a_day(CASE, 20)
    assert relief.minutes_to_fill(CASE, calls, 20) == pytest.approx(CASE.call_minutes, rel=1e-6)


def test_the_day_holds_its_calls_and_its_busy_hour():
    day = relief.call_day(CASE, 2400)
    assert day.sum() == pytest.approx(2400)
    assert day.sum(1).max() == pytest.approx(relief.busy_hour_calls(CASE, 2400)) == pytest.approx(180)
    assert day[:, 0].sum() == pytest.approx(960)


def test_redials_are_a_fixed_point():
    rate, lost = relief.with_redials(CASE, 150, 11)
    assert rate == pytest.approx(150 + 0.6 * rate * lost)
    assert relief.with_redials(replace(CASE, redial_percent=0), 150, 11)[0] == pytest.approx(150)


def test_triage_simulated_agrees_with_cobham():
    exact = 3600 * relief.triage(CASE, 150, 12).wq
    found = relief.triage_simulated(CASE, 150, 12, seed=3)
    width = found["high"] - found["low"]
    assert (np.abs(found["mean"] - exact) < width).all()
    assert 0.4 * exact[0] + 0.6 * exact[1] == pytest.approx(3600 * mmc(150, 15, 12).wq)


def test_a_post_only_moves_waits_from_one_to_another():
    post = relief.checkpoint(CASE, np.arange(0, 100, 10))
    assert post["everybody"].to_numpy() == pytest.approx(27)  # 0.9 / 0.1 inspections of 3 minutes
    assert post["those who go first"].is_monotonic_increasing
    assert post["the others"].is_monotonic_increasing
    assert post.loc[1, "those who go first"] == pytest.approx(2.7 / 0.91)


def test_half_of_the_saving():
    # 27 - 2.7 / (1 - 0.9 g) = 24.3 / 2 at g = 0.9091
    assert relief.share_that_keeps(CASE, 0.5) == pytest.approx(90.909, abs=1e-3)


def test_the_busy_post_that_explains_hours():
    percent = relief.load_that_keeps_waiting(CASE, 2.0)
    post = relief.checkpoint(replace(CASE, checkpoint_load_percent=percent), 10).loc[0, "the others"]
    assert 4 * (post + 3) / 60 == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("start", "work", "done"),
    [(9, 2, 11), (7, 2, 10), (17, 2, 33), (20, 8, 40), (12, 0, 12), (19, 0, 32), (30, 1, 33), (8, 10, 18), (8, 12, 34)],
)
def test_office_hours(start, work, done):
    assert relief.in_office(start, work, 10) == pytest.approx(done)


def test_the_mean_journey():
    loads = relief.journey(CASE, replicates=40)
    means = loads.mean()
    assert means["depots"] == pytest.approx(36, abs=0.3)  # two depots of 6 hours and half a day
    assert means["driving"] == pytest.approx(500 / 60)
    assert means["checkpoints"] == pytest.approx(4 * (29.67 + 3) / 60, abs=0.05)
    assert (loads >= 0).to_numpy().all()
    assert relief.green_hours(CASE)["checkpoints"] == pytest.approx(4 * (2.967 + 3) / 60, abs=1e-3)


def test_without_posts_depots_and_papers_only_driving_and_the_night_are_left():
    bare = replace(CASE, checkpoints=0, handovers=0, office_work_hours=0)
    loads = relief.journey(bare, replicates=4)
    assert loads["depots"].max() == 0
    assert loads["checkpoints"].max() == 0
    assert loads["receipt"].max() <= 14


def test_the_chain_is_the_textbooks():
    chains = relief.skipping(**TEXTBOOK, door_days=[1, 1.5, 2], names=CHAINS)
    assert chains["cost"][0] == pytest.approx(47.668653, abs=0.02)  # Snyder and Shen, example 6.1
    assert chains["cost"].is_monotonic_decreasing
    assert chains["days without stock"].tolist() == [5, 4.5, 4]
    assert chains["on the road"].tolist() == [10, 5, 0]
    assert chains[["lying", "moving", "waited for"]].sum(axis=1).to_numpy() == pytest.approx(chains["cost"])


def test_the_way_is_the_sum_of_its_legs():
    days = relief.way_days([2, 1, 1, 1], 0.5)
    assert days.mean() == pytest.approx(5, abs=0.05)
    assert days.std() == pytest.approx(np.sqrt(7) / 2, abs=0.05)
    assert (relief.way_days([2, 1], 0.0) == 3).all()


def test_trucks_carried_by_hand():
    # two trucks, one in two goes, one load: carried unless neither goes; two loads: one truck on average
    assert relief.carried(2, 100, 50, 1) == pytest.approx(75)
    assert relief.carried(2, 100, 50, 2) == pytest.approx(50)
    assert relief.carried(100, [0, 100], 100, 40).tolist() == [0, 100]


def test_the_fewest_trucks():
    n = relief.base_for(CASE, 80, 95)
    assert relief.carried(n, 80, 70, 40) >= 95 > relief.carried(n - 1, 80, 70, 40)
    with pytest.raises(ValueError, match="percent"):
        relief.base_for(replace(CASE, loads=1), 0, 95)


def test_dispatch_agrees_with_the_formula_and_assignment_never_drives_farther():
    runs = relief.dispatch(CASE, [0, 50, 100], replicates=80)
    assert (runs["together"].dropna() <= runs["load by load"].dropna() + 1e-9).all()
    half = runs.loc[runs["called"] == 50, "carried"]
    assert half.mean() == pytest.approx(float(relief.carried(100, 50, 70, 40)), abs=3 * half.std() / np.sqrt(80))
    assert runs.loc[runs["called"] == 0, "together"].isna().all()


def test_the_nearest_left_by_hand():
    assert relief.nearest_left(np.array([[1.0, 2.0], [1.0, 9.0]])) == pytest.approx(5)


def test_sharing_material_never_owes_more():
    together, apart = (relief.masks(CASE, shared)["owed"] for shared in (True, False))
    assert together.sum() < apart.sum()
    assert together[0] == pytest.approx(apart[0], abs=1e-6)


def test_masks_by_hand():
    # one maker, at once all there, half of them good: owes 100 - 0.5 * 50 more each day
    one = replace(
        CASE,
        makers=1,
        first_return_days=0,
        last_return_days=0,
        best_good_percent=50,
        worst_good_percent=50,
        mask_days=3,
    )
    assert relief.masks(one, True)["owed"].tolist() == pytest.approx([75, 150, 225])


def test_the_same_bits_in_a_pool(pool):
    pd.testing.assert_frame_equal(relief.journey(CASE, replicates=4), relief.journey(CASE, replicates=4, executor=pool))
    pd.testing.assert_frame_equal(
        relief.dispatch(CASE, [80], replicates=4), relief.dispatch(CASE, [80], replicates=4, executor=pool)
    )
    assert (relief.way_days([1, 2], 0.5) == relief.way_days([1, 2], 0.5, executor=pool)).all()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"call_minutes": 0}, "call_minutes"), ({"green_percent": 101}, "green_percent"), ({"handovers": 1.5}, "handovers"),
        ({"road_km": -1}, "road_km"), ({"busy_hour_ratio": 3}, "busy_hour_ratio"), ({"office_hours": 20}, "office_hours"),
        ({"trucks": float("nan")}, "trucks"),
    ],
)  # fmt: skip
def test_bad_assumptions_are_named(change, name):
    with pytest.raises(ValueError, match=name):
        replace(CASE, **change)


def test_no_line_answers_nobody():
    with pytest.raises(ValueError, match="servers"):
        relief.load_for(0, 0.8, 240, 20)
