"""The editions hold every page of the site, and nothing in them leads nowhere."""

import hashlib
import posixpath
import re
from html import unescape
from urllib.parse import urldefrag
from xml.etree import ElementTree
from zipfile import ZIP_STORED, ZipFile

import pytest
from seeding import pages
from test_site import browser_test, site  # noqa: F401 (a fixture)

from casebook.publish.editions.articles import articles
from casebook.publish.editions.epub import write_epub
from casebook.publish.editions.pdf import NoBrowserError, chromium, document, write_pdf
from casebook.publish.editions.release import checksums

XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(scope="module")
def book(site, tmp_path_factory):  # noqa: F811
    with ZipFile(write_epub(site, tmp_path_factory.mktemp("epub"))) as archive:
        assert archive.infolist()[0].filename == "mimetype"
        assert archive.infolist()[0].compress_type == ZIP_STORED
        return {name: archive.read(name) for name in archive.namelist()}


def test_every_link_of_the_epub_leads_to_a_place_in_it(book):
    places = {}
    for name in (name for name in book if name.endswith(".xhtml")):
        root = ElementTree.fromstring(book[name])
        places[name] = ({tag.get("id") for tag in root.iter()}, [a.get("href") for a in root.iter(f"{XHTML}a")])
    for name, (_, links) in places.items():
        for link in [link for link in links if link and not re.match(r"https?:|mailto:", link)]:
            path, fragment = urldefrag(link)
            target = posixpath.join(posixpath.dirname(name), path) if path else name
            assert target in places, f"{name}: {link}"
            assert not fragment or fragment in places[target][0], f"{name}: {link}"


def test_the_epub_lists_what_it_holds_and_describes_every_picture(book):
    package = ElementTree.fromstring(book["EPUB/package.opf"])
    listed = {tag.get("href") for tag in package.iter() if tag.tag.endswith("}item")}
    assert {f"EPUB/{name}" for name in listed} | {"mimetype", "META-INF/container.xml", "EPUB/package.opf"} == set(book)
    pictures = re.findall(rb"<svg[^>]*>", b"".join(book.values()))
    assert pictures
    assert all(re.search(rb'role="(img|group)"', each) and b"aria-label=" in each for each in pictures)


def test_the_whole_document_holds_every_page_in_reading_order_and_leads_only_to_itself(site):  # noqa: F811
    found = articles(site)
    assert found[0].name == "book/index" and {page.name for page in found} == set(pages())
    titles = [page.body.h1.get_text() for page in found]
    text = document(found, "The book")
    shown = [unescape(re.sub("<[^>]*>", "", title)) for title in re.findall("<h1.*?</h1>", text, re.S)]
    assert [title for title in shown if title in titles] == titles
    ids = re.findall(r'<[a-z][^<>]*? id="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    links = re.findall(r'<(?:a|use)\b[^<>]*? (?:xlink:)?href="([^"]*)"', text)
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert [link for link in links if not re.match("#|https?:|mailto:", link)] == []


@browser_test
def test_the_pdf_has_pages_an_outline_and_tags(site, tmp_path):  # noqa: F811
    (tmp_path / "html").symlink_to(site)
    data = write_pdf(site, tmp_path / "editions").read_bytes()
    assert data.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", data)) > len(pages())
    assert b"/Outlines" in data
    assert b"/StructTreeRoot" in data


def test_without_a_browser_the_pdf_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CHROMIUM", raising=False)
    with pytest.raises(NoBrowserError, match="expected Chromium"):
        chromium()


def test_checksums_are_those_of_the_files():
    assert checksums({"b": b"2", "a": b"1"}) == (
        f"{hashlib.sha256(b'1').hexdigest()}  a\n{hashlib.sha256(b'2').hexdigest()}  b\n"
    )
