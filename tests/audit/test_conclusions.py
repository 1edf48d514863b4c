"""What would change our mind: distances against literals worked out by hand, and every conclusion can be overturned."""

from dataclasses import fields

import pytest

from casebook.audit import conclusions
from casebook.audit.conclusions import HINGES, Conclusion, answers_needed, weigh
from casebook.ledger.descriptor import LedgerError
from casebook.pages.prose import loose_numbers


def weighed(ledger):
    return {conclusion.id: conclusion for conclusion in weigh(ledger)}


# value, break-even, factor: worked out by hand, the arithmetic beside each.
BY_HAND = {
    "sc-launch": (13, 13.5, 1.038462),  # 13:00 to 02:00; 13 and half an hour; 27/26
    "sd-count": (777e6, 811.5e6, 1.044402),  # 812 million less half a million; 811.5/777
    "sd-robots": (70, 66.666667, 1.05),  # 1 - 1/3; 0.7 x 1.5
    "mm-lead": (139, 147.114041, 1.058375),  # 139 x 195.45/184.67
    "jr-flights": (1260, 1170, 1.076923),  # 4.5 x 260; 14/13
    "sc-sign-ups": (1_000_000, 2_140_000, 2.14),  # 100,000 + 90,000/3 x 68
    "sc-truck": (10, 24, 2.4),  # 19:00 to 05:00
    "ct-letter": (4.761905, 29.166667, 6.125),  # 1/21 and 7/24; 147/24
    "jr-applications": (100e6, 6e6, 16.666667),  # 200 x 30,000
    "sd-shipping": (25e6, 777e6, 31.08),
}


@pytest.mark.parametrize("key", BY_HAND)
def test_a_distance_by_hand(ledger, key):
    found = weighed(ledger)[key]
    assert (found.value, found.break_even, found.factor) == pytest.approx(BY_HAND[key], rel=1e-6)


def test_all_stand_and_the_nearest_come_first(ledger):
    found = weigh(ledger)
    assert [conclusion.id for conclusion in found] == list(BY_HAND)
    assert all(conclusion.stands for conclusion in found)
    assert {conclusion.chapter for conclusion in found} == set(ledger.table("sources")["id"])
    assert {conclusion.unit for conclusion in found} <= set(ledger.table("units")["unit"])


# One cell moved a little past the break-even, and the same cell moved just short of it.
PAST = {
    "sc-launch": ("claims", "sc-cover-kick-off-time", "12:29", "12:31"),
    "sd-count": ("claims", "sd-parcels-on-the-day", "811500001", "811499999"),
    "sd-robots": ("claims", "sd-robots-labour-cost", "66.6", "66.7"),
    "jr-flights": ("claims", "jr-flights-planned", "1169", "1171"),
    "sc-sign-ups": ("claims", "sc-sign-ups-third-count", "2140001", "2139999"),
    "sc-truck": ("claims", "sc-first-load-transit", "9", "11"),
    "jr-applications": ("claims", "jr-applications-received", "5999999", "6000001"),
    "sd-shipping": ("claims", "sd-daily-volume-present", "777000001", "776999999"),
}


@pytest.mark.parametrize(("key", "where"), PAST.items())
def test_a_claim_past_the_break_even_flips_its_conclusion_alone(altered, key, where):
    table, claim, past, short = where
    assert weighed(altered(table, claim, value_low=short, value_high=short))[key].stands
    moved = altered(table, claim, value_low=past, value_high=past)
    assert [conclusion.id for conclusion in weigh(moved) if not conclusion.stands] == [key]


def test_a_rise_of_the_rival_flips_the_lead(altered):
    assert weighed(altered("series", "market-value-pdd@2023-11-28", value="195.44"))["mm-lead"].stands
    assert not weighed(altered("series", "market-value-pdd@2023-11-28", value="195.46"))["mm-lead"].stands


def test_the_letter_is_overtaken_when_enough_of_its_amounts_get_a_number(altered, ledger):
    vague = [c.id for c in ledger.claims.values() if c.source == "crunch-time" and c.kind == "vague"]
    assert weighed(altered("claims", *vague[:5], kind="estimate"))["ct-letter"].stands  # 6/21 is 28.6 per cent
    assert not weighed(altered("claims", *vague[:6], kind="estimate"))["ct-letter"].stands  # 7/21 is 33.3 per cent


def test_an_assumption_moves_the_break_even_and_not_the_value(altered):
    found = weighed(altered("assumptions", "audit-applications-per-post-high", value="2000"))["jr-applications"]
    assert (found.value, found.break_even) == (100e6, 60e6)
    assert found.stands


def test_the_words_of_the_table_hold_no_number(ledger):
    for row in ledger.tables["conclusions"]:
        for field in ("name", "conclusion", "quantity", "settled_by"):
            assert loose_numbers(row[field]) == [], row["id"]


def test_every_row_has_a_function_and_every_function_a_row(ledger, altered):
    assert {row["id"] for row in ledger.tables["conclusions"]} == set(HINGES)
    words = {field.name for field in fields(Conclusion)} - {"value", "break_even", "unit"}
    assert words == set(ledger.tables["conclusions"][0])
    with pytest.raises(LedgerError, match=r"conclusions.csv, row 2, field id: expected one of .*, found sc-lunch"):
        weigh(altered("conclusions", "sc-launch", id="sc-lunch"))


def test_a_missing_point_of_a_series_is_one_line(altered):
    ledger = altered("series", "share-price-pdd@2023-11-28", as_of="2023-11-27")
    with pytest.raises(LedgerError, match=r"series\.csv: expected a value of “share-price-pdd” at 2023-11-28"):
        conclusions.lead(ledger)


def test_answers_that_make_a_majority():
    # (1.959964 / 0.3)^2 = 42.68, with 0.2 it is 96.04 and with 0.8 it is 6.002
    assert [answers_needed(share) for share in (65, 60, 35, 90)] == [43, 97, 43, 7]
