"""The library stays small, and all of it is used: by a notebook, a command, the site or a bench."""

import ast
import re
from collections import Counter

from seeding import ROOT, cells

import casebook

LINES, FILES, STATEMENTS, TEST_LINES = 11_500, 75, 7_500, 9_100  # with forty chapters
MODULE, FUNCTION = 500, 60  # lines; most are far below
SHOWN = 0.45  # of the words and signs of code in system chapters, the folds for specialists left out
SOURCES = sorted((ROOT / "src").rglob("*.py"))
HIDDEN = {"hide-input", "remove-input", "remove-cell"}
ACROSS = ["audit", "network", "timeline", "what-would-change", "index", "how-it-is-made"]
NARRATIVES = ["letter", "account", "roundup", *ACROSS]


def read(paths):
    return {path: path.read_text(encoding="utf-8") for path in paths}


def code(without=()):
    paths = [path for path in sorted((ROOT / "book").rglob("*.ipynb")) if path.stem not in without]
    return [cell for path in paths for cell in cells(path)]


def test_the_library_is_small():
    texts = read(SOURCES)
    assert sum(text.count("\n") for text in texts.values()) <= LINES
    assert len(texts) <= FILES
    assert sum(statements(text) for text in texts.values()) <= STATEMENTS
    assert max(text.count("\n") for text in texts.values()) <= MODULE
    assert sum(text.count("\n") for text in read((ROOT / "tests").rglob("*.py")).values()) <= TEST_LINES


def statements(text):
    """Count the lines of code that are no docstring, no import and not empty."""
    tree = ast.parse(text)
    apart = set()
    for node in ast.walk(tree):
        first = node.body[0] if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            apart |= set(range(first.lineno, first.end_lineno + 1))
        if isinstance(node, ast.Import | ast.ImportFrom):
            apart |= set(range(node.lineno, node.end_lineno + 1))
    lines = enumerate(text.splitlines(), start=1)
    return sum(bool(line.strip()) and not line.strip().startswith("#") and n not in apart for n, line in lines)


def test_functions_are_short():
    for path, text in read(SOURCES).items():
        functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
        assert [f.name for f in functions if f.end_lineno - f.lineno >= FUNCTION] == [], path


def test_nothing_is_there_for_the_tests_alone():
    used = Counter(re.findall(r"\w+", "\n".join(read([*SOURCES, *(ROOT / "bench").glob("*.py")]).values())))
    used.update(re.findall(r"\w+", "\n".join("".join(cell["source"]) for cell in code())))
    defined = {
        node.name
        for text in read(SOURCES).values()
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    told = {"setup", "__getattr__"}  # called by Sphinx and by Python
    assert {name for name in defined - told if used[name] < 2} == set()


def test_the_models_are_shown():
    shown = hidden = 0
    for cell in code(NARRATIVES):
        tags = set(cell["metadata"].get("tags", []))
        count = len(re.findall(r"\w+|[^\w\s]", re.sub(r'"[^"]*"', '""', "".join(cell["source"]))))
        hidden += count if HIDDEN & tags else 0
        shown += count if not tags & {*HIDDEN, "hide-cell"} else 0
    assert shown / (shown + hidden) >= SHOWN


def test_the_face_tells_editors_what_it_loads():
    tree = ast.parse((ROOT / "src" / "casebook" / "__init__.py").read_text(encoding="utf-8"))
    told = next(node for node in tree.body if isinstance(node, ast.If)).body
    assert {alias.name for node in told for alias in node.names} == set(casebook.__all__)
