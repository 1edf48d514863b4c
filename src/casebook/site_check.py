"""Read a built site as a browser would and name what is broken: links, addresses, alternative texts, foreign requests."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

# Attributes that make a browser fetch something while it shows the page.
FETCHED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src"}
DATA_SCRIPTS = ("application/ld+json", "application/json")


class Page:
    """A built page and what it offers to others."""

    def __init__(self, path: Path, site: Path) -> None:
        self.path, self.name = path, path.relative_to(site).as_posix()
        self.soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")

    @cached_property
    def ids(self) -> list[str]:
        """The addresses within the page."""
        return [str(tag["id"]) for tag in self.soup.find_all(id=True)]


def check_site(site: Path) -> list[str]:
    """Return one line a fault over every page of a built site."""
    pages = {path: Page(path, site) for path in sorted(site.rglob("*.html"))}
    faults = []
    for page in pages.values():
        for fault in (*_links(page, pages, site), *_pictures(page), *_fetches(page), *_outline(page)):
            faults.append(f"{page.name}: {fault}")
    return faults


def _links(page: Page, pages: dict[Path, Page], site: Path) -> Iterator[str]:
    twice = {name for name in page.ids if page.ids.count(name) > 1}
    for name in sorted(twice):
        yield f"expected the id “{name}” once, found it again"
    for link in page.soup.find_all("a", href=True):
        href = str(link["href"])
        parts = urlsplit(href)
        if parts.scheme in ("http", "https"):
            if not parts.netloc or " " in href:
                yield f"expected a well-formed address, found “{href}”"
        elif not parts.scheme:
            yield from _inner_link(page, href, pages, site)
        elif parts.scheme not in ("data", "mailto"):
            yield f"expected a web address, found “{href[:60]}”"


def _inner_link(page: Page, href: str, pages: dict[Path, Page], site: Path) -> Iterator[str]:
    parts = urlsplit(href)
    target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
    if target.is_dir():
        target /= "index.html"
    if not target.is_file() or site.resolve() not in target.resolve().parents:
        yield f"expected a page behind the link “{href}”, found none"
    elif parts.fragment:
        goal = pages.get(site / target.resolve().relative_to(site.resolve()))
        if goal is not None and unquote(parts.fragment) not in goal.ids:
            yield f"expected “#{parts.fragment}” on {goal.name}, found none"


def _pictures(page: Page) -> Iterator[str]:
    for picture in page.soup.find_all("img"):
        if not str(picture.get("alt", "")).strip():
            yield f"expected an alternative text for the image {str(picture.get('src', ''))[:60]}"
    for figure in page.soup.find_all("figure", class_="chart"):
        for svg in figure.find_all("svg"):
            if svg.get("role") != "img" or not str(svg.get("aria-label", "")).strip():
                yield f"expected an alternative text for the chart {figure.get('id')}"


def _fetches(page: Page) -> Iterator[str]:
    for name, attribute in FETCHED.items():
        for tag in page.soup.find_all(name):
            address = str(tag.get(attribute, ""))
            if isinstance(tag, Tag) and name == "link" and set(tag.get("rel") or []) & {"canonical", "license"}:
                continue
            if urlsplit(address).netloc:
                yield f"expected nothing from other hosts, found {address}"
    for script in page.soup.find_all("script", src=False):
        if script.get("type") not in DATA_SCRIPTS:
            yield "expected no script inside a page, found one"


def _outline(page: Page) -> Iterator[str]:
    headings = [int(tag.name[1]) for tag in page.soup.find_all(["h1", "h2", "h3", "h4", "h5", "h6"])]
    if headings.count(1) != 1:
        yield f"expected one heading of the first level, found {headings.count(1)}"
    for before, after in pairwise(headings):
        if after > before + 1:
            yield f"expected a heading of level {before + 1}, found level {after}"
