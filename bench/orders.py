"""The order monitor against Polars, DuckDB and pandas on the first minute of the festival, and the whole day.

Every engine counts the same windows of the same orders, which are in memory before the clock starts: by second,
province and category, each id once, without what came too late. Polars and DuckDB run with as many threads as the
monitor, each in a process of its own. Ids are running numbers, or any: the same numbers scattered over 64 bits.

The machine may be shared with other programs, so time is processor time: of the slower core where the monitor has two,
and of all threads over their number for Polars and DuckDB, as if they never waited for each other.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import process_time, thread_time
from types import SimpleNamespace

import numpy as np
import pandas as pd
from numpy.random import SeedSequence

from bench import commits
from bench import orders_day as model
from bench.full_scale import Figure
from casebook import ledger
from casebook.methods import replicates
from casebook.models.order_stream import Monitor
from casebook.publish.execution import ROOT

CHAPTER = model.CHAPTER
HORIZON, MINUTE, ROUNDS, PARTS, CORES = 120, 60, 5, 4, 2
SHAPE = (31, 20)
ROOM = 600  # seconds of windows; a thin stream is drawn in long stretches
KINDS = {"second": np.int64, "arrived": np.int64, "province": np.int16, "category": np.int16, "item": np.int32}

Batches = list[tuple[int, dict[str, np.ndarray]]]


def festival(scale: float = 1.0) -> dict[str, object]:
    """Give the day of the chapter: the totals of the text, the running counts of references, our incidents."""
    counts = ledger.series("singles-day-2017-running-parcels").query("basis == 'stated'")
    seconds = (pd.to_datetime(counts["as_of"]) - pd.Timestamp("2017-11-11")).dt.total_seconds()
    shares = counts["value"] / counts["value"].iloc[-1]
    return {
        "orders": round(ledger.value("sd-parcels-on-the-day") * scale),
        "peak": ledger.value("sd-transactions-per-second") * scale,
        "marks": list(zip(seconds, shares, strict=True)),
        "given": model.scene(),
    }


def minute(ids: str, scale: float = 1.0) -> list[Batches]:
    """Draw the orders that arrive in the first minute of the day, in a part for each core."""
    drawn, day = [], festival(scale / CORES)
    rate = model.rates(**day)
    for part, seed in enumerate(replicates.spawn(0, CORES)):
        batches: Batches = []
        for clock, batch in model.stream(day["orders"], rate, day["given"], seed, part):
            number = batch["id"].astype(np.uint64)
            columns = {"id": model.mixed(number) if ids == "any" else number}
            batches.append((clock, columns | {name: batch[name].astype(kind) for name, kind in KINDS.items()}))
            if clock >= MINUTE:
                break
        drawn.append(batches)
    return drawn


def monitored(batches: Batches, running: bool) -> tuple[np.ndarray, float]:
    """Feed a part to a monitor; give orders by second, province and category, and bytes of state an open order."""
    monitor, largest = Monitor(horizon_seconds=HORIZON, running=running), 0
    closed = []
    for clock, batch in batches:
        monitor.feed(batch)
        closed.append(monitor.advance(clock).windows)
        largest = max(largest, monitor.nbytes)
    windows = np.concatenate([*closed, monitor.finish().windows])
    return windows, largest / windows.sum()


def by_monitor(parts: list[Batches], running: bool, rounds: int) -> tuple[dict[str, float], np.ndarray]:
    """Measure orders a second on one core and on two, and bytes an open order."""
    orders, work = sum(batch["id"].size for part in parts for _, batch in part), partial(monitored, running=running)
    work(parts[0][:2])
    one = [[_spent(work, part) for part in parts] for _ in range(rounds)]
    with ThreadPoolExecutor(CORES) as threads:
        two = [list(threads.map(partial(_spent, work), parts)) for _ in range(rounds)]
    found = [windows for _, (windows, _) in one[0]]
    windows = sum(np.pad(part, ((0, ROOM - len(part)), (0, 0), (0, 0))) for part in found)
    figures = {
        "one": orders / min(sum(time for time, _ in parts) for parts in one),
        "two": orders / min(max(time for time, _ in parts) for parts in two),
        "bytes": max(size for _, (_, size) in one[0]),
    }
    return figures, windows


def by_polars(columns: dict[str, np.ndarray]) -> Callable[[], pd.DataFrame]:
    """Count with Polars: distinct ids by a packed number of the window, the quickest of the forms tried."""
    import polars as pl

    window = (pl.col("second") * SHAPE[0] + pl.col("province")) * SHAPE[1] + pl.col("category")
    timely = pl.DataFrame(columns).lazy().filter(pl.col("arrived") - pl.col("second") <= HORIZON)
    query = timely.group_by(window.cast(pl.Int32).alias("window")).agg(pl.col("id").n_unique())
    return lambda: query.collect().to_dict(as_series=False)


def by_duckdb(columns: dict[str, np.ndarray]) -> Callable[[], pd.DataFrame]:
    """Count with DuckDB, from a table of its own."""
    import duckdb

    base = duckdb.connect(config={"threads": int(os.environ["POLARS_MAX_THREADS"])})
    base.execute("set enable_progress_bar = false")
    base.register("frame", pd.DataFrame(columns))
    base.execute("create table orders as select * from frame")
    window = f"(second * {SHAPE[0]} + province) * {SHAPE[1]} + category"
    query = f"select {window} as window, count(distinct id) as id from orders where arrived - second <= {HORIZON} group by 1"
    return lambda: base.execute(query).fetchnumpy()


def by_pandas(columns: dict[str, np.ndarray]) -> Callable[[], pd.DataFrame]:
    """Count with pandas."""
    frame = pd.DataFrame(columns)

    def count() -> pd.DataFrame:
        timely = frame[frame["arrived"] - frame["second"] <= HORIZON].drop_duplicates(["second", "id"])
        window = (timely["second"] * SHAPE[0] + timely["province"]) * SHAPE[1] + timely["category"]
        return window.value_counts().rename_axis("window").rename("id").reset_index()

    return count


PEERS = {"polars": by_polars, "duckdb": by_duckdb, "pandas": by_pandas}


def peer(engine: str, threads: int, ids: str, scale: float, rounds: int) -> tuple[float, np.ndarray]:
    """Measure a peer in a new process; give orders a second and the windows."""
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=_threads, initargs=(threads,)) as one:
        return one.submit(_peer, engine, threads, ids, scale, rounds).result()


def _threads(number: int) -> None:
    os.environ["POLARS_MAX_THREADS"] = str(number)  # Polars reads it when it is imported


def _peer(engine: str, threads: int, ids: str, scale: float, rounds: int) -> tuple[float, np.ndarray]:
    batches = [batch for part in minute(ids, scale) for _, batch in part]
    columns = {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
    count, times = PEERS[engine](columns), []
    for _ in range(rounds):
        start = process_time()
        found = count()
        times.append(process_time() - start)
    windows = np.zeros(ROOM * SHAPE[0] * SHAPE[1], np.int64)
    windows[np.asarray(found["window"])] = found["id"]
    return columns["id"].size * threads / min(times), windows.reshape(-1, *SHAPE)


def rates(
    ids: str, peers: tuple[tuple[str, int], ...], scale: float = 1.0, rounds: int = ROUNDS
) -> dict[tuple[str, str], float]:
    """Measure the monitor and its peers, the best of some rounds each, by engine and cores.

    An `ArithmeticError` is raised where an engine counts otherwise than the monitor.
    """
    ours, windows = by_monitor(minute(ids, scale), ids == "running", rounds)
    found = {("monitor", name): figure for name, figure in ours.items()}
    for engine, threads in peers:
        found[engine, {1: "one", 2: "two"}[threads]], theirs = peer(engine, threads, ids, scale, max(2, rounds - 2))
        if not np.array_equal(windows, theirs):
            raise ArithmeticError(
                f"expected the monitor's windows, found {engine} {np.abs(windows - theirs).sum()} apart"
            )
    return found


def run(scale: float = 1.0, rounds: int = ROUNDS) -> dict[str, float | str]:
    """Measure the monitor on two cores against Polars with two threads, with any ids: the figures and their ratio."""
    found = rates("any", (("polars", CORES),), scale, rounds)
    figure, theirs = found["monitor", "two"], found["polars", "two"]
    return {
        "figure": round(figure),
        "unit": "orders a second",
        "peer": "Polars",
        "peer_figure": round(theirs),
        "ratio": round(figure / theirs, 1),
    }


def full_scale() -> list[Figure]:
    """Run the rates, the whole day, three executors, flat memory and SQLite's commits."""
    return [*_speeds(), *_day(), *_executors(), *_memory(), *_commits()]


def _speeds() -> list[Figure]:
    peers = (("polars", 1), ("polars", 2), ("duckdb", 1), ("duckdb", 2), ("pandas", 1))
    figures, cores = [], {"one": "one core", "two": "two cores"}
    for ids in ("any", "running"):
        found = rates(ids, peers)
        for (engine, on), figure in found.items():
            if on in cores:
                what = f"{engine} on {cores[on]}, {ids} ids"
                figures.append(Figure(f"orders-{engine}-{ids}-{on}", what, figure, "orders per second"))
        state = found["monitor", "bytes"]
        figures.append(Figure(f"orders-bytes-{ids}", f"state of the monitor an open order, {ids} ids", state, "byte"))
        for on, name in cores.items():
            ratio = found["monitor", on] / found["polars", on]
            figures.append(
                Figure(f"orders-over-polars-{ids}-{on}", f"monitor over Polars, {ids} ids, {name}", ratio, "times")
            )
    return figures


def watched(seed: SeedSequence, scale: float, parts: int = PARTS) -> dict[str, object]:
    """Watch a part of the chapter's day, in whatever process, and give the processor seconds that it took."""
    start = process_time()
    return model.watch(seed, **festival(scale), parts=parts) | {"spent": process_time() - start}


def day(scale: float, executor: Executor | None = None) -> SimpleNamespace:
    """Watch the chapter's day in parts, and add them up."""
    parts = replicates.run(partial(watched, scale=scale), replicates.spawn(0, PARTS), executor)
    return model.together(parts)


def _day() -> list[Figure]:
    with _pool() as pool:
        report = day(1.0, pool)
        heaviest = max(pool.map(_most_memory, range(4 * CORES)))
    account, total = report.account, report.provinces.sum(axis=1)
    apart = int(np.abs(report.placed - total).sum())
    return [
        Figure(
            "orders-day-seconds",
            "the whole day, drawing included, on each of two cores",
            report.spent / CORES,
            "second",
        ),
        Figure("orders-day-memory", "memory of a process at most, its results included", heaviest, "megabyte"),
        Figure("orders-day-state", "state of the monitors at most, together", report.state / 2**20, "megabyte"),
        Figure("orders-day-received", "received in the day, copies included", account.received, "order"),
        Figure("orders-day-counted", "counted, each once", account.counted, "order"),
        Figure("orders-day-duplicates", "copies recognised", account.duplicates, "order"),
        Figure("orders-day-too-late", "refused as too late, copies included", account.too_late, "order"),
        Figure("orders-day-missing", "placed and in no window, all of them too late", apart, "order"),
        Figure("orders-day-peak", "fullest second", int(total.max()), "order"),
        *_alarms(report),
    ]


def _alarms(report: SimpleNamespace) -> list[Figure]:
    """Give the delay of the alarm to each incident, and the alarms outside of incidents, in windows of a second."""
    scene = festival()
    given = model.but(scene["given"], window_seconds=1)
    calm = model.but(given, outage_percent=0, burst_percent=0)
    mean = model.rates(**scene | {"given": calm})
    shares = dict(zip(("provinces", "categories"), model.ordinary(given), strict=True))
    bound, found = model.limit(given, sum(SHAPE)), []
    for kind, share in shares.items():
        usual = model.usual(model.hourly(model.quiet(mean, share, 3, 0)), len(mean))
        found.append(model.alarms(model.scores(getattr(report, kind), usual), given, bound).assign(kind=kind))
    rang, figures = pd.concat(found), []
    false = np.ones(len(rang), bool)
    for what in ("outage", "burst"):
        start, seconds, province = (int(getattr(given, f"{what}_{name}")) for name in ("start", "seconds", "province"))
        # A chart that has run up needs about as long again to come down.
        during = rang["second"].between(start + 1, start + 2 * seconds)
        hit = rang[during & (rang["kind"] == "provinces") & (rang["stream"] == province)]
        delay = float(hit["second"].min() - start)
        figures.append(Figure(f"orders-alarm-{what}", f"alarm after the start of the {what}", delay, "second"))
        false &= ~during.to_numpy()
    what = "alarms of the day with no incident behind"
    return [*figures, Figure("orders-alarms-false", what, int(false.sum()), "alarm")]


def _executors(scale: float = 0.1) -> list[Figure]:
    """Watch a tenth of the day on one core, two processes and a Dask cluster of two workers."""
    import dask
    from distributed import Client, LocalCluster

    work = partial(day, scale)
    with _pool() as pool:
        pooled = work(pool)
    with ExitStack() as stack:
        stack.enter_context(dask.config.set({"logging.distributed": "error", "distributed.worker.daemon": True}))
        cluster = stack.enter_context(LocalCluster(n_workers=CORES, threads_per_worker=1, dashboard_address=":0"))
        dasked = work(stack.enter_context(Client(cluster)).get_executor())
    what = "cells in which a tenth of the day differs between one core, two processes and a Dask cluster"
    return [Figure("orders-tenth-apart", what, apart(work(), pooled, dasked), "cell")]


def apart(first: SimpleNamespace, *others: SimpleNamespace) -> int:
    """Count the cells in which reports differ from the first."""
    names = ("placed", "provinces", "categories", "items")
    cells = sum(int((getattr(one, n) != getattr(first, n)).sum()) for one in others for n in names)
    return cells + sum(one.account != first.account for one in others)


def _memory() -> list[Figure]:
    """Watch a steady stream for an hour and for a day; the state must be as large after the one as after the other."""
    given, sizes = model.scene(outage_percent=0, burst_percent=0), {}
    monitor, largest = Monitor(horizon_seconds=HORIZON), 0
    for clock, batch in model.stream(86_400 * 2000, np.full(86_400, 2000.0), given, replicates.spawn(0, 1)[0]):
        monitor.feed(batch)
        monitor.advance(clock)
        largest = max(largest, monitor.nbytes)
        if clock <= 3600:
            sizes["hour"] = largest
    sizes["day"] = largest
    return [
        Figure(f"orders-state-{name}", f"largest state in {what} of a steady stream", size / 2**20, "megabyte")
        for (name, size), what in zip(sizes.items(), ("an hour", "a day"), strict=True)
    ]


def _commits() -> list[Figure]:
    folder = Path(ROOT) / "_build"
    folder.mkdir(exist_ok=True)
    figures = []
    for durable, name in ((True, "durable"), (False, "volatile")):
        for batch in commits.BATCHES:
            rate = max(commits.committed(folder, batch, durable) for _ in range(4))
            what = f"{name} commits of {batch:,} {'order' if batch == 1 else 'orders'} each"
            figures.append(Figure(f"orders-{name}-{batch}", what, rate, "orders per second"))
    for writers in commits.WRITERS:
        rate = max(commits.by_writers(folder, writers) for _ in range(3))
        what = f"durable commits of one order each, writers with a database each: {writers}"
        figures.append(Figure(f"orders-writers-{writers}", what, rate, "orders per second"))
    for load in commits.LOADS:
        rounds = sorted((commits.tail(folder, load, seed=k) for k in range(5)), key=lambda found: found[0] / found[1])
        tails = rounds[len(rounds) // 2]  # the middle one: in a round that another program disturbs, both are far off
        for name, time in zip(("measured", "formula"), tails, strict=True):
            what = f"99 per cent of orders are kept within, one writer at {load:.0%} load, {name}"
            figures.append(Figure(f"orders-tail-{name}-{load * 100:.0f}", what, time, "second"))
    return figures


def _most_memory(_: int) -> float:
    """Give the most memory that this process has held, in megabytes."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(CORES, mp_context=get_context("spawn"))


def _spent(work: Callable[..., object], *given: object) -> tuple[float, object]:
    start = thread_time()
    found = work(*given)
    return thread_time() - start, found
