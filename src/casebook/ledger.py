"""The ledger: what the five texts state, and how a chapter gets at it.

>>> ledger = open_ledger()
>>> ledger["sd-parcels-on-the-day"].value
777000000
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd

from casebook.descriptor import LedgerError, Row, Tables, load_descriptor, load_tables, order_key
from casebook.quantity import Quantity

Scalar = int | float | str

# How the book says a bound.
QUALIFIERS = {">": "more than", "<": "less than", ">=": "at least", "<=": "up to", "~": "about", "": ""}


def data_folder() -> Path:
    """Return the folder of the tables: `CASEBOOK_DATA`, or `data/` beside `src/`."""
    return Path(os.environ.get("CASEBOOK_DATA") or Path(__file__).parents[2] / "data")


def reference_page(name: str) -> str:
    """Return the way from the running notebook to a page of `book/reference/`, such as 'ledger' or 'bibliography'."""
    folder = "reference" if (Path.cwd() / "reference").is_dir() else "../reference"
    return f"{folder}/{name}.md"


@dataclass(frozen=True)
class Claim:
    """One statement of a source, as a row of `data/claims.csv` holds it.

    Attributes
    ----------
    low
        The value as a number, or as ISO text for dates and clock times; None where the text is vague.
    high
        The upper end; equal to `low` for a single value.
    unit
        Name of a unit in `data/units.csv`.
    qualifier
        '>', '<', '>=', '<=', '~' or ''.
    """

    id: str
    source: str
    line: int
    subject: str
    measure: str
    low: Scalar | None
    high: Scalar | None
    unit: str
    qualifier: str
    as_of: str
    as_written: str
    kind: str
    note: str
    as_of_basis: str

    @property
    def value(self) -> Scalar:
        """The single value; a `LedgerError` for a range or a vague amount."""
        if self.low is None or self.low != self.high:
            what = "is vague" if self.low is None else f"is a range, {self.low} to {self.high}"
            raise LedgerError("claims.csv", f"expected a single value, {self.id} {what}")
        return self.low

    @property
    def quantity(self) -> Quantity:
        """The value in the form `casebook.quantity` compares."""
        exact = [Decimal(str(v)) if isinstance(v, (int, float)) else v for v in (self.low, self.high)]
        return Quantity(exact[0], exact[1], self.unit)


class Ledger:
    """The tables of the book, checked against their descriptor when opened.

    Each table is also a DataFrame of text columns under its name: `ledger.table("events")`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tables: Tables = load_tables(folder)
        self.claims: dict[str, Claim] = {row["id"]: _claim(row) for row in self.tables["claims"]}
        self.descriptor = load_descriptor(folder)

    def __getitem__(self, claim: str) -> Claim:
        """Return a claim by id."""
        try:
            return self.claims[claim]
        except KeyError:
            raise LedgerError("claims.csv", f"expected a claim with the id “{claim}”, found none") from None

    def value(self, claim: str, unit: str | None = None) -> Scalar:
        """Return the single value of a claim, in another unit of the same dimension where one is given."""
        value = self[claim].value
        if unit is None:
            return value
        units = {row["unit"]: row for row in self.tables["units"]}
        old, new = units[self[claim].unit], units.get(unit)
        if new is None or old["base"] != new["base"] or isinstance(value, str):
            raise LedgerError("units.csv", f"expected a unit that {old['unit']} converts to, found “{unit}”")
        return value * float(old["factor"]) / float(new["factor"])

    def table(self, name: str) -> pd.DataFrame:
        """Return a table as a DataFrame; numbers are numbers, empty cells are missing."""
        resource = next((r for r in self.descriptor["resources"] if r["name"] == name), None)
        if resource is None:
            raise LedgerError("datapackage.json", f"expected a table named “{name}”, found none")
        names = [field["name"] for field in resource["schema"]["fields"]]
        frame = pd.DataFrame(self.tables[name], columns=names)
        for field in resource["schema"]["fields"]:
            if field["type"] in ("integer", "number"):
                frame[field["name"]] = pd.to_numeric(frame[field["name"]].replace("", None))
        return frame

    def entity(self, key: str) -> Row:
        """Return an entity by id."""
        for row in self.tables["entities"]:
            if row["id"] == key:
                return row
        raise LedgerError("entities.csv", f"expected an entity with the id “{key}”, found none")

    def series(self, name: str) -> pd.DataFrame:
        """Return a context series with the columns as_of, value, unit, basis, reference, note."""
        frame = self.table("series")
        found = frame[frame["series"] == name].drop(columns="series").reset_index(drop=True)
        if found.empty:
            raise LedgerError("series.csv", f"expected a series named “{name}”, found none")
        return found

    def assumption(self, key: str) -> float:
        """Return the value of a declared assumption."""
        for row in self.tables["assumptions"]:
            if row["id"] == key:
                return float(row["value"])
        raise LedgerError("assumptions.csv", f"expected an assumption with the id “{key}”, found none")


def _scalar(text: str) -> Scalar | None:
    if not text:
        return None
    value = order_key(text)
    if isinstance(value, str):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


def _claim(row: Row) -> Claim:
    rest = {name: value for name, value in row.items() if name not in ("line", "value_low", "value_high")}
    return Claim(**rest, line=int(row["line"]), low=_scalar(row["value_low"]), high=_scalar(row["value_high"]))


@functools.cache
def open_ledger(folder: Path | None = None) -> Ledger:
    """Open the ledger of the book, or of another folder of tables."""
    return Ledger(folder or data_folder())
