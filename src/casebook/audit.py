"""The audit: what the arithmetic and what independent references say about the claims.

The vocabulary is fixed. Inside the texts claims are consistent, imprecise, inconsistent or implausible
(`casebook.relations` has the rule). Outside them a claim is corroborated, differs, is contradicted, or is unreferenced
when somebody looked and found nothing. A claim nobody compared has no verdict.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from typing import Any

import pandas as pd

from casebook import tables
from casebook.checks import Result, run_checks
from casebook.corrections import apply_corrections, corrected, correction_note  # noqa: F401 (chapters say audit.corrected)
from casebook.ledger import QUALIFIERS, Claim, Ledger, open_ledger, reference_page
from casebook.relations import VERDICTS as INSIDE
from casebook.relations import Figure
from casebook.wording import what_comes_out

# From the gravest to the mildest; the gravest speaks for the claim.
OUTSIDE = ("contradicted", "differs", "corroborated", "unreferenced")
GRAVITY = (
    "implausible",
    "contradicted",
    "inconsistent",
    "differs",
    "imprecise",
    "consistent",
    "corroborated",
    "unreferenced",
    "",
)

OWN_MEDIA = ("company", "company-owned media")


def outside_verdicts(ledger: Ledger) -> dict[str, str]:
    """Return the verdict of the references on each claim that was compared.

    A claim that is corroborated by nobody but the company and its media is 'corroborated (company's own word)'.
    """
    kind = {row["id"]: row["kind"] for row in ledger.tables["references"]}
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in ledger.tables["corroboration"]:
        found[row["claim"]].append((row["verdict"], kind.get(row["reference"], "")))
    for result in run_checks(ledger):
        for claim in result.about if result.leads and result.verdict in OUTSIDE else ():
            found[claim].append((result.verdict, "independent"))
    gravest_of = {}
    for claim, pairs in found.items():
        gravest = min((verdict for verdict, _ in pairs), key=OUTSIDE.index)
        speakers = {speaker for verdict, speaker in pairs if verdict == "corroborated"}
        own = gravest == "corroborated" and speakers <= set(OWN_MEDIA)
        gravest_of[claim] = "corroborated (company's own word)" if own else gravest
    return gravest_of


def inside_verdicts(ledger: Ledger) -> dict[str, str]:
    """Return the gravest verdict of the arithmetic on each claim a check speaks of, by the plainest reading."""
    found: dict[str, list[str]] = defaultdict(list)
    for result in run_checks(ledger):
        for claim in result.about if result.leads and result.verdict in INSIDE else ():
            found[claim].append(result.verdict)
    return {claim: min(several, key=GRAVITY.index) for claim, several in found.items()}


def verdicts(ledger: Ledger) -> dict[str, list[tuple[str, str]]]:
    """Return for each claim its verdicts, inside and then outside, each with what stands behind it.

    Every reading of a check is listed, those beside the plainest with the reading in the text.
    """
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for result in run_checks(ledger):
        question = f"{result.question} ({result.reading})" if result.reading else result.question
        for claim in result.about if result.verdict else ():
            found[claim].append((result.verdict, f"{question}: {what_comes_out(result, ledger)}"))
    for row in ledger.tables["corroboration"]:
        value = f": {row['reference_value']}" if row["reference_value"] else ""
        found[row["claim"]].append((row["verdict"], f"{row['question']}{value}"))
    return dict(found)


def note(claim: Claim, verdict: str | None, ledger: Ledger) -> str:
    """Return what stands behind a number, for its hover text and for a screen reader."""
    title = next(row["title"] for row in ledger.tables["sources"] if row["id"] == claim.source)
    bound = QUALIFIERS[claim.qualifier]
    value = "no number stated" if claim.low is None else f"{bound} {claim.as_written}".strip()
    return f"{claim.measure}: {value}. {title}, line {claim.line}. Verdict: {verdict or 'not compared'}."


def notes(ledger: Ledger) -> dict[str, str]:
    """Return the note of every claim, with its verdicts inside and outside the texts."""
    inside, outside = inside_verdicts(ledger), outside_verdicts(ledger)
    spoken = {}
    for key, claim in ledger.claims.items():
        parts = [f"{inside[key]} by the arithmetic"] if key in inside else []
        if key in outside:
            parts.append(outside[key] if outside[key] == "unreferenced" else f"{outside[key]} by references")
        spoken[key] = note(claim, "; ".join(parts) or None, ledger)
    return spoken


COLUMNS = ["Text", "Check", "What was held against what", "What comes out", "Verdict"]


def table(source: str | None = None) -> tables.Table:
    """Show the audit of one text, or with no source of all five: the arithmetic first, then the references.

    The table of one text leaves out what references corroborate, and what nobody could find.
    """
    ledger = open_ledger()
    checks = run_checks(ledger)
    lead = {check.group: GRAVITY.index(check.verdict) for check in reversed(checks) if check.group}
    checks.sort(key=lambda check: lead.get(check.group, GRAVITY.index(check.verdict)))
    outside = sorted(ledger.tables["corroboration"], key=lambda row: OUTSIDE.index(row["verdict"]))
    rows = [(check.source, check.id, *_inside_row(check, ledger)) for check in checks]
    rows += [
        (ledger[row["claim"]].source, row["id"], *_outside_row(row, ledger))
        for row in outside
        if source is None or row["verdict"] in ("contradicted", "differs")
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    if source is None:
        frame["Text"] = frame["Text"].str.replace("-", " ")
        return tables.show(
            frame[[*COLUMNS[1:], "Text"]], "Every verdict of the book", classes="sortable filterable tall"
        )
    title = next(row["title"] for row in ledger.tables["sources"] if row["id"] == source)
    return tables.show(frame[frame["Text"] == source][COLUMNS[2:]], f"Audit: {title}", classes="stacked")


def _inside_row(result: Result, ledger: Ledger) -> tuple[object, ...]:
    question = f"{result.question.rstrip('?')}, {result.reading}" if result.reading else result.question
    inputs = dict.fromkeys(address.removeprefix("when:") for _, address in result.inputs)
    links = [_link(claim, ledger) for claim in inputs if claim in ledger.claims]
    outcome = what_comes_out(result, ledger)
    text = f"{outcome[:1].upper()}{outcome[1:]}. {result.comment}"
    return _listed(question, links), text, tables.Badge(result.verdict) if result.verdict else "not compared"


def _outside_row(row: dict[str, str], ledger: Ledger) -> tuple[object, ...]:
    parts: list[tables.Link | str] = []
    if row["reference"]:
        name = next(r["publisher"] for r in ledger.tables["references"] if r["id"] == row["reference"])
        href = f"{reference_page('bibliography')}#{row['reference']}"
        parts = [tables.Link(name, href), f": {row['reference_value']}. "]
    what = _listed(row["question"], [_link(row["claim"], ledger)])
    return what, tables.Parts(*parts, row["comment"]), tables.Badge(row["verdict"])


def _listed(question: str, links: list[tables.Link]) -> tables.Parts:
    """Join a question and the claims it is about."""
    parts: list[tables.Link | str] = [question, " " if question.endswith("?") else ": "]
    for link in links:
        parts += [link, ", "]
    return tables.Parts(*parts[:-1])


def _link(claim: str, ledger: Ledger) -> tables.Link:
    return tables.Link(tables.spoken(ledger[claim]), f"{reference_page('ledger')}#{claim}")


def results(ledger: Ledger) -> dict[str, Any]:
    """Return what the book found, for machines: claims, checks, corrections, and a checksum over the rest."""
    said: dict[str, dict[str, list[dict[str, str]]]] = defaultdict(lambda: {"inside": [], "outside": []})
    for result in run_checks(ledger):
        for claim in result.about if result.verdict else ():
            said[claim]["inside"].append({"check": result.id, "verdict": result.verdict})
    for row in ledger.tables["corroboration"]:
        said[row["claim"]]["outside"].append({"comparison": row["id"], "verdict": row["verdict"]})
    names = ("source", "line", "subject", "measure", "unit", "qualifier", "as_of", "as_written", "kind")
    claims = {
        c.id: {n: getattr(c, n) for n in names} | {"value": [c.low, c.high], "verdicts": said[c.id]}
        for c in ledger.claims.values()
    }
    content = {"claims": claims, "checks": {r.id: _check_json(r) for r in run_checks(ledger)},
               "corrections": {key: vars(c) for key, c in apply_corrections(ledger).items()}}  # fmt: skip
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return content | {"sha256": hashlib.sha256(canonical.encode()).hexdigest()}


def _check_json(result: Result) -> dict[str, Any]:
    return {
        "source": result.source, "relation": result.relation, "reading": result.reading, "question": result.question,
        "inputs": [f"{role}={address}" for role, address in result.inputs], "about": list(result.about),
        "computed": _figure_json(result.computed), "against": _figure_json(result.against), "verdict": result.verdict,
    }  # fmt: skip


def _figure_json(figure: Figure | None) -> dict[str, Any] | None:
    """Write a figure with ten digits; an open end is null."""
    if figure is None:
        return None
    ends = {name: getattr(figure, name) for name in ("value", "low", "high")}
    return {n: float(f"{v:.10g}") if math.isfinite(v) else None for n, v in ends.items()} | {"unit": figure.unit}


def diff(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Say in one line each which numbers, verdicts and figures moved between two results."""
    lines = []
    for part, name in (("claims", "claim"), ("checks", "check"), ("corrections", "correction")):
        before, after = old.get(part, {}), new.get(part, {})
        lines += [f"{name} {key}: gone" for key in before if key not in after]
        lines += [f"{name} {key}: new" for key in after if key not in before]
        for key in (k for k in after if k in before):
            for field in sorted(set(before[key]) | set(after[key])):
                one, two = before[key].get(field), after[key].get(field)
                if one != two:
                    lines.append(f"{name} {key}, {field}: {_short(one)} → {_short(two)}")
    return lines


def _short(value: object) -> str:
    """Write a field of the results in a line."""
    if isinstance(value, dict) and "value" in value:
        return f"{value['value']:g} {value['unit']}"
    if isinstance(value, dict):
        return ", ".join(entry["verdict"] for several in value.values() for entry in several) or "no verdict"
    if isinstance(value, list):
        ends = list(dict.fromkeys(map(str, value)))
        return " to ".join(ends) if len(ends) <= 2 else ", ".join(ends)
    return str(value)
