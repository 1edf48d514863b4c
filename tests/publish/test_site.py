"""The built site in a real browser: accessibility rules, both themes, three widths, no foreign request, search, notes."""

import gzip
import re
import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from seeding import ROOT, pages

from casebook.ledger import open_ledger
from casebook.pages import walk
from casebook.publish.build import build
from casebook.publish.editions.pdf import BROWSERS, FLAGS
from casebook.publish.site_check import check_site

SITE = ROOT / "_build" / "html"
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPEN_FOLDS = "document.querySelectorAll('details').forEach(d => { d.open = true })"
# What one function makes many times (rows of a table, entries of the library, coloured words of code) is looked at in its
# first specimens, and a picture or formula is one thing to a screen reader: the rules find the same, ten times as fast.
CUT = """const few = (all, kept, cut) => [...all].slice(kept).forEach(cut);
document.querySelectorAll('tbody').forEach(body => few(body.rows, 6, row => row.remove()));
few(document.querySelectorAll('dl.py'), 12, entry => entry.remove());
few(document.querySelectorAll('ol.claims > li:not(:has(details))'), 12, card => card.remove());
few(document.querySelectorAll('ol.claims > li:has(details)'), 8, card => card.remove());
few(document.querySelectorAll('.claim-note'), 6, card => { document.querySelectorAll(`[aria-describedby="${card.id}"]`).forEach(
  link => link.removeAttribute('aria-describedby')); card.remove(); });
document.querySelectorAll('.squares').forEach(map => few(map.children, 30, square => square.remove()));
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


PAGES = [*(f"{name}.html" for name in pages()), "search.html", "404.html"]
CHAPTERS = {row["chapter"] for row in open_ledger().tables["systems"] if row["state"] == "model"} - set(
    walk.PAGES.values()
)
CHAPTERS = {f"book/{name}.html" for name in CHAPTERS}
APART = re.compile(
    r"<(figure|details|pre|style|svg|math)\b(?:(?!<\1\b).)*?</\1>|<div class=\"claim-note.*?</div>", re.S
)


def test_every_link_address_and_text_is_whole_and_the_way_in(site):
    assert check_site(site) == []
    assert "book/index.html" in (site / "index.html").read_text(encoding="utf-8")


@browser_test
@pytest.mark.parametrize("name", PAGES)
def test_accessible_in_both_themes_and_never_wider_than_the_screen(site, browser, name):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(browser, site / name)
    assert name not in CHAPTERS or page.evaluate("document.querySelector('article').scrollHeight") <= 12 * 900
    page.evaluate(OPEN_FOLDS)
    for width in (320, 360, 768, 1440):  # before anything is cut
        page.set_viewport_size({"width": width, "height": 900})
        sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert sideways <= 0, f"{name} scrolls {sideways} px sideways at {width}"
    page.evaluate(CUT)
    tried = [("light", width, RULES) for width in (1440, 768, 360)] + [("dark", 360, CONTRAST)]
    for theme, width, rules in tried:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        found = Axe().run(page, options={"runOnly": rules, "preload": False})
        assert found.violations_count == 0, f"{name} {theme} {width}: {found.generate_report()}"
    assert page.said == page.asked == []
    page.context.close()


@browser_test
def test_the_rules_see_a_faint_word_in_the_dark_theme(site, browser):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(browser, site / "book/reference/glossary.html", "dark", 360)
    page.evaluate("document.querySelector('article p').style.color = '#444'")
    found = Axe().run(page, options={"runOnly": CONTRAST, "preload": False})
    assert found.violations_count == 1


@browser_test
def test_an_explorer_shows_the_frame_that_is_chosen(site, browser):
    page = open_page(browser, site / "book/sars-to-covid/sign-ups.html")
    choices = page.locator(".explorer input[type=radio]")
    choices.first.focus()
    page.keyboard.press("ArrowRight")
    assert choices.nth(1).is_checked()
    assert page.locator(".explorer .explorer-finding .k1").is_visible()
    assert not page.locator(".explorer .explorer-finding .k0").is_visible()
    assert page.locator(".explorer .chart-wide g.k1").is_visible()
    assert not page.locator(".explorer .chart-wide g.k0").is_visible()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light(site, name):
    page = site / name
    text = page.read_text(encoding="utf-8")
    found = re.findall(r'(?:src|href)="([^"]+\.(?:js|css)[^"]*)"', text)
    files = [page.parent / name.split("?")[0] for name in found]
    assert files
    assert not re.search(r"<a\b[^>]*xlink:href", text)  # unknown to crawlers
    rest = sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)
    without_figures = len(gzip.compress(re.sub(r"<figure.*?</figure>", "", text, flags=re.DOTALL).encode(), 9))
    assert without_figures + rest <= 120_000
    assert len(gzip.compress(text.encode(), 9)) + rest <= 250_000


@pytest.mark.parametrize("name", sorted(CHAPTERS))
def test_a_chapter_is_short(site, name):
    text = (site / name).read_text(encoding="utf-8").partition("<article")[2].partition("</article>")[0]
    found = 1
    while found:  # from the inside out
        text, found = APART.subn(" ", text)
    assert 600 < len(re.findall(r"\w[\w’',.%-]*", re.sub(r"<[^>]*>", " ", text))) <= 1300


@browser_test
def test_a_number_shows_its_claim_on_hover_and_on_focus(site, browser):
    page = open_page(browser, site / "book/singles-day/account.html")
    link = page.locator("a.claim", has_text="777 million pieces").first
    card = page.locator(f"#{link.get_attribute('aria-describedby')}")
    assert not card.is_visible()
    link.hover()
    card.wait_for(state="visible")
    assert re.search("differs.*line 23.*Write instead: 812 million", card.text_content())
    assert card.bounding_box()["y"] + card.bounding_box()["height"] <= link.bounding_box()["y"] + 1
    page.keyboard.press("Escape")
    assert not card.is_visible()
    page.keyboard.press("Tab")
    link.focus()
    assert card.is_visible()


@browser_test
def test_the_first_tap_shows_the_claim_and_the_second_follows(site, browser):
    page = browser.new_context(viewport={"width": 360, "height": 800}, has_touch=True).new_page()
    page.goto((site / "book/singles-day/account.html").as_uri())
    link = page.locator("a.claim", has_text="777 million pieces").first
    link.tap()
    card = page.locator(f"#{link.get_attribute('aria-describedby')}")
    card.wait_for(state="visible")
    assert 0 <= card.bounding_box()["x"] <= 360 - card.bounding_box()["width"]
    link.tap()
    page.wait_for_url("**/ledger.html#sd-parcels-on-the-day")
    page.context.close()


@browser_test
def test_search_finds_claims_first_with_their_verdicts_and_without_a_server(site, browser):
    page = open_page(browser, site / "search.html")
    field = page.locator("input[type=search] >> nth=-1")
    field.press_sequentially("400 hotlines")
    page.wait_for_selector("#search-results li a")
    first = page.locator("#search-results li").first
    assert first.locator("a").get_attribute("href").endswith("reference/ledger.html#sc-hotlines")
    assert "contradicted" in first.text_content()
    assert first.locator("mark").first.text_content() == "400 hotlines"
    field.fill("hotlines")
    targets = page.eval_on_selector_all("#search-results li a", "links => links.map(a => a.getAttribute('href'))")
    assert any("reference/systems.html#s18" in target for target in targets)
    said = [field.fill(word) or page.locator("#search-status").text_content() for word in ("courier", "couriers")]
    assert said[0] == said[1]  # many find one
    field.fill("777 million")  # in a chapter, before what surveys all of them
    first = page.locator("#search-results h2:has-text('Chapters') + ol a").first.get_attribute("href")
    assert "/across/" not in first and "/reference/" not in first
    field.fill("a tenth fewer riders")
    assert "none has all" in page.locator("#search-status").text_content()
    field.fill("hema")  # with all its parts, as the ledger has it
    ledger = (site / "book/reference/ledger.html").read_text("utf-8")
    of_hema = len(re.findall(r'data-entity="(?:[^"]* )?hema[ "]', ledger))
    assert int(page.locator("#search-status").text_content().split()[0]) >= of_hema > 40
    assert re.search(r'data-index="_static/search-index\.js\?v=\w+"', (site / "search.html").read_text("utf-8"))
    assert "frac{" not in (site / "_static" / "search-index.js").read_text("utf-8")


@browser_test
def test_a_citation_names_the_address_where_the_page_is_read(site, browser):
    page = browser.new_page()
    page.route("http://book.test/**", lambda route: route.fulfill(path=site / urlsplit(route.request.url).path[1:]))
    page.goto("http://book.test/book/sars-to-covid/sign-ups.html#model")
    address = "http://book.test/book/sars-to-covid/sign-ups.html"
    assert page.locator(".cite .address").get_attribute("href") == address
    entry = unquote(page.locator("a.bibtex").get_attribute("href"))
    assert entry.endswith(f",\n  url = {{{address}}}\n}}\n")
    page.close()


@browser_test
def test_the_filter_of_the_ledger_stands_in_the_address(site, browser):
    address, asked = (site / "book/reference/ledger.html").as_uri(), "sd-parcels-on-the-day"
    page = open_page(browser, site / "book/reference/ledger.html")
    shown = page.locator("ol.claims > li:visible")
    everything = shown.count()
    page.select_option("select[name=entity]", "hema")
    page.fill("input[name=q] >> nth=-1", "first batch")
    assert 0 < shown.count() < everything
    assert "entity=hema" in page.url
    page.goto(f"{address}?source=singles-day&outside=contradicted#{asked}")
    told = "all => all.map(card => [card.id, card.dataset.source, card.dataset.outside])"
    rows = {key: rest for key, *rest in page.eval_on_selector_all("ol.claims > li:not([hidden])", told)}
    assert rows.pop(asked) == ["singles-day", "differs"]
    assert list(map(list, set(map(tuple, rows.values())))) == [["singles-day", "contradicted"]]
    with page.expect_download() as download:
        page.click("text=Download these rows")
    assert len(Path(download.value.path()).read_text("utf-8-sig").splitlines()) == 2 + len(rows)
    page.goto(f"{address}?source=%&kind=nothing&sort=value#%")
    assert shown.count() == everything
    values = page.eval_on_selector_all("li[data-base=second]", "all => all.map(card => +card.dataset.value)")
    assert values == sorted(values)


def test_the_pages_say_what_they_are(site):
    cover, chapter, systems = (
        BeautifulSoup((site / f"book/{name}.html").read_text("utf-8"), "html.parser")
        for name in ("index", "sars-to-covid/sign-ups", "reference/systems")
    )
    assert all(part.has_attr("open") for part in cover.select("nav.contents > details"))
    assert [len(cover.select(each)) for each in (".texts > li", "#findings figure")] == [5, 5]
    assert "book/sars-to-covid/sign-ups.ipynb" in chapter.select_one(".cite").get_text()
    assert chapter.select_one('.actions > a[download="sign-ups.bib"]')
    passage = chapter.select_one(".told-in a")["href"]
    account = BeautifulSoup((site / "book/sars-to-covid/account.html").read_text("utf-8"), "html.parser")
    assert passage.startswith("account.html#")
    told = account.find(id=passage.partition("#")[2]).find_next_sibling("dd")
    assert told.select_one('a[href="sign-ups.html"]')
    assert chapter.select("svg a.claim[aria-describedby]")
    for fold in chapter.select("details.hide > summary"):
        assert fold.get("aria-label") or not fold.parent.parent.find("figure")
    states = {row.select("td")[-1].get_text() for row in systems.select("tbody tr") if row.select_one("details p")}
    assert states == {"model", "in place", "row"}


@browser_test
def test_print_clips_nothing_and_shows_no_mark_of_sorting(site, browser):
    page = open_page(browser, site / "book/reference/systems.html")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('th button'), '::after').content") == "none"
    assert page.evaluate("[...document.querySelectorAll('.table-box')].every(b => b.scrollWidth <= b.clientWidth + 1)")


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


@browser_test
def test_the_keyboard_reaches_the_text_first(site, browser):
    page = open_page(browser, site / "book/singles-day/account.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
