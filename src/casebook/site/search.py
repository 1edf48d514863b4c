"""The search index: every section, and every row of a table that has an address, as one record."""

import json
from html.parser import HTMLParser
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

Record = tuple[str, str, str]  # anchor, title, text
SKIPPED = (nodes.literal_block, nodes.math_block, nodes.comment, nodes.title, nodes.section, nodes.system_message)


def connect(app: Sphinx) -> None:
    """Read records with each document, write the index after the pages."""
    app.connect("builder-inited", _no_second_index)
    app.connect("doctree-read", collect, priority=950)
    app.connect("env-purge-doc", lambda app, env, docname: _store(env).pop(docname, None))
    app.connect("env-merge-info", _merge)
    app.connect("build-finished", _write)


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Keep what can be found in a document.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The running application.
    doctree : docutils.nodes.document
        The document just read.
    """
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
            words.append(child.astext())
        else:
            text, found = _read(child)
            words.append(text)
            rows += found
    return " ".join(" ".join(words).split()), rows


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
        if tag in ("svg", "script", "style", "details"):
            self.hidden += 1
        elif tag == "tr" and name:
            self.row = (name, [])

    def handle_endtag(self, tag: str) -> None:
        if tag in ("svg", "script", "style", "details"):
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


def _write(app: Sphinx, exception: Exception | None) -> None:
    """Write ``_static/search-index.js``: pages and records, as a script so that it loads from a file too."""
    if exception is not None or app.builder.format != "html" or app.builder.name == "epub":
        return
    store = _store(app.env)
    pages, records = [], []
    for docname in sorted(store):
        title = app.env.titles[docname].astext()
        for anchor, heading, text in store[docname]:
            records.append([len(pages), anchor, "" if heading == title else heading, text])
        pages.append([app.builder.get_target_uri(docname), title])
    data = json.dumps({"pages": pages, "records": records}, ensure_ascii=False, separators=(",", ":"))
    (Path(app.outdir) / "_static" / "search-index.js").write_text(f"searchIndex({data})\n", encoding="utf-8")
