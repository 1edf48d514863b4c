"""Links into the ledger: they resolve, they fail when the id is unknown, and they carry the claim as a note."""

import re
from html import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from casebook.site.generated import claim_notes

RAW_ID = re.compile(r"<[a-zA-Z][^<>]*?\sid\s*=\s*[\"']([^\"'<>]+)[\"']")


class claim_link(nodes.reference):
    """A reference to one row of the ledger."""


def connect(app: Sphinx) -> None:
    """Register the node and the two passes over a document."""
    plain = (_visit_plain, _depart_plain)
    app.add_node(claim_link, html=(_visit_claim, _depart_claim), latex=plain, text=plain)
    app.connect("doctree-read", register_raw_ids)
    app.connect("doctree-resolved", mark_claims)


def register_raw_ids(app: Sphinx, doctree: nodes.document) -> None:
    """Make the ids written in raw HTML known to MyST, so that ``page.md#id`` resolves.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The running application.
    doctree : docutils.nodes.document
        The document just read.
    """
    slugs = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
    for raw in doctree.findall(nodes.raw):
        if "html" in raw.get("format", "").split():
            for name in RAW_ID.findall(raw.astext()):
                slugs.setdefault(name, (raw.line or 0, name, name))


def mark_claims(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Turn references into the ledger into claim links and append their notes, once a page.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The running application.
    doctree : docutils.nodes.document
        The resolved document; changed in place.
    docname : str
        Its name.
    """
    ledger = app.config.casebook_ledger
    if app.builder.format != "html" or docname == ledger or ledger not in app.env.all_docs:
        return
    prefix = app.builder.get_relative_uri(docname, ledger) + "#"
    notes = claim_notes()
    told: dict[str, str] = {}
    for reference in list(doctree.findall(nodes.reference)):
        uri = reference.get("refuri", "")
        if uri.startswith(prefix):
            name = uri.removeprefix(prefix)
            note = notes.get(name, "")
            link = claim_link("", "", *reference.children, refuri=uri, name=name if note else "", note=note)
            reference.parent.replace(reference, link)
            if note:
                told[name] = note
    if told:
        spans = "".join(f'<span id="note-{escape(name)}">{escape(note)}</span>' for name, note in told.items())
        doctree.append(nodes.raw("", f"<div hidden>{spans}</div>\n", format="html"))


def _visit_claim(self: HTML5Translator, node: claim_link) -> None:
    note = ""
    if node["note"]:
        note = f' data-note="{escape(node["note"])}" aria-describedby="note-{escape(node["name"])}"'
    self.body.append(f'<a class="claim" href="{escape(node["refuri"])}"{note}>')


def _depart_claim(self: HTML5Translator, node: claim_link) -> None:
    self.body.append("</a>")


def _visit_plain(self: nodes.NodeVisitor, node: claim_link) -> None:
    """Leave the words alone where there is no hover."""


def _depart_plain(self: nodes.NodeVisitor, node: claim_link) -> None:
    """Leave the words alone where there is no hover."""
