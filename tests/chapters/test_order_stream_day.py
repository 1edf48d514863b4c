import os
import random
import signal
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from seeding import chapter

from bench import commits
from bench import orders as bench
from bench import orders_day as model
from casebook.methods import replicates
from casebook.methods.arguments import ArgumentError
from casebook.models.order_stream import Monitor

page = chapter("singles-day/order-stream")
MARKS = [(34_560, 0.5751), (67_740, 0.8091), (74_700, 0.8621), (86_400, 1.0)]
GIVEN = model.scene(
    **{"provinces": 4, "categories": 3, "items": 50, "horizon_seconds": 120},
    **{"outage_start": 36_000, "outage_seconds": 3000, "outage_province": 0, "outage_percent": 80},
    **{"burst_start": 54_000, "burst_seconds": 3000, "burst_province": 1, "burst_percent": 300, "burst_item": 7},
)
CALM = model.scene(outage_percent=0, burst_percent=0)
SMALL = {"orders": 20_000, "peak": 8.0, "marks": MARKS, "given": GIVEN}
SEEDS = replicates.spawn(0, 3)


def watched(parts=3, **changes):
    return model.together([model.watch(seed, **SMALL | changes, parts=parts) for seed in SEEDS[:parts]])


@pytest.mark.parametrize("copies", [0, 5, 100])
@pytest.mark.parametrize("horizon", [0, 1, 120, 10**6])
def test_the_pages_count_and_the_monitors_are_those_of_a_plain_count(copies, horizon):
    given = page.given.but(copies_percent=copies, horizon_seconds=horizon)
    arrivals = page.stream(3000, 200, given, seed=3)
    counts, most = page.count(arrivals[["arrived", "second", "id"]].to_numpy().tolist(), horizon)
    timely = arrivals[arrivals["arrived"] <= arrivals["second"] + horizon].drop_duplicates("id")
    assert {s: n for s, n in counts.items() if n} == timely["second"].value_counts().to_dict()
    assert most <= len(timely)
    assert page.monitored(arrivals.sample(frac=1, random_state=1), given).account.counted == len(timely)


def test_the_scalability_law_and_the_wait_meet_their_publications_and_limits():
    rate, sigma, kappa = page.fit_usl(page.USERS, page.SERVED)
    assert (rate, sigma, kappa) == (
        pytest.approx(89.995, abs=1e-3), pytest.approx(0.0277285, abs=1e-6), pytest.approx(0.0001044, abs=1e-7)
    )  # fmt: skip
    assert np.sqrt((1 - sigma) / kappa) == pytest.approx(96.5, abs=0.05)
    assert page.usl(7, 10, 0, 0) == 70
    assert page.writers(1000, 100, 0.5) == (20, pytest.approx(92.103, abs=1e-3))  # ln 100 = 4.60517
    assert page.usl(1e9, 10, 0.1, 0) == pytest.approx(100, rel=1e-6)


def test_the_day_meets_its_total_its_peak_and_its_marks():
    rates = model.rates(777e6, 325_000, MARKS, CALM)
    assert rates.sum() == pytest.approx(777e6, rel=1e-6)
    assert rates[0] == pytest.approx(325_000, rel=1e-3)
    for second, share in MARKS:
        assert rates[:second].sum() / 777e6 == pytest.approx(share, abs=1e-6)
    steady = model.rates(86_400, 1, [(43_200, 0.5), (86_400, 1.0)], CALM)
    assert steady == pytest.approx(np.ones(86_400))
    with pytest.raises(ArgumentError, match="peak: expected a peak that fits the running counts, found 100"):
        model.rates(777e6, 100, MARKS, CALM)


def test_a_stream_in_order_of_arrival_holds_every_order_its_copies_and_the_incidents():
    orders, rate, last, frames = 400_000, model.rates(**SMALL | {"orders": 400_000, "peak": 160}), 0, []
    for clock, batch in model.stream(orders, rate, GIVEN, SEEDS[1]):
        assert (batch["arrived"] < clock).all() and (batch["arrived"] >= last).all()
        frames.append(pd.DataFrame(batch))
        last = clock
    found = pd.concat(frames)
    once = found.drop_duplicates("id")
    placed = model.placed(orders, rate, SEEDS[1])
    np.testing.assert_array_equal(np.bincount(once["second"], minlength=86_400), placed)
    assert len(once) == orders == placed.sum()
    assert (len(found) - len(once)) / orders == pytest.approx(0.01, abs=0.001)
    assert (found.groupby("id")[["second", "province", "category", "item"]].nunique() == 1).all(axis=None)
    share = page.zipf(4, 0.5)
    left, own = share[0] * 0.2, share[1] * 3
    during = found[found["second"].between(36_000, 38_999)]
    assert (during["province"] == 0).mean() == pytest.approx(left / (1 - share[0] + left), abs=0.02)
    burst = found[found["second"].between(54_000, 56_999)]
    assert ((burst["province"] == 1) & (burst["item"] == 7)).mean() == pytest.approx(own / (1 + own), abs=0.02)


def test_a_report_conserves_orders_and_is_the_same_on_one_core_in_a_pool_and_on_a_cluster(pool, dask_executor):
    alone = bench.day(1e-4)
    account, total = alone.account, alone.provinces.sum(axis=1)
    assert alone.placed.sum() == 77_700 and (total <= alone.placed).all()
    assert account.counted == total.sum() == alone.categories.sum() == alone.items.sum()
    assert account.received == account.counted + account.duplicates + account.too_late
    for executor in (pool, dask_executor):
        assert bench.apart(alone, bench.day(1e-4, executor)) == 0
    patient = watched(given=model.but(GIVEN, horizon_seconds=15 * 3600))
    np.testing.assert_array_equal(patient.provinces.sum(axis=1), patient.placed)
    assert patient.account.too_late == 0


def test_an_outage_and_a_burst_are_caught_and_little_else():
    given = model.but(GIVEN, window_seconds=60, horizon_seconds=15 * 3600)
    report = watched(1, orders=800_000, peak=320, given=given)
    past = model.quiet(np.full(1440, 600), page.zipf(4, 0.5), 7, 1)
    counts, bound = model.grouped(report.provinces, 60), model.limit(given, 7)
    found = model.alarms(model.scores(counts, model.usual(model.hourly(past), 1440)), given, bound)
    # The lost orders lift the share of all others, so the fall counts and its echo does not.
    falls = found[(found["stream"] == 0) & (found["side"] == -1)]["second"]
    rises = found[(found["stream"] == 1) & (found["side"] == 1) & (found["second"] > 54_000)]["second"]
    assert 0 < falls.min() - 36_000 <= 300
    assert 0 < rises.min() - 54_000 <= 300
    quiet = found[~found["second"].between(36_000, 45_000) & ~found["second"].between(54_000, 63_000)]
    assert len(quiet) <= 4


def live(path, pipe, batches):
    """Count a stream, and commit every third batch, from where the last life was; each statement sends a byte."""
    base = page.journal(path)
    base.set_trace_callback(lambda _: os.write(pipe, b"."))
    position, monitor = page.resume(base) or (0, Monitor(4, 3, 50, horizon_seconds=120, item_seconds=700))
    closed = []
    for number, (clock, batch) in enumerate(batches[position:], position + 1):
        monitor.feed(batch)
        os.write(pipe, b".")
        closed.append(monitor.advance(clock) if number < len(batches) else monitor.finish())
        if number % 3 == 0 or number == len(batches):
            page.commit(base, number, monitor, closed)
            closed = []


def lives(path):
    """Live, be killed at random moments, and live on, until the stream has ended; say how often that was."""
    kills, moments, batches = 0, random.Random(4), list(model.stream(3000, model.rates(**SMALL), GIVEN, SEEDS[0]))
    live(":memory:", os.open(os.devnull, os.O_WRONLY), batches)  # the loops are loaded
    while True:
        read, write = os.pipe()
        if not (child := os.fork()):
            live(path, write, batches)
            os._exit(0)
        os.close(write)
        left = moments.randrange(1, 900)
        while left and os.read(read, 1):
            left -= 1
        os.kill(child, signal.SIGKILL)
        if os.waitpid(child, 0)[1] == 0:
            return kills
        os.close(read)
        kills += 1


def test_after_kills_at_random_moments_state_and_windows_are_there_exactly_once(tmp_path):
    path = tmp_path / "journal.db"
    code = f"from test_order_stream_day import lives; print(lives({str(path)!r}))"
    folders = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=folders)
    assert int(run.stdout) >= 5
    stream = pd.concat([pd.DataFrame(batch) for _, batch in model.stream(3000, model.rates(**SMALL), GIVEN, SEEDS[0])])
    timely = stream[stream["arrived"] - stream["second"] <= 120]
    once, base = timely.drop_duplicates(["second", "id"]), page.journal(path)
    windows = once.groupby(["second", "province", "category"]).size().reset_index().to_numpy().tolist()
    assert [list(row) for row in base.execute("select * from windows order by 1, 2, 3")] == windows
    items = once.groupby([once["second"] // 700 * 700, "item"]).size().reset_index().to_numpy().tolist()
    assert [list(row) for row in base.execute("select * from items order by 1, 2")] == items
    account = page.resume(base)[1].account
    assert account == (len(stream), len(once), len(timely) - len(once), len(stream) - len(timely), 0)


def test_the_benches_report_both_figures_and_what_commits_take(tmp_path):
    result = bench.run(0.001, rounds=1)
    assert set(result) == {"figure", "unit", "peer", "peer_figure", "ratio"}
    assert result["peer"] == "Polars"
    assert result["ratio"] == pytest.approx(result["figure"] / result["peer_figure"], abs=0.06)
    assert min(bench.rates("running", (("duckdb", 2), ("pandas", 1)), 0.001, 1).values()) > 0
    assert commits.committed(tmp_path, 5, True, seconds=0.05) > 0
    assert commits.by_writers(tmp_path, 2, seconds=0.05) > 0
    measured, formula = commits.tail(tmp_path, 0.5, orders=40)
    assert measured > 0 and formula > 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_full_scale_meets_its_marks_and_the_stored_run(ledger):
    figures = {figure.id.removeprefix("orders-"): figure.value for figure in bench.full_scale()}
    table = ledger.table("full_runs").set_index("id")["value"]
    stored = {name: table[f"orders-{name}"] for name in figures}
    for run, some in ((stored, 1), (figures, 0.5)):  # a busy machine may be half as fast
        assert run["monitor-any-one"] >= some * 60e6 and run["monitor-any-two"] >= some * 110e6
        assert run["monitor-running-one"] >= some * 54e6
    for run in (stored, figures):
        assert min(run[f"over-polars-any-{cores}"] for cores in ("one", "two")) >= 3
        assert run["bytes-any"] <= 12 and run["bytes-running"] <= 1
        assert run["tenth-apart"] == 0
        assert run["state-day"] < 1.25 * run["state-hour"]
        assert run["durable-1"] < run["durable-10000"]
    exact = ("received", "counted", "duplicates", "too-late", "missing", "peak")
    for name in [*(f"day-{what}" for what in exact), "alarm-outage", "alarm-burst", "alarms-false"]:
        assert figures[name] == pytest.approx(stored[name], rel=1e-5), name
