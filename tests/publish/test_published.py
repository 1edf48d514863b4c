"""What the site owes the web: a map, a feed, and a picture for every page."""

import struct
from xml.etree import ElementTree

from casebook.publish.site.cards import card
from casebook.publish.site.published import feed, sitemap

CHANGES = """# Changes

## 0.2.0, 2027-01-31

- A figure moved: 3 < 4 & so on.
- Another.

## 0.1.0, 2026-11-22

- The book.
"""
ATOM = "{http://www.w3.org/2005/Atom}"
CHART = """<p class="chart-title">It rises &amp; falls</p><div class="chart-wide"><svg viewBox="0 0 680 360" width="680"
height="360" xmlns="http://www.w3.org/2000/svg"><path d="M 0 360 L 680 0" style="stroke: currentColor"/></svg></div>"""


def test_the_map_lists_every_page_as_text():
    root = ElementTree.fromstring(sitemap(["http://a/b.html", "http://a/c.html?x&y"]))
    assert [node.text for node in root.iter() if node.tag.endswith("loc")] == ["http://a/b.html", "http://a/c.html?x&y"]


def test_the_feed_has_an_entry_a_release_the_newest_first():
    root = ElementTree.fromstring(feed(CHANGES, "A <book>", "Someone", "http://a/"))
    assert root.findtext(f"{ATOM}updated") == "2027-01-31T00:00:00Z"
    entries = root.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["0.2.0", "0.1.0"]
    content = "<ul><li>A figure moved: 3 &lt; 4 &amp; so on.</li><li>Another.</li></ul>"
    assert entries[0].findtext(f"{ATOM}content") == content
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 2


def test_a_card_is_a_picture_of_the_size_asked_for_and_always_the_same(tmp_path):
    first = card(CHART, "A chapter", "A book", tmp_path)
    assert first.startswith(b"\x89PNG")
    assert struct.unpack(">II", first[16:24]) == (1200, 630)
    assert card(CHART, "A chapter", "A book", tmp_path) == first
    assert card(CHART.replace("680 0", "680 90"), "A chapter", "A book", tmp_path) != first
    assert card("<p>No chart</p>", "A <chapter>", "A book", tmp_path).startswith(b"\x89PNG")
