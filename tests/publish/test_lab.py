"""A chapter in JupyterLab, driven as a reader drives it: run everything, change the scenario, see another figure."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from seeding import ROOT, free_port
from test_site import CHROMIUM, FLAGS, browser_test

CHAPTER = "book/sars-to-covid/sign-ups.ipynb"
NOTEBOOK = "window.jupyterapp.shell.currentWidget.content"
SOURCES = f"[...{NOTEBOOK}.model.cells].map(cell => cell.sharedModel.getSource())"
CODE = f"[...{NOTEBOOK}.model.cells].filter(cell => cell.type == 'code')"
IDLE = "window.jupyterapp.shell.currentWidget?.sessionContext.session?.kernel?.status == 'idle'"
OUTPUTS = f"{CODE}.map(cell => cell.outputs.toJSON())"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def lab(folder, tmp_path_factory):
    """Give the address of JupyterLab on a copy of the book, started by the command that a reader types."""
    settings = tmp_path_factory.mktemp("settings")
    for name in ("book", "data"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "jupyter_server_config.py"):
        shutil.copy2(ROOT / name, folder)
    (folder / ".venv").symlink_to(Path(sys.prefix))
    port = free_port()
    server = {"port": port, "ip": "127.0.0.1", "allow_root": True, "open_browser": False}
    config = {"ServerApp": server, "IdentityProvider": {"token": "t"}, "LabApp": {"expose_app_in_browser": True}}
    (settings / "jupyter_server_config.json").write_text(json.dumps(config), encoding="utf-8")
    process = subprocess.Popen(
        ["make", "lab"],
        cwd=folder,
        env=os.environ | {"JUPYTER_CONFIG_DIR": str(settings)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 120
    while True:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/api", timeout=1):
            break
        assert process.poll() is None, "JupyterLab ended before it began"
        assert time.monotonic() < until, "JupyterLab did not answer"
        time.sleep(0.1)
    yield address
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(20)


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


def test_the_command_leads_to_the_cover(lab):
    with urllib.request.urlopen(f"{lab}/?token=t", timeout=60) as answer:
        assert "/lab/tree/book/index.ipynb" in answer.url


@browser_test
def test_what_was_not_changed_is_saved_as_it_was(page, folder):
    file = folder / CHAPTER
    before, saved = file.read_bytes(), file.stat().st_mtime_ns
    page.wait_for_function(IDLE)
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    until = time.monotonic() + 60
    while file.stat().st_mtime_ns == saved:
        assert time.monotonic() < until, "JupyterLab did not save"
        time.sleep(0.1)
    page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty")
    assert file.read_bytes() == before


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
    scenario = next(k for k, text in enumerate(sources) if "yours(lambda" in text)
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
