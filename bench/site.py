"""The site against a stock Jupyter Book of the same notebooks: what a page weighs and how Lighthouse judges it.

Lighthouse comes from the npm registry (`npm install --global lighthouse`); it is asked for a phone with the network and
the processor slowed down, on pages served compressed from this machine.
"""

from __future__ import annotations

import contextlib
import functools
import gzip
import json
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml

from bench.full_scale import Figure
from casebook.publish.build import BuildError, build
from casebook.publish.editions.pdf import FLAGS, chromium
from casebook.publish.execution import ROOT

CHAPTER = "reference/how-it-is-made"
PAGE = "book/sars-to-covid/sign-ups.html"
OURS, STOCK = "this book", "stock Jupyter Book"
CATEGORIES = {
    "performance": "performance",
    "accessibility": "accessibility",
    "best-practices": "best practices",
    "seo": "SEO",
}
COMPRESSED = (".html", ".css", ".js", ".svg", ".json", ".txt", ".xml")


class Compressing(SimpleHTTPRequestHandler):
    """Serve a folder the way the web does: text compressed, to be kept for an hour."""

    def do_GET(self) -> None:
        """Answer with a file or nothing."""
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        data, squeezed = path.read_bytes(), path.suffix in COMPRESSED
        data = gzip.compress(data, 9, mtime=0) if squeezed else data
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "max-age=3600")
        if squeezed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine while the block runs; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Compressing, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def stock_site(folder: Path) -> Path:
    """Build the book's own pages, outputs and all, with Jupyter Book as it comes; return the folder of the site."""
    from jupyter_book.sphinx import build_sphinx

    stage = shutil.copytree(ROOT / "_build" / "stage", folder / "stage")
    settings = yaml.safe_load((stage / "_config.yml").read_text(encoding="utf-8"))
    del settings["sphinx"]
    settings["sphinx"] = {"extra_extensions": ["sphinx.ext.autodoc", "sphinx.ext.napoleon"]}
    (stage / "_config.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    build_sphinx(
        str(stage),
        str(folder / "html"),
        noconfig=True,
        path_config=str(stage / "_config.yml"),
        doctreedir=str(folder / "doctrees"),
        confoverrides={"nb_execution_mode": "off", "latex_individualpages": False},
        quiet=True,
        really_quiet=True,
        keep_going=True,
        jobs=2,
    )
    return folder / "html"


def lighthouse(address: str) -> dict[str, float]:
    """Return Lighthouse's scores (0 to 100), seconds to the first and to the largest paint, the shift, and kilobytes.

    Raises
    ------
    BuildError
        When Lighthouse is not installed or gives no answer.
    """
    program = shutil.which("lighthouse")
    if not program:
        raise BuildError("expected Lighthouse; install it with: npm install --global lighthouse")
    command = [program, address, "--quiet", "--output=json", f"--chrome-flags={' '.join(FLAGS)}"]
    command.append(f"--only-categories={','.join(CATEGORIES)}")
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        run = subprocess.run(
            [*command, f"--output-path={file.name}"],
            env={
                "PATH": str(Path(program).parent) + ":/usr/bin:/bin",
                "CHROME_PATH": chromium(),
                "HOME": tempfile.gettempdir(),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise BuildError(f"Lighthouse gave no answer: {run.stderr.strip().splitlines()[-1:]}")
        found = json.loads(Path(file.name).read_text(encoding="utf-8"))
    audits = found["audits"]
    scores = {name: 100 * found["categories"][key]["score"] for key, name in CATEGORIES.items()}
    return scores | {
        "first paint": audits["first-contentful-paint"]["numericValue"] / 1000,
        "largest paint": audits["largest-contentful-paint"]["numericValue"] / 1000,
        "layout shift": audits["cumulative-layout-shift"]["numericValue"],
        "weight": audits["total-byte-weight"]["numericValue"] / 1000,
    }


def measured() -> dict[str, dict[str, float]]:
    """Return what Lighthouse finds on the same chapter of both sites, in one run."""
    ours = build().parent
    with tempfile.TemporaryDirectory() as folder:
        sites = {OURS: ours, STOCK: stock_site(Path(folder))}
        found = {}
        for name, site in sites.items():
            with served(site) as address:
                found[name] = lighthouse(f"{address}/{PAGE}")
        return found


def run() -> dict[str, float | str]:
    """Measure the weight of a chapter over the wire; 'ratio' is the stock page's weight to ours."""
    found = measured()
    ours, stock = found[OURS]["weight"], found[STOCK]["weight"]
    return {
        "figure": round(ours, 1),
        "unit": "kilobytes over the wire",
        "peer": STOCK,
        "peer_figure": round(stock, 1),
        "ratio": round(stock / ours, 1),
    }


def full_scale() -> list[Figure]:
    """Return every figure of both sites for the page on how the book is made."""
    units = {"first paint": "second", "largest paint": "second", "weight": "kilobyte"}
    return [
        Figure(f"{slug}-{key.replace(' ', '-').lower()}", f"{key}, {name}", round(value, 3), units.get(key, "score"))
        for slug, (name, figures) in zip(("site-ours", "site-stock"), measured().items(), strict=True)
        for key, value in figures.items()
    ]
