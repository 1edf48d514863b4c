"""The walk through a text: its strip, where each line is a bar as long as its words, and its passages in order.

>>> walk.strip("crunch-time")
>>> walk.passages("crunch-time")
"""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from casebook.audit.verdicts import GRAVITY, inside_verdicts, outside_verdicts
from casebook.ledger import Claim, open_ledger, reference_page
from casebook.ledger.descriptor import LedgerError, Row, split
from casebook.pages.drawing import CONTEXT, ROLES, themed
from casebook.pages.tables import Badge, Link, Table, claim_link

MARKS = {  # what a mark of the strip says: its glyph, which the verdict's badge has too, and its role
    "implausible": ("!", "warning"), "contradicted": ("×", "warning"), "inconsistent": ("≠", "warning"),
    "differs": ("±", "warning"), "imprecise": ("≈", "warning"), "consistent": ("=", "computed"),
    "corroborated": ("✓", "reference"), "unreferenced": ("?", "context"),
    "a number, not compared": ("#", "stated"), "words, not compared": ("○", "context"),
}  # fmt: skip
WITHOUT_NUMBER = ("vague", "proposition", "rank")
TEXTS = {
    "crunch-time": "the letter", "sars-to-covid": "the account", "singles-day": "the blog",
    "midnight-memo": "the memo", "june-2020": "the roundup",
}  # fmt: skip
PAGES = {"crunch-time": "crunch-time/letter", "june-2020": "june-2020/roundup"} | {
    source: f"{source}/account" for source in ("sars-to-covid", "singles-day", "midnight-memo")
}
ROOM, WORD = 2600, 1.9  # px: length of all bars of a text together, and of a word at least
STYLE = f"""<style>
.strip p.part:empty{{display:none}} .strip p.part{{margin:.6rem 0 .1rem;font:600 .8125rem/1.4 var(--sans,sans-serif)}}
.strip .lines{{display:flex;flex-wrap:wrap;gap:.25rem;align-items:flex-start}}
.strip .tile{{max-width:100%;min-height:1.5rem;border-top:.45rem solid color-mix(in srgb,{CONTEXT} 45%,transparent)}}
.strip a,.strip b{{min-width:1rem;margin:2px 2px 0 0;font:700 .8rem/1rem sans-serif;text-align:center;text-decoration:none}}
.strip a{{float:left}} .strip b{{display:inline-block}}
{"".join(f".strip .{n}{{color:{c}}}.strip .{n}.full{{background:{c}}}" for n, (c, _) in ROLES.items())}
.strip .full{{color:#fff!important;color:var(--paper,Canvas)!important;print-color-adjust:exact;forced-color-adjust:none}}
.strip p.key{{margin-top:.7rem;font:.8125rem/1.6 var(--sans,sans-serif)}} .strip .key span{{white-space:nowrap;margin-right:1em}}
.walk dl{{display:grid;grid-template-columns:7rem minmax(0,1fr);gap:.9rem 1rem;margin:1rem 0 1.5rem}}
.walk dt{{font:.8125rem/2 var(--sans,sans-serif);color:{CONTEXT}}} .walk dd{{margin:0}} .walk dd p{{margin:0}}
.walk .told{{font:.8125rem/1.7 var(--sans,sans-serif)}} .walk details{{max-width:none}}
.walk summary{{padding:.35rem 0}} .walk summary small{{display:block;color:{CONTEXT}}}
@media(max-width:639px){{.walk dl{{grid-template-columns:minmax(0,1fr);gap:0}} .walk dd{{margin-bottom:.9rem}}}}
</style>"""


class Shown(Table):
    """A part of the walk; a notebook shows it as the value of a cell."""

    def __repr__(self) -> str:
        return self.caption


class Told(NamedTuple):
    """A claim of a text with its verdicts."""

    claim: Claim
    verdicts: list[str]

    @property
    def number(self) -> bool:
        """Whether it has a number."""
        return self.claim.kind not in WITHOUT_NUMBER

    @property
    def sign(self) -> str:
        """Its gravest verdict, or what sort of claim it is."""
        sort = "a number, not compared" if self.number else "words, not compared"
        return min((verdict.split(" ")[0] for verdict in self.verdicts), key=GRAVITY.index, default=sort)

    @property
    def doubted(self) -> bool:
        """Whether a verdict speaks against it."""
        return MARKS[self.sign][1] == "warning"


def strip(source: str) -> Shown:
    """Show a text at a look: its lines in order, beneath each its claims as marks by verdict, linked to the ledger.

    The marks are left to the eye and the mouse; the walk has the same links for the keyboard and for screen readers.
    """
    rows, told = _rows(source), _told(source)
    words = [int(count) for row in rows for count in row["words"].split()]
    scale, body = max(WORD, ROOM / sum(words)), []
    for section, group in groupby(rows, key=itemgetter("section")):
        tiles = "".join(_tiles(row, scale, told) for row in group)
        body.append(f'<p class="part">{html.escape(section)}</p><div class="lines">{tiles}</div>')
    claims = [each for several in told.values() for each in several]
    title = (
        f"{len(claims)} claims on {sum(map(bool, words))} lines: {sum(each.number for each in claims)} with a number, "
        f"{_doubts(claims)} in doubt"
    )
    signs = Counter(each.sign for each in claims)
    key = " ".join(
        f'<span><b class="{role}{" full" * (glyph == "#")}" aria-hidden="true">{glyph}</b>{name}: {signs[name]}</span>'
        for name, (glyph, role) in MARKS.items()
        if signs[name]
    )
    doubts = [f"line {c.claim.line}, “{c.claim.spoken}”, {c.sign}" for c in claims if c.doubted]
    text = next(row["title"] for row in open_ledger().tables["sources"] if row["id"] == source)
    alt = f"Strip of the lines of “{text}” with their claims, where there are {'; '.join([title, *doubts])}."
    how = "A bar is a line, as long as its words; a mark beneath it is a claim, filled where it has a number"
    return Shown(
        title,
        themed(STYLE)
        + f'<figure class="chart strip"><figcaption><p class="chart-title">{title}</p><p class="chart-subtitle">{how}</p>'
        f'</figcaption><div aria-hidden="true">{"".join(body)}</div><p class="key">{key}</p><details class="chart-data">'
        f"<summary>Description</summary><p>{html.escape(alt)}</p></details></figure>",
    )


def passages(source: str) -> Shown:
    """Retell a text passage by passage: its lines, our words, its claims with what is in doubt, the systems it describes.

    The sections of a long text are folded under the sentence that sums them up.
    """
    told, systems, parts = _told(source), _systems(source), []
    for section, group in groupby(_rows(source), key=itemgetter("section")):
        rows = list(group)
        body = f"<dl>{''.join(_passage(row, told, systems) for row in rows)}</dl>"
        if section:
            claims = [each for row in rows for line in _range(row) for each in told[line]]
            count = f"{len(claims)} claims, {_doubts(claims)} in doubt" if claims else "no claims"
            where = f"{_where(rows[0]['first'], rows[-1]['last'])}: {count}"
            body = f"<details><summary><b>{html.escape(section)}</b><small>{where}</small></summary>{body}</details>"
        parts.append(body)
    return Shown("The text, passage by passage", themed(STYLE) + f'<div class="walk">{"".join(parts)}</div>')


def _rows(source: str) -> list[Row]:
    found = [row for row in open_ledger().tables["passages"] if row["source"] == source]
    if not found:
        raise LedgerError("passages.csv", f"expected passages of “{source}”, found none")
    return sorted(found, key=lambda row: int(row["first"]))


def _range(row: Row) -> range:
    return range(int(row["first"]), int(row["last"]) + 1)


def _told(source: str) -> dict[int, list[Told]]:
    """Return the claims of a text by line, each with its verdicts."""
    ledger, found = open_ledger(), defaultdict(list)
    both = inside_verdicts(ledger), outside_verdicts(ledger)
    for claim in sorted(ledger.claims.values(), key=lambda claim: claim.line):
        if claim.source == source:
            found[claim.line].append(Told(claim, [v[claim.id] for v in both if claim.id in v]))
    return found


def _doubts(claims: list[Told]) -> str:
    return str(sum(each.doubted for each in claims) or "none")


def _tiles(row: Row, scale: float, told: dict[int, list[Told]]) -> str:
    """Return the bars of the lines of a passage, each with its marks; an empty line has none."""
    tiles, ledger = [], reference_page("ledger")
    for line, words in zip(_range(row), map(int, row["words"].split()), strict=True):
        marks = ""
        for each in told[line]:
            glyph, role = MARKS[each.sign]
            title = html.escape(f"{each.claim.spoken}: {each.sign}")
            marks += f'<a class="{role}{" full" * each.number}" href="{ledger}#{each.claim.id}" tabindex="-1" title="{title}">{glyph}</a>'
        if words:
            tiles.append(f'<div class="tile" style="width:{words * scale:.0f}px" title="Line {line}">{marks}</div>')
    return "".join(tiles)


def _where(first: str, last: str) -> str:
    return f"Line {first}" if first == last else f"Lines {first} to {last}"


def _passage(row: Row, told: dict[int, list[Told]], systems: list[tuple[set[int], Link]]) -> str:
    lines = {"Claims": [], "Systems": [link._repr_html_() for at, link in systems if at & set(_range(row))]}
    for each in (each for line in _range(row) for each in told[line]):
        badges = [Badge(v)._repr_html_() for v in each.verdicts if MARKS[v.split(" ")[0]][1] == "warning"]
        lines["Claims"].append(" ".join([claim_link(each.claim.id)._repr_html_(), *badges]))
    said = "".join(f'<p class="told">{name}: {", ".join(links)}</p>' for name, links in lines.items() if links)
    return (
        f'<dt id="{row["id"]}">{_where(row["first"], row["last"])}</dt><dd><p>{html.escape(row["gist"])}</p>{said}</dd>'
    )


def chapters(source: str) -> str:
    """Return the chapters that rebuild what a text describes, as links in the order in which the text comes to them."""
    found = dict.fromkeys(row["chapter"] for row in _described(source) if _rebuilt(row))
    return ", ".join(f"[{key.rpartition('/')[2].replace('-', ' ')}](../{key}.ipynb)" for key in found)


def _described(source: str) -> list[Row]:
    return [row for row in open_ledger().tables["systems"] if row["source"] == source]


def _rebuilt(system: Row) -> bool:
    """Say whether a chapter other than a narrative treats a system."""
    return system["state"] != "row" and system["chapter"] not in PAGES.values()


def _systems(source: str) -> list[tuple[set[int], Link]]:
    """Return the lines of each system and a link to its chapter, or to the table where it has none of its own."""
    book, found = Path(reference_page("systems")).parents[1], []
    for row in _described(source):
        there, table = book / f"{row['chapter']}.ipynb", f"{reference_page('systems')}#{row['id']}"
        name = re.sub(r" \(.*?\)", "", row["name"])
        found.append((_lines(row), Link(name, there.as_posix() if _rebuilt(row) else table)))
    return found


def _lines(system: Row) -> set[int]:
    """Return the lines of its text that describe a system."""
    ends = [part.partition("-") for part in split(system["lines"])]
    return {line for first, _, last in ends for line in range(int(first), int(last or first) + 1)}


def told_in(chapter: str) -> dict[str, list[tuple[str, str]]]:
    """Return where the texts tell of the systems of a chapter, by narrative page: lines, and the passage that has them."""
    ledger, found = open_ledger(), defaultdict(dict)
    for system in ledger.tables["systems"]:
        page = PAGES[system["source"]]
        if system["chapter"] == chapter != page:
            for row in ledger.tables["passages"]:
                if row["source"] == system["source"] and _lines(system) & set(_range(row)):
                    found[page][row["id"]] = "–".join(dict.fromkeys((row["first"], row["last"])))
    return {page: [(lines, key) for key, lines in sorted(rows.items())] for page, rows in found.items()}
