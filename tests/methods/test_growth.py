import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.methods.growth import (
    average_rates,
    bass,
    bass_peak,
    bass_rate,
    bass_through,
    bounds,
    curves_through,
    envelope,
    fit_bass,
    gompertz,
    hill,
    logistic,
    loglog_slopes,
    weibull,
)

SIGN_UPS = [(1, 10_000), (4, 100_000), (72, 1_000_000)]
VCR = [840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890]

rates = st.floats(0.01, 1)
totals = st.floats(1, 1e7)


def by_name(points, from_zero=True):
    return {curve.name: curve for curve in curves_through(points, from_zero)}


@st.composite
def three_points(draw):
    times = np.cumsum(draw(st.lists(st.floats(0.1, 50), min_size=3, max_size=3)))
    people = np.cumsum(draw(st.lists(st.floats(1, 1e6), min_size=3, max_size=3)))
    return np.column_stack([times, people])


# ---------------------------------------------------------------- the fit


def test_fit_of_video_recorders_as_in_cowpertwait_and_metcalfe():
    fit = fit_bass(VCR)
    assert fit.market == pytest.approx(67_980.9, abs=0.05)
    assert fit.innovation == pytest.approx(0.00659397, abs=2e-8)
    assert fit.imitation == pytest.approx(0.638091, abs=5e-7)
    assert fit.residual_se == pytest.approx(727.19, abs=5e-3)
    assert fit.peak == pytest.approx(7.09, abs=5e-3)


@settings(max_examples=15, deadline=None)
@given(st.floats(1e3, 1e9), st.floats(0.005, 0.05), st.floats(0.2, 0.8))
def test_fit_finds_the_model_that_made_the_sales(market, p, q):
    peak = bass_peak(p, q)
    sales = bass_rate(np.arange(1, max(8, math.ceil(2 * peak))), market, p, q)
    fit = fit_bass(sales)
    assert (fit.market, fit.innovation, fit.imitation) == pytest.approx((market, p, q), rel=1e-5)
    assert fit.residual_se <= 1e-6 * market
    assert fit.fitted == pytest.approx(sales, rel=1e-4)


@given(st.floats(1e-3, 1e6))
@settings(max_examples=10, deadline=None)
def test_fit_does_not_see_the_unit(scale):
    fit, scaled = fit_bass(VCR), fit_bass(np.array(VCR) * scale)
    assert scaled.market == pytest.approx(fit.market * scale, rel=1e-6)
    assert (scaled.innovation, scaled.imitation) == pytest.approx((fit.innovation, fit.imitation), rel=1e-6)
    assert scaled.standard_errors == pytest.approx(fit.standard_errors * [scale, 1, 1], rel=1e-4)


@pytest.mark.parametrize(
    ("sales", "message"),
    [
        ([1, 2, 3], r"sales: expected at least 4 numbers in a row, found shape \(3,\)"),
        ([1, 2, -3, 4], r"sales: expected finite numbers from 0 up, found -3"),
        ([1, 2, math.nan, 4], r"sales: .* found nan"),
        ([0, 0, 0, 0], r"sales: expected some sales, found none"),
        ([1, 2, 4, 8, 16, 32], r"sales: expected a series that slows down"),
        ([5, 5, 5, 5, 5], r"sales: expected a series that slows down"),
        ([0, 0, 9, 0, 0], r"sales: expected a series that slows down"),
    ],
)
def test_fit_refuses_sales_that_tell_no_market(sales, message):
    with pytest.raises(ValueError, match=message):
        fit_bass(sales)


# ---------------------------------------------------------------- curves


@given(totals, rates, st.floats(0, 1), st.floats(0.01, 50))
def test_bass_rate_is_the_slope_of_bass(market, p, q, t):
    step = 1e-5 * t
    slope = (bass(t + step, market, p, q) - bass(t - step, market, p, q)) / (2 * step)
    assert bass_rate(t, market, p, q) == pytest.approx(slope, rel=1e-3, abs=1e-6 * market)


@given(totals, rates, st.floats(0, 1))
def test_bass_obeys_its_equation(market, p, q):
    t = np.linspace(0, 40, 9)
    share = bass(t, market, p, q) / market
    assert bass_rate(t, market, p, q) == pytest.approx(
        market * (p + q * share) * (1 - share), rel=1e-6, abs=1e-9 * market
    )


@given(rates, rates)
def test_bass_sells_most_at_its_peak(p, q):
    peak = bass_peak(p, q)
    top = bass_rate(peak, 1, p, q)
    assert (bass_rate(np.linspace(0, 5 * peak + 1, 101), 1, p, q) <= top * (1 + 1e-9)).all()
    assert peak > 0 or q <= p


@given(totals, st.floats(0.1, 20), st.floats(0.1, 5))
def test_curves_rise_to_their_ceiling(ceiling, b, c):
    t = np.linspace(0, 60, 61)
    for path in (
        hill(t, ceiling, b, c),
        weibull(t, ceiling, b, c),
        gompertz(t, ceiling, b, c),
        logistic(t, ceiling, c, b),
    ):
        assert (np.diff(path) >= 0).all()
        assert (path >= 0).all()
        assert (path <= ceiling * (1 + 1e-12)).all()
    assert hill(0, ceiling, b, c) == weibull(0, ceiling, b, c) == 0
    assert hill(b, ceiling, b, c) == pytest.approx(ceiling / 2)
    assert weibull(b, ceiling, b, c) == pytest.approx(ceiling * 0.6321206, rel=1e-6)
    assert logistic(b, ceiling, c, b) == pytest.approx(ceiling / 2)
    assert gompertz(math.log(b) / c, ceiling, b, c) == pytest.approx(ceiling * 0.3678794, rel=1e-6)


def test_curves_at_their_limits():
    assert bass(5, 100, 0.1, 0) == pytest.approx(100 * 0.3934693)  # without imitation: one minus e to the minus a half
    assert bass(1e9, 100, 1e-300, 1) == 100
    assert bass(0, 100, 0.1, 1) == 0
    assert bass_rate(1e9, 100, 0.1, 1) == 0
    assert weibull(1e300, 100, 1e-300, 5) == 100
    assert hill(1e-300, 100, 1e300, 5) == 0
    assert gompertz(-1e9, 100, 1, 1) == 0
    assert logistic(-1e9, 100, 1, 0) == 0
    assert bass([[1, 2], [3, 4]], 100, 0.1, 1).shape == (2, 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bass(1, 0, 0.1, 1), r"market: expected a finite number above 0, found 0"),
        (lambda: bass(1, 9, 0, 1), r"innovation: .* found 0"),
        (lambda: bass(1, 9, 1, -1), r"imitation: expected a finite number of at least 0, found -1"),
        (lambda: bass(-1, 9, 1, 1), r"times: expected finite numbers from 0 up, found -1"),
        (lambda: bass_peak(math.inf, 1), r"innovation: .* found inf"),
        (lambda: hill([1, math.nan], 9, 1, 1), r"times: .* found nan"),
        (lambda: hill(1, 9, -1, 1), r"half_time: .* found -1"),
        (lambda: weibull(1, 9, 1, 0), r"shape: .* found 0"),
        (lambda: gompertz(1, 9, "b", 1), r"displacement: .* found 'b'"),
        (lambda: logistic("now", 9, 1, 1), r"times: expected numbers, found 'now'"),
    ],
)
def test_curves_refuse_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---------------------------------------------------------------- three points


def test_sign_ups_by_the_hour():
    assert loglog_slopes(SIGN_UPS) == pytest.approx([1.661, 0.797], abs=5e-4)
    assert average_rates(SIGN_UPS) == pytest.approx([10_000, 30_000, 13_235], abs=0.5)


def test_sign_ups_at_the_end_of_the_first_day():
    found = by_name(SIGN_UPS)
    assert {name: round(curve.at(24)) for name, curve in found.items()} == {
        "straight lines": 364_706,
        "power laws": 416_779,
        "Hill": 740_763,
        "Weibull": 888_764,
        "Bass": 999_872,
    }
    assert found["Hill"].parameters["ceiling"] == pytest.approx(1_065_969, abs=0.5)
    assert found["Hill"].parameters["half_time"] == pytest.approx(14.89, abs=5e-3)
    assert found["Hill"].parameters["slope"] == pytest.approx(1.725, abs=5e-4)
    assert found["Bass"].parameters["market"] == 1_000_000


def test_envelope_of_the_sign_ups():
    found = envelope(SIGN_UPS, [12, 24])
    assert found.low == pytest.approx([205_882, 364_706], abs=0.5)
    assert found.high == pytest.approx([911_871, 999_872], abs=0.5)
    assert list(found.lowest) == ["straight lines"] * 2
    assert list(found.highest) == ["Bass"] * 2
    assert envelope(SIGN_UPS, 24, from_zero=False).highest == "logistic"


def test_bounds_of_any_curve_through_the_sign_ups():
    free = bounds(SIGN_UPS, [0, 0.5, 1, 24, 100], ceiling=8_000_000)
    assert list(free.low) == [0, 0, 10_000, 100_000, 1_000_000]
    assert list(free.high) == [0, 10_000, 10_000, 1_000_000, 8_000_000]
    # Slowing down from the first hour on: above the chord of 13,235 an hour, below 30,000 an hour drawn on.
    slowing = bounds(SIGN_UPS, [2, 12, 24], concave_from=1)
    assert slowing.low == pytest.approx([40_000, 205_882, 364_706], abs=0.5)
    assert slowing.high == pytest.approx([73_529, 340_000, 700_000], abs=0.5)
    assert bounds(SIGN_UPS, 24, concave_from=4).high == 1_000_000
    assert math.isinf(bounds(SIGN_UPS, 100).high)


def test_bass_with_another_market_is_there_long_before_the_third_figure():
    for market in (1e6, 2e6, 2e7):
        curve = bass_through(SIGN_UPS[:2], market)
        assert curve.at([1, 4]) == pytest.approx([10_000, 100_000])
        assert curve.at(72) == pytest.approx(market, rel=1e-6)


@settings(deadline=None)
@given(three_points())
def test_curves_pass_through_their_points(points):
    for curve in curves_through(points, from_zero=False):
        assert curve.at(points[:, 0]) == pytest.approx(points[:, 1], rel=1e-6), curve
        path = curve.at(np.linspace(0, points[-1, 0], 80))
        assert (np.diff(path) >= -1e-9 * points[-1, 1]).all(), curve
        if curve.name not in ("Gompertz", "logistic"):
            assert path[0] == 0


@settings(deadline=None)
@given(three_points(), st.lists(st.floats(0, 200), min_size=1, max_size=8))
def test_the_envelope_lies_within_the_bounds(points, times):
    times = np.array(times)
    inside, outside = envelope(points, times), bounds(points, times)
    slack = 1e-6 * points[-1, 1]
    assert (outside.low <= inside.low + slack).all()
    assert (inside.low <= inside.high).all()
    assert (inside.high <= outside.high + slack).all()


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0.1, 20), st.floats(0, 100)), min_size=1, max_size=6), st.integers(0, 6))
def test_slowing_down_only_narrows_the_bounds(steps, start):
    widths, slopes = np.array(steps).T
    times = np.cumsum(widths)
    points = np.column_stack([times, np.cumsum(widths * -np.sort(-slopes))])
    start = [0, *times][min(start, times.size)]
    when = np.linspace(0, times[-1] * 1.3, 50)
    free, slowing = bounds(points, when), bounds(points, when, concave_from=start)
    slack = 1e-9 * (1 + points[-1, 1])
    assert (slowing.low >= free.low - slack).all()
    assert (slowing.high <= free.high + slack).all()
    assert (slowing.low <= slowing.high).all()
    straight = np.interp(when, [0, *times], [0, *points[:, 1]])
    assert (slowing.low <= straight + slack).all()
    assert (straight[when <= times[-1]] <= slowing.high[when <= times[-1]] + slack).all()


@settings(deadline=None)
@given(st.floats(10, 1e7), st.floats(0.5, 20), st.floats(0.3, 3), st.floats(1, 30))
def test_three_points_of_a_family_give_its_curve_back(ceiling, b, c, scale):
    times = b * np.array([0.4, 1, 2.5])
    for function, name in ((hill, "Hill"), (weibull, "Weibull")):
        found = by_name(np.column_stack([times, function(times, ceiling, b, c)]))[name]
        assert list(found.parameters.values()) == pytest.approx([ceiling, b, c], rel=1e-6)
    p, q = 0.02 * c, 0.2 * c
    times = np.array([1, 3, 6]) / c
    found = by_name(np.column_stack([times, bass(times, ceiling, p, q)]))["Bass"]
    assert list(found.parameters.values()) == pytest.approx([ceiling, p, q], rel=1e-5)
    times = scale * np.array([0.5, 1, 2])
    found = by_name(np.column_stack([times, gompertz(times, ceiling, 3, c / scale)]), False)["Gompertz"]
    assert list(found.parameters.values()) == pytest.approx([ceiling, 3, c / scale], rel=1e-5)
    found = by_name(np.column_stack([times, logistic(times, ceiling, c / scale, scale)]), False)["logistic"]
    assert list(found.parameters.values()) == pytest.approx([ceiling, c / scale, scale], rel=1e-5)


def test_growth_without_imitation_is_a_bass_curve_too():
    times = np.array([2.0, 5.0, 9.0])
    found = by_name(np.column_stack([times, 500 * (1 - np.exp(-0.2 * times))]))["Bass"]
    assert list(found.parameters.values()) == pytest.approx([500, 0.2, 0], rel=1e-6, abs=1e-6)


def test_families_that_cannot_pass_are_left_out():
    assert set(by_name([(1, 1), (2, 2), (3, 3)])) == {"straight lines", "power laws", "Bass"}
    assert set(by_name([(1, 1), (2, 10), (3, 100)], False)) == {"straight lines", "power laws"}
    steep = by_name([(1000, 10), (1001, 1e5), (1002, 1.00001e5)], False)
    for curve in steep.values():
        assert curve.at([1000, 1001, 1002]) == pytest.approx([10, 1e5, 1.00001e5], rel=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: curves_through([(1, 2), (2, 3)]), r"points: expected at least 3 rows"),
        (lambda: curves_through([(1, 1), (2, 2), (3, 3), (4, 4)]), r"points: expected 3, found 4"),
        (lambda: curves_through([(1, 1), (2, 2), (3, 2)]), r"points: expected totals that rise"),
        (lambda: curves_through([(0, 1), (2, 2), (3, 3)]), r"points: expected ascending times above 0"),
        (lambda: average_rates([1, 2, 3]), r"points: expected at least 1 rows of time and total, found shape \(3,\)"),
        (lambda: loglog_slopes([(1, 0), (2, 1)]), r"points: expected totals above 0, found 0"),
        (lambda: bounds([(1, 5), (2, 3)], 1), r"points: .* never fall"),
        (lambda: bounds(SIGN_UPS, 1, concave_from=2), r"concave_from: expected one of the times .* found 2"),
        (lambda: bounds(SIGN_UPS, 1, concave_from=0), r"concave_from: expected points that do not speed up"),
        (lambda: bounds(SIGN_UPS, 1, ceiling=5), r"ceiling: expected at least 1e\+06, the last total, found 5"),
        (lambda: envelope(SIGN_UPS, -1), r"times: .* found -1"),
        (lambda: bass_through(SIGN_UPS[:2], 9), r"market: expected a finite number above 100000"),
        (lambda: bass_through([(1, 50), (2, 60)], 100), r"points: expected growth that imitation can explain"),
        (lambda: bass_through(SIGN_UPS, 2e6), r"points: expected 2, found 3"),
    ],
)
def test_three_points_refuse_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
