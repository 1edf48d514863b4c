"""Hubs of a network: an instance worked by hand, invariants, bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.methods.location import p_hub_cover

# Four towns on a line, an hour apart; one parcel from each to each other: twelve, two for each pair.
LINE = np.abs(np.subtract.outer(np.arange(4.0), np.arange(4.0)))
EACH = 1 - np.eye(4)


@pytest.mark.parametrize(
    ("p", "limit", "discount", "handling", "hubs", "covered"),
    [
        (1, 3, 1, 0, (1,), 1.0),  # the farthest pair passes the hub on its way
        (1, 2, 1, 0, (1,), 4 / 6),  # (0,3) takes three hours, (2,3) goes back and forth: three
        (2, 2, 1, 0, (0, 2), 5 / 6),  # only (0,3) is late
        (2, 2.5, 0.5, 0, (0, 2), 1.0),  # (0,3): an hour between the hubs and one more
        (2, 2.5, 0.5, 0.5, (0, 2), 5 / 6),  # (0,3): an hour in both hubs besides; (1,3): 2 + 1/2
        (1, 0.5, 1, 0, (1,), 0.0),
    ],
)
def test_the_line_of_towns(p, limit, discount, handling, hubs, covered):
    found = p_hub_cover(LINE, EACH, p, limit, discount=discount, handling=handling)
    assert found.covered == pytest.approx(covered)
    assert found.hubs == hubs


def test_the_way_through_both_hubs_is_taken_when_it_is_faster():
    found = p_hub_cover(LINE, EACH, 2, 2.5, discount=0.5)
    assert found.times.tolist() == [[0, 1, 1, 2], [1, 0, 1, 2], [1, 1, 0, 1], [2, 2, 1, 0]]


def test_what_stays_in_a_place_needs_no_hub():
    assert p_hub_cover([[0.0]], [[3.0]], 1, 0.0).covered == 1


@given(st.integers(0, 50), st.floats(0.5, 3))
def test_another_hub_or_a_longer_limit_never_covers_less(seed, limit):
    rng = np.random.default_rng(seed)
    places = rng.random((7, 2))
    time = np.linalg.norm(places[:, None] - places[None], axis=2)
    flow = rng.random((7, 7))
    cover = [p_hub_cover(time, flow, p, limit / 2).covered for p in (1, 2, 3)]
    assert cover == sorted(cover)
    assert p_hub_cover(time, flow, 2, limit).covered >= cover[1]
    everywhere = p_hub_cover(time, flow, 7, limit / 2)
    assert everywhere.times == pytest.approx(time)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"time": [[0, 1]]}, "time: expected a square table"),
        ({"time": [[0, -1], [1, 0]]}, "time: expected numbers from 0 up, found -1"),
        ({"time": [[0, np.nan], [1, 0]]}, "time: expected numbers from 0 up, found nan"),
        ({"flow": [[1]]}, "flow: expected shape"),
        ({"flow": np.zeros((2, 2))}, "flow: expected some above 0"),
        ({"p": 3}, "p: expected a whole number of hubs from 1 to 2, found 3"),
        ({"p": 0}, "p: .* found 0"),
        ({"p": True}, "p: .* found True"),
        ({"limit": -1}, "limit: expected a number from 0 up, found -1"),
        ({"handling": np.inf}, "handling: .* found inf"),
    ],
)
def test_bad_input_is_named(change, message):
    good = {"time": [[0, 1], [1, 0]], "flow": [[0, 1], [1, 0]], "p": 1, "limit": 1}
    with pytest.raises(ValueError, match=message):
        p_hub_cover(**(good | change))


def test_too_many_choices_are_refused():
    with pytest.raises(ValueError, match="p: expected at most 2000000 choices to try, found 137846528820"):
        p_hub_cover(np.zeros((40, 40)), np.ones((40, 40)), 20, 1)
