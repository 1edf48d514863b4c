"""What the outputs of a notebook hang on: the modules its imports lead to, and the tables and rows it read."""

from __future__ import annotations

import ast
import contextlib
import functools
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from nbformat import NotebookNode

from casebook import _FACE
from casebook.ledger import Ledger
from casebook.pages.library import parsed

Reads = Iterable[tuple[str, str]]
PINS = ("requirements.txt", "requirements.lock")


def modules(notebook: NotebookNode, root: Path) -> set[Path]:
    """Return the files of the library that a notebook's imports lead to, directly or not."""
    todo, found = set[str](), set[Path]()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            with contextlib.suppress(SyntaxError):  # told when the cell runs
                todo |= set(_imported(ast.parse(cell.source)))
    while todo:
        for file in _files(todo.pop(), root / "src") - found:
            found.add(file)
            if file != root / "src" / "casebook" / "__init__.py":  # the face loads only what is asked of it
                todo |= _imports_of(file)
    return found


def state(reads: Reads, ledger: Ledger) -> str:
    """Return the checksum of the tables and rows that a notebook read, as they are now."""
    digest = hashlib.sha256()
    for table, key in sorted(reads):
        tables = [rows for name, rows in ledger.tables.items() if table in ("", name)] if not key else []
        found = ledger.claims.get(key) if key else tables  # only claims are read one by one
        digest.update(repr((table, key, found)).encode())
    return digest.hexdigest()


@functools.cache
def _imports_of(file: Path) -> set[str]:
    return set(_imported(parsed(file)))


def _imported(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted names that code imports from the library, wherever it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "casebook")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "casebook":
            yield node.module
            for alias in node.names:
                face = _FACE.get(alias.name) if node.module == "casebook" else None
                yield face[0] if face else f"{node.module}.{alias.name}"


def _files(name: str, src: Path) -> set[Path]:
    """Return the file of a module with those of the packages around it; nothing for what is no module."""
    parts = name.split(".")
    packages = [src.joinpath(*parts[:k], "__init__.py") for k in range(1, len(parts) + 1)]
    return {path for path in [*packages, src.joinpath(*parts).with_suffix(".py")] if path.is_file()}
