"""What the book found, for machines: every claim, check and correction as JSON, and what moved between two results."""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from typing import Any

from casebook.audit.checks import Result, run_checks
from casebook.audit.corrections import apply_corrections
from casebook.audit.relations import Figure
from casebook.audit.verdicts import INSIDE, OUTSIDE, inside_verdicts, outside_verdicts
from casebook.ledger import Ledger


def results(ledger: Ledger) -> dict[str, Any]:
    """Return what the book found, for machines: claims, checks, corrections, and a checksum over the rest."""
    inside, outside, checks = inside_verdicts(ledger), outside_verdicts(ledger), run_checks(ledger)
    on: dict[str, list[str]] = defaultdict(list)
    pairs = [(claim, c.id) for c in checks if c.leads and c.verdict for claim in c.about]
    for claim, key in pairs + [(row["claim"], row["id"]) for row in ledger.tables["corroboration"]]:
        on[claim].append(key)
    names = ("source", "line", "subject", "measure", "unit", "qualifier", "as_of", "as_written", "kind")
    claims = {
        c.id: {n: getattr(c, n) for n in names}
        | {
            "value": [c.low, c.high],
            "inside": inside.get(c.id, ""),
            "outside": outside.get(c.id, ""),
            "rests_on": on[c.id],
        }
        for c in ledger.claims.values()
    }
    content = {"claims": claims, "checks": {r.id: _check_json(r) for r in checks},
               "comparisons": {row["id"]: row for row in ledger.tables["corroboration"]},
               "corrections": {key: vars(c) for key, c in apply_corrections(ledger).items()}}  # fmt: skip
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return content | {"sha256": hashlib.sha256(canonical.encode()).hexdigest()}


def _check_json(result: Result) -> dict[str, Any]:
    return {
        "source": result.source, "relation": result.relation, "reading": result.reading, "question": result.question,
        "inputs": [f"{role}={address}" for role, address in result.inputs], "about": list(result.about),
        "computed": _figure_json(result.computed), "against": _figure_json(result.against), "counts": result.leads,
        "inside": result.verdict if result.verdict in INSIDE else "",
        "outside": result.verdict if result.verdict in OUTSIDE else "",
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
    for part, name in (
        ("claims", "claim"),
        ("checks", "check"),
        ("comparisons", "comparison"),
        ("corrections", "correction"),
    ):
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
    if isinstance(value, list):
        ends = list(dict.fromkeys(map(str, value)))
        return " to ".join(ends) if 0 < len(ends) <= 2 else ", ".join(ends) or "none"
    return str(value) or "none"
