"""Commands of the library: `python -m casebook COMMAND`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

BENCHES = ("surge", "pickup", "parcels", "pre_positioning", "orders", "assistant", "robots", "site")
FULL_SCALE = ("parcels", "pre_positioning", "orders", "assistant", "robots", "site")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; a fault is a line on stderr, never a traceback."""
    try:
        return _told(_commands().parse_args(arguments))
    except SyntaxError as error:
        print(f"{error.filename}, line {error.lineno}: expected Python ({error.msg})", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; what was executed so far is kept", file=sys.stderr)
        return 130


def _commands() -> argparse.ArgumentParser:
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
    return parser


def _told(options: argparse.Namespace) -> int:
    """Run a command and tell its fault; imports come late, where Ctrl-C is heard and a quick command does not wait."""
    from casebook.ledger.descriptor import LedgerError
    from casebook.publish.build import BuildError
    from casebook.publish.editions.pdf import NoBrowserError
    from casebook.publish.execution import NotebookError

    try:
        return _run(options) or 0
    except (LedgerError, NotebookError, BuildError, NoBrowserError, OSError) as error:
        place = getattr(error, "filename", None)
        print(f"{place}: expected to read and write it ({error.strerror})" if place else error, file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int | None:
    """Run the command that was asked for; some return an exit code."""
    from casebook.publish.build import build, refresh

    if options.command == "build":
        build()
    elif options.command == "refresh":
        refresh()
    elif options.command in ("pdf", "epub", "release"):
        _edition(options.command)
    elif options.command == "bench":
        print(json.dumps(_bench(options.name).run()))
    elif options.command == "full-scale":
        _full_scale(options.name)
    elif options.command == "results":
        _results(options.file)
    else:
        code = {
            "prose": _prose,
            "diff": lambda: _diff(options.old, options.new),
            "sources": lambda: _sources(options.folder),
        }
        return code[options.command]()
    return None


def _bench(name: str) -> ModuleType:
    """Return a module of the folder `bench/`, which stands beside the library."""
    from casebook.publish.execution import ROOT

    sys.path.insert(0, str(ROOT))
    return import_module(f"bench.{name}")


def _edition(kind: str) -> None:
    from casebook.publish.build import build
    from casebook.publish.editions import epub, pdf, release
    from casebook.publish.execution import ROOT

    write = {"pdf": pdf.write_pdf, "epub": epub.write_epub, "release": release.write_release}[kind]
    print(f"Wrote {write(build().parent, ROOT / '_build' / 'editions')}")


def _sources(folder: Path) -> int:
    from casebook.ledger import open_ledger
    from casebook.ledger.sources import check_sources

    if not folder.is_dir():
        raise NotADirectoryError(f"{folder}: expected the folder of the source texts")
    ledger = open_ledger()
    faults = check_sources(ledger, folder)
    for fault in faults:
        print(fault)
    counts = f"{len(ledger.claims)} claims, {len(ledger.tables['dismissed'])} dismissed tokens"
    print(f"{counts}: {f'{len(faults)} faults' if faults else 'true to the texts and complete'}")
    return 1 if faults else 0


def _full_scale(name: str) -> None:
    _bench(name)
    from bench.full_scale import store

    for figure in store(name):
        print(f"{figure.quantity}: {figure.value:,.6g} {figure.unit}")


def _results(file: Path) -> None:
    from casebook.audit.results import results
    from casebook.ledger import open_ledger

    file.write_text(json.dumps(results(open_ledger()), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {file}")


def _diff(old: Path, new: Path) -> int:
    """Print what moved; exit 1 when anything did, as diff does."""
    from casebook.audit.results import diff

    lines = diff(_read_results(old), _read_results(new))
    for line in lines:
        print(line)
    print(f"{len(lines)} difference{'s' if len(lines) != 1 else ''}")
    return 1 if lines else 0


def _read_results(path: Path) -> dict[str, Any]:
    from casebook.ledger.descriptor import LedgerError

    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise LedgerError(str(path), f"expected results in JSON ({error})") from None
    if not isinstance(found, dict) or not all(isinstance(found.get(part), dict) for part in ("claims", "checks")):
        raise LedgerError(str(path), "expected results with claims and checks, as `casebook results` writes them")
    return found


def _prose() -> int:
    from casebook.publish.build import prose_faults

    faults = prose_faults()
    for fault in faults:
        print(fault)
    print(f"{len(faults)} faults in the prose")
    return 1 if faults else 0


if __name__ == "__main__":
    # What packages warn of is not for the reader, and must not end the build.
    if os.environ.pop("PYTHONWARNINGS", None):
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
    sys.exit(main())
