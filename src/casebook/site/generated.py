"""What the pages take from the tables: the reference pages, the note of every claim, and the reason to be made anew."""

import hashlib
import os
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

from casebook.audit import notes
from casebook.execution import library_digest
from casebook.ledger import open_ledger
from casebook.pages import GENERATED


def connect(app: Sphinx) -> None:
    """Write generated pages when they are read, and make every page depend on library, tables and theme."""
    app.add_config_value("casebook_digest", "", "env", str)
    app.connect("config-inited", _settle, priority=960)
    app.connect("source-read", _write_page)


def claim_notes() -> dict[str, str]:
    """Return what stands behind every claim, by the claim's id."""
    return notes(open_ledger())


def _settle(app: Sphinx, config: Config) -> None:
    """Name the state of everything a page is made from, and, where CI tells, the address and the repository."""
    digest = hashlib.sha256(library_digest().encode())
    own = [path for path in sorted(Path(__file__).parent.rglob("*")) if path.suffix in (".py", ".html", ".css", ".js")]
    for path in [*own, Path(app.srcdir) / "_toc.yml"]:
        digest.update(path.read_bytes() if path.is_file() else b"")
    config.casebook_digest = digest.hexdigest()
    config.html_baseurl = os.environ.get("CASEBOOK_ADDRESS", "")
    if os.environ.get("GITHUB_REPOSITORY"):
        server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
        config.casebook_repository_url = f"{server}/{os.environ['GITHUB_REPOSITORY']}"


def _write_page(app: Sphinx, docname: str, source: list[str]) -> None:
    page = GENERATED.get(f"{docname.removeprefix('book/')}.md")
    if page:
        source[0] = page(open_ledger())
