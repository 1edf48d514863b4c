"""The audit: every verdict as reviewed, and every fault that is planted turns red."""

import hashlib
import json
import re
from pathlib import Path

import pandas as pd
import pytest

from casebook.audit import results, verdicts
from casebook.audit.checks import NOTHING, run_checks
from casebook.audit.claim_review import claim_reviews
from casebook.audit.corrections import apply_corrections, corrected, correction_note
from casebook.audit.wording import what_comes_out
from casebook.ledger.descriptor import LedgerError
from casebook.ledger.quantities import agrees, parse
from casebook.pages.audit_table import audit_table

SOURCES = ("crunch-time", "sars-to-covid", "singles-day", "midnight-memo", "june-2020")


@pytest.fixture(scope="module")
def checked(ledger):
    return {result.id: result for result in run_checks(ledger)}


def wrong(ledger):
    return [result.id for result in run_checks(ledger) if result.verdict != result.reviewed]


def test_every_computed_verdict_is_the_reviewed_one(ledger):
    assert wrong(ledger) == []


def test_there_are_enough_checks_over_all_texts_each_worked_out_by_hand(checked):
    assert {check for check, _, _ in FIGURES} == {key for key, result in checked.items() if result.computed}
    assert {result.source for result in checked.values()} == set(SOURCES)
    assert sum(bool(result.verdict) for result in checked.values()) >= 45
    for result in checked.values():
        assert bool(result.verdict) == (result.against is not None), result.id
        assert not result.verdict or result.relation != NOTHING, result.id


# Worked out by hand from the words of the texts.
FIGURES = list(pd.read_csv(Path(__file__).with_name("figures.csv"), keep_default_na=False).itertuples(index=False))


@pytest.mark.parametrize(("check", "value", "verdict"), FIGURES)
def test_figures_worked_out_by_hand(checked, check, value, verdict):
    assert checked[check].computed.value == pytest.approx(value, rel=1e-5)
    assert checked[check].verdict == verdict


def test_every_claim_has_the_value_its_words_say(ledger):
    for claim in ledger.claims.values():
        if claim.low is not None:
            assert agrees(parse(claim.as_written), claim.quantity.low, claim.quantity.high), claim.id


@pytest.mark.parametrize(
    ("table", "key", "cells", "red"),
    [
        ("claims", "jr-flights-planned", {"value_low": "1040", "value_high": "1040", "as_written": "to 1,040"}, "jr-flights-ratio"),
        ("claims", "sd-parcels-on-the-day", {"value_low": "25000000", "value_high": "25000000"}, "sd-days-at-present"),
        ("claims", "sc-cover-total-hours", {"value_low": "10", "value_high": "10", "as_written": "10 hours"}, "sc-launch-kick-off"),
        ("claims", "sc-fund-size-again", {"value_low": "1400000000", "value_high": "1400000000"}, "sc-fund-twice"),
        ("claims", "sc-sign-ups-second-count", {"value_low": "9000", "value_high": "9000"}, "sc-sign-ups-counts"),
        ("claims", "jr-olympic-day-weekday", {"value_low": "3", "value_high": "3"}, "jr-olympic-weekday"),
        ("claims", "sc-hema-early-expansion-year", {"value_low": "7", "value_high": "7"}, "sc-hema-years"),
        ("claims", "jr-livestream-sales-per-brand-usd", {"value_low": "12000000", "value_high": "12000000"}, "jr-exchange-rate"),
        ("series", "market-value-pdd@2023-11-28", {"value": "185.50"}, "mm-rival-value"),
        ("series", "singles-day-parcels@2017", {"value": "777"}, "sd-count-final"),
        ("assumptions", "audit-applications-per-post-high", {"value": "4000"}, "jr-applications-per-post"),
        ("checks", "jr-flights-ratio", {"verdict": "consistent"}, "jr-flights-ratio"),
        ("checks", "sc-delay-from-departure", {"inputs": "end=sc-other-channel-arrival; start=sc-first-load-arrival-date; stated=sc-other-channel-delay"}, "sc-delay-from-departure"),
    ],
)  # fmt: skip
def test_a_planted_fault_turns_red(altered, table, key, cells, red):
    assert red in wrong(altered(table, key, **cells))


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"inputs": "over=jr-flights-planned; under=jr-flights-gone"}, "a claim with the id “jr-flights-gone”"),
        ({"inputs": "over=jr-flights-planned; under=ct-traffic-multiple"}, "is vague"),
        ({"inputs": "over=jr-flights-planned; under=assumption:none"}, "an assumption with the id “none”"),
        ({"inputs": "over=jr-flights-planned; under=series:none@2017"}, "a value of “none” at 2017"),
        ({"inputs": "over=jr-flights-planned; sideways=jr-flights-before"}, "checks.csv, row .*sideways"),
        ({"inputs": "over=jr-flights-planned; under=jr-posts-cities; stated=jr-flights-multiple"}, "flight per city"),
        ({"unit": "RMB"}, "expected a result in RMB, found times"),
        ({"relation": "guess"}, "field relation: expected one of"),
        ({"verdict": "wrong"}, "field verdict: expected one of"),
        ({"about": "jr-nobody"}, "expected claims.id"),
    ],
)
def test_a_check_that_cannot_be_run_says_why(altered, cells, message):
    with pytest.raises(LedgerError, match=message):
        run_checks(altered("checks", "jr-flights-ratio", **cells))


def test_a_moment_that_moved_away_from_its_value_is_refused(altered):
    with pytest.raises(LedgerError, match="moment of sc-cover-kick-off-time"):
        run_checks(altered("claims", "sc-cover-kick-off-time", value_low="14:00", value_high="14:00"))


def test_an_altered_reference_moves_the_verdict_of_its_claim(altered, ledger):
    assert verdicts.outside_verdicts(ledger)["sc-hotlines"] == "contradicted"
    changed = altered("corroboration", "sc-hotlines-1", verdict="corroborated")
    assert verdicts.outside_verdicts(changed)["sc-hotlines"] == "corroborated"


def test_the_plainest_reading_speaks_for_the_claim(ledger):
    inside = verdicts.inside_verdicts(ledger)
    assert inside["sc-cover-total-hours"] == "consistent"
    assert inside["jr-flights-multiple"] == "inconsistent"
    assert inside["jr-applications-received"] == "implausible"
    assert "jr-flights-before" not in inside


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ("sd-first-delivery-reading", "12.3 minutes, stated 12.18 minutes"),
        ("jr-olympic-weekday", "Tuesday, stated Tuesday"),
        ("sc-masks-transit", "10 hours, stated at most 24 hours"),
        ("jr-applications-per-post", "at least 3,333 applications each, plausible up to 200 applications"),
        ("sc-hotline-calls", "37.5 calls each, plausible from 120 calls"),
        ("sd-peak-final-count", "at least 34.6 times, plausible 20 to 40 times"),
        ("sc-sign-ups-counts", "in order"),
        ("ct-traffic", "nothing can be computed"),
        ("sc-lifetime", "19.6 % (19 to 20.2) of the whole"),
        ("sc-look-back", "17 years, within 20 years"),
        ("sc-stages-scale-profit", "1 year shared"),
        ("sd-cainiao-year", "2013, stated 2013"),
        ("sc-sign-ups-rate-first", "10,000 persons per hour (6,670 to 20,000)"),
    ],
)
def test_results_are_said_in_words(ledger, checked, check, words):
    assert what_comes_out(checked[check], ledger) == words


def test_the_table_of_a_text_and_of_all(ledger, checked):
    for source in [*SOURCES, None]:
        markup = audit_table(source).markup
        assert "../reference/ledger.md#" in markup
        assert (">What comes out</th>" in markup.split("<details")[0]) == (source not in ("crunch-time", None))
        assert "nan" not in markup.casefold().replace("financ", "")
    shown, *folded = markup.split("<details")
    rows = sum(fold.count('<tr role="row">') - 1 for fold in folded)
    assert rows == len(checked) + len(ledger.tables["corroboration"])
    assert set(re.findall(r">(\w+)</span>", shown)) == {"implausible", "contradicted", "inconsistent"}
    assert shown.count("<tr ") - 1 == len({r["claimReviewed"] for r in claim_reviews(ledger)["@graph"]})
    counts = [re.search(r"<summary>(\w+).*: (\d+)<", fold) for fold in folded]
    assert [count[1] for count in counts] == ["Against", "A", "Consistent", "Held", "Not"]
    assert sum(int(count[2]) for count in counts) == rows


def test_results_carry_a_checksum_over_the_canonical_json(ledger):
    found = results.results(ledger)
    digest = found.pop("sha256")
    text = json.dumps(found, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == digest
    assert set(found["claims"]) == set(ledger.claims)
    assert found["checks"]["jr-flights-ratio"]["computed"]["value"] == pytest.approx(4.84615385)
    assert found["checks"]["sd-days-at-present"]["computed"]["high"] is None
    for part in ("claims", "checks"):
        for key, entry in found[part].items():
            assert entry["inside"] in ("", *verdicts.INSIDE), key
            assert entry["outside"].removesuffix(" (company's own word)") in ("", *verdicts.OUTSIDE), key
            assert "verdict" not in entry, key
    flights = found["claims"]["jr-flights-multiple"]
    assert (flights["inside"], flights["outside"]) == ("inconsistent", "corroborated (company's own word)")
    assert flights["rests_on"] == ["jr-flights-ratio", "jr-flights-multiple-1"]
    assert found["checks"]["sd-handled"]["outside"] == "differs"
    assert results.results(ledger)["sha256"] == digest


def test_diff_says_what_moved(ledger, altered):
    old = results.results(ledger)
    assert results.diff(old, results.results(ledger)) == []
    moved = altered("claims", "jr-flights-planned", value_low="1040", value_high="1040", as_written="to 1,040")
    lines = results.diff(old, results.results(moved))
    assert "claim jr-flights-planned, value: 1260 → 1040" in lines
    assert "check jr-flights-ratio, computed: 4.84615 times → 4 times" in lines
    assert "check jr-flights-ratio, inside: inconsistent → consistent" in lines
    assert "claim jr-flights-multiple, inside: inconsistent → consistent" in lines
    assert not any("outside" in line for line in lines)
    now = results.results(altered("corroboration", "sc-hotlines-1", verdict="unreferenced"))
    lines = results.diff(results.results(moved), now)
    assert "claim sc-hotlines, outside: contradicted → unreferenced" in lines
    assert not any("inside" in line for line in lines)

    old, new = {"claims": {"a": {}}, "checks": {}}, {"claims": {"b": {}}, "checks": {}}
    assert results.diff(old, new) == ["claim a: gone", "claim b: new"]


def test_corrections_change_what_charts_use(ledger, altered):
    assert corrected(ledger, "sd-first-delivery-time") == 12.3
    assert corrected(ledger, "sc-hotlines") is None
    assert corrected(ledger, "jr-flights-multiple") == 4
    assert corrected(ledger, "jr-flights-before") == 260
    assert correction_note(ledger, "jr-flights-multiple").startswith("The flights stated")
    assert correction_note(ledger, "jr-flights-before") == ""
    scaled = altered("corrections", "jr-applications-received", action="scale", value="0.01")
    assert corrected(scaled, "jr-applications-received") == 1_000_000


def test_a_correction_fails_when_the_ledger_changes_under_it(altered, ledger):
    assert corrected(ledger, "mm-wenqi-name") is None
    with pytest.raises(LedgerError, match="expected mm-wenqi-name to be Taobao Wenqi, found Taobao Wenwen"):
        apply_corrections(altered("claims", "mm-wenqi-name", as_written="Taobao Wenwen"))
    changed = altered("claims", "sd-first-delivery-time", value_low="12.30", value_high="12.30")
    with pytest.raises(LedgerError, match=r"expected sd-first-delivery-time to be 12\.18, found 12\.3"):
        apply_corrections(changed)


@pytest.mark.parametrize("cells", [{"action": "override"}, {"value": "4"}])
def test_a_correction_has_a_value_when_and_only_when_it_needs_one(altered, cells):
    with pytest.raises(LedgerError, match="a value for override and scale only"):
        apply_corrections(altered("corrections", "jr-flights-multiple", **cells))
