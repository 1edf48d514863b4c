"""Watching: published run lengths and charts, their invariants, simulation against the chain."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seeding import MONTGOMERY, named

from casebook.methods.monitoring import cusum, cusum_arl, cusum_limit

scores = st.lists(st.floats(-5, 5), min_size=1, max_size=60).map(np.array)
allowances = st.floats(0, 2)
intervals = st.floats(0, 8)


@pytest.mark.parametrize(
    ("limit", "lengths"), [(4, (167.68, 26.63, 8.383, 3.343)), (5, (465.43, 38.00, 10.376, 4.009))]
)
def test_cusum_run_lengths_as_in_brook_and_evans(limit, lengths):
    for shift, length in zip((0, 0.5, 1, 2), lengths, strict=True):
        assert round(cusum_arl(0.5, limit, shift), 3 if length < 20 else 2) == length
    # Tables of the one-sided chart print 930 or 931, twice what two sides give together.
    assert cusum_arl(0.5, 5, two_sided=False) == pytest.approx(930.9, abs=0.1)


def test_more_states_come_nearer():
    exact = 4 / 3 * cusum_arl(0.5, 5, states=400) - 1 / 3 * cusum_arl(0.5, 5, states=200)
    errors = [abs(cusum_arl(0.5, 5, states=states) - exact) for states in (50, 100, 200)]
    assert errors[0] > 3.5 * errors[1] > 12 * errors[2]
    # Without memory it is Shewhart's chart. Three standard deviations: once in 370.4 observations on two sides, once in 740.8 on one.
    assert [cusum_arl(3, 0), cusum_arl(3, 0, two_sided=False)] == pytest.approx([370.4, 740.8], abs=0.05)
    # At its limits.
    assert [cusum_arl(0.5, 5, 40), cusum_arl(0.5, 5, -40)] == pytest.approx([1, 1])
    assert cusum_arl(0.5, 5, -40, two_sided=False) == cusum_arl(20, 100) == math.inf
    assert 1e20 < cusum_arl(0.5, 50) < 1e24  # no digit is lost to a subtraction


@settings(max_examples=25)
@given(allowances, st.floats(0.5, 6), st.floats(0, 2), st.floats(0.01, 1))
def test_run_lengths_rise_with_the_limit_and_fall_with_the_shift(k, h, shift, more):
    length = cusum_arl(k, h, shift, states=60)
    assert length >= 1
    assert cusum_arl(k, h + more, shift, states=60) > length
    assert cusum_arl(k, h, shift + more, states=60) < length
    assert cusum_arl(k, h, -shift, states=60) == pytest.approx(length)
    assert cusum_arl(k, h, shift, two_sided=False, states=60) >= length


@settings(max_examples=10)
@given(st.floats(10, 1e6), st.floats(0.1, 1), st.booleans())
def test_cusum_limit_is_the_inverse(arl, k, two_sided):
    limit = cusum_limit(arl, k, two_sided, states=120)
    assert cusum_arl(k, limit, two_sided=two_sided, states=120) == pytest.approx(arl, rel=1e-6)


def test_cusum_of_montgomerys_example():
    chart = cusum(MONTGOMERY, 0.5, 5)
    assert chart.upper[[4, 27, 28]] == pytest.approx([2.82, 4.47, 5.28])
    assert chart.lower[[0, 1, 2]] == pytest.approx([0.05, 1.56, 1.77])
    assert (list(chart.alarms), list(chart.sides)) == ([28], [1])
    going_on = cusum(MONTGOMERY, 0.5, 5, restart=False)
    assert (list(going_on.alarms), going_on.upper[29]) == ([28, 29], pytest.approx(5.30))


@given(scores, allowances, intervals, st.floats(0, 3), st.booleans())
def test_cusum_charts_keep_their_laws(z, k, h, more, two_sided):
    chart, mirror, wider = cusum(z, k, h), cusum(-z, k, h), cusum(z, k, h + more)
    assert list(chart.alarms) == list(mirror.alarms)
    assert chart.upper == pytest.approx(mirror.lower)
    one, both = (cusum(z, k, h, sides, restart=False) for sides in (False, True))
    assert list(one.upper) == list(both.upper)
    assert not one.lower.any()
    assert len(wider.alarms) <= len(chart.alarms)
    assert [*wider.alarms, z.size][0] >= [*chart.alarms, z.size][0]


def test_simulated_charts_agree_with_the_chain():
    z = 1 + np.random.default_rng(11).standard_normal((1000, 200))
    delay = np.array([cusum(row, 0.5, 5, True).alarms[0] + 1 for row in z])
    assert delay.mean() == pytest.approx(10.376, abs=4 * delay.std() / 1000**0.5)


def test_bad_input_is_named():
    named(
        (lambda: cusum_arl(-1, 5), r"reference: expected a finite number of at least 0 .* found -1"),
        (lambda: cusum_arl(0.5, 500), r"limit: .* at most 250, found 500"),
        (lambda: cusum_arl(0.5, 5, states=1), r"states: expected a whole number from 2 to 2,000, found 1"),
        (lambda: cusum_limit(1.1, 0.5), r"arl: expected a finite number of at least 1.62055 .* found 1.1"),
        (lambda: cusum([], 0.5, 5), r"scores: expected at least one number"),
        (lambda: cusum([[1]], 0.5, 5), r"scores: expected numbers of shape \(any\), found shape \(1, 1\)"),
    )
