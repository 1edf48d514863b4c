import os
from pathlib import Path

import pytest
from seeding import ROOT, replace

from casebook.__main__ import main
from casebook.ledger import Ledger
from casebook.ledger.descriptor import split
from casebook.ledger.sources import check_sources

TEXTS = Path(os.environ.get("CASEBOOK_TEXTS", ROOT.parent / "shared" / "sources"))
needs_texts = pytest.mark.skipif(
    not TEXTS.is_dir(),
    reason="THE SOURCE TEXTS ARE NOT HERE: the ledger was not held against them (set CASEBOOK_TEXTS)",
)


def faults(small):
    return check_sources(Ledger(small[0]), small[1])


def texts_of(ledger):
    return [(row["id"], (TEXTS / row["file"]).read_text(encoding="utf-8")) for row in ledger.tables["sources"]]


def test_a_true_ledger_is_green_and_a_changed_or_missing_text_red(small):
    assert faults(small) == []
    replace(small[1] / "shop.txt", "3 million", "4 million")
    found = "\n".join(faults(small))
    assert "expected the text with sha256" in found
    assert "row 6, field as_written" in found
    assert "expected “4” in claims.csv or dismissed.csv" in found
    (small[1] / "shop.txt").unlink()
    assert faults(small) == [f"shop.txt: expected this text in {small[1]}"]


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("claims.csv", "1200,1200", "1300,1300", "claims.csv, row 2, field value_low: expected 1200 to 1200"),
        ("claims.csv", "2,baker,hours", "1,baker,hours", "claims.csv, row 5, field as_written: expected on line 1"),
        ("claims.csv", ",12,12,hour,", ",12,12,minute,", "claims.csv, row 5, field unit: expected hour"),
        ("claims.csv", "shop,3,baker", "shop,9,baker", "claims.csv, row 6, field line: expected at most 3"),
        ("claims.csv", "baker,month,3,3", "baker,month,4,4", "claims.csv, row 3, field value_low"),
        ("claims.csv", "twelve hours,fact", "twelve hours,vague", "expected no value, because it is vague, found 12"),
        ("claims.csv", "twelve hours,fact", "twelve hours,proposition", "expected no value, because it is proposition"),
        ("claims.csv", "twelve hours,fact", "twelve hours,proposition", "row 5, field unit: expected “proposition”"),
        ("claims.csv", "person,>,", "person,,", "row 6, field qualifier: expected > from the words before “3 million"),
        ("claims.csv", "hour,,", "hour,<=,", "claims.csv, row 5, field qualifier: expected none from the words before"),
        ("claims.csv", "3000000,3000000,person,>,,3 million people,fact", ",,person,>,,3 million people,vague",
         "row 6, field qualifier: expected none, because it is vague, found >"),
        ("claims.csv", "1200,1200,piece", ",,piece", "expected 1200 from “1,200 loaves”, found none"),
        ("dismissed.csv", "B2", "B3", "expected “B2” in claims.csv or dismissed.csv"),
        ("dismissed.csv", "B2", "B3", "dismissed.csv, field token: expected “B3” on line 3"),
        ("passages.csv", "7 9", "7 8", "passages.csv, row 2, field words: expected 7 9, found 7 8"),
        ("passages.csv", "shop,1,2,,A shop had a busy day.,7 9", "shop,1,1,,A shop.,7",
         "shop.txt, line 2: expected one passage of passages.csv, found none"),
        ("passages.csv", "shop,3,3,,People read about it.,11", "shop,2,3,,People read.,8 11",
         "shop.txt, line 2: expected one passage of passages.csv, found 2"),
        ("passages.csv", "shop,3,3", "shop,3,4", "passages.csv, row 3, field last: expected at most 3, found 4"),
    ],
)  # fmt: skip
def test_a_changed_ledger_is_red(small, file, old, new, expected):
    replace(small[0] / file, old, new)
    assert any(expected in fault for fault in faults(small)), faults(small)


@needs_texts
def test_the_books_ledger_is_true_to_its_texts(capsys):
    assert main(["sources", str(TEXTS)]) == 0
    assert "true to the texts and complete" in capsys.readouterr().out


@needs_texts
def test_a_moment_is_known_as_its_basis_says(ledger):
    texts = {source: text.split("\n") for source, text in texts_of(ledger)}
    told = [(c.source, c.line, c.as_of, c.as_of_basis, c.id) for c in ledger.claims.values() if c.as_of]
    events = [row for row in ledger.tables["events"] if row["line"]]
    told += [(row["source"], int(row["line"]), row["date_low"], row["basis"], row["id"]) for row in events]
    for source, line, moment, basis, key in told:
        if basis == "stated":
            assert moment[:4] in texts[source][line - 1], key
        if source in ("singles-day", "midnight-memo") and basis == "inferred":
            assert key == "mm-page-made"  # from an identifier of the text; the year of all else comes from references


@needs_texts
def test_aliases_stand_in_the_texts(ledger):
    texts = {source: text.casefold() for source, text in texts_of(ledger)}
    for row in ledger.tables["entities"]:
        named = "\n".join(texts[source] for source in split(row["sources"]))
        assert [alias for alias in split(row["aliases"]) if alias.casefold() not in named] == [], row["id"]


def test_the_command_exits_one_without_texts(tmp_path, capsys):
    assert main(["sources", str(tmp_path)]) == 1
    assert "expected this text" in capsys.readouterr().out
