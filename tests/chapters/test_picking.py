from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seeding import chapter, refused

model = chapter("crunch-time/picking")


def metres(aisle, depth, s, route):
    return route(*model.reach(np.array([aisle]), np.array([depth], dtype=float), s), s)[0]


def test_walks_by_hand_and_a_published_tour():
    s = model.Store(2, 10, 3)  # two aisles of 10 m, 3 m apart
    for aisle, depth, simplest, shortest in (
        ([0], [4], 8, 8),
        ([0, 1], [9, 9], 26, 26),  # up one, down the other
        ([0, 1], [1, 2], 26, 12),  # in and out of both from the front
        ([1], [10], 26, 26),
        ([-1, -1], [0, 0], 0, 0),  # an empty order
    ):
        assert metres(aisle, depth, s, model.s_shape) == pytest.approx(simplest)
        assert metres(aisle, depth, s, model.best) == pytest.approx(shortest)
    assert model.held_karp(model.on_the_globe(model.BURMA)) == 3323


stores = st.builds(model.Store, st.integers(1, 5), st.floats(1, 30), st.floats(0.5, 10))
picks = st.lists(st.tuples(st.integers(0, 4), st.floats(0.01, 0.99)), min_size=1, max_size=6)


@settings(max_examples=60)
@given(s=stores, picks=picks)
def test_the_best_route_is_the_shortest_there_is(s, picks):
    aisle, depth = np.array([a % s.M for a, _ in picks]), np.array([s.L * y for _, y in picks])
    found = metres(aisle, depth, s, model.best)
    assert found == pytest.approx(model.held_karp(model.on_foot(aisle, depth, s)))
    assert found <= metres(aisle, depth, s, model.s_shape) + 1e-9


@settings(max_examples=15)
@given(k=st.integers(1, 4), seed=st.integers(0, 99))
def test_trips_hold_each_order_once_and_no_more_than_fit(k, seed):
    given_here = SimpleNamespace(aisles=5, ratio=6, spacing=2, lines=3)
    orders, s = model.arrivals(given_here, 7, seed), model.store(given_here)
    walked = lambda trips: model.walk(trips, orders, s, model.best)  # noqa: E731
    chosen = model.savings(7, k, walked)
    assert sorted(i for trip in chosen for i in trip) == list(range(7))
    assert max(map(len, chosen)) <= k
    assert walked(chosen).sum() >= model.exact(7, k, walked) - 1e-6
    assert walked(model.as_they_come(7, k)).sum() >= model.exact(7, k, walked) - 1e-6


def test_bad_numbers_are_told():
    good = {"my_aisles": 4, "my_length": 10, "my_spacing": 2, "my_lines": 3, "my_together": 2}
    refused(model, good, my_aisles=[0], my_length=[-1], my_spacing=[np.nan], my_lines=[2.5], my_together=["six"])
