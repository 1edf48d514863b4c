"""Relations that must hold between figures, computed on intervals.

A figure is read as the interval that its words leave open (`casebook.audit.checks`). '777 million' may be anything that rounds
to it, half a million either way; 'about' widens it by a twentieth; 'more than' and 'up to' leave one end open. Each
relation computes the interval of what follows from its figures. `verdict` then holds the result against what is stated: the intervals
overlap (consistent), miss each other by at most a tenth of the stated value (imprecise), or by more (inconsistent). Held
against a declared plausible range instead, a result outside it is implausible.

Limits: an interval does not say how likely its ends are; figures with a common cause are treated as independent, which
makes intervals too wide rather than too narrow; the tenth is a convention; and consistent figures can still be wrong.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

TENTH = 0.10  # how far apart an imprecise statement may be
DAY = 86_400.0  # seconds
SAME = 1e-9  # relative difference that is float noise

VERDICTS = ("consistent", "imprecise", "inconsistent", "implausible")


class RelationError(ValueError):
    """Figures that cannot be related: units that do not match, a reading that is none."""


@dataclass(frozen=True)
class Figure:
    """A figure as written (of a range the middle) and the ends of its interval; `high` may be infinite.

    The unit is a base unit: second, RMB, piece, 'person per second'. A 'moment' is seconds since 1970, zone unsaid.
    """

    value: float
    low: float
    high: float
    unit: str


def _monotone(compute: Callable[..., float], rising: Sequence[Figure], falling: Sequence[Figure], unit: str) -> Figure:
    """Compute an interval of a function that rises in some figures and falls in the others."""
    return Figure(
        compute(*(f.value for f in rising), *(f.value for f in falling)),
        compute(*(f.low for f in rising), *(f.high for f in falling)),
        compute(*(f.high for f in rising), *(f.low for f in falling)),
        unit,
    )


def _divide(over: float, under: float) -> float:
    if under == 0:
        return math.inf
    return 0.0 if math.isinf(under) else over / under


def _alike(*figures: Figure) -> str:
    units = {f.unit for f in figures}
    if len(units) > 1:
        raise RelationError(f"expected figures of one unit, found {', '.join(sorted(units))}")
    return units.pop()


def quotient(over: Figure, under: Figure) -> Figure:
    """Divide: a multiple of like figures, a rate, the time an amount takes at a rate, one currency in another."""
    unit = f"{over.unit} per {under.unit}"
    if over.unit == under.unit:
        unit = "times"
    elif under.unit.startswith(f"{over.unit} per "):
        unit = under.unit.removeprefix(f"{over.unit} per ")
    return _monotone(_divide, [over], [under], unit)


def per_head(amount: Figure, heads: Figure) -> Figure:
    """Return what falls to each of so many, in the unit of the amount."""
    return _monotone(_divide, [amount], [heads], amount.unit)


def product(each: Figure, number: Figure) -> Figure:
    """Return what so many of equal size come to, in the unit of one."""
    return _monotone(lambda a, b: a * b, [each, number], [], each.unit)


def difference(whole: Figure, less: Figure) -> Figure:
    """Subtract like figures; between two moments the difference is a time."""
    unit = _alike(whole, less)
    return _monotone(lambda a, b: a - b, [whole], [less], "second" if unit == "moment" else unit)


def total(first: Figure, second: Figure) -> Figure:
    """Add like figures."""
    return _monotone(lambda a, b: a + b, [first, second], [], _alike(first, second))


def increase(after: Figure, before: Figure) -> Figure:
    """Return what was added as a multiple of what was there: one for a doubling."""
    _alike(after, before)
    return _monotone(lambda a, b: _divide(a, b) - 1, [after], [before], "times")


def growth_factor(growth: Figure) -> Figure:
    """Return the multiple that a growth leads to: 2.23 for 123 per cent."""
    return _monotone(lambda g: 1 + g, [growth], [], _alike(growth, Figure(1, 1, 1, "times")))


def compound_growth(end: Figure, start: Figure, time: Figure) -> Figure:
    """Return the growth a year that leads from start to end in a time, (end/start)^(1/years) - 1."""
    _alike(end, start)
    year = 31_556_952.0
    return _monotone(lambda e, s, t: _divide(e, s) ** _divide(year, t) - 1, [end], [start, time], "times")


def mean_rate(after: Figure, before: Figure, end: Figure, start: Figure) -> Figure:
    """Return the mean rate between two marks of a running count, in its unit per second."""
    unit = f"{_alike(after, before)} per {_alike(end, start)}"
    return _monotone(lambda a, s, b, e: _divide(a - b, e - s), [after, start], [before, end], unit)


def peak_to_mean(peak: Figure, amount: Figure, time: Figure) -> Figure:
    """Return a peak rate as a multiple of the mean rate; both are counts, of whatever they call the thing counted."""
    if not peak.unit.endswith(f" per {time.unit}"):
        raise RelationError(f"expected a rate per {time.unit}, found {peak.unit}")
    return _monotone(lambda p, t, a: _divide(p * t, a), [peak, time], [amount], "times")


def time_at_peak(amount: Figure, peak: Figure) -> Figure:
    """Return the time an amount would take at a peak rate; both are counts, of whatever they call the thing counted."""
    return _monotone(_divide, [amount], [peak], peak.unit.rpartition(" per ")[2])


def coincidence(one: Figure, other: Figure) -> Figure:
    """Return one bare number as a multiple of another that counts something else; numbers alike are not one thing."""
    if one.unit == other.unit:
        raise RelationError(f"expected unlike things, found {one.unit} twice")
    return _monotone(_divide, [one], [other], "times")


def share_of_sum(part: Figure, rest: Figure) -> Figure:
    """Return a part as a share of itself and the rest."""
    _alike(part, rest)
    return _monotone(lambda p, r: _divide(p, p + r), [part], [rest], "times")


def saving_multiple(saving: Figure) -> Figure:
    """Return output per unit of cost when a share of the cost is saved, 1 / (1 - saving)."""
    return _monotone(lambda s: _divide(1, 1 - s), [saving], [], "times")


def combined_multiple(gain: Figure, saving: Figure) -> Figure:
    """Return output per unit of cost when output is multiplied and a share of the cost is saved besides."""
    return _monotone(lambda g, s: _divide(g, 1 - s), [gain, saving], [], "times")


def minutes_seconds(time: Figure) -> Figure:
    """Read 12.18 minutes as 12 minutes and 18 seconds.

    Raises `RelationError`: when the digits behind the point cannot be seconds.
    """
    whole, part = divmod(round(time.value / 60 * 100), 100)
    if part >= 60:
        raise RelationError(f"expected seconds below 60, found {part}")
    seconds = float(60 * whole + part)
    return Figure(seconds, seconds, seconds, "second")


def days(end: Figure, start: Figure) -> Figure:
    """Count the calendar days from one date to another; clock times do not matter."""
    if _alike(end, start) != "moment":
        raise RelationError(f"expected dates, found {end.unit}")
    count = (end.value // DAY - start.value // DAY) * DAY
    return Figure(count, count, count, "second")


def festival_day(date: Figure, first: Figure) -> Figure:
    """Return the day of a festival a date falls on; the first is day 1."""
    count = days(date, first).value / DAY + 1
    return Figure(count, count, count, "day-of-new-year")


def weekday(date: Figure) -> Figure:
    """Return the weekday of a date by the calendar; Monday is 1."""
    number = float(datetime.fromtimestamp(date.value, UTC).isoweekday())
    return Figure(number, number, number, "weekday")


def shared_years(first: Figure, second: Figure) -> Figure:
    """Count the whole years that two stages of a life share."""
    _alike(first, second)
    count = max(0.0, min(first.high, second.high) - max(first.low, second.low) + 1)
    return Figure(count, count, count, "year-of-life")


def order(*figures: Figure) -> Figure:
    """Return the smallest step between neighbours of a sequence; below zero when it is out of order."""
    _alike(*figures)
    steps = [difference(after, before) for before, after in pairwise(figures)]
    return min(steps, key=lambda step: step.value)


def same(value: Figure) -> Figure:
    """Return a figure as it is, to hold it against another statement of the same fact."""
    return value


@dataclass(frozen=True)
class Relation:
    """A relation with how its figures are read and what it is held against where nothing is stated.

    `counted`: Days, years and ordinals are counted: rounding hides nothing. `bounds`: Whether 'more than' counts; not
    where both sides carry the same bound. `at_least, at_most`: What holds by the meaning of the words: a part is at
    most the whole, a later moment not earlier.
    """

    compute: Callable[..., Figure]
    counted: bool = False
    bounds: bool = True
    at_least: float = -math.inf
    at_most: float = math.inf


RELATIONS: dict[str, Relation] = {
    "multiple": Relation(quotient),
    "increase": Relation(increase),
    "growth-factor": Relation(growth_factor),
    "compound-growth": Relation(compound_growth),
    "difference": Relation(difference),
    "total": Relation(total),
    "product": Relation(product),
    "rate": Relation(quotient),
    "mean-rate": Relation(mean_rate),
    "time-needed": Relation(quotient),
    "per-head": Relation(per_head),
    "part-of-whole": Relation(quotient, at_most=1.0),
    "currency": Relation(quotient, bounds=False),
    "peak-to-mean": Relation(peak_to_mean, at_least=1.0),
    "time-at-peak": Relation(time_at_peak),
    "share-of-sum": Relation(share_of_sum, at_most=1.0),
    "saving-multiple": Relation(saving_multiple),
    "combined-multiple": Relation(combined_multiple),
    "minutes-seconds": Relation(minutes_seconds),
    "duration": Relation(difference),
    "days": Relation(days, counted=True),
    "years": Relation(difference, counted=True),
    "festival-day": Relation(festival_day, counted=True),
    "weekday": Relation(weekday, counted=True),
    "shared-years": Relation(shared_years, counted=True, at_most=0.0),
    "order": Relation(order, counted=True, at_least=0.0),
    "cumulative": Relation(order, at_least=0.0),
    "same-fact": Relation(same, counted=True),
    "agreement": Relation(same),
    "coincidence": Relation(coincidence, bounds=False),
}


def verdict(computed: Figure, against: Figure, *, plausible: bool = False) -> str:
    """Hold what is computed against what is stated, or against a plausible range.

    Raises `RelationError`: when the two are not in the same unit.
    """
    _alike(computed, against)
    apart = max(computed.low - against.high, against.low - computed.high)
    noise = SAME * max(abs(computed.value), 1e-300)
    if apart <= noise:
        return "consistent"
    if plausible:
        return "implausible"
    nearest = against.high if computed.low > against.high else against.low
    return "imprecise" if apart <= TENTH * abs(nearest) + noise else "inconsistent"
