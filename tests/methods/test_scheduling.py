"""Scheduling: the published project, invariants, limits, what is refused, and the same bits everywhere."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.methods.scheduling import (
    best_overlap,
    crash,
    critical_path,
    in_sequence,
    overlapped,
    pert,
    simulate_overlapped,
    simulate_pert,
)

# Hillier and Lieberman, Introduction to Operations Research: Reliable Construction, weeks and thousand dollars.
WEEKS = dict(zip("ABCDEFGHIJKLMN", (2, 4, 10, 6, 4, 5, 7, 9, 7, 8, 4, 5, 2, 6), strict=True))
BEFORE = dict(
    zip("ABCDEFGHIJKLMN", ("", "A", "B", "C", "C", "E", "D", "EG", "C", "FI", "J", "J", "H", "KL"), strict=True)
)
THREE = {
    "A": (1, 2, 3), "B": (2, 3.5, 8), "C": (6, 9, 18), "D": (4, 5.5, 10), "E": (1, 4.5, 5), "F": (4, 4, 10),
    "G": (5, 6.5, 11), "H": (5, 8, 17), "I": (3, 7.5, 9), "J": (3, 9, 9), "K": (4, 4, 4), "L": (1, 5.5, 7),
    "M": (1, 2, 3), "N": (5, 5.5, 9),
}  # fmt: skip
OPTIONS = {
    "A": (1, 180, 280), "B": (2, 320, 420), "C": (7, 620, 860), "D": (4, 260, 340), "E": (3, 410, 570),
    "F": (3, 180, 260), "G": (4, 900, 1020), "H": (6, 200, 380), "I": (5, 210, 270), "J": (6, 430, 490),
    "K": (3, 160, 200), "L": (3, 250, 350), "M": (1, 100, 200), "N": (3, 330, 510),
}  # fmt: skip


@st.composite
def projects(draw):
    size = draw(st.integers(1, 8))
    names = [f"task {k}" for k in range(size)]
    times = {name: draw(st.integers(0, 20)) / draw(st.sampled_from([1, 3])) for name in names}
    before = {
        name: draw(st.lists(st.sampled_from(names[:k]), unique=True, max_size=3)) if k else []
        for k, name in enumerate(names)
    }
    order = draw(st.permutations(names))
    return {name: times[name] for name in order}, before


def test_published_project():
    plan = critical_path(WEEKS, BEFORE)
    assert plan.length == 44
    assert "".join(plan.critical) == "ABCEFJLN"
    # Early start, late start and slack as worked out by hand from the network.
    assert (plan.start["H"], plan.late_start["H"], plan.slack["H"]) == (29, 33, 4)
    assert (plan.start["I"], plan.late_start["I"], plan.slack["I"]) == (16, 18, 2)
    assert (plan.finish["K"], plan.late_finish["K"], plan.slack["K"]) == (37, 38, 1)
    assert critical_path(WEEKS, in_sequence(WEEKS)).length == 79


def test_published_pert():
    found = pert(THREE, BEFORE)
    assert found.mean == pytest.approx(44, abs=1e-12)
    assert found.variance == pytest.approx(9, abs=1e-12)
    assert found.within(47) == pytest.approx(0.841345, abs=5e-7)
    assert "".join(found.path) == "ABCEFJLN"
    assert (found.means["L"], found.variances["H"]) == (5, 4)


def test_published_simulation():
    found = simulate_pert(THREE, BEFORE, replicates=20, runs=5000, seed=1)
    assert found.lengths.shape == (100_000,)
    assert found.mean == pytest.approx(44.34, abs=4 * found.error + 0.005)
    assert found.within(47) == pytest.approx(0.816, abs=4 * math.sqrt(0.816 * 0.184 / 1e5) + 0.0005)
    assert found.often["A"] == found.often["C"] == 1
    # The three ways to the end share what PERT gives to one of them.
    assert found.often["N"] + found.often["M"] == pytest.approx(1, abs=1e-6)
    assert 0.05 < found.often["H"] < 0.15


@pytest.mark.parametrize(("deadline", "extra"), [(44, 0), (42, 60), (40, 140), (38, 240), (36, 400)])
def test_published_crash(deadline, extra):
    found = crash(WEEKS, OPTIONS, BEFORE, deadline)
    assert found.extra_cost == pytest.approx(extra, abs=1e-9)
    assert found.length == deadline
    assert all(week == round(week) for week in found.saved.values())


def test_published_crash_takes_two_weeks_each_from_f_and_j():
    found = crash(WEEKS, OPTIONS, BEFORE, 40)
    assert {name: saved for name, saved in found.saved.items() if saved} == {"F": 2, "J": 2}
    assert crash(WEEKS, OPTIONS, BEFORE, 43.5).price == pytest.approx(30)
    assert crash(WEEKS, OPTIONS, BEFORE, 41.5).price == pytest.approx(40)
    assert crash(WEEKS, OPTIONS, BEFORE, 100).price == 0


@given(projects())
def test_paths(project):
    times, before = project
    plan = critical_path(times, before)
    near = 1e-9 * (1 + plan.length)
    assert max(times.values()) - near <= plan.length <= sum(times.values()) + near
    assert plan.critical
    for name in times:
        assert plan.finish[name] - plan.start[name] == pytest.approx(times[name], abs=near)
        assert plan.late_finish[name] - plan.late_start[name] == pytest.approx(times[name], abs=near)
        assert plan.slack[name] >= 0
        assert plan.finish[name] <= plan.length + near
        for other in before[name]:
            assert plan.start[name] >= plan.finish[other] - near
            assert plan.late_start[name] >= plan.late_finish[other] - near


@given(projects(), st.integers(1, 9))
def test_slack_is_what_an_activity_may_slip(project, late):
    times, before = project
    plan = critical_path(times, before)
    for name in times:
        slipped = critical_path(times | {name: times[name] + late}, before).length
        assert slipped == pytest.approx(plan.length + max(0, late - plan.slack[name]))


@given(projects(), st.floats(0, 1))
def test_crash_between_its_limits(project, share):
    times, before = project
    options = {name: (time / 2, 10, 10 + 3 * k) for k, (name, time) in enumerate(times.items())}
    normal = critical_path(times, before).length
    shortest = critical_path({name: time / 2 for name, time in times.items()}, before).length
    deadline = max(shortest, shortest + share * (normal - shortest))
    found, sooner = crash(times, options, before, deadline), crash(times, options, before, shortest)
    assert found.length <= deadline + 1e-6
    assert 0 <= found.extra_cost <= sooner.extra_cost + 1e-6
    assert sooner.extra_cost <= sum(3 * k for k in range(len(times))) + 1e-9
    assert all(0 <= found.saved[name] <= times[name] / 2 + 1e-9 for name in times)
    assert crash(times, options, before, normal).extra_cost == 0
    # Costs fall along a convex curve: its tangent lies below the cost of the shortest length.
    assert sooner.extra_cost >= found.extra_cost + found.price * (deadline - shortest) - 1e-5


def test_pert_takes_the_most_uncertain_of_equal_paths():
    three = {"calm": (6, 6, 6), "wild": (3, 6, 9)}
    found = pert(three, {})
    assert (found.path, found.mean, found.variance) == (("wild",), 6, 1)
    assert found.within(6) == 0.5
    certain = pert({"calm": (6, 6, 6)}, {})
    assert (certain.within(5.9), certain.within(6)) == (0, 1)
    assert simulate_pert({"calm": (6, 6, 6)}, {}, 1, 1).lengths.tolist() == [6]
    assert simulate_pert({"calm": (6, 6, 6)}, {}, 1, 1).error == 0


def test_merging_paths_take_longer_than_pert_says():
    three = {f"team {k}": (1, 2, 3) for k in range(10)}
    assert simulate_pert(three, {}).mean > pert(three, {}).mean + 0.3
    alone = simulate_pert({"team": (1, 2, 6)}, {}, runs=5000)
    assert alone.mean == pytest.approx(2.5, abs=4 * alone.error)
    assert alone.lengths.var() == pytest.approx(1.5 * 3.5 / 7, rel=0.03)  # (mean - o)(p - mean) / 7


def test_overlap_of_two_by_hand():
    times, before = {"one": 10, "two": 20}, {"two": ["one"]}
    # Six of ten days overlap, every unit of work on early information costs a half: 30 - 6 + 3.
    half = overlapped(times, before, 0.6, 0.5)
    assert (half.length, half.start["two"], half.rework["two"]) == (27, 4, 3)
    # Information that settles evenly: the rework is half of 0.6² of ten days, times a half.
    assert overlapped(times, before, 0.6, 0.5, 1).rework["two"] == pytest.approx(0.9)
    assert overlapped(times, before, 0.6, 0.5, 0).rework["two"] == pytest.approx(0)
    # Overlap loses when it spoils more than it saves.
    assert overlapped(times, before, 0.6, 1).length == 30
    assert overlapped(times, before, 0.6, 2).length == 36
    assert overlapped(times, before, {("one", "two"): 0.6}, {("one", "two"): 2}).length == 36
    # A short second activity waits for the first one's end: 10 and the rework of its two days.
    assert overlapped({"one": 10, "two": 2}, before, 1, 0.5).length == 11
    assert overlapped({"one": 0, "two": 5}, before, 1, 3, 1).length == 5


@given(projects(), st.floats(0, 1), st.floats(0, 3), st.sampled_from([0, 0.5, 1, 4, math.inf]))
def test_overlap_between_its_limits(project, share, spoils, evolution):
    times, before = project
    plan = critical_path(times, before)
    near = 1e-9 * (1 + plan.length)
    assert overlapped(times, before, 0, spoils, evolution).length == pytest.approx(plan.length)
    free = overlapped(times, before, share, 0, evolution)
    found = overlapped(times, before, share, spoils, evolution)
    late = overlapped(times, before, share, spoils)
    assert free.length <= plan.length + near
    assert free.length <= found.length + near
    assert max(times.values()) - near <= found.length
    assert all(rework >= 0 for rework in found.rework.values())
    if len(times) == 2:
        assert found.length <= late.length + near


@given(st.floats(0, 8), st.sampled_from([0, 0.5, 1, 2, 7, math.inf]))
def test_best_overlap_beats_its_neighbours(spoils, evolution):
    best = best_overlap(spoils, evolution)
    assert 0 <= best <= 1

    def length(share):
        return overlapped({"one": 10, "two": 30}, {"two": ["one"]}, share, spoils, evolution).length

    for share in (0, best - 0.05, best + 0.05, 1):
        assert length(best) <= length(min(max(share, 0), 1)) + 1e-9


def test_simulated_rework_has_the_computed_mean():
    three, before = {"one": (10, 10, 10), "two": (7, 7, 7)}, {"two": ["one"]}
    for evolution in (0.5, 1, 3, math.inf):
        mean = overlapped({"one": 10, "two": 7}, before, 0.8, 0.7, evolution)
        found = simulate_overlapped(three, before, 0.8, 0.7, evolution, runs=2000)
        assert found.mean == pytest.approx(mean.length, abs=4 * found.error + 1e-9)
    assert simulate_overlapped(three, before, 0.8, 0.7, 0, 1, 10).lengths == pytest.approx(10)


def test_without_overlap_the_simulations_agree():
    one = simulate_pert(THREE, BEFORE, 2, 200, seed=4)
    two = simulate_overlapped(THREE, BEFORE, 0, 1, 1, 2, 200, seed=4)
    assert two.lengths == pytest.approx(one.lengths, rel=1e-12)


@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_more_replicates_keep_the_first_ones(seed):
    few, many = (simulate_pert(THREE, BEFORE, replicates, 5, seed) for replicates in (2, 4))
    assert (many.lengths[:10] == few.lengths).all()
    assert (many.lengths[:5] != many.lengths[5:10]).any()


def test_same_bits_everywhere(pool, dask_executor):
    for simulate in (
        lambda executor: simulate_pert(THREE, BEFORE, 6, 50, 7, executor),
        lambda executor: simulate_overlapped(THREE, BEFORE, 0.4, 0.6, 2, 6, 50, 7, executor),
    ):
        here, there, far = simulate(None), simulate(pool), simulate(dask_executor)
        assert here.lengths.tobytes() == there.lengths.tobytes() == far.lengths.tobytes()
        assert here.often == there.often == far.often


def test_names_of_predecessors():
    times = {"design": 3, "build": 4, "test": 2}
    assert critical_path(times, {"build": "design", "test": ["build", "design"]}).length == 9
    assert critical_path(times, {}).length == 4
    assert critical_path({"A": 0}, {"A": ""}).critical == ("A",)
    assert critical_path({"A": 1e300, "B": 1e-300}, {"B": "A"}).length == 1e300


@pytest.mark.parametrize(
    ("times", "before", "message"),
    [
        ({}, {}, "durations: expected at least one activity, found none"),
        ({"A": -1}, {}, "durations: expected a finite time of at least 0 for 'A', found -1"),
        ({"A": math.nan}, {}, "for 'A', found nan"),
        ({"A": math.inf}, {}, "for 'A', found inf"),
        ({"A": "long"}, {}, "for 'A', found 'long'"),
        ({"A": 1}, {"A": "B"}, "predecessors: expected activities before 'A', found 'B'"),
        ({"A": 1}, {"B": "A"}, "predecessors: expected activities, found 'B'"),
        ({"A": 1}, {"A": "A"}, "predecessors: expected no circle, found A before A"),
        ({"A": 1, "B": 1, "C": 1}, {"A": "B", "B": "C", "C": "A"}, "predecessors: expected no circle, found"),
    ],
)
def test_bad_projects_are_refused(times, before, message):
    for method in (critical_path, lambda t, b: crash(t, {}, b, 9), lambda t, b: overlapped(t, b, 0.5)):
        with pytest.raises(ValueError, match=message):
            method(times, before)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pert({}, {}), "three_point: expected at least one activity, found none"),
        (lambda: pert({"A": (1, 2)}, {}), r"three_point: expected three ascending times for 'A', found \[1.0, 2.0\]"),
        (lambda: pert({"A": (3, 2, 1)}, {}), r"three ascending times for 'A', found \[3.0, 2.0, 1.0\]"),
        (lambda: pert({"A": (-1, 2, 3)}, {}), "three_point: expected a finite time of at least 0 for 'A', found -1"),
        (lambda: pert(THREE, BEFORE).within(math.nan), "deadline: expected a number of at least -inf, found nan"),
        (lambda: simulate_pert(THREE, BEFORE, 0), "replicates: expected .* at least 1, found 0"),
        (lambda: simulate_pert(THREE, BEFORE, 1, 0), "runs: expected a number of at least 1, found 0"),
        (lambda: simulate_pert(THREE, BEFORE, 1, math.inf), "runs: expected a whole number, found inf"),
        (lambda: simulate_pert(THREE, BEFORE, seed=-1), "seed: expected .* found -1"),
        (lambda: crash(WEEKS, OPTIONS, BEFORE, 20), "deadline: expected at least 28, found 20"),
        (lambda: crash(WEEKS, OPTIONS, BEFORE, math.nan), "deadline: expected a number of at least 0, found nan"),
        (lambda: crash(WEEKS, {"Z": (1, 1, 1)}, BEFORE, 44), "options: expected activities, found 'Z'"),
        (lambda: crash(WEEKS, {"A": (3, 1, 1)}, BEFORE, 44), "options: expected a time of at most 2"),
        (lambda: crash(WEEKS, {"A": (1, 5, 4)}, BEFORE, 44), "two ascending costs for 'A', found"),
        (lambda: overlapped(WEEKS, BEFORE, 1.5), "overlap: expected a number from 0 to 1, found 1.5"),
        (lambda: overlapped(WEEKS, BEFORE, {("A", "C"): 1}), r"overlap: expected pairs .* found \('A', 'C'\)"),
        (lambda: overlapped(WEEKS, BEFORE, 0.5, -1), "sensitivity: expected a number of at least 0, found -1"),
        (lambda: overlapped(WEEKS, BEFORE, 0.5, 1, -1), "evolution: expected a number of at least 0, found -1"),
        (lambda: best_overlap(-1), "sensitivity: expected a number of at least 0, found -1"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_shortest_published_project():
    # A, B, C, E, F, J, L and N at their shortest take 1 + 2 + 7 + 3 + 3 + 6 + 3 + 3 weeks and cost 1,020 more; so that
    # the other ways to the end keep up, D, G, H, I and K must save 2, 3, 1, 1 and 1 weeks for 80, 120, 60, 30 and 40.
    found = crash(WEEKS, OPTIONS, BEFORE, 28)
    assert found.length == 28
    assert found.extra_cost == pytest.approx(1350, abs=1e-9)
