"""Pages that no chapter makes: the way in, the way back from a wrong address, the search page."""

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sphinx.application import Sphinx

FOREIGN = re.compile(
    r"mystnb\..*\.css|pygments(_dark)?\.css|sphinx-(thebe|design).*|design-tabs\.js|togglebutton.*|copybutton.*"
)
WAY_IN = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="0; url={uri}">
<title>{title}</title>
<meta name="description" content="{title}">
<link rel="icon" href="_static/favicon.svg" type="image/svg+xml">
</head>
<body>
<main><h1>{title}</h1><p><a href="{uri}">Open the book</a></p></main>
</body>
</html>
"""


def connect(app: Sphinx) -> None:
    """Collect the pages while building, write the way in afterwards."""
    app.connect("html-collect-pages", _collect)
    app.connect("html-page-context", _address_from_anywhere, priority=100)
    app.connect("build-finished", _finish, priority=999)


def _collect(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the search page and the page for a wrong address."""
    if app.builder.name != "epub":
        yield "search", {"title": "Search"}, "search.html"
        yield "404", {"title": "Page not found"}, "404.html"


def _address_from_anywhere(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Let the page for a wrong address find its files wherever the address pointed."""
    if pagename != "404" or not app.config.html_baseurl:
        return
    root = urlsplit(app.config.html_baseurl).path.rstrip("/") + "/"

    def pathto(uri: str, resource: bool = False) -> str:
        return root + (uri if resource else app.builder.get_target_uri(uri))

    context["pathto"] = pathto
    context["pageurl"] = None


def _finish(app: Sphinx, exception: Exception | None) -> None:
    """Write the page at the root and drop what other extensions copied for their own themes."""
    if exception is not None or app.builder.format != "html" or app.builder.name == "epub":
        return
    out = Path(app.outdir)
    root = app.config.root_doc
    if root != "index":
        uri = escape(app.builder.get_target_uri(root))
        (out / "index.html").write_text(WAY_IN.format(uri=uri, title=escape(app.config.html_title)), encoding="utf-8")
    for name in ("genindex.html", "searchindex.js"):
        (out / name).unlink(missing_ok=True)
    for file in (out / "_static").glob("*"):
        if file.is_file() and FOREIGN.fullmatch(file.name):
            file.unlink()
