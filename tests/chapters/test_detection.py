import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from seeding import chapter, refused
from sklearn.metrics import roc_auc_score

model = chapter("sars-to-covid/detection")
share = some.floats(0.01, 0.99)


def test_published_cases_counted_people_and_limits():
    assert model.ppv(0.01, 0.8, 0.904) == pytest.approx(0.078, abs=5e-4)  # Gigerenzer and Hoffrage 1995
    assert model.ppv(0.001, 1, 0.95) == pytest.approx(0.02, abs=5e-4)  # Casscells 1978
    healthy, ill = np.repeat(range(5), [33, 6, 6, 11, 2]), np.repeat(range(5), [3, 2, 2, 11, 33])
    assert model.area(ill, healthy) == pytest.approx((0.893, 0.032), abs=5e-4)  # Hanley and McNeil 1982
    # Of 1,000 people 10 are ill: 9 called ill; of 990 healthy 5 per cent, 49.5, as well.
    assert model.ppv(0.01, 0.9, 0.95) == pytest.approx(9 / 58.5)
    assert list(model.counted(0.1, 0.9, 0.95).values()) == [90, 10, 45, 855]
    assert model.ppv(0, 0.9, 0.95) == 0  # nobody ill: every positive is wrong
    assert model.ppv(1, 0.9, 0.95) == model.ppv(0.01, 0.9, 1) == 1  # everybody ill, or no false alarm
    assert model.ppv(0.3, 0.4, 0.6) == pytest.approx(0.3)  # a tool that knows nothing
    assert (model.even(0.9, 1), model.even(0, 0.9)) == (0, 1)
    assert model.area([2, 3], [0, 1]) == (1, 0)


@settings(max_examples=50)
@given(share, share, share)
def test_odds_are_multiplied_by_the_same_evidence_everywhere(prevalence, s, t):
    right = model.ppv(prevalence, s, t)
    assert right / (1 - right) == pytest.approx(prevalence / (1 - prevalence) * s / (1 - t))
    assert model.ppv(model.even(s, t), s, t) == pytest.approx(0.5)
    assert sum(model.counted(prevalence, s, t).values()) == 1000


@settings(max_examples=25)
@given(some.lists(some.integers(0, 5), min_size=2, max_size=9), some.lists(some.integers(0, 5), min_size=2, max_size=9))
def test_area_is_that_of_scikit_learn_and_turns_round(ill, healthy):
    found, error = model.area(ill, healthy)
    assert found == pytest.approx(roc_auc_score([1] * len(ill) + [0] * len(healthy), ill + healthy))
    assert model.area(healthy, ill) == pytest.approx((1 - found, error))


def test_bad_numbers_are_told():
    good = {"my_prevalence": 1, "my_sensitivity": 95, "my_specificity": 98}
    refused(model, good, my_prevalence=[0, math.nan], my_sensitivity=[0], my_specificity=[-1, "high"])
