"""The picture that stands for a page where its address is shared: the finding of its first chart, and the chart."""

import hashlib
import re
import textwrap
from html import escape, unescape
from pathlib import Path

import matplotlib as mpl
import resvg_py

from casebook.pages.drawing import plain
from casebook.publish.execution import write_if_changed

WIDTH, HEIGHT = 1200, 630  # what readers of Open Graph marks ask for
MARGIN = 56
PAPER, INK, SOFT, RULE = "#fffdf8", "#1c2430", "#566070", "#D55E00"
FINDING = re.compile(r'<p class="chart-title">(.*?)</p>', re.DOTALL)
PICTURE = re.compile(
    r'<div class="chart-wide"[^>]*><svg viewBox="0 0 (\d+) (\d+)"[^>]*xmlns[^>]*>(.*?)</svg>', re.DOTALL
)


def card(body: str, chapter: str, book: str, cache: Path) -> bytes:
    """Draw the card of a page, or take it from the cache, where nothing it shows has changed.

    `body`: The article; without a chart in it the card says the name of the page. `chapter, book`: The names of the
    page and of the book.
    """
    svg = _drawn(body, chapter, book)
    kept = cache / f"{hashlib.sha256(svg.encode()).hexdigest()}.png"
    if not kept.is_file():
        write_if_changed(kept, _raster(svg))
    return kept.read_bytes()


def _drawn(body: str, chapter: str, book: str) -> str:
    finding, picture = FINDING.search(body), PICTURE.search(body)
    title = unescape(re.sub(r"<[^>]+>", "", finding[1])) if finding and picture else chapter
    lines = textwrap.wrap(title, 46)[:3]
    below = MARGIN + 58 * len(lines) + 20
    chart = _placed(picture, below) if picture else ""
    heading = "".join(_text(line, MARGIN, MARGIN + 40 + 58 * k, 44, INK, "bold") for k, line in enumerate(lines))
    foot = _text(f"{book}: {chapter}" if chapter != title else book, MARGIN, HEIGHT - 36, 24, SOFT)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{WIDTH}" '
        f'height="{HEIGHT}" color="{INK}" font-family="DejaVu Sans"><rect width="{WIDTH}" height="{HEIGHT}" '
        f'fill="{PAPER}"/><rect width="{WIDTH}" height="10" fill="{RULE}"/>{heading}{chart}{foot}</svg>'
    )


def _raster(svg: str) -> bytes:
    fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
    files = [str(fonts / name) for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")]
    return bytes(
        resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=files, font_family="DejaVu Sans")
    )


def _placed(picture: re.Match[str], top: float) -> str:
    """Return the chart as large as the room below the heading allows, in the middle."""
    width, height = float(picture[1]), float(picture[2])
    room = HEIGHT - 84 - top
    scale = min((WIDTH - 2 * MARGIN) / width, room / height)
    left = (WIDTH - scale * width) / 2
    return (
        f'<svg x="{left:.1f}" y="{top:.1f}" width="{scale * width:.1f}" height="{scale * height:.1f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" color="{INK}">{plain(picture[3])}</svg>'
    )


def _text(words: str, x: float, y: float, size: int, colour: str, weight: str = "normal") -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{colour}">{escape(words)}</text>'
