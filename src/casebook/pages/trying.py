"""What a reader tries: how far a headline holds, and a scenario of the reader's own."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass

from casebook.audit.headlines import POINTS, Quantity, weigh
from casebook.ledger import Assumptions, open_ledger
from casebook.ledger.descriptor import LedgerError
from casebook.ledger.quantities import write
from casebook.methods.arguments import ArgumentError
from casebook.pages.drawing import ChartError
from casebook.pages.prose import Sentence

FEW = 64  # points below which a headline is spoken as a count, not as a share


def headline(key: str, quantity: Quantity, given: Assumptions, points: int = POINTS) -> Sentence:
    """Say how far a headline holds: over what share of the region of its assumptions, and what would flip it.

    `quantity(given)` computes what the headline hangs on. Raises a `LedgerError` where `data/headlines.csv` says otherwise.
    """
    found = weigh(key, quantity, given, points)
    names = {row["id"]: row["quantity"] for row in open_ledger().tables["assumptions"]}
    prefix = found.row["chapter"].rpartition("/")[2]
    turn = "No single one of these assumptions, moved to the end of its range, turns it."
    if found.flip:
        what = names[f"{prefix}-{found.flip.assumption.replace('_', '-')}"]
        here, unit = getattr(given, found.flip.assumption), given.units[found.flip.assumption]
        turn = f"What turns it soonest: {what}, at {write(found.flip.value)} instead of {write(here)} ({unit})."
    held = f"{write(100 * found.share, 2)} per cent of them"
    if points < FEW:  # too few for a share
        count = round(points * found.share)
        held = f"all {points} points tried" if count == points else f"{count} of the {points} points tried"
    return Sentence(
        f"**{found.row['statement']}** Tried at {points} points spread evenly over the ranges of its assumptions, this "
        f"holds at {held}. {turn}"
    )


@dataclass(frozen=True)
class Mistake:
    """One line that says what is wrong with a scenario."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f'<p class="mistake" role="alert" style="color:var(--warning,#b3261e)">{html.escape(self.text)}</p>'


def yours(make: Callable[[], object]) -> object:
    """Return what a scenario of the reader's own makes; a mistake in it gives one line instead of a traceback."""
    try:
        return make()
    except NameError as error:
        return Mistake(f"“{error.name}” is not there yet: choose “Run All Cells” once, then change this cell.")
    except (ArgumentError, ChartError, LedgerError) as error:
        return Mistake(str(error))
