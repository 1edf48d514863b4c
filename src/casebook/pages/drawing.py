"""One style for every picture of the book, drawn as SVG whose text is text and whose colours are the page's.

A colour says what a number is: stated by a text, computed here, taken from a reference, context, or a warning. The page
gives each its value in the light and in the dark theme.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from itertools import combinations

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Bbox

INK = "#010203"  # stands for the page's own text colour, which replaces it in the SVG
ROLES = {  # name: light, dark; each 4.5 : 1 on its ground, and told apart by colour-blind readers
    "stated": ("#1970bf", "#4e90dc"),
    "computed": ("#a85b12", "#f5a534"),
    "reference": ("#00583c", "#8fe9a9"),
    "context": ("#6b7074", "#9ea4af"),
    "warning": ("#7c0d66", "#f2477f"),
}
STATED, COMPUTED, REFERENCE, CONTEXT, WARNING = (light for light, _ in ROLES.values())

WIDE, NARROW = 680, 340

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
Limits = list[tuple[float, ...]]


class ChartError(ValueError):
    """A chart that a reader could not read: labels that overlap or leave the picture, a part that is missing."""


def render(
    draw: Draw, data: pd.DataFrame, salt: str, width: int, height: int, clear: bool = True
) -> tuple[str, Limits]:
    """Draw a picture of a size in pixels; return it as a bare `<svg>` and the limits of its axes.

    Raises `ChartError` when labels overlap or leave the picture, and, if they are to be `clear` of lines, when they lie
    on one. `salt` makes its ids stable and its own.
    """
    with mpl.rc_context(STYLE | {"svg.hashsalt": salt}):
        figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        draw(figure.subplots(), data)
        buffer = io.StringIO()
        figure.get_layout_engine().execute(figure)  # and once more while it is drawn, when the ticks are known
        # Not by savefig, which draws everything twice; the labels are in their places after this.
        FigureCanvasSVG(figure).print_svg(buffer, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
        check_labels(figure, salt, clear)
    limits = [(*axes.get_xlim(), *axes.get_ylim()) for axes in figure.axes]
    return _bare(buffer.getvalue()), limits


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


def check_labels(figure: Figure, name: str, clear: bool = True) -> None:
    """Refuse a picture whose labels overlap, leave it, or, if they are to be clear, lie on a line or the end of a bar."""
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
    strokes = [stroke for ax in figure.axes if clear for stroke in _strokes(ax)]
    for text, box in boxes:
        if any(_meets(stroke, Bbox.intersection(box.padded(-1), window)) for stroke, window in strokes):
            raise ChartError(f"chart “{name}”: the label “{text}” lies on a line")


def _meets(stroke: Path, box: Bbox | None) -> bool:
    return box is not None and stroke.intersects_bbox(box, filled=False)


def _strokes(ax: Axes) -> Iterator[tuple[Path, Bbox]]:
    """Yield the lines that are drawn, and the outlines of bars, in pixels, with the window that shows them.

    Not the grid, which is faint. A path is not clipped to its window: matplotlib would close it,
    and its chord is no line.
    """
    for line in ax.lines:
        if line.get_visible() and line.get_linestyle() not in ("None", "", " "):
            yield line.get_transform().transform_path(line.get_path()), ax.bbox
    for bar in ax.patches:
        if bar.get_visible() and bar.get_alpha() is None:
            yield bar.get_transform().transform_path(bar.get_path()), ax.bbox


def _bare(svg: str) -> str:
    """Strip matplotlib's file to what a page needs: no prolog, no global style, no font, coordinates in tenths."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>|<style[^>]*>.*?</style>", "", body, flags=re.S)
    body = re.sub(r' transform="rotate\(-0 [^"]*"', "", body)
    body = re.sub(r'<g id="[^"]*"', "<g", body)
    body = re.sub(r"<defs>\s*</defs>", "", body)
    body = re.sub(r'font: ([\d.]+)px [^;"]*', r"font-size: \1px", body)
    body = re.sub(r'font-family: [^;"]*;? ?', "", body)
    body = re.sub(r' d="([^"]*)"', lambda path: f' d="{_relative(path[1])}"', body)
    body = re.sub(r' (x|y|width|height|transform)="[^"]*"', lambda found: _tenths(found[0]), body)
    return re.sub(r"\s*\n\s*", "\n", body).strip()


def _relative(path: str) -> str:
    """Write a path in steps of a tenth of a pixel from point to point; the tenths do not add up to a drift."""
    parts, here, start = [], (0, 0), (0, 0)
    for command, numbers in re.findall(r"([MLCQz])([^MLCQz]*)", path):
        if command == "z":
            parts.append("z")
            here = start
            continue
        places = [round(10 * float(number)) for number in numbers.split()]
        steps = [place - here[k % 2] for k, place in enumerate(places)]
        here = (places[-2], places[-1])
        start = here if command == "M" else start
        parts.append(command.lower() + " ".join(f"{step / 10:g}" for step in steps))
    return "".join(parts)


def _tenths(attribute: str) -> str:
    return re.sub(r"-?\d+\.\d\d+", lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), attribute)


def themed(svg: str) -> str:
    """Put the page's colours into a picture: its ink, and a variable for each role."""
    for name, (light, dark) in ROLES.items():
        svg = svg.replace(light, f"var(--{name}, light-dark({light}, {dark}))")
    return svg.replace(INK, "currentColor")


def plain(svg: str) -> str:
    """Put plain colours into a themed picture, for readers that know no variables: cards and the EPUB."""
    return re.sub(r"var\(--[a-z]+, light-dark\((#[0-9a-f]{6}), #[0-9a-f]{6}\)\)", r"\1", svg)
