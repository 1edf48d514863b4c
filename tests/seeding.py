"""What several tests need: where the book lies, how to seed a fault, and what a chapter defines."""

import ast
import contextlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]

# Montgomery, Introduction to Statistical Quality Control, table 9.1: mean 10, from observation 21 on 11, sd 1.
MONTGOMERY = np.array([
    9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.20, 10.34, 9.03, 11.47, 10.51, 9.40, 10.08,
    9.37, 10.62, 10.31, 8.52, 10.84, 10.90, 9.33, 12.29, 11.50, 10.60, 11.08, 10.38, 11.62, 11.31, 10.52,
]) - 10  # fmt: skip


def replace(path, old, new, count=1):
    """Seed a fault: replace text that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def pages():
    """Return the names of the book's pages, without their endings."""
    files = (path for path in (ROOT / "book").rglob("*") if path.suffix in (".md", ".ipynb"))
    names = [path.relative_to(ROOT).with_suffix("").as_posix() for path in files]
    return sorted(name for name in names if ".ipynb_checkpoints" not in name)


def python(module, *arguments, cwd=ROOT, **world):
    """Run a module as a command and return what came of it."""
    command, world = [sys.executable, "-m", module, *arguments], os.environ | world
    return subprocess.run(command, cwd=cwd, env=world, capture_output=True, text=True, check=False)


def free_port():
    """Return a port of this machine that nobody listens on."""
    with contextlib.closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def cells(path, kind="code"):
    """Return the cells of a kind of a notebook."""
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def chapter(name, **set_between):
    """Return what the cells of a chapter define: imports, functions, constants in capitals, and `given`, its assumptions.

    What its functions use besides, and cells between them set, is handed in by name.
    """
    sources = ["".join(cell["source"]) for cell in cells(ROOT / "book" / f"{name}.ipynb")]
    kept = [node for source in sources for node in ast.parse(source).body if _defines(node)]
    namespace = dict(set_between)
    exec(compile(ast.Module(kept, []), name, "exec"), namespace)
    return SimpleNamespace(**namespace)


def _defines(node):
    if isinstance(node, ast.Assign):
        names = [each for target in node.targets for each in getattr(target, "elts", [target])]
        constants = all(isinstance(name, ast.Name) and name.id.isupper() for name in names)
        return constants or ast.unparse(node).startswith(("given = ledger.assumptions", "given = book."))
    return isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)


def told(model, *numbers, **changes):
    """Return the one line in which `your own numbers` of a chapter say what is wrong with these."""
    line = str(model.yours(lambda: model.my_picture(*numbers, **changes)))
    assert "\n" not in line
    return line


def refused(model, good, **wrong):
    """Put wrong values, one at a time, among good numbers of the reader's own: the line begins with the name."""
    for name, values in wrong.items():
        for value in values:
            line = told(model, *(good | {name: value}).values())
            assert line.startswith(name), (value, line)


def named(*refusals):
    """Make calls that nobody means: each is refused in one line that begins as told."""
    for call, line in refusals:
        with pytest.raises(ValueError, match=rf"^{line}") as caught:
            call()
        assert "\n" not in str(caught.value)
