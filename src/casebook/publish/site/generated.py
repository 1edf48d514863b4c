"""What the pages take from the tables: the reference pages, and the reason to be made anew."""

import hashlib
import os
import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

from casebook.ledger import open_ledger
from casebook.pages.reference import GENERATED
from casebook.publish.execution import ROOT, library_digest

CHAPTER = re.compile(r'<a href="\.\./([a-z0-9-]+/[a-z0-9-]+)\.ipynb">(.*?)</a>')  # a smaller book has fewer


def connect(app: Sphinx) -> None:
    """Write generated pages when they are read, and make every page depend on library, tables and theme."""
    app.add_config_value("casebook_digest", "", "env", str)
    app.connect("config-inited", _settle, priority=960)
    app.connect("source-read", _write_page)


def _settle(app: Sphinx, config: Config) -> None:
    """Name the state of everything a page is made from, and, where CI tells, the address and the repository."""
    digest = hashlib.sha256(library_digest().encode())
    own = [path for path in sorted(Path(__file__).parent.rglob("*")) if path.suffix in (".py", ".html", ".css", ".js")]
    for path in [*own, Path(app.srcdir) / "_toc.yml", ROOT / "CITATION.cff"]:
        digest.update(path.read_bytes() if path.is_file() else b"")
    digest.update(repr(_titles(Path(app.srcdir))).encode())  # every page's contents name every page
    config.casebook_digest = digest.hexdigest()
    config.html_baseurl = os.environ.get("CASEBOOK_ADDRESS", "")
    if os.environ.get("GITHUB_REPOSITORY"):
        server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
        config.casebook_repository_url = f"{server}/{os.environ['GITHUB_REPOSITORY']}"


def _titles(source: Path) -> list[str]:
    """Return the first heading of every page that is written by hand."""
    pages = sorted(path for path in source.rglob("*") if path.suffix in (".md", ".ipynb"))
    found = (re.search(r'^(?:# | *"# )(.+)$', path.read_text(encoding="utf-8"), re.M) for path in pages)
    return [heading[1] for heading in found if heading]


def _write_page(app: Sphinx, docname: str, source: list[str]) -> None:
    page = GENERATED.get(f"{docname.removeprefix('book/')}.md")
    if page:
        known = app.env.found_docs
        source[0] = CHAPTER.sub(lambda link: link[0] if f"book/{link[1]}" in known else link[2], page(open_ledger()))
