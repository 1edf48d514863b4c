"""Read the tables of `data/` as `datapackage.json` describes them, or say in one line what is wrong.

The descriptor is the one place where columns, types, enumerations, keys and bounds are said. Beside the terms of the
Frictionless standard it uses four of the book's own: `listOf` (a field holds several keys of another table,
separated by semicolons), `maxWords` (a field holds so many words at most), `form` (its pattern in words) and `ordered`
(pairs of fields of which the first may not exceed the second).

A number is written in one way, with the digits 0-9, a point and at most a short power of ten. A byte order mark and the
line ends of Windows are accepted; other separators than commas are refused in words.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

Row = dict[str, str]
Tables = dict[str, list[Row]]

_SHAPE = {
    "resources": [
        {"name": str, "path": str, "schema": {"fields": [{"name": str, "type": str}], "primaryKey": (str, list)}}
    ]
}
_WHOLE = re.compile(r"(?!-0)-?(0|[1-9][0-9]{0,11})")
_NUMBER = re.compile(r"(?!-[0.]*(e|$))-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,20})?(e[+-]?[0-9]{1,2})?")
_CLOCK = re.compile("[0-9]{2}:[0-9]{2}")
_TIMES = {"clock-time": "clock time", "date": "date", "year-month": "date"}  # what is written for these units
_KEYS = {"units": "unit"}  # what links to a table give; of all others the id
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNSEEN = re.compile("[\x00-\x1f\x7f\u200b\u2028\u2029\ufeff]")  # control characters and what no reader can see
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "pipes"}


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
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise LedgerError(path.name, f"expected a descriptor in {folder}") from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise LedgerError(path.name, f"expected JSON in UTF-8 ({error})") from None
    try:
        fault = _misshapen(found, _SHAPE, "") or next(_wrong_rules(found["resources"]), None)
    except (AttributeError, KeyError, TypeError) as error:
        fault = f"expected keys, links and constraints in the terms of the standard ({error!r})"
    if fault:
        raise LedgerError(path.name, fault)
    return found


def _misshapen(found: object, shape: object, place: str) -> str | None:
    """Say where a descriptor is not of the shape the tables need, and what was expected there."""
    if isinstance(shape, list):
        if not isinstance(found, list) or not found:
            return f"expected a list of {place or 'resources'}"
        names = [each.get("name", k) if isinstance(each, dict) else k for k, each in enumerate(found)]
        return next(
            filter(None, (_misshapen(e, shape[0], f"{place} {n}") for n, e in zip(names, found, strict=True))), None
        )
    if isinstance(shape, dict):
        if not isinstance(found, dict):
            return f"expected an object{place and f' as {place}'}"
        missing = next((name for name in shape if name not in found), None)
        if missing:
            return f"expected “{missing}”{place and f' of {place}'}, found none"
        return next(
            filter(None, (_misshapen(found[name], s, f"{place} {name}".strip()) for name, s in shape.items())), None
        )
    return None if isinstance(found, shape) else f"expected text as {place}"


def _wrong_rules(resources: list[dict[str, Any]]) -> Iterator[str]:
    """Say which rules of a descriptor cannot be followed."""
    tables = [resource["name"] for resource in resources]
    for resource in resources:
        name, schema = resource["name"], resource["schema"]
        fields = [field["name"] for field in schema["fields"]]
        if tables.count(name) > 1:
            yield f"expected the resource {name} once, found it again"
        key, links = schema["primaryKey"], schema.get("foreignKeys", [])
        pairs = resource.get("ordered", [])
        if not key or not isinstance(pairs, list) or not all(isinstance(p, list) and len(p) == 2 for p in pairs):
            yield f"resource {name}: expected a field or more as primaryKey, and pairs of fields as ordered"
        used = [*([key] if isinstance(key, str) else key), *(field for pair in pairs for field in pair)]
        for missing in [field for field in [*used, *(link["fields"] for link in links)] if field not in fields]:
            yield f"resource {name}: expected a field named “{missing}”, found none"
        lists = [field["listOf"] for field in schema["fields"] if "listOf" in field]
        for other in [*(link["reference"]["resource"] for link in links), *lists]:
            if other not in tables:
                yield f"resource {name}: expected a resource named “{other}”, found none"
            elif _KEYS.get(other, "id") not in [f["name"] for f in resources[tables.index(other)]["schema"]["fields"]]:
                yield f"resource {name}: expected links to a table with a field {_KEYS.get(other, 'id')}, found {other}"
        for field in schema["fields"]:
            fault = _wrong_field(field, field.get("constraints", {}))
            if fault:
                yield f"resource {name}, field {field['name']}: {fault}"


def _wrong_field(field: dict[str, Any], rules: dict[str, Any]) -> str | None:
    if field["type"] not in ("string", "integer", "number"):
        return f"expected the type string, integer or number, found {field['type']}"
    if not isinstance(rules, dict) or not isinstance(rules.get("required", False), bool):
        return "expected an object as constraints, with true or false as required"
    least, words = rules.get("minimum", 0), field.get("maxWords", 1)
    plain = type(least) in (int, float) and math.isfinite(least) and type(words) is int
    if not plain or ("minimum" in rules and field["type"] == "string"):
        return "expected numbers as minimum and maxWords, and a minimum only of numbers"
    if not isinstance(rules.get("enum", []), list) or not all(isinstance(word, str) for word in rules.get("enum", [])):
        return "expected a list of words as enum"
    try:
        re.compile(rules.get("pattern", ""))
    except (re.error, TypeError) as error:
        return f"expected a regular expression as pattern ({error})"
    return None


def load_tables(folder: Path) -> Tables:
    """Read and check every table of a folder; a `LedgerError` at the first fault.

    Faults are a missing file or column, a wrong type, a value outside its enumeration or pattern, a duplicate or
    dangling key, a reversed bound, bytes that are not UTF-8, an empty file.
    """
    resources = load_descriptor(folder)["resources"]
    tables = {resource["name"]: _read(folder, resource) for resource in resources}
    for resource in resources:
        _check_keys(resource, tables)
    return tables


def _read(folder: Path, resource: dict[str, Any]) -> list[Row]:
    file = resource["path"]
    try:
        text = (folder / file).read_bytes().decode("utf-8-sig")
    except OSError:
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
    _check_header(file, next(rows), names)
    table = []
    for number, cells in enumerate(rows, start=2):
        if len(cells) != len(names):
            raise LedgerError(file, f"expected {len(names)} fields, found {len(cells)}", number)
        row = dict(zip(names, cells, strict=True))
        for field in resource["schema"]["fields"]:
            _check_field(file, number, field, row[field["name"]])
        _check_order(file, number, resource.get("ordered", []), row)
        _check_sort(file, number, row)
        table.append(row)
    return table


def _check_header(file: str, header: list[str], names: list[str]) -> None:
    if header == names:
        return
    other = next((name for mark, name in _SEPARATORS.items() if header[:1] == [mark.join(names)]), None)
    if other:
        raise LedgerError(file, f"expected fields separated by commas, found {other}", 1)
    if "".join(header[:1]).startswith("sep="):
        raise LedgerError(file, "expected the names of the columns, found a line that only spreadsheets read", 1)
    missing = [name for name in names if name not in header]
    what = f"expected column {missing[0]}" if missing else f"expected the columns {', '.join(names)}"
    raise LedgerError(file, f"{what}, found {_shown(', '.join(header))}", 1)


def _parse(file: str, text: str) -> Iterator[list[str]]:
    reader, row = csv.reader(io.StringIO(text, newline=""), strict=True), 0
    try:
        for cells in reader:
            row += 1
            yield cells
    except csv.Error as error:
        what = "a quote that is not closed" if "unexpected end" in str(error) else error
        raise LedgerError(file, f"expected comma-separated values, found {what}", row + 1) from None


def _check_field(file: str, number: int, field: dict[str, Any], value: str) -> None:
    rules, name = field.get("constraints", {}), field["name"]
    if not value:
        if rules.get("required"):
            raise LedgerError(file, "expected a value, found none", number, name)
        return
    expected = None
    if value != value.strip() or _UNSEEN.search(value):
        expected = "text without outer spaces, line breaks or characters that cannot be seen"
    elif field["type"] == "integer" and not _WHOLE.fullmatch(value):
        expected = "a whole number in the digits 0-9"
    elif field["type"] == "number" and not _NUMBER.fullmatch(value):
        expected = "a number in the digits 0-9, such as -12.5 or 3e6"
    elif "enum" in rules and value not in rules["enum"]:
        expected = f"one of {', '.join(rules['enum'])}"
    elif "pattern" in rules and not re.search(rules["pattern"].replace("$", r"\Z"), value, re.ASCII):
        expected = field.get("form") or f"text of the form {rules['pattern']}"
    elif "minimum" in rules and float(value) < rules["minimum"]:
        expected = f"at least {rules['minimum']}"
    elif _DAY.fullmatch(value) and not _is_day(value):
        expected = "a day of the calendar"
    elif len(value.split()) > field.get("maxWords", math.inf):
        expected = f"{field['maxWords']} words at most"
    if expected:
        raise LedgerError(file, f"expected {expected}, found {_shown(value)}", number, name)


def _is_day(value: str) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False


def _shown(value: str) -> str:
    clean = "".join(c if c.isprintable() else "�" for c in value)
    return f"“{clean if len(clean) <= 60 else clean[:57] + '...'}”"


def order_key(value: str) -> Decimal | str:
    """Order plain numbers as numbers and ISO dates and clock times as text."""
    return Decimal(value) if _NUMBER.fullmatch(value) else value


def _check_order(file: str, number: int, pairs: list[list[str]], row: Row) -> None:
    for low, high in pairs:
        if bool(row[low]) != bool(row[high]):
            raise LedgerError(file, f"expected both {low} and {high}, or neither", number, high)
        one, two = order_key(row[low]), order_key(row[high])
        if type(one) is not type(two) and re.fullmatch("[0-9]{4}", min(row[low], row[high], key=len)):
            one, two = row[low], row[high]  # a year may bound a day
        if type(one) is not type(two):
            raise LedgerError(file, f"expected the same sort of value as {low}", number, high)
        if one > two:
            raise LedgerError(file, f"expected a bound not below {low} ({row[low]}), found {row[high]}", number, high)


def _check_sort(file: str, number: int, row: Row) -> None:
    """Refuse a time where a unit counts, and a number where it is a time."""
    value, wanted = row.get("value_low"), _TIMES.get(row.get("unit", ""), "number")
    if value:
        sort = "clock time" if _CLOCK.fullmatch(value) else "number" if _NUMBER.fullmatch(value) else "date"
        if sort != wanted:
            what = f"expected a {wanted}, its unit is {row.get('unit')}, found {_shown(value)}"
            raise LedgerError(file, what, number, "value_low")


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
        column = _KEYS.get(other, "id")
        known = {row[column] for row in tables[other]}
        for number, row in enumerate(rows, start=2):
            for value in split(row[name]) if several else filter(None, [row[name]]):
                if not known:
                    raise LedgerError(
                        f"{other}.csv", f"expected rows under the header: {file}, row {number}, names one"
                    )
                if value not in known:
                    raise LedgerError(file, f"expected {other}.{column}, found {_shown(value)}", number, name)


def split(cell: str) -> list[str]:
    """Split a cell that holds several entries separated by semicolons."""
    return [part.strip() for part in cell.split(";") if part.strip()]
