"""Reference pages written from the tables: the ledger, the systems, the data dictionary, the bibliography.

Each function returns the Markdown of one page. The site writes them anew whenever it is built; `make refresh` stores
them in `book/`, so that links to them work in JupyterLab and in a text editor too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

from casebook.audit import inside_verdicts, outside_verdicts
from casebook.ledger import QUALIFIERS, Claim, Ledger
from casebook.tables import Badge, linked_note

Page = Callable[[Ledger], str]

SELECT = ' data-filter="select"'


def _table(columns: Iterable[str], rows: Iterable[str], caption: str, selects: frozenset[str] = frozenset()) -> str:
    head = "".join(f'<th scope="col"{SELECT if name in selects else ""}>{escape(name)}</th>' for name in columns)
    return (
        f'<div class="table-box" role="region" aria-label="{escape(caption)}" tabindex="0">\n'
        f'<table class="data-table sortable filterable">\n<caption>{escape(caption)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n" + "\n".join(rows) + "\n</tbody>\n</table>\n</div>\n"
    )


def _row(key: str, cells: Iterable[str], first: str = "") -> str:
    head = f'<th scope="row">{first}</th>' if first else ""
    identity = f' id="{escape(key)}"' if key else ""
    return f"<tr{identity}>{head}{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def badge(verdict: str) -> str:
    """Return the markup of a verdict."""
    return Badge(verdict)._repr_html_()


def _verdicts(claim: str, inside: dict[str, str], outside: dict[str, str]) -> str:
    found = [verdicts[claim] for verdicts in (inside, outside) if claim in verdicts]
    return " ".join(map(badge, found)) or "not compared"


def value_text(claim: Claim) -> str:
    """Return the value of a claim for a table cell: '> 1,000,000 person', '3 to 5 day', 'no number'."""
    if claim.low is None:
        return "no number"
    ends = [
        f"{v:,}" if isinstance(v, (int, float)) and claim.unit != "year" else str(v) for v in (claim.low, claim.high)
    ]
    span = ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
    return f"{QUALIFIERS[claim.qualifier]} {span}".strip()


def ledger_page(ledger: Ledger) -> str:
    """Every claim, one row and one address each."""
    inside, outside = inside_verdicts(ledger), outside_verdicts(ledger)
    plural = {row["unit"]: row["plural"] for row in ledger.tables["units"]}
    names = {row["id"]: row["name"] for row in ledger.tables["entities"]}
    rows = []
    for claim in ledger.claims.values():
        unit = "" if claim.low is None else plural[claim.unit]
        when = f"{claim.as_of} ({claim.as_of_basis})" if claim.as_of else ""
        cells = [
            escape(f"{names[claim.subject]}: {claim.measure}"),
            escape(f"“{claim.as_written}”"),
            escape(value_text(claim)),
            escape(unit),
            escape(when),
            claim.kind,
            claim.source,
            str(claim.line),
            _verdicts(claim.id, inside, outside),
            linked_note(claim.note, "")._repr_html_(),
        ]
        link = f'<a href="#{claim.id}">{claim.id}</a>'
        rows.append(_row(claim.id, cells, link))
    columns = [
        "Address",
        "Claim",
        "As written",
        "Value",
        "Unit",
        "When",
        "Kind",
        "Source",
        "Line",
        "Verdict",
        "To mind",
    ]
    caption = f"The {len(rows)} claims of the ledger"
    selects = frozenset(["Kind", "Source", "Verdict"])
    return (
        "# The ledger\n\n"
        "Every quantity, date, time, duration, ratio and rank that the texts state stands here once for each time it is "
        "stated, with the line it stands on and the words it is written in. A vague amount keeps its words and gets no "
        "number. The verdict is what the arithmetic inside the texts says, and then what references outside them say; "
        "where nobody compared, it says so.\n\n"
        "Each row has an address of its own: a number in a chapter leads to it, and you can link to it from anywhere. "
        "The columns are explained in the [data dictionary](data-dictionary.md).\n\n"
        + _table(columns, rows, caption, selects)
    )


def systems_page(ledger: Ledger) -> str:
    """Every system the texts describe and where the book treats it."""
    told = {"model": "working model", "table": "table", "narrative": "told in its chapter", "planned": "planned"}
    rows = []
    for row in ledger.tables["systems"]:
        cells = [
            row["name"],
            row["does"],
            row["must_compute"],
            row["method"],
            row["source"],
            row["lines"].replace(";", ", "),
            row["chapter"],
        ]
        rows.append(_row(row["id"], [*map(escape, cells), told[row["state"]]], row["id"]))
    columns = [
        "No.",
        "System",
        "What the text says it does",
        "What a model must compute",
        "Methods",
        "Source",
        "Lines",
        "Chapter",
        "State",
    ]
    states = [row["state"] for row in ledger.tables["systems"]]
    counts = ", ".join(f"{states.count(state)} {words}" for state, words in told.items() if state in states)
    return (
        "# The systems\n\n"
        f"The texts describe {len(rows)} systems. Some are a paragraph, some half a sentence. The table says what each is "
        "said to do, what a model of it would have to compute to be taken seriously, and where the book treats it. "
        f"As of now: {counts}. A planned system has no model yet; nothing in the book pretends otherwise.\n\n"
        + _table(columns, rows, "The systems of the texts", frozenset(["Source", "State", "Chapter"]))
    )


def dictionary_page(ledger: Ledger) -> str:
    """Explain every column of every table, from the descriptor."""
    parts = [
        "# Data dictionary\n\n"
        "The tables of the book lie in `data/` as plain CSV files, described by `datapackage.json` after the Frictionless "
        "standard. This page is written from that descriptor. "
        '<a href="../../data/crunch-time-ledger.zip" download>Download the tables</a>, or '
        '<a href="../../results.json" download>every claim, verdict and computed figure as JSON</a> with a checksum. '
        "The data may be used under the licence "
        f"{ledger.descriptor['licenses'][0]['name']}.\n"
    ]
    for resource in ledger.descriptor["resources"]:
        schema = resource["schema"]
        targets = {key["fields"]: key["reference"]["resource"] for key in schema.get("foreignKeys", [])}
        rows = []
        for field in schema["fields"]:
            rules = field.get("constraints", {})
            allowed = ", ".join(rules.get("enum", [])) or rules.get("pattern", "")
            target = targets.get(field["name"]) or field.get("listOf", "")
            cells = [field["type"], "yes" if rules.get("required") else "", allowed, target, field["description"]]
            rows.append(_row("", map(escape, cells), f"<code>{escape(field['name'])}</code>"))
        count = len(ledger.tables[resource["name"]])
        table = _table(
            ["Column", "Type", "Required", "Allowed", "Refers to", "Meaning"], rows, f"Columns of {resource['path']}"
        )
        table = table.replace(" sortable filterable", "")
        parts.append(
            f"## {resource['title']}\n\n{resource['description']} `{resource['path']}`, {count} rows.\n\n{table}"
        )
    return "\n".join(parts)


def bibliography_page(ledger: Ledger) -> str:
    """Every reference the claims were held against, with what kind of voice it is."""
    rows = []
    for row in ledger.tables["references"]:
        title = escape(row["title"])
        if row["url"]:
            title = f'<a href="{escape(row["url"])}" rel="external">{title}</a>'
        cells = [escape(row["publisher"]), escape(row["date"] or "not dated"), row["kind"]]
        rows.append(_row(row["id"], cells, title))
    return (
        "# Bibliography\n\n"
        "These are the pages the claims were held against, as they were read. The kind says who speaks. A company's own "
        "outlet, or a paper it owns, can confirm what the company said; it cannot confirm that it is so. A repost is a "
        "copy on another site, named as such.\n\n"
        + _table(["Title", "Publisher", "Date", "Kind"], rows, f"The {len(rows)} references", frozenset(["Kind"]))
    )


GENERATED: dict[str, Page] = {
    "reference/ledger.md": ledger_page,
    "reference/systems.md": systems_page,
    "reference/data-dictionary.md": dictionary_page,
    "reference/bibliography.md": bibliography_page,
}
