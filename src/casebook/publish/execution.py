"""Execute notebooks when, and only when, something they depend on has changed.

The outputs of a notebook depend on its code, on the modules its imports lead to, on the locked packages and on the Python
version: their checksum names the stored outputs. Which tables and claims it read is stored with them, and how those were.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import hashlib
import json
import os
import re
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib.util import source_from_cache
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from casebook.ledger import data_folder, open_ledger
from casebook.ledger.descriptor import load_descriptor
from casebook.pages.prose import merged
from casebook.publish.depends import PINS, modules, state
from casebook.publish.kernels import near, warm

ROOT = Path(__file__).parents[3]
TIMEOUT = 300  # seconds a cell may take
_running: set[Any] = set()  # managers of the kernels that run

KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class NotebookError(RuntimeError):
    """A notebook that raised, wrote a warning or never ended; the message names notebook and cell."""


def workers() -> int:
    """Return how many kernels may run side by side: `WORKERS`, or one more than the processors this process may use.

    One more, since a kernel that starts or ends keeps no processor busy; at most eight, for their memory.
    """
    asked = os.environ.get("WORKERS") or "auto"
    if re.fullmatch("[1-9][0-9]{0,2}", asked):
        return int(asked)
    if asked != "auto":
        raise NotebookError(f"WORKERS: expected a whole number from 1 to 999, or auto, found “{asked}”")
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable + 1, 8)


def tables_of(root: Path) -> Path:
    """Return the folder of the tables of a book: those of this one may lie elsewhere."""
    return data_folder() if root == ROOT else root / "data"


def library_digest(root: Path = ROOT) -> str:
    """Return the checksum of what a page may depend on: library, tables, packages, Python version."""
    digest = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    site = root / "src" / "casebook" / "publish" / "site"
    files = [p for p in (root / "src").rglob("*.py") if site not in p.parents and not p.name.startswith(".")]
    data = tables_of(root)
    tables = [data / "datapackage.json", *(data / resource["path"] for resource in load_descriptor(data)["resources"])]
    pins = [path for name in PINS if (path := root / name).is_file()]
    for path in [*sorted(files), *tables, *pins]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook; a `NotebookError` where it is none."""
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (nbformat.ValidationError, ValueError, AttributeError, TypeError) as error:
        what = merged(path) or f" ({str(error).splitlines()[0][:120]})"
        raise NotebookError(f"{path}: expected a notebook{what}") from None
    return notebook


def tidy(notebook: NotebookNode) -> NotebookNode:
    """Give a notebook its fixed kernel name, and take from it what changes from run to run or from editor to editor."""
    notebook["metadata"] = nbformat.from_dict(KERNEL)
    for cell in notebook["cells"]:
        kept = {key: value for key, value in cell["metadata"].items() if key in ("tags", "mystnb")}
        cell["metadata"] = nbformat.from_dict(kept)
    return notebook


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook the way the book stores it."""
    text = nbformat.writes(tidy(copy.deepcopy(notebook)), version=4)
    write_if_changed(path, text if text.endswith("\n") else text + "\n")


def write_if_changed(path: Path, text: str | bytes) -> bool:
    """Write a file in one step when its content differs, so that a killed run leaves no half of it."""
    data = text.encode("utf-8") if isinstance(text, str) else text
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_bytes(data)
    part.replace(path)
    return True


def outputs_key(notebook: NotebookNode, folder: str = "", root: Path = ROOT) -> str:
    """Return the name of a notebook's stored outputs; links in them hang on its folder."""
    code = [[cell.source, cell.metadata.get("tags", [])] for cell in notebook.cells if cell.cell_type == "code"]
    digest = hashlib.sha256(json.dumps([sys.version_info[:2], folder, code]).encode())
    files = [*sorted(modules(notebook, root)), *(root / name for name in PINS)]
    for path in [path for path in files if path.is_file()]:
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@functools.cache
def _own_folder() -> Path:
    """Return a folder for what packages keep; one of that name that is another user's is not trusted."""
    own = Path(tempfile.gettempdir()) / f"casebook-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        own.mkdir(mode=0o700)
    found = own.lstat()
    return own if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() else Path(tempfile.mkdtemp())


def settled() -> dict[str, str]:
    """Return the environment of a kernel: nothing of the user's own settings, locale or time zone reaches a result."""
    own = _own_folder()
    try:
        Path.home()
    except RuntimeError:  # a user without a home still has a book
        os.environ["HOME"] = str(own)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "MPL", "MATPLOTLIB", "IPYTHON"))}
    plain = {"OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    plain |= {"CASEBOOK_DATA": str(data_folder())}
    folders = ("MPLCONFIGDIR", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")
    return kept | plain | dict.fromkeys(folders, str(own))


def execute(
    notebook: NotebookNode, name: str, folder: Path, command: list[str] | None = None
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """Run a notebook in a kernel of its own; return the outputs of its code cells and what it read of the tables.

    `command` starts the kernel. Raises `NotebookError`: when a cell raises, writes to stderr or runs out of time, or
    opens a file of the book that its outputs are not known to hang on.
    """
    fresh = copy.deepcopy(notebook)
    client = NotebookClient(
        fresh,
        timeout=TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    manager = client.create_kernel_manager()
    manager.kernel_spec.argv = command or manager.kernel_spec.argv
    _running.add(manager)
    try:
        with tempfile.TemporaryDirectory(dir=near()) as sockets:
            # Sockets in a folder need no network, not even the machine's own, and no other user can open them.
            manager.transport, manager.ip = "ipc", str(Path(sockets) / "kernel")
            manager.connection_file = str(Path(sockets) / "kernel.json")
            file = Path(sockets) / "told.json"
            last = f"__import__('importlib').import_module('casebook.publish.kernels').tell({str(file)!r})"
            fresh.cells.append(nbformat.v4.new_code_cell(last))
            client.execute(env=settled(), stderr=subprocess.DEVNULL)
            fresh.cells.pop()
            told = json.loads(file.read_text(encoding="utf-8"))
    except CellExecutionError as error:
        raise NotebookError(f"{name}, cell {_failed_cell(fresh)}: {error.ename}: {error.evalue}") from None
    except (CellTimeoutError, DeadKernelError, RuntimeError, OSError) as error:
        raise NotebookError(f"{name}, cell {_failed_cell(fresh)}: {str(error).partition(chr(10))[0]}") from None
    finally:
        _running.discard(manager)
    _check_opened(name, {(folder / each).resolve() for each in told["opened"]}, modules(notebook, ROOT))
    return _stored(fresh, name), [tuple(each) for each in told["read"]]


def stop() -> None:
    """End the kernels that run, so that whoever waits for them goes on."""
    for manager in list(_running):
        with contextlib.suppress(OSError, AttributeError):
            os.killpg(manager.provisioner.pgid, signal.SIGKILL)


def _check_opened(name: str, opened: Iterable[Path], library: set[Path]) -> None:
    """Refuse what a notebook read of the book beside the ledger and the modules it imports by name."""
    own = (ROOT / "_build", Path(sys.prefix).resolve(), *(ROOT / pin for pin in PINS))
    for path in sorted(path for path in opened if path.is_relative_to(ROOT) and path.is_file()):
        source = Path(source_from_cache(path)) if path.match("__pycache__/*.pyc") else path
        compiled = "__pycache__" in source.parts  # by numba, of a module that is known
        if not (source in library or compiled or any(path.is_relative_to(each) for each in own)):
            module = source.is_relative_to(ROOT / "src")
            wanted = "modules to be imported by name" if module else "only tables to be read"
            raise NotebookError(f"{name}: expected {wanted}, it opens {source.relative_to(ROOT)}")


def _stored(fresh: NotebookNode, name: str) -> list[dict[str, Any]]:
    """Return the outputs of an executed notebook; a warning is a `NotebookError`."""
    stored = []
    for number, cell in enumerate(fresh.cells, start=1):
        if cell.cell_type == "code":
            for output in cell.outputs:
                if output.get("name") == "stderr":
                    raise NotebookError(
                        f"{name}, cell {number}: expected no warning, found: {output.text.strip()[:300]}"
                    )
            stored.append({"execution_count": cell.execution_count, "outputs": cell.outputs})
    return stored


def _failed_cell(notebook: NotebookNode) -> int:
    """Return the number of the cell that holds an error, or of the last one that started."""
    last = 1
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code":
            if any(output.output_type == "error" for output in cell.outputs):
                return number
            if cell.execution_count:
                last = number
    return last


def with_outputs(notebook: NotebookNode, stored: list[dict[str, Any]]) -> NotebookNode:
    """Return the notebook with the given outputs in its code cells."""
    full = copy.deepcopy(notebook)
    code = [cell for cell in full.cells if cell.cell_type == "code"]
    for cell, kept in zip(code, stored, strict=True):
        cell.execution_count = kept["execution_count"]
        cell.outputs = [nbformat.from_dict(output) for output in kept["outputs"]]
    return full


def execute_all(
    paths: Iterable[Path],
    base: Path,
    cache: Path,
    tell: Callable[[str], None] = print,
    meanwhile: Callable[[], None] = lambda: None,
) -> dict[Path, NotebookNode]:
    """Return every notebook with fresh outputs, running those whose stored outputs are out of date.

    `paths`: The notebooks. `base`: Folder they are named from in messages. `cache`: Folder of stored outputs. `tell`:
    Called with a line of progress. `meanwhile`: Called once, before the first runs. Raises `NotebookError`: when any
    notebook fails; the message holds a line for each.
    """
    ledger, done, stale, faults = open_ledger(), {}, {}, []
    for path in paths:
        notebook = read_notebook(path)
        kept = cache / f"{outputs_key(notebook, path.parent.relative_to(base).as_posix())}.json"
        stored = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else None
        if stored and state(map(tuple, stored["reads"]), ledger) == stored["state"]:
            done[path] = with_outputs(notebook, stored["cells"])
        else:
            stale[path] = (notebook, kept)
    started = time.monotonic()
    with (
        warm([notebook for notebook, _ in stale.values()], settled(), meanwhile) as command,
        ThreadPoolExecutor(workers()) as pool,
    ):
        jobs = {
            pool.submit(execute, notebook, path.relative_to(base).as_posix(), path.parent, command): path
            for path, (notebook, _) in stale.items()
        }
        try:
            for number, job in enumerate(as_completed(jobs), start=1):
                path = jobs[job]
                notebook, kept = stale[path]
                try:
                    cells, reads = job.result()
                except NotebookError as error:
                    faults.append(str(error))
                    continue
                write_if_changed(kept, json.dumps({"reads": reads, "state": state(reads, ledger), "cells": cells}))
                done[path] = with_outputs(notebook, cells)
                name, seconds = path.relative_to(base).as_posix(), time.monotonic() - started
                tell(f"  [{number}/{len(stale)}] {name} executed ({seconds:.0f} s since start)")
        except KeyboardInterrupt:  # what is done is stored; nothing that runs is worth waiting for
            pool.shutdown(wait=False, cancel_futures=True)
            stop()
            raise
    if faults:
        raise NotebookError("\n".join(sorted(faults)))
    return done
