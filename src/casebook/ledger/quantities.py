"""Read and write the figures of a text: '777 million pieces', 'RMB 50-100 billion', '2:00 am', 'threefold'.

`parse` reads a short token into a `Quantity`, `bound` reads the qualifier in the words before it, `tokens` finds what
looks like a number in a line, `agrees` says whether two figures differ by more than the rounding of what is written,
and `write` prints a computed figure so that `parse` reads it back within its last printed digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from casebook.ledger.words import (
    CARDINALS,
    MONTHS,
    MULTIPLES,
    NUMBER_WORDS,
    ORDINALS,
    SCALES,
    SUPERLATIVES,
    VAGUE,
    WEEKDAYS,
)

UNIT_WORDS: dict[str, str] = {
    "second": "second", "seconds": "second", "minute": "minute", "minutes": "minute",
    "hour": "hour", "hours": "hour", "h": "hour", "day": "day", "days": "day", "week": "week", "weeks": "week",
    "month": "month", "months": "month", "year": "year", "years": "year", "%": "percent", "percent": "percent",
    "rmb": "RMB", "yuan": "RMB", "usd": "USD", "$": "USD", "us$": "USD", "times": "times", "fold": "times",
}  # fmt: skip

INTERVALS: dict[str, str] = {
    "daily": "day", "weekly": "week", "monthly": "month", "annual": "year", "annually": "year", "yearly": "year",
    "year-over-year": "year",
}  # fmt: skip

# The words before a number that bound it or loosen it.
BOUNDS: dict[str, str] = {
    ">": "more than|over|above|exceeding",
    "<": "less than|fewer than|under|below",
    ">=": "at? least|no less than|no fewer than|not less than",
    "<=": "up to|at most|no more than|not more than|within|(?:in )?the next|next",
    "~": "about|around|roughly|approximately|nearly|almost|close to|some",
}

_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
_CLOCK = re.compile(r"\b([0-9]{1,2})(?::([0-9]{2}))?\s*(am|pm)\b|\b([0-9]{1,2}):([0-9]{2})\b")
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY, _YEAR = "([0-9]{1,2})(?![0-9])(?:st|nd|rd|th)?", r"(?:\s+([0-9]{4}))?"
_DAY_MONTH = re.compile(rf"\b{_DAY}\s+(?:of\s+)?({_MONTH})\b\.?,?{_YEAR}")
_MONTH_DAY = re.compile(rf"\b({_MONTH})\b\.?\s+{_DAY},?{_YEAR}")
_MONTH_YEAR = re.compile(rf"\b({_MONTH})\s+([0-9]{{4}})\b")
_FESTIVAL_DAY = re.compile(r"\b([0-9]{1,2})[./]([0-9]{1,2})\b(?=.*\b(?:festival|campaign|sales?|shopping)\b)")
_YEARS_OF_LIFE = re.compile(r"\bfirst \S+ years\b")
_WORDS = re.compile(rf"{_NUMBER}|us\$|[a-z]+|[%$]|-")
_TOKEN_EDGE = "\"“”‘’'.,;:!?()[]{}…*–—|"


class QuantityError(ValueError):
    """A token that cannot be read as a quantity."""


@dataclass(frozen=True)
class Quantity:
    """What a token says.

    `low`: The value as decimal number, or as ISO text for dates and clock times ('--01-26', '2020-03-05', '2019-08',
    '13:00'). Equal for a single value; both None where the token is vague. `high`: The upper end; equal to `low` for
    a single value. `unit`: The unit where the token names one that can be told for certain, else None. `step`: One
    unit in the last printed digit: what rounding can hide. Zero for dates and counted words.
    """

    low: Decimal | str | None
    high: Decimal | str | None
    unit: str | None = None
    step: Decimal = Decimal(0)


def parse(text: str) -> Quantity:
    """Read a token of a few words.

    Raises `QuantityError`: when nothing in the text can be read as a quantity, a rank or a vague amount.
    """
    plain = re.sub(r"[–—−]", "-", text.casefold()).replace("’", "'").strip()
    for reader in (_clock, _calendar, _numbers, _unit_alone):
        found = reader(plain)
        if found is not None:
            return replace(found, low=Decimal(1), unit="year-of-life") if _YEARS_OF_LIFE.search(plain) else found
    words = re.findall(r"[a-z]+(?:-ever)?", plain)
    named = {word: WEEKDAYS.get(word) or MONTHS.get(word) for word in words}
    for word, value in named.items():
        if value is not None:
            return _single(Decimal(value), "weekday" if word in WEEKDAYS else "month-of-year")
    if set(words) & SUPERLATIVES:
        return _single(Decimal(1), "rank")
    if set(words) & VAGUE:
        return Quantity(None, None)
    raise QuantityError(f"“{text}” cannot be read as a quantity")


def _single(value: Decimal | str, unit: str | None, step: Decimal = Decimal(0)) -> Quantity:
    return Quantity(value, value, unit, step)


def _clock(plain: str) -> Quantity | None:
    match = _CLOCK.search(plain)
    if match is None:
        return None
    hour, minute, half, hour24, minute24 = match.groups()
    if hour24 is not None:
        return _single(f"{int(hour24):02d}:{minute24}", "clock-time")
    return _single(f"{int(hour) % 12 + 12 * (half == 'pm'):02d}:{minute or '00'}", "clock-time")


def _calendar(plain: str) -> Quantity | None:
    iso = re.search(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b", plain)
    if iso:
        return _single(iso.group(), "date")
    match = _FESTIVAL_DAY.search(plain)  # '6.18 shopping festival' names the eighteenth of June
    if match:
        return _single(f"--{int(match[1]):02d}-{int(match[2]):02d}", "date")
    for pattern, month_first in ((_DAY_MONTH, False), (_MONTH_DAY, True)):
        match = pattern.search(plain)
        if match:
            one, two, year = match.groups()
            month, day = (one, two) if month_first else (two, one)
            return _single(f"{year or '-'}-{MONTHS[month]:02d}-{int(day):02d}", "date")
    match = _MONTH_YEAR.search(plain)
    return _single(f"{match.group(2)}-{MONTHS[match.group(1)]:02d}", "year-month") if match else None


def _numbers(plain: str) -> Quantity | None:
    """Read one number or a range of two, with scale words, currency and unit."""
    plain = re.sub(r"(?<=[0-9])(?:st|nd|rd|th)\b", "", plain)
    plain = re.sub(r"(?<=[0-9])(?=k\b|m\b|bn\b)", " ", plain)
    plain = re.sub(r"([a-z])fold\b", r"\1 fold", plain)
    words = _WORDS.findall(plain)
    values, steps, unit = [], [], None
    for word in words:
        unit = unit or (UNIT_WORDS.get(word) if word != "second" or values else None)
        if word in MULTIPLES:
            unit = unit or "times"
        _accumulate(word, values, steps)
    if not values:
        return None
    if len(values) > 2:
        raise QuantityError(f"“{plain}” holds more than two numbers")
    if len(values) == 2:
        _share_scale(words, values, steps)
        return Quantity(min(values), max(values), unit, max(steps))
    return _single(values[0], unit, steps[0])


def _unit_alone(plain: str) -> Quantity | None:
    """Read 'a million', 'a single day', 'the next day', 'first hour', 'weekly', 'the same day', 'not charging'."""
    scale = re.search(r"\ba (million|billion|thousand|hundred)\b", plain)
    if scale:
        return _single(Decimal(SCALES[scale.group(1)]), None)
    unit = "|".join(word for word in UNIT_WORDS if word.isalpha() and len(word) >= 3)
    one = re.search(rf"\b(?:an?|per|single|next|first|every) ({unit})\b|\bthe ({unit}) before\b", plain)
    if one:
        return _single(Decimal(1), UNIT_WORDS[one.group(1) or one.group(2)])
    often = next((unit for word, unit in INTERVALS.items() if re.search(rf"\b{word}\b", plain)), None)
    if often:
        return _single(Decimal(1), often)
    if re.search(r"\b(?:no|free|nor would|not charging|not done any)\b|\bsame (?:day|time)\b", plain):
        return _single(Decimal(0), None)  # a stated nil
    return None


def _accumulate(word: str, values: list[Decimal], steps: list[Decimal]) -> None:
    """Add one word of a number to the values read so far."""
    if word[0].isdigit():
        value = Decimal(word.replace(",", ""))
        values.append(value)
        steps.append(Decimal(1).scaleb(min(0, int(value.as_tuple().exponent))))
    elif word in SCALES and values:
        values[-1] *= SCALES[word]
        steps[-1] *= SCALES[word]
    elif (
        word in CARDINALS and values and values[-1] in range(20, 100, 10) and 0 < CARDINALS[word] < 10 and not steps[-1]
    ):
        values[-1] += CARDINALS[word]
    elif word == "second" and values:
        return  # a unit here: 'per second'
    elif word in CARDINALS or word in MULTIPLES or (word in ORDINALS and word not in SUPERLATIVES):
        values.append(Decimal(CARDINALS.get(word) or MULTIPLES.get(word) or ORDINALS.get(word) or 0))
        steps.append(Decimal(0))
    elif word == "half":
        values.append(Decimal("0.5"))
        steps.append(Decimal(0))


def _share_scale(words: list[str], values: list[Decimal], steps: list[Decimal]) -> None:
    """Let 'RMB 50-100 billion' mean fifty billion to a hundred billion."""
    scale = next((SCALES[word] for word in reversed(words) if word in SCALES), 1)
    scaled_first = any(word in SCALES for word in words[: _second_number(words)])
    if scale > 1 and not scaled_first and values[0] < scale:
        values[0] *= scale
        steps[0] *= scale


def _second_number(words: list[str]) -> int:
    places = [k for k, word in enumerate(words) if word[0].isdigit() or word in CARDINALS]
    return places[1] if len(places) > 1 else len(words)


def tokens(line: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and text of every number-like token of a line.

    A token is a run without spaces, taken without the punctuation around it. It is number-like when it holds a
    digit or when one of its hyphenated parts is a number word or ends in 'fold'.
    """
    for match in re.finditer(r"\S+", line):
        word = match.group()
        bare = word.strip(_TOKEN_EDGE)
        if not bare:
            continue
        start = match.start() + word.index(bare)
        parts = re.split(r"[-–—/’']", bare.casefold())
        if any(c.isnumeric() for c in bare) or any(p in NUMBER_WORDS or p.endswith("fold") for p in parts):
            yield start, start + len(bare), bare


def bound(line: str, start: int, end: int) -> str:
    """Return the qualifier that a line gives the figure at start..end: '>', '<', '>=', '<=', '~' or ''.

    It stands before the number, inside the token or outside: 'the more than 846 million', 'close to 80%', 'by March 5'.
    A figure in brackets shares the bound of the one before the bracket: 'more than RMB100 million ($14,130,000)'.
    """
    number = next((start + place for place, _, _ in tokens(line[start:end])), start)
    before = re.sub(r"\S*[0-9]\S*(?: million| billion)? \($", "", line[:number].casefold())
    before = re.sub(rf"(?:\b(?:a|an|rmb|usd|{_MONTH})|\$|\s)+$", "", before)
    if re.search(r"\bby$", before) and parse(line[start:end]).unit == "date":
        return "<="
    found = [(m.start(), sign) for sign, words in BOUNDS.items() if (m := re.search(rf"\b(?:{words})$", before))]
    return min(found)[1] if found else ""


def agrees(stated: Quantity, low: Decimal | str | None, high: Decimal | str | None) -> bool:
    """Say whether a stated figure equals low..high within half a unit of its last printed digit."""
    for mine, theirs in ((stated.low, low), (stated.high, high)):
        if isinstance(mine, Decimal) and isinstance(theirs, Decimal):
            if abs(mine - theirs) > stated.step / 2:
                return False
        elif mine != theirs:
            return False
    return True


def write(value: float, digits: int = 3) -> str:
    """Print a computed figure for a sentence: '777 million', '8,993', '4.85', '0.0309'.

    `value`: Any finite number. `digits`: Significant digits at most. Whole numbers below a million are printed whole
    when `digits` allows or when they are counts (Python ints).
    """
    if isinstance(value, int) and abs(value) < 10**6:
        return f"{value:,}"
    rounded = float(f"{float(value):.{digits - 1}e}")
    for name, scale in (("trillion", 1e12), ("billion", 1e9), ("million", 1e6)):
        if abs(rounded) >= scale:
            return f"{_shortest(rounded / scale, digits)} {name}"
    return _shortest(rounded, digits)


def _shortest(value: float, digits: int) -> str:
    if value == 0:
        return "0"
    places = max(0, digits - 1 - int(f"{abs(value):e}".split("e")[1]))
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
