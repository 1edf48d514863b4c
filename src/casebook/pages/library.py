"""The page of the library, made from its docstrings: a paragraph a module, formula and source of each shared method."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

from casebook.ledger import Ledger
from casebook.ledger.descriptor import LedgerError

PACKAGE = Path(__file__).parents[1]
ROOMS = ("ledger", "audit", "methods", "models", "pages", "publish")
LONG = 24  # letters of a formula
IN_DETAIL = ("methods", "models")
SECTION = re.compile(r"^(Parameters|Returns|Raises|Attributes|References|Yields|Examples)\n-+\n", re.M)


def library_page(_ledger: Ledger) -> str:
    """Every room of the library, and what each of its modules is for."""
    parts = [
        "# The library\n\nThe helper library `casebook` is small and meant to be read. "
        f"{_paragraphs(PACKAGE / '__init__.py', whole=True)}"
    ]
    for room in ROOMS:
        parts.append(f"## {room.capitalize()}\n\n{_paragraphs(PACKAGE / room / '__init__.py')}")
        for path in sorted((PACKAGE / room).glob("*.py")):
            if path.name != "__init__.py" and path.stem.isidentifier():  # no litter of editors
                parts.append(f"### {path.stem.replace('_', ' ').capitalize()}\n\n{_paragraphs(path)}")
                parts += _methods(path) if room in IN_DETAIL else []
    return "\n\n".join(parts) + "\n"


def parsed(path: Path) -> ast.Module:
    """Return the code of a module; a `LedgerError` where it is not Python."""
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:
        raise LedgerError("/".join(path.parts[-3:]), f"expected Python ({error})") from None


def _paragraphs(path: Path, whole: bool = False) -> str:
    """Return the docstring of a module, or the first paragraph of it."""
    text = ast.get_docstring(parsed(path)) or ""
    return text if whole else text.split("\n\n", maxsplit=1)[0]


def _methods(path: Path) -> Iterator[str]:
    """Yield each public function and class of a module with its docstring up to its sections, and its source."""
    for node in parsed(path).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            text, *sections = SECTION.split(cleandoc(ast.get_docstring(node) or ""))
            text = re.sub(r"(?<!\$)\$(?!\$)([^$]+)\$(?!\$)[.,;:]?\s*", _long_apart, text)
            text = re.sub(r"\.\. math::\s*(.+?)\s*(?=\n\n|\Z)", r"$$\n\1\n$$", text, flags=re.S).strip()
            sources = [body for name, body in zip(sections[::2], sections[1::2], strict=True) if name == "References"]
            yield f"`{node.name}`: {' '.join([text, *(s.strip() for s in sources)])}"


def _long_apart(formula: re.Match[str]) -> str:
    """Give a formula that is too long for a line on a phone a line of its own."""
    return f"\n\n$$\n{formula[1]}\n$$\n\n" if len(formula[1]) >= LONG else formula[0]
