"""Relations against numbers worked out by hand, and laws that intervals must obey."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from casebook.checks import base_unit, figure
from casebook.relations import (
    RELATIONS,
    Figure,
    RelationError,
    combined_multiple,
    compound_growth,
    days,
    difference,
    festival_day,
    growth_factor,
    increase,
    mean_rate,
    minutes_seconds,
    order,
    peak_to_mean,
    per_head,
    product,
    quotient,
    saving_multiple,
    share_of_sum,
    shared_years,
    time_at_peak,
    total,
    verdict,
    weekday,
)

UNITS = {
    "hour": ("second", 3600.0),
    "day": ("second", 86400.0),
    "minute": ("second", 60.0),
    "piece per day": ("piece per day", 1.0),
    "million parcels per day": ("piece per day", 1e6),
    "million parcels": ("piece", 1e6),
    "user": ("person", 1.0),
}
HOUR, DAY = 3600.0, 86400.0


def exact(value, unit="piece"):
    return Figure(value, value, value, unit)


def moment(seconds):
    return exact(float(seconds), "moment")


def near(figure, value, low=None, high=None):
    assert figure.value == pytest.approx(value, rel=1e-4)
    assert figure.low == pytest.approx(value if low is None else low, rel=1e-3)
    assert figure.high == pytest.approx(value if high is None else high, rel=1e-3)


def test_rounding_about_and_bounds_are_read_as_intervals():
    assert figure(777e6, 777e6, "piece", step=1e6) == Figure(777e6, 776.5e6, 777.5e6, "piece")
    assert figure(50, 50, "person", bound="~", step=1) == Figure(50, 47.5, 52.5, "person")
    assert figure(1800, 1800, "person", bound=">") == Figure(1800, 1800, math.inf, "person")
    assert figure(25e6, 25e6, "piece", bound="<=") == Figure(25e6, 0, 25e6, "piece")
    assert figure(3, 5, "second", DAY, step=1) == Figure(4 * DAY, 2.5 * DAY, 5.5 * DAY, "second")


@pytest.mark.parametrize(
    ("unit", "base", "factor"),
    [
        ("day", "second", 86400),
        ("percent", "times", 0.01),
        ("user", "person", 1),
        ("piece per day", "piece per second", 1 / 86400),
        ("million parcels per day", "piece per second", 11.574074),
        ("person per hour", "person per second", 1 / 3600),
        ("transaction per second", "transaction per second", 1),
    ],
)
def test_units_resolve_to_base_units(unit, base, factor):
    assert base_unit(unit, UNITS) == (base, pytest.approx(factor))


def test_multiple_of_the_flights():
    near(quotient(figure(1260, 1260, "flight", step=1), figure(260, 260, "flight", step=1)), 4.8462, 4.8349, 4.8574)


def test_quotients_find_their_unit():
    assert quotient(exact(1), exact(2)).unit == "times"
    assert quotient(exact(1e4, "person"), exact(HOUR, "second")).unit == "person per second"
    assert quotient(exact(777e6), exact(25e6 / DAY, "piece per second")).unit == "second"


def test_time_needed_is_a_lower_bound_when_the_rate_is_an_upper_one():
    time = quotient(exact(777e6), figure(25e6, 25e6, "piece per second", 1 / DAY, bound="<="))
    assert time.value / DAY == pytest.approx(31.08)
    assert time.high == math.inf


def test_amounts():
    near(per_head(exact(777e6), exact(3e6, "person")), 259)
    near(product(exact(260, "flight"), exact(4, "times")), 1040)
    near(total(exact(185.5, "USD"), exact(8, "USD")), 193.5)
    near(difference(exact(194.3, "USD"), exact(185.5, "USD")), 8.8)
    near(share_of_sum(exact(185.5, "USD"), exact(8, "USD")), 0.95866)
    near(increase(exact(1260), exact(260)), 3.8462)
    near(growth_factor(exact(1.23, "times")), 2.23)


def test_rates():
    growth = compound_growth(exact(200e6), exact(25e6), exact(10 * 31_556_952.0, "second"))
    near(growth, 0.231144)
    rate = mean_rate(exact(1e6), exact(1e5), exact(72 * HOUR, "second"), exact(4 * HOUR, "second"))
    assert rate.value * HOUR == pytest.approx(13235.3, abs=0.1)
    near(peak_to_mean(exact(325000, "transaction per second"), exact(777e6), exact(DAY, "second")), 36.139)
    near(peak_to_mean(exact(325000, "transaction per second"), exact(812e6), exact(DAY, "second")), 34.581)
    near(time_at_peak(exact(777e6), exact(325000, "transaction per second")), 2390.77)


def test_robots():
    near(saving_multiple(figure(70, 70, "times", 0.01, bound="<=")), 3.33333, 1)
    near(combined_multiple(exact(3, "times"), exact(0.7, "times")), 10)


@pytest.mark.parametrize(("written", "minutes"), [(12.18, 12.3), (33.15, 33.25), (1.59, 1.98333)])
def test_minutes_with_a_point_can_be_minutes_and_seconds(written, minutes):
    assert minutes_seconds(exact(written * 60, "second")).value / 60 == pytest.approx(minutes, abs=1e-4)


def test_minutes_and_seconds_refuse_what_cannot_be_seconds():
    with pytest.raises(RelationError, match="below 60, found 75"):
        minutes_seconds(exact(12.75 * 60, "second"))


def test_calendar():
    # 2020-01-25T19:00 and 2020-01-31T00:00 UTC
    assert days(moment(1580428800), moment(1579978800)).value == 6 * DAY
    assert weekday(moment(1592870400)).value == 2  # 23 June 2020, a Tuesday
    assert weekday(moment(1701216000)).value == 3  # 29 November 2023, a Wednesday
    assert festival_day(moment(1580000400), moment(1579910400)).value == 2
    assert difference(moment(1580090400), moment(1580043600)) == exact(13 * HOUR, "second")
    with pytest.raises(RelationError, match="dates"):
        days(exact(2), exact(1))


def test_sequences_and_stages():
    assert order(exact(1), exact(4), exact(72)).value == 3
    assert order(exact(1), exact(9), exact(4)).value == -5
    assert shared_years(Figure(4, 3, 5, "year-of-life"), Figure(6.5, 5, 8, "year-of-life")).value == 1
    assert shared_years(Figure(4, 3, 5, "year-of-life"), Figure(7, 6, 8, "year-of-life")).value == 0


@pytest.mark.parametrize(
    ("computed", "against", "plausible", "expected"),
    [
        ((4.835, 4.857), (4, 4), False, "inconsistent"),
        ((3.835, 3.857), (4, 4), False, "imprecise"),
        ((8.75, 8.85), (7.5, 8.5), False, "imprecise"),
        ((13, 13), (12.5, 13.5), False, "consistent"),
        ((10, 10), (0, 24), False, "consistent"),
        ((31, math.inf), (1, 1), False, "inconsistent"),
        ((110, 110), (100, 100), False, "imprecise"),
        ((110.1, 110.1), (100, 100), False, "inconsistent"),
        ((90, 90), (100, 100), False, "imprecise"),
        ((89.9, 89.9), (100, 100), False, "inconsistent"),
        ((3333, math.inf), (0, 200), True, "implausible"),
        ((201, 201), (0, 200), True, "implausible"),
        ((-1, -1), (0, math.inf), False, "inconsistent"),
    ],
)
def test_verdicts(computed, against, plausible, expected):
    one = Figure(computed[0], *computed, "piece")
    assert verdict(one, Figure(against[0], *against, "piece"), plausible=plausible) == expected


def test_unlike_units_are_refused():
    for relation in (total, difference, increase, share_of_sum, verdict):
        with pytest.raises(RelationError, match="one unit, found RMB, USD"):
            relation(exact(1, "RMB"), exact(1, "USD"))
    with pytest.raises(RelationError, match="rate per second"):
        peak_to_mean(exact(1, "piece per day"), exact(1), exact(1, "second"))


def test_every_relation_says_what_it_is():
    assert all(relation.compute.__doc__ for relation in RELATIONS.values())


sizes = st.floats(1e-3, 1e9)
widths = st.floats(0, 0.4)


@st.composite
def intervals(draw, unit="piece"):
    value = draw(sizes)
    return Figure(value, value * (1 - draw(widths)), value * (1 + draw(widths)), unit)


TWO = [total, difference, quotient, increase, share_of_sum]


@pytest.mark.parametrize("relation", TWO)
@given(one=intervals(), two=intervals())
def test_a_result_lies_within_its_interval(relation, one, two):
    result = relation(one, two)
    slack = 1e-9 * max(abs(result.low), abs(result.high))
    assert result.low - slack <= result.value <= result.high + slack


@pytest.mark.parametrize("relation", TWO)
@given(one=intervals(), two=intervals(), wider=st.floats(0, 0.5))
def test_less_rounding_never_widens_a_result(relation, one, two, wider):
    loose = Figure(one.value, one.low * (1 - wider), one.high * (1 + wider), one.unit)
    narrow, wide = relation(one, two), relation(loose, two)
    slack = 1e-9 * max(abs(wide.low), abs(wide.high))
    assert wide.low <= narrow.low + slack
    assert narrow.high <= wide.high + slack


@given(one=intervals(), two=intervals())
def test_a_figure_agrees_with_itself_and_overlap_is_mutual(one, two):
    assert verdict(one, one) == "consistent"
    assert (verdict(one, two) == "consistent") == (verdict(two, one) == "consistent")


@given(one=intervals(), two=intervals(), factor=st.floats(1e-3, 1e3))
def test_a_verdict_does_not_depend_on_the_unit(one, two, factor):
    gap = max(one.low - two.high, two.low - one.high)
    nearest = two.high if one.low > two.high else two.low
    assume(abs(gap) > 1e-6 * nearest and abs(gap - 0.1 * nearest) > 1e-6 * nearest)
    scaled = [Figure(f.value * factor, f.low * factor, f.high * factor, f.unit) for f in (one, two)]
    assert verdict(*scaled) == verdict(one, two)


@given(one=intervals(), two=intervals())
def test_dividing_undoes_multiplying(one, two):
    assert quotient(product(one, two), two).value == pytest.approx(one.value)
