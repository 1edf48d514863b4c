"""Build the book: check the tables and the prose, execute what is stale, let Jupyter Book make the pages.

Everything is prepared in `_build/stage` and only a complete site reaches `_build/html`.
"""

from __future__ import annotations

import contextlib
import fcntl
import filecmp
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from casebook.corrections import apply_corrections
from casebook.execution import ROOT, execute_all, write_if_changed, write_notebook
from casebook.ledger import Ledger
from casebook.pages import GENERATED
from casebook.prose import check_prose
from casebook.site_check import check_site

STAGED = ("_config.yml", "_toc.yml", "book")


class BuildError(RuntimeError):
    """A book that cannot be built; the message says why, a line a fault."""


def notebooks(root: Path = ROOT) -> list[Path]:
    """Return the notebooks of the book in the order of their names."""
    return sorted(p for p in (root / "book").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)


def prose_faults(root: Path = ROOT) -> list[str]:
    """Return the numbers in the book's prose that are bound to nothing, one line each."""
    faults = check_prose(root / "book", Ledger(root / "data"), frozenset(GENERATED))
    return [f"book/{fault}" for fault in faults]


def build(root: Path = ROOT) -> Path:
    """Build the site and return the address of its first page.

    Raises
    ------
    LedgerError, NotebookError, BuildError
        At the first stage that fails; the last good site stays as it was.
    """
    started = time.monotonic()
    with _alone(root / "_build"):
        print("Checking tables and prose")
        apply_corrections(Ledger(root / "data"))
        faults = prose_faults(root)
        if faults:
            raise BuildError("\n".join(faults))
        paths = notebooks(root)
        print(f"Executing what is stale of {len(paths)} notebooks")
        fresh = execute_all(paths, root, root / "_build" / "executed")
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
        apply_corrections(Ledger(root / "data"))
        changed = 0
        for path, notebook in execute_all(notebooks(root), root, root / "_build" / "executed").items():
            before = path.read_bytes()
            write_notebook(notebook, path)
            changed += path.read_bytes() != before
        for name, page in GENERATED.items():
            changed += write_if_changed(root / "book" / name, page(Ledger(root / "data")))
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
    """Copy the book's pages to the stage; notebooks follow with their fresh outputs."""
    wanted = set()
    for name in STAGED:
        source = root / name
        files = [source] if source.is_file() else [p for p in source.rglob("*") if p.is_file()]
        for path in files:
            if ".ipynb_checkpoints" in path.parts:
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
    from jupyter_book.sphinx import build_sphinx

    unfinished = work / ".unfinished"
    if unfinished.exists():
        shutil.rmtree(work)
    work.mkdir(parents=True, exist_ok=True)
    unfinished.touch()
    result = build_sphinx(
        str(stage),
        str(work / "html"),
        noconfig=True,
        path_config=str(stage / "_config.yml"),
        doctreedir=str(work / "doctrees"),
        confoverrides={"nb_execution_mode": "off", "nitpicky": True, "latex_individualpages": False},
        warningiserror=True,
        keep_going=True,
        jobs=os.cpu_count() or 1,
        quiet=True,
    )
    unfinished.unlink()
    if result:
        shutil.rmtree(work)
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
