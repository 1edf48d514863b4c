"""What is shown when a reader points at a number: one line a claim."""

import csv
from functools import cache
from pathlib import Path

CLAIMS = Path("data/claims.csv")


@cache
def notes(root: Path = Path()) -> dict[str, str]:
    """Return the note of every claim, by the claim's id.

    Parameters
    ----------
    root : Path
        The folder that holds ``data/claims.csv``; the source folder of the book.

    Returns
    -------
    dict of str to str
        Empty where the table is missing.
    """
    table = root / CLAIMS
    if not table.is_file():
        return {}
    with table.open(encoding="utf-8", newline="") as lines:
        return {row["id"]: _note(row) for row in csv.DictReader(lines)}


def _note(row: dict[str, str]) -> str:
    """Write one claim as a line."""
    note = f"{row['source']}, line {row['line']}: {row['measure']}"
    return f"{note} ({row['verdict']})" if row.get("verdict") else note
