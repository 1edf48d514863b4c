import json

import nbformat
import pytest
from seeding import replace

from casebook import execution
from casebook.execution import NotebookError, execute, execute_all, library_digest, read_notebook, write_notebook


def notebook(*cells):
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source, id=f"cell-{k}") for k, source in enumerate(cells)]
    )


@pytest.fixture
def project(tmp_path):
    """Give the few files a digest is made of."""
    for name, text in {
        "src/casebook/shop.py": "PRICE = 10\n",
        "data/t.csv": "x\n1\n",
        "requirements.lock": "p==1\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [("src/casebook/shop.py", "10", "11"), ("data/t.csv", "1", "2"), ("requirements.lock", "p==1", "p==2")],
)
def test_a_change_anywhere_makes_outputs_stale(project, file, old, new):
    before = library_digest(project)
    assert library_digest(project) == before
    replace(project / file, old, new)
    assert library_digest(project) != before


def test_a_notebook_that_raises_is_named_with_its_cell(tmp_path):
    with pytest.raises(NotebookError, match=r"shop.ipynb, cell 2: ZeroDivisionError: division by zero"):
        execute(notebook("x = 1", "x / 0"), "shop.ipynb", tmp_path)


def test_a_notebook_that_warns_is_named_with_its_cell(tmp_path):
    with pytest.raises(NotebookError, match=r"shop.ipynb, cell 1: expected no warning, found: .*mind"):
        execute(notebook("import warnings; warnings.warn('mind')"), "shop.ipynb", tmp_path)


def test_fresh_outputs_are_kept_and_used_again(tmp_path, monkeypatch):
    path = tmp_path / "a.ipynb"
    write_notebook(notebook("6 * 7"), path)
    first = execute_all([path], tmp_path, tmp_path / "cache", tell=lambda line: None)[path]
    assert first.cells[0].outputs[0].data["text/plain"] == "42"
    monkeypatch.setattr(execution, "execute", lambda *_: pytest.fail("executed again"))
    assert execute_all([path], tmp_path, tmp_path / "cache")[path] == first


def test_every_failing_notebook_is_named(tmp_path):
    for name in ("a", "b"):
        write_notebook(notebook("undefined"), tmp_path / f"{name}.ipynb")
    with pytest.raises(NotebookError) as caught:
        execute_all(sorted(tmp_path.glob("*.ipynb")), tmp_path, tmp_path / "cache")
    assert len(str(caught.value).splitlines()) == 2


def test_a_file_that_is_no_notebook(tmp_path):
    (tmp_path / "a.ipynb").write_text("<<<<<<< ours", encoding="utf-8")
    with pytest.raises(NotebookError, match="expected a notebook"):
        read_notebook(tmp_path / "a.ipynb")


def test_stored_notebooks_carry_nothing_that_changes(tmp_path):
    book = notebook("1")
    book.metadata["language_info"] = {"name": "python", "version": "3.11.7"}
    book.cells[0].metadata["execution"] = {"iopub.status.busy": "2026-01-01"}
    write_notebook(book, tmp_path / "a.ipynb")
    stored = json.loads((tmp_path / "a.ipynb").read_text(encoding="utf-8"))
    assert stored["metadata"] == execution.KERNEL
    assert stored["cells"][0]["metadata"] == {}
