"""Read the tables of `data/` as `datapackage.json` describes them, or say in one line what is wrong.

The descriptor is the one place where columns, types, enumerations, keys and bounds are said. Beside the terms of the
Frictionless standard it uses three of the book's own: `listOf` (a field holds several keys of another table,
separated by semicolons), `maxWords` (a field holds so many words at most) and `ordered` (pairs of fields of which
the first may not exceed the second).
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

Row = dict[str, str]
Tables = dict[str, list[Row]]


class LedgerError(ValueError):
    """A table that cannot be used; the message names file, row and field and what was expected.

    Rows are counted as a spreadsheet shows them: the header is row 1.
    """

    def __init__(self, file: str, expected: str, row: int | None = None, field: str | None = None) -> None:
        place = file + (f", row {row}" if row else "") + (f", field {field}" if field else "")
        super().__init__(f"{place}: {expected}")


def load_descriptor(folder: Path) -> dict[str, Any]:
    """Read `datapackage.json` of a folder of tables."""
    path = folder / "datapackage.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LedgerError(path.name, f"expected a descriptor in {folder}") from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise LedgerError(path.name, f"expected JSON in UTF-8 ({error})") from None


def load_tables(folder: Path) -> Tables:
    """Read and check every table of a folder.

    Raises
    ------
    LedgerError
        At the first fault: a missing file or column, a wrong type, a value outside its enumeration or pattern, a
        duplicate or dangling key, a reversed bound, bytes that are not UTF-8, an empty file.
    """
    resources = load_descriptor(folder)["resources"]
    tables = {resource["name"]: _read(folder, resource) for resource in resources}
    for resource in resources:
        _check_keys(resource, tables)
    return tables


def _read(folder: Path, resource: dict[str, Any]) -> list[Row]:
    file = resource["path"]
    try:
        text = (folder / file).read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise LedgerError(file, "expected this table beside datapackage.json") from None
    except UnicodeDecodeError as error:
        row = (folder / file).read_bytes()[: error.start].count(b"\n") + 1
        raise LedgerError(file, "expected UTF-8", row) from None
    if not text.strip():
        raise LedgerError(file, "expected a header and rows, found an empty file")
    if "\0" in text:
        raise LedgerError(file, "expected text, found a null byte", text[: text.index("\0")].count("\n") + 1)
    rows = _parse(file, text)
    names = [field["name"] for field in resource["schema"]["fields"]]
    header = next(rows)
    if header != names:
        missing = [name for name in names if name not in header]
        what = f"expected column {missing[0]}" if missing else f"expected the columns {', '.join(names)}"
        raise LedgerError(file, f"{what}, found {', '.join(header)}", 1)
    table = []
    for number, cells in enumerate(rows, start=2):
        if len(cells) != len(names):
            raise LedgerError(file, f"expected {len(names)} fields, found {len(cells)}", number)
        row = dict(zip(names, cells, strict=True))
        for field in resource["schema"]["fields"]:
            _check_field(file, number, field, row[field["name"]])
        _check_order(file, number, resource.get("ordered", []), row)
        table.append(row)
    return table


def _parse(file: str, text: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise LedgerError(file, f"expected comma-separated values ({error})", reader.line_num) from None


def _check_field(file: str, number: int, field: dict[str, Any], value: str) -> None:
    rules, name = field.get("constraints", {}), field["name"]
    if not value:
        if rules.get("required"):
            raise LedgerError(file, "expected a value, found none", number, name)
        return
    expected = None
    if value != value.strip() or any(ord(c) < 32 for c in value):
        expected = "text without outer spaces, line breaks or control characters"
    elif field["type"] == "integer" and not re.fullmatch(r"-?\d{1,12}", value):
        expected = "a whole number"
    elif field["type"] == "number" and not _is_number(value):
        expected = "a number"
    elif "enum" in rules and value not in rules["enum"]:
        expected = f"one of {', '.join(rules['enum'])}"
    elif "pattern" in rules and not re.search(rules["pattern"].replace("$", r"\Z"), value):
        expected = f"text of the form {rules['pattern']}"
    elif "minimum" in rules and float(value) < rules["minimum"]:
        expected = f"at least {rules['minimum']}"
    elif len(value.split()) > field.get("maxWords", math.inf):
        expected = f"{field['maxWords']} words at most"
    if expected:
        raise LedgerError(file, f"expected {expected}, found {_shown(value)}", number, name)


def _is_number(value: str) -> bool:
    try:
        return Decimal(value).is_finite() and len(value) < 30
    except InvalidOperation:
        return False


def _shown(value: str) -> str:
    clean = "".join(c if c.isprintable() else "�" for c in value)
    return f"“{clean if len(clean) <= 60 else clean[:57] + '...'}”"


def order_key(value: str) -> Decimal | str:
    """Order plain numbers as numbers and ISO dates and clock times as text."""
    return Decimal(value) if _is_number(value) else value


def _check_order(file: str, number: int, pairs: list[list[str]], row: Row) -> None:
    for low, high in pairs:
        if bool(row[low]) != bool(row[high]):
            raise LedgerError(file, f"expected both {low} and {high}, or neither", number, high)
        one, two = order_key(row[low]), order_key(row[high])
        if re.fullmatch(r"\d{4}", row[low]) or re.fullmatch(r"\d{4}", row[high]):
            one, two = row[low], row[high]  # a year may bound a day
        if type(one) is not type(two):
            raise LedgerError(file, f"expected the same sort of value as {low}", number, high)
        if one > two:
            raise LedgerError(file, f"expected a bound not below {low} ({row[low]}), found {row[high]}", number, high)


def _check_keys(resource: dict[str, Any], tables: Tables) -> None:
    file, schema, rows = resource["path"], resource["schema"], tables[resource["name"]]
    key = schema["primaryKey"] if isinstance(schema["primaryKey"], list) else [schema["primaryKey"]]
    seen: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(rows, start=2):
        value = tuple(row[name] for name in key)
        if value in seen:
            raise LedgerError(
                file, f"expected a key used once, found {_shown(' '.join(value))} of row {seen[value]}", number, key[0]
            )
        seen[value] = number
    links = [(k["fields"], k["reference"]["resource"], False) for k in schema.get("foreignKeys", [])]
    links += [(field["name"], field["listOf"], True) for field in schema["fields"] if "listOf" in field]
    for name, other, several in links:
        column = "unit" if other == "units" else "id"
        known = {row[column] for row in tables[other]}
        for number, row in enumerate(rows, start=2):
            for value in split(row[name]) if several else filter(None, [row[name]]):
                if value not in known:
                    raise LedgerError(file, f"expected {other}.{column}, found {_shown(value)}", number, name)


def split(cell: str) -> list[str]:
    """Split a cell that holds several entries separated by semicolons."""
    return [part.strip() for part in cell.split(";") if part.strip()]
