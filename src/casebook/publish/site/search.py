"""The search index: every claim, every section, and every row of a table that has an address, as one record."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from casebook.ledger import open_ledger
from casebook.pages.claim_cards import Audit, kin, where

Record = tuple[str, str, str]  # anchor, title, text
SKIPPED = (nodes.literal_block, nodes.math_block, nodes.comment, nodes.title, nodes.section, nodes.system_message)
TEX = re.compile(r"\$[^$]*\$")
HIDDEN, BOXES = ("svg", "script", "style"), ("div", "ol", "form", "p", "details")
# What the index has from the ledger itself, and what would find a chart for each number in it.
APART = ("claims", "verdict-map", "table-tools", "chart-source", "chart-data")


def connect(app: Sphinx) -> None:
    """Read records with each document, write the index after the pages."""
    app.connect("builder-inited", _no_second_index)
    app.connect("doctree-read", collect, priority=950)
    app.connect("env-purge-doc", lambda app, env, docname: _store(env).pop(docname, None))
    app.connect("env-merge-info", _merge)
    app.connect("html-collect-pages", _write, priority=400)  # before the search page, which names its checksum


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Keep what can be found in a document."""
    records: list[Record] = []
    for number, section in enumerate(doctree.findall(nodes.section)):
        title = section.next_node(nodes.title)
        heading = title.astext() if title is not None else ""
        words, rows = _read(section)
        records.append(("" if number == 0 else section["ids"][0], heading, words))
        records += rows
    _store(app.env)[app.env.docname] = records


def _read(node: nodes.Element) -> tuple[str, list[Record]]:
    """Return a section's own words and the addressed rows of its raw tables."""
    words: list[str] = []
    rows: list[Record] = []
    for child in node.children:
        if isinstance(child, SKIPPED) or child.get("nb_element") == "cell_code_source":
            continue
        if child.get("nb_element") == "mime_bundle":
            child = _best(child)  # noqa: PLW2901 - the bundle stands for one of its children
        if isinstance(child, nodes.raw):
            text, found = _read_html(child.astext())
            words.append(text)
            rows += found
        elif isinstance(child, nodes.TextElement):
            words.append(_plain(child))
        else:
            text, found = _read(child)
            words.append(text)
            rows += found
    return TEX.sub("…", " ".join(" ".join(words).split())), rows


def _plain(text: nodes.Element) -> str:
    """Return the words of a paragraph; a formula is left out, for nobody looks for its TeX."""
    return "".join("…" if isinstance(c, nodes.math) else _plain(c) if c.children else c.astext() for c in text.children)


def _best(bundle: nodes.Element) -> nodes.Element:
    """Return the child of a bundle of outputs that the page will show."""
    by_type = {child.get("mime_type"): child for child in bundle.children}
    for mime in ("text/html", "text/markdown", "text/plain"):
        if mime in by_type:
            return by_type[mime]
    return nodes.container()


class _Text(HTMLParser):
    """Collects the words of raw HTML, and apart from them each row that has an id."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.rows: list[Record] = []
        self.row: tuple[str, list[str]] | None = None
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("id")
        if (
            tag in HIDDEN
            or (self.hidden and tag in BOXES)
            or set((dict(attrs).get("class") or "").split()) & set(APART)
        ):
            self.hidden += 1
        elif tag == "tr" and name:
            self.row = (name, [])

    def handle_endtag(self, tag: str) -> None:
        if tag in HIDDEN or (self.hidden and tag in BOXES):
            self.hidden = max(0, self.hidden - 1)
        elif tag == "tr" and self.row:
            name, cells = self.row
            self.rows.append((name, cells[0] if cells else name, " · ".join(cells[1:])))
            self.row = None

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and not self.hidden:
            (self.row[1] if self.row else self.words).append(text)


def _read_html(html: str) -> tuple[str, list[Record]]:
    """Return the words of raw HTML and its addressed rows."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    return " ".join(parser.words), parser.rows


def _store(env: BuildEnvironment) -> dict[str, list[Record]]:
    """Return the records kept with the environment, by document."""
    if not hasattr(env, "casebook_search"):
        env.casebook_search = {}
    return env.casebook_search


def _merge(app: Sphinx, env: BuildEnvironment, names: set[str], other: BuildEnvironment) -> None:
    """Take over what another process read."""
    _store(env).update({name: _store(other)[name] for name in names if name in _store(other)})


def _no_second_index(app: Sphinx) -> None:
    """Keep Sphinx from writing its own index and search page."""
    app.builder.search = False


def _write(app: Sphinx) -> list[tuple[str, dict[str, str], str]]:
    """Write ``_static/search-index.js``: pages, claims and records, as a script so that it loads from a file too."""
    if app.builder.name == "epub":
        return []
    store, ledger = _store(app.env), app.config.casebook_ledger
    pages, records = [], []
    for docname in sorted(store):
        title = app.env.titles[docname].astext()
        for anchor, heading, text in store[docname]:
            records.append([len(pages), anchor, "" if heading == title else heading, text])
        pages.append([app.builder.get_target_uri(docname), title])
    there = ledger in app.env.all_docs
    claims, address = (_claims(), app.builder.get_target_uri(ledger)) if there else ([], "")
    data = {"pages": pages, "records": records, "ledger": address, "claims": claims}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    (Path(app.outdir) / "_static" / "search-index.js").write_text(f"searchIndex({text})\n", encoding="utf-8")
    return []


def _claims() -> list[list[str]]:
    """Return every claim as a record: id, words, what it says, where, its verdicts, what to write instead, of whom."""
    ledger = open_ledger()
    audit, whole = Audit(ledger), kin(ledger)
    names = {row["id"]: row["name"] for row in ledger.tables["entities"]}
    inside, outside = audit.inside.get, audit.outside.get
    return [
        [
            *(key, claim.as_written, ledger.says(claim), where(claim), inside(key, ""), outside(key, "")),
            *(audit.instead(key), ", ".join(names[each] for each in whole[claim.subject])),
        ]
        for key, claim in ledger.claims.items()
    ]
