"""What a published site owes the web: a map of its pages, a feed of its changes, a word to crawlers.

The address comes from `CASEBOOK_ADDRESS`, which the publishing workflow sets; without it the map gives the address at
which `make serve` shows the book.
"""

import re
from html import escape
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from sphinx.application import Sphinx

from casebook.publish.execution import ROOT

SERVED = "http://127.0.0.1:8000/"
RELEASE = re.compile(
    r"^## (?P<version>\S+), (?P<day>\d{4}-\d{2}-\d{2})\n(?P<text>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL
)


def connect(app: Sphinx) -> None:
    """Write the files when the pages are made."""
    app.connect("build-finished", _write)


def _write(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.name != "html":
        return
    out, base = Path(app.outdir), app.config.html_baseurl or SERVED
    base = base.rstrip("/") + "/"
    pages = [base + app.builder.get_target_uri(name) for name in sorted(app.env.found_docs)]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    (out / "sitemap.xml").write_text(sitemap(pages), encoding="utf-8")
    (out / "feed.xml").write_text(feed(changes, app.config.html_title, app.config.author, base), encoding="utf-8")
    (out / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {base}sitemap.xml\n", encoding="utf-8")


def sitemap(pages: list[str]) -> str:
    """Return the map of a site.

    `pages`: The full addresses of its pages.
    """
    listed = "".join(f"<url><loc>{escape(page)}</loc></url>\n" for page in pages)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{listed}</urlset>\n'
    )


def feed(changes: str, title: str, author: str, base: str) -> str:
    """Return the changes of the book as an Atom feed, an entry a release.

    `changes`: The text of `CHANGELOG.md`: a heading "version, day" and a list for each release, the newest first.
    `title, author`: Of the book. `base`: The full address of the site.
    """
    releases = list(RELEASE.finditer(changes))
    entries = "".join(
        f"<entry><id>{uuid5(NAMESPACE_URL, title + found['version']).urn}</id>"
        f"<title>{escape(found['version'])}</title><updated>{found['day']}T00:00:00Z</updated>"
        f'<link href="{escape(base)}"/><content type="html">{escape(_listed(found["text"]))}</content></entry>\n'
        for found in releases
    )
    updated = releases[0]["day"] if releases else "1970-01-01"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<id>{uuid5(NAMESPACE_URL, title).urn}</id><title>{escape(title)}: changes</title>"
        f"<updated>{updated}T00:00:00Z</updated><author><name>{escape(author)}</name></author>"
        f'<link href="{escape(base)}"/><link rel="self" href="{escape(base)}feed.xml"/>\n{entries}</feed>\n'
    )


def _listed(text: str) -> str:
    """Return a release's list in HTML."""
    items = [escape(line.removeprefix("- ")) for line in text.strip().splitlines() if line.startswith("- ")]
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
