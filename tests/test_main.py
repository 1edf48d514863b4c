"""The commands as a person types them: what they print, and one line where something is wrong."""

import json
import subprocess
import sys

import pytest
from seeding import ROOT

from casebook.__main__ import main


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    file = tmp_path_factory.mktemp("results") / "results.json"
    assert main(["results", str(file)]) == 0
    return file


def test_results_hold_every_claim_and_check(written, ledger, capsys):
    found = json.loads(written.read_text(encoding="utf-8"))
    assert set(found["claims"]) == set(ledger.claims)
    assert set(found["checks"]) == {row["id"] for row in ledger.tables["checks"]}


def test_no_difference_between_a_file_and_itself(written, capsys):
    assert main(["diff", str(written), str(written)]) == 0
    assert capsys.readouterr().out == "0 differences\n"


def test_diff_names_the_number_that_moved(written, tmp_path, capsys):
    changed = json.loads(written.read_text(encoding="utf-8"))
    changed["claims"]["sd-parcels-on-the-day"]["high"] = 812000000
    other = tmp_path / "other.json"
    other.write_text(json.dumps(changed), encoding="utf-8")
    assert main(["diff", str(written), str(other)]) == 1
    out = capsys.readouterr().out
    assert "sd-parcels-on-the-day" in out
    assert "812000000" in out.replace(",", "")
    assert out.endswith("1 difference\n")


@pytest.mark.parametrize("text", ["", "[]", '{"claims": []}', "\xff"])
def test_a_file_that_holds_no_results_is_refused_in_one_line(written, tmp_path, capsys, text):
    bad = tmp_path / "bad.json"
    bad.write_text(text, encoding="latin-1")
    assert main(["diff", str(written), str(bad)]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_missing_folder_of_texts_is_one_line(tmp_path, capsys):
    assert main(["sources", str(tmp_path / "nowhere")]) == 1
    assert capsys.readouterr().err.count("\n") <= 1


@pytest.mark.parametrize("arguments", [[], ["bench", "nothing"], ["fly"], ["diff", "one.json"]])
def test_a_wrong_command_says_what_is_expected(arguments):
    run = subprocess.run(
        [sys.executable, "-m", "casebook", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    assert "usage:" in run.stderr
