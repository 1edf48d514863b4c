"""Counting different customers: the sketch of the chapter on pre-positioning, at the number the blog names."""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time

import numpy as np

from bench.full_scale import Figure

CHAPTER = "singles-day/pre-positioning"
CUSTOMERS, SAMPLE, BATCH = 500_000_000, 5_000_000, 2_000_000


def run() -> dict[str, float | str]:
    """Measure customers a second of processor time; the peer keeps every id and sorts them (numpy.unique)."""
    ids = np.random.default_rng(0).integers(0, 2**62, SAMPLE)
    registers, _ = sketch()
    began = process_time()
    registers(ids)
    between = process_time()
    np.unique(ids)
    ours, exact = SAMPLE / (between - began), SAMPLE / (process_time() - between)
    return {
        "figure": round(ours),
        "unit": "customers a second, one core",
        "peer": "numpy.unique, exact",
        "peer_figure": round(exact),
        "ratio": round(ours / exact, 2),
    }


def full_scale(customers: int = CUSTOMERS) -> list[Figure]:
    """Hash and count every customer, one by one."""
    registers, distinct = sketch()
    began = process_time()
    kept = registers(np.arange(0))
    for first in range(0, customers, BATCH):
        np.maximum(kept, registers(np.arange(first, min(first + BATCH, customers))), out=kept)
    count, seconds = distinct(kept), process_time() - began
    return [
        Figure("pre-positioning-sketch-customers", "different customers put in", customers, "person"),
        Figure("pre-positioning-sketch-count", "different customers counted", count, "person"),
        Figure("pre-positioning-sketch-memory", "memory of the sketch", kept.nbytes, "byte"),
        Figure("pre-positioning-sketch-seconds", "processor time of counting, one core", seconds, "second"),
    ]


def sketch() -> tuple:
    """Return the two functions of the sketch as the chapter defines them."""
    path = Path(__file__).parents[1] / "book" / f"{CHAPTER}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    [source] = [text for cell in cells if "def registers" in (text := "".join(cell["source"]))]
    names = {"np": np}
    exec(source, names)
    return names["registers"], names["distinct"]
