"""Commands of the library: `python -m casebook COMMAND`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from casebook.descriptor import LedgerError
from casebook.ledger import open_ledger

BENCHES = ("surge", "pickup", "parcels", "pre_positioning", "orders", "assistant", "robots", "site")
FULL_SCALE = ("parcels", "pre_positioning", "orders", "assistant", "robots", "site")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; a fault is a line on stderr, never a traceback."""
    parser = argparse.ArgumentParser(prog="python -m casebook", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("build", help="build the site into _build/html")
    commands.add_parser("refresh", help="execute stale notebooks and store their outputs")
    commands.add_parser("pdf", help="print the built site as one PDF")
    commands.add_parser("epub", help="write the built site as an EPUB")
    commands.add_parser("release", help="pack site, tables, results, PDF and EPUB into one archive with checksums")
    commands.add_parser("prose", help="find numbers in prose that are bound to nothing")
    bench = commands.add_parser("bench", help="measure a model against a peer in the same run; one line of JSON")
    bench.add_argument("name", choices=BENCHES)
    full = commands.add_parser("full-scale", help="run a model at the scale of the sources and store its figures")
    full.add_argument("name", choices=FULL_SCALE)
    results = commands.add_parser("results", help="write every claim, verdict and computed figure as JSON")
    results.add_argument("file", type=Path, help="file to write")
    moved = commands.add_parser("diff", help="say which numbers, verdicts and figures moved between two results")
    moved.add_argument("old", type=Path)
    moved.add_argument("new", type=Path)
    sources = commands.add_parser("sources", help="hold the ledger against the source texts")
    sources.add_argument("folder", type=Path, help="folder that holds the texts")
    options = parser.parse_args(arguments)
    # Imported late, so that a quick command does not wait for a slow one's packages.
    from casebook.build import BuildError, build, refresh
    from casebook.editions.pdf import NoBrowserError
    from casebook.execution import NotebookError

    try:
        if options.command == "build":
            build()
        elif options.command == "refresh":
            refresh()
        elif options.command in ("pdf", "epub", "release"):
            _edition(options.command)
        elif options.command == "prose":
            return _prose()
        elif options.command == "bench":
            print(json.dumps(import_module(f"casebook.bench.{options.name}").run()))
        elif options.command == "full-scale":
            _full_scale(options.name)
        elif options.command == "results":
            _results(options.file)
        elif options.command == "diff":
            return _diff(options.old, options.new)
        else:
            return _sources(options.folder)
    except (LedgerError, NotebookError, BuildError, NoBrowserError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _edition(kind: str) -> None:
    from casebook.build import build
    from casebook.editions import epub, pdf, release
    from casebook.execution import ROOT

    write = {"pdf": pdf.write_pdf, "epub": epub.write_epub, "release": release.write_release}[kind]
    print(f"Wrote {write(build().parent, ROOT / '_build' / 'editions')}")


def _sources(folder: Path) -> int:
    from casebook.sources import check_sources

    ledger = open_ledger()
    faults = check_sources(ledger, folder)
    for fault in faults:
        print(fault)
    counts = f"{len(ledger.claims)} claims, {len(ledger.tables['dismissed'])} dismissed tokens"
    print(f"{counts}: {f'{len(faults)} faults' if faults else 'true to the texts and complete'}")
    return 1 if faults else 0


def _full_scale(name: str) -> None:
    from casebook.full_scale import store

    for figure in store(name):
        print(f"{figure.quantity}: {figure.value:,.6g} {figure.unit}")


def _results(file: Path) -> None:
    from casebook.audit import results

    file.write_text(json.dumps(results(open_ledger()), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {file}")


def _diff(old: Path, new: Path) -> int:
    """Print what moved; exit 1 when anything did, as diff does."""
    from casebook.audit import diff

    lines = diff(_read_results(old), _read_results(new))
    for line in lines:
        print(line)
    print(f"{len(lines)} difference{'s' if len(lines) != 1 else ''}")
    return 1 if lines else 0


def _read_results(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise LedgerError(str(path), f"expected results in JSON ({error})") from None
    if not isinstance(found, dict) or not all(isinstance(found.get(part), dict) for part in ("claims", "checks")):
        raise LedgerError(str(path), "expected results with claims and checks, as `casebook results` writes them")
    return found


def _prose() -> int:
    from casebook.build import prose_faults

    faults = prose_faults()
    for fault in faults:
        print(fault)
    print(f"{len(faults)} faults in the prose")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
