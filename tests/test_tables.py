import pandas as pd
from bs4 import BeautifulSoup

from casebook import tables


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
