import math
import re

import numpy as np
import pytest
from seeding import chapter, told

from casebook.methods.projects import critical_path

model = chapter("sars-to-covid/thirteen-hours")
GIVEN = model.given
# Nobody loses time, and each person-hour of the network is one.
EASY = GIVEN.but(work=161, loss_percent=0, hand_over_hours=0, rework=1, most_people=1)
PAIR = {"one": [], "two": ["one"]}


def crew(people):
    return dict.fromkeys(model.WAITS, people)


def test_the_clock_of_the_account_and_durations_by_hand():
    assert (model.DEADLINE, model.READY, model.TRIAL) == (13, 10, 3)
    assert model.HEADS == 50
    assert model.hours(crew(4), EASY)["pages"] == 25 / 4
    # Brooks's law: at a loss of 10 per cent five people do 5 * 0.6 = 3 hours of work in an hour, six the same.
    talk = EASY.but(loss_percent=10)
    assert [model.hours(crew(n), talk)["pages"] for n in (5, 6)] == pytest.approx([25 / 3] * 2)
    slow = model.hours(crew(1), EASY.but(hand_over_hours=0.25))
    assert slow["test"] == 16  # from its own team alone
    assert slow["terms"] == 14.25
    assert slow["trial run"] == 3


def test_the_usual_way_and_undone_work_by_hand():
    # 40 of 168 hours are open: of 168 hours 128 are closed, and of the 40 that are left 10 are work.
    assert model.usual_way({"all": 10}, 168, 40) == {"closed": 128, "queue": 30, "work": 10}
    assert model.usual_way({"all": 500}, 168, 40) == {"closed": 128, "queue": 0, "work": 40}
    assert model.usual_way({"all": 10}, 10, 168) == {"closed": 0, "queue": 0, "work": 10}
    # Six of ten days overlap and information settles evenly: half of 0.6² of ten days.
    assert model.undone(6, 20, 10) == pytest.approx(1.8)
    assert model.undone(-1, 20, 10) == 0
    assert model.undone(0, 5, 0) == 0


def test_schedule_in_order_is_the_critical_path():
    d = model.hours(crew(4), GIVEN)
    start, end = model.schedule(d)
    plan = critical_path(d, model.WAITS)
    assert end["trial run"] == pytest.approx(plan.length)
    assert start == pytest.approx(plan.start)
    assert model.slack(d, 0.0, 1.0) == pytest.approx(plan.slack, abs=0.011)


@pytest.fixture
def pair(monkeypatch):
    monkeypatch.setitem(model.schedule.__globals__, "WAITS", PAIR)


def test_drafts_of_two_by_hand(pair):
    start, end = model.schedule({"one": 10, "two": 20}, 0.6, 0.5)
    assert (start["two"], end["two"]) == (4, pytest.approx(30 - 6 + 0.9))
    # A short second activity waits for the first one's end; ten hours and the rework of its two.
    assert model.schedule({"one": 10, "two": 2}, 1.0, 0.5)[1]["two"] == pytest.approx(10 + 0.5 * 1.8)
    assert model.schedule({"one": 0, "two": 5}, 1.0, 3)[1]["two"] == 5


@pytest.mark.parametrize(("rework", "best"), [(0.5, 1), (1, 1), (2, 0.5), (4, 0.25)])
def test_the_best_draft_of_the_exercise(pair, rework, best):
    shares = np.linspace(0, 1, 101)
    ends = model.schedule({"one": 10, "two": 30}, shares, rework)[1]["two"]
    assert shares[ends.argmin()] == pytest.approx(best)
    if rework > 1:  # at twice the best share the gain is used up
        assert ends[round(200 * best)] == pytest.approx(40)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_drafts_between_their_limits(share):
    d = model.hours(crew(4), GIVEN)
    lengths = [model.schedule(d, o, s)[1]["trial run"] for o, s in ((share, 0), (share, 0.5), (share, 1), (share, 2))]
    assert lengths == sorted(lengths)
    assert lengths[0] <= model.schedule(d)[1]["trial run"]


def test_a_night_never_has_more_heads_than_the_team():
    for o in (0.0, 0.5, 0.8):
        for most in (5, 8, 15):
            people, start, end = model.night(GIVEN.but(most_people=most), o)
            assert model.busiest(people, start, end)[1] <= 50
            assert max(people.values()) <= most
    fewer = [model.night(GIVEN, 0.5, heads)[2]["trial run"] for heads in (50, 20, 10)]
    assert fewer == sorted(fewer)
    # One person each is as few as there can be.
    assert set(model.night(GIVEN, 0.5, heads=0)[0].values()) >= {1}


def test_nights_at_their_limits_and_as_the_page_says():
    assert model.length(GIVEN.but(work=0, hand_over_hours=0)) == 3
    # One person on each: approval, requirements, interaction and visual design, pages, test and the trial run.
    assert model.length(EASY) == pytest.approx(1 + 8 + 9 + 10 + 25 + 16 + 3)
    assert model.length(GIVEN.but(loss_percent=0)) < model.length(GIVEN) < model.length(GIVEN.but(loss_percent=6))
    assert model.length(GIVEN.but(work=1e9)) > 1e6
    assert model.waiting_saved(GIVEN.but(office_hours=168, work=1e9)) == pytest.approx(0)
    assert model.length(GIVEN) > 13 > model.length(GIVEN, 0.5)
    assert model.waiting_saved(GIVEN) == pytest.approx(89.9, abs=0.1)
    assert model.saved_by_drafts(GIVEN) == pytest.approx(11.7, abs=0.1)


def test_simulated_nights_vary_about_the_plan():
    people, _, end = model.night(GIVEN, 0.5)
    assert max(end.values()) == end["trial run"]
    lengths = model.nights(GIVEN, 0.5, people, runs=4000)
    assert lengths.tobytes() == model.nights(GIVEN, 0.5, people, runs=4000).tobytes()
    assert lengths.mean() > end["trial run"]  # overruns outweigh gains, and merging only delays
    sure = GIVEN.but(low_percent=99.99, high_percent=100.01)
    in_order, _, end = model.night(sure)
    assert model.nights(sure, 0.0, in_order, runs=50) == pytest.approx(end["trial run"], rel=1e-3)


# At their shortest the critical activities take 28 weeks and cost 1,020 more; so that the other ways to the end keep
# up, D, G, H, I and K must save 2, 3, 1, 1 and 1 weeks for 80, 120, 60, 30 and 40.
@pytest.mark.parametrize(
    ("deadline", "extra"),
    [(100, 0), (44, 0), (43.5, 15), (42, 60), (41.5, 80), (40, 140), (38, 240), (36, 400), (28, 1350)],
)
def test_published_crash(deadline, extra):
    found = model.crash(model.WEEKS, model.SHORTEST, model.PRICE, model.BEFORE, deadline)
    assert found.fun == pytest.approx(extra, abs=1e-6)
    left = {j: model.WEEKS[j] - saved for j, saved in zip(model.WEEKS, found.x, strict=False)}
    assert critical_path(left, model.BEFORE).length == pytest.approx(min(deadline, 44))


def test_the_scenario_of_the_reader_draws_and_bad_steps_are_told():
    drawn = model.my_picture({"write": (3, []), "read": (1, ["write"])}, 24, 40)
    assert drawn.title == "Yours: 83 per cent of the time nobody works on it"
    for steps, line in (
        ({}, "my_steps: expected"),
        ([1], "my_steps: expected"),
        ({"a": 3}, "my_steps: expected"),
        ({"a": ("x", [])}, "hours of 'a': expected numbers"),
        ({"a": (-1, [])}, "hours of 'a': .* found -1"),
        ({"a": (math.nan, [])}, "hours of 'a': .* found nan"),
        ({"a": (1, ["b"])}, "predecessors: expected activities, found 'b'"),
        ({"a": (1, ["b"]), "b": (1, ["a"])}, "predecessors: expected no circle"),
        ({"a": (9, [])}, "my_calendar_hours: expected at least 38"),
        ({"a": (0, [])}, "my_steps: expected some work"),
    ):
        assert re.match(line, told(model, steps, 24, 40))
    assert told(model, {"a": (1, [])}, "long", 40).startswith("my_calendar_hours: expected numbers")
    assert re.match("my_office_hours: .* found 0", told(model, {"a": (1, [])}, 24, 0))
