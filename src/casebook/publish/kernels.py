"""One process that has the packages imported, and kernels forked from it: no notebook waits for its imports.

A kernel's command is a small process that holds a connection to the fork; when either end dies, so does the other.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace

from nbformat import NotebookNode

OPENED: set[str] = set()  # files, noted in forked kernels
# What stands in for a kernel: it asks for a fork, and waits until that has ended.
ASK = (
    "import os, socket, sys; fork = socket.socket(socket.AF_UNIX); fork.connect(sys.argv[1]); "
    "fork.sendall((os.getcwd() + chr(0) + sys.argv[2]).encode()); fork.recv(1)"
)


def near() -> str | None:
    """Return a folder for sockets: their addresses may have no more than about a hundred characters."""
    return "/tmp" if len(tempfile.gettempdir()) > 50 and os.access("/tmp", os.W_OK) else None


def imports(notebooks: Iterable[NotebookNode]) -> str:
    """Return the import statements of the notebooks, each once."""
    found = set()
    for notebook in notebooks:
        for cell in notebook.cells:
            with contextlib.suppress(SyntaxError):
                nodes = ast.parse(cell.source).body if cell.cell_type == "code" else []
                found |= {ast.unparse(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)}
    return "\n".join(sorted(found))


@contextlib.contextmanager
def warm(
    notebooks: list[NotebookNode], env: dict[str, str], meanwhile: Callable[[], None] = lambda: None
) -> Iterator[list[str] | None]:
    """Yield the command of a forked kernel for these notebooks; None where a system cannot fork safely.

    `meanwhile` is called once, while the packages are imported.
    """
    if not notebooks or sys.platform != "linux":
        meanwhile()
        yield None
        return
    with tempfile.TemporaryDirectory(dir=near()) as folder:
        address = f"{folder}/kernels"
        command = [sys.executable, "-m", "casebook.publish.kernels", address]
        backend = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}  # as ipykernel sets it before any import
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=env | backend,
            cwd=env["MPLCONFIGDIR"],  # a matplotlibrc counts where matplotlib is imported
            text=True,
        ) as server:
            try:
                server.stdin.write(imports(notebooks))
                server.stdin.close()
                meanwhile()
                ready = server.stdout.readline()
                yield [sys.executable, "-I", "-S", "-c", ASK, address, "{connection_file}"] if ready else None
            finally:
                server.terminate()


def serve(address: str, statements: str) -> None:
    """Import what the notebooks import, then fork a kernel for whoever asks."""
    import ipykernel.ipkernel
    import ipykernel.kernelapp  # noqa: F401 (imported here so that no fork has to)

    # pandas asks while it is imported whether it serves a terminal or a notebook.
    builtins.get_ipython = lambda: SimpleNamespace(kernel=None)
    for statement in statements.splitlines():
        # What cannot be imported is the notebook's fault, and told there.
        with contextlib.suppress(Exception), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(statement, {})
    del builtins.get_ipython
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the build, which ends this process
    gc.freeze()  # no fork need look through what was imported for what can go
    build = os.getppid()
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen()
        print("ready", flush=True)
        while os.getppid() == build:
            if select.select([door], [], [], 1.0)[0]:
                asked, _ = door.accept()
                if os.fork() == 0:
                    door.close()
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    _kernel(asked)
                asked.close()


def _kernel(asked: socket.socket) -> None:
    """Be a kernel until it is shut down or whoever asked is gone."""
    from ipykernel.kernelapp import IPKernelApp

    folder, connection = asked.recv(65536).decode().split("\0")
    os.chdir(folder)
    os.setsid()
    threading.Thread(target=_watch, args=(asked, os.getppid()), daemon=True).start()
    sys.addaudithook(_note)
    try:
        IPKernelApp.launch_instance(argv=["-f", connection])
    finally:
        os._exit(0)


def _note(event: str, found: tuple[object, ...]) -> None:
    """Note a file that is opened; what the ledger opens it notes itself, row by row."""
    if event == "open":
        frame = sys._getframe(1)
        while frame and not frame.f_globals.get("__name__", "").startswith("casebook.ledger"):
            frame = frame.f_back
        if frame is None:
            OPENED.add(str(found[0]))


def _watch(asked: socket.socket, parent: int) -> None:
    """End this kernel when whoever asked for it, or the process it was forked from, is gone."""
    while os.getppid() == parent and not select.select([asked], [], [], 1.0)[0]:
        pass
    os._exit(1)


def tell(file: str) -> None:
    """Write what this kernel has read of the tables, and which files it opened."""
    opened = sorted(OPENED)
    from casebook.ledger import READ  # late, for it brings pandas

    Path(file).write_text(json.dumps({"read": sorted(READ), "opened": opened}), encoding="utf-8")


if __name__ == "__main__":
    sys.modules["casebook.publish.kernels"] = sys.modules["__main__"]  # a notebook is to find this one
    serve(sys.argv[1], sys.stdin.read())
