"""The book's own headlines, held over the region of their assumptions.

A headline is a claim like any other. It hangs on assumptions, each with a defensible low and high. It is tried on a seeded
quasi-random design of that region: the share of the design where it holds is printed beside it, and so is the nearest
change of a single assumption that flips it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import qmc

from casebook.ledger import Assumptions, open_ledger
from casebook.ledger.descriptor import LedgerError, Row, split

POINTS = 256  # of the design; a power of two, as Sobol's sequence asks
STEPS = 30  # halvings of a range: closer than a millionth of it

Quantity = Callable[[Assumptions], float]


class Flip(NamedTuple):
    """The value of one assumption at which a headline turns, and how much of the way to the end of its range that is."""

    assumption: str
    value: float
    way: float


def design(given: Assumptions, names: Sequence[str], points: int = POINTS) -> pd.DataFrame:
    """Return points spread evenly over the ranges of the named assumptions: a scrambled Sobol sequence, seeded."""
    low, high = np.transpose([given.range(name) for name in names])
    unit = qmc.Sobol(len(names), rng=np.random.default_rng(1)).random(points)
    return pd.DataFrame(low + unit * (high - low), columns=list(names))


def region(quantity: Quantity, given: Assumptions, names: Sequence[str], points: int = POINTS) -> pd.DataFrame:
    """Return the design with the quantity at each of its points."""
    tried = design(given, names, points)
    return tried.assign(quantity=[quantity(given.but(**row)) for row in tried.to_dict("records")])


def nearest_flip(holds: Callable[[Assumptions], bool], given: Assumptions, names: Sequence[str]) -> Flip | None:
    """Move one assumption at a time to the ends of its range; return the change that flips a headline soonest.

    The way is measured against the distance from the value to the end of the range; None where no single one flips it.
    """
    flips = []
    for name in names:
        base = getattr(given, name)
        for end in given.range(name):
            if end != base and not holds(given.but(**{name: end})):
                near, far = 0.0, 1.0
                for _ in range(STEPS):
                    way = (near + far) / 2
                    near, far = (way, far) if holds(given.but(**{name: base + way * (end - base)})) else (near, way)
                flips.append(Flip(name, base + far * (end - base), far))
    return min(flips, key=lambda flip: flip.way, default=None)


class Headline(NamedTuple):
    """A headline as its table has it, and what was computed of it."""

    row: Row
    value: float
    share: float
    flip: Flip | None
    tried: pd.DataFrame


def weigh(key: str, quantity: Quantity, given: Assumptions, points: int = POINTS) -> Headline:
    """Compute what `data/headlines.csv` says of a headline; a `LedgerError` where the two differ.

    The headline holds where the quantity is above, or below, its threshold. Share and flip are stored in the table so
    that other pages can show them; they are computed again here.
    """
    number, row = next(
        ((n, row) for n, row in enumerate(open_ledger().tables["headlines"], start=2) if row["id"] == key), (0, {})
    )
    if not row:
        raise LedgerError("headlines.csv", f"expected a headline with the id “{key}”, found none")
    names, threshold, above = split(row["assumptions"]), float(row["threshold"]), row["holds"] == "above"
    value = quantity(given)
    tried = region(quantity, given, names, points)
    held = (tried["quantity"] > threshold) == above
    flip = nearest_flip(lambda changed: (quantity(changed) > threshold) == above, given, names)
    computed = {
        "value": f"{value:.3g}",
        "share": f"{100 * held.mean():.0f}",
        "flip": f"{flip.assumption} {flip.value:.3g}" if flip else "",
    }
    for field, found in computed.items():
        if row[field] != found:
            raise LedgerError(
                "headlines.csv", f"expected {found or 'nothing'}, found {row[field] or 'nothing'}", number, field
            )
    return Headline(row, value, float(held.mean()), flip, tried.assign(holds=held))
