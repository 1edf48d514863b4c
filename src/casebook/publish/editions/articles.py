"""The pages of the built site in reading order, as articles that can stand in one document or in a book of files."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from posixpath import normpath
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

SCREEN_ONLY = ".actions, .headerlink, .table-tools, .claim-notes, .chart-narrow, .squares, script, style, noscript, form, .eyebrow"
REFERRING = ("href", "xlink:href")
IN_STYLE = re.compile(r"url\(#([^)]+)\)")


@dataclass
class Article:
    """A page of the book.

    `name`: Path of the page in the site without its suffix, such as 'book/singles-day/account'. `title, part`: Of the
    chapter; the part is empty for the cover. `body`: The article, stripped of what only a screen needs.
    """

    name: str
    title: str
    part: str
    body: Tag

    @property
    def slug(self) -> str:
        """The name as one word, which no other page has."""
        return self.name.replace("/", "-")


def articles(site: Path) -> list[Article]:
    """Return every page of the book in reading order, the cover first.

    `site`: Folder of the built site. Raises `FileNotFoundError`: when the site is not built.
    """
    cover = PurePosixPath(_refresh_target(site / "index.html"))
    soup = _read(site / cover)
    found = [(cover, _heading(soup), "")]
    for part in soup.select("nav.contents > details"):
        caption = part.summary.get_text()
        for link in part.select("a"):
            found.append((cover.parent / str(link["href"]), link.get_text(), caption))
    return [_article(site, PurePosixPath(normpath(str(path))), title, part) for path, title, part in found]


def _refresh_target(page: Path) -> str:
    """Return the page that the way in leads to."""
    meta = _read(page).find("meta", attrs={"http-equiv": "refresh"})
    return str(meta["content"]).partition("url=")[2] if isinstance(meta, Tag) else page.name


def _read(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def _heading(soup: BeautifulSoup) -> str:
    return soup.h1.get_text().rstrip("#") if soup.h1 else ""


def _article(site: Path, path: PurePosixPath, title: str, part: str) -> Article:
    body = _read(site / path).find("article")
    if not isinstance(body, Tag):
        raise FileNotFoundError(f"{path}: expected an article in the built site")
    for tag in body.select(SCREEN_ONLY):
        tag.decompose()
    for tag in body.select("[style*='display:none']"):
        tag.decompose()
    for block in body.select("p > ul, p > ol, p > dl, p > div"):  # browsers end the paragraph there; XML does not
        if block.parent is not None and block.parent.name == "p":
            block.parent.unwrap()
    return Article(path.with_suffix("").as_posix(), title, part, body)


def bind(pages: list[Article], address: Callable[[Article, str], str], prefix: Callable[[Article], str]) -> None:
    """Give every place of the book an address in the edition and point the links of its pages there.

    `pages`: The articles; changed in place. Links to files that an edition does not hold become plain text.
    `address`: Gives the address of a place (an id of the page, or empty for its start) in the edition. `prefix`:
    Gives what the ids of a page begin with, so that no id is there twice where pages share a file.
    """
    by_name = {page.name: page for page in pages}
    for page in pages:
        for tag in page.body.find_all(id=True):
            tag["id"] = prefix(page) + tag["id"]
        for tag in page.body.find_all(attrs={"aria-describedby": True}):
            del tag["aria-describedby"]
        for tag in page.body.find_all(True):
            _bind_tag(tag, page, by_name, address, prefix)


def _bind_tag(
    tag: Tag,
    page: Article,
    by_name: dict[str, Article],
    address: Callable[[Article, str], str],
    prefix: Callable[[Article], str],
) -> None:
    """Settle what one tag refers to: another place of the book, or a shape of its own picture."""
    for name, value in list(tag.attrs.items()):
        if isinstance(value, str) and "url(#" in value:
            tag[name] = IN_STYLE.sub(lambda found: f"url(#{prefix(page)}{found[1]})", value)
    if tag.name == "use":
        for name in REFERRING:
            if name in tag.attrs:
                tag[name] = "#" + prefix(page) + str(tag[name]).removeprefix("#")
    elif tag.name == "a" and tag.has_attr("href"):
        parts = urlsplit(str(tag["href"]))
        if parts.scheme in ("http", "https", "mailto"):
            return
        target = normpath(str(PurePosixPath(page.name).parent / parts.path)) if parts.path else page.name
        goal = by_name.get(target.removesuffix(".html"))
        if goal is None or parts.scheme:
            tag.unwrap()
        else:
            tag["href"] = address(goal, prefix(goal) + parts.fragment if parts.fragment else "")
