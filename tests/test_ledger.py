import pytest
from seeding import replace

from casebook.descriptor import LedgerError
from casebook.ledger import Ledger, reference_page


def test_a_claim_by_its_id(ledger):
    claim = ledger["sd-parcels-on-the-day"]
    assert (claim.source, claim.line, claim.value, claim.unit) == ("singles-day", 23, 777_000_000, "piece")


def test_an_unknown_claim_is_named(ledger):
    with pytest.raises(LedgerError, match="no-such-claim"):
        ledger["no-such-claim"]


def test_a_range_and_a_vague_amount_have_no_single_value(ledger):
    with pytest.raises(LedgerError, match=r"sc-sme-loans is a range, 50000000000 to 100000000000"):
        _ = ledger["sc-sme-loans"].value
    with pytest.raises(LedgerError, match="ct-traffic-multiple is vague"):
        _ = ledger["ct-traffic-multiple"].value


def test_values_convert_between_units_of_a_dimension(ledger):
    assert ledger.value("sc-sign-ups-third-mark", "hour") == 72
    assert ledger.value("sc-first-load-transit", "day") == 1
    with pytest.raises(LedgerError, match="expected a unit that piece converts to"):
        ledger.value("sd-parcels-on-the-day", "hour")


def test_tables_are_frames_with_numbers(ledger):
    series = ledger.series("singles-day-parcels")
    assert series["value"].dtype == float
    assert set(series["as_of"]) >= {"2016", "2017"}
    with pytest.raises(LedgerError, match="no-such-series"):
        ledger.series("no-such-series")
    with pytest.raises(LedgerError, match="no-such-table"):
        ledger.table("no-such-table")


def test_a_changed_value_is_seen(data_copy):
    replace(data_copy / "claims.csv", "777000000,777000000", "787000000,787000000")
    assert Ledger(data_copy).value("sd-parcels-on-the-day") == 787_000_000


def test_the_way_to_the_reference_pages(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert reference_page("ledger") == "../reference/ledger.md"
    (tmp_path / "reference").mkdir()
    assert reference_page("ledger") == "reference/ledger.md"


def test_sources_say_who_speaks(ledger):
    for row in ledger.tables["sources"]:
        assert row["interest"]
        assert row["publisher"]
