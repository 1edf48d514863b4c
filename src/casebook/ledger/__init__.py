"""The ledger: what the five texts state, and how a chapter gets at it.

>>> ledger = open_ledger()
>>> ledger["sd-parcels-on-the-day"].value
777000000
"""

from __future__ import annotations

import functools
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from casebook.ledger.descriptor import LedgerError, Row, load_descriptor, load_tables, order_key
from casebook.ledger.quantities import Quantity, bound

Scalar = int | float | str

# How the book says a bound.
QUALIFIERS = {">": "more than", "<": "less than", ">=": "at least", "<=": "up to", "~": "about", "": ""}


def data_folder() -> Path:
    """Return the folder of the tables: `CASEBOOK_DATA`, or `data/` beside `src/`."""
    return Path(os.environ.get("CASEBOOK_DATA") or Path(__file__).parents[3] / "data").resolve()


def reference_page(name: str) -> str:
    """Return the way from the running notebook to a page of `book/reference/`, such as 'ledger' or 'bibliography'."""
    folder = "reference" if (Path.cwd() / "reference").is_dir() else "../reference"
    return f"{folder}/{name}.md"


@dataclass(frozen=True)
class Claim:
    """One statement of a source, as a row of `data/claims.csv` holds it.

    `low` and `high` are the ends of the value, equal for a single one: a number, or ISO text for a date or clock time.
    Both are None for a vague amount and for a proposition, whose `measure` says what is so. `unit` is the name of one
    in `data/units.csv`; `qualifier` is '>', '<', '>=', '<=', '~' or ''.
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
    def spoken(self) -> str:
        """The words of the text, with the bound of the claim where they leave it out: 'up to 25 million'."""
        inside = bound(self.as_written, 0, len(self.as_written))
        return self.as_written if inside == self.qualifier else f"{QUALIFIERS[self.qualifier]} {self.as_written}"

    @property
    def quantity(self) -> Quantity:
        """The value in the form `casebook.ledger.quantities` compares."""
        exact = [Decimal(str(v)) if isinstance(v, (int, float)) else v for v in (self.low, self.high)]
        return Quantity(exact[0], exact[1], self.unit)


READ: set[tuple[str, str]] = set()  # (table, row) of what was read since the start; an empty row means all of them


class _Noted(Mapping[str, Any]):
    """Tables, or the rows of one by key, that note in `READ` which were asked for."""

    def __init__(self, rows: dict[str, Any], table: str = "") -> None:
        self._rows, self._table = rows, table

    def __getitem__(self, key: str) -> object:
        READ.add((self._table, key) if self._table else (key, ""))
        if key not in self._rows and not self._table:
            raise LedgerError("datapackage.json", f"expected a table named “{key}”, found none")
        return self._rows[key]

    def __iter__(self) -> Iterator[str]:
        READ.add((self._table, ""))
        return iter(self._rows)

    def __len__(self) -> int:
        READ.add((self._table, ""))
        return len(self._rows)


class Ledger:
    """The tables of the book, checked against their descriptor when opened.

    Each table is also a DataFrame of text columns under its name: `ledger.table("events")`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        tables = load_tables(folder)
        self.tables: Mapping[str, list[Row]] = _Noted(tables)
        claims = {row["id"]: _claim(row) for row in tables.get("claims", [])}
        self.claims: Mapping[str, Claim] = _Noted(claims, "claims")
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

    def says(self, claim: Claim) -> str:
        """Return what a claim is about in our words: 'Hema: date of the promise', or the proposition itself."""
        return (
            claim.measure if claim.kind == "proposition" else f"{self.entity(claim.subject)['name']}: {claim.measure}"
        )

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


class Assumptions(SimpleNamespace):
    """The assumptions of a chapter by name, each in the unit its table gives: `given.diagnosis_rate`.

    `but` changes some by name; `units`, `low` and `high` hold the unit and the defensible range of each.
    """

    def __init__(self, rows: dict[str, Row]) -> None:
        super().__init__(**{name: float(row["value"]) for name, row in rows.items()})
        self._rows = rows

    @property
    def units(self) -> dict[str, str]:
        """The unit of each assumption."""
        return {name: row["unit"] for name, row in self._rows.items()}

    def range(self, name: str) -> tuple[float, float]:
        """Return the defensible range of an assumption; a `LedgerError` where the table gives none."""
        row = self._rows[self._known(name)]
        if not row["low"]:
            raise LedgerError("assumptions.csv", f"expected a low and a high of {row['id']}, found none")
        return float(row["low"]), float(row["high"])

    def but(self, **changes: float) -> Assumptions:
        """Return the same assumptions with some changed by name."""
        changed = Assumptions(self._rows)
        for name, value in {**vars(self), **changes}.items():
            if name != "_rows":
                setattr(changed, self._known(name), self._checked(name, value))
        return changed

    def _checked(self, name: str, value: float) -> float:
        """Return a finite number, not below zero unless the range is."""
        plain = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) and math.isfinite(value)
        row = self._rows[name]
        if not plain or (value < 0 <= float(row["low"] or row["value"])):
            raise LedgerError(
                "your numbers", f"expected a number of {row['unit']}, zero or more, found {value!r}", field=name
            )
        return float(value)

    def _known(self, name: str) -> str:
        if name not in self._rows:
            raise LedgerError("assumptions.csv", f"expected one of {', '.join(self._rows)}, found “{name}”")
        return name


def assumptions(chapter: str) -> Assumptions:
    """Return the assumptions of a chapter such as 'sars-to-covid/sign-ups'; names leave out that of the chapter."""
    prefix = chapter.rpartition("/")[2] + "-"
    found = [row for row in open_ledger().tables["assumptions"] if row["chapter"] == chapter]
    if not found:
        raise LedgerError("assumptions.csv", f"expected assumptions of {chapter}, found none")
    return Assumptions({row["id"].removeprefix(prefix).replace("-", "_"): row for row in found})


def value(claim: str, unit: str | None = None) -> Scalar:
    """Return the single value of a claim of the book, in another unit where one is given."""
    return open_ledger().value(claim, unit)


def series(name: str) -> pd.DataFrame:
    """Return a context series of the book."""
    return open_ledger().series(name)


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
