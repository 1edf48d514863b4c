import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.models import thirteen_hours as night

# Four person-hours in each activity and four people who lose no time: an hour each, and half of it with eight.
EASY = night.Launch(
    work_person_hours=dict.fromkeys(night.WORK, 4.0), most_people=dict.fromkeys(night.WORK, 8.0), trial_hours=3,
    people=4, loss_percent=0, hand_over_hours=0, overlap_percent=50, sensitivity=1, evolution=1, low_percent=80,
    high_percent=150, defects_per_hundred_person_hours=10, rework_defects_times=3, detection_hours=2,
)  # fmt: skip
REAL = replace(
    EASY,
    work_person_hours=dict(zip(night.WORK, (1, 8, 8, 14, 9, 10, 18, 28, 25, 16, 8, 16), strict=True)),
    most_people=dict(zip(night.WORK, (4, 6, 6, 6, 6, 6, 8, 12, 12, 8, 6, 14), strict=True)),
    loss_percent=3,
    hand_over_hours=0.2,
)


@st.composite
def launches(draw):
    work = {name: draw(st.integers(0, 30)) for name in night.WORK}
    numbers = {
        "loss_percent": draw(st.floats(0, 10)),
        "hand_over_hours": draw(st.floats(0, 1)),
        "overlap_percent": draw(st.floats(0, 100)),
        "sensitivity": draw(st.floats(0, 3)),
    }
    return replace(REAL, work_person_hours=work, **numbers)


def test_lengths_by_hand():
    # approval, requirements, interaction design, visual design, pages and test, an hour each, and the trial run.
    assert night.plan(EASY).length == 9
    assert night.all_hands(EASY).length == 6
    assert sum(EASY.hours.values()) == 12 + 3
    # An hour of a draft half of which is to go gains half an hour and costs an eighth of rework, but the reworked
    # requirements of one activity are the draft of the next: 1/2 of each hour, and an eighth for each of them.
    early = night.plan(EASY, early=True)
    assert early.start["interaction design"] == 1.5
    assert early.rework["interaction design"] == pytest.approx(0.125)
    assert early.start["visual design"] == pytest.approx(1.5 + 1 + 0.125 - 0.5)
    assert early.length == pytest.approx(9 - 3 * 0.5 + 3 * 0.125)


def test_the_pace_of_a_group():
    # Brooks's law by hand: at a loss of 10 per cent, five people do 5 * 0.6 = 3 hours of work in an hour, six the same.
    talk = replace(EASY, loss_percent=10)
    assert talk.pace(5) == pytest.approx(3)
    assert talk.pace(6) == pytest.approx(3)
    assert talk.fastest_group == 5.5
    assert EASY.fastest_group == math.inf
    # More than the fastest group are not used.
    assert talk.options["test"][2] == pytest.approx(5.5 * 4 / (5.5 * 0.55))


def test_waits_between_teams():
    slow = replace(EASY, hand_over_hours=0.25)
    assert slow.hours["terms"] == 1 + 2 * 0.25  # from product and finance
    assert slow.hours["visual design"] == 1  # from its own team
    assert slow.hours[night.TRIAL] == 3


def test_crashed_and_early_plans_meet_the_deadline():
    assert night.crashed(REAL, 15).length == pytest.approx(15)
    early = night.started_early(REAL, 13)
    assert early.length == pytest.approx(13, abs=1e-6)
    assert early.finish["test"] == pytest.approx(10, abs=1e-6)
    assert night.crashed(REAL, 100).person_hours == pytest.approx(night.plan(REAL).person_hours)
    assert night.started_early(REAL, 100).person_hours == pytest.approx(night.plan(REAL, early=True).person_hours)


def test_slack_is_that_of_the_critical_path():
    way = night.plan(EASY)
    spare = night.slack(EASY, way)
    assert [spare[name] for name in ("approval", "pages", "test", night.TRIAL)] == [0, 0, 0, 0]
    # pages end at 5, the policy service at 4; the staff check at 3; the announcement at 5 of 9.
    found = [spare[name] for name in ("policy service", "staff check", "announcement")]
    assert found == pytest.approx([1, 2, 4], abs=1e-6)
    teams = night.by_team(EASY, way).set_index("team")
    assert teams["person-hours"].sum() == pytest.approx(48)
    assert teams.loc["engineering", "slack"] == 0
    assert teams.loc["press office", "slack"] == pytest.approx(4, abs=1e-6)


def test_nobody_works_in_more_places_than_counted():
    way = night.plan(EASY)
    people = night.head_count(way, 0.5)
    assert people["people"].max() == 3 * 4  # in the third hour pricing, interaction design and the staff check
    assert people["people"].sum() * 0.5 == pytest.approx(way.person_hours)


def test_usual_time():
    # 15 hours of work in sequence are 63 hours of the calendar at 40 of 168 hours a week; in 126 hours half is waiting.
    assert night.load_for(EASY, 126, 40) == pytest.approx(0.5)
    assert night.load_for(EASY, 63, 40) == pytest.approx(0)
    with pytest.raises(ValueError, match="usual_hours: expected at least 63, found 60"):
        night.load_for(EASY, 60, 40)


def test_defects_by_hand():
    left = night.defects(EASY, night.plan(EASY), [0, 2])
    assert left["release"].tolist() == [6, 8]
    assert left["defects"].tolist() == pytest.approx([4.8, 4.8 * 0.36787944])
    early = night.plan(EASY, early=True)
    made = night.defects(EASY, early, [0])["defects"].item()
    assert made == pytest.approx(0.1 * (48 + 3 * early.rework_person_hours))


def test_the_limit_is_where_the_deadline_fails():
    most = night.limit(EASY, "work", 5, night.all_hands(EASY, early=True).length)
    assert most == pytest.approx(1, abs=1e-6)
    edge = night.limit(REAL, "loss_percent", 15, 13)
    at = [night.all_hands(replace(REAL, loss_percent=loss), early=True).length for loss in (edge, edge + 0.01)]
    assert at[0] <= 13 < at[1]
    assert night.limit(EASY, "hand_over_hours", 2, 1000) == 2


def test_ways_and_places():
    ways = night.ways(REAL, 13).set_index("way")["hours"]
    assert list(ways) == sorted(ways, reverse=True)
    rows = night.compare({"far": REAL, "near": replace(REAL, loss_percent=1, hand_over_hours=0)}, 13)
    far, near = rows.iloc[0], rows.iloc[1]
    assert (near[["side_by_side", "in_order", "early"]] < far[["side_by_side", "in_order", "early"]]).all()
    assert near.on_time_percent > far.on_time_percent


def test_overlap_curve_starts_in_order():
    curve = night.overlap_curve(REAL, [0, 50], [0, 1, 5]).set_index(["overlap", "sensitivity"])
    in_order = night.plan(REAL).length
    assert curve.loc[0, "hours"].tolist() == pytest.approx([in_order] * 3)
    assert curve.loc[(50, 0), "hours"] < in_order < curve.loc[(50, 5), "hours"]


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(launches())
def test_plans_between_their_limits(case):
    in_order, early, fast = night.plan(case), night.plan(case, early=True), night.all_hands(case)
    near = 1e-9 * (1 + in_order.length)
    assert max(case.hours.values()) - near <= in_order.length <= sum(case.hours.values()) + near
    assert fast.length <= in_order.length + near
    assert early.rework_person_hours >= 0 == in_order.rework_person_hours
    assert fast.person_hours >= in_order.person_hours - near
    free = night.plan(replace(case, sensitivity=0), early=True)
    assert free.length <= min(in_order.length, early.length) + near


@settings(max_examples=5, deadline=None, derandomize=True, database=None)
@given(launches())
def test_some_activity_is_critical(case):
    assert min(night.slack(case, night.plan(case, early=True)).values()) == 0


@settings(max_examples=15, deadline=None, derandomize=True, database=None)
@given(launches(), st.floats(0, 1))
def test_any_deadline_that_can_be_met_is_met(case, share):
    for make, early in ((night.crashed, False), (night.started_early, True)):
        short, long = night.all_hands(case, early).length, night.plan(case, early=early).length
        deadline = short + share * max(long - short, 0) + 1e-9
        assert make(case, deadline).length <= deadline + 1e-6


def test_simulated_nights():
    sure = replace(REAL, low_percent=100, high_percent=100)
    run = night.simulate(sure, night.plan(sure), replicates=2, runs=10)
    assert run.lengths == pytest.approx(night.plan(sure).length)
    early = night.simulate(sure, night.plan(sure, early=True), runs=500)
    assert early.lengths.std() > 0
    assert early.mean >= night.plan(sure, early=True).length - 4 * early.error  # merging only delays


def test_same_bits_everywhere(pool, dask_executor):
    way = night.started_early(REAL, 13)

    def lengths(executor):
        return night.simulate(REAL, way, 4, 50, 7, executor).lengths.tobytes()

    here = lengths(None)
    assert lengths(pool) == here
    assert lengths(dask_executor) == here


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: replace(EASY, work_person_hours={}), "work_person_hours: expected one number for each of 12"),
        (lambda: replace(EASY, most_people=EASY.most_people | {"lunch": 3}), "most_people: .*'lunch'"),
        (lambda: replace(EASY, most_people=EASY.most_people | {"test": 3}), "at least 4 for 'test', found 3"),
        (lambda: replace(EASY, loss_percent=34), "loss_percent: expected .* found 34"),
        (lambda: replace(EASY, people=0), "people: expected more than 0, found 0"),
        (lambda: night.plan(replace(EASY, overlap_percent=150), early=True), "overlap: .* found 1.5"),
        (lambda: night.plan(replace(EASY, sensitivity=-1), early=True), "sensitivity: .* found -1"),
        (lambda: night.plan(replace(EASY, trial_hours=math.nan)), "durations: .* 'trial run', found nan"),
        (lambda: night.crashed(EASY, 5), "deadline: expected at least 6, found 5"),
        (lambda: night.started_early(EASY, 3), r"deadline: expected at least 5.\d+ hours, found 3"),
        (lambda: night.simulate(EASY, night.plan(EASY), replicates=0), "replicates: .* found 0"),
        (lambda: night.simulate(replace(EASY, low_percent=200), night.plan(EASY)), "three ascending times"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_limits():
    idle = replace(EASY, work_person_hours=dict.fromkeys(night.WORK, 0.0))
    assert night.plan(idle).length == 3
    assert night.started_early(idle, 3).person_hours == 0
    huge = replace(EASY, work_person_hours=dict.fromkeys(night.WORK, 4e9))
    assert night.plan(huge).length == pytest.approx(6e9 + 3)
    late = replace(EASY, evolution=math.inf)
    # Information that comes at the very end gives back all that an early start gains at a rework of one to one.
    assert night.plan(late, early=True).length >= night.plan(late).length - 1e-9
