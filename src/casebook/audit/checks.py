"""Arithmetic checks between claims: rows of `data/checks.csv`, run through `casebook.audit.relations`.

An input of a check is a role with a claim, `assumption:ID` (or `ID@low`, `ID@high`: the far ends of its range),
`series:NAME@AS_OF`, or `when:CLAIM` and `at:NAME@AS_OF` for a moment. The roles `stated`, `low` and `high`
say what the result is held against; the others are the figures of the relation. Held against a published figure, a
claim is corroborated or differs. A check that is held against nothing has no verdict: it shows what follows, or that
nothing can be computed.
"""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from casebook.audit.relations import RELATIONS, Figure, Relation, RelationError, verdict
from casebook.ledger import Claim, Ledger
from casebook.ledger.descriptor import LedgerError, Row, split
from casebook.ledger.quantities import QuantityError, parse

BARS = ("stated", "low", "high")
SEQUENCES = frozenset(["order", "cumulative"])
NOTHING = "nothing-to-hold"  # the relation of a row that says why a figure cannot be checked

ABOUT = 0.05  # what 'about' leaves open on either side

# Ratio units, which data/units.csv keeps apart, on one scale.
RATIOS = {"percent": ("times", 0.01), "times": ("times", 1.0)}

UnitTable = Mapping[str, tuple[str, float]]


@dataclass(frozen=True)
class Result:
    """A check that was run.

    `inputs`: Role and address of every figure. `computed, against`: What comes out, and what it was held against, in
    the unit of the row; None where there is nothing. `verdict, reviewed`: The verdict that was computed and the one
    the reviewed row states; '' without anything to hold against. `proposition`: What a verdict refutes. `about`: The claims the verdict speaks of. `leads`:
    True for the plainest reading of a group that can fail: its verdict counts for the claims; others are shown beside.
    """

    id: str
    source: str
    relation: str
    reading: str
    group: str
    question: str
    proposition: str
    inputs: tuple[tuple[str, str], ...]
    about: tuple[str, ...]
    unit: str
    computed: Figure | None
    against: Figure | None
    verdict: str
    reviewed: str
    comment: str
    leads: bool


def run_checks(ledger: Ledger) -> list[Result]:
    """Run every check of the book, in the order of the table.

    Raises `LedgerError`: for a check that cannot be run: an unknown input or relation, units that do not match, a
    moment that differs from its claim.
    """
    units = {row["unit"]: (row["base"], float(row["factor"])) for row in ledger.tables["units"]}
    groups: set[str] = set()
    results = []
    for number, row in enumerate(ledger.tables["checks"], start=2):
        counts = row["counts"] != "no"
        leads = counts and (not row["group"] or row["group"] not in groups)
        groups |= {row["group"]} if counts else set()
        try:
            results.append(_run(row, ledger, units, leads))
        except (RelationError, TypeError, ZeroDivisionError) as error:
            raise LedgerError("checks.csv", f"expected a check that can be run, {row['id']}: {error}", number) from None
    return results


def _run(row: Row, ledger: Ledger, units: UnitTable, leads: bool) -> Result:
    inputs = tuple(_role(part) for part in split(row["inputs"]))
    computed = against = None
    found = ""
    if row["relation"] != NOTHING:
        relation = RELATIONS[row["relation"]]
        figures = {role: read_figure(address, ledger, units, relation) for role, address in inputs}
        bars = {role: figures.pop(role) for role in BARS if role in figures}
        computed = relation.compute(*figures.values()) if row["relation"] in SEQUENCES else relation.compute(**figures)
        against = _bar(bars, relation, computed.unit)
        found = verdict(computed, against, plausible="stated" not in bars and bool(bars)) if against else ""
        if _published(dict(inputs)):
            found = "corroborated" if found == "consistent" else "differs"
        computed, against = (_shown(f, row["unit"], units) if f else None for f in (computed, against))
    about = tuple(split(row["about"]))
    names = ("id", "source", "relation", "reading", "group", "question", "proposition", "unit", "comment")
    texts = {name: row[name] for name in names}
    return Result(**texts, inputs=inputs, about=about, computed=computed, against=against, verdict=found,
                  reviewed=row["verdict"], leads=leads)  # fmt: skip


def _published(inputs: dict[str, str]) -> bool:
    """Say whether claims are held against published figures, so that the verdict is one outside the texts."""
    series = {role for role, address in inputs.items() if address.startswith("series:")}
    return "stated" in series or ("stated" in inputs and series == set(inputs) - {"stated"})


def _role(part: str) -> tuple[str, str]:
    role, _, address = part.partition("=")
    if not role or not address:
        raise RelationError(f"expected role=input, found “{part}”")
    return role.strip(), address.strip()


def base_unit(unit: str, table: UnitTable) -> tuple[str, float]:
    """Return the base unit of a unit and how many of it one unit is; 'person per hour' is resolved part by part."""
    if unit in RATIOS:
        return RATIOS[unit]
    if unit in table and table[unit][0] != unit:
        base, factor = base_unit(table[unit][0], table)
        return base, factor * table[unit][1]
    if " per " in unit:
        over, _, under = unit.rpartition(" per ")
        (one, first), (two, second) = base_unit(over, table), base_unit(under, table)
        return f"{one} per {two}", first / second
    return unit, 1.0


def figure(low: float, high: float, unit: str, factor: float = 1.0, *, bound: str = "", step: float = 0.0) -> Figure:
    """Read a stated value as an interval.

    `low, high`: The value, or the ends of a stated range, in the unit as written. `unit, factor`: Base unit, and how
    many of it the written unit is. `bound`: '>', '>=', '<', '<=', '~' or ''. The amounts of the book are never below
    zero, so 'up to' starts there. `step`: One unit in the last printed digit.
    """
    ends = {">": (low, math.inf), ">=": (low, math.inf), "<": (0.0, high), "<=": (0.0, high)}
    ends["~"] = (low * (1 - ABOUT), high * (1 + ABOUT))
    least, most = ends.get(bound, (low - step / 2, high + step / 2))
    return Figure((low + high) / 2 * factor, least * factor, most * factor, unit)


def read_figure(address: str, ledger: Ledger, units: UnitTable, relation: Relation) -> Figure:
    """Read a claim, an assumption or a point of a series as the relation wants it: rounded, counted or bare."""
    kind, _, key = address.rpartition(":")
    if kind == "assumption":
        key, _, end = key.partition("@")
        value, rows = ledger.assumption(key), {row["id"]: row for row in ledger.tables["assumptions"]}
        base, factor = base_unit(rows[key]["unit"], units)
        value = float(rows[key][end]) if end else value
        return figure(value, value, base, factor)
    if kind in ("series", "at"):
        row = _point(key, ledger)
        return _span(row["as_of"]) if kind == "at" else _value(row, units)
    claim = ledger[key]
    if kind == "when":
        return _moment(claim.as_of)
    if claim.unit in ("date", "clock-time"):
        return _dated(claim)
    if claim.low is None:
        raise RelationError(f"{claim.id} is vague, nothing can be computed from it")
    base, factor = base_unit(claim.unit, units)
    step = 0.0 if relation.counted else _step(claim)
    return figure(
        float(claim.low), float(claim.high), base, factor, bound=claim.qualifier if relation.bounds else "", step=step
    )


def _step(claim: Claim) -> float:
    """Return one unit in the last digit the text prints."""
    try:
        return float(parse(claim.as_written).step)
    except QuantityError:
        return 0.0


def _point(key: str, ledger: Ledger) -> Row:
    name, _, as_of = key.partition("@")
    for row in ledger.tables["series"]:
        if (row["series"], row["as_of"]) == (name, as_of):
            return row
    raise LedgerError("series.csv", f"expected a value of “{name}” at {as_of}, found none")


def _value(row: Row, units: UnitTable) -> Figure:
    base, factor = base_unit(row["unit"], units)
    value = Decimal(row["value"])
    step = float(Decimal(1).scaleb(min(0, int(value.as_tuple().exponent))))
    return figure(float(value), float(value), base, factor, step=step)


def _span(month: str) -> Figure:
    """Return a month as the moment in its middle and those of its first and last day."""
    first = datetime.fromisoformat(f"{month}-01").replace(tzinfo=UTC)
    last = first + timedelta(days=monthrange(first.year, first.month)[1] - 1)
    start, end = first.timestamp(), last.timestamp()
    return Figure((start + end) / 2, start, end, "moment")


def _dated(claim: Claim) -> Figure:
    """Read a date, or a clock time on the day of its claim; refuse where value and moment disagree."""
    when, value = claim.as_of.partition("/")[0], str(claim.low)
    if claim.unit == "clock-time":
        text, same = f"{when[:10]}T{value}", when[11:] in ("", value)
    else:
        text = when[:4] + value[1:] if value.startswith("--") else value
        same = when[:10] == text
    if not same or claim.low is None:
        raise RelationError(f"expected the moment of {claim.id} ({when}) to be that of its value ({value})")
    return _moment(text)


def _moment(text: str) -> Figure:
    seconds = datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
    return Figure(seconds, seconds, seconds, "moment")


def _bar(bars: dict[str, Figure], relation: Relation, unit: str) -> Figure | None:
    """Return what a result is held against: the stated figure, a plausible range, or the meaning of the words."""
    if "stated" in bars:
        return bars["stated"]
    if bars:
        low = bars["low"].low if "low" in bars else 0.0
        high = bars["high"].high if "high" in bars else math.inf
        return Figure(low, low, high, next(iter(bars.values())).unit)
    if relation.at_least == -math.inf and relation.at_most == math.inf:
        return None
    return Figure(0.0, relation.at_least, relation.at_most, unit)


def _shown(base: Figure, unit: str, units: UnitTable) -> Figure:
    """Convert a figure from base units to the unit of its row."""
    if base.unit in (unit, "moment"):
        return base
    name, factor = base_unit(unit, units)
    if name != base.unit:
        raise RelationError(f"expected a result in {unit}, found {base.unit}")
    return Figure(base.value / factor, base.low / factor, base.high / factor, unit)
