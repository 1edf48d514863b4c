"""The audit: what the arithmetic and what independent references say about the claims.

The vocabulary is fixed. Inside the texts claims are consistent, imprecise, inconsistent or implausible
(`casebook.audit.relations` has the rule). Outside them a claim is corroborated, differs, is contradicted, or is unreferenced
when somebody looked and found nothing. A claim nobody compared has no verdict.
"""

from __future__ import annotations

from collections import defaultdict

from casebook.audit.checks import run_checks
from casebook.audit.relations import VERDICTS as INSIDE
from casebook.ledger import Ledger

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
        speaker = "company" if row["voice"] == "company" else kind.get(row["reference"], "")
        found[row["claim"]].append((row["verdict"], speaker))
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


def references_sought(ledger: Ledger) -> tuple[int, int]:
    """Return for how many claims a reference was sought, and for how many one was found."""
    rows = ledger.tables["corroboration"]
    return len({row["claim"] for row in rows}), len({row["claim"] for row in rows if row["reference"]})


def inside_verdicts(ledger: Ledger) -> dict[str, str]:
    """Return the gravest verdict of the arithmetic on each claim a check speaks of, by the plainest reading."""
    found: dict[str, list[str]] = defaultdict(list)
    for result in run_checks(ledger):
        for claim in result.about if result.leads and result.verdict in INSIDE else ():
            found[claim].append(result.verdict)
    return {claim: min(several, key=GRAVITY.index) for claim, several in found.items()}
