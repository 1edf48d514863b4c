import os
from pathlib import Path

import pytest
from seeding import ROOT, replace

from casebook.__main__ import main
from casebook.ledger import Ledger
from casebook.sources import check_sources

TEXTS = Path(os.environ.get("CASEBOOK_TEXTS", ROOT.parent / "shared" / "sources"))
needs_texts = pytest.mark.skipif(
    not TEXTS.is_dir(),
    reason="THE SOURCE TEXTS ARE NOT HERE: the ledger was not held against them (set CASEBOOK_TEXTS)",
)


def faults(small):
    return check_sources(Ledger(small[0]), small[1])


def test_a_true_and_complete_ledger(small):
    assert faults(small) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("claims.csv", "1200,1200", "1300,1300", "claims.csv, row 2, field value_low: expected 1200 to 1200"),
        (
            "claims.csv",
            "shop,2,baker,hours",
            "shop,1,baker,hours",
            "claims.csv, row 5, field as_written: expected on line 1",
        ),
        ("claims.csv", ",12,12,hour,", ",12,12,minute,", "claims.csv, row 5, field unit: expected hour"),
        ("claims.csv", "shop,3,baker", "shop,9,baker", "claims.csv, row 6, field line: expected at most 3"),
        (
            "claims.csv",
            "month,shop,1,baker,month,3,3",
            "month,shop,1,baker,month,4,4",
            "claims.csv, row 3, field value_low",
        ),
        ("claims.csv", "twelve hours,fact", "twelve hours,vague", "expected no value for a vague amount"),
        ("claims.csv", "1200,1200,piece", ",,piece", "expected 1200 from “1,200 loaves”, found none"),
        ("dismissed.csv", "B2", "B3", "expected “B2” in claims.csv or dismissed.csv"),
        ("dismissed.csv", "B2", "B3", "dismissed.csv, field token: expected “B3” on line 3"),
    ],
)
def test_a_changed_ledger_is_red(small, file, old, new, expected):
    replace(small[0] / file, old, new)
    assert any(expected in fault for fault in faults(small)), faults(small)


def test_a_changed_text_is_red(small):
    replace(small[1] / "shop.txt", "3 million", "4 million")
    found = "\n".join(faults(small))
    assert "expected the text with sha256" in found
    assert "row 6, field as_written" in found
    assert "expected “4” in claims.csv or dismissed.csv" in found


def test_a_missing_text_is_red(small):
    (small[1] / "shop.txt").unlink()
    assert faults(small) == [f"shop.txt: expected this text in {small[1]}"]


@needs_texts
def test_the_books_ledger_is_true_to_its_texts(ledger):
    assert check_sources(ledger, TEXTS) == []


@needs_texts
def test_the_command_exits_zero(capsys):
    assert main(["sources", str(TEXTS)]) == 0
    assert "true to the texts and complete" in capsys.readouterr().out


def test_the_command_exits_one_without_texts(tmp_path, capsys):
    assert main(["sources", str(tmp_path)]) == 1
    assert "expected this text" in capsys.readouterr().out
