import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.methods.monitoring import (
    baseline,
    cusum,
    cusum_alarms,
    cusum_arl,
    cusum_limit,
    ewma,
    ewma_arl,
    standardise,
    watch,
)
from casebook.methods.monitoring.streams import first_alarms
from casebook.methods.replicates import estimate

# Montgomery, Introduction to Statistical Quality Control, table 9.1: mean 10, from observation 21 on 11, sd 1.
MONTGOMERY = [
    9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.20, 10.34, 9.03, 11.47, 10.51, 9.40, 10.08,
    9.37, 10.62, 10.31, 8.52, 10.84, 10.90, 9.33, 12.29, 11.50, 10.60, 11.08, 10.38, 11.62, 11.31, 10.52,
]  # fmt: skip

scores = st.lists(st.floats(-5, 5), min_size=1, max_size=60)
allowances = st.floats(0, 2)
intervals = st.floats(0, 8)

# ---------------------------------------------------------------- run lengths


@pytest.mark.parametrize(
    ("limit", "lengths"), [(4, (167.68, 26.63, 8.383, 3.343)), (5, (465.43, 38.00, 10.376, 4.009))]
)
def test_cusum_run_lengths_as_in_brook_and_evans(limit, lengths):
    for shift, length in zip((0, 0.5, 1, 2), lengths, strict=True):
        digits = 3 if length < 20 else 2
        assert round(cusum_arl(0.5, limit, shift), digits) == length


def test_cusum_run_length_of_one_side():
    # Tables of the one-sided chart print 930 or 931, twice what two sides give together.
    assert cusum_arl(0.5, 5, two_sided=False) == pytest.approx(930.9, abs=0.1)


def test_more_states_come_nearer():
    exact = 4 / 3 * cusum_arl(0.5, 5, states=400) - 1 / 3 * cusum_arl(0.5, 5, states=200)
    errors = [abs(cusum_arl(0.5, 5, states=states) - exact) for states in (50, 100, 200)]
    assert errors[0] > 3.5 * errors[1] > 12 * errors[2]


@pytest.mark.parametrize(
    ("weight", "width", "length"), [(0.1, 2.814, 499.55), (0.2, 2.962, 499.72), (0.25, 2.998, 499.82)]
)
def test_ewma_run_lengths_as_designed_for_five_hundred(weight, width, length):
    assert round(ewma_arl(weight, width), 2) == length


def test_charts_without_memory_are_shewharts():
    # Three standard deviations: once in 370.4 observations on two sides, once in 740.8 on one.
    assert ewma_arl(1, 3, states=101) == pytest.approx(370.4, abs=0.05)
    assert cusum_arl(3, 0) == pytest.approx(370.4, abs=0.05)
    assert cusum_arl(3, 0, two_sided=False) == pytest.approx(740.8, abs=0.05)
    assert cusum_alarms(3, 3, 0) == pytest.approx(1 - (1 - 0.0013499) ** np.arange(1, 4), rel=1e-5)


def test_run_lengths_at_their_limits():
    assert cusum_arl(0.5, 5, 40) == pytest.approx(1)
    assert cusum_arl(0.5, 5, -40, two_sided=False) == math.inf
    assert cusum_arl(0.5, 5, -40) == pytest.approx(1)
    assert 1e20 < cusum_arl(0.5, 50) < 1e24  # no digit is lost to a subtraction
    assert cusum_arl(20, 100) == math.inf
    assert ewma_arl(0.1, 2.8, 100) == pytest.approx(1)
    assert 1e60 < ewma_arl(0.5, 18) < 1e100


@settings(max_examples=25, deadline=None)
@given(allowances, st.floats(0.5, 6), st.floats(0, 2), st.floats(0.01, 1))
def test_run_lengths_rise_with_the_limit_and_fall_with_the_shift(k, h, shift, more):
    length = cusum_arl(k, h, shift, states=60)
    assert length >= 1
    assert cusum_arl(k, h + more, shift, states=60) > length
    assert cusum_arl(k, h, shift + more, states=60) < length
    assert cusum_arl(k, h, -shift, states=60) == pytest.approx(length)
    assert cusum_arl(k, h, shift, two_sided=False, states=60) >= length
    assert ewma_arl(0.2, h, shift + more, states=61) < ewma_arl(0.2, h, shift, states=61)


@settings(max_examples=10, deadline=None)
@given(st.floats(10, 1e6), st.floats(0.1, 1), st.booleans())
def test_cusum_limit_is_the_inverse(arl, k, two_sided):
    limit = cusum_limit(arl, k, two_sided, states=100)
    assert cusum_arl(k, limit, two_sided=two_sided, states=100) == pytest.approx(arl, rel=1e-6)


def test_chance_of_an_alarm_adds_up_to_the_mean():
    chance = cusum_alarms(3000, 0.5, 4, 0.25, states=100)
    assert (np.diff(chance) >= 0).all()
    assert chance[-1] == pytest.approx(1, abs=1e-9)
    assert 1 + (1 - chance).sum() == pytest.approx(cusum_arl(0.5, 4, 0.25, two_sided=False, states=100), rel=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cusum_arl(-1, 5), r"reference: expected a finite number of at least 0, found -1"),
        (lambda: cusum_arl(0.5, math.inf), r"limit: .* found inf"),
        (lambda: cusum_arl(0.5, 5, "big"), r"shift: .* found 'big'"),
        (lambda: cusum_arl(0.5, 5, states=1), r"states: expected a whole number of at least 2, found 1"),
        (lambda: cusum_alarms(0, 0.5, 5), r"horizon: .* found 0"),
        (lambda: cusum_limit(1.1, 0.5), r"arl: expected at least 1.62055, which a limit of 0 gives, found 1.1"),
        (lambda: ewma_arl(0, 3), r"weight: expected a finite number above 0 and at most 1, found 0"),
        (lambda: ewma_arl(1.2, 3), r"weight: .* found 1.2"),
        (lambda: ewma_arl(0.1, 0), r"width: .* found 0"),
        (lambda: ewma_arl(0.1, 3, states=100), r"states: expected an odd number, found 100"),
    ],
)
def test_run_lengths_refuse_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---------------------------------------------------------------- charts on data


def test_cusum_of_montgomerys_example():
    chart = cusum(np.array(MONTGOMERY) - 10, 0.5, 5)
    assert chart.upper[[4, 27, 28]] == pytest.approx([2.82, 4.47, 5.28])
    assert chart.lower[[0, 1, 2]] == pytest.approx([0.05, 1.56, 1.77])
    assert (list(chart.alarms), list(chart.sides)) == ([28], [1])
    going_on = cusum(np.array(MONTGOMERY) - 10, 0.5, 5, restart=False)
    assert list(going_on.alarms) == [28, 29]
    assert going_on.upper[29] == pytest.approx(5.30)


def test_ewma_of_montgomerys_example():
    chart = ewma(np.array(MONTGOMERY) - 10, 0.1, 2.7, steady=False)
    assert chart.level[[0, 1, 4, 27, 28]] + 10 == pytest.approx([9.945, 9.7495, 10.1253, 10.5731, 10.6468], abs=5e-5)
    assert chart.limit[[0, 1]] == pytest.approx([0.27, 0.3632], abs=5e-5)
    assert chart.limit[-1] == pytest.approx(0.62, abs=5e-3)
    assert list(chart.alarms) == [28, 29]


@given(scores, allowances, intervals)
def test_a_mirrored_stream_swaps_the_sides(z, k, h):
    chart, mirror = cusum(z, k, h), cusum(-np.array(z), k, h)
    assert list(chart.alarms) == list(mirror.alarms)
    assert chart.upper == pytest.approx(mirror.lower)
    one = cusum(z, k, h, two_sided=False, restart=False)
    both = cusum(z, k, h, restart=False)
    assert list(one.upper) == list(both.upper)
    assert not one.lower.any()


@given(scores, allowances, intervals, st.floats(0, 3))
def test_a_wider_limit_alarms_later(z, k, h, more):
    first = cusum(z, k, h).alarms
    later = cusum(z, k, h + more).alarms
    assert len(later) <= len(first)
    if len(later):
        assert later[0] >= first[0]


@given(scores, allowances, intervals, st.booleans())
def test_the_fast_chart_agrees_with_the_plain_one(z, k, h, two_sided):
    alarms = cusum(z, k, h, two_sided).alarms
    expected = alarms[0] if len(alarms) else len(z)
    assert first_alarms(np.array([z]), k, h, two_sided)[0] == expected


@given(scores, st.floats(0.01, 1), st.floats(0.1, 5))
def test_ewma_stays_within_its_data(z, weight, width):
    chart = ewma(z, weight, width)
    assert (chart.level <= max(*z, 0) + 1e-9).all()
    assert (chart.level >= min(*z, 0) - 1e-9).all()
    early = ewma(z, weight, width, steady=False)
    assert (early.limit <= chart.limit * (1 + 1e-12)).all()
    assert set(chart.alarms) <= set(early.alarms)
    if weight == 1:
        assert chart.level == pytest.approx(z)


def test_charts_of_nothing_are_empty():
    assert cusum([], 0.5, 5).alarms.size == 0
    assert ewma([], 0.1, 3).level.size == 0
    assert list(cusum([0, 0, 0], 0, 0).alarms) == []


# ---------------------------------------------------------------- baseline


def test_baseline_by_hand():
    found = baseline([1, 1, 2, 2, 4, 6, 9])
    assert found.center == 2
    assert found.spread == pytest.approx(1.4826, abs=5e-5)
    assert baseline([5, 5, 5]).spread == 0
    assert baseline([5, 5, 5], floor=0.02).spread == 0.02


def test_baseline_estimates_the_spread_of_normal_noise():
    found = baseline(np.random.default_rng(0).normal(3, 2, 200_000))
    assert (found.center, found.spread) == pytest.approx((3, 2), abs=0.02)


@given(st.lists(st.floats(-100, 100), min_size=5, max_size=31), st.floats(-1e9, 1e9))
def test_one_outlier_cannot_move_the_baseline_beyond_the_data(values, outlier):
    spoiled = baseline([*values, *values, outlier])
    assert min(values) - 1e-9 <= spoiled.center <= max(values) + 1e-9
    assert spoiled.spread <= 1.4827 * (max(values) - min(values)) + 1e-9


@given(st.lists(st.floats(-100, 100), min_size=3, max_size=30), st.floats(0.1, 10), st.floats(-50, 50))
def test_scores_do_not_see_unit_and_origin(values, scale, origin):
    values = np.round(values, 2)
    normal = baseline(values, floor=0.01)
    moved = baseline(values * scale + origin, floor=0.01 * scale)
    assert standardise(values * scale + origin, moved) == pytest.approx(standardise(values, normal), abs=1e-6, rel=1e-6)


def test_streams_keep_their_own_baseline():
    history = np.array([[1.0, 2, 3, 4, 5], [10, 20, 30, 40, 50]])
    found = standardise([[3.0], [30]], baseline(history))
    assert found.tolist() == [[0], [0]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: baseline([]), r"values: expected at least one observation"),
        (lambda: baseline([1, math.nan]), r"values: .* found nan"),
        (lambda: baseline(["dear"]), r"values: expected numbers, found \['dear'\]"),
        (lambda: baseline([1], floor=-1), r"floor: .* found -1"),
        (lambda: standardise([1], baseline([5, 5])), r"normal: expected spreads above 0 .* found 0.0"),
        (lambda: standardise([[1], [2]], baseline([5, 6])), r"values: expected streams of shape \(\), found \(2,\)"),
        (lambda: cusum([[1]], 0.5, 5), r"scores: expected numbers in a row, found shape \(1, 1\)"),
        (lambda: cusum([math.inf], 0.5, 5), r"scores: .* found inf"),
        (lambda: cusum([1], -0.5, 5), r"reference: .* found -0.5"),
        (lambda: cusum([1], 0.5, -5), r"limit: .* found -5"),
        (lambda: ewma([1], 0, 3), r"weight: .* found 0"),
    ],
)
def test_charts_refuse_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---------------------------------------------------------------- false alarms against delay


def test_simulated_delay_agrees_with_the_chain():
    found = watch(0.5, 5, 1, change=0, horizon=300, streams=500, two_sided=True, seed=11)
    mean = estimate(found.delay, 0.9999)
    assert mean.low < 10.376 < mean.high
    assert found.missed.sum() == found.accused.sum() == 0


def test_simulated_false_alarms_agree_with_the_chain():
    found = watch(0.5, 4, 0, change=100, horizon=100, streams=500, seed=12)
    share = estimate(found.accused, 0.9999)
    assert share.low < cusum_alarms(100, 0.5, 4)[-1] < share.high
    assert np.isnan(found.delay).all()
    assert (found.missed == 1).all()


def test_heavy_tails_and_a_short_history_accuse_more():
    plain, heavy, short = (
        watch(0.5, 5, 1, change=100, horizon=160, streams=300, seed=13, **change).accused.mean()
        for change in ({}, {"degrees": 3}, {"history": 20})
    )
    assert plain < 0.8 * heavy
    assert plain < 0.8 * short


@settings(max_examples=20, deadline=None)
@given(st.floats(0, 1), st.floats(0, 6), st.floats(-1, 3), st.integers(0, 40), st.integers(1, 40), st.booleans())
def test_a_watch_keeps_the_books(k, h, shift, change, after, two_sided):
    found = watch(k, h, shift, change, change + after, streams=20, replicates=3, two_sided=two_sided, seed=change)
    for share in (found.accused, found.missed):
        assert ((share >= 0) & (share <= 1)).all()
    delay = found.delay[np.isfinite(found.delay)]
    assert ((delay >= 1) & (delay <= after)).all()
    wider = watch(k, h + 1, shift, change, change + after, streams=20, replicates=3, two_sided=two_sided, seed=change)
    assert (wider.accused <= found.accused).all()


def test_a_watch_is_the_same_bits_everywhere(pool, dask_executor):
    settings_ = {"change": 20, "horizon": 60, "streams": 30, "history": 10, "degrees": 5, "replicates": 8, "seed": 4}
    here = watch(0.5, 3, 1, **settings_)
    for executor in (pool, dask_executor):
        there = watch(0.5, 3, 1, **settings_, executor=executor)
        for name in ("accused", "delay", "missed"):
            assert getattr(here, name).tobytes() == getattr(there, name).tobytes()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"change": 11}, r"change: expected a whole number of at least 0 and at most 10, found 11"),
        ({"horizon": 0}, r"horizon: .* found 0"),
        ({"streams": 0}, r"streams: .* found 0"),
        ({"history": 2}, r"history: expected 0 or at least 3 observations, found 2"),
        ({"degrees": 2}, r"degrees: expected a number above 2, found 2"),
        ({"shift": math.nan}, r"shift: .* found nan"),
        ({"replicates": 0}, r"replicates: .* found 0"),
        ({"seed": -1}, r"seed: .* found -1"),
    ],
)
def test_a_watch_refuses_bad_input(change, message):
    with pytest.raises(ValueError, match=message):
        watch(**{"reference": 0.5, "limit": 5, "shift": 1, "change": 5, "horizon": 10, **change})
