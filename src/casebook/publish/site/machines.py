"""What the site holds for machines: the tables, the results as JSON, and the reviews of claims in their page."""

import json
import shutil
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from docutils import nodes
from sphinx.application import Sphinx

from casebook.audit.claim_review import claim_reviews
from casebook.audit.results import results
from casebook.ledger import open_ledger
from casebook.publish import entry

AUDIT = "book/across/audit"
PACKAGE = "crunch-time-ledger.zip"


def connect(app: Sphinx) -> None:
    """Put the files beside the pages, and the reviews on the audit's page."""
    app.connect("html-page-context", add_reviews)
    app.connect("build-finished", write_files)


def add_reviews(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give the audit's page its reviews as JSON-LD."""
    if pagename == AUDIT:
        text = json.dumps(claim_reviews(open_ledger()), ensure_ascii=False, indent=1)
        context["structured"] = text.replace("<", "\\u003c").replace("&", "\\u0026")


def write_files(app: Sphinx, exception: Exception | None) -> None:
    """Write `results.json`, the tables, and the tables as one archive whose bytes do not depend on the day."""
    if exception is not None or app.builder.name != "html":
        return
    ledger, out = open_ledger(), Path(app.outdir)
    (out / "results.json").write_text(
        json.dumps(results(ledger), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    (out / "data").mkdir(exist_ok=True)
    names = ["datapackage.json", *(resource["path"] for resource in ledger.descriptor["resources"])]
    with ZipFile(out / "data" / PACKAGE, "w", ZIP_DEFLATED) as archive:
        for name in names:
            shutil.copyfile(ledger.folder / name, out / "data" / name)
            archive.writestr(entry(f"crunch-time-ledger/{name}"), (ledger.folder / name).read_bytes(), ZIP_DEFLATED)
