"""Fleet size: instances solved by hand and by trying every choice, the proof, limits, and what is refused."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.methods.scheduling import connections, minimum_fleet

times = st.lists(
    st.tuples(st.integers(0, 20), st.integers(1, 6)).map(lambda t: (t[0], t[0] + t[1])), min_size=1, max_size=12
)


def test_six_flights_by_hand():
    # One hour between flights. At hour 2.5 the first three are in the air, so three are needed, and three suffice.
    start, end = [0, 1, 2, 4, 6, 8], [3, 5, 4, 7, 9, 11]
    found = minimum_fleet(connections(start, end, 1))
    assert found.size == 3
    assert found.rivals in ([0, 1, 2], [1, 2, 3])
    assert sorted(trip for chain in found.chains for trip in chain) == [0, 1, 2, 3, 4, 5]


def test_empty_runs_by_hand():
    # A to B from 0 to 1, B to A from 1 to 2, A to B from 2 to 3, all without a pause: one vehicle shuttles. When the
    # first must run empty for an hour before another trip, it misses the second, reaches the third, and two are needed.
    start, end = [0, 1, 2], [1, 2, 3]
    assert minimum_fleet(connections(start, end)).size == 1
    gap = np.array([[0, 1, 1], [0, 0, 1], [0, 0, 0]])
    assert minimum_fleet(connections(start, end, gap)).size == 2


@given(times)
def test_without_empty_runs_the_fleet_is_the_most_in_the_air(drawn):
    start, end = np.array(drawn).T
    found = minimum_fleet(connections(start, end))
    most = max(((start <= now) & (now < end)).sum() for now in start)
    assert found.size == most == len(found.rivals)


@given(times, st.integers(0, 3))
def test_chains_can_be_flown_and_rivals_prove_it(drawn, gap):
    start, end = np.array(drawn).T
    follows = connections(start, end, gap)
    found = minimum_fleet(follows)
    assert sorted(trip for chain in found.chains for trip in chain) == list(range(len(drawn)))
    assert all(follows[i, j] for chain in found.chains for i, j in pairwise(chain))
    assert not any(follows[i, j] or follows[j, i] for i, j in combinations(found.rivals, 2))
    assert len(found.rivals) == found.size


@given(times)
def test_a_longer_turn_round_never_saves_a_vehicle(drawn):
    start, end = np.array(drawn).T
    sizes = [minimum_fleet(connections(start, end, gap)).size for gap in (0, 1, 2, 100)]
    assert sizes == sorted(sizes)
    assert sizes[-1] == len(drawn)


def test_a_thousand_trips_one_after_another():
    start = np.arange(1000)
    assert minimum_fleet(connections(start, start + 1)).size == 1
    assert minimum_fleet(connections(start, start + 1e-9, 1e9)).size == 1000


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: connections([], []), "start: expected one time a trip"),
        (lambda: connections([0, 1], [1]), "start: expected one time a trip"),
        (lambda: connections([0, 1], [1, 1]), "end: expected a time after the start, found 1 to 1 for trip 1"),
        (lambda: connections([0], [np.nan]), "end: expected a time after the start, found 0 to nan"),
        (lambda: connections([0], [1], -1), "gap: expected times of at least 0, found -1"),
        (lambda: connections([0, 2], [1, 3], [1, 2]), r"gap: expected one number or shape \(2, 2\)"),
        (lambda: minimum_fleet(np.ones((2, 2))), "follows: expected trips in order of time"),
        (lambda: minimum_fleet([[0, 1], [1, 0]]), "follows: expected trips in order of time"),
        (lambda: minimum_fleet(np.ones((1, 2))), r"follows: expected a square table"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
