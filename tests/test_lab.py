"""A chapter in JupyterLab, driven as a reader drives it: run everything, change the scenario, see another figure."""

import contextlib
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from seeding import ROOT
from test_site import CHROMIUM, FLAGS, browser_test

CHAPTER = "book/sars-to-covid/sign-ups.ipynb"
NOTEBOOK = "window.jupyterapp.shell.currentWidget.content"
SOURCES = f"[...{NOTEBOOK}.model.cells].map(cell => cell.sharedModel.getSource())"
CODE = f"[...{NOTEBOOK}.model.cells].filter(cell => cell.type == 'code')"
IDLE = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status == 'idle'"
OUTPUTS = f"{CODE}.map(cell => cell.outputs.toJSON())"


def free_port():
    with contextlib.closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Give the address of a JupyterLab on a copy of the book."""
    folder = tmp_path_factory.mktemp("lab")
    for name in ("book", "data"):
        shutil.copytree(ROOT / name, folder / name)
    port = free_port()
    settings = [
        "--no-browser",
        "--allow-root",
        "--expose-app-in-browser",
        "--IdentityProvider.token=t",
        "--LabApp.news_url=",
    ]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", f"--port={port}", "--ip=127.0.0.1", *settings],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(240):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/api", timeout=1):
            break
        assert server.poll() is None, "JupyterLab ended before it began"
        time.sleep(0.25)
    yield address
    server.terminate()
    server.wait(20)


@pytest.fixture(scope="module")
def page(lab):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(120_000)
        page.goto(f"{lab}/lab/tree/{CHAPTER}?token=t")
        page.wait_for_selector(".jp-MarkdownCell h1")
        page.wait_for_function(f"window.jupyterapp && {NOTEBOOK}?.model?.cells.length > 10")
        yield page
        browser.close()


def run_all(page):
    """Run every cell; return what each code cell shows."""
    page.evaluate("window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(f"{CODE}.every(cell => cell.executionCount) && {IDLE}", timeout=240_000)
    shown = page.evaluate(OUTPUTS)
    assert not [output for outputs in shown for output in outputs if output["output_type"] == "error"]
    assert shown[-1] != []
    return [[output["data"] for output in outputs] for outputs in shown]


@browser_test
def test_a_changed_scenario_gives_another_figure(page):
    sources = page.evaluate(SOURCES)
    scenario = 1 + next(k for k, text in enumerate(sources) if "## Your own numbers" in text)
    before = run_all(page)
    changed = re.sub(r"\b\d{1,3}(_\d{3})+\b", lambda found: str(int(found[0]) * 2), sources[scenario])
    assert changed != sources[scenario]
    page.evaluate(f"text => [...{NOTEBOOK}.model.cells][{scenario}].sharedModel.setSource(text)", changed)
    after = run_all(page)
    moved = [k for k, (new, old) in enumerate(zip(after, before, strict=True)) if new != old]
    assert moved == [len(before) - 1]  # the table under the scenario, and nothing above it


@browser_test
def test_formulas_and_links_are_shown_as_in_the_book(page):
    page.evaluate(f"{NOTEBOOK}.scrollToItem(0)")
    page.wait_for_selector(".jp-MarkdownCell .katex, .jp-MarkdownCell mjx-container")
    shown = page.locator(".jp-MarkdownCell").all_inner_texts()
    assert not any("{admonition}" in text or "$$" in text or "](../" in text for text in shown)
    page.locator(".jp-MarkdownCell a[href*='ledger']").first.click()
    page.wait_for_selector(".lm-TabBar-tabLabel >> text=ledger.md")
