"""What holds for every notebook and page of the book."""

import json
import re
import statistics
import subprocess
import sys

import pytest
import yaml
from seeding import ROOT, replace

from casebook.build import notebooks
from casebook.ledger import open_ledger
from casebook.pages import GENERATED

NOTEBOOKS = [pytest.param(path, id=path.relative_to(ROOT / "book").as_posix()) for path in notebooks()]
HIDDEN = {"hide-input", "remove-input", "remove-cell"}


def cells(path, kind="code"):
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def lines(cell):
    return [line for line in "".join(cell["source"]).splitlines() if line.strip()]


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_kernel_is_python3(path):
    assert json.loads(path.read_text(encoding="utf-8"))["metadata"]["kernelspec"]["name"] == "python3"


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_outputs_are_stored_in_order(path):
    counts = [cell["execution_count"] for cell in cells(path)]
    assert counts == list(range(1, len(counts) + 1))
    assert sum(bool(cell["outputs"]) for cell in cells(path)) >= 3


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_outputs_hold_no_noise(path):
    for cell in cells(path):
        text = json.dumps(cell["outputs"])
        assert not re.search(r"0x[0-9a-f]{6,}|ipykernel_\d|/home/|/root/|Traceback|Warning:", text)
        assert all(output["output_type"] in ("execute_result", "display_data") for output in cell["outputs"])


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_no_picture_escapes_comparison(path):
    kinds = {kind for cell in cells(path) for output in cell["outputs"] for kind in output.get("data", {})}
    assert kinds <= {"text/html", "text/markdown", "text/plain"}


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_cells_are_short(path):
    shown = [cell for cell in cells(path) if not HIDDEN & set(cell["metadata"].get("tags", []))]
    assert all(len(lines(cell)) <= 15 for cell in shown)
    assert all(len(lines(cell)) <= 30 for cell in cells(path))
    assert statistics.median([len(lines(cell)) for cell in shown[1:]] or [0]) <= 8
    assert all(len(line) <= 100 for cell in shown for line in lines(cell))


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_imports_come_first(path):
    first, *rest = cells(path)
    assert any(re.match(r"(import|from) ", line) for line in lines(first))
    assert not any(re.match(r"(import|from) ", line) for cell in rest for line in lines(cell))


@pytest.mark.parametrize("name", GENERATED)
def test_generated_pages_are_stored_as_generated(name):
    assert (ROOT / "book" / name).read_text(encoding="utf-8") == GENERATED[name](open_ledger()), "run `make refresh`"


def test_every_page_is_in_the_table_of_contents():
    listed = set(re.findall(r"(?:file|root): (\S+)", (ROOT / "_toc.yml").read_text(encoding="utf-8")))
    pages = {
        p.relative_to(ROOT).with_suffix("").as_posix()
        for p in (ROOT / "book").rglob("*")
        if p.suffix in (".md", ".ipynb")
    }
    assert {page for page in pages if ".ipynb_checkpoints" not in page} == listed
    yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))


def test_systems_point_at_chapters_that_exist_or_are_planned(ledger):
    for row in ledger.tables["systems"]:
        there = any((ROOT / "book" / f"{row['chapter']}.{suffix}").is_file() for suffix in ("ipynb", "md"))
        assert there or row["state"] == "planned", row["id"]


def run_nbval(path):
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "--nbval-current-env",
        "-q",
        "-p",
        "no:cacheprovider",
        str(path),
    ]
    return subprocess.run(command, capture_output=True, text=True, cwd=path.parent, check=False)


@pytest.mark.parametrize(
    ("old", "new"),
    [("pieces</a>", "pieces!</a>"), ("M 3", "M 4"), ("per cent above", "per cent below")],
    ids=["changed output", "changed plotted value", "changed sentence"],
)
def test_nbval_sees_a_changed_output(tmp_path, old, new):
    copy = tmp_path / "account.ipynb"
    copy.write_bytes((ROOT / "book" / "singles-day" / "account.ipynb").read_bytes())
    replace(copy, old, new)
    result = run_nbval(copy)
    assert result.returncode == 1
    assert "Cell outputs differ" in result.stdout


def test_nbval_accepts_the_stored_output():
    result = run_nbval(ROOT / "book" / "singles-day" / "account.ipynb")
    assert result.returncode == 0, result.stdout[-2000:]


def test_nothing_names_this_machine_or_a_registry():
    files = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in files.stdout.splitlines():
        path = ROOT / name
        if path.suffix in (".png", ".ico") or not path.is_file() or path.name == "test_book.py":
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"/work/main|/home/\w|/root/|pypi\.org|pythonhosted|registry\.npmjs|deb\.debian", text), (
            name
        )
