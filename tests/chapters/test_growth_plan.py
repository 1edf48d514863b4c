import math

import numpy as np
import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as some
from scipy.integrate import quad
from seeding import chapter, refused, told

model = chapter("sars-to-covid/growth-plan")
people = some.lists(some.tuples(some.integers(1, 9), some.integers(0, 1)), min_size=1, max_size=12)


def test_freireichs_patients():
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    relapsed = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    moments, stayed = model.kaplan_meier(weeks, relapsed)
    assert moments.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert stayed == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)


@settings(max_examples=60)
@forall(people)
def test_kaplan_meier_hands_the_share_of_the_censored_to_those_who_come_after(people):
    # Efron 1967: whoever is censored leaves an equal share to each who is seen for longer.
    order = sorted(people, key=lambda one: (one[0], -one[1]))
    weight, expected = [1 / len(order)] * len(order), {}
    for i, (time, gone) in enumerate(order):
        later = len(order) - i - 1
        if gone:
            expected[time] = expected.get(time, 0) + weight[i]
        elif later:
            weight[i + 1 :] = [w + weight[i] / later for w in weight[i + 1 :]]
    moments, stayed = model.kaplan_meier(*zip(*people, strict=True))
    assert moments.tolist() == list(expected)
    assert stayed == pytest.approx(1 - np.cumsum(list(expected.values())), abs=1e-9)


@settings(max_examples=30)
@forall(some.floats(0.05, 1), some.floats(0.4, 1), some.floats(0.1, 3))
def test_who_is_left_is_the_mean_of_the_curve(r, k, T):
    exact = quad(lambda t: model.stay(t, r, k), 0, T)[0] / T
    assert model.left(T, r, k) == pytest.approx(exact, rel=1e-3)
    assert model.stay(1, r, k) == pytest.approx(r)
    assert model.stay(T, r, k) <= exact + 1e-9 <= 1 + 1e-9


def test_rate_hazard_jump_and_fit_by_hand():
    # Half stay a year, k = 1: over a year (1 - 1/2)/ln 2 = 0.7213 of the hires are left.
    assert model.left(1, 0.5, 1) == pytest.approx(0.7213, abs=1e-4)
    assert (model.left(1, 1, 0.7), model.left(1, 0, 0.7)) == (1, 0)
    n = 1000 * 0.9 ** np.arange(11)
    assert model.hazard(n) == pytest.approx([0.1] * 10)
    assert model.jumps(n) == pytest.approx([1, 1, 1]) == model.jumps(n, 1)
    n[5:] *= 0.8 / 0.9  # a jump of the fifth year from 10 to 20 per cent
    assert model.jumps(n) == pytest.approx([1, 2, 1])
    assert model.weibull(1e6 * model.stay(np.arange(11), 0.6, 0.8)) == pytest.approx((0.6, 0.8))


def test_bad_numbers_are_told():
    refused(model, {"my_months": [1, 2], "my_left": [1, 0], "my_hires": 10}, my_left=[[1, 2]], my_hires=[0],
            my_months=[[0, 2], [1, math.nan]])  # fmt: skip
    assert told(model, [1, 2], [1], 10).startswith("my_months and my_left")
    assert told(model, [], [], 10).startswith("my_months")
