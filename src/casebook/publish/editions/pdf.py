"""The book as one PDF: one long document in the site's print style, printed by Chromium with outline and page numbers."""

from __future__ import annotations

import os
import re
import shutil
from html import escape
from pathlib import Path

from casebook.publish.editions import TITLE
from casebook.publish.editions.articles import Article, articles, bind

BROWSERS = (os.environ.get("CHROMIUM", "chromium"), "chromium-browser")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DAY = re.compile(rb"/(CreationDate|ModDate) \(D:\d{14}")
STYLE = """
.chart-data { display: none !important; }
section.page { break-before: page; }
nav.whole ul { padding-left: 1.2em; list-style: none; }
nav.whole p { margin: .9em 0 .2em; font-weight: 600; }
"""


class NoBrowserError(RuntimeError):
    """There is no Chromium to print with."""


def chromium() -> str:
    """Return the browser that prints.

    Raises `NoBrowserError`: when there is none.
    """
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        raise NoBrowserError("expected Chromium for printing; on Debian: apt-get install chromium")
    return found


def document(pages: list[Article], title: str, language: str = "en") -> str:
    """Return the whole book as one HTML document.

    `pages`: Articles in reading order. `title, language`: Of the book.
    """
    bind(pages, lambda page, place: f"#{place or page.slug}", lambda page: f"{page.slug}--")
    inside = "".join(
        f'<section class="page" id="{page.slug}">{page.body.decode_contents(formatter="html5")}</section>\n'
        for page in pages[1:]
    )
    cover = f'<section id="{pages[0].slug}">{pages[0].body.decode_contents(formatter="html5")}</section>'
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<link rel="stylesheet" href="../html/_static/style.css"><style>{STYLE}</style></head><body>'
        f"<main><article>{cover}{_contents(pages)}{inside}</article></main></body></html>\n"
    )


def _contents(pages: list[Article]) -> str:
    """Return the table of contents, a list for each part."""
    listed, part = "", ""
    for page in pages[1:]:
        if page.part != part:
            listed += f"{'</ul>' if part else ''}<p>{escape(page.part)}</p><ul>"
            part = page.part
        listed += f'<li><a href="#{page.slug}">{escape(page.title)}</a></li>'
    return (
        f'<section class="page"><h1>Contents</h1><nav class="whole">{listed}{"</ul>" if part else ""}</nav></section>'
    )


def write_pdf(site: Path, folder: Path) -> Path:
    """Print the built site as one PDF.

    `site`: Folder of the built site. `folder`: Folder to write to, beside the site's. Raises `NoBrowserError`: when
    there is no Chromium.
    """
    from playwright.sync_api import sync_playwright

    browser = chromium()
    folder.mkdir(parents=True, exist_ok=True)
    whole, target = folder / "book.html", folder / "crunch-time.pdf"
    whole.write_text(document(articles(site), TITLE), encoding="utf-8")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser, args=FLAGS)
        page = started.new_page(color_scheme="light")
        page.goto(whole.resolve().as_uri(), wait_until="load", timeout=120_000)
        data = page.pdf(format="A4", outline=True, tagged=True, prefer_css_page_size=True, print_background=True)
        started.close()
    target.write_bytes(DAY.sub(lambda found: b"/" + found[1] + b" (D:20000101000000", data))
    whole.unlink()
    return target
