"""Projects: the published project, what is solved by hand, invariants, limits, refusals."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seeding import named

from casebook.methods.projects import critical_path, pert, simulate

# Hillier and Lieberman, Introduction to Operations Research: Reliable Construction, weeks and thousand dollars.
WEEKS = dict(zip("ABCDEFGHIJKLMN", (2, 4, 10, 6, 4, 5, 7, 9, 7, 8, 4, 5, 2, 6), strict=True))
BEFORE = dict(
    zip("ABCDEFGHIJKLMN", ["", "A", "B", "C", "C", "E", "D", "EG", "C", "FI", "J", "J", "H", "KL"], strict=True)
)
THREE = {
    "A": (1, 2, 3), "B": (2, 3.5, 8), "C": (6, 9, 18), "D": (4, 5.5, 10), "E": (1, 4.5, 5), "F": (4, 4, 10),
    "G": (5, 6.5, 11), "H": (5, 8, 17), "I": (3, 7.5, 9), "J": (3, 9, 9), "K": (4, 4, 4), "L": (1, 5.5, 7),
    "M": (1, 2, 3), "N": (5, 5.5, 9),
}  # fmt: skip


def error(found):
    return found.std() / math.sqrt(found.size)


@st.composite
def projects(draw):
    names = [f"task {k}" for k in range(draw(st.integers(1, 8)))]
    times = {name: draw(st.integers(0, 20)) / draw(st.sampled_from([1, 3])) for name in draw(st.permutations(names))}
    earlier = {name: st.lists(st.sampled_from(names[:k]), unique=True, max_size=3) for k, name in enumerate(names) if k}
    return times, {name: draw(choice) for name, choice in earlier.items()}


def test_published_project():
    plan = critical_path(WEEKS, BEFORE)
    assert plan.length == 44
    assert "".join(plan.critical) == "ABCEFJLN"
    # Early start and slack as worked out by hand from the network; late starts are at 33, 18 and 34.
    assert (plan.start["H"], plan.slack["H"]) == (29, 4)
    assert (plan.start["I"], plan.slack["I"]) == (16, 2)
    assert (plan.start["K"], plan.finish["K"], plan.slack["K"]) == (33, 37, 1)
    assert critical_path(WEEKS, dict(pairwise("NMLKJIHGFEDCBA"))).length == 79  # one after another
    times = {"design": 3, "build": 4, "test": 2}
    assert critical_path(times, {"build": "design", "test": ["build", "design"]}).length == 9
    assert critical_path(times, {}).length == 4
    assert critical_path({"A": 0}, {"A": ""}).critical == ("A",)
    assert critical_path({"A": 1e12, "B": 1e-300}, {"B": "A"}).length == 1e12


def test_published_pert_and_simulation():
    found = pert(THREE, BEFORE)
    assert (found.mean, found.variance) == pytest.approx((44, 9), abs=1e-12)
    assert found.within(47) == pytest.approx(0.841345, abs=5e-7)
    assert "".join(found.path) == "ABCEFJLN"
    assert found.means["L"] == 5
    assert pert({"H": THREE["H"]}, {}).variance == 4
    found = simulate(THREE, BEFORE, runs=5000, seed=1)
    assert found.shape == (100_000,)
    assert found.mean() == pytest.approx(44.34, abs=4 * error(found) + 0.005)
    assert (found <= 47).mean() == pytest.approx(0.816, abs=4 * math.sqrt(0.816 * 0.184 / 1e5) + 0.0005)


@given(projects(), st.integers(1, 9))
def test_paths(project, late):
    times, before = project
    plan = critical_path(times, before)
    near = 1e-9 * (1 + plan.length)
    assert max(times.values()) - near <= plan.length <= sum(times.values()) + near
    assert plan.critical
    for name, time in times.items():
        assert plan.finish[name] - plan.start[name] == pytest.approx(time, abs=near)
        assert plan.slack[name] >= 0
        for other in before.get(name, []):
            assert plan.start[name] >= plan.finish[other] - near
            assert plan.start[name] + plan.slack[name] >= plan.finish[other] + plan.slack[other] - near
        slipped = critical_path(times | {name: time + late}, before).length
        assert slipped == pytest.approx(plan.length + max(0, late - plan.slack[name]))


def test_pert_takes_the_most_uncertain_path_and_is_short_where_paths_merge():
    found = pert({"calm": (6, 6, 6), "wild": (3, 6, 9)}, {})
    assert (found.path, found.mean, found.variance) == (("wild",), 6, 1)
    assert found.within(6) == 0.5
    certain = pert({"calm": (6, 6, 6)}, {})
    assert (certain.within(5.9), certain.within(6)) == (0, 1)
    assert simulate({"calm": (6, 6, 6)}, {}, replicates=1, runs=1).tolist() == [6]
    three = {f"team {k}": (1, 2, 3) for k in range(10)}
    assert simulate(three, {}).mean() > pert(three, {}).mean + 0.3
    alone = simulate({"team": (1, 2, 6)}, {}, runs=5000)
    assert alone.mean() == pytest.approx(2.5, abs=4 * error(alone))
    assert alone.var() == pytest.approx(1.5 * 3.5 / 7, rel=0.03)  # (mean - o)(p - mean) / 7


def test_bad_input_is_refused():
    named(
        (lambda: critical_path({}, {}), "activities: expected a mapping with at least one"),
        (lambda: critical_path({"A": 1}, "A"), "activities: expected a mapping .*, and one of predecessors"),
        (lambda: critical_path({"A": -1}, {}), "durations of 'A': expected a finite number of at least 0 .*, found -1"),
        (lambda: critical_path({"A": 1}, {"A": "B"}), "predecessors: expected activities, found 'B'"),
        (lambda: critical_path({"A": 1}, {"A": 1}), "predecessors: expected names of activities, found 1"),
        (lambda: critical_path({"A": 1}, {"A": "A"}), "predecessors: expected no circle, found A before A"),
        (lambda: pert({"A": (1, 2)}, {}), r"three_point of 'A': expected numbers of shape \(3\), found shape \(2\)"),
        (lambda: pert({"A": (3, 2, 1)}, {}), r"three_point of 'A': expected ascending times, found \[3.0, 2.0, 1.0\]"),
        (lambda: simulate(THREE, BEFORE, replicates=0), "replicates: .* found 0"),
        (lambda: simulate(THREE, BEFORE, seed=-1), "seed: expected .* found -1"),
    )
