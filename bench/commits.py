"""Orders a second that SQLite takes, with and without waiting until the disk has each commit, and the tail of the wait."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from math import log
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from time import perf_counter, sleep

import numpy as np

BATCHES = (1, 10, 100, 1000, 10_000)
WRITERS = (1, 2, 4, 8, 16)
LOADS = (0.5, 0.8, 0.9)
SECONDS = 1.0

TABLE = "create table orders (id integer primary key, second integer, province integer, category integer)"
INSERT = "insert or ignore into orders values (?, ?, ?, ?)"


@contextmanager
def database(folder: Path, durable: bool) -> Iterator[sqlite3.Connection]:
    """Open a new database on the disk of a folder.

    Where it is durable, each commit waits until the disk reports the data written (synchronous full). Otherwise that is
    left to the system (synchronous off), which loses the last commits when the power fails.
    """
    with tempfile.TemporaryDirectory(dir=folder) as place:
        base = sqlite3.connect(Path(place) / "orders.db", isolation_level=None)
        base.execute("pragma journal_mode = wal")
        base.execute(f"pragma synchronous = {'full' if durable else 'off'}")
        base.execute(TABLE)
        yield base
        base.close()


def insert(base: sqlite3.Connection, first: int, batch: int) -> None:
    """Commit so many orders in one transaction."""
    base.execute("begin")
    base.executemany(INSERT, [(first + k, first, k % 31, k % 20) for k in range(batch)])
    base.execute("commit")


def committed(
    folder: Path, batch: int, durable: bool, seconds: float = SECONDS, barrier: Barrier | None = None
) -> float:
    """Insert orders for some seconds, a batch a transaction, and give the orders a second; writers wait at a barrier."""
    with database(folder, durable) as base:
        if barrier is not None:
            barrier.wait()
        done, start = 0, perf_counter()
        while (spent := perf_counter() - start) < seconds:
            insert(base, done, batch)
            done += batch
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


def tail(folder: Path, load: float, orders: int = 2000, seed: int = 0) -> tuple[float, float]:
    r"""Send orders at random moments to one durable writer; give the time that 99 per cent stay below, and the formula's.

    The pace is `load` over the mean commit of a first round. The formula, $t_{99} = \ln 100 / (\mu (1 - \rho))$, takes
    the mean commit and the load of the round itself, so that both speak of the same disk at the same time.
    """
    with database(folder, durable=True) as base:
        spent = [_timed(base, k) for k in range(orders // 4)]
        arrives = np.random.default_rng(seed).exponential(np.mean(spent) / load, orders).cumsum()
        waits, commits, start = np.empty(orders), np.empty(orders), perf_counter()
        for k, due in enumerate(arrives):
            sleep(max(0.0, due - (perf_counter() - start) - 1e-3))
            while perf_counter() - start < due:
                pass
            commits[k] = _timed(base, orders + k)
            waits[k] = perf_counter() - start - due
    mean, pace = commits.mean(), orders / arrives[-1]
    return float(np.quantile(waits, 0.99)), log(100) * mean / max(1e-9, 1 - pace * mean)


def _timed(base: sqlite3.Connection, first: int) -> float:
    start = perf_counter()
    insert(base, first, 1)
    return perf_counter() - start


def _write(folder: Path, seconds: float, barrier: Barrier, found: Queue) -> None:
    found.put(committed(folder, 1, True, seconds, barrier))
