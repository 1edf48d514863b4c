import math

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm
from seeding import chapter, refused

model = chapter("singles-day/live-shopping")
given = model.given
ratios, spreads, cheers = st.floats(0.5, 0.9), st.floats(0.2, 1), st.floats(0, 0.95)


@pytest.mark.parametrize(("F", "tau"), [(0.5, 0.4), (0.8, 0.6), (0.9, 0.8)])
def test_the_share_kept_by_quadrature(F, tau):
    # A piece sold earns F, a piece left costs 1 - F: what the best stock earns for lognormal demand of mean one.
    z = norm.ppf(F)
    demand = lambda x: math.exp(tau * x - tau**2 / 2)  # noqa: E731
    earned = lambda x: (min(demand(x), demand(z)) - (1 - F) * demand(z)) * norm.pdf(x)  # noqa: E731
    assert model.kept(F, tau) == pytest.approx(quad(earned, -12, 12, points=[z], limit=200)[0] / F, rel=1e-7)


def test_listening_first_by_simulation():
    random, rho, tau, F = np.random.default_rng(0), 0.8, 0.6, 0.8
    heard, rest = random.standard_normal((2, 400_000))
    left = tau * math.sqrt(1 - rho**2)
    demand = np.exp(tau * rho * heard + left * rest - tau**2 / 2)
    stock = np.exp(tau * rho * heard + left * norm.ppf(F) - tau**2 / 2)
    assert (np.minimum(demand, stock) - (1 - F) * stock).mean() / F == pytest.approx(model.kept(F, left), abs=0.004)


def test_published_styles_pooling_and_limits():
    assert model.uplift_needed(0.75, 0.6, 0) == 0
    assert model.uplift_needed(0.75, 0, 0.8, cool=0.1) == pytest.approx(-0.1)
    assert model.uplift_needed(0.75, 0.6, 0.8) == pytest.approx(0.157, abs=5e-4)
    # Perfect cheers give back all that ignorance costs.
    assert model.uplift_needed(0.75, 0.6, 1) == pytest.approx(1 / model.kept(0.75, math.sqrt(math.log(1.36))) - 1)
    assert model.pooled_spread(0.6, 1, 0.3) == pytest.approx(0.6)
    assert model.pooled_spread(0.6, 4, 0) == pytest.approx(0.3)
    assert model.pooled_spread(0.6, 10**9, 0.25) == pytest.approx(0.3)
    assert model.pooled_spread(0.6, 7, 1) == pytest.approx(0.6)


@drawn(ratios, spreads, cheers)
def test_less_is_needed_with_fat_margins_sure_forecasts_and_idle_cheers(F, cv, rho):
    here = model.uplift_needed(F, cv, rho)
    assert model.uplift_needed(F + 0.05, cv, rho) <= here + 1e-12
    assert model.uplift_needed(F, cv + 0.05, rho) >= here - 1e-12
    assert model.uplift_needed(F, cv, min(rho + 0.05, 1)) >= here - 1e-12


def test_a_normal_law_asks_for_more():
    kept = lambda cv: 1 - cv * 0.398942 / 0.5  # noqa: E731
    normal = kept(0.6 * math.sqrt(1 - 0.95**2)) / kept(0.6) - 1
    assert normal == pytest.approx(0.63, abs=0.005)
    assert model.uplift_needed(0.5, 0.6, 0.95) < normal


@settings(max_examples=50)
@drawn(st.floats(0, 0.95), st.floats(0.01, 100), st.floats(0.01, 100))
def test_the_peak_grows_less_than_the_total(n, beta, d):
    assert 1 <= model.peak(n, beta, d) <= 1 / (1 - n) + 1e-9


def test_the_peak_by_the_integral_equation():
    # pace(t) = 1 + n beta times the integral of exp(-beta (t - s)) pace(s): a step at a time
    n, beta, step, echo = 0.3, 2.5, 1e-4, 0.0
    for _ in range(10_000):
        echo += step * beta * (n * (1 + echo) - echo)
    assert model.peak(n, beta, 1) == pytest.approx(1 + echo, abs=1e-4)
    assert model.peak(n, beta, 1) == pytest.approx(1.3541, abs=5e-5)


def test_the_stock_suffices_with_the_critical_ratio():
    # Many orders a look, so that the chance of single orders hardly matters.
    many = given.but(calm=1000, looks=40)
    found = np.mean([model.outcome(seed, 0.1, many) for seed in range(40)], axis=0)
    assert found[0] == pytest.approx(1 - given.critical, abs=0.04)


def test_bad_numbers_are_told():
    good = {"my_gain": 60, "my_loss": 40, "my_spread": 50, "my_cheers": 0.7, "my_cooling": 5}
    refused(model, good, my_gain=[0, math.nan], my_loss=[-1], my_spread=[0], my_cheers=[1.1], my_cooling=[100])
