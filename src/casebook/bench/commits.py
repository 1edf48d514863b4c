"""Orders a second that SQLite takes, with and without waiting until the disk has each commit."""

from __future__ import annotations

import sqlite3
import tempfile
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from time import perf_counter

BATCHES = (1, 10, 100, 1000, 10_000)
WRITERS = (1, 2, 4, 8, 16)
SECONDS = 1.0

TABLE = "create table orders (id integer primary key, second integer, province integer, category integer)"
INSERT = "insert or ignore into orders values (?, ?, ?, ?)"


def committed(
    folder: Path, batch: int, durable: bool, seconds: float = SECONDS, barrier: Barrier | None = None
) -> float:
    """Insert orders into a new database, a batch a transaction, and give the orders a second.

    Parameters
    ----------
    folder
        Where the database goes; it must be a disk.
    batch
        Orders a transaction.
    durable
        Wait at each commit until the disk reports the data written (synchronous full), or leave it to the system
        (synchronous off), which loses the last commits when the power fails.
    seconds
        How long to insert.
    barrier
        Where writers wait for each other before they begin.
    """
    with tempfile.TemporaryDirectory(dir=folder) as place:
        base = sqlite3.connect(Path(place) / "orders.db", isolation_level=None)
        base.execute("pragma journal_mode = wal")
        base.execute(f"pragma synchronous = {'full' if durable else 'off'}")
        base.execute(TABLE)
        if barrier is not None:
            barrier.wait()
        done, start = 0, perf_counter()
        while (spent := perf_counter() - start) < seconds:
            base.execute("begin")
            base.executemany(INSERT, [(done + k, done, k % 31, k % 20) for k in range(batch)])
            base.execute("commit")
            done += batch
        base.close()
    return done / spent


def by_writers(folder: Path, writers: int, seconds: float = SECONDS) -> float:
    """Let several processes commit order by order, each into its own database, and give the orders a second of all."""
    context = get_context("spawn")
    barrier, found = context.Barrier(writers), context.Queue()
    crew = [context.Process(target=_write, args=(folder, seconds, barrier, found)) for _ in range(writers)]
    for one in crew:
        one.start()
    total = sum(found.get() for _ in crew)
    for one in crew:
        one.join()
    return total


def _write(folder: Path, seconds: float, barrier: Barrier, found: Queue) -> None:
    found.put(committed(folder, 1, True, seconds, barrier))
