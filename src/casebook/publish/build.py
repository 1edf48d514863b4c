"""Build the book: check the tables and the prose, execute what is stale, let Jupyter Book make the pages.

Everything is prepared in `_build/stage` and only a complete site reaches `_build/html`.
"""

from __future__ import annotations

import contextlib
import fcntl
import filecmp
import gc
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import yaml

from casebook.audit.corrections import apply_corrections
from casebook.ledger import Ledger, open_ledger
from casebook.pages.library import library_page
from casebook.pages.prose import check_prose
from casebook.pages.reference import GENERATED
from casebook.publish.execution import ROOT, execute_all, tables_of, workers, write_if_changed, write_notebook
from casebook.publish.site_check import check_site

STAGED = ("_config.yml", "_toc.yml", "book")


class BuildError(RuntimeError):
    """A book that cannot be built; the message says why, a line a fault."""


def pages(root: Path = ROOT) -> list[Path]:
    """Return the pages that `_toc.yml` names, in the order of their names; whatever else lies in the folder is no page.

    Raises `BuildError` for a page that is not there, or a notebook written as text, which nobody would execute.
    """
    found = []
    for name in _listed(root / "_toc.yml"):
        path = next((p for suffix in (".ipynb", ".md") if (p := root / f"{name}{suffix}").is_file()), None)
        if path is None:
            raise BuildError(f"_toc.yml: expected a page {name}.ipynb or {name}.md, found none")
        head = path.read_bytes().decode("utf-8", "replace") if path.suffix == ".md" else ""
        if re.match(r"---\n.*?^(jupytext|kernelspec):", head, re.M | re.S):
            raise BuildError(f"{name}.md: expected a page of text, found a notebook written as text; save it as .ipynb")
        found.append(path)
    return sorted(found)


def _listed(path: Path) -> list[str]:
    """Return the names of the pages in a table of contents, read as Sphinx will read it."""
    from sphinx_external_toc.parsing import MalformedError, parse_toc_data

    try:
        contents = parse_toc_data(yaml.safe_load(path.read_bytes()))
        names, wild = list(contents), contents.globs()
    except (yaml.YAMLError, MalformedError, AttributeError, TypeError, ValueError) as error:
        raise BuildError(f"{path.name}: expected contents in YAML and UTF-8 ({' '.join(str(error).split())})") from None
    for name in [*names, *wild]:
        plain = re.fullmatch(r"book(/[\w-]+)+", name)
        if name in wild or not plain:
            raise BuildError(f"{path.name}: expected pages such as book/part/page, without an ending, found “{name}”")
    return names


def notebooks(root: Path = ROOT) -> list[Path]:
    """Return the notebooks of the book in the order of their names."""
    return [path for path in pages(root) if path.suffix == ".ipynb"]


def prose_faults(root: Path = ROOT) -> list[str]:
    """Return the numbers in the book's prose that are bound to nothing, one line each."""
    faults = check_prose(root / "book", Ledger(tables_of(root)), frozenset(GENERATED), pages(root))
    return [f"book/{fault}" for fault in faults]


def build(root: Path = ROOT) -> Path:
    """Build the site and return the address of its first page.

    Raises `LedgerError, NotebookError, BuildError`: at the first stage that fails; the last good site stays as it
    was.
    """
    started = time.monotonic()
    with _alone(root / "_build"):
        print("Checking tables and prose")
        apply_corrections(Ledger(tables_of(root)))
        library_page(open_ledger())  # a module that is no Python is told before anything runs
        paths = notebooks(root)

        def check() -> None:
            if faults := prose_faults(root):
                raise BuildError("\n".join(faults))
            print(f"Executing what is stale of {len(paths)} notebooks")

        fresh = execute_all(paths, root, root / "_build" / "executed", meanwhile=check)
        print("Making the pages")
        stage = root / "_build" / "stage"
        _stage(root, stage)
        for path, notebook in fresh.items():
            write_notebook(notebook, stage / path.relative_to(root))
        _sphinx(stage, root / "_build" / "work")
        faults = check_site(root / "_build" / "work" / "html")
        if faults:
            raise BuildError("\n".join(faults))
        site = root / "_build" / "html"
        mirror(root / "_build" / "work" / "html", site)
    first = site / "index.html"
    print(f"Done in {time.monotonic() - started:.0f} s. Open {first}")
    return first


def refresh(root: Path = ROOT) -> int:
    """Execute what is stale and store the outputs in the notebooks of the book; return how many changed."""
    with _alone(root / "_build"):
        apply_corrections(Ledger(tables_of(root)))
        changed = 0
        for path, notebook in execute_all(notebooks(root), root, root / "_build" / "executed").items():
            before = path.read_bytes()
            write_notebook(notebook, path)
            changed += path.read_bytes() != before
        for name, page in GENERATED.items():
            changed += write_if_changed(root / "book" / name, page(Ledger(tables_of(root))))
    print(f"{changed} files changed")
    return changed


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let a second build wait for the first; the system frees the lock of a killed one."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another build is running; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _stage(root: Path, stage: Path) -> None:
    """Copy the book's pages and pictures to the stage; notebooks follow with their fresh outputs."""
    wanted, listed = set(), set(pages(root))
    for name in STAGED:
        source = root / name
        files = [source] if source.is_file() else [p for p in source.rglob("*") if p.is_file()]
        for path in files:
            unlisted = path.suffix in (".md", ".ipynb", ".rst") and path not in listed
            if unlisted or any(part.startswith((".", "#")) for part in path.relative_to(root).parts):
                continue
            wanted.add(path.relative_to(root))
            if path.suffix != ".ipynb":
                _copy(path, stage / path.relative_to(root))
    for path in [p for p in stage.rglob("*") if p.is_file()]:
        if path.relative_to(stage) not in wanted and path.name != "conf.py":
            path.unlink()


def _copy(source: Path, target: Path) -> None:
    if not target.is_file() or not filecmp.cmp(source, target, shallow=False):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _sphinx(stage: Path, work: Path) -> None:
    """Make the pages with Jupyter Book's own configuration, warnings as errors, every reference resolved."""
    import matplotlib as mpl
    from jupyter_book.sphinx import build_sphinx

    mpl.rcdefaults()  # no matplotlibrc of a reader or of the folder reaches a page

    unfinished = work / ".unfinished"
    if unfinished.exists():
        shutil.rmtree(work)
    work.mkdir(parents=True, exist_ok=True)
    unfinished.touch()
    os.environ.pop("SOURCE_DATE_EPOCH", None)  # Sphinx would date the copyright by it; the edition has its own date
    gc.disable()  # a third of Sphinx's time goes into collecting trees that live until the end
    try:
        result = build_sphinx(
            str(stage),
            str(work / "html"),
            noconfig=True,
            path_config=str(stage / "_config.yml"),
            doctreedir=str(work / "doctrees"),
            confoverrides={"nb_execution_mode": "off", "nitpicky": True, "latex_individualpages": False},
            warningiserror=True,
            keep_going=True,
            jobs=workers(),
            quiet=True,
        )
    finally:
        gc.enable()
    unfinished.unlink()
    if result:
        shutil.rmtree(work)
        if isinstance(result, KeyboardInterrupt | OSError):  # Jupyter Book hands back what it caught
            raise result
        raise BuildError("Sphinx found the faults above; the pages were not published")


def mirror(source: Path, target: Path) -> None:
    """Make one folder equal to another, touching only what differs."""
    wanted = {p.relative_to(source) for p in source.rglob("*") if p.is_file() and p.name != ".buildinfo"}
    for name in sorted(wanted):
        _copy(source / name, target / name)
    for path in sorted((p for p in target.rglob("*")), reverse=True):
        if path.is_file() and path.relative_to(target) not in wanted:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()
