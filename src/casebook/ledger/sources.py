"""Hold the ledger against the source texts: `python -m casebook sources DIR`.

The texts are not part of the book. Whoever holds them can prove that the ledger is true to them and complete.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from casebook.ledger import Claim, Ledger
from casebook.ledger.descriptor import LedgerError
from casebook.ledger.quantities import Quantity, QuantityError, agrees, bound, parse, tokens

WITHOUT_NUMBER = ("vague", "proposition")  # the kinds of claims that have no value


def check_sources(ledger: Ledger, folder: Path) -> list[str]:
    """Return one line a fault; an empty list proves the ledger true and complete.

    A claim is true when its `as_written` stands on its line, parses to its value and unit, and has the qualifier that
    the words before the number give. A vague amount and a proposition have no value. The ledger is complete when every
    number-like token of the texts is part of a claim or dismissed with a reason, and every line in one passage.
    """
    faults = []
    for row in ledger.tables["sources"]:
        try:
            lines = _read_source(folder, row)
        except LedgerError as error:
            faults.append(str(error))
            continue
        digest = hashlib.sha256((folder / row["file"]).read_bytes()).hexdigest()
        if digest != row["sha256"]:
            faults.append(f"{row['file']}: expected the text with sha256 {row['sha256'][:12]}…, found {digest[:12]}…")
        faults += _false_claims(ledger, row["id"], lines)
        faults += _missed_tokens(ledger, row["id"], row["file"], lines)
        faults += _missed_lines(ledger, row["id"], row["file"], lines)
    return faults


def _read_source(folder: Path, row: dict[str, str]) -> list[str]:
    path = folder / row["file"]
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise LedgerError(row["file"], f"expected this text in {folder}") from None
    except UnicodeDecodeError:
        raise LedgerError(row["file"], "expected UTF-8") from None
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _spans(as_written: str, line: str) -> list[tuple[int, int]]:
    """Find a token on a line; it may not be a part of a longer word or number."""
    pattern = rf"(?<![A-Za-z0-9]){re.escape(as_written)}(?![A-Za-z0-9]|[.,]\d)"
    return [match.span() for match in re.finditer(pattern, line)]


def _false_claims(ledger: Ledger, source: str, lines: list[str]) -> Iterator[str]:
    for number, row in enumerate(ledger.tables["claims"], start=2):
        claim = ledger.claims[row["id"]]
        if claim.source != source:
            continue
        place = f"claims.csv, row {number}"
        if claim.line > len(lines):
            yield f"{place}, field line: expected at most {len(lines)}, found {claim.line}"
        elif not (spans := _spans(claim.as_written, lines[claim.line - 1])):
            yield f"{place}, field as_written: expected on line {claim.line} of {source}, not found: “{claim.as_written}”"
        elif claim.kind in WITHOUT_NUMBER:
            yield from _wrong_number(place, claim)
        else:
            yield from _wrong_value(place, claim)
            yield from _wrong_bound(place, claim, lines[claim.line - 1], spans)


def _wrong_value(place: str, claim: Claim) -> Iterator[str]:
    mine = claim.quantity
    try:
        read = parse(claim.as_written)
    except QuantityError as error:
        yield f"{place}, field as_written: {error}"
        return
    if mine.low is None:
        yield f"{place}, field value_low: expected {read.low} from “{claim.as_written}”, found none"
    elif not agrees(Quantity(read.low, read.high), mine.low, mine.high):
        yield (
            f"{place}, field value_low: expected {read.low} to {read.high} from “{claim.as_written}”, "
            f"found {mine.low} to {mine.high}"
        )
    if read.unit and not _unit_fits(read.unit, claim.unit):
        yield f"{place}, field unit: expected {read.unit} from “{claim.as_written}”, found {claim.unit}"


def _wrong_number(place: str, claim: Claim) -> Iterator[str]:
    """Find a value, a bound or a unit where the kind of claim has none."""
    if claim.low is not None:
        yield f"{place}, field value_low: expected no value, because it is {claim.kind}, found {claim.low}"
    if claim.qualifier:
        yield f"{place}, field qualifier: expected none, because it is {claim.kind}, found {claim.qualifier}"
    if (claim.kind == "proposition") != (claim.unit == "proposition"):
        yield f"{place}, field unit: expected “proposition” for propositions and for nothing else, found {claim.unit}"


def _wrong_bound(place: str, claim: Claim, line: str, spans: list[tuple[int, int]]) -> Iterator[str]:
    found = {bound(line, *span) for span in spans}
    if claim.qualifier not in found:
        expected = " or ".join(sign or "none" for sign in sorted(found))
        yield (
            f"{place}, field qualifier: expected {expected} from the words before “{claim.as_written}”, "
            f"found {claim.qualifier or 'none'}"
        )


def _unit_fits(read: str, unit: str) -> bool:
    """Allow a rate to be named by its parts, and ordinal days, life years and mentions to be written plainly."""
    plain = {
        "year-of-life": {"year"},
        "day-of-new-year": {"day", "rank"},
        "mention": {"times"},
        "rank": {"day", "year"},
    }
    return read == unit or read in unit.split() or read in plain.get(unit, ())


def _missed_tokens(ledger: Ledger, source: str, file: str, lines: list[str]) -> Iterator[str]:
    written = defaultdict(list)
    for claim in ledger.claims.values():
        if claim.source == source and claim.line <= len(lines):
            written[claim.line] += _spans(claim.as_written, lines[claim.line - 1])
    dismissed = {(row["line"], row["token"]) for row in ledger.tables["dismissed"] if row["source"] == source}
    unused = set(dismissed)
    for number, line in enumerate(lines, start=1):
        for start, end, token in tokens(line):
            keys = {(str(number), token), ("", token)} & dismissed
            unused -= keys
            if not keys and not any(start < stop and end > begin for begin, stop in written[number]):
                yield f"{file}, line {number}: expected “{token}” in claims.csv or dismissed.csv, found in neither"
    for line, token in sorted(unused):
        place = f"line {line}" if line else "any line"
        yield f"dismissed.csv, field token: expected “{token}” on {place} of {source}, not found there"


def _missed_lines(ledger: Ledger, source: str, file: str, lines: list[str]) -> Iterator[str]:
    """Find passages that do not count the words of their lines, and lines that stand in no passage or in two."""
    told: Counter[int] = Counter()
    for number, row in enumerate(ledger.tables["passages"], start=2):
        if row["source"] != source:
            continue
        first, last = int(row["first"]), int(row["last"])
        told.update(range(first, last + 1))
        words = " ".join(str(len(line.split())) for line in lines[first - 1 : last])
        if last > len(lines):
            yield f"passages.csv, row {number}, field last: expected at most {len(lines)}, found {last}"
        elif row["words"] != words:
            yield f"passages.csv, row {number}, field words: expected {words}, found {row['words']}"
    for number, line in enumerate(lines, start=1):
        if told[number] != 1 and (line.strip() or told[number]):
            yield f"{file}, line {number}: expected one passage of passages.csv, found {told[number] or 'none'}"
