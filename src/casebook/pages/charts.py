"""Charts of the book: a finding as title, the data one click away, an alternative text made from the data.

A chart is drawn twice from the same data, for a wide page and for a phone. The SVG is part of the notebook's output, so
a changed value changes the output. An explorer is one chart at several values of one assumption, chosen without a script.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import numpy as np
import pandas as pd

from casebook.audit.corrections import correction_note
from casebook.ledger import Ledger, open_ledger, reference_page
from casebook.ledger.quantities import write
from casebook.pages import tables
from casebook.pages.drawing import (  # noqa: F401 (a chapter says charts.STATED)
    COMPUTED,
    CONTEXT,
    INK,
    NARROW,
    REFERENCE,
    STATED,
    WARNING,
    WIDE,
    ChartError,
    Draw,
    is_narrow,
    render,
    themed,
)
from casebook.pages.layers import layered

TABLE_ROWS = 40
NOTES = 2  # corrections a chart explains; of more it says only that there are some
# A key by shade or dash is lost in the other theme, and sends the eye to and fro.
KEY = re.compile(
    r"\b(grey|gray|pale|dark|light|solid|dashed|dotted|thin|thick|filled|hatched|hollow|ring|line|bar)s?:", re.I
)
POSITIONS = 9  # of an explorer: what a phone shows in one row


@dataclass(frozen=True)
class Chart:
    """A drawn chart with everything that belongs to it; a notebook shows it as the value of a cell.

    `data` is what is plotted, one row a mark, and what the reader downloads; `alt` says '[kind of chart] of [data],
    where [finding].'; `controls` is what an explorer puts between caption and picture.
    """

    name: str
    title: str
    subtitle: str
    alt: str
    data: pd.DataFrame = field(repr=False)
    wide: str = field(repr=False)
    narrow: str = field(repr=False)
    source: str = field(repr=False)
    stamp: str = ""
    controls: str = field(default="", repr=False)

    def __repr__(self) -> str:
        return f"Chart: {self.title}"

    def _repr_html_(self) -> str:
        stamp = f' <span class="stamp">{html.escape(self.stamp)}</span>' if self.stamp else ""
        return (
            f'<figure class="chart{" explorer" if self.controls else ""}" id="fig-{self.name}"><figcaption>'
            f'<p class="chart-title">{html.escape(self.title)}</p>'
            f'<p class="chart-subtitle">{html.escape(self.subtitle)}{stamp}</p></figcaption>{self.controls}'
            f'<div class="chart-wide">{self.wide}</div>'
            f'<div class="chart-narrow" style="display:none">{self.narrow}</div>'
            f"{self.source}{self._data_html()}</figure>"
        )

    def _data_html(self) -> str:
        shown = tables.show(self.data.head(TABLE_ROWS), f"Data of the chart: {self.title}")._repr_html_()
        more = f"<p>The file holds all {len(self.data):,} rows.</p>" if len(self.data) > TABLE_ROWS else ""
        csv = self.data.map(tables.iso).to_csv(index=False, lineterminator="\n", float_format=_written)
        return (
            f'<details class="chart-data"><summary>Data and description</summary><p>{html.escape(self.alt)}</p>'
            f'{shown}{more}<p><a download="{self.name}.csv" href="data:text/csv;charset=utf-8,{quote(csv, safe=",:;-_.")}">'
            f"Download the data of this chart (CSV)</a></p></details>"
        )


def _written(value: float) -> str:
    """Return a number of a file: a whole one as it is, others to six digits, on which every processor agrees."""
    return f"{value:.0f}" if value.is_integer() else np.format_float_positional(value, 6, fractional=False, trim="-")


def show(
    draw: Draw,
    data: pd.DataFrame,
    *,
    name: str,
    title: str,
    subtitle: str,
    alt: tuple[str, str, str],
    source: Iterable[str] | None,
    stamp: str = "",
    height: int = 340,
    narrow_height: int | None = None,
) -> Chart:
    """Draw a chart in the style of the book.

    `draw(ax, data)` draws marks and labels on an empty axes, once a width. `title` is the finding as a sentence,
    `subtitle` says measure, place, period and unit, `alt` is (kind of chart, what it shows, the finding). `source` holds
    ids of claims, names of context series or ids of references. `stamp` is 'illustrative' or 'model, not reported' where
    marks come from assumptions. Heights are in pixels. Raises `ChartError` when a text is missing or labels overlap.
    """
    _check_texts(name, {"title": title, "subtitle": subtitle, "kind": alt[0], "data": alt[1], "finding": alt[2]})
    text = f"{alt[0]} of {alt[1]}, where {alt[2]}."
    sizes = {"wide": (WIDE, height), "narrow": (NARROW, narrow_height or height)}
    clear = stamp != "yours"  # where a reader's numbers put a line, nobody foresaw
    pictures = {kind: render(draw, data, f"{name}-{kind}", *size, clear)[0] for kind, size in sizes.items()}
    drawn = {kind: _placed(picture, *sizes[kind], text) for kind, picture in pictures.items()}
    return Chart(name, title, subtitle, text, data, **drawn, source=source_line(source), stamp=stamp)


def explore(
    draw: Draw,
    frames: Mapping[float, pd.DataFrame],
    *,
    over: str,
    unit: str,
    finding: Callable[[float, pd.DataFrame], str],
    start: float,
    name: str,
    title: str,
    subtitle: str,
    alt: tuple[str, str],
    source: Iterable[str],
    stamp: str = "model, not reported",
    height: int = 300,
    narrow_height: int | None = None,
) -> Chart:
    """Draw one chart at several values of one assumption, of which the reader chooses one; no script is needed.

    `frames` holds the data by value of the assumption `over`, at most nine; `finding(value, data)` says what each frame
    shows; `start` is the value shown first. `draw` must give every frame the same axes. `alt` is (kind of chart, what it
    shows); `title` is what holds in every frame. Raises `ChartError` where frames differ in their axes, there are too
    many, or the title has a number, which would be one frame's.
    """
    values = list(frames)
    if not 2 <= len(values) <= POSITIONS or start not in frames:
        raise ChartError(f"chart “{name}”: expected 2 to {POSITIONS} frames, {start} among them, found {values}")
    if any(letter.isdigit() for letter in title):
        raise ChartError(
            f"chart “{name}”: expected a title that holds in every frame, without a number, found “{title}”"
        )
    said = {value: finding(value, data) for value, data in frames.items()}
    _check_texts(name, {"title": title, "subtitle": subtitle, "over": over, "kind": alt[0], "data": alt[1]})
    text = f"{alt[0]} of {alt[1]}, for {len(values)} values of {over}; the sentence above it says what each shows."
    first = values.index(start)
    drawn = {}
    for kind, (width, tall) in {"wide": (WIDE, height), "narrow": (NARROW, narrow_height or height)}.items():
        rendered = [render(draw, data, f"{name}-{kind}", width, tall) for data in frames.values()]
        if any(limits != rendered[0][1] for _, limits in rendered):
            raise ChartError(f"chart “{name}”: expected the same axes in every frame, so that frames can be compared")
        drawn[kind] = _placed(layered([svg for svg, _ in rendered], first), width, tall, text)
    column = f"{over}, {unit}" if unit else over
    data = pd.concat([frame.assign(**{column: value})[[column, *frame.columns]] for value, frame in frames.items()])
    return Chart(
        name, title, subtitle, text, data, **drawn, source=source_line(source), stamp=stamp,
        controls=_controls(name, column, values, list(said.values()), first),
    )  # fmt: skip


def _check_texts(name: str, texts: Mapping[str, str]) -> None:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ChartError(f"chart “{name}”: expected a name of lower-case words joined by hyphens")
    for what, text in texts.items():
        if not text.strip():
            raise ChartError(f"chart “{name}”: expected a {what}, found none")
        if key := KEY.search(text):
            raise ChartError(f"chart “{name}”: expected a label at the mark, found a key in the {what}: “{key[0]}”")


def _placed(svg: str, width: int, height: int, alt: str) -> str:
    """Make a bare picture a part of a page: its description, the colours of the page, its size."""
    role = "group" if "<a " in svg else "img"  # what holds links is no image to a screen reader
    tag = (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="{role}" '
        f'aria-label="{html.escape(alt)}" style="stroke-linejoin:round;stroke-linecap:butt" '
        f'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    )
    return themed(re.sub(r"<svg[^>]*>", lambda _: tag, svg, count=1))


def _controls(name: str, legend: str, values: list[float], findings: list[str], first: int) -> str:
    """Return the radio inputs that choose a frame, what each frame shows, and the style that obeys them.

    The style stands in the output, so that it works in JupyterLab too; the attribute keeps JupyterLab's arrow keys off.
    A form of its own keeps two copies of a page's explorer from stealing each other's choice.
    """
    rules = "".join(
        f"#fig-{name}:has(.s{k}:checked) .k{k}{{display:inline!important}}"
        f"#fig-{name}:has(.s{k}:checked) .k:not(.k{k}){{display:none!important}}"
        for k in range(len(values))
    )
    look = (
        f"#fig-{name} fieldset{{border:0;margin:0 0 .5rem;padding:0}}#fig-{name} legend{{padding:0;font-weight:600}}"
        f"#fig-{name} .steps{{display:flex;max-width:34rem}}#fig-{name} .steps label{{flex:1;min-width:0;text-align:center;"
        "cursor:pointer;font-variant-numeric:tabular-nums;background:linear-gradient(currentColor,currentColor) 0 .72em/100% 1px no-repeat}"
        f"#fig-{name} .steps input{{display:block;margin:.25em auto;width:1em;height:1em;accent-color:var(--computed,#a85b12)}}"
    )
    steps = "".join(
        f'<label><input type="radio" name="{name}" class="s{k}" aria-describedby="{name}-{k}" '
        f'data-lm-suppress-shortcuts="true"{" checked" if k == first else ""}>{write(value)}</label>'
        for k, value in enumerate(values)
    )
    hidden = ' style="display:none"'
    said = "".join(
        f'<span class="k k{k}" id="{name}-{k}"{"" if k == first else hidden}>{html.escape(text)}</span>'
        for k, text in enumerate(findings)
    )
    return (
        f'<style>{look}{rules}</style><form method="dialog"><fieldset><legend>{html.escape(legend)}</legend>'
        f'<div class="steps">{steps}</div></fieldset></form><p class="explorer-finding">{said}</p>'
    )


def source_line(sources: Iterable[str] | None) -> str:
    """Name what a chart is made from, as links to the ledger and the bibliography, and what to mind of it.

    None leaves the line out: a schematic's numbers are links themselves.
    """
    if sources is None:
        return ""
    sources, ledger = list(sources), open_ledger()
    titles = {row["id"]: row["title"] for row in ledger.tables["sources"]}
    parts: dict[str, list[str]] = {}
    for key in sources:
        if key in ledger.claims:
            claim = ledger[key]
            link = tables.Link(claim.as_written, f"{reference_page('ledger')}#{key}")
            parts.setdefault(titles[claim.source], []).append(link._repr_html_())
        else:
            links = parts.setdefault("", [])
            links += [link for link in _reference_links(key) if link not in links]
    texts = [f"{html.escape(title)}: {', '.join(links)}" for title, links in parts.items() if title]
    texts += parts.get("", [])
    named = f"Source: {'; '.join(texts)}." if texts else "Source: the assumptions of this chapter."
    return f'<p class="chart-source">{named}{_to_mind(ledger, sources)}</p>'


def _to_mind(ledger: Ledger, sources: list[str]) -> str:
    """Say which of the claims behind a chart have a correction, and why."""
    notes = {key: correction_note(ledger, key) for key in sources if key in ledger.claims}
    notes = {key: note for key, note in notes.items() if note}
    if len(notes) > NOTES:
        page = reference_page("ledger").replace("reference/ledger.md", "across/audit.ipynb")
        return f' To mind: {len(notes)} of these figures are not to be used as stated; <a href="{page}">the audit</a> says why.'
    return "".join(
        f" To mind, “{html.escape(ledger[key].as_written)}”: {html.escape(note)}" for key, note in notes.items()
    )


def _reference_links(key: str) -> list[str]:
    """Resolve the name of a series, or the id of a reference, to links to the bibliography."""
    ledger = open_ledger()
    ids = list(dict.fromkeys(r["reference"] for r in ledger.tables["series"] if r["series"] == key)) or [key]
    known = {row["id"]: row for row in ledger.tables["references"]}
    missing = [k for k in ids if k not in known]
    if missing:
        raise ChartError(f"source “{missing[0]}”: expected a claim, a series or a reference, found none")
    return [tables.Link(known[k]["publisher"], f"{reference_page('bibliography')}#{k}")._repr_html_() for k in ids]
