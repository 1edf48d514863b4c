"""The audit as a table: what speaks against a claim, by gravity; the rest is folded into counts."""

from __future__ import annotations

from datetime import date
from html import escape

import pandas as pd

from casebook.audit.checks import Result, run_checks
from casebook.audit.claim_review import refuted
from casebook.audit.verdicts import GRAVITY, INSIDE
from casebook.audit.wording import what_comes_out
from casebook.ledger import Ledger, open_ledger, reference_page
from casebook.pages import tables

COLUMNS = ["What was held against what", "Inside the text", "Outside it", "What comes out"]
REFUTED, MISSED = ("implausible", "contradicted", "inconsistent"), ("differs", "imprecise")
# What is folded, under which words; an idle relation is one that counts for nothing.
FOLDS = {
    REFUTED: "Against a claim, with the evidence",
    MISSED: "A little off, or otherwise in a reference",
    ("consistent", "corroborated"): "Consistent or corroborated",
    ("unreferenced", ""): "Held against nothing, or found nowhere",
    ("idle",): "Not counted: other readings, and relations that cannot fail or compare unlike things",
}

Row = tuple[str, tuple[object, ...]]


def audit_table(source: str | None = None) -> tables.Table:
    """Show the audit of one text: what speaks against its claims, and the rest in folds.

    With no source, the propositions that are refuted, and every verdict of the book in folds.
    """
    ledger = open_ledger()
    rows: list[Row] = [_inside_row(check, ledger) for check in run_checks(ledger) if source in (None, check.source)]
    compared = ledger.tables["corroboration"]
    rows += [_outside_row(row, ledger) for row in compared if source in (None, ledger[row["claim"]].source)]
    rows.sort(key=lambda row: GRAVITY.index(row[0]) if row[0] in GRAVITY else len(GRAVITY))
    name = "the texts" if source is None else next(r["title"] for r in ledger.tables["sources"] if r["id"] == source)
    shown = (*REFUTED, *MISSED) if source else ()
    caption = f"{name}: what speaks against its claims" if source else "The propositions that are refuted"
    markup = (_part(rows, shown, caption) if source else _refuted(ledger, caption)).markup
    for verdicts, words in FOLDS.items():
        if verdicts[0] not in shown and (count := sum(verdict in verdicts for verdict, _ in rows)):
            inner = _part(rows, verdicts, f"{name[:1].upper()}{name[1:]}: {words.partition(':')[0]}").markup
            summary = f"{words}: {count}"
            markup += f'<details class="chart-data"><summary>{escape(summary)}</summary>{inner}</details>'
    return tables.Table(caption, markup)


def _refuted(ledger: Ledger, caption: str) -> tables.Table:
    """List what is refuted, once a proposition, with the verdict on either side and what refutes it."""
    found: dict[str, dict[str, object]] = {}
    told = [(c.proposition, c.about[0], c.verdict, what_comes_out(c, ledger)) for c in refuted(run_checks(ledger))]
    for row in ledger.tables["corroboration"]:
        if row["verdict"] == "contradicted":
            told.append((row["proposition"], row["claim"], row["verdict"], row["reference_value"]))
    for proposition, claim, verdict, why in sorted(told, key=lambda entry: GRAVITY.index(entry[2])):
        link = tables.Link(proposition, f"{reference_page('ledger')}#{claim}")
        cells = (link, *_sides(verdict), why[:1].upper() + why[1:])
        found.setdefault(proposition, dict(zip(("Proposition", *COLUMNS[1:3], "What refutes it"), cells, strict=True)))
    return tables.show(pd.DataFrame(found.values()), caption, classes="stacked")


def _part(rows: list[Row], verdicts: tuple[str, ...], caption: str) -> tables.Table:
    frame = pd.DataFrame([cells for verdict, cells in rows if verdict in verdicts], columns=COLUMNS)
    if frame.empty:
        return tables.Table(caption, "<p>Nothing that was compared speaks against a claim.</p>")
    return tables.show(frame, caption, classes="stacked")


def _inside_row(result: Result, ledger: Ledger) -> Row:
    question = f"{result.question.rstrip('?')}, {result.reading}" if result.reading else result.question
    inputs = dict.fromkeys(address.removeprefix("when:") for _, address in result.inputs)
    links = [_link(claim, ledger) for claim in inputs if claim in ledger.claims]
    outcome = what_comes_out(result, ledger)
    text = f"{outcome[:1].upper()}{outcome[1:]}. {result.comment}"
    kind = result.verdict if result.leads or not result.verdict else "idle"
    return kind, (_listed(question, links), *_sides(result.verdict), text)


def _outside_row(row: dict[str, str], ledger: Ledger) -> Row:
    parts: list[tables.Link | str] = []
    if row["reference"]:
        name = next(r["publisher"] for r in ledger.tables["references"] if r["id"] == row["reference"])
        read = date.fromisoformat(row["read"])
        phrase = row["words"] and not any(map(str.isdigit, row["words"]))
        said = f"“{row['words']}”" if phrase else row["words"] or row["reference_value"]
        href = f"{reference_page('bibliography')}#{row['reference']}"
        parts = [tables.Link(name, href), f" ({row['voice']}, read {read.day} {read:%B %Y}): {said}. "]
    what = _listed(row["question"], [_link(row["claim"], ledger)])
    return row["verdict"], (what, *_sides(row["verdict"]), tables.Parts(*parts, row["comment"]))


def _sides(verdict: str) -> tuple[object, object]:
    """Return the badges inside and outside the text; a verdict is on one side."""
    badge = tables.Badge(verdict) if verdict else "not compared"
    return (badge, "") if verdict in INSIDE or not verdict else ("", badge)


def _listed(question: str, links: list[tables.Link]) -> tables.Parts:
    """Join a question and the claims it is about."""
    parts: list[tables.Link | str] = [question, " " if question.endswith("?") else ": "]
    for link in links:
        parts += [link, ", "]
    return tables.Parts(*parts[:-1])


def _link(claim: str, ledger: Ledger) -> tables.Link:
    return tables.Link(ledger[claim].spoken, f"{reference_page('ledger')}#{claim}")
