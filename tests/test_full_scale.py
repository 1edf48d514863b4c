"""Figures of full-scale runs: stored in the place of the old ones, with what made them."""

import csv
import re
import shutil
from types import SimpleNamespace

import pytest
from seeding import ROOT

from bench import full_scale
from bench.full_scale import Figure, store
from casebook.ledger.descriptor import LedgerError, load_tables
from casebook.pages import tables


@pytest.fixture
def folder(tmp_path, monkeypatch):
    data = shutil.copytree(ROOT / "data", tmp_path / "data")
    figures = [Figure("a-time", "time", 12.5, "second")]
    bench = SimpleNamespace(CHAPTER="singles-day/parcels", full_scale=lambda: figures)
    monkeypatch.setattr(full_scale, "import_module", lambda name: bench)
    return data


def rows(folder):
    with (folder / "full_runs.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_run_is_stored_with_its_command_and_machine_and_the_next_takes_its_place(folder):
    before = rows(folder)
    store("tried", folder)
    [added] = [row for row in rows(folder) if row not in before]
    assert (added["value"], added["unit"]) == ("12.5", "second")
    assert added["command"] == "python -m casebook full-scale tried"
    assert re.search(r"\d+ cores", added["machine"])
    load_tables(folder)
    once = rows(folder)
    store("tried", folder)
    assert rows(folder) == once


def test_a_chapter_without_a_run_says_what_writes_it():
    with pytest.raises(LedgerError, match="a full-scale run writes them"):
        tables.full_runs("no/chapter")
