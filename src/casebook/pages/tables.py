"""Tables of the book: a caption, headers with a scope, numbers set right, and a box of their own to scroll in.

Everything in a cell is shown as text. Only a `Link`, alone or in `Parts`, and a `Badge` become markup.
"""

from __future__ import annotations

import html
import re
from calendar import month_name
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from casebook.ledger import open_ledger, reference_page
from casebook.ledger.descriptor import LedgerError, Row
from casebook.ledger.quantities import write

LONG = 12  # rows of assumptions or of a stored run; what is longer is folded


@dataclass(frozen=True)
class Link:
    """A cell that leads somewhere."""

    text: str
    href: str

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f'<a href="{html.escape(self.href)}">{html.escape(self.text)}</a>'


@dataclass(frozen=True)
class Badge:
    """A verdict as a cell."""

    verdict: str

    def __str__(self) -> str:
        return self.verdict

    def _repr_html_(self) -> str:
        name = html.escape(self.verdict.split(" ", maxsplit=1)[0])
        return f'<span class="verdict verdict-{name}">{html.escape(self.verdict)}</span>'


class Parts:
    """A cell made of texts and links."""

    def __init__(self, *parts: Link | str) -> None:
        self.parts = parts

    def __str__(self) -> str:
        return "".join(str(part) for part in self.parts)

    def _repr_html_(self) -> str:
        return "".join(p._repr_html_() if isinstance(p, Link) else html.escape(p) for p in self.parts)


class Digits(Parts):
    """A number as a cell that keeps the digits it is written with."""


@dataclass(frozen=True)
class Table:
    """A rendered table; a notebook shows it as the value of a cell."""

    caption: str
    markup: str

    def __repr__(self) -> str:
        return f"Table: {self.caption}"

    def _repr_html_(self) -> str:
        return self.markup


def show(frame: pd.DataFrame, caption: str, digits: int = 3, classes: str = "") -> Table:
    """Render a DataFrame; its first column heads the rows, its index is not shown.

    `frame`: One row a line. Cells are text, numbers, `Link`, `Parts`, `Badge` or missing. `caption`: What the table
    shows, in a sentence. `digits`: Significant digits of computed floats; whole numbers are printed whole. `classes`:
    Extra classes of the table: 'sortable', 'filterable'. Raises `ValueError`: when a column has no name, for then
    nothing heads it.
    """
    if not all(str(name).strip() for name in frame.columns):
        raise ValueError(f"columns: expected a name for each, found {list(frame.columns)}")
    head = "".join(f'<th scope="col">{html.escape(str(name))}</th>' for name in frame.columns)
    years = [str(name).casefold() in ("year", "years") for name in frame.columns]
    numeric = [pd.api.types.is_numeric_dtype(frame[name]) for name in frame.columns]
    body = []
    for row in frame.itertuples(index=False):
        cells = [_cell(value, digits, k == 0, numeric[k]) for k, value in enumerate(row)]
        cells = [cell.replace(",", "") if year else cell for cell, year in zip(cells, years, strict=True)]
        body.append(f"<tr>{''.join(cells)}</tr>")
    label = html.escape(caption)
    markup = (
        f'<div class="table-box" role="region" aria-label="{label}" tabindex="0">'
        f'<table class="{f"data-table {classes}".strip()}"><caption>{label}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )
    return Table(caption, _with_roles(markup) if "stacked" in classes else markup)


def _with_roles(markup: str) -> str:
    """Name the parts of a table that a phone lays out as blocks, so that it stays a table to a screen reader."""
    roles = {"<table ": "table", "<thead>": "rowgroup", "<tbody>": "rowgroup", "<tr>": "row", "<td>": "cell"}
    for tag, role in roles.items():
        markup = markup.replace(tag, f'{tag[:-1]} role="{role}"{tag[-1]}')
    markup = markup.replace('<th scope="col"', '<th role="columnheader" scope="col"')
    return markup.replace('<th scope="row"', '<th role="rowheader" scope="row"')


def iso(value: object) -> object:
    """Write a moment as ISO text: the day, and the time where it has one; anything else stays."""
    if not isinstance(value, pd.Timestamp) or value is pd.NaT:
        return value
    return value.isoformat(timespec="minutes").removesuffix("T00:00")


def in_words(moment: str) -> str:
    """Write an ISO moment or span for readers: '26 January', '26 January 2020, 13:00', 'January to March 2020'."""
    if "/" in moment:
        first, last = (in_words(end) for end in moment.split("/"))
        return f"{first} to {last}"
    day, _, clock = moment.partition("T")
    found = re.fullmatch(r"(\d{4}|-)(?:-(\d\d))?(?:-(\d\d))?", day)
    if not found:
        return moment
    year, month, date = found.groups()
    words = [str(int(date)) if date else "", month_name[int(month)] if month else "", "" if year == "-" else year]
    return " ".join(filter(None, words)) + (f", {clock}" if clock else "")


def _cell(value: object, digits: int, first: bool, numeric: bool) -> str:
    if isinstance(value, (Link, Parts, Badge)):
        text = value._repr_html_()
    elif value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        text = ""
    elif isinstance(value, pd.Timestamp):
        text = in_words(iso(value))
    elif numeric:
        whole = float(value).is_integer() and abs(value) < 10**6
        text = write(int(value) if whole else float(value), digits)
    else:
        text = html.escape(str(value))
    number = ' class="num"' if numeric or isinstance(value, Digits) else ""
    return f'<th scope="row"{number}>{text}</th>' if first else f"<td{number}>{text}</td>"


def assumptions(chapter: str, stated: Iterable[str] = (), published: Iterable[str] = ()) -> Table:
    """Show what a model is fed: claims of the texts, published figures, and our own assumptions with their basis.

    `chapter`: As in `data/assumptions.csv`, such as 'sars-to-covid/sign-ups'. `stated`: Ids of the claims the model
    uses. `published`: Names of the one-value context series it uses.
    """
    ledger = open_ledger()
    names = {row["id"]: row["publisher"] for row in ledger.tables["references"]}
    rows: list[tuple[object, ...]] = [
        (ledger[key].measure, Parts(claim_link(key), ", stated"), f"Line {ledger[key].line} of the text.")
        for key in stated
    ]
    plural = {row["unit"]: row["plural"] for row in ledger.tables["units"]}
    for name in published:
        row = ledger.series(name).iloc[0]
        page = Link(names[row["reference"]], f"{reference_page('bibliography')}#{row['reference']}")
        rows.append((name.replace("-", " "), f"{_counted(float(row['value']), row['unit'], plural)}, published", page))
    ours = [
        (row["quantity"], f"{_counted(float(row['value']), row['unit'], plural)}, assumed{_range(row)}", row["basis"])
        for row in ledger.tables["assumptions"]
        if row["chapter"] == chapter
    ]
    caption = "What the model is fed, and by whom"
    if len(ours) <= LONG:
        return _inputs(rows + ours, caption)
    shown = _inputs(rows, "What the model takes from the text and from references") if rows else Table("", "")
    folded = _inputs(ours, f"The {len(ours)} assumptions of the model")
    return Table(caption, shown.markup + _folded(folded))


def _range(row: Row) -> str:
    return f" ({write(float(row['low']))} to {write(float(row['high']))})" if row["low"] else ""


def _folded(table: Table) -> str:
    return f'<details class="chart-data"><summary>{html.escape(table.caption)}</summary>{table.markup}</details>'


def _inputs(rows: list[tuple[object, ...]], caption: str) -> Table:
    frame = pd.DataFrame(rows, columns=["What", "Value, and whose", "Basis"])
    frame["What"] = frame["What"].str[:1].str.upper() + frame["What"].str[1:]
    return show(frame, caption, classes="stacked")


def _counted(value: float, unit: str, plural: dict[str, str]) -> str:
    """Write a value with its unit in the number it asks for; a plain ratio has none."""
    if unit == "times":
        return write(value)
    return f"{write(value)} {unit if value == 1 or unit.isupper() else plural[unit]}"


def checked(chapter: str, computed: dict[str, float]) -> Table:
    """Show published figures beside what the book computes; a `LedgerError` where they differ by more than allowed.

    `chapter`: As in `data/verification.csv`. `computed`: The computed figure by the id of the published one; every
    figure of the chapter must be there.
    """
    rows = []
    for number, row in enumerate(open_ledger().tables["verification"], start=2):
        if row["chapter"] == chapter:
            published, mine = float(row["published"]), float(computed[row["id"]])
            if not abs(mine - published) <= float(row["tolerance"]) * (1 + 1e-9):
                raise LedgerError(
                    "verification.csv", f"expected {published:.10g}, computed {mine:.10g}", number, "published"
                )
            digits = Digits(row["published"]), Digits(f"{mine:.7g} ✓")
            rows.append((row["case"], row["quantity"], *digits, row["publication"]))
    columns = ["Case", "Quantity", "Published", "Computed here", "Publication"]
    return show(pd.DataFrame(rows, columns=columns), "Published digits and the digits computed on this page")


def full_runs(chapter: str) -> Table:
    """Show the stored figures of a chapter's run at full scale, with the command, the machine and the day."""
    ledger = open_ledger()
    plural = {row["unit"]: row["plural"] for row in ledger.tables["units"]}
    made = [row for row in ledger.tables["full_runs"] if row["chapter"] == chapter]
    if not made:
        raise LedgerError("full_runs.csv", f"expected figures of {chapter}; a full-scale run writes them")
    rows = [
        (row["quantity"][:1].upper() + row["quantity"][1:], _counted(float(row["value"]), row["unit"], plural))
        for row in made
    ]
    how = sorted({f"{row['command']}, on {row['date']}, {row['machine']}" for row in made})
    frame = pd.DataFrame(rows, columns=["Measured", "Figure"])
    caption = f"The run at full scale, stored: {'; '.join(how)}"
    shown = show(frame[:LONG], caption)
    return (
        Table(caption, shown.markup + _folded(show(frame[LONG:], "The rest of the run")))
        if len(frame) > LONG
        else shown
    )


def claim_link(key: str) -> Link:
    """Return the words of a claim as a cell that leads to the ledger."""
    return Link(open_ledger()[key].spoken, f"{reference_page('ledger')}#{key}")


def linked_note(note: str, page: str | None = None) -> Parts:
    """Turn the ids in a note into links that show the words of the claim they name."""
    known = open_ledger().claims
    page = reference_page("ledger") if page is None else page
    parts: list[Link | str] = []
    for piece in re.split(r"([a-z]{2}(?:-[a-z0-9]+)+)", note):
        named = known.get(piece)
        parts.append(Link(f"“{named.as_written}”", f"{page}#{piece}") if named else piece)
    return Parts(*parts)
