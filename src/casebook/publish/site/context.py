"""What a page knows about itself: its place in the book, its description, its notebook, how it is cited."""

import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html._assets import _file_checksum
from sphinx.environment import BuildEnvironment

from casebook.pages.tables import in_words
from casebook.pages.walk import TEXTS, told_in
from casebook.publish.execution import ROOT
from casebook.publish.site.cards import card
from casebook.publish.site.tables import laid_out

BINDER = "https://mybinder.org/v2/gh/{repository}/{branch}?urlpath=lab/tree/{page}.ipynb"
DESCRIPTION = 160
FIGURE = re.compile(r"<figure\b.*?</figure>", re.DOTALL)
TITLE = re.compile(r'<p class="chart-title">(.*?)</p>', re.DOTALL)
PICTURE = re.compile(r'<svg\b[^>]*role="(?:img|group)".*?</svg>', re.DOTALL)
FOLD = re.compile(r"<summary>(?=(Data and description|Description)<)")
LOOSE = re.compile(r"<text(?![^<]*</text>\s*</a>)")  # a label that is no link
FILTERABLE = re.compile(r'<div class="table-box"[^>]*>\s*<table[^>]*class="[^"]*\bfilterable\b.*?</thead>', re.DOTALL)


def connect(app: Sphinx) -> None:
    """Fill the context after every other extension has."""
    app.connect("html-page-context", fill, priority=900)


def fill(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give a page's template what it shows."""
    if app.builder.name == "epub":
        return
    notebook = context.get("page_source_suffix") == ".ipynb"
    context["css_files"], context["script_files"] = [], []
    context["asset"] = lambda name: _asset(app, context, name)
    context["parts"] = contents(app, pagename, context)
    context["part"] = next((p["caption"] for p in context["parts"] if p["current"]), "")
    context["prev_part"] = _part_of(context, context.get("prev"))
    context["next_part"] = _part_of(context, context.get("next"))
    context["outline"] = outline(context.get("toc", "")) if doctree is not None else ""
    context["description"] = describe(doctree)
    context["notebook"] = f"_sources/{context['sourcename']}" if notebook and context.get("sourcename") else ""
    context["binder"] = _binder(app, pagename) if notebook else ""
    context["card"] = _card(app, pagename, context) if doctree is not None else ""
    context["licence"] = app.config.casebook_licence
    context["author"] = app.config.author
    context["year"] = (re.findall(r"\b\d{4}\b", str(app.config.copyright or "")) or [""])[-1]
    body = context.get("body", "")
    context["cards"] = '<ol class="claims"' in body
    context["broad"] = context["cards"] or FILTERABLE.search(body) is not None
    context["cover"] = pagename == app.config.root_doc
    context["path"] = f"{pagename}.ipynb" if notebook else ""
    context["told_in"] = {
        TEXTS[page.partition("/")[0]]: [
            (lines, f"{context['pathto'](f'book/{page}')}#{passage}") for lines, passage in rows
        ]
        for page, rows in told_in(pagename.removeprefix("book/")).items()
        if f"book/{page}" in app.env.found_docs
    }
    context["citation"] = citation(unescape(re.sub(r"<[^>]+>", "", context.get("title", ""))), pagename, context)
    body = re.sub(
        r"(<a\b[^>]*?\s)xlink:href=", r"\1href=", body
    )  # a link of a picture as crawlers and scripts know links
    context["body"] = with_tools(laid_out(accessible(body)))


def contents(app: Sphinx, pagename: str, context: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the parts of the book with their pages, in reading order."""
    parts = []
    for caption, listed in _reading_order(app.env):
        pages = [
            {"title": title, "uri": context["pathto"](name), "current": name == pagename, "depth": depth}
            for name, title, depth in listed
        ]
        parts.append({"caption": caption, "pages": pages, "current": any(page["current"] for page in pages)})
    return parts


def _reading_order(env: BuildEnvironment) -> list[tuple[str, list[tuple[str, str, int]]]]:
    """Return caption and (page, title, depth) of every part of the table of contents."""
    site = env.external_site_map
    return [(tree.caption or "", _walk(env, site, tree.files(), 0)) for tree in site.root.subtrees]


def _walk(env: BuildEnvironment, site: Any, files: list[str], depth: int) -> list[tuple[str, str, int]]:  # noqa: ANN401
    """Return the pages of a branch of the table of contents, parents before children."""
    found = []
    for file in files:
        name = re.sub(r"\.(md|ipynb|rst)$", "", file)
        if name in env.titles:
            entry = site[file]
            found.append((name, entry.title or env.titles[name].astext(), depth))
            found += _walk(env, site, [child for tree in entry.subtrees for child in tree.files()], depth + 1)
    return found


def outline(toc: str) -> str:
    """Return the list of a page's sections without the page's own title, or an empty string.

    `toc`: What Sphinx makes: a list of one item, the title, which holds the list of sections.
    """
    start, end = toc.find("<ul>", toc.find("</a>")), toc.rfind("</ul>", 0, toc.rfind("</ul>"))
    return toc[start : end + len("</ul>")] if 0 <= start < end else ""


def describe(doctree: nodes.document | None) -> str:
    """Return a page's first paragraph, cut at a word."""
    for paragraph in doctree.findall(nodes.paragraph) if doctree is not None else ():
        if not isinstance(paragraph.parent, nodes.Admonition | nodes.footnote | nodes.entry):
            text = " ".join(paragraph.astext().split())
            if len(text) > DESCRIPTION:
                text = text[: DESCRIPTION - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
            if text:
                return text
    return ""


def accessible(body: str) -> str:
    """Say of every header cell what it heads and of every fold which chart it belongs to; leave out what is no stop.

    `body`: The article. Footnotes must not pose as landmarks, the anchor of a heading is for the pointer, and the marks
    of a picture that has a description are not read one by one.
    """
    body = body.replace("<aside ", "<div ").replace("</aside>", "</div>")
    body = body.replace('<th class="head', '<th scope="col" class="head')
    body = body.replace('<th class="stub', '<th scope="row" class="stub')
    body = body.replace('<a class="headerlink"', '<a class="headerlink" tabindex="-1"')
    return FIGURE.sub(_figure, body)


def _figure(found: re.Match[str]) -> str:
    """Name the data of a chart for its chart, and hide the single marks of its picture from screen readers."""
    markup = found[0]
    if title := TITLE.search(markup):
        markup = FOLD.sub(lambda fold: f'<summary aria-label="{fold[1]}: {title[1]}">', markup)
    return PICTURE.sub(lambda svg: LOOSE.sub(r'<text aria-hidden="true"', svg[0]), markup)


def citation(title: str, pagename: str, context: dict[str, Any]) -> dict[str, str]:
    """Return how a chapter is cited: version and day of the book, and its entry for BibTeX, from `CITATION.cff`."""
    book = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    authors = " and ".join(f"{{{author['name']}}}" for author in book["authors"])
    version, day = str(book["version"]), str(book["date-released"])
    fields = {
        "author": authors, "title": title, "booktitle": book["title"], "year": day[:4],
        "note": f"Version {version} of {day}", "url": context.get("pageurl") or "",
    }  # fmt: skip
    lines = ",\n".join(f"  {name} = {{{text}}}" for name, text in fields.items() if text)
    entry = f"@incollection{{crunch-time-{pagename.rpartition('/')[2]},\n{lines}\n}}\n"
    return {"version": version, "day": in_words(day), "bibtex": quote(entry, safe="")}


def with_tools(body: str) -> str:
    """Keep the room above every filterable table that its filters will take, so that nothing jumps.

    `body`: The article.
    """

    def room(found: re.Match[str]) -> str:
        count = 1 + found[0].count('data-filter="select"')
        return f'<div class="table-tools" style="--n:{count}"></div>\n{found[0]}'

    return FILTERABLE.sub(room, body)


def _part_of(context: dict[str, Any], neighbour: dict[str, str] | None) -> str:
    """Return the part of the page before or after, where it differs from this page's."""
    if not neighbour:
        return ""
    for part in context["parts"]:
        if part["caption"] != context["part"] and any(page["uri"] == neighbour["link"] for page in part["pages"]):
            return part["caption"]
    return ""


def _binder(app: Sphinx, pagename: str) -> str:
    """Return the address that opens a page's notebook in JupyterLab, or an empty string."""
    found = re.fullmatch(r"https://github\.com/([^/]+/[^/]+?)(?:\.git)?/?", app.config.casebook_repository_url)
    if not found:
        return ""
    return BINDER.format(repository=found[1], branch=app.config.casebook_repository_branch, page=pagename)


def _card(app: Sphinx, pagename: str, context: dict[str, Any]) -> str:
    """Draw the card of a page and return its address: a full one where the book knows its own."""
    name = f"_static/cards/{pagename}.png"
    title = re.sub(r"<[^>]+>", "", context.get("title", "")) or app.config.html_short_title
    file = Path(app.outdir) / name
    file.parent.mkdir(parents=True, exist_ok=True)
    cache = Path(app.doctreedir) / "cards"
    file.write_bytes(card(context.get("body", ""), unescape(title), app.config.html_short_title, cache))
    base = app.config.html_baseurl
    return f"{base.rstrip('/')}/{name}" if base else context["pathto"](name, True)


def _asset(app: Sphinx, context: dict[str, Any], name: str) -> str:
    """Return the address of one of the theme's files, with its checksum so that no stale copy is used."""
    uri = context["pathto"](f"_static/{name}", True)
    checksum = _file_checksum(app.outdir, f"_static/{name}") if app.builder.name != "epub" else ""
    return f"{uri}?v={checksum}" if checksum else uri
