import math

import numpy as np
import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as some
from scipy.stats import norm
from seeding import chapter, refused

model = chapter("sars-to-covid/merchant-finance")
given = model.given


def test_bad_years_as_basel_printed_them_and_of_a_simulated_crowd():
    firms = model.basel(np.array([0.0025, 0.01, 0.02, 0.03]), 0.12, 0.24, 50, 2.5)
    assert firms == pytest.approx([49.47, 92.32, 114.86, 128.44], abs=0.01)
    assert model.basel(np.array([0.0025, 0.01, 0.02]), 0.03, 0.16, 35) == pytest.approx([21.15, 45.77, 57.99], abs=0.01)
    random, p, rho = np.random.default_rng(1), 0.05, 0.12
    year = random.standard_normal(40_000)
    failed = random.binomial(20_000, norm.cdf((norm.ppf(p) - math.sqrt(rho) * year) / math.sqrt(1 - rho))) / 20_000
    for q in (0.5, 0.9, 0.99):
        assert np.quantile(failed, q) == pytest.approx(model.share_failed(q, p, rho), rel=0.03)


@settings(max_examples=30)
@forall(some.floats(0.005, 0.5), some.floats(0, 0.6))
def test_the_average_does_not_know_who_fails_together(p, rho):
    q = (np.arange(20_000) + 0.5) / 20_000
    failed = model.share_failed(q, p, rho)
    assert failed.mean() == pytest.approx(p, rel=0.002)
    assert (np.diff(failed) >= -1e-12).all()


def lasts(cash, k, L, slump, at_once, loan):
    """Day by day: a day of usual sales pays a day of bills; old sales arrive for L days unless paid at once."""
    cash += loan + (L if at_once else 0)
    for day in range(slump):
        cash += (k if at_once or day >= L else 1) - 1
        if cash < -1e-9:
            return False
    return True


@settings(max_examples=60)
@forall(some.integers(0, 60), some.sampled_from([0, 0.25, 0.5, 1]), some.integers(0, 20), some.integers(1, 60),
        some.booleans(), some.integers(0, 15))  # fmt: skip
def test_the_cash_needed_is_what_a_diary_says(cash, k, L, slump, at_once, loan):
    here = given.but(slump=slump, earlier=L)
    assert lasts(cash, k, L, slump, at_once, loan) == (cash >= model.need(here, k, at_once, loan) - 1e-9)


def test_who_is_carried_and_escrow_by_hand():
    assert model.carried(given, 0, at_once=True) == model.carried(given, 1, at_once=True) == 0
    assert model.carried(given.but(earlier=0), 0.5, at_once=True) == 0
    # Half the sales, 30 days, 10 days earlier: 10 days of cash against 5; Phi(-0.5975) - Phi(-1.1951).
    here = given.but(slump=30, earlier=10, buffer_median=20, buffer_spread=1.16)
    assert model.carried(here, 0.5, at_once=True) == pytest.approx(27.51 - 11.60, abs=0.01)
    here = given.but(held=7.3, interest=5, disputes=0.2, worth=3)  # 0.1 % interest and 0.2 % disputes
    assert model.wait(here) == pytest.approx(0.003)
    assert model.cheats_for_escrow(here) == pytest.approx(0.3 / 1.003)
    assert model.buying(1 / 0.5, here) == pytest.approx(50)  # worth 1 to 3, two are needed
    assert (model.buying(1, here), model.buying(1e9, here)) == (100, 0)
    assert model.reach([0.6, 0.4, 0.3]) == pytest.approx((0.6, 1, 0.832))


def test_bad_numbers_are_told():
    good = {"my_loans": 20, "my_default_rate": 8, "my_loss": 50, "my_correlation": 20}
    refused(model, good, my_loans=[0, "much"], my_default_rate=[0], my_loss=[101], my_correlation=[100])
