"""Schematics: the boxes and arrows of a system with the number at each arrow, in the colour of whose number it is.

>>> diagrams.show(
...     {"staff": "Medical staff", "cover": "The cover"},
...     "staff cover",
...     [arrow("staff", "cover", stated("sc-sign-ups-third-count"))],
...     name="the-cover", title="…", what="the cover",
... )
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from casebook.ledger import open_ledger, reference_page
from casebook.pages import charts
from casebook.pages.drawing import COMPUTED, CONTEXT, INK, STATED, ChartError, is_narrow

LINE, PAD, GAP = 17, 10, 8  # px: height of a line of text, inside a box, between a label and its line
CLEAR = 6  # px: between a label and the boxes at the ends of its arrow
BETWEEN, ROOM = 58, 26  # px: between boxes one above the other, and above and below all
LOOKS = {
    "stated": {"color": STATED},
    "assumed": {"color": CONTEXT, "style": "italic"},
    "computed": {"color": COMPUTED, "weight": "bold"},
    "": {},
}
HOW = "Numbers at the arrows: stated by the text and linked to it, assumed in italics, computed here in bold"


@dataclass(frozen=True)
class Number:
    """What stands at an arrow: its words, whose number it is, and the claim behind it."""

    text: str
    whose: str = ""
    claim: str = ""


@dataclass(frozen=True)
class Arrow:
    """An arrow between two boxes."""

    start: str
    end: str
    number: Number


def stated(claim: str, words: str = "{}") -> Number:
    """Return a claim's number as the text has it; `words` may put something around it."""
    return Number(words.format(open_ledger()[claim].spoken), "stated", claim)


def assumed(text: str) -> Number:
    """Return a number that the chapter assumes."""
    return Number(text, "assumed")


def computed(text: str) -> Number:
    """Return a number that the chapter computes."""
    return Number(text, "computed")


def arrow(start: str, end: str, number: Number | str = "") -> Arrow:
    """Return an arrow with its number, or with plain words."""
    return Arrow(start, end, number if isinstance(number, Number) else Number(number))


def show(
    boxes: Mapping[str, str], rows: str, arrows: Sequence[Arrow], *, name: str, title: str, what: str, stamp: str = ""
) -> charts.Chart:
    """Draw a schematic: across on a wide page, down on a phone.

    `boxes` gives the words of each box by its key; `rows` places the keys as they stand on a wide page, a line a row, a
    dot for an empty place. `what` names the system for the description. Raises `ChartError` where a key is unknown or a
    label meets a line, a box or another label.
    """
    grid = [line.split() for line in rows.strip().splitlines()]
    placed = {key: (column, row) for row, line in enumerate(grid) for column, key in enumerate(line) if key != "."}
    for key in [*boxes, *(end for each in arrows for end in (each.start, each.end))]:
        if key not in placed or key not in boxes:
            raise ChartError(f"chart “{name}”: expected a box and a place for “{key}”")
    data = pd.DataFrame(
        [(_flat(boxes[a.start]), _flat(boxes[a.end]), _flat(a.number.text), a.number.whose) for a in arrows],
        columns=["from", "to", "number", "whose"],
    )
    said = "; ".join(f"{a} leads to {b}" + (f" ({n}{w and ', '}{w})" if n else "") for a, b, n, w in data.to_numpy())
    tall = max(boxes.values(), key=lambda text: text.count("\n")).count("\n") + 1
    box = LINE * tall + 2 * PAD
    columns = max(map(len, grid))
    return charts.show(
        lambda ax, _: _draw(ax, name, boxes, placed, arrows, box), data, name=name, title=title, subtitle=HOW if data["whose"].any() else "What leads to what",
        alt=("Schematic", what, said), source=None, stamp=stamp,
        height=2 * ROOM + len(grid) * box + (len(grid) - 1) * BETWEEN,
        narrow_height=2 * ROOM + columns * box + (columns - 1) * BETWEEN,
    )  # fmt: skip


def _flat(text: str) -> str:
    return text.replace("\n", " ")


def _draw(
    ax: Axes,
    name: str,
    boxes: Mapping[str, str],
    placed: Mapping[str, tuple[int, int]],
    arrows: Sequence[Arrow],
    box: int,
) -> None:
    """Put boxes, arrows and labels on an axes whose unit is the pixel, and refuse labels that meet anything."""
    width, height = ax.figure.get_size_inches() * 72
    ax.set_position([0, 0, 1, 1])
    ax.set(xlim=(0, width), ylim=(height, 0))
    ax.axis("off")
    frames = _frames(ax, boxes, placed, width, box)
    if any(one.overlaps(other) for one, other in combinations(frames.values(), 2)):
        raise ChartError(f"chart “{name}”: two boxes overlap; shorten their words or break the line")
    for frame in frames.values():
        corner, size = (frame.x0, frame.y0), (frame.width, frame.height)
        ax.add_patch(
            FancyBboxPatch(corner, *size, "round,pad=0,rounding_size=6", fill=False, edgecolor=INK, linewidth=1)
        )
    ends = {(a.start, a.end) for a in arrows}
    lines, labels = [], []
    for each in arrows:
        both = (each.end, each.start) in ends
        start, end = _line(frames[each.start], frames[each.end], both)
        ax.annotate(
            "", end, start, arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1, "shrinkA": 0, "shrinkB": 0}
        )
        lines.append(Path([start, end]))
        if each.number.text:
            labels.append(_label(ax, each.number, np.array(start), np.array(end)))
    _check(ax, name, labels, lines, list(frames.values()))


def _frames(
    ax: Axes, boxes: Mapping[str, str], placed: Mapping[str, tuple[int, int]], width: float, box: int
) -> dict[str, Bbox]:
    """Place the boxes: columns share the width with equal gaps, rows lie one above the other; on a phone transposed."""
    turned = is_narrow(ax)
    cells = {key: (row, column) if turned else (column, row) for key, (column, row) in placed.items()}
    wide = {}
    for key, text in boxes.items():
        drawn = ax.text(0, 0, text, ha="center", va="center", linespacing=1.25)
        wide[key] = drawn, drawn.get_window_extent().width + 2 * PAD
    columns = range(max(column for column, _ in cells.values()) + 1)
    widths = [max(wide[key][1] for key, (column, _) in cells.items() if column == k) for k in columns]
    spare = width - 4 - sum(widths)
    gap = spare / (len(widths) - 1) if len(widths) > 1 else 0
    left = 2 if len(widths) > 1 else (width - widths[0]) / 2 if not turned else (width - widths[0]) / 3
    frames = {}
    for key, (column, row) in cells.items():
        middle = left + sum(widths[:column]) + column * gap + widths[column] / 2
        top = ROOM + row * (box + BETWEEN)
        wide[key][0].set_position((middle, top + box / 2))
        frames[key] = Bbox.from_bounds(middle - wide[key][1] / 2, top, wide[key][1], box)
    return frames


def _line(one: Bbox, other: Bbox, both: bool) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the ends of the arrow from box to box; of two that run both ways each keeps to its side."""
    start, end = (
        np.array([(one.x0 + one.x1) / 2, (one.y0 + one.y1) / 2]),
        np.array([(other.x0 + other.x1) / 2, (other.y0 + other.y1) / 2]),
    )
    if abs(start[0] - end[0]) < 1 or (one.x0 < other.x1 and other.x0 < one.x1):  # one above the other
        start[0] = end[0] = (max(one.x0, other.x0) + min(one.x1, other.x1)) / 2
    step = (end - start) / np.hypot(*(end - start))
    aside = np.array([-step[1], step[0]]) * (-7 if both else 0)
    return tuple(_edge(one, start, step) + aside), tuple(_edge(other, end, -step) + aside)


def _edge(box: Bbox, middle: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Return where a line from a point inside a box leaves it."""
    reach = [
        ((box.x1 if step[0] > 0 else box.x0) - middle[0]) / step[0] if abs(step[0]) > 1e-9 else np.inf,
        ((box.y1 if step[1] > 0 else box.y0) - middle[1]) / step[1] if abs(step[1]) > 1e-9 else np.inf,
    ]
    return middle + min(reach) * step


def _label(ax: Axes, number: Number, start: np.ndarray, end: np.ndarray) -> Text:
    """Write a number beside its arrow: above one that runs right, below one that runs left, right or left of others."""
    middle, step = (start + end) / 2, end - start
    if abs(step[0]) > abs(step[1]):
        up = step[0] > 0
        aside, align = (0, -GAP / 2 if up else GAP / 2), {"ha": "center", "va": "bottom" if up else "top"}
    else:
        down = step[1] > 0
        aside, align = (GAP if down else -GAP, 0), {"ha": "left" if down else "right", "va": "center"}
    label = ax.text(*(middle + aside), number.text, linespacing=1.2, **align, **LOOKS[number.whose])
    if align["ha"] == "center" and label.get_window_extent().width > abs(step[0]) - 2 * CLEAR:
        label.set_text(_in_two(number.text))
    extent, edge = label.get_window_extent(), ax.figure.bbox
    if extent.x0 < edge.x0 + 2 or extent.x1 > edge.x1 - 2:  # no room on this side of an upright arrow
        label.set(x=middle[0] - aside[0], ha="right" if align["ha"] == "left" else "left")
    if number.claim:
        label.set_url(f"{reference_page('ledger')}#{number.claim}")
    return label


def _in_two(text: str) -> str:
    """Break a text into two lines of about the same length; one without a space stays."""
    text = _flat(text)
    spaces = [k for k, letter in enumerate(text) if letter == " "]
    cut = min(spaces, key=lambda k: abs(2 * k - len(text)), default=None)
    return text if cut is None else f"{text[:cut]}\n{text[cut + 1 :]}"


def _check(ax: Axes, name: str, labels: list[Text], lines: list[Path], frames: list[Bbox]) -> None:
    """Refuse a label that meets a line or a box."""
    for label in labels:
        extent = label.get_window_extent().transformed(ax.transData.inverted())
        around = Bbox(
            [
                [min(extent.x0, extent.x1), min(extent.y0, extent.y1)],
                [max(extent.x0, extent.x1), max(extent.y0, extent.y1)],
            ]
        )
        if any(line.intersects_bbox(around, filled=False) for line in lines):
            raise ChartError(f"chart “{name}”: the label “{label.get_text()}” meets a line")
        if any(around.padded(CLEAR, -1).overlaps(frame) for frame in frames):
            raise ChartError(
                f"chart “{name}”: the label “{label.get_text()}” meets a box, or has no {CLEAR} pixels to it"
            )
