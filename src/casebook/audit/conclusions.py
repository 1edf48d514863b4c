"""What would change our mind: for each conclusion of the book the quantity it hangs on and the value that flips it.

The words stand in `data/conclusions.csv`, one row a conclusion. Here a function of the same name computes value and
break-even from the ledger, its series and its assumptions, so that a changed figure moves the distance between them.

>>> from casebook.ledger import open_ledger
>>> flights(open_ledger())
Hinge(value=1260.0, break_even=1170.0, unit='flight')
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from statistics import NormalDist
from typing import NamedTuple

from casebook.ledger import Ledger
from casebook.ledger.descriptor import LedgerError
from casebook.ledger.quantities import parse

CLOSE = "2023-11-28"  # New York; in China the small hours of the next day, the date of the post
MAJORITY = 50.0  # per cent
CONFIDENCE = 95.0  # per cent


class Hinge(NamedTuple):
    """The quantity a conclusion hangs on, the value at which the conclusion flips, and the unit of both."""

    value: float
    break_even: float
    unit: str


@dataclass(frozen=True)
class Conclusion:
    """A conclusion with its quantity weighed.

    `claims`: Ids of the claims it draws on, the most telling first. `holds`: 'below' or 'above': on which side of the
    break-even the conclusion holds. `basis`: 'stated', 'bound' or 'judgement': what the distance rests on.
    """

    id: str
    chapter: str
    name: str
    conclusion: str
    quantity: str
    claims: tuple[str, ...]
    holds: str
    basis: str
    settled_by: str
    value: float
    break_even: float
    unit: str

    @property
    def stands(self) -> bool:
        """Say whether the quantity is still on its side of the break-even."""
        return self.value < self.break_even if self.holds == "below" else self.value > self.break_even

    @property
    def factor(self) -> float:
        """Return the larger of value and break-even as a multiple of the smaller."""
        return max(self.value, self.break_even) / min(self.value, self.break_even)


def launch(ledger: Ledger) -> Hinge:
    """Hours from kick-off to release; they stay the stated hours as long as they round to them."""
    stated = ledger["sc-cover-total-hours"]
    hours = _hours(ledger, "sc-cover-kick-off-time", "sc-cover-release-time")
    return Hinge(hours, float(stated.value) + _half_step(stated.as_written), "hour")


def truck(ledger: Ledger) -> Hinge:
    """Hours on the road by the clock times, against the bound that the account gives."""
    hours = _hours(ledger, "sc-first-load-departure-time", "sc-first-load-arrival-time")
    return Hinge(hours, float(ledger.value("sc-first-load-transit")), "hour")


def sign_ups(ledger: Ledger) -> Hinge:
    """People at the third mark, against those who would have come had the pace between the first two been kept."""
    first, second, third = (float(ledger.value(f"sc-sign-ups-{mark}-count")) for mark in ("first", "second", "third"))
    start, end = (float(ledger.value(f"sc-sign-ups-{mark}-mark")) for mark in ("first", "second"))
    last = 24 * float(ledger.value("sc-sign-ups-third-mark"))  # stated in days
    return Hinge(third, second + (second - first) / (end - start) * (last - end), "person")


def count(ledger: Ledger) -> Hinge:
    """Parcels by the blog, against the least that still rounds to the final total of that year."""
    stated = ledger["sd-parcels-on-the-day"]
    year = stated.as_of[:4]
    final = 1e6 * _point(ledger, "singles-day-parcels", year)
    return Hinge(float(stated.value), final - _half_step(stated.as_written), "piece")


def shipping(ledger: Ledger) -> Hinge:
    """Parcels moved a day, against the pace that ships the day's parcels in the stated time."""
    pace = float(ledger.value("sd-parcels-on-the-day")) / float(ledger.value("sd-staff-shipping-period"))
    return Hinge(float(ledger.value("sd-daily-volume-present")), pace, "piece per day")


def robots(ledger: Ledger) -> Hinge:
    """Labour cost saved, against the saving s with 1 / (1 - s) equal to the stated multiple of output."""
    multiple = float(ledger.value("sd-robots-productivity"))
    return Hinge(float(ledger.value("sd-robots-labour-cost")), 100 * (1 - 1 / multiple), "percent")


def lead(ledger: Ledger) -> Hinge:
    """Price of the rival's share at the close, against the price at which the market values are equal."""
    price = _point(ledger, "share-price-pdd", CLOSE)
    ratio = _point(ledger, "market-value-alibaba", CLOSE) / _point(ledger, "market-value-pdd", CLOSE)
    return Hinge(price, price * ratio, "USD")


def flights(ledger: Ledger) -> Hinge:
    """Flights planned, against the most for which the stated multiple is the nearest whole number."""
    multiple, before = (float(ledger.value(f"jr-flights-{name}")) for name in ("multiple", "before"))
    return Hinge(float(ledger.value("jr-flights-planned")), (multiple + 0.5) * before, "flight")


def applications(ledger: Ledger) -> Hinge:
    """Applications received, against the most we would believe for so many stations."""
    believable = ledger.assumption("audit-applications-per-post-high") * float(ledger.value("jr-posts-planned"))
    return Hinge(float(ledger.value("jr-applications-received")), believable, "application")


def letter(ledger: Ledger) -> Hinge:
    """Share of the letter's amounts that have a number, against the next smallest of the texts."""
    amounts = [claim for claim in ledger.claims.values() if claim.kind != "proposition"]
    told = [(claim.source, claim.kind not in ("vague", "rank")) for claim in amounts]
    numbers = {text: [number for name, number in told if name == text] for text in dict(told)}
    shares = {text: 100 * sum(known) / len(known) for text, known in numbers.items()}
    return Hinge(shares.pop("crunch-time"), min(shares.values()), "percent")


HINGES: dict[str, Callable[[Ledger], Hinge]] = {
    "sc-launch": launch,
    "sc-truck": truck,
    "sc-sign-ups": sign_ups,
    "sd-count": count,
    "sd-shipping": shipping,
    "sd-robots": robots,
    "mm-lead": lead,
    "jr-flights": flights,
    "jr-applications": applications,
    "ct-letter": letter,
}


def weigh(ledger: Ledger) -> list[Conclusion]:
    """Weigh every conclusion of the table, the one nearest to its break-even first.

    Raises `LedgerError`: for a row without a function.
    """
    found = []
    for number, row in enumerate(ledger.tables["conclusions"], start=2):
        if row["id"] not in HINGES:
            raise LedgerError(
                "conclusions.csv", f"expected one of {', '.join(HINGES)}, found {row['id']}", number, "id"
            )
        claims = tuple(part.strip() for part in row["claims"].split(";"))
        found.append(Conclusion(**{**row, "claims": claims}, **HINGES[row["id"]](ledger)._asdict()))
    return sorted(found, key=lambda conclusion: conclusion.factor)


def answers_needed(share: float) -> int:
    """Return the least number of answers at which a share in per cent is more than a half beyond chance.

    The smallest n at which the distance of the share from 50, over sqrt(50 * 50 / n), exceeds z: when the interval of
    Wilson (1927) leaves a half out. z is the two-sided quantile of `CONFIDENCE`.
    """
    z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 200)
    return int((z * MAJORITY / abs(share - MAJORITY)) ** 2) + 1


def _half_step(as_written: str) -> float:
    """Return half of one unit in the last digit the text prints."""
    return float(parse(as_written).step) / 2


def _hours(ledger: Ledger, start: str, end: str) -> float:
    """Return the hours between two clock times, each on the day of its claim."""
    first, last = (datetime.fromisoformat(f"{ledger[key].as_of[:10]}T{ledger.value(key)}") for key in (start, end))
    return (last - first).total_seconds() / 3600


def _point(ledger: Ledger, series: str, as_of: str) -> float:
    frame = ledger.series(series)
    found = frame.loc[frame["as_of"] == as_of, "value"]
    if found.empty:
        raise LedgerError("series.csv", f"expected a value of “{series}” at {as_of}, found none")
    return float(found.iloc[0])
