"""The stream monitor against pandas on the first minute of the festival, and the whole day at full scale."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, thread_time

import numpy as np
import pandas as pd

from casebook.bench import commits
from casebook.execution import ROOT
from casebook.full_scale import Figure
from casebook.ledger import open_ledger
from casebook.methods import replicates
from casebook.models.order_stream import Day, Incident, Monitor, scaled, stream
from casebook.models.order_stream.alarms import Plan, alarms
from casebook.models.order_stream.drawing import Columns
from casebook.models.order_stream.report import Report, part_of, step, watch

CHAPTER = "singles-day/order-stream"
HORIZON, MINUTE, ROUNDS, PARTS, CORES = 120, 60, 5, 4, 2

Batches = list[tuple[int, Columns]]


def festival() -> Day:
    """Give the day of the chapter: the totals of the text, the running counts of references, our incidents."""
    ledger = open_ledger()
    counts = ledger.series("singles-day-2017-running-parcels").query("basis == 'stated'")
    seconds = (pd.to_datetime(counts["as_of"]) - pd.Timestamp("2017-11-11")).dt.total_seconds()
    shares = counts["value"] / counts["value"].iloc[-1]

    def given(name: str) -> int:
        return int(ledger.assumption(f"order-stream-{name}"))

    incidents = tuple(
        Incident(
            kind,
            *(given(f"{kind}-{what}") for what in ("start", "seconds", "province", "percent")),
            item=given("burst-item") if kind == "burst" else 0,
        )
        for kind in ("outage", "burst")
    )
    return Day(
        orders=int(ledger.value("sd-parcels-on-the-day")),
        peak_per_second=float(ledger.value("sd-transactions-per-second")),
        marks=tuple(zip(seconds.tolist(), shares.tolist(), strict=True)),
        incidents=incidents,
    )


def minute(parts: int = CORES, day: Day | None = None) -> list[Batches]:
    """Draw the orders that arrive in the first minute of the day at full scale, in parts."""
    whole, drawn = day or Day(), []
    for part, seed in enumerate(replicates.spawn(0, parts)):
        batches: Batches = []
        for clock, batch in stream(part_of(whole, part, parts), seed, part):
            batches.append((clock, batch))
            if clock >= MINUTE:
                break
        drawn.append(batches)
    return drawn


def monitored(batches: Batches) -> np.ndarray:
    """Feed a part to a monitor, and give orders by second, province and category."""
    monitor = Monitor(horizon_seconds=HORIZON)
    closed = [step(monitor, clock, batch) for clock, batch in batches] + [monitor.finish()]
    return np.concatenate([some.windows for some in closed])


def grouped(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Count the same with pandas: orders by second, province and category, and by item."""
    timely = frame[frame["arrived"] - frame["second"] <= HORIZON]
    once = timely.drop_duplicates("id")
    return once.groupby(["second", "province", "category"]).size(), once.groupby("item").size()


def rates(rounds: int = ROUNDS) -> dict[str, float]:
    """Measure orders a second of the monitor on one core and two, and of pandas; the best of a few rounds each.

    Time is processor time, of the slower core where there are two, so that other programs do not count.

    Raises
    ------
    ArithmeticError
        When the monitor and pandas count differently.
    """
    parts = minute()
    frame = pd.DataFrame({n: np.concatenate([b[n] for part in parts for _, b in part]) for n in parts[0][0][1]})
    with ThreadPoolExecutor(CORES) as threads:
        two = [list(threads.map(_spent, [monitored] * CORES, parts)) for _ in range(rounds + 1)]
    one = [[_spent(monitored, part) for part in parts] for _ in range(rounds)]
    peer = [_spent(grouped, frame) for _ in range(2)]
    _compare([windows for _, windows in two[0]], peer[0][1][0])
    return {
        "two": len(frame) / min(max(time for time, _ in found) for found in two),
        "one": len(frame) / min(sum(time for time, _ in found) for found in one),
        "pandas": len(frame) / min(time for time, _ in peer),
    }


def _compare(found: list[np.ndarray], series: pd.Series) -> None:
    """Hold the windows of the monitors against those of pandas."""
    longest = max(len(part) for part in found)
    windows = sum(np.pad(part, ((0, longest - len(part)), (0, 0), (0, 0))) for part in found)
    theirs = np.zeros_like(windows)
    theirs[tuple(series.index.get_level_values(k).to_numpy() for k in range(3))] = series.to_numpy()
    if not np.array_equal(windows, theirs):
        raise ArithmeticError(f"expected the windows of pandas, found {np.abs(windows - theirs).sum()} orders apart")


def run() -> dict[str, float | str]:
    """Measure the monitor on two cores against pandas.

    Returns
    -------
    dict
        'figure' and 'peer_figure' in 'unit', the name of the 'peer', and the 'ratio' of the two figures. The orders are
        in memory before the clock starts; both count the same windows, or there is no figure.
    """
    found = rates()
    return {
        "figure": round(found["two"]),
        "unit": "orders a second",
        "peer": "pandas",
        "peer_figure": round(found["pandas"]),
        "ratio": round(found["two"] / found["pandas"], 1),
    }


def full_scale() -> list[Figure]:
    """Run the monitor's rates, the whole day, three executors, flat memory and SQLite's commits."""
    stated = float(open_ledger().value("sd-transactions-per-second"))
    speed = rates()
    figures = [
        Figure("orders-rate-one", "monitor on one core", speed["one"], "orders per second"),
        Figure("orders-rate-two", "monitor on two cores", speed["two"], "orders per second"),
        Figure("orders-rate-stated", "monitor on two cores over the stated rate", speed["two"] / stated, "times"),
        Figure(
            "orders-rate-pandas", "pandas, the same windows of the same orders", speed["pandas"], "orders per second"
        ),
        Figure("orders-ratio-pandas", "monitor on two cores over pandas", speed["two"] / speed["pandas"], "times"),
    ]
    return [*figures, *_day(), *_executors(), *_memory(), *_commits()]


def whole_day(executor: Executor | None = None) -> Report:
    """Watch the whole day at full scale."""
    return watch(festival(), HORIZON, PARTS, executor=executor)


def _day() -> list[Figure]:
    with _pool() as pool:
        time, report = _timed(lambda: whole_day(pool))
        heaviest = max(pool.map(_most_memory, range(4 * CORES)))
    account, apart = report.account, int(np.abs(report.placed - report.totals).sum())
    plan = Plan(window_seconds=1)
    first = _first_alarms(report, plan)
    return [
        Figure("orders-day-seconds", "the whole day on two cores, drawing the orders included", time, "second"),
        Figure("orders-day-memory", "memory of a process at most, its results included", heaviest, "megabyte"),
        Figure("orders-day-state", "state of the monitors at most, together", report.state_bytes / 2**20, "megabyte"),
        Figure("orders-day-received", "received in the day, copies included", account.received, "order"),
        Figure("orders-day-counted", "counted, each once", account.counted, "order"),
        Figure("orders-day-duplicates", "copies recognised", account.duplicates, "order"),
        Figure("orders-day-too-late", "refused as too late, copies included", account.too_late, "order"),
        Figure("orders-day-missing", "placed and in no window, all of them too late", apart, "order"),
        Figure("orders-day-peak", "fullest second", int(report.totals.max()), "order"),
        *first,
    ]


def _first_alarms(report: Report, plan: Plan) -> list[Figure]:
    """Give the delay of the alarm to each incident, and the alarms outside of incidents."""
    found = pd.concat([alarms(report.provinces, plan).assign(chart=0), alarms(report.categories, plan).assign(chart=1)])
    figures, false = [], np.ones(len(found), bool)
    for what in festival().incidents:
        end = what.start_second + what.seconds
        # A chart that has run up needs about as long again to come down.
        during = found["second"].between(what.start_second + 1, end + what.seconds).to_numpy()
        hit = found[during & (found["chart"] == 0).to_numpy() & (found["stream"] == what.province).to_numpy()]
        delay = float(hit["second"].min() - what.start_second)
        figures.append(
            Figure(f"orders-alarm-{what.kind}", f"alarm after the start of the {what.kind}", delay, "second")
        )
        false &= ~during
    return [
        *figures,
        Figure("orders-alarms-false", "alarms of the day with no incident behind", int(false.sum()), "alarm"),
    ]


def _executors(scale: float = 0.1) -> list[Figure]:
    """Watch a tenth of the day on one core, two processes and a Dask cluster of two workers."""
    import dask
    from distributed import Client, LocalCluster

    work = partial(watch, scaled(festival(), scale), HORIZON, PARTS)
    alone, serial = _timed(work)
    with _pool() as pool:
        work(executor=pool)  # the workers start and load
        both, pooled = _timed(lambda: work(executor=pool))
    with ExitStack() as stack:
        stack.enter_context(dask.config.set({"logging.distributed": "error", "distributed.worker.daemon": True}))
        cluster = stack.enter_context(LocalCluster(n_workers=CORES, threads_per_worker=1, dashboard_address=":0"))
        executor = stack.enter_context(Client(cluster)).get_executor()
        work(executor=executor)
        spread, dasked = _timed(lambda: work(executor=executor))
    return [
        Figure("orders-tenth-one", "a tenth of the day on one core", alone, "second"),
        Figure("orders-tenth-two", "the same in two processes", both, "second"),
        Figure("orders-tenth-dask", "the same on a Dask cluster of two workers", spread, "second"),
        Figure("orders-tenth-apart", "cells in which the three answers differ", apart(serial, pooled, dasked), "cell"),
    ]


def apart(first: Report, *others: Report) -> int:
    """Count the cells in which reports differ from the first."""
    names = ("placed", "provinces", "categories", "items")
    cells = sum(int((getattr(one, n) != getattr(first, n)).sum()) for one in others for n in names)
    return cells + sum(one.account != first.account for one in others)


def _memory() -> list[Figure]:
    """Watch a steady stream for an hour and for a day; the state must be as large after the one as after the other."""
    steady = Day(orders=86_400 * 2000, peak_per_second=2000, marks=((43_200, 0.5), (86_400, 1.0)))
    sizes, monitor = {}, Monitor(horizon_seconds=HORIZON)
    largest = 0
    for clock, batch in stream(steady, replicates.spawn(0, 1)[0]):
        step(monitor, clock, batch)
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


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    start = perf_counter()
    found = work()
    return perf_counter() - start, found
