import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest
from seeding import ROOT, replace

from casebook.ledger import Ledger
from casebook.pages.prose import check_prose
from casebook.publish import execution
from casebook.publish.depends import modules, state
from casebook.publish.execution import NotebookError, execute, execute_all, library_digest, write_notebook
from casebook.publish.kernels import warm


def notebook(*sources):
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{k}") for k, source in enumerate(sources)]
    return nbformat.v4.new_notebook(cells=cells)


DESCRIPTOR = """{"resources": [{"name": "t", "path": "t.csv", "description": "A table",
    "schema": {"fields": [{"name": "x", "type": "string", "description": "x"}], "primaryKey": "x"}}]}"""


@pytest.fixture
def project(tmp_path):
    """Give the few files a digest is made of."""
    for name, text in {
        "src/casebook/shop.py": "PRICE = 10\n",
        "data/datapackage.json": DESCRIPTOR,
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
    (project / "data" / ".~lock.t.csv#").write_text("somebody edits", encoding="utf-8")
    (project / "src" / "casebook" / ".#shop.py").symlink_to("nobody@nowhere")
    before = library_digest(project)
    assert library_digest(project) == before
    replace(project / file, old, new)
    assert library_digest(project) != before


def test_outputs_hang_on_the_modules_that_imports_lead_to():
    queues = {path.name for path in modules(notebook("from casebook.methods import queues"), ROOT)}
    assert queues == {"__init__.py", "queues.py", "arguments.py"}
    face = {path.stem for path in modules(notebook("from casebook import charts, say"), ROOT)}
    assert {"charts", "drawing", "prose", "descriptor"} <= face
    assert not face & {"parcels", "queues", "build", "diagrams"}


def test_outputs_hang_on_the_claims_and_tables_that_were_read(tmp_path):
    command = (
        "from casebook import ledger; ledger.value('sd-parcels-on-the-day'), ledger.series('cainiao-wuhan-line-calls')"
    )
    with warm([notebook(command)], execution.settled()) as forked:
        _, reads = execute(notebook(command), "shop.ipynb", tmp_path, forked)
    assert reads == [("claims", "sd-parcels-on-the-day"), ("series", "")]
    data = shutil.copytree(ROOT / "data", tmp_path / "data")
    before = state(reads, Ledger(data))
    replace(data / "claims.csv", "1000000,1000000,request,>,,over", "1100000,1100000,request,>,,over")
    assert state(reads, Ledger(data)) == before
    replace(data / "claims.csv", "777000000,777000000", "778000000,778000000")
    assert state(reads, Ledger(data)) != before


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (f"open({str(ROOT / 'README.md')!r}).close()", r"only tables to be read, it opens README\.md"),
        ("open('README.md').close()", r"only tables to be read, it opens README\.md"),
        ("open('book/../README.md').close()", r"only tables to be read, it opens README\.md"),
        ("open('data/claims.csv').close()", r"only tables to be read, it opens data/claims\.csv"),
        ("open('src/casebook/publish/site/theme/page.html').close()", r"it opens src/casebook/publish/site/theme/page"),
        (
            "__import__('importlib').import_module('casebook.models.parcels')",
            r"imported by name, it opens src/casebook/m",
        ),
    ],
)
def test_a_notebook_that_reads_what_its_outputs_do_not_follow_is_named(source, said):
    with warm([notebook(source)], execution.settled()) as forked, pytest.raises(NotebookError, match=said):
        execute(notebook(source), "shop.ipynb", ROOT, forked)


def test_no_home_and_a_long_way_to_temporary_files_do_no_harm(tmp_path, monkeypatch):
    far = tmp_path / "far" / ("a" * 90)
    far.mkdir(parents=True)
    write_notebook(notebook("from casebook.ledger import value\nvalue('sd-chatbot-requests')"), tmp_path / "a.ipynb")
    monkeypatch.setattr(tempfile, "tempdir", str(far))
    monkeypatch.setenv("TMPDIR", str(far))
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    done = execute_all([tmp_path / "a.ipynb"], tmp_path, tmp_path / "cache", tell=lambda _: None)
    assert done[tmp_path / "a.ipynb"].cells[0].outputs[0].data["text/plain"] == "1000000"
    stored = json.loads(next((tmp_path / "cache").glob("*.json")).read_text(encoding="utf-8"))
    assert stored["reads"] == [["claims", "sd-chatbot-requests"]]
    with warm([notebook("1")], execution.settled()) as forked:
        assert forked  # the address of the fork was not too long


def test_ctrl_c_ends_at_once_and_keeps_what_is_done(tmp_path):
    for name, source in {"a": "6 * 7", "b": "import time; time.sleep(200)"}.items():
        write_notebook(notebook(source), tmp_path / f"{name}.ipynb")
    script = (
        "from pathlib import Path; from casebook.publish.execution import execute_all; folder = Path('.').resolve(); "
        "execute_all(sorted(folder.glob('*.ipynb')), folder, folder / 'cache', tell=lambda _: print('done', flush=True))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as run:
        assert run.stdout.readline() == b"done\n"
        run.send_signal(signal.SIGINT)
        try:
            assert run.wait(timeout=60) != 0
        finally:
            run.kill()
    assert len(list((tmp_path / "cache").glob("*.json"))) == 1


def test_every_notebook_that_raises_or_warns_is_named_with_its_cell(tmp_path):
    with pytest.raises(NotebookError, match=r"shop.ipynb, cell 2: ZeroDivisionError: division by zero"):
        execute(notebook("x = 1", "x / 0"), "shop.ipynb", tmp_path)
    with pytest.raises(NotebookError, match=r"shop.ipynb, cell 1: expected no warning, found: .*mind"):
        execute(notebook("import warnings; warnings.warn('mind')"), "shop.ipynb", tmp_path)
    for name in ("a", "b"):
        write_notebook(notebook("undefined"), tmp_path / f"{name}.ipynb")
    with pytest.raises(NotebookError) as caught:
        execute_all(sorted(tmp_path.glob("*.ipynb")), tmp_path, tmp_path / "cache")
    assert len(str(caught.value).splitlines()) == 2


def test_fresh_outputs_are_kept_and_used_again(tmp_path, monkeypatch):
    path = tmp_path / "a.ipynb"
    write_notebook(notebook("6 * 7"), path)
    first = execute_all([path], tmp_path, tmp_path / "cache", tell=lambda line: None)[path]
    assert first.cells[0].outputs[0].data["text/plain"] == "42"
    monkeypatch.setattr(execution, "execute", lambda *_: pytest.fail("executed again"))
    assert execute_all([path], tmp_path, tmp_path / "cache")[path] == first


NO_NOTEBOOKS = [
    b"", b"<<<<<<< ours", b"[]", b"null", b"\xe9", b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
    b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 5}',
    b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "id": "a"}]}',
]  # fmt: skip


@pytest.mark.parametrize("content", NO_NOTEBOOKS)
def test_what_is_no_notebook_is_told_in_one_line(tmp_path, content):
    (tmp_path / "a.ipynb").write_bytes(content)
    with pytest.raises(
        NotebookError, match=r"a.ipynb: expected a notebook( \(.*\)|, found the marks of a merge on line 1)$"
    ) as caught:
        execution.read_notebook(tmp_path / "a.ipynb")
    assert "\n" not in str(caught.value)
    assert len(check_prose(tmp_path, Ledger(ROOT / "data"))) == 1


def test_stored_notebooks_carry_nothing_that_changes(tmp_path):
    book = notebook("1")
    book.metadata["language_info"] = {"name": "python", "version": "3.11.7"}
    book.cells[0].metadata["execution"] = {"iopub.status.busy": "2026-01-01"}
    write_notebook(book, tmp_path / "a.ipynb")
    stored = json.loads((tmp_path / "a.ipynb").read_text(encoding="utf-8"))
    assert stored["metadata"] == execution.KERNEL
    assert stored["cells"][0]["metadata"] == {}


@pytest.mark.parametrize(("asked", "given"), [("3", 3), ("auto", None), ("", None)])
def test_workers_are_as_many_as_asked_or_as_may_be_used(monkeypatch, asked, given):
    monkeypatch.setenv("WORKERS", asked)
    monkeypatch.setattr(execution.os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    assert execution.workers() == (given or 8)
    for wrong in ("abc", "-3", "0", "2.5", "²", "1000"):
        monkeypatch.setenv("WORKERS", wrong)
        with pytest.raises(
            NotebookError, match=f"^WORKERS: expected a whole number from 1 to 999, or auto, found “{wrong}”$"
        ):
            execution.workers()


def test_settings_that_lie_about_and_folders_of_others_are_not_read(tmp_path, monkeypatch):
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    asked = notebook("import matplotlib, os\nmatplotlib.rcParams['lines.linewidth'], os.environ['CASEBOOK_DATA']")
    monkeypatch.setenv("CASEBOOK_DATA", os.path.relpath(ROOT / "data"))
    with warm([asked], execution.settled()) as forked:
        cells, _ = execute(asked, "shop.ipynb", tmp_path, forked)
    assert cells[0]["outputs"][0].data["text/plain"] == str((1.5, str(ROOT / "data")))
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    (tmp_path / f"casebook-{os.getuid()}").symlink_to(ROOT)
    execution._own_folder.cache_clear()
    assert execution._own_folder() not in (ROOT, tmp_path / f"casebook-{os.getuid()}")
    execution._own_folder.cache_clear()
