"""Relations against numbers worked out by hand, and laws that intervals must obey."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from casebook.audit.checks import base_unit, figure
from casebook.audit.relations import (
    RELATIONS,
    Figure,
    RelationError,
    days,
    difference,
    increase,
    minutes_seconds,
    order,
    peak_to_mean,
    quotient,
    saving_multiple,
    share_of_sum,
    shared_years,
    total,
    verdict,
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


def test_quotients_find_their_unit():
    assert quotient(exact(1), exact(2)).unit == "times"
    assert quotient(exact(1e4, "person"), exact(HOUR, "second")).unit == "person per second"
    assert quotient(exact(777e6), exact(25e6 / DAY, "piece per second")).unit == "second"


def test_time_needed_is_a_lower_bound_when_the_rate_is_an_upper_one():
    time = quotient(exact(777e6), figure(25e6, 25e6, "piece per second", 1 / DAY, bound="<="))
    assert time.value / DAY == pytest.approx(31.08)
    assert time.high == math.inf


def test_what_the_audit_does_not_try():
    assert minutes_seconds(exact(1.59 * 60, "second")).value / 60 == pytest.approx(1.98333, abs=1e-4)
    with pytest.raises(RelationError, match="below 60, found 75"):
        minutes_seconds(exact(12.75 * 60, "second"))
    with pytest.raises(RelationError, match="dates"):
        days(exact(2), exact(1))
    assert order(exact(1), exact(9), exact(4)).value == -5
    assert all(relation.compute.__doc__ for relation in RELATIONS.values())
    assert shared_years(Figure(4, 3, 5, "year-of-life"), Figure(7, 6, 8, "year-of-life")).value == 0
    assert saving_multiple(figure(70, 70, "times", 0.01, bound="<=")).low == pytest.approx(1)
    flights = quotient(figure(1260, 1260, "flight", step=1), figure(260, 260, "flight", step=1))
    assert (flights.low, flights.high) == pytest.approx((4.8349, 4.8574), abs=1e-4)


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
