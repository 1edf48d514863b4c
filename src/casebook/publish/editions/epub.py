"""The book as an EPUB 3: a file a page, charts as pictures with their descriptions, formulas as MathML."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from casebook.ledger import open_ledger
from casebook.pages.drawing import plain
from casebook.publish import entry
from casebook.publish.editions import AUTHOR, TITLE
from casebook.publish.editions.articles import Article, articles, bind

STYLE = """body { line-height: 1.5; }
h1, h2, h3 { line-height: 1.2; text-align: left; }
table { border-collapse: collapse; font-size: .85em; }
caption { text-align: left; font-weight: bold; }
th, td { padding: .2em .5em .2em 0; border-bottom: 1px solid #999; text-align: left; vertical-align: top; }
td.num { text-align: right; }
pre { font-size: .8em; white-space: pre-wrap; }
figure { margin: 1.5em 0; }
figure svg { width: 100%; height: auto; }
.chart-title { font-weight: bold; margin: 0; }
.chart-subtitle, .chart-source { font-size: .85em; margin: .2em 0; }
.stamp { border: 1px solid; padding: 0 .3em; }
"""
CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
# A parser of HTML writes every name in small letters; the names of SVG have capitals.
CAPITALS = ("viewBox", "clipPath", "clipPathUnits", "patternUnits", "patternContentUnits", "preserveAspectRatio")
NAMES = {name.lower(): name for name in CAPITALS}
SMALL = re.compile(rf"(?<=[</ ])({'|'.join(NAMES)})(?=[ =>])")
MARKUP = re.compile(r"<[^>]+>")
FOREIGN = re.compile(r"\s(?:tabindex|data-[a-z-]+|xmlns:xlink)=\"[^\"]*\"")


def xhtml(page: Article) -> str:
    """Return a page as a file of the EPUB."""
    body = plain(page.body.decode_contents(formatter="minimal"))
    body = MARKUP.sub(lambda found: SMALL.sub(lambda name: NAMES[name[1]], FOREIGN.sub("", found[0])), body)
    return _page(page.title, f'<section epub:type="chapter">{body}</section>')


def _page(title: str, body: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
        'xmlns:xlink="http://www.w3.org/1999/xlink" lang="en" xml:lang="en">'
        f'<head><title>{escape(title)}</title><link rel="stylesheet" type="text/css" href="style.css"/></head>'
        f"<body>{body}</body></html>\n"
    )


def _contents(pages: list[Article]) -> str:
    """Return the navigation document: the parts, and in them the chapters."""
    listed, part = "", ""
    for page in pages:
        if page.part != part:
            listed += f"{'</ol></li>' if part else ''}<li><span>{escape(page.part)}</span><ol>"
            part = page.part
        listed += f'<li><a href="{page.slug}.xhtml">{escape(page.title)}</a></li>'
    closing = "</ol></li>" if part else ""
    return _page("Contents", f'<nav epub:type="toc" id="toc"><h1>Contents</h1><ol>{listed}{closing}</ol></nav>')


def _package(pages: list[Article], texts: dict[str, str], created: str) -> str:
    """Return the package document: what the book is, its files, their order."""
    items = []
    for page in pages:
        marks = [name for name, tag in (("mathml", "<math"), ("svg", "<svg")) if tag in texts[page.slug]]
        extra = f' properties="{" ".join(marks)}"' if marks else ""
        items.append(f'<item id="{page.slug}" href="{page.slug}.xhtml" media-type="application/xhtml+xml"{extra}/>')
    cover, *others = [f'<itemref idref="{page.slug}"/>' for page in pages]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">\n'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">{uuid5(NAMESPACE_URL, TITLE).urn}</dc:identifier><dc:title>{escape(TITLE)}</dc:title>'
        f"<dc:language>en</dc:language><dc:creator>{escape(AUTHOR)}</dc:creator>"
        f'<meta property="dcterms:modified">{created}</meta></metadata>\n<manifest>'
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        f'<item id="style" href="style.css" media-type="text/css"/>{"".join(items)}</manifest>\n'
        f'<spine>{cover}<itemref idref="nav"/>{"".join(others)}</spine></package>\n'
    )


def write_epub(site: Path, folder: Path) -> Path:
    """Write the built site as an EPUB, whose bytes do not depend on the day it is made.

    `site`: Folder of the built site. `folder`: Folder to write to.
    """
    pages = articles(site)
    bind(pages, lambda page, place: f"{page.slug}.xhtml" + (f"#{place}" if place else ""), lambda _: "")
    texts = {page.slug: xhtml(page) for page in pages}
    files = {
        "META-INF/container.xml": CONTAINER,
        "EPUB/package.opf": _package(pages, texts, open_ledger().descriptor["created"]),
        "EPUB/nav.xhtml": _contents(pages[1:]),
        "EPUB/style.css": STYLE,
        **{f"EPUB/{slug}.xhtml": text for slug, text in texts.items()},
    }
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "crunch-time.epub"
    with ZipFile(target, "w") as archive:
        archive.writestr(entry("mimetype"), "application/epub+zip", ZIP_STORED)
        for name, text in files.items():
            archive.writestr(entry(name), text, ZIP_DEFLATED)
    return target
