"""Cascades: digits by hand, the exact law against generations, hypothesis, limits, the same bits everywhere."""

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from casebook.methods import replicates
from casebook.methods.growth import borel_tanner, cascade_mean, cascade_seeds, cascade_total, simulate_cascade

ratios, decays, seeds = st.floats(0, 1.6), st.floats(0.1, 3), st.floats(0, 1e6)


class TestMean:
    def test_by_hand(self):
        # n = 1/2, beta = 2, so kappa = 1: from 10 seeds 10 (1 + 1 - 1/e) by time one
        assert cascade_mean(1, 10, 0.5, 2) == pytest.approx(10 * (2 - 0.367879441), rel=1e-9)
        # from a baseline of 3 alone: 3 g + 6 (1 - g), with g = 1 - 1/e
        assert cascade_mean(1, 0, 0.5, 2, 3) == pytest.approx(3 * 0.632120559 + 6 * 0.367879441, rel=1e-9)

    @given(ratios, decays, st.floats(0, 5), st.floats(0.1, 6))
    def test_equals_the_integral_of_the_mean_intensity(self, n, beta, mu, end):
        kappa, first = (1 - n) * beta, mu + 7 * n * beta

        def intensity(t):
            g = -math.expm1(-kappa * t) / kappa if kappa else t
            return first * math.exp(-kappa * t) + beta * mu * g

        expected = 7 + quad(intensity, 0, end)[0]
        assert cascade_mean(end, 7, n, beta, mu) == pytest.approx(expected, rel=1e-6)

    @given(ratios, decays, seeds, st.floats(0, 5))
    def test_never_falls_and_more_ratio_gives_more(self, n, beta, m, mu):
        t = np.linspace(0, 10, 30)
        one, other = cascade_mean(t, m, n, beta, mu), cascade_mean(t, m, n + 0.1, beta, mu)
        assert one[0] == pytest.approx(m)
        assert (np.diff(one) >= -1e-9 * (1 + m)).all()
        assert (other >= one * (1 - 1e-12)).all()

    def test_the_critical_case_is_the_limit_of_its_neighbours(self):
        around = [cascade_mean(5, 10, n, 0.5, 3) for n in (1 - 1e-7, 1, 1 + 1e-7)]
        # 10 + (3 + 5) 5 + 1.5 x 12.5
        assert around == pytest.approx([68.75] * 3, rel=1e-6)

    @given(st.floats(0, 0.99), decays, seeds)
    def test_in_the_end_it_is_the_total(self, n, beta, m):
        assert cascade_mean(1e7, m, n, beta) == pytest.approx(cascade_total(m, n).mean, rel=1e-6)

    @given(st.floats(1, 1e7), ratios, decays, st.floats(0, 10))
    def test_seeds_invert_the_mean(self, total, n, beta, t):
        assert cascade_mean(t, cascade_seeds(total, n, beta, t), n, beta) == pytest.approx(total, rel=1e-9)


class TestTotal:
    def test_one_event_with_half_an_offspring(self):
        # e^-1/2; then e^-1 / 2; mean 2 and variance 4
        assert borel_tanner([0, 1, 2, 2.5], 1, 0.5) == pytest.approx([0, 0.606531, 0.183940, 0], abs=1e-6)
        assert (cascade_total(1, 0.5).mean, cascade_total(1, 0.5).deviation) == (2, 2)

    @given(st.integers(1, 40), st.floats(0, 0.8))
    def test_law_and_moments(self, m, n):
        k = np.arange(0, 6000)
        law, total = borel_tanner(k, m, n), cascade_total(m, n)
        assert law.sum() == pytest.approx(1, rel=1e-8)
        assert law @ k == pytest.approx(total.mean, rel=1e-7)
        assert law @ (k - total.mean) ** 2 == pytest.approx(total.deviation**2, rel=1e-5, abs=1e-9)

    @given(st.integers(1, 20), st.integers(1, 20), st.floats(0.01, 0.7))
    def test_two_crowds_are_one(self, one, other, n):
        k = np.arange(80)
        both = np.convolve(borel_tanner(k, one, n), borel_tanner(k, other, n))[:80]
        assert both == pytest.approx(borel_tanner(k, one + other, n), abs=1e-12)


class TestSimulated:
    @pytest.mark.parametrize("n", [0.0, 0.7, 1.0, 1.3])
    def test_agrees_with_the_mean(self, n):
        times = [0.5, 2, 4]
        run = partial(simulate_cascade, times=times, seeds=20, ratio=n, decay=0.8, baseline=5)
        counts = np.array(replicates.run(run, replicates.spawn(1, 1500)))
        off = np.abs(counts.mean(0) - cascade_mean(times, 20, n, 0.8, 5)) / (counts.std(0) / math.sqrt(1500))
        assert off.max() < 4

    def test_finished_cascades_follow_the_law(self):
        totals = [simulate_cascade(s, [1e4], 2, 0.6, 1)[0] for s in replicates.spawn(2, 4000)]
        for k in (2, 3, 5):
            assert np.mean(np.array(totals) == k) == pytest.approx(borel_tanner(k, 2, 0.6), abs=0.02)

    def test_the_same_bits_serially_in_a_pool_and_on_dask(self, pool, dask_executor):
        run = partial(simulate_cascade, times=[1.0, 3.0], seeds=5, ratio=0.9, decay=1.0, baseline=2.0)
        streams = replicates.spawn(4, 6)
        serial = replicates.run(run, streams)
        assert np.array_equal(serial, replicates.run(run, streams, pool))
        assert np.array_equal(serial, replicates.run(run, streams, dask_executor))

    def test_limits(self):
        stream = replicates.spawn(0, 1)[0]
        assert simulate_cascade(stream, [0, 5], 0, 0.9, 1).tolist() == [0, 0]
        assert simulate_cascade(stream, [0, 5], 7, 0, 1).tolist() == [7, 7]


def test_limits():
    assert cascade_mean(0, 3, 0.5, 1) == 3
    assert cascade_seeds(100, 0.75, 1) == 25
    assert cascade_seeds(100, 1.2, 1) == 0
    assert cascade_total(5, 0).deviation == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cascade_mean(-1, 1, 0.5, 1), "times: .* found -1"),
        (lambda: cascade_mean(1, -1, 0.5, 1), "seeds: .* found -1"),
        (lambda: cascade_mean(1, 1, -0.5, 1), "ratio: .* found -0.5"),
        (lambda: cascade_mean(1, 1, 0.5, 0), "decay: .* found 0"),
        (lambda: cascade_mean(1, 1, 0.5, 1, math.inf), "baseline: .* found inf"),
        (lambda: cascade_total(1, 1), "ratio: .* found 1"),
        (lambda: borel_tanner(3, 1.5, 0.5), "seeds: expected a whole number, found 1.5"),
        (lambda: cascade_seeds(1, 0.5, 1, -1), "time: .* found -1"),
        (lambda: simulate_cascade(0, [2, 1], 1, 0.5, 1), "times: expected ascending"),
        (lambda: simulate_cascade(0, [1], 0.5, 0.5, 1), "seeds: expected a whole number, found 0.5"),
        (lambda: simulate_cascade(0, [100], 9, 2, 1), "ratio: expected at most"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
