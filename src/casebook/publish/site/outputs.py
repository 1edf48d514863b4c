"""Links inside the HTML that notebooks and generated pages bring along: they name Markdown files, the site has pages."""

import posixpath
import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)
FILE_LINK = re.compile(r'href="(?!https?:|data:|mailto:|#)([^"#?]+)\.(?:md|ipynb)([?#][^"]*)?"')


def connect(app: Sphinx) -> None:
    """Settle the links once the document is resolved."""
    app.connect("doctree-resolved", settle_links)


def settle_links(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Point every link to a Markdown file or notebook in raw HTML at its page."""
    if app.builder.format != "html":
        return

    def settle(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(docname), match.group(1)))
        if target not in app.env.all_docs:
            LOGGER.warning("expected a page behind the link to %s", match.group(1), location=docname, type="casebook")
        return f'href="{app.builder.get_relative_uri(docname, target)}{match.group(2) or ""}"'

    for raw in doctree.findall(nodes.raw):
        if "html" in raw.get("format", "").split():
            text = FILE_LINK.sub(settle, raw.astext())
            text = text.replace("<th></th>", "<td></td>")  # pandas heads the corner of a table with nothing
            text = text.replace("<div>\n<style scoped>", '<div tabindex="0">\n<style scoped>')  # it scrolls by keyboard
            if text != raw.astext():
                raw.children = [nodes.Text(text)]
                raw.rawsource = text
