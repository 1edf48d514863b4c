"""First passage: published digits, the arithmetic of random walks, hypothesis, limits, the same bits everywhere."""

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from casebook.methods import replicates
from casebook.methods.risk import (
    passage_at_closes,
    passage_probability,
    passage_time,
    relative_volatility,
    simulate_passage,
)

distances, volatilities, drifts = st.floats(0.01, 4), st.floats(0.2, 3), st.floats(-1.5, 1.5)


class TestWatched:
    @pytest.mark.parametrize(("start", "published"), [(105, 9.3604), (95, 11.2223)])
    def test_haugs_cash_if_the_barrier_is_touched(self, start, published):
        # Haug, Option Pricing Formulas, binary barrier options: 15 at expiry, barrier 100, half a year, r = b = 10 %,
        # volatility 20 %. A barrier below turns the drift.
        drift = (0.1 - 0.2**2 / 2) * (1 if start < 100 else -1)
        chance = passage_probability(abs(math.log(100 / start)), 0.2, 0.5, drift)
        assert 15 * math.exp(-0.1 * 0.5) * chance == pytest.approx(published, abs=5.1e-5)

    def test_reflection_by_the_table_of_the_normal(self):
        assert passage_probability(1, 1, 1) == pytest.approx(2 * 0.158655, abs=1e-6)
        assert passage_probability(2, 1, 4) == pytest.approx(2 * 0.158655, abs=1e-6)

    @given(distances, volatilities, st.floats(0.05, 1.5), st.floats(0.1, 20))
    def test_towards_the_barrier_it_is_the_inverse_gaussian(self, b, sigma, nu, t):
        mean, shape = b / nu, (b / sigma) ** 2
        expected = stats.invgauss.cdf(t, mean / shape, scale=shape)
        assert passage_probability(b, sigma, t, nu) == pytest.approx(expected, rel=1e-7, abs=1e-12)

    @given(distances, volatilities, st.floats(0.05, 1.5))
    def test_against_the_drift_it_may_never_come(self, b, sigma, nu):
        assert passage_probability(b, sigma, 1e9, -nu) == pytest.approx(math.exp(-2 * nu * b / sigma**2), rel=1e-9)

    @given(distances, volatilities, drifts)
    def test_grows_with_time_and_falls_with_distance(self, b, sigma, nu):
        times = np.geomspace(0.01, 100, 40)
        near, far = (passage_probability(d, sigma, times, nu) for d in (b, 1.5 * b))
        assert (np.diff(near) >= -1e-12).all()
        assert (far <= near + 1e-12).all()
        assert ((near >= 0) & (near <= 1)).all()

    @given(st.floats(0.001, 0.999), distances, volatilities)
    def test_time_inverts_probability(self, p, b, sigma):
        assert passage_probability(b, sigma, passage_time(p, b, sigma)) == pytest.approx(p, rel=1e-9)

    def test_limits(self):
        assert passage_probability(0, 1, [0, 1]).tolist() == [1, 1]
        assert passage_probability(1, 1, [0, 1e300]).tolist() == [0, 1]
        assert passage_probability(1e6, 1e-6, 1) == 0
        assert passage_probability(700, 1, 1e5, 1) == 1  # e^1400 times nothing
        assert passage_time(0.5, 0, 1) == 0


class TestClosesOnly:
    def test_from_the_barrier_it_counts_walks(self):
        # Sparre Andersen: 1 - C(2n, n) / 4^n whatever the symmetric step; 1/2, 5/8, 11/16, 93/128, 193/256
        expected = [1 / 2, 5 / 8, 11 / 16, 93 / 128, 193 / 256]
        assert passage_at_closes(0, 0.3, 5) == pytest.approx(expected, rel=1e-12)

    def test_one_and_two_closes_by_the_normal_laws(self):
        plane = stats.multivariate_normal([0, 0], [[1, 1], [1, 2]])
        assert passage_at_closes(1.2, 1, 2) == pytest.approx([stats.norm.sf(1.2), 1 - plane.cdf([1.2, 1.2])], abs=1e-6)

    def test_the_barrier_moves_by_the_constant_of_broadie_glasserman_and_kou(self):
        # 0.5826 volatilities of a step; the shift found at n closes misses it by a multiple of 1 / sqrt(n)
        shift = []
        for n in (25, 100):
            chance = passage_at_closes(math.sqrt(n), 1, n)[-1]
            shift.append(passage_time(chance, 1, 1) ** -0.5 * math.sqrt(n) - math.sqrt(n))
        assert 2 * shift[1] - shift[0] == pytest.approx(0.5826, abs=0.002)

    @given(distances, volatilities, drifts)
    def test_never_more_than_watched(self, b, sigma, nu):
        seen = passage_at_closes(b, sigma, 12, nu)
        watched = passage_probability(b, sigma, np.arange(1, 13), nu)
        assert (np.diff(seen) >= 0).all()
        assert (seen <= watched + 1e-9).all()
        assert seen[0] == pytest.approx(stats.norm.sf((b - nu) / sigma), rel=1e-9)

    @given(distances, volatilities, drifts, st.floats(0.01, 100))
    def test_the_unit_of_value_does_not_matter(self, b, sigma, nu, unit):
        one, other = passage_at_closes(b, sigma, 5, nu), passage_at_closes(unit * b, unit * sigma, 5, unit * nu)
        assert one == pytest.approx(other, rel=1e-6, abs=1e-12)

    def test_limits(self):
        assert passage_at_closes(1e9, 1, 3).tolist() == [0, 0, 0]
        assert passage_at_closes(1, 1, 3, drift=50) == pytest.approx([1, 1, 1])
        assert passage_at_closes(1, 1, 3, drift=-50).max() == 0


class TestSimulated:
    def test_agrees_with_both_laws_whatever_the_correlation(self):
        for rho in (-0.5, 0.8, 1.0):
            covariance = np.array([[1, 2 * rho], [2 * rho, 4]])
            sigma = relative_volatility(1, 2, rho)
            run = partial(simulate_passage, distance=2.0, covariance=covariance, closes=8, paths=4000)
            closes, watched = np.mean(replicates.run(run, replicates.spawn(3, 10)), axis=0)
            assert closes == pytest.approx(passage_at_closes(2, sigma, 8), abs=0.01)
            assert watched == pytest.approx(passage_probability(2, sigma, np.arange(1, 9)), abs=0.01)

    def test_the_same_bits_serially_in_a_pool_and_on_dask(self, pool, dask_executor):
        run = partial(simulate_passage, distance=0.1, covariance=np.eye(2) / 100, closes=4, paths=50)
        seeds = replicates.spawn(5, 5)
        serial = replicates.run(run, seeds)
        assert np.array_equal(serial, replicates.run(run, seeds, pool))
        assert np.array_equal(serial, replicates.run(run, seeds, dask_executor))

    def test_values_that_move_together_never_pass(self):
        for shares in simulate_passage(replicates.spawn(0, 1)[0], 0.1, np.ones((2, 2)), 5, 100):
            assert shares.tolist() == [0] * 5


@given(st.floats(0, 10), st.floats(0, 10), st.floats(-1, 1))
def test_relative_volatility_lies_between_difference_and_sum(one, other, rho):
    assert abs(one - other) - 1e-9 <= relative_volatility(one, other, rho) <= one + other + 1e-9


def test_relative_volatility_of_a_right_angle():
    assert relative_volatility(3, 4, 0) == 5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: passage_probability(-1, 1, 1), "distance: .* found -1"),
        (lambda: passage_probability(1, 0, 1), "volatility: .* found 0"),
        (lambda: passage_probability(1, 1, [1, -2]), "times: .* found -2"),
        (lambda: passage_probability(1, 1, 1, math.nan), "drift: .* found nan"),
        (lambda: passage_time(1, 1, 1), "probability: .* found 1"),
        (lambda: passage_at_closes(1, 1, 501), "closes: .* found 501"),
        (lambda: passage_at_closes(1e6, 1, 2, 1e6), "drift: expected at most 1200"),
        (lambda: relative_volatility(1, 1, 2), "rho: .* found 2"),
        (lambda: simulate_passage(0, 1, np.eye(3), 1, 1), "covariance: expected a symmetric 2 by 2"),
        (lambda: simulate_passage(0, 1, [[1, 2], [2, 1]], 1, 1), "covariance: expected a positive semidefinite"),
        (lambda: simulate_passage(0, 1, np.eye(2), 0, 1), "closes: .* found 0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
