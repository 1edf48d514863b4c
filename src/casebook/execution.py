"""Execute notebooks when, and only when, something they depend on has changed.

The outputs of a notebook depend on its code, on the library, on the tables, on the locked packages and on the Python
version. Their common checksum names the stored outputs, so a change anywhere is seen and nothing stale is shown.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

ROOT = Path(__file__).parents[2]
TIMEOUT = 300  # seconds a cell may take

KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class NotebookError(RuntimeError):
    """A notebook that raised, wrote a warning or never ended; the message names notebook and cell."""


def library_digest(root: Path = ROOT) -> str:
    """Return the checksum of what every notebook may depend on: library, tables, packages, Python version."""
    digest = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    site = root / "src" / "casebook" / "site"
    files = [p for p in (root / "src").rglob("*.py") if site not in p.parents]
    for path in [*sorted(files), *sorted((root / "data").glob("*.*")), root / "requirements.lock"]:
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook; a `NotebookError` where it is none."""
    try:
        return nbformat.read(path, as_version=4)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError) as error:
        raise NotebookError(f"{path}: expected a notebook ({str(error).splitlines()[0]})") from None


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook the way the book stores it: fixed kernel name, nothing that changes from run to run."""
    notebook = copy.deepcopy(notebook)
    notebook.metadata = nbformat.from_dict(KERNEL)
    for cell in notebook.cells:
        cell.metadata = {key: value for key, value in cell.metadata.items() if key in ("tags", "mystnb")}
    text = nbformat.writes(notebook, version=4)
    write_if_changed(path, text if text.endswith("\n") else text + "\n")


def write_if_changed(path: Path, text: str) -> bool:
    """Write a file in one step when its content differs, so that a killed run leaves no half of it."""
    data = text.encode("utf-8")
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_bytes(data)
    part.replace(path)
    return True


def outputs_key(notebook: NotebookNode, digest: str) -> str:
    """Return the name of a notebook's stored outputs."""
    code = [[cell.source, cell.metadata.get("tags", [])] for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256(json.dumps([digest, code]).encode()).hexdigest()


def execute(notebook: NotebookNode, name: str, folder: Path) -> list[dict[str, Any]]:
    """Run a notebook in a kernel of its own and return the outputs of its code cells.

    Raises
    ------
    NotebookError
        When a cell raises, writes to stderr or runs out of time.
    """
    fresh = copy.deepcopy(notebook)
    client = NotebookClient(
        fresh,
        timeout=TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    try:
        with tempfile.TemporaryDirectory() as sockets:
            # Sockets in a folder need no network, not even the machine's own, and no other user can open them.
            manager = client.create_kernel_manager()
            manager.transport, manager.ip = "ipc", str(Path(sockets) / "kernel")
            client.execute(env=environment, stderr=subprocess.DEVNULL)
    except CellExecutionError as error:
        raise NotebookError(f"{name}, cell {_failed_cell(fresh)}: {error.ename}: {error.evalue}") from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise NotebookError(f"{name}, cell {_failed_cell(fresh)}: {str(error).splitlines()[0]}") from None
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
    paths: Iterable[Path], base: Path, cache: Path, tell: Callable[[str], None] = print, workers: int | None = None
) -> dict[Path, NotebookNode]:
    """Return every notebook with fresh outputs, running those whose stored outputs are out of date.

    Parameters
    ----------
    paths
        The notebooks.
    base
        Folder they are named from in messages.
    cache
        Folder of stored outputs.
    tell
        Called with a line of progress.
    workers
        Kernels at a time; as many as there are cores unless given.

    Raises
    ------
    NotebookError
        When any notebook fails; the message holds a line for each.
    """
    digest, done, stale, faults = library_digest(), {}, {}, []
    for path in paths:
        notebook = read_notebook(path)
        kept = cache / f"{outputs_key(notebook, digest)}.json"
        if kept.is_file():
            done[path] = with_outputs(notebook, json.loads(kept.read_text(encoding="utf-8")))
        else:
            stale[path] = (notebook, kept)
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        started = time.monotonic()
        jobs = {
            pool.submit(execute, notebook, path.relative_to(base).as_posix(), path.parent): path
            for path, (notebook, _) in stale.items()
        }
        for number, job in enumerate(as_completed(jobs), start=1):
            path = jobs[job]
            notebook, kept = stale[path]
            try:
                stored = job.result()
            except NotebookError as error:
                faults.append(str(error))
                continue
            write_if_changed(kept, json.dumps(stored))
            done[path] = with_outputs(notebook, stored)
            name, seconds = path.relative_to(base).as_posix(), time.monotonic() - started
            tell(f"  [{number}/{len(stale)}] {name} executed ({seconds:.0f} s since start)")
    if faults:
        raise NotebookError("\n".join(sorted(faults)))
    return done
