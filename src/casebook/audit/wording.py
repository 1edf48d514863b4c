"""What a check computes, in words: '4.85 times, stated 4 times', 'Tuesday, stated Tuesday', 'in order'."""

from __future__ import annotations

import math
from collections.abc import Mapping

from casebook.audit.checks import Result
from casebook.audit.relations import Figure
from casebook.ledger import Ledger
from casebook.ledger.quantities import write

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SEEN = 0.05  # rounding that moves a result by less is not spelt out
CLOSE = 0.03  # figures closer than this get two more digits
ORDINALS = {"day-of-new-year": "day", "year-of-life": "year", "rank": "number"}


def plurals(ledger: Ledger) -> dict[str, str]:
    """Return the plural of every unit."""
    return {row["unit"]: row["plural"] for row in ledger.tables["units"]}


def amount(value: float, unit: str, names: Mapping[str, str], digits: int = 3) -> str:
    """Write a value with its unit: '4.85 times', '3,333 applications', 'Tuesday', '2013'."""
    if unit == "weekday":
        return WEEKDAYS[int(value) - 1]
    if unit == "year" and value >= 1000:
        return str(round(value))
    number = write(round(value)) if 1000 <= value < 10**6 else write(value, digits)
    if unit in ORDINALS:
        return f"{ORDINALS[unit]} {number}"
    first, per, rest = unit.partition(" per ")
    name = names.get(unit) or names.get(first, first) + per + rest
    return f"{number} {unit if value == 1 and not per and unit != 'percent' else name}"


def _bounded(figure: Figure, names: Mapping[str, str], digits: int) -> str:
    text = amount(figure.value, figure.unit, names, digits)
    if math.isinf(figure.high):
        return f"at least {text}"
    return f"at most {text}" if figure.low <= 0 < figure.value else text


def _spread(figure: Figure) -> str:
    """Write the ends of a figure where rounding moves them far."""
    if math.isinf(figure.high) or figure.low <= 0 or figure.high - figure.low <= SEEN * abs(figure.value):
        return ""
    return f" ({write(figure.low)} to {write(figure.high)})"


def what_comes_out(result: Result, ledger: Ledger) -> str:
    """Say what a check computes and what that was held against."""
    computed, against = result.computed, result.against
    if computed is None:
        return "nothing can be computed"
    if result.relation in ("order", "cumulative"):
        return "in order" if computed.value >= 0 else "out of order"
    if result.relation == "coincidence":
        return "one number, two things" if computed.value == 1 else "two numbers, two things"
    if result.relation == "shared-years":
        return f"{amount(computed.value, 'year', plurals(ledger))} shared"
    names = plurals(ledger)
    digits = 5 if against and abs(computed.value - against.value) < CLOSE * abs(against.value) else 3
    text = _bounded(computed, names, digits) + (" each" if result.relation == "per-head" else "") + _spread(computed)
    return text + (_held(result, against, names, digits) if against else "")


def _held(result: Result, against: Figure, names: Mapping[str, str], digits: int) -> str:
    """Say what a result was held against: a stated or published figure, a whole, a plausible range."""
    inputs = dict(result.inputs)
    if stated := inputs.get("stated"):
        return f", {'published' if ':' in stated else 'stated'} {_bounded(against, names, digits)}"
    if against.low == -math.inf:
        return " of the whole"
    low, high = (amount(end, against.unit, names) if math.isfinite(end) else "" for end in (against.low, against.high))
    if against.low <= 0:
        return f", {'plausible up to' if ':' in inputs['high'] else 'within'} {high}"
    return f", plausible {write(against.low)} to {high}" if high else f", plausible from {low}"
