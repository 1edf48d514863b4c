import pandas as pd
import pytest
from bs4 import BeautifulSoup

from casebook.ledger.descriptor import LedgerError
from casebook.pages import tables


def parsed(table):
    return BeautifulSoup(table._repr_html_(), "html.parser")


def test_headers_have_scope_the_table_a_caption_and_numbers_their_words():
    soup = parsed(tables.show(pd.DataFrame({"Name": ["a"], "Size": [2.0]}), "Sizes"))
    assert [th["scope"] for th in soup.find_all("th")] == ["col", "col", "row"]
    assert soup.caption.text == "Sizes"
    box = soup.find(class_="table-box")
    assert (box["role"], box["aria-label"], box["tabindex"]) == ("region", "Sizes", "0")
    soup = parsed(tables.show(pd.DataFrame({"k": ["a", "b"], "n": [1234567.0, 0.034567], "m": [12000, None]}), "N"))
    assert [td.text for td in soup.find_all("td")] == ["1.23 million", "12,000", "0.0346", ""]


def test_markup_in_a_cell_is_text_and_claims_lead_to_the_ledger(ledger):
    frame = pd.DataFrame({"<b>x</b>": ["<script>alert(1)</script>"], "y": ['" onclick="z']})
    soup = parsed(tables.show(frame, "<i>caption</i>"))
    assert soup.find(["script", "b", "i"]) is None
    assert soup.tbody.th.text == "<script>alert(1)</script>"
    links = [tables.claim_link(key) for key in ("sd-parcels-on-the-day", "sd-daily-volume-present")]
    found = parsed(tables.show(pd.DataFrame({"claim": links, "n": [1, 2]}), "Two claims")).tbody.find_all("a")
    assert {a.text: a["href"] for a in found} == {
        "777 million pieces": "../reference/ledger.md#sd-parcels-on-the-day",
        "up to 25 million": "../reference/ledger.md#sd-daily-volume-present",
    }


def test_a_long_list_of_assumptions_is_folded_and_a_short_one_is_one_table(ledger):
    shown = parsed(tables.assumptions("crunch-time/rationing", ["ct-traffic-multiple"]))
    assert shown.find("details").find("table") is not None
    assert "several times" in shown.find("table").text
    assert "400 households, assumed" in shown.text

    short = tables.assumptions("sars-to-covid/sign-ups", ["sc-sign-ups-first-count"], ["cover-benefit-on-death"])
    assert parsed(short).find("details") is None
    assert [th.text for th in parsed(short).thead.find_all("th")] == ["What", "Value, and whose", "Basis"]


def test_moments_are_words_and_numbers_stand_right_wherever_they_stand():
    when = pd.to_datetime(["2020-01-20T00:00", "2020-01-25T19:00", None])
    shown = parsed(tables.show(pd.DataFrame({"hour": [1, 2, 3], "day": when}), "A table"))
    assert [td.text for td in shown.find_all("td")] == ["20 January 2020", "25 January 2020, 19:00", ""]
    assert all(th["class"] == ["num"] for th in shown.tbody.find_all("th"))
    assert [tables.iso(each) for each in when[:2]] == ["2020-01-20", "2020-01-25T19:00"]


def test_digits_that_differ_from_the_publication_stop_the_page():
    right = {"vcr-market": 67980.9, "vcr-innovation": 0.00659397, "vcr-imitation": 0.638091}
    assert (
        '<td class="num">67980.9</td><td class="num">67980.9 ✓</td>'
        in tables.checked("sars-to-covid/sign-ups", right).markup
    )
    with pytest.raises(LedgerError, match=r"verification.csv, row 2, field published: expected 67980.9, computed 67"):
        tables.checked("sars-to-covid/sign-ups", right | {"vcr-market": 67990})
    with pytest.raises(ValueError, match="columns: expected a name for each"):
        tables.show(pd.DataFrame({"": ["a"], "b": [1]}), "A table")
