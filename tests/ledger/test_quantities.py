from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.ledger.quantities import Quantity, QuantityError, agrees, bound, parse, tokens, write

READ = [
    ("777 million pieces", 777_000_000, 777_000_000, None), ("12.18 minutes", "12.18", "12.18", "minute"),
    ("RMB 50-100 billion", 50_000_000_000, 100_000_000_000, "RMB"),
    ("RMB100 million", 100_000_000, 100_000_000, "RMB"), ("$14,130,000", 14_130_000, 14_130_000, "USD"),
    ("185.5 billion USD", 185_500_000_000, 185_500_000_000, "USD"), ("three to five days", 3, 5, "day"),
    ("3rd to 5th", 3, 5, None), ("quadrupling", 4, 4, "times"), ("threefold", 3, 3, "times"),
    ("half a month", "0.5", "0.5", "month"), ("80%", 80, 80, "percent"), ("20-year old", 20, 20, "year"),
    ("twenty-four hours", 24, 24, "hour"), ("13 hours", 13, 13, "hour"),
    ("325,000 transactions per second", 325_000, 325_000, None), ("a single day", 1, 1, "day"),
    ("over a million", 1_000_000, 1_000_000, None), ("first", 1, 1, "rank"),
    ("first three years", 1, 3, "year-of-life"), ("not charging a fee", 0, 0, None), ("Tuesday", 2, 2, "weekday"),
    ("in February", 2, 2, "month-of-year"), ("10k", 10_000, 10_000, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "low", "high", "unit"), READ)
def test_reads_numbers(text, low, high, unit):
    read = parse(text)
    assert (read.low, read.high) == (Decimal(low), Decimal(high))
    if unit:
        assert read.unit == unit


DATES = {"January 26th": "--01-26", "10 May": "--05-10", "March 5, 2020": "2020-03-05", "August 2019": "2019-08",
         "6.18 shopping festival": "--06-18", "11/11 super sale": "--11-11", "By February 1st": "--02-01"}  # fmt: skip
TIMES = {"2:00 am": "02:00", "7pm": "19:00", "12 am": "00:00", "13:00": "13:00"}


@pytest.mark.parametrize(("text", "value"), (DATES | TIMES).items())
def test_reads_dates_and_clock_times(text, value):
    assert parse(text).low == value
    assert (parse(text).unit == "clock-time") == (":" in value)


def test_a_vague_amount_has_no_number_and_what_is_no_quantity_is_refused():
    assert [parse(text).low for text in ("several times", "many fold", "a few days")] == [None] * 3
    for text in ("thing", "quickly", "", "１２ million", "٣", "½", "四千", "Ⅻ"):
        with pytest.raises(QuantityError):
            parse(text)


@pytest.mark.parametrize(
    ("line", "token", "sign"),
    [
        ("It drew more than 3.8 million reads.", "3.8 million", ">"),
        ("over a million orders", "over a million", ">"),
        ("above RMB100 million ($14,130,000) each", "$14,130,000", ">"),
        ("a least 50 new stores", "50 new stores", ">="),
        ("no fewer than 9 of them", "9", ">="),
        ("in less than 24 hours", "24 hours", "<"),
        ("under 72 hours", "under 72 hours", "<"),
        ("by up to 70%", "70%", "<="),
        ("no more than 5 days", "5 days", "<="),
        ("Within a 2 month period", "2 month period", "<="),
        ("somewhere in the next ten years", "next ten years", "<="),
        ("By February 1st it was there", "February 1st", "<="),
        ("close to 80% of it", "80%", "~"),
        ("nearly 200 and roughly 300", "200", "~"),
        ("nearly 200 and roughly 300", "300", "~"),
        ("around 1:00am", "1:00am", "~"),
        ("some 15 brands", "some 15 brands", "~"),
        ("donated by 9 provinces", "9 provinces", ""),
        ("only 8 billion USD less than it", "8 billion USD less", ""),
        ("The next day it came", "next day", ""),
        ("all over the country 11 regions", "11 regions", ""),
        ("within its first hour", "first hour", ""),
    ],
)
def test_the_words_before_a_number_give_its_qualifier(line, token, sign):
    assert bound(line, line.index(token), line.index(token) + len(token)) == sign


def test_tokens_of_a_line():
    line = "By 7am, twenty-four (24) of COVID-19's threefold “3,333” cases; none."
    assert [token for _, _, token in tokens(line)] == ["7am", "twenty-four", "24", "COVID-19's", "threefold", "3,333"]
    assert all(line[start:stop] == token for start, stop, token in tokens(line))
    assert [token for _, _, token in tokens("½ of 四千 is Ⅻ")] == ["½", "四千", "Ⅻ"]


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
    assert float(parse(write(value, digits)).low) == pytest.approx(value, rel=0.5 * 10 ** (1 - digits) * 1.001)


@given(st.integers(min_value=0, max_value=999_999))
def test_counts_are_written_whole(count):
    assert parse(write(count)).low == count
