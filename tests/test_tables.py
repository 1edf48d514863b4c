import pandas as pd
import pytest
from bs4 import BeautifulSoup

from casebook import tables
from casebook.descriptor import LedgerError


def parsed(table):
    return BeautifulSoup(table._repr_html_(), "html.parser")


def test_headers_have_scope_and_the_table_a_caption():
    soup = parsed(tables.show(pd.DataFrame({"Name": ["a"], "Size": [2.0]}), "Sizes"))
    assert [th["scope"] for th in soup.find_all("th")] == ["col", "col", "row"]
    assert soup.caption.text == "Sizes"
    box = soup.find(class_="table-box")
    assert (box["role"], box["aria-label"], box["tabindex"]) == ("region", "Sizes", "0")


def test_markup_in_a_cell_is_shown_as_text():
    frame = pd.DataFrame({"<b>x</b>": ["<script>alert(1)</script>"], "y": ['" onclick="z']})
    soup = parsed(tables.show(frame, "<i>caption</i>"))
    assert soup.find(["script", "b", "i"]) is None
    assert soup.tbody.th.text == "<script>alert(1)</script>"


def test_numbers_are_written_for_readers():
    soup = parsed(tables.show(pd.DataFrame({"k": ["a", "b"], "n": [1234567.0, 0.034567], "m": [12000, None]}), "N"))
    assert [td.text for td in soup.find_all("td")] == ["1.23 million", "12,000", "0.0346", ""]


def test_claims_lead_to_the_ledger(ledger):
    soup = parsed(tables.claims(["sd-parcels-on-the-day", "sd-daily-volume-present"], "Two claims"))
    links = [a["href"] for a in soup.tbody.find_all("a") if a.text in ("777 million pieces", "up to 25 million")]
    assert "../reference/ledger.md#sd-parcels-on-the-day" in links
    assert "../reference/ledger.md#sd-daily-volume-present" in links


def test_a_bound_is_spoken_once(ledger):
    assert tables.spoken(ledger["sd-daily-volume-present"]) == "up to 25 million"
    assert tables.spoken(ledger["sd-transactions-per-second"]) == "more than 325,000 transactions per second"


def test_a_long_list_of_assumptions_is_folded_and_units_are_plural(ledger):
    shown = parsed(tables.assumptions("crunch-time/rationing", ["ct-traffic-multiple"]))
    assert shown.find("details").find("table") is not None
    assert "several times" in shown.find("table").text
    assert "400 households, assumed" in shown.text


def test_a_short_list_of_assumptions_is_one_table():
    shown = parsed(
        tables.assumptions("sars-to-covid/sign-ups", ["sc-sign-ups-first-count"], ["cover-benefit-on-death"])
    )
    assert shown.find("details") is None
    assert [th.text for th in shown.thead.find_all("th")] == ["What", "Value, and whose", "Basis"]


def test_digits_that_differ_from_the_publication_stop_the_page():
    right = {"vcr-market": 67980.9, "vcr-innovation": 0.00659397, "vcr-imitation": 0.638091}
    assert "67980.9" in tables.checked("sars-to-covid/sign-ups", right).markup
    with pytest.raises(
        LedgerError, match=r"verification.csv, row 2, field published: expected 67980.9, computed 67990"
    ):
        tables.checked("sars-to-covid/sign-ups", right | {"vcr-market": 67990})


def test_a_column_without_a_name_is_refused():
    with pytest.raises(ValueError, match="columns: expected a name for each"):
        tables.show(pd.DataFrame({"": ["a"], "b": [1]}), "A table")
