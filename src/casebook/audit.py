"""Verdicts on claims: what independent references say about them.

The vocabulary is fixed. Outside the texts a claim is corroborated, differs, is contradicted, or is unreferenced when
somebody looked and found nothing. A claim nobody compared has no verdict.
"""

from __future__ import annotations

from collections import defaultdict

from casebook.ledger import Claim, Ledger
from casebook.tables import QUALIFIERS

# From the gravest to the mildest; the gravest speaks for the claim.
OUTSIDE = ("contradicted", "differs", "corroborated", "unreferenced")

OWN_MEDIA = ("company", "company-owned media")


def outside_verdicts(ledger: Ledger) -> dict[str, str]:
    """Return the verdict of the references on each claim that was compared.

    A claim that is corroborated by nobody but the company and its media is 'corroborated (company's own word)'.
    """
    kind = {row["id"]: row["kind"] for row in ledger.tables["references"]}
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in ledger.tables["corroboration"]:
        found[row["claim"]].append((row["verdict"], kind.get(row["reference"], "")))
    verdicts = {}
    for claim, pairs in found.items():
        gravest = min((verdict for verdict, _ in pairs), key=OUTSIDE.index)
        speakers = {speaker for verdict, speaker in pairs if verdict == "corroborated"}
        own = gravest == "corroborated" and speakers <= set(OWN_MEDIA)
        verdicts[claim] = "corroborated (company's own word)" if own else gravest
    return verdicts


def note(claim: Claim, verdict: str | None, ledger: Ledger) -> str:
    """Return what stands behind a number, for its hover text and for a screen reader."""
    title = next(row["title"] for row in ledger.tables["sources"] if row["id"] == claim.source)
    bound = QUALIFIERS[claim.qualifier]
    value = "no number stated" if claim.low is None else f"{bound} {claim.as_written}".strip()
    return f"{claim.measure}: {value}. {title}, line {claim.line}. Verdict: {verdict or 'not compared'}."


def notes(ledger: Ledger) -> dict[str, str]:
    """Return the note of every claim."""
    verdicts = outside_verdicts(ledger)
    return {key: note(claim, verdicts.get(key), ledger) for key, claim in ledger.claims.items()}
