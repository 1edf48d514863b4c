from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.quantity import Quantity, QuantityError, agrees, parse, tokens, write

READ = [
    ("777 million pieces", 777_000_000, 777_000_000, None),
    ("12.18 minutes", "12.18", "12.18", "minute"),
    ("RMB 50-100 billion", 50_000_000_000, 100_000_000_000, "RMB"),
    ("RMB100 million", 100_000_000, 100_000_000, "RMB"),
    ("$14,130,000", 14_130_000, 14_130_000, "USD"),
    ("185.5 billion USD", 185_500_000_000, 185_500_000_000, "USD"),
    ("three to five days", 3, 5, "day"),
    ("3rd to 5th", 3, 5, None),
    ("quadrupling", 4, 4, "times"),
    ("threefold", 3, 3, "times"),
    ("half a month", "0.5", "0.5", "month"),
    ("80%", 80, 80, "percent"),
    ("20-year old", 20, 20, "year"),
    ("twenty-four hours", 24, 24, "hour"),
    ("325,000 transactions per second", 325_000, 325_000, None),
    ("a single day", 1, 1, "day"),
    ("over a million", 1_000_000, 1_000_000, None),
    ("first", 1, 1, "rank"),
    ("Tuesday", 2, 2, "weekday"),
    ("in February", 2, 2, "month-of-year"),
    ("10k", 10_000, 10_000, None),
]


@pytest.mark.parametrize(("text", "low", "high", "unit"), READ)
def test_reads_numbers(text, low, high, unit):
    read = parse(text)
    assert (read.low, read.high) == (Decimal(low), Decimal(high))
    if unit:
        assert read.unit == unit


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("January 26th", "--01-26"),
        ("10 May", "--05-10"),
        ("March 5, 2020", "2020-03-05"),
        ("August 2019", "2019-08"),
        ("2:00 am", "02:00"),
        ("7pm", "19:00"),
        ("12 am", "00:00"),
        ("13:00", "13:00"),
    ],
)
def test_reads_dates_and_clock_times(text, value):
    assert parse(text).low == value


@pytest.mark.parametrize("text", ["several times", "many fold", "a few days"])
def test_a_vague_amount_has_no_number(text):
    assert parse(text).low is None


@pytest.mark.parametrize("text", ["thing", "quickly", ""])
def test_refuses_what_is_no_quantity(text):
    with pytest.raises(QuantityError):
        parse(text)


def test_a_thirteen_hour_launch_is_not_one_o_clock():
    assert parse("13 hours").unit == "hour"
    assert parse("13:00").unit == "clock-time"


def test_tokens_of_a_line():
    line = "By 7am, twenty-four (24) of COVID-19's threefold “3,333” cases; none."
    assert [token for _, _, token in tokens(line)] == ["7am", "twenty-four", "24", "COVID-19's", "threefold", "3,333"]


def test_tokens_stand_where_they_say():
    line = "from 260 to 1,260 in nine months"
    assert all(line[start:stop] == token for start, stop, token in tokens(line))


def test_rounding_decides_agreement():
    million = Quantity(Decimal("1.3e6"), Decimal("1.3e6"), None, Decimal("1e5"))
    assert agrees(million, Decimal(1_340_000), Decimal(1_340_000))
    assert not agrees(million, Decimal(1_360_000), Decimal(1_360_000))


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (777e6, 3, "777 million"),
        (8993.05, 4, "8,993"),
        (4.846, 3, "4.85"),
        (0.030912, 3, "0.0309"),
        (325_000, 3, "325,000"),
        (99.96, 3, "100"),
        (999_999.9, 3, "1 million"),
        (0, 3, "0"),
        (-2.5, 2, "-2.5"),
    ],
)
def test_writes_for_a_sentence(value, digits, text):
    assert write(value, digits) == text


@given(st.floats(min_value=1e-3, max_value=9e11), st.integers(min_value=2, max_value=6))
def test_what_is_written_reads_back_within_its_last_digit(value, digits):
    read = parse(write(value, digits))
    assert abs(float(read.low) - value) <= 0.5000001 * 10 ** (-digits + 1) * 10 ** len(str(int(value))) / 1
    assert float(read.low) == pytest.approx(value, rel=0.5 * 10 ** (1 - digits) * 1.001)


@given(st.integers(min_value=0, max_value=999_999))
def test_counts_are_written_whole(count):
    assert parse(write(count)).low == count
