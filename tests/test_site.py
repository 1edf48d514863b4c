"""The built site in a real browser: accessibility rules, both themes, three widths, no foreign request, search, notes."""

import gzip
import re
import shutil
from pathlib import Path

import pytest
from seeding import ROOT

from casebook.build import build
from casebook.editions.pdf import BROWSERS, FLAGS
from casebook.site_check import check_site

SITE = ROOT / "_build" / "html"
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPEN_FOLDS = "document.querySelectorAll('details').forEach(d => { d.open = true })"
# What one function makes many times (rows of a table, entries of the library, coloured words of code) is looked at in its
# first specimens, and a picture or formula is one thing to a screen reader: the rules find the same, ten times as fast.
CUT = """const few = (all, kept, cut) => [...all].slice(kept).forEach(cut);
document.querySelectorAll('tbody').forEach(body => few(body.rows, 6, row => row.remove()));
few(document.querySelectorAll('dl.py'), 12, entry => entry.remove());
const kinds = new Set([...document.querySelectorAll('pre span[class], dt.sig span[class]')].map(span => span.className));
kinds.forEach(kind => few(document.querySelectorAll(`pre span[class="${kind}"], dt.sig span[class="${kind}"]`), 6,
  span => span.replaceWith(span.textContent)));
document.querySelectorAll('svg[role=img], math').forEach(picture => picture.replaceChildren());"""
browser_test = pytest.mark.skipif(
    CHROMIUM is None, reason="NO CHROMIUM HERE: the site was not opened in a browser (apt-get install chromium)"
)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    if not (SITE / "index.html").is_file():
        build(ROOT)
    return SITE


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


def open_page(browser, path, theme="light", width=1440):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    page = context.new_page()
    page.asked, page.said = [], []
    page.on("request", lambda request: page.asked.append(request.url) if request.url.startswith("http") else None)
    page.on("console", lambda message: page.said.append(message.text) if message.type == "error" else None)
    page.goto(path.as_uri(), wait_until="load")
    return page


def pages():
    names = (
        p.relative_to(ROOT).with_suffix(".html") for p in (ROOT / "book").rglob("*") if p.suffix in (".md", ".ipynb")
    )
    found = sorted(name.as_posix() for name in names if ".ipynb_checkpoints" not in name.parts)
    return [*found, "search.html", "404.html"]


def test_every_link_address_and_text_is_whole(site):
    assert check_site(site) == []


def test_the_way_in(site):
    assert "book/index.html" in (site / "index.html").read_text(encoding="utf-8")


@browser_test
@pytest.mark.parametrize("name", pages())
def test_accessible_in_both_themes_at_three_widths(site, browser, name):
    from axe_playwright_python.sync_playwright import Axe

    for theme in ("light", "dark"):
        for width in (360, 768, 1440):
            page = open_page(browser, site / name, theme, width)
            page.evaluate(OPEN_FOLDS)
            page.evaluate(CUT)
            assert page.said == []
            found = Axe().run(page, options={"runOnly": RULES, "preload": False})
            assert found.violations_count == 0, f"{name} {theme} {width}: {found.generate_report()}"
            sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert sideways <= 0, f"{name} scrolls {sideways} px sideways at {width}"
            assert page.asked == []
            page.context.close()


@pytest.mark.parametrize("name", pages())
def test_a_page_is_light(site, name):
    page = site / name
    text = page.read_text(encoding="utf-8")
    files = [
        page.parent / found.split("?")[0] for found in re.findall(r'(?:src|href)="([^"]+\.(?:js|css)[^"]*)"', text)
    ]
    assert files
    rest = sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)
    without_figures = len(gzip.compress(re.sub(r"<figure.*?</figure>", "", text, flags=re.DOTALL).encode(), 9))
    assert without_figures + rest <= 120_000
    assert len(gzip.compress(text.encode(), 9)) + rest <= 250_000


@browser_test
def test_a_number_tells_its_claim_on_hover_and_to_a_screen_reader(site, browser):
    page = open_page(browser, site / "book/singles-day/account.html")
    link = page.locator("a.claim", has_text="777 million pieces").first
    note = link.get_attribute("data-note")
    assert "line 23" in note
    assert "Verdict: " in note
    assert page.locator(f"#{link.get_attribute('aria-describedby')}").text_content() == note
    link.hover()
    shown = link.evaluate("a => getComputedStyle(a, '::after').content")
    assert "line 23" in shown
    page.context.close()


@browser_test
def test_search_finds_claims_and_systems_without_a_server(site, browser):
    page = open_page(browser, site / "search.html")
    page.fill("input[type=search] >> nth=-1", "hotlines")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a")
    targets = page.eval_on_selector_all("#search-results li a", "links => links.map(a => a.getAttribute('href'))")
    assert any("reference/ledger.html#sc-hotlines" in target for target in targets)
    assert any("reference/systems.html#s18" in target for target in targets)
    page.context.close()


@browser_test
def test_the_ledger_filters_and_keeps_the_row_asked_for(site, browser):
    page = open_page(browser, Path(site / "book/reference/ledger.html"))
    page.wait_for_selector(".filterable.ready")
    everything = page.locator(".filterable tbody tr:visible").count()
    page.locator(".table-tools input").first.fill("hotline")
    page.wait_for_timeout(300)
    assert 0 < page.locator(".filterable tbody tr:visible").count() < everything
    page.goto((site / "book/reference/ledger.html").as_uri() + "#sd-parcels-on-the-day")
    assert page.locator("tr#sd-parcels-on-the-day").is_visible()
    page.context.close()


@browser_test
def test_the_theme_is_chosen_and_kept(site, browser):
    page = open_page(browser, site / "book/index.html")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for _ in range(3):
        page.click("button.theme")
        if page.evaluate("getComputedStyle(document.body).backgroundColor") != before:
            break
    chosen = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert chosen != before
    page.goto((site / "book/reference/glossary.html").as_uri())
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == chosen
    page.context.close()


@browser_test
def test_the_keyboard_reaches_the_text_first(site, browser):
    page = open_page(browser, site / "book/singles-day/account.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.context.close()
