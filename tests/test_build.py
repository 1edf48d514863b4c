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
from seeding import ROOT, replace

from casebook.build import BuildError, build, mirror
from casebook.execution import NotebookError, write_notebook
from casebook.site_check import check_site

SLOW = ("library.md", "methods.md", "models.md")  # pages made of docstrings, which no fault here touches

CHART = """import pandas as pd
from casebook import charts

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
    cells = [
        nbformat.v4.new_markdown_cell(
            "# A chapter\n\nSo [777 million](../reference/ledger.md#sd-parcels-on-the-day).", id="a"
        ),
        nbformat.v4.new_code_cell(CHART, id="b"),
    ]
    write_notebook(nbformat.v4.new_notebook(cells=cells), pages / "part" / "chapter.ipynb")
    names = ["part/chapter", *(f"reference/{p.stem}" for p in sorted((pages / "reference").glob("*.md")))]
    chapters = "".join(f"  - file: book/{name}\n" for name in names)
    (tmp_path / "_toc.yml").write_text(f"format: jb-book\nroot: book/index\nchapters:\n{chapters}", encoding="utf-8")
    return tmp_path


def chapter(book):
    return (book / "_build" / "html" / "book" / "part" / "chapter.html").read_text(encoding="utf-8")


def test_the_small_book_builds_and_builds_again(book, capsys):
    first = build(book)
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


def test_a_killed_build_does_not_trip_the_next(book):
    script = f"from pathlib import Path; from casebook.build import build; build(Path({str(book)!r}))"
    for seconds in (2.0, 4.0):
        process = subprocess.Popen([sys.executable, "-c", script], start_new_session=True, stdout=subprocess.DEVNULL)
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

    script = f"from pathlib import Path; from casebook.build import build; build(Path({str(book)!r}))"
    other = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.DEVNULL)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert other.wait() == 0
    assert faults == []
    assert check_site(book / "_build" / "html") == []


TELLING = """from casebook.ledger import open_ledger
from casebook.models.tried import RATE
from casebook.prose import say

ledger = open_ledger()
say(f"Requests {ledger.value('sd-chatbot-requests'):,.0f}, rate {RATE}.")"""


def test_a_changed_value_or_constant_shows_on_the_next_page(book):
    library = shutil.copytree(ROOT / "src", book / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("requirements.lock", "CHANGELOG.md"):
        shutil.copy(ROOT / name, book)
    replace(
        book / "book" / "part" / "chapter.ipynb", "[777 million](../reference/ledger.md#sd-parcels-on-the-day)", "it is"
    )
    rate = library / "casebook" / "models" / "tried.py"
    rate.write_text('"""A model."""\n\nRATE = 3.5\n', encoding="utf-8")
    path = book / "book" / "part" / "chapter.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source = TELLING
    write_notebook(notebook, path)

    def built():
        run = subprocess.run(
            [sys.executable, "-m", "casebook", "build"],
            cwd=book,
            env=os.environ | {"PYTHONPATH": str(library)},
            capture_output=True,
            text=True,
            check=False,
        )
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
    assert {p.relative_to(two).as_posix(): p.read_text() for p in two.rglob("*") if p.is_file()} == {
        "a": "1",
        "sub/b": "2",
    }
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
        (
            '<figure class="chart" id="f"><svg role="img" aria-label=" "></svg></figure>',
            "alternative text for the chart f",
        ),
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
