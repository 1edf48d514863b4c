"""Links into the ledger: they resolve, they fail when the id is unknown, and they carry the claim as a card."""

import functools
import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from casebook.ledger import open_ledger
from casebook.pages.claim_cards import Audit, note

RAW_ID = re.compile(r"<[a-zA-Z][^<>]*?\sid\s*=\s*[\"']([^\"'<>]+)[\"']")
NAMED = re.compile(r' (?:class|aria-describedby|target)="[^"]*"')


def connect(app: Sphinx) -> None:
    """Register the ids of a document when it is read, and mark its links when its page is made."""
    app.connect("doctree-read", register_raw_ids)
    app.connect("html-page-context", mark_claims, priority=890)


def register_raw_ids(app: Sphinx, doctree: nodes.document) -> None:
    """Make the ids written in raw HTML known to MyST, so that ``page.md#id`` resolves."""
    slugs = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
    for raw in doctree.findall(nodes.raw):
        if "html" in raw.get("format", "").split():
            for name in RAW_ID.findall(raw.astext()):
                slugs.setdefault(name, (raw.line or 0, name, name))


@functools.cache
def claim_notes() -> dict[str, str]:
    """Return what stands behind every claim, by the claim's id."""
    ledger = open_ledger()
    audit = Audit(ledger)
    return {key: note(claim, audit) for key, claim in ledger.claims.items()}


def mark_claims(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Mark every link into the ledger, in prose, tables, charts and schematics, and append the cards it shows."""
    ledger = app.config.casebook_ledger
    if app.builder.name == "epub" or doctree is None or pagename == ledger or ledger not in app.env.all_docs:
        return
    uri = app.builder.get_relative_uri(pagename, ledger)
    told: dict[str, str] = {}

    def mark(found: re.Match[str]) -> str:
        text = claim_notes().get(found["key"], "")
        if not text or "tabindex" in found[0]:  # a square of the map is for the eye alone
            return found[0]
        told[found["key"]] = text
        return f'<a class="claim" aria-describedby="note-{found["key"]}"{NAMED.sub("", found["rest"])}>'

    link = re.compile(rf'<a(?P<rest>[^>]*href="{re.escape(uri)}#(?P<key>[a-z0-9-]+)"[^>]*)>')
    body = link.sub(mark, context.get("body", ""))
    cards = "".join(
        f'<div class="claim-note" id="note-{key}" popover="manual">{text}'
        f'<p><a href="{uri}#{key}" tabindex="-1">See it in the ledger</a></p></div>\n'
        for key, text in told.items()
    )
    context["body"] = f'{body}<div class="claim-notes">\n{cards}</div>\n' if told else body
