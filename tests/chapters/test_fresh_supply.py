import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from seeding import chapter, refused

model = chapter("sars-to-covid/fresh-supply")
left, ramp, wanted = st.floats(0, 0.9), st.floats(0.5, 20), st.floats(1, 2)


def test_published_storage_stock_and_bags():
    taken = model.sequent_peak([3.5] * 9, [1, 3, 3, 5, 8, 6, 7, 2, 1])
    assert taken.tolist() == [2.5, 3, 3.5, 2, 0, 0, 0, 1.5, 4]  # by hand
    assert model.cost(8000, 2000, 0.25, 3, 0.04, 0.25) == pytest.approx(2737.07, abs=0.005)
    assert model.cost(1200, 2000, 0.25, 3, 0.04, 0.25) == pytest.approx(5710.34, abs=0.006)
    times = [n ** math.log2(0.8) for n in range(1, 11)]
    assert (times[-1], sum(times)) == pytest.approx((0.4765, 6.315), abs=5e-4)


@settings(max_examples=25)
@given(T=st.floats(1, 90), a=left, b=st.floats(0.01, 2), tau=ramp, g=wanted)
def test_the_area_of_the_gap(T, a, b, tau, g):
    end = min(T, model.closes(a, b, tau, g))
    area, _ = quad(lambda t: g - a - b * (1 - np.exp(-t / tau)), 0, end)
    assert model.need(T, a, b, tau, g) == pytest.approx(area, abs=1e-6)


@settings(max_examples=25)
@given(a=left, more=st.floats(1, 3), tau=ramp, g=wanted, T=st.floats(0, 500))
def test_the_bound_of_the_exercise(a, more, tau, g, T):
    assert -1e-9 <= model.need(T, a, more * (g - a), tau, g) <= tau * (g - a) + 1e-6


def test_limits_and_times_to_survive_by_hand(monkeypatch):
    assert model.need(30, 1, 0.5, 5, 1) == 0  # nothing is missing
    assert model.need(30, 0.25, 0, 5, 1) == pytest.approx(22.5)  # nothing new comes
    assert model.lasts(10, 0.3, 0.5, 5, 1) == pytest.approx(37.5, abs=0.01)  # 0.2 a day and 2.5 of the ramp
    assert model.lasts(0, 0.3, 0.5, 5, 1) == pytest.approx(0, abs=1e-6)
    assert math.isinf(model.lasts(10, 0.3, 0.7, 5, 1))
    assert model.survives(10, 0, 1) == 10
    assert model.survives(10, 0.5, 1) == 20  # a second source for half of it
    assert math.isinf(model.survives(10, 1, 1))
    # Two plants of 6 and 8 with material of 12 and 16, a stock of 40 behind them, 10 wanted a day: 6.8, 20 and 10 days.
    nodes = {"supplier": (99, 0), "-": (0, 0), "one": (6, 12), "two": (8, 16), "stock": (99, 40), ".": (0, 0)}
    ends = [(0, 2), (0, 3), (2, 4), (3, 4), (4, None)]
    monkeypatch.setitem(model.time_to_survive.__globals__, "NODES", nodes)
    monkeypatch.setitem(model.time_to_survive.__globals__, "ENDS", ends)
    assert [model.time_to_survive({i}, wanted=10) for i in (0, 2, 3)] == pytest.approx([6.8, 20, 10])
    assert model.time_to_survive(set(), wanted=10) == 90


def test_bad_numbers_are_told():
    good = {"my_stock": 7, "my_left": 0.2, "my_new": 0.7, "my_ramp": 4, "my_demand": 1}
    refused(model, good, my_stock=[-1], my_left=["some"], my_new=[math.nan], my_ramp=[0], my_demand=[0])
