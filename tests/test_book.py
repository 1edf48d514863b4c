"""What holds for every notebook and page of the book."""

import ast
import json
import re
import statistics
import subprocess

import pytest
import yaml
from seeding import ROOT, cells, pages, python, replace

from casebook.ledger import open_ledger
from casebook.pages.reference import GENERATED
from casebook.publish.build import notebooks

NOTEBOOKS = [pytest.param(path, id=path.relative_to(ROOT / "book").as_posix()) for path in notebooks()]
KINDS = {"text/html", "text/markdown", "text/plain"}
HIDDEN = {"hide-input", "hide-cell", "remove-input", "remove-cell"}


def lines(cell):
    return [line for line in "".join(cell["source"]).splitlines() if line.strip()]


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_outputs_are_stored_in_order_by_python(path):
    assert json.loads(path.read_text(encoding="utf-8"))["metadata"]["kernelspec"]["name"] == "python3"
    counts = [cell["execution_count"] for cell in cells(path)]
    assert counts == list(range(1, len(counts) + 1))
    assert sum(bool(cell["outputs"]) for cell in cells(path)) >= 3


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_outputs_hold_no_noise_and_no_picture_escapes_comparison(path):
    for cell in cells(path):
        text = json.dumps(cell["outputs"])
        assert not re.search(r"0x[0-9a-f]{6,}|ipykernel_\d|/home/|/root/|Traceback|Warning:", text)
        assert {output["output_type"] for output in cell["outputs"]} <= {"execute_result", "display_data"}
        assert {kind for output in cell["outputs"] for kind in output["data"]} <= KINDS


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_cells_are_short(path):
    shown = [cell for cell in cells(path) if not HIDDEN & set(cell["metadata"].get("tags", []))]
    assert all(len(lines(cell)) <= 15 for cell in shown)
    trees = [ast.parse("".join(cell["source"])) for cell in cells(path)]
    assert all(sum(isinstance(node, ast.stmt) for node in ast.walk(tree)) <= 28 for tree in trees)
    assert statistics.median([len(lines(cell)) for cell in shown[1:]] or [0]) <= 8
    assert all(len(line) <= (100 if cell in shown else 120) for cell in cells(path) for line in lines(cell))


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_no_page_shows_a_mistake_of_its_own(path):
    assert 'class=\\"mistake' not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_imports_come_first(path):
    first, *rest = cells(path)
    assert any(re.match(r"(import|from) ", line) for line in lines(first))
    assert not any(re.match(r"(import|from) ", line) for cell in rest for line in lines(cell))


PLAIN = ast.Constant | ast.Name | ast.List | ast.Tuple | ast.Dict | ast.UnaryOp | ast.unaryop | ast.expr_context


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_a_mistake_in_your_own_numbers_has_nothing_to_raise_before_it_is_caught(path):
    for source in ("".join(cell["source"]) for cell in cells(path)):
        if "yours(" in source:
            *before, last = ast.parse(source).body
            assert isinstance(last, ast.Expr) and ast.unparse(last).startswith("yours(lambda: ")
            for node in before:
                assert isinstance(node, ast.Assign)
                called = isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "dict"
                values = [word.value for word in node.value.keywords] if called else [node.value]
                assert all(isinstance(part, PLAIN) for value in values for part in ast.walk(value)), ast.unparse(node)


@pytest.mark.parametrize("name", GENERATED)
def test_generated_pages_are_stored_as_generated(name):
    assert (ROOT / "book" / name).read_text(encoding="utf-8") == GENERATED[name](open_ledger()), "run `make refresh`"


def test_every_page_is_in_the_contents_and_every_system_has_its_chapter(ledger):
    listed = set(re.findall(r"(?:file|root): (\S+)", (ROOT / "_toc.yml").read_text(encoding="utf-8")))
    assert set(pages()) == listed
    yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    for row in ledger.tables["systems"]:
        assert (ROOT / "book" / f"{row['chapter']}.ipynb").is_file(), row["id"]
        assert row["state"] != "row" or row["left_out"], row["id"]


def run_nbval(path):
    return python(
        "pytest", "--nbval", "--nbval-current-env", "-q", "-p", "no:cacheprovider", str(path), cwd=path.parent
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [("pieces</a>", "pieces!</a>"), (' d=\\"m', ' d=\\"m1'), ("per cent above", "per cent below")],
    ids=["changed output", "changed plotted value", "changed sentence"],
)
def test_nbval_sees_a_changed_output(tmp_path, old, new):
    copy = tmp_path / "account.ipynb"
    copy.write_bytes((ROOT / "book" / "singles-day" / "account.ipynb").read_bytes())
    replace(copy, old, new)
    result = run_nbval(copy)
    assert result.returncode == 1
    assert "Cell outputs differ" in result.stdout


@pytest.mark.parametrize("path", ["book/singles-day/account.ipynb", "tests/template/chapter.ipynb"])
def test_nbval_accepts_the_stored_output_and_the_template_of_a_chapter(path):
    result = run_nbval(ROOT / path)
    assert result.returncode == 0, result.stdout[-2000:]


def test_nothing_names_this_machine_or_a_registry():
    if not (ROOT / ".git").exists():
        pytest.skip("NO GIT HERE: the files were not searched for names of machines")
    forbidden = r"/work/main|/home/\w|/root/|pypi\.org|pythonhosted|registry\.npmjs|deb\.debian"
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    for name in subprocess.run(command, cwd=ROOT, stdout=-1, text=True, check=True).stdout.splitlines():
        path = ROOT / name
        if path.suffix in (".png", ".ico") or not path.is_file() or path.name == "test_book.py":
            continue
        assert not re.search(forbidden, path.read_text(encoding="utf-8")), name


def test_values_are_shown_as_numbers():
    for path in sorted((ROOT / "book").rglob("*.ipynb")):
        shown = [str(output.get("data")) for cell in cells(path) for output in cell["outputs"]]
        assert not any("np.float64(" in text or "np.int64(" in text for text in shown), path
