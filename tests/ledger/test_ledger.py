import re

import pytest
from seeding import replace

from casebook.ledger import Ledger, reference_page
from casebook.ledger.descriptor import LedgerError, split


def test_a_claim_by_its_id_and_its_bound_spoken_once(ledger):
    claim = ledger["sd-parcels-on-the-day"]
    assert (claim.source, claim.line, claim.value, claim.unit) == ("singles-day", 23, 777_000_000, "piece")
    assert ledger["sd-daily-volume-present"].spoken == "up to 25 million"
    assert ledger["sd-transactions-per-second"].spoken == "more than 325,000 transactions per second"
    assert ledger["sd-chatbot-requests"].spoken == "over a million"
    assert ledger["jr-flights-ramp-time"].spoken == "the next nine months"
    assert ledger["jr-livestream-sales-per-brand-usd"].spoken == "more than $14,130,000"


def test_a_proposition_is_a_sentence_and_a_quantity_has_a_subject(ledger):
    assert ledger.says(ledger["sd-chatbot-text-only"]) == "Dian Xiaomi answers in text only"
    assert ledger.says(ledger["sd-cainiao-founded-year"]) == "Cainiao: year founded"
    sentences = [claim.measure for claim in ledger.claims.values() if claim.kind == "proposition"]
    assert len(set(sentences)) == len(sentences) > 50
    assert all(text[0].isupper() or text.startswith("eBay") for text in sentences)
    with pytest.raises(LedgerError, match="sd-chatbot-text-only is vague"):
        _ = ledger["sd-chatbot-text-only"].value


def test_a_value_is_single_and_converts_between_units(ledger):
    with pytest.raises(LedgerError, match=r"sc-sme-loans is a range, 50000000000 to 100000000000"):
        _ = ledger["sc-sme-loans"].value
    with pytest.raises(LedgerError, match="ct-traffic-multiple is vague"):
        _ = ledger["ct-traffic-multiple"].value
    assert ledger.value("sc-sign-ups-third-mark", "hour") == 72
    assert ledger.value("sc-first-load-transit", "day") == 1
    with pytest.raises(LedgerError, match="expected a unit that piece converts to"):
        ledger.value("sd-parcels-on-the-day", "hour")


def test_tables_are_frames_with_numbers(ledger):
    series = ledger.series("singles-day-parcels")
    assert series["value"].dtype == float
    assert set(series["as_of"]) >= {"2016", "2017"}
    with pytest.raises(LedgerError, match="no-such-claim"):
        ledger["no-such-claim"]
    with pytest.raises(LedgerError, match="no-such-series"):
        ledger.series("no-such-series")
    with pytest.raises(LedgerError, match="no-such-table"):
        ledger.table("no-such-table")


def test_texts_name_their_subjects_moments_have_a_basis_and_sources_an_interest(ledger):
    named = {row["id"]: split(row["sources"]) for row in ledger.tables["entities"]}
    for claim in ledger.claims.values():
        assert claim.source in named[claim.subject], claim.id
    for row in ledger.tables["relations"]:
        assert row["source"] in set(named[row["from"]]) & set(named[row["to"]]), row["id"]
    assert all(row["interest"] and row["publisher"] for row in ledger.tables["sources"])
    for claim in ledger.claims.values():
        assert bool(claim.as_of) == bool(claim.as_of_basis), claim.id
        assert claim.source != "crunch-time" or not claim.as_of, claim.id
        idiom = re.search("best|heard|essential|important|preferred", claim.as_written.lower())
        assert not (idiom and claim.kind == "rank"), claim.id
    for row in ledger.tables["events"]:
        assert bool(row["date_low"]) == bool(row["basis"]) == (row["source"] != "crunch-time"), row["id"]


def test_a_changed_value_is_seen(data_copy):
    replace(data_copy / "claims.csv", "777000000,777000000", "787000000,787000000")
    assert Ledger(data_copy).value("sd-parcels-on-the-day") == 787_000_000


def test_the_way_to_the_reference_pages(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert reference_page("ledger") == "../reference/ledger.md"
    (tmp_path / "reference").mkdir()
    assert reference_page("ledger") == "reference/ledger.md"
