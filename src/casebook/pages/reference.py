"""Reference pages written from the tables: the ledger, the systems, the data dictionary, the bibliography.

Each function returns the Markdown of one page. The site writes them anew whenever it is built; `make refresh` stores
them in `book/`, so that links to them work in JupyterLab and in a text editor too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

from casebook.ledger import Ledger
from casebook.ledger.descriptor import Row
from casebook.pages.claim_cards import VOICES, ledger_page
from casebook.pages.library import library_page

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


SYSTEM_COLUMNS = ["System", "What the text says", "Text", "Chapter", "State"]
STATES = {
    "model": "rebuilt as a model in its chapter",
    "in place": "computed in place, in the chapter of its text",
    "row": "described in its row and not modelled",
}


def _details(row: Row) -> str:
    told = [("A model must compute", "must_compute"), ("Methods", "method"), ("Left out", "left_out")]
    parts = "".join(f"<p><b>{name}:</b> {escape(row[key])}</p>" for name, key in told if row[key])
    return f'<details><summary aria-label="Details: {escape(row["name"])}">Details</summary>{parts}</details>'


def systems_page(ledger: Ledger) -> str:
    """Every system the texts describe and where the book treats it."""
    rows = []
    for row in ledger.tables["systems"]:
        voice, chapter = VOICES[row["source"]], row["chapter"].rpartition("/")[2].replace("-", " ")
        lines = f"line{'s' if ';' in row['lines'] else ''} {row['lines'].replace(';', ', ')}"
        link = f'<a href="../{row["chapter"]}.ipynb">{chapter}</a>'
        rows.append(
            f'<tr id="{row["id"]}"><th scope="row">{escape(row["name"])}</th><td>{escape(row["does"])}{_details(row)}</td>'
            f'<td data-choice="{voice}">{voice}, {lines}</td><td>{link}</td><td class="state">{row["state"]}</td></tr>'
        )
    states = [row["state"] for row in ledger.tables["systems"]]
    counts = "; ".join(f"{states.count(state)} {words}" for state, words in STATES.items() if state in states)
    return (
        "# The systems\n\n"
        f"The texts describe {len(rows)} systems. Some are a paragraph, some half a sentence. The table says what each is "
        f"said to do and where the book treats it: {counts}. *Details* tells what a model would have to compute to be "
        "taken seriously, by which methods, and what is left out.\n\n"
        + _table(SYSTEM_COLUMNS, rows, "The systems of the texts", frozenset(["Text", "State"]))
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
            allowed = ", ".join(rules.get("enum", [])) or field.get("form") or rules.get("pattern", "")
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
    "reference/library.md": library_page,
}
