"""Read a built site as a browser would and name what is broken: links, addresses, alternative texts, foreign requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

# Attributes that make a browser fetch something while it shows the page.
FETCHED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src"}
DATA_SCRIPTS = ("application/ld+json", "application/json")

Attributes = dict[str, str]


class Page(HTMLParser):
    """A built page: its addresses, and the tags of which something is asked."""

    def __init__(self, path: Path, site: Path) -> None:
        super().__init__()
        self.path, self.name = path, path.relative_to(site).as_posix()
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.headings: list[int] = []
        self.pictures: list[tuple[str, Attributes]] = []  # what to call it, its attributes
        self.fetched: list[tuple[str, Attributes]] = []
        self._figure = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what is asked of a tag."""
        has = {name: value or "" for name, value in attrs}
        if "id" in has:
            self.ids[has["id"]] += 1
        if tag == "a" and "href" in has:
            self.links.append(has["href"])
        elif tag == "figure" and "chart" in has.get("class", "").split():
            self._figure = has.get("id", "without a name")
        elif tag == "img":
            self.pictures.append(
                (f"image {has.get('src', '')[:60]}", {"role": "img", "aria-label": has.get("alt", "")})
            )
        elif tag == "svg" and self._figure:
            self.pictures.append((f"chart {self._figure}", has))
        elif len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))
        if tag in FETCHED:
            self.fetched.append((tag, has))

    def handle_endtag(self, tag: str) -> None:
        """Leave a chart."""
        if tag == "figure":
            self._figure = ""


def check_site(site: Path) -> list[str]:
    """Return one line a fault over every page of a built site."""
    pages = {path.resolve(): Page(path, site) for path in sorted(site.rglob("*.html"))}
    faults = []
    for page in pages.values():
        for fault in (*_links(page, pages, site.resolve()), *_pictures(page), *_fetches(page), *_outline(page)):
            faults.append(f"{page.name}: {fault}")
    return faults


def _links(page: Page, pages: dict[Path, Page], site: Path) -> Iterator[str]:
    for name in sorted(name for name, times in page.ids.items() if times > 1):
        yield f"expected the id “{name}” once, found it again"
    for href in page.links:
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
    target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path.resolve()
    if target not in pages and target.is_dir():
        target /= "index.html"
    if (target not in pages and not target.is_file()) or site not in target.parents:
        yield f"expected a page behind the link “{href}”, found none"
    elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids:
        yield f"expected “#{parts.fragment}” on {pages[target].name}, found none"


def _pictures(page: Page) -> Iterator[str]:
    for what, has in page.pictures:
        if has.get("role") not in ("img", "group") or not has.get("aria-label", "").strip():
            yield f"expected an alternative text for the {what}"


def _fetches(page: Page) -> Iterator[str]:
    for tag, has in page.fetched:
        address = has.get(FETCHED[tag], "")
        if tag == "link" and set(has.get("rel", "").split()) & {"canonical", "license"}:
            continue
        if urlsplit(address).netloc:
            yield f"expected nothing from other hosts, found {address}"
        if tag == "script" and "src" not in has and has.get("type") not in DATA_SCRIPTS:
            yield "expected no script inside a page, found one"


def _outline(page: Page) -> Iterator[str]:
    if page.headings.count(1) != 1:
        yield f"expected one heading of the first level, found {page.headings.count(1)}"
    for before, after in pairwise(page.headings):
        if after > before + 1:
            yield f"expected a heading of level {before + 1}, found level {after}"
