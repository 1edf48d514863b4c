"""Charts of the book: one style, a finding as title, the data one click away, an alternative text made from the data.

A chart is drawn twice from the same data, for a wide page and for a phone, as SVG whose text is text and whose ink is
the colour of the page. The SVG is part of the notebook's output, so a changed value changes the output.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import combinations
from urllib.parse import quote

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from casebook import tables
from casebook.corrections import correction_note
from casebook.ledger import Ledger, open_ledger, reference_page

# Okabe and Ito's hues that stand out (3:1) on white and on the dark page alike.
BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
GREY = "#767676"
INK = "#010203"  # stands for the page's own text colour, which replaces it in the SVG

WIDE, NARROW = 680, 340
TABLE_ROWS = 40
NOTES = 2  # corrections a chart explains; of more it says only that there are some

STYLE = {
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 4 / 72,
    "figure.constrained_layout.w_pad": 4 / 72,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 13,
    "axes.titlelocation": "left",
    "axes.labelsize": 13,
    "axes.axisbelow": True,
    "axes.grid": False,
    "grid.color": INK,
    "grid.alpha": 0.14,
    "grid.linewidth": 0.8,
    "font.family": "sans-serif",
    "font.size": 13,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 13,
    "ytick.labelsize": 13,
    "lines.linewidth": 2.2,
    "lines.markersize": 7,
    "svg.fonttype": "none",
    "axes.formatter.useoffset": False,
}

Draw = Callable[[Axes, pd.DataFrame], None]


class ChartError(ValueError):
    """A chart that a reader could not read: labels that overlap or leave the picture, a part that is missing."""


@dataclass(frozen=True)
class Chart:
    """A drawn chart with everything that belongs to it; a notebook shows it as the value of a cell.

    Attributes
    ----------
    data
        What is plotted, one row a mark, and what the reader downloads.
    alt
        '[kind of chart] of [data], where [finding].'
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

    def __repr__(self) -> str:
        return f"Chart: {self.title}"

    def _repr_html_(self) -> str:
        stamp = f' <span class="stamp">{html.escape(self.stamp)}</span>' if self.stamp else ""
        return (
            f'<figure class="chart" id="fig-{self.name}"><figcaption>'
            f'<p class="chart-title">{html.escape(self.title)}</p>'
            f'<p class="chart-subtitle">{html.escape(self.subtitle)}{stamp}</p></figcaption>'
            f'<div class="chart-wide">{self.wide}</div>'
            f'<div class="chart-narrow" style="display:none">{self.narrow}</div>'
            f'<p class="chart-source">{self.source}</p>{self._data_html()}</figure>'
        )

    def _data_html(self) -> str:
        shown = tables.show(self.data.head(TABLE_ROWS), f"Data of the chart: {self.title}")._repr_html_()
        more = f"<p>The file holds all {len(self.data):,} rows.</p>" if len(self.data) > TABLE_ROWS else ""
        csv = quote(self.data.to_csv(index=False, lineterminator="\n", float_format="%.10g"), safe=",:;-_.")
        return (
            f'<details class="chart-data"><summary>Data and description</summary><p>{html.escape(self.alt)}</p>'
            f'{shown}{more}<p><a download="{self.name}.csv" href="data:text/csv;charset=utf-8,{csv}">'
            f"Download the data of this chart (CSV)</a></p></details>"
        )


def show(
    draw: Draw,
    data: pd.DataFrame,
    *,
    name: str,
    title: str,
    subtitle: str,
    alt: tuple[str, str, str],
    source: Iterable[str],
    stamp: str = "",
    height: int = 340,
    narrow_height: int | None = None,
) -> Chart:
    """Draw a chart in the style of the book.

    Parameters
    ----------
    draw
        Called with an empty axes and `data`, once a width; it draws marks and labels and nothing else.
    data
        What is plotted, one row a mark.
    name
        File name of the data, unique in the chapter, in lower-case words joined by hyphens.
    title, subtitle
        The finding as a sentence; measure, place, period and unit.
    alt
        Kind of chart, what it shows, and the finding: '[kind] of [data], where [finding].'
    source
        Ids of claims, names of context series, or ids of references.
    stamp
        'illustrative' or 'model, not reported' where marks come from assumptions.
    height, narrow_height
        Height in pixels on a wide page and on a phone.

    Raises
    ------
    ChartError
        When labels overlap or leave the picture at either width, or a text is missing.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ChartError(f"chart “{name}”: expected a name of lower-case words joined by hyphens")
    for what, text in {"title": title, "subtitle": subtitle, "kind": alt[0], "data": alt[1], "finding": alt[2]}.items():
        if not text.strip():
            raise ChartError(f"chart “{name}”: expected a {what}, found none")
    text = f"{alt[0]} of {alt[1]}, where {alt[2]}."
    wide = _render(draw, data, f"{name}-wide", WIDE, height, text)
    narrow = _render(draw, data, f"{name}-narrow", NARROW, narrow_height or height, text)
    return Chart(name, title, subtitle, text, data, wide, narrow, source_line(source), stamp)


def _render(draw: Draw, data: pd.DataFrame, salt: str, width: int, height: int, alt: str) -> str:
    with mpl.rc_context(STYLE | {"svg.hashsalt": salt}):
        figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        draw(figure.subplots(), data)
        figure.draw_without_rendering()
        _check_labels(figure, salt)
        buffer = io.StringIO()
        blank = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(buffer, format="svg", transparent=True, metadata=blank)
    return _page_svg(buffer.getvalue(), width, height, alt)


def is_narrow(ax: Axes) -> bool:
    """Say whether an axes is drawn for a phone, so that a chart may label less."""
    return ax.figure.get_figwidth() * 72 < WIDE


def _labels(figure: Figure) -> list[Text]:
    """Return the texts a reader sees; ticks beyond the ends of an axis are not drawn."""
    unseen = set()
    for axis in (axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)):
        low, high = sorted(axis.get_view_interval())
        for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
            if not (low <= tick.get_loc() <= high and axis.get_visible() and axis.axes.axison):
                unseen |= {tick.label1, tick.label2}
    return [t for t in figure.findobj(Text) if t not in unseen and t.get_visible() and t.get_text().strip()]


def _check_labels(figure: Figure, name: str) -> None:
    """Refuse a picture whose labels overlap or leave it; a reader could not read it."""
    boxes = []
    inside = figure.bbox.padded(2)
    for label in _labels(figure):
        box = label.get_window_extent()
        if not (inside.contains(box.x0, box.y0) and inside.contains(box.x1, box.y1)):
            raise ChartError(f"chart “{name}”: the label “{label.get_text()}” leaves the picture")
        boxes.append((label.get_text(), box.padded(-1.5)))
    for (one, first), (two, second) in combinations(boxes, 2):
        if first.overlaps(second):
            raise ChartError(f"chart “{name}”: the labels “{one}” and “{two}” overlap")


def _page_svg(svg: str, width: int, height: int, alt: str) -> str:
    """Make matplotlib's file a part of a page: no prolog, no global style, the page's ink and font."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>|<style[^>]*>.*?</style>", "", body, flags=re.S)
    body = re.sub(r' transform="rotate\(-0 [^"]*"', "", body)
    body = re.sub(r'<g id="[^"]*"', "<g", body)
    body = re.sub(r"<defs>\s*</defs>", "", body)
    body = body.replace(INK, "currentColor")
    body = re.sub(r'font: ([\d.]+)px [^;"]*', r"font-size: \1px", body)
    body = re.sub(r'font-family: [^;"]*;? ?', "", body)
    body = re.sub(r"\s*\n\s*", "\n", body).strip()
    tag = (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{html.escape(alt)}" style="stroke-linejoin:round;stroke-linecap:butt" '
        f'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    )
    return re.sub(r"<svg[^>]*>", lambda _: tag, body, count=1)


def source_line(sources: Iterable[str]) -> str:
    """Name what a chart is made from, as links to the ledger and the bibliography, and what to mind of it."""
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
    return named + _to_mind(ledger, sources)


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
