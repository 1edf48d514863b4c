"""A release: the site with its tables and results, the PDF and the EPUB in one archive, each file with its checksum."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from casebook.publish import entry
from casebook.publish.editions.epub import write_epub
from casebook.publish.editions.pdf import write_pdf

SUMS = "SHA256SUMS"


def write_release(site: Path, folder: Path) -> Path:
    """Pack a release and write its checksum beside it.

    `site`: Folder of the built site, which holds the tables as a data package and the results. `folder`: Folder to
    write to.
    """
    editions = [write_epub(site, folder), write_pdf(site, folder)]
    files = {f"site/{p.relative_to(site).as_posix()}": p for p in sorted(site.rglob("*")) if p.is_file()}
    files |= {path.name: path for path in editions}
    files |= {"results.json": site / "results.json", "crunch-time-ledger.zip": site / "data" / "crunch-time-ledger.zip"}
    contents = {name: path.read_bytes() for name, path in files.items()}
    contents[SUMS] = checksums(contents).encode()
    name = f"crunch-time-{version('casebook')}"
    target = folder / f"{name}.zip"
    with ZipFile(target, "w") as archive:
        for path, data in contents.items():
            archive.writestr(entry(f"{name}/{path}"), data, ZIP_DEFLATED)
    (folder / SUMS).write_text(checksums({target.name: target.read_bytes()}), encoding="utf-8")
    return target


def checksums(contents: dict[str, bytes]) -> str:
    """Return the lines that `sha256sum --check` reads, one for each file."""
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(contents.items()))
