"""Numbers in prose: written as links to the ledger, spoken by code, or refused.

`say` and `cite` are what a notebook uses. `check_prose` is the gate: it reads every page and notebook and returns each
number that is bound to nothing, and each link whose text disagrees with the ledger.
"""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from unicodedata import decomposition

from markdown_it import MarkdownIt
from markdown_it.token import Token

from casebook.ledger import Claim, Ledger, open_ledger, reference_page
from casebook.ledger.quantities import Quantity, QuantityError, agrees, bound, parse
from casebook.ledger.words import CARDINALS, MORE_NUMBERS, NUMBER_WORDS, ORDINALS, SCALES

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
_ORDINARY = frozenset([
    "one", "first", "second", "once", "single", "both", "several", "few", "couple", "hundreds", "thousands", "millions",
])  # fmt: skip
_COUNTING = (NUMBER_WORDS | set(ORDINALS) | MORE_NUMBERS | {"quarters", "halves", "halved"}) - _ORDINARY
_ONE_UNIT = re.compile(
    r"\bone[- ](?:hundred|thousand|million|billion|second|minute|hour|day|week|month|year|percent|in|third)\b"
    r"|\ba (?:score|gross) of\b|\b(?-i:[IVX]{2,})\b",
    re.I,
)
_PARSER = MarkdownIt("commonmark").enable("table")
_HOLE = "￼"  # stands for an expression of an f-string
_CODE_FENCES = frozenset(["code-cell", "code", "code-block", "math"])
_PLAIN_FENCES = frozenset(["", "text", "none", "mermaid"])  # their reader reads words, no code
_CODE_SPAN = re.compile(r"(?:[A-Za-z][A-Za-z'’-]*|[$~]?\d[\d.,]*%?)[.,;:!?]*")  # a word of prose in it; code has others
_SAID = r"alt|caption|title|name|aria-label|placeholder|value|label"  # options and attributes that reach a reader
_OPTION = re.compile(rf"^:(?:({_SAID})|\w[\w-]*):(.*)$", re.M)
_FENCE = re.compile(r"^:{3,}(?:\{([\w-]+)\})?(.*)$", re.M)
_SPOKEN = re.compile(r"\\(?:text|mbox|mathrm)\w*\s*\{([^{}]*)\}")  # words in a formula
_FORMULA = re.compile(r"\$\$.*?\$\$|(?<![\\$])\$[^$\n]+\$", re.S)
# A number dressed as a formula; a digit alone may be mathematics.
_BARE = re.compile(r"\$[\d.,\s]{2,}(?:\\?[,\s]*\\?%)?\$")
_TAG = re.compile(r"<(style|script)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.S | re.I)
_ATTRIBUTE = re.compile(rf"\b(?:{_SAID})\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)", re.I)
_NUMBER_ALONE = re.compile(r"[<>~≈+-]?\d[\d.,]*\s?(?:%|×|percent|million|billion)")


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
    """Let code speak a sentence, so that it cannot differ from what was computed; a dollar before a digit is money."""
    return Sentence(re.sub(r"(?<!\\)\$(?=\d)", r"\\$", text))


def cite(key: str, text: str | None = None) -> str:
    """Return a link to a claim for use inside a spoken sentence; the text is as written in the source unless given.

    Raises `ProseError`: when `text` states another value than the ledger.
    """
    claim = open_ledger()[key]
    fault = link_fault(text, claim) if text is not None else None
    if fault:
        raise ProseError(fault)
    return f"[{escaped(text or claim.as_written)}]({reference_page('ledger')}#{key})"


def escaped(text: str) -> str:
    """Return words as Markdown that shows them as they are: no dollar opens a formula, no bracket ends a link."""
    return re.sub(r"([\\\[\]$*_`<>])", r"\\\1", text)


def link_fault(text: str, claim: Claim) -> str | None:
    """Say how the text of a link differs from its claim by more than rounding; None where it does not."""
    try:
        stated = parse(text)
    except QuantityError:
        return None
    if stated.low is None or (stated.unit == "rank" and claim.unit != "rank"):
        return None
    sign = bound(text, 0, len(text))
    if claim.low is None or sign not in ("", "~", claim.qualifier):
        what = f"the bound {sign}, but {claim.id} has {claim.qualifier or 'none'}"
        return f"“{text}” states {what if claim.low is not None else f'a number, but {claim.id} is vague'}"
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
        if any(c.isnumeric() and not decomposition(c).startswith(("<sup", "<sub")) for c in word) or (
            not spoken and any(p in _COUNTING or (p.endswith("fold") and p[:-4] in CARDINALS | SCALES) for p in parts)
        ):
            found.append(word)
    return found


def check_prose(
    book: Path, ledger: Ledger, generated: frozenset[str] = frozenset(), pages: Iterable[Path] | None = None
) -> list[str]:
    """Return one line a fault over all pages and notebooks of a folder.

    `book`: Folder of the book's pages. `generated`: Names of pages, relative to the folder, that are written from the
    tables and hold no prose of their own.
    """
    faults: list[str] = []
    for path in sorted(book.rglob("*")) if pages is None else pages:
        name = path.relative_to(book).as_posix()
        if ".ipynb_checkpoints" in name or name in generated:
            continue
        try:
            if path.suffix == ".md":
                faults += [f"{name}: {fault}" for fault in text_faults(path.read_text(encoding="utf-8"), ledger)]
            elif path.suffix == ".ipynb":
                faults += [f"{name}, {fault}" for fault in _notebook_faults(path, ledger)]
        except UnicodeDecodeError as error:
            faults.append(f"{name}: expected UTF-8 ({error})")
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            faults.append(f"{name}: expected a notebook{merged(path) or f' of format 4 ({error!r})'}")
    return faults


def merged(path: Path) -> str:
    """Say where git left the marks of a merge in a file; nothing where it did not."""
    lines = path.read_bytes().splitlines()
    marked = [number for number, line in enumerate(lines, start=1) if line.startswith((b"<<<<<<<", b">>>>>>>"))]
    return f", found the marks of a merge on line {marked[0]}" if marked else ""


def _notebook_faults(path: Path, ledger: Ledger) -> Iterator[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    for number, cell in enumerate(cells, start=1):
        source = "".join(cell["source"])
        texts = [source] if cell["cell_type"] == "markdown" else []
        if cell["cell_type"] == "code":
            try:
                texts = list(code_texts(source))
            except (SyntaxError, ValueError) as error:
                yield f"cell {number}: expected Python ({error})"
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
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_text(node.value):
            yield node.value


def _is_text(value: str) -> bool:
    return bool(re.search(r"\S\s+\S", value) or _NUMBER_ALONE.fullmatch(value))


def text_faults(markdown: str, ledger: Ledger) -> Iterator[str]:
    """Yield each number of a Markdown text that is bound to nothing or differs from what it is bound to."""
    text = re.sub(r"\A---\n.*?\n---\n", "", markdown, flags=re.S)
    text = _FORMULA.sub(lambda m: m[0] if _BARE.fullmatch(m[0]) else f" {' '.join(_SPOKEN.findall(m[0]))} ", text)
    yield from _unbound(" ".join(said for name, said in _OPTION.findall(text) if name))
    text = _FENCE.sub(lambda m: "" if m[1] in _CODE_FENCES else f"\n\n{m[2]}\n\n", text)
    text = re.sub(r"^\([\w-]+\)=\s*$", "", _OPTION.sub("", text), flags=re.M)
    for token in _PARSER.parse(text):
        if token.type == "inline":
            yield from _inline_faults(token.children or [], ledger)
        elif token.type == "html_block":
            yield from _unbound(_visible(token.content))
        elif token.type == "code_block" or (token.type == "fence" and token.info in _PLAIN_FENCES):
            yield from _unbound(token.content)
        elif token.type == "fence" and token.info.startswith("{"):
            yield from _directive_faults(*token.info[1:].split("}", 1), token.content, ledger)


def _directive_faults(name: str, title: str, content: str, ledger: Ledger) -> Iterator[str]:
    if name == "math":
        yield from _unbound(" ".join(_SPOKEN.findall(content)))
    elif name in _CODE_FENCES:
        yield from _unbound(" ".join(re.findall(rf"^(?:{_SAID}): (.*)$", content.partition("\n---\n")[0], re.M)))
    else:
        title = "" if name in ("figure", "image") else title.strip()  # a picture's is its file
        yield from text_faults(f"{title}\n\n{content}", ledger)


def _visible(markup: str) -> str:
    """Return what a reader of HTML sees or hears: its text, and the attributes that are spoken."""
    return html.unescape(" ".join([_TAG.sub(" ", markup), *_ATTRIBUTE.findall(markup)]))


def _unbound(text: str) -> Iterator[str]:
    for number in loose_numbers(text):
        yield f"expected “{number}” to be a link to the ledger or spoken by code"


def _dressed(code: str) -> bool:
    """Say whether a code span is a number or a sentence; names, commands and formulas of code are not."""
    words = code.split()
    return bool(_NUMBER_ALONE.match(code) or (len(words) > 1 and all(map(_CODE_SPAN.fullmatch, words))))


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
        elif token.type == "html_inline":
            plain.append(f" {_visible(token.content)} ")
        elif token.type == "code_inline" and ("".join(plain).endswith("}") or _dressed(token.content)):
            plain.append(f" {token.content} ")  # a role's text, or words dressed as code
        elif token.type in ("softbreak", "hardbreak"):
            (bound if claim else plain).append(" ")
        else:
            plain.append(" ")
        if token.type in ("link_open", "image"):
            plain.append(f" {token.attrGet('title') or ''} ")
    yield from _unbound("".join(plain))
