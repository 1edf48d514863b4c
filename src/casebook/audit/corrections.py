"""Corrections: what the charts of the book use instead of a figure that should not be used as stated.

One declared row of `data/corrections.csv` a claim. Each row says what the ledger holds now; when the ledger changes under
a correction, the correction fails instead of being applied to something else.
"""

from __future__ import annotations

from dataclasses import dataclass

from casebook.ledger import Ledger, Scalar
from casebook.ledger.descriptor import LedgerError


@dataclass(frozen=True)
class Correction:
    """A corrected claim.

    `action`: 'drop' (leave it out), 'override' (another value), 'scale' (the value times a factor) or 'flag' (the
    value as stated, with a warning). `value`: What to use, in the unit of the claim; None when it is dropped.
    `state`: Whether those who published the figure know: open, reported, acknowledged, fixed_upstream.
    """

    claim: str
    action: str
    value: Scalar | None
    reason: str
    reference: str
    state: str


def apply_corrections(ledger: Ledger) -> dict[str, Correction]:
    """Return the corrections by claim.

    Raises `LedgerError`: when the ledger no longer holds the value a correction was written for, or a row lacks its
    value.
    """
    found = {}
    for number, row in enumerate(ledger.tables["corrections"], start=2):
        claim, action = ledger[row["claim"]], row["action"]
        now = claim.as_written if claim.low is None else str(claim.low)
        if now != row["expect"] or claim.low != claim.high:
            now = now if claim.low == claim.high else f"{claim.low} to {claim.high}"
            what = f"expected {row['claim']} to be {row['expect']}, found {now}; review the correction"
            raise LedgerError("corrections.csv", what, number, "expect")
        if bool(row["value"]) != (action in ("override", "scale")):
            raise LedgerError("corrections.csv", "expected a value for override and scale only", number, "value")
        value: Scalar | None = None if action == "drop" else claim.low
        if action == "override":
            value = float(row["value"])
        elif action == "scale":
            value = float(claim.low) * float(row["value"])
        found[claim.id] = Correction(claim.id, action, value, row["reason"], row["reference"], row["state"])
    return found


def corrected(ledger: Ledger, claim: str) -> Scalar | None:
    """Return the value a chart should use: the corrected one, the stated one, or None for a figure to leave out."""
    found = apply_corrections(ledger).get(claim)
    return found.value if found else ledger.value(claim)


def correction_note(ledger: Ledger, claim: str) -> str:
    """Return the reason a chart gives for a correction; empty where there is none."""
    found = apply_corrections(ledger).get(claim)
    return found.reason if found else ""
