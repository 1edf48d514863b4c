from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seeding import chapter, refused

model = chapter("sars-to-covid/volunteers")


def test_published_shares():
    assert 1 - model.unmet(1, 200, 1) == pytest.approx(0.6321, abs=1e-4)  # 1 - 1/e
    assert 1 - model.live(1, 3) == pytest.approx(0.7774, abs=1e-4)  # Mastin and Jaillet
    assert 1 - model.best(1, 3) == pytest.approx(0.9277, abs=1e-4)
    assert 1 - model.best(1, 2) == pytest.approx(0.783926, abs=1e-5)  # Karp and Sipser, x = exp(-2 x) = 0.426303
    ratio = min((1 - model.live(1, c)) / (1 - model.best(1, c)) for c in np.linspace(1, 10, 91))
    assert ratio == pytest.approx(0.837, abs=5e-4)

    all_reach_all = {1: 0.3679, 2: 0.2660, 4: 0.1822}
    assert {R: model.unmet(1, 500, R) for R in all_reach_all} == pytest.approx(all_reach_all, abs=5e-4)


def test_the_limits_and_a_town_by_the_formula():
    assert model.unmet(0, 6, 3) == 1
    assert model.unmet(10, 6, 3) < 1e-4
    assert model.live(1e-9, 6) == pytest.approx(1)
    found = np.mean([model.town(300, 300, 6, 2, seed) for seed in range(6)], axis=0)
    assert found == pytest.approx([model.unmet(1, 6, 2), model.best(1, 6)], abs=0.02)
    assert model.town(3, 3, 3, 3, 0) == (0, 0)  # all reach all, and the list is up to date


@settings(max_examples=30)
@given(load=st.floats(0.05, 4), c=st.floats(0.2, 30), R=st.integers(1, 40))
def test_more_news_never_harms_and_no_plan_beats_the_hands(load, c, R):
    left = [model.unmet(load, c, R), model.unmet(load, c, 2 * R), model.live(load, c), model.best(load, c)]
    assert all(one >= other - 1e-6 for one, other in pairwise(left))
    assert left[-1] >= 1 - load - 1e-6


def test_cars_by_hand():
    rides = np.array([30.0, 20, 20, 10])
    assert [model.fits(rides, 1, w) for w in (49, 50)] == [False, True]  # the longest is free, 20 + 20 + 10 are not
    assert [model.fits(rides, 2, w) for w in (19, 20)] == [False, True]
    few = SimpleNamespace(medics=40, radius=8, speed=30)
    first_fit, bound = model.cars(few, 30)
    assert bound <= first_fit <= 40
    assert model.cars(few, 10_000) == (1, 1)
    assert model.cars(few, 0) == (40, 40)


def test_bad_numbers_are_told():
    good = {"my_helpers": 5, "my_requests": 5, "my_reach": 2, "my_lists": 1}
    refused(model, good, my_helpers=[-1, 10**6], my_requests=[0], my_reach=[np.inf], my_lists=[1.5])
