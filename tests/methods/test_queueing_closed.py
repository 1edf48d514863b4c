"""Closed networks: published digits, hand-worked cases, invariants and bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.methods.queueing import asymptotic_bounds, mean_value_analysis

times = st.lists(st.floats(0.01, 50), min_size=1, max_size=6)
thinks = st.floats(0, 100)
people = st.integers(1, 60)


class TestPublishedDigits:
    def test_balanced_stations(self):
        found = mean_value_analysis([1, 1], 5).throughput
        assert found == pytest.approx([1 / 2, 2 / 3, 3 / 4, 4 / 5, 5 / 6], rel=1e-14)

    def test_one_repairman(self):
        assert mean_value_analysis([1], 5, think=10).throughput[-1] == pytest.approx(0.436047823144597, abs=1e-15)

    def test_interactive_system(self):
        found = mean_value_analysis([0.605, 2.1, 1.35], 3, think=15)
        assert found.throughput[-1] == pytest.approx(0.1515, abs=5e-5)
        bounds = asymptotic_bounds([0.605, 2.1, 1.35], 3, think=15)
        assert bounds.ceiling == pytest.approx(0.4762, abs=5e-5)
        assert bounds.knee == pytest.approx(9.07, abs=5e-3)


def test_one_customer_never_waits():
    found = mean_value_analysis([2, 3], 1, think=5)
    assert found.throughput == pytest.approx([0.1])
    assert found.residence == pytest.approx(np.array([[2.0, 3.0]]))
    assert found.queue == pytest.approx(np.array([[0.2, 0.3]]))


def test_two_customers_by_hand():
    # The second finds 0.2 and 0.3 ahead: 2 x 1.2 + 3 x 1.3 = 6.3, with 5 of delay 11.3.
    assert mean_value_analysis([2, 3], 2, think=5).throughput[1] == pytest.approx(2 / 11.3)


@given(times, people, thinks)
def test_nobody_is_lost_and_the_bounds_hold(demands, population, think):
    found = mean_value_analysis(demands, population, think)
    bounds = asymptotic_bounds(demands, found.population, think)
    assert found.queue.sum(axis=1) + think * found.throughput == pytest.approx(found.population)
    assert (found.throughput <= bounds.upper * (1 + 1e-9)).all()
    assert (found.throughput >= bounds.floor * (1 - 1e-9)).all()
    assert (np.diff(found.throughput) >= -1e-12 * found.throughput[-1]).all()
    assert (found.utilisation <= 1 + 1e-9).all()


@given(times, people, thinks)
def test_the_order_of_stations_does_not_matter(demands, population, think):
    forth, back = (mean_value_analysis(d, population, think).throughput for d in (demands, demands[::-1]))
    assert forth == pytest.approx(back, rel=1e-9)


def test_limits():
    assert mean_value_analysis([0, 0], 3, think=2).throughput[-1] == pytest.approx(1.5)
    assert mean_value_analysis([2], 100_000).throughput[-1] == pytest.approx(0.5)
    assert asymptotic_bounds(4, 1).knee == 1


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: mean_value_analysis([], 3), "demands"),
        (lambda: mean_value_analysis([[1, 2]], 3), "demands"),
        (lambda: mean_value_analysis([1, -2], 3), "demands"),
        (lambda: mean_value_analysis([0], 3), "demands"),
        (lambda: mean_value_analysis([1], 0), "population"),
        (lambda: mean_value_analysis([1], 2.5), "population"),
        (lambda: mean_value_analysis([1], 3, think=np.inf), "think"),
        (lambda: asymptotic_bounds([0], 3, 1), "demands"),
        (lambda: asymptotic_bounds([1], 0), "population"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=f"^{name}: expected"):
        call()
