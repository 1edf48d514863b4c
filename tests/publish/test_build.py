"""The gates of the build, each seen red on a seeded fault in a small copy of the book."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import pytest
from seeding import ROOT, python, replace

from casebook.ledger.descriptor import LedgerError
from casebook.pages import library
from casebook.publish.build import BuildError, _stage, build, mirror, notebooks, prose_faults
from casebook.publish.execution import NotebookError, write_notebook
from casebook.publish.site_check import check_site

SLOW = ("library.md",)  # pages made of docstrings, which no fault here touches

CHART = """import pandas as pd
from casebook.pages import charts

data = pd.DataFrame({"x": [1.0, 2.0], "y": [2.0, 3.0]})
charts.show(lambda ax, d: ax.plot(d["x"], d["y"]), data, name="line", title="It rises", subtitle="y by x",
            alt=("Line chart", "y by x", "y rises"), source=[])"""


@pytest.fixture
def book(tmp_path):
    """Give a book of a page, a notebook and the generated pages, with the tables and the library of the real one."""
    shutil.copy(ROOT / "_config.yml", tmp_path)
    shutil.copytree(ROOT / "data", tmp_path / "data")
    pages = tmp_path / "book"
    (pages / "part").mkdir(parents=True)
    shutil.copytree(ROOT / "book" / "reference", pages / "reference", ignore=shutil.ignore_patterns("*.ipynb", *SLOW))
    (pages / "index.md").write_text("# A book\n\nIt has a [chapter](part/chapter.ipynb).\n", encoding="utf-8")
    words = "# A chapter\n\nSo [777 million](../reference/ledger.md#sd-parcels-on-the-day)."
    cells = [nbformat.v4.new_markdown_cell(words, id="a"), nbformat.v4.new_code_cell(CHART, id="b")]
    write_notebook(nbformat.v4.new_notebook(cells=cells), pages / "part" / "chapter.ipynb")
    names = ["part/chapter", *(f"reference/{p.stem}" for p in sorted((pages / "reference").glob("*.md")))]
    chapters = "".join(f"  - file: book/{name}\n" for name in names)
    (tmp_path / "_toc.yml").write_text(f"format: jb-book\nroot: book/index\nchapters:\n{chapters}", encoding="utf-8")
    return tmp_path


def chapter(book):
    return (book / "_build" / "html" / "book" / "part" / "chapter.html").read_text(encoding="utf-8")


def test_the_small_book_builds_and_builds_again(book, capsys, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    first = build(book)
    assert "© 2026" in chapter(book)
    assert first.is_file()
    assert "It rises" in chapter(book)
    build(book)
    assert "executed (" not in capsys.readouterr().out.split("Done in", 1)[1]


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("So [777", "So 12 [777", BuildError, "expected “12” to be a link to the ledger"),
        ("[777 million]", "[770 million]", BuildError, "“770 million” differs from sd-parcels-on-the-day"),
        ("data = pd", "1 / 0\\ndata = pd", NotebookError, "book/part/chapter.ipynb, cell 2: ZeroDivisionError"),
        ("#sd-parcels-on-the-day", "#sd-nothing", BuildError, "expected a claim with the id “sd-nothing”"),
        ("So [777", "[there](nowhere.md) [777", BuildError, "Sphinx found the faults"),
        ('\\"y rises\\"', '\\"\\"', NotebookError, "expected a finding"),
    ],
    ids=["loose number", "link text", "failing notebook", "unknown claim", "broken link", "missing alt text"],
)
def test_a_seeded_fault_stops_the_build(book, old, new, error, message):
    replace(book / "book" / "part" / "chapter.ipynb", old, new)
    with pytest.raises(error, match=message):
        build(book)
    assert not (book / "_build" / "html").exists()


def test_a_bad_table_stops_the_build(book):
    replace(book / "data" / "claims.csv", ",fact,", ",truth,")
    with pytest.raises(ValueError, match=r"claims.csv, row \d+, field kind: expected one of"):
        build(book)


def test_a_failed_build_leaves_the_last_good_site(book):
    build(book)
    before = chapter(book)
    replace(book / "book" / "part" / "chapter.ipynb", "data = pd", "1 / 0\\ndata = pd")
    with pytest.raises(NotebookError):
        build(book)
    assert chapter(book) == before
    replace(book / "book" / "part" / "chapter.ipynb", "1 / 0\\ndata = pd", "data = pd")
    build(book)


def started(book):
    script = f"from pathlib import Path; from casebook.publish.build import build; build(Path({str(book)!r}))"
    return subprocess.Popen([sys.executable, "-c", script], start_new_session=True, stdout=subprocess.DEVNULL)


def test_a_changed_title_reaches_the_pages_that_name_it(book):
    assert started(book).wait() == 0  # in a process of its own: in the same one Sphinx would write all pages anyway
    replace(book / "book" / "part" / "chapter.ipynb", "# A chapter", "# Another name")
    assert started(book).wait() == 0
    assert "Another name" in (book / "_build" / "html" / "book" / "reference" / "glossary.html").read_text("utf-8")


def test_a_killed_build_does_not_trip_the_next(book):
    for seconds in (2.0, 4.0):
        process = started(book)
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    build(book)
    assert check_site(book / "_build" / "html") == []


def test_two_builds_at_once_do_not_corrupt_each_other(book):
    faults = []

    def run():
        try:
            build(book)
        except Exception as error:
            faults.append(error)

    other = started(book)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert other.wait() == 0
    assert faults == []
    assert check_site(book / "_build" / "html") == []


TELLING = """from casebook.ledger import open_ledger
from casebook.models.tried import RATE
from casebook.pages.prose import say

ledger = open_ledger()
say(f"Requests {ledger.value('sd-chatbot-requests'):,.0f}, rate {RATE}.")"""


def test_a_changed_value_or_constant_shows_on_the_next_page(book):
    library = shutil.copytree(ROOT / "src", book / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("requirements.lock", "CHANGELOG.md", "CITATION.cff"):
        shutil.copy(ROOT / name, book)
    path = book / "book" / "part" / "chapter.ipynb"
    replace(path, "[777 million](../reference/ledger.md#sd-parcels-on-the-day)", "it is")
    rate = library / "casebook" / "models" / "tried.py"
    rate.write_text('"""A model."""\n\nRATE = 3.5\n', encoding="utf-8")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source = TELLING
    write_notebook(notebook, path)

    def built():
        run = python("casebook", "build", cwd=book, PYTHONPATH=str(library))
        assert run.returncode == 0, run.stderr
        return chapter(book)

    assert "Requests 1,000,000, rate 3.5." in built()
    replace(rate, "3.5", "4.5")
    assert "Requests 1,000,000, rate 4.5." in built()
    replace(book / "data" / "claims.csv", "1000000,1000000,request,>,,over", "1100000,1100000,request,>,,over")
    assert "Requests 1,100,000, rate 4.5." in built()


def test_mirror_makes_folders_equal(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, files in ((one, {"a": "1", "sub/b": "2"}), (two, {"a": "0", "old/c": "3"})):
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
    mirror(one, two)
    made = {p.relative_to(two).as_posix(): p.read_text() for p in two.rglob("*") if p.is_file()}
    assert made == {"a": "1", "sub/b": "2"}
    assert not (two / "old").exists()


PAGE = '<html><head><title>t</title></head><body><h1 id="top">t</h1>{}</body></html>'


@pytest.mark.parametrize(
    ("markup", "message"),
    [
        ('<a href="gone.html">x</a>', "expected a page behind the link “gone.html”"),
        ('<a href="#gone">x</a>', "expected “#gone” on page.html"),
        ('<a href="../outside.html">x</a>', "expected a page behind the link"),
        ('<a href="http:///x">x</a>', "expected a well-formed address"),
        ('<a href="javascript:alert(1)">x</a>', "expected a web address"),
        ('<img src="a.png">', "expected an alternative text"),
        ('<figure class="chart" id="f"><svg role="img" aria-label=" "></svg></figure>', "text for the chart f"),
        ('<script src="https://cdn.example/x.js"></script>', "expected nothing from other hosts"),
        ("<script>alert(1)</script>", "expected no script inside a page"),
        ('<p id="top">x</p>', "expected the id “top” once"),
        ("<h1>again</h1>", "expected one heading of the first level, found 2"),
        ("<h3>deep</h3>", "expected a heading of level 2, found level 3"),
    ],
)
def test_a_broken_page_is_red(tmp_path: Path, markup, message):
    (tmp_path / "page.html").write_text(PAGE.format('<a href="#top">x</a>'), encoding="utf-8")
    assert check_site(tmp_path) == []
    (tmp_path / "page.html").write_text(PAGE.format(markup), encoding="utf-8")
    assert any(message in fault for fault in check_site(tmp_path))


def test_what_tools_leave_behind_is_not_read(book):
    litter = "data/.ipynb_checkpoints/claims-checkpoint.csv", "data/.~lock.claims.csv#", "book/Untitled.ipynb"
    for name in (*litter, "book/part/.#x.md", "book/notes.md"):
        (book / name).parent.mkdir(exist_ok=True)
        (book / name).write_text("{ not a notebook, 12 not a table, é", encoding="latin-1")
    assert [path.name for path in notebooks(book)] == ["chapter.ipynb"]
    assert prose_faults(book) == []
    _stage(book, book / "stage")
    assert not {path.name for path in (book / "stage").rglob("*")} & {"notes.md", "Untitled.ipynb", ".#x.md"}


def test_what_tools_leave_in_the_library_is_not_read_and_a_slip_in_it_is_named(tmp_path, monkeypatch):
    package = shutil.copytree(library.PACKAGE, tmp_path / "casebook", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(library, "PACKAGE", package)
    before = library.library_page(None)
    (package / "ledger" / ".#words.py").symlink_to("nobody@nowhere")
    (package / "methods" / "queues-Copy1.py").write_text("(", encoding="utf-8")
    assert library.library_page(None) == before
    (package / "methods" / "queues.py").write_text("(", encoding="utf-8")
    with pytest.raises(LedgerError, match=r"^casebook/methods/queues\.py: expected Python \(.*\)$"):
        library.library_page(None)


def test_a_notebook_written_as_text_and_a_missing_page_are_told_in_one_line(book):
    page = book / "book" / "index.md"
    page.write_text("---\njupytext:\n  formats: md:myst\n---\n# A book\n", encoding="utf-8")
    with pytest.raises(BuildError, match="found a notebook written as text"):
        notebooks(book)
    page.unlink()
    with pytest.raises(BuildError, match=r"_toc.yml: expected a page book/index.ipynb or book/index.md"):
        notebooks(book)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("root: book/index", 'root: "book/index"', None),
        ("part/chapter", "part/chapter.ipynb", "without an ending, found “book/part/chapter.ipynb”"),
        ("file: book/part", "file: part", "such as book/part/page"),
        ("file: book/part/chapter", "glob: book/part/*", "found “book/part/\\*”"),
        ("part/chapter", "reference/ledger", "file used multiple times: 'book/reference/ledger'"),
        ("root: book/index", "\t", "cannot start any token"),
        ("root: book/index", "root: [", "while parsing"),
        ("root: book/index", "", "'root' key not found"),
        ("chapters", "# é chapters", "unacceptable character"),
    ],
)
def test_contents_are_read_as_yaml_and_refused_in_one_line(book, old, new, said):
    path = book / "_toc.yml"
    path.write_bytes(path.read_text(encoding="utf-8").replace(old, new).encode("latin-1"))
    if said is None:
        assert notebooks(book)
        return
    with pytest.raises(BuildError, match=f"^_toc.yml: expected .*{said}") as caught:
        notebooks(book)
    assert "\n" not in str(caught.value)
