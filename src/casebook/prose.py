"""Numbers in prose: written as links to the ledger, spoken by code, or refused.

`say` and `cite` are what a notebook uses. `check_prose` is the gate: it reads every page and notebook and returns each
number that is bound to nothing, and each link whose text disagrees with the ledger.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from casebook.ledger import Claim, Ledger, open_ledger, reference_page
from casebook.quantity import Quantity, QuantityError, agrees, parse
from casebook.words import CARDINALS, NUMBER_WORDS, ORDINALS, SCALES

LEDGER_LINK = re.compile(r"reference/ledger\.md#([a-z0-9-]+)$")

# The reviewed list of digits and number words that state no quantity, each with its reason.
ALLOWED: tuple[tuple[str, str], ...] = (
    (r"\bDouble 11\b|\b6\.18\b|\b11\.11\b", "names of festivals"),
    (r"\bCOVID-19\b|\bB2[BC]\b|\b1688\.com\b", "names of a disease, of trades and of a site"),
    (r"\bBeijing 2022\b", "year in a name"),
    (
        r"\bCC BY 4\.0\b|\bPython 3(\.\d+)?\b|\bISO 8601\b|\bWCAG 2\.\d\b|\bSHA-?256\b",
        "names of licences and standards",
    ),
    (r"\b(?:Erlang|M/[MDG]/)\s?\d\b|\bUTF-8\b", "names of methods and encodings"),
    (r"\bno one\b|\bone of\b|\bone another\b|\bone by one\b|\bat once\b", "pronouns and turns of phrase"),
    (r"\b[Ff]ive stories about Alibaba\b", "title of the book"),
    (
        r"\b(?:million|billion)(?= (?:USD|RMB|US dollars|dollars|parcels|persons|people|orders|pieces)\b)",
        "units of an axis",
    ),
    (r"\bhalfway\b|\bdouble[- ]check\w*\b|\bin two minds\b", "turns of phrase"),
)
_ALLOWED = re.compile("|".join(pattern for pattern, _ in ALLOWED))

# Words that state a number wherever they stand. 'One', 'first', 'once', 'single' and 'both' mostly do not.
_ORDINARY = frozenset(
    [
        "one",
        "first",
        "second",
        "once",
        "single",
        "both",
        "several",
        "few",
        "couple",
        "hundreds",
        "thousands",
        "millions",
    ]
)
_COUNTING = (NUMBER_WORDS | set(ORDINALS) | {"thirds", "quarters", "halves", "halved"}) - _ORDINARY
_ONE_UNIT = re.compile(
    r"\bone[- ](?:hundred|thousand|million|billion|second|minute|hour|day|week|month|year|percent|in|third)\b", re.I
)
_HOLE = "￼"  # stands for an expression of an f-string
_CODE_FENCES = frozenset(
    ["code-cell", "code", "code-block", "math", "eval-rst", "toctree", "tableofcontents", "figure", "image", "mermaid"]
)


class ProseError(ValueError):
    """A sentence that says something else than the ledger."""


@dataclass(frozen=True)
class Sentence:
    """Markdown spoken by code; a notebook shows it as prose."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return self.text


def say(text: str) -> Sentence:
    """Let code speak a sentence, so that it cannot differ from what was computed."""
    return Sentence(text)


def cite(key: str, text: str | None = None) -> str:
    """Return a link to a claim for use inside a spoken sentence; the text is as written in the source unless given.

    Raises
    ------
    ProseError
        When `text` states another value than the ledger.
    """
    claim = open_ledger()[key]
    fault = link_fault(text, claim) if text is not None else None
    if fault:
        raise ProseError(fault)
    return f"[{text or claim.as_written}]({reference_page('ledger')}#{key})"


def link_fault(text: str, claim: Claim) -> str | None:
    """Say how the text of a link differs from its claim by more than rounding; None where it does not."""
    try:
        stated = parse(text)
    except QuantityError:
        return None
    if stated.low is None or (stated.unit == "rank" and claim.unit != "rank"):
        return None
    if claim.low is None:
        return f"“{text}” states a number, but {claim.id} is vague"
    mine = claim.quantity
    if isinstance(stated.low, str) and isinstance(mine.low, str):
        same = stated.low == mine.low or (stated.unit == "date" and stated.low == claim.as_of[:10])
        return None if same else f"“{text}” differs from {claim.id}, which is {mine.low}"
    if not agrees(Quantity(stated.low, stated.high, None, stated.step), mine.low, mine.high):
        return f"“{text}” differs from {claim.id}, which is {_plain(mine.low)}" + (
            f" to {_plain(mine.high)}" if mine.low != mine.high else ""
        )
    return None


def _plain(value: Decimal | str | None) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def loose_numbers(text: str) -> list[str]:
    """Return the digits and number words of a plain text that are not on the reviewed list."""
    text = _ALLOWED.sub(" ", text)
    found = _ONE_UNIT.findall(text)
    for match in re.finditer(r"[^\s—…]+", text):
        word = match.group().strip("\"“”‘’'.,;:!?()[]{}*_|")
        parts = re.split(r"[-–/’']", word.casefold())
        spoken = _HOLE in text[max(0, match.start() - 2) : match.start()] and parts[0] in SCALES
        if any(c.isdigit() for c in word) or (
            not spoken and any(p in _COUNTING or (p.endswith("fold") and p[:-4] in CARDINALS) for p in parts)
        ):
            found.append(word)
    return found


def check_prose(book: Path, ledger: Ledger, generated: frozenset[str] = frozenset()) -> list[str]:
    """Return one line a fault over all pages and notebooks of a folder.

    Parameters
    ----------
    book
        Folder of the book's pages.
    generated
        Names of pages, relative to the folder, that are written from the tables and hold no prose of their own.
    """
    faults: list[str] = []
    for path in sorted(book.rglob("*")):
        name = path.relative_to(book).as_posix()
        if ".ipynb_checkpoints" in name or name in generated:
            continue
        if path.suffix == ".md":
            faults += [f"{name}: {fault}" for fault in text_faults(path.read_text(encoding="utf-8"), ledger)]
        elif path.suffix == ".ipynb":
            faults += [f"{name}, {fault}" for fault in _notebook_faults(path, ledger)]
    return faults


def _notebook_faults(path: Path, ledger: Ledger) -> Iterator[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    for number, cell in enumerate(cells, start=1):
        source = "".join(cell["source"])
        texts = [source] if cell["cell_type"] == "markdown" else []
        if cell["cell_type"] == "code":
            texts = list(code_texts(source))
        for text in texts:
            for fault in text_faults(text, ledger):
                yield f"cell {number}: {fault}"


def code_texts(source: str) -> Iterator[str]:
    """Yield the texts a reader sees that stand in code: string literals of more than a word.

    Expressions inside an f-string are what code speaks; a mark stands in their place.
    """
    tree = ast.parse(re.sub(r"^[%!].*$", "", source, flags=re.M))
    formats = [node.format_spec for node in ast.walk(tree) if isinstance(node, ast.FormattedValue) and node.format_spec]
    skipped = {id(part) for spec in formats for part in ast.walk(spec)}
    skipped |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(v.value if isinstance(v, ast.Constant) else _HOLE for v in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"\S\s+\S", node.value):
            yield node.value


def text_faults(markdown: str, ledger: Ledger) -> Iterator[str]:
    """Yield each number of a Markdown text that is bound to nothing or differs from what it is bound to."""
    text = re.sub(r"\A---\n.*?\n---\n", "", markdown, flags=re.S)
    text = re.sub(r"\$\$.*?\$\$|(?<![\\$])\$[^$\n]+\$", " ", text, flags=re.S)
    text = re.sub(r"^\([\w-]+\)=\s*$|^:{3,}.*$|^:\w[\w-]*:.*$", "", text, flags=re.M)
    parser = MarkdownIt("commonmark").enable("table")
    for token in parser.parse(text):
        if token.type == "inline":
            yield from _inline_faults(token.children or [], ledger)
        elif token.type == "fence" and token.info.startswith("{"):
            name, _, title = token.info[1:].partition("}")
            if name not in _CODE_FENCES:
                yield from text_faults(f"{title.strip()}\n\n{token.content}", ledger)


def _inline_faults(tokens: list[Token], ledger: Ledger) -> Iterator[str]:
    plain, bound, claim = [], [], None
    for token in tokens:
        if token.type == "link_open":
            match = LEDGER_LINK.search(str(token.attrGet("href")))
            if match and match.group(1) not in ledger.claims:
                yield f"expected a claim with the id “{match.group(1)}”, found none"
            claim = ledger.claims.get(match.group(1)) if match else None
            bound = []
        elif token.type == "link_close":
            fault = link_fault("".join(bound), claim) if claim else None
            if fault:
                yield fault
            claim = None
        elif token.type in ("text", "image"):
            (bound if claim else plain).append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            (bound if claim else plain).append(" ")
        else:
            plain.append(" ")
    for number in loose_numbers("".join(plain)):
        yield f"expected “{number}” to be a link to the ledger or spoken by code"
