"""Runs at the full scale of the sources, kept in `data/full_runs.csv` with the command, the machine and the day.

A bench module that has one offers `CHAPTER` and `full_scale() -> list[Figure]`; the pages show what is stored.
"""

from __future__ import annotations

import csv
import datetime
import io
import os
import platform
import resource
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from casebook.publish.execution import ROOT, write_if_changed

TABLE = "full_runs.csv"


@dataclass(frozen=True)
class Figure:
    """A measured figure: its stable name, what it is, its value and the unit of `units.csv`."""

    id: str
    quantity: str
    value: float
    unit: str


def machine() -> str:
    """Return the processor, the cores and the memory that a run had."""
    names = [line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    kilobytes = [int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")]
    memory = f", {round(kilobytes[0] / 2**20)} GB" if kilobytes else ""
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores{memory}"


def peak_megabytes() -> float:
    """Return the most memory that this process has held; `getrusage` also knows that of the process which started it."""
    found = [int(line.split()[1]) for line in _lines("/proc/self/status") if line.startswith("VmHWM")]
    return (found[0] if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines() if Path(path).is_file() else []


def store(name: str, folder: Path = ROOT / "data") -> list[Figure]:
    """Run a bench at full scale and put its figures into the table, in the place of those it held.

    Parameters
    ----------
    name
        Name of a module of `bench`.
    folder
        Folder of the tables.
    """
    bench = import_module(f"bench.{name}")
    figures: list[Figure] = bench.full_scale()
    path = folder / TABLE
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    command = f"python -m casebook full-scale {name}"
    made = [command, machine(), datetime.datetime.now(datetime.UTC).date().isoformat()]
    new = [[f.id, bench.CHAPTER, f.quantity, f"{f.value:.6g}", f.unit, *made] for f in figures]
    kept = [row for row in rows if row[header.index("command")] != command]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *kept, *new])
    write_if_changed(path, text.getvalue())
    return figures
