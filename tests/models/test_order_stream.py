from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import SeedSequence

from casebook.bench import commits
from casebook.bench import orders as orders_bench
from casebook.models.order_stream import Account, Day, Incident, Monitor, placed, scaled, split, stream, together
from casebook.models.order_stream.alarms import Plan, alarms, delay, grouped, ordinary, scores, tried
from casebook.models.order_stream.day import weights
from casebook.models.order_stream.drawing import delays, slots
from casebook.models.order_stream.report import part_of, watch

SHAPE = {"provinces": 4, "categories": 3, "items": 5}
SMALL = Day(
    orders=20_000,
    peak_per_second=8,
    incidents=(Incident("outage", 36_000, 3000, 0, 80), Incident("burst", 54_000, 3000, 1, 300, item=7)),
    provinces=4,
    categories=3,
    items=50,
)


def orders(count, seed=0, seconds=50, ids=None):
    """Draw orders at random, each with its copies, in no order at all."""
    random = np.random.default_rng(seed)
    ids = random.permutation(count) if ids is None else random.choice(ids, count, replace=False)
    frame = pd.DataFrame(
        {
            "id": ids,
            "second": random.integers(0, seconds, count),
            "province": random.integers(0, 4, count),
            "category": random.integers(0, 3, count),
            "item": random.integers(0, 5, count),
        }
    )
    frame["arrived"] = frame["second"] + random.integers(0, 40, count)
    copies = frame.sample(frac=0.3, random_state=seed)
    copies["arrived"] += random.integers(0, 40, len(copies))
    return pd.concat([frame, copies]).sample(frac=1, random_state=seed).reset_index(drop=True)


def expected(frame, horizon, seconds=50):
    """Count with numpy what a monitor must find."""
    once = frame[frame["arrived"] - frame["second"] <= horizon].drop_duplicates("id")
    cell = (once["second"] * 4 + once["province"]) * 3 + once["category"]
    return np.bincount(cell, minlength=seconds * 12).reshape(seconds, 4, 3)


def padded(closed, seconds=50):
    """Let windows reach from second zero to the end."""
    return np.pad(closed.windows, ((closed.first, seconds - closed.first - len(closed.windows)), (0, 0), (0, 0)))


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 2**32), st.lists(st.integers(1, 400), max_size=30), st.sampled_from([0, 7, 30, 80]))
def test_windows_equal_a_bincount_for_any_batches_in_any_order(seed, cuts, horizon):
    frame = orders(1000, seed)
    monitor = Monitor(**SHAPE, horizon_seconds=horizon)
    ends = [0, *np.cumsum(cuts, dtype=int).clip(max=len(frame)), len(frame)]
    for start, end in pairwise(ends):
        monitor.feed(frame.iloc[start:end])
    account = monitor.account
    assert account.received == len(frame) == account.counted + account.duplicates + account.too_late
    assert account.too_late == (frame["arrived"] - frame["second"] > horizon).sum()
    np.testing.assert_array_equal(padded(monitor.open), expected(frame, horizon))
    np.testing.assert_array_equal(padded(monitor.finish()), expected(frame, horizon))


@settings(max_examples=20, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 2**32), st.integers(1, 12), st.sampled_from([3, 20, 80]))
def test_windows_that_close_on_the_way_are_those_that_close_at_the_end(seed, step, horizon):
    frame = orders(800, seed).sort_values("arrived")
    monitor, found = Monitor(**SHAPE, horizon_seconds=horizon, item_seconds=7), np.zeros((50, 4, 3), np.int64)
    items = np.zeros((60, 5), np.int64)
    for clock in range(step, 140 + step, step):
        monitor.feed(frame[(frame["arrived"] < clock) & (frame["arrived"] >= clock - step)])
        closed = monitor.advance(clock) if clock < 140 else monitor.finish()
        found[closed.first : closed.first + len(closed.windows)] += closed.windows
        start = closed.items_first // 7
        items[start : start + len(closed.items)] += closed.items
    np.testing.assert_array_equal(found, expected(frame, horizon))
    assert items.sum() == monitor.account.counted == found.sum()
    once = frame[frame["arrived"] - frame["second"] <= horizon].drop_duplicates("id")
    np.testing.assert_array_equal(items.sum(axis=0), np.bincount(once["item"], minlength=5))


@pytest.mark.parametrize(
    "ids",
    [
        np.arange(-500, 500),
        np.arange(1000) * 64,
        np.arange(1000) << 40,
        np.random.default_rng(0).integers(-(2**63), 2**63 - 1, 5000),
        np.arange(1000).astype(np.uint64) + np.uint64(2**63 + 5),
    ],
    ids=["negative", "a word each", "far apart", "anything", "unsigned"],
)
def test_any_ids_are_told_apart(ids):
    frame = orders(1000, 3, ids=ids)
    monitor = Monitor(**SHAPE)
    monitor.feed(frame)
    monitor.feed(frame.sample(frac=1, random_state=1))
    np.testing.assert_array_equal(padded(monitor.finish()), expected(frame, 86_400))
    assert monitor.account.counted == 1000
    assert monitor.account.duplicates == 2 * len(frame) - 1000


def test_a_copy_that_comes_late_is_recognised_and_one_beyond_the_horizon_refused():
    monitor = Monitor(**SHAPE, horizon_seconds=100)
    order = {"second": [0], "province": [1], "category": [2], "id": [77]}
    monitor.feed(order | {"arrived": [0]})
    assert monitor.advance(50).windows.size == 0
    monitor.feed(order | {"arrived": [100]})
    assert monitor.account == Account(received=2, counted=1, duplicates=1, late=1)
    closed = monitor.advance(101)
    assert closed.windows.sum() == closed.windows[0, 1, 2] == 1
    monitor.feed(order | {"arrived": [101]})
    monitor.feed(order | {"arrived": [5]})  # a broken promise: its second is closed
    assert monitor.account == Account(received=4, counted=1, duplicates=1, too_late=2, late=1)
    assert monitor.finish().windows.size == 0


def test_a_replay_of_everything_changes_nothing():
    frame = orders(500, 9)
    monitor = Monitor(**SHAPE)
    monitor.feed(frame)
    before = monitor.open.windows
    monitor.feed(frame)
    np.testing.assert_array_equal(monitor.open.windows, before)


def test_parts_of_a_stream_add_up_to_the_whole():
    frame = orders(2000, 4)
    monitors = [Monitor(**SHAPE, horizon_seconds=20) for _ in range(3)]
    for monitor, part in zip(monitors, split(frame, 3), strict=True):
        monitor.feed(part)
    whole = Monitor(**SHAPE, horizon_seconds=20)
    whole.feed(frame)
    assert together(m.account for m in monitors) == whole.account
    np.testing.assert_array_equal(sum(padded(m.open) for m in monitors), padded(whole.open))


def test_memory_is_flat_in_the_length_of_the_stream():
    monitor, sizes = Monitor(**SHAPE, horizon_seconds=10), []
    for clock in range(1, 601):
        ids = np.arange(2000) + 2000 * clock
        monitor.feed({"id": ids, "second": ids * 0 + clock - 1, "province": ids % 4, "category": ids % 3})
        monitor.advance(clock)
        sizes.append(monitor.nbytes)
    assert max(sizes[300:]) == max(sizes[:300]) < 200_000


def test_an_empty_monitor_and_an_empty_batch():
    monitor = Monitor(**SHAPE)
    monitor.feed({"id": [], "second": [], "province": [], "category": []})
    assert monitor.account == Account()
    assert monitor.finish().windows.shape == (0, 4, 3)


def test_seconds_of_any_epoch_and_a_gap():
    monitor = Monitor(**SHAPE, horizon_seconds=5)
    for at in (1_510_329_600, 1_510_329_600 + 10**8):
        monitor.feed({"id": [at], "second": [at], "province": [0], "category": [0]})
        closed = monitor.advance(at + 10)
        assert (closed.first, closed.windows.sum(), closed.items.sum()) == (at, 1, 1 if at > 1.6e9 else 0)


GOOD = {"id": [1], "second": [0], "province": [0], "category": [0]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"province": [4]}, "province: expected 0 to 3, found 4"),
        ({"category": [-1]}, "category: expected 0 to 2, found -1"),
        ({"item": [5]}, "item: expected 0 to 4, found 5"),
        ({"second": [0.5]}, "second: expected whole numbers, found float64"),
        ({"second": [1, 2]}, "second: expected 1 orders, found 2"),
        ({"second": [[1]]}, "second: expected one number an order"),
        ({"id": [1, 2], "second": [0, 10**9], "province": [0, 0], "category": [0, 0]}, "second: expected at most"),
    ],
)
def test_a_bad_batch_is_refused_whole(change, message):
    monitor = Monitor(**SHAPE)
    with pytest.raises(ValueError, match=message):
        monitor.feed(GOOD | change)
    assert monitor.account == Account()


def test_rows_are_no_batch():
    with pytest.raises(ValueError, match="batch: expected a DataFrame or a mapping of columns, found ndarray"):
        Monitor(**SHAPE).feed(np.zeros((3, 4)))


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="province: expected a column"):
        Monitor(**SHAPE).feed({"id": [1], "second": [1], "category": [1]})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Monitor(provinces=0), "provinces: expected a whole number of at least 1, found 0"),
        (lambda: Monitor(horizon_seconds=-1), "horizon_seconds"),
        (lambda: Monitor(horizon_seconds=1.5), "horizon_seconds"),
        (lambda: split(GOOD, 0), "parts"),
        (lambda: Incident("fire", 0, 1, 0, 1), "kind"),
        (lambda: Incident("outage", 0, 1, 0, 101), "severity_percent"),
        (lambda: Day(copies_percent=120), "copies_percent"),
        (lambda: Day(peak_per_second=100).rates, "peak_per_second: expected a peak that fits"),
        (lambda: Day(incidents=(Incident("outage", 5, 9, 0, 1), Incident("burst", 8, 9, 0, 1))), "overlap"),
        (lambda: Plan(false_alarms_per_day=0), "false_alarms_per_day"),
        (lambda: ordinary(np.zeros((3, 2))), "counts: expected orders"),
    ],
)
def test_bad_arguments_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_clock_cannot_go_back():
    monitor = Monitor(**SHAPE)
    monitor.advance(100_000)
    with pytest.raises(ValueError, match="clock: expected at least 100000, found 99999"):
        monitor.advance(99_999)


def test_the_day_meets_its_total_its_peak_and_its_marks():
    day = Day()
    rates = day.rates
    assert rates.sum() == pytest.approx(777e6, rel=1e-6)
    assert rates[0] == pytest.approx(325_000, rel=1e-3)
    for second, share in day.marks:
        assert rates[: int(second)].sum() / 777e6 == pytest.approx(share, abs=1e-6)


def test_a_day_without_a_rush():
    steady = Day(orders=86_400, peak_per_second=1, marks=((43_200, 0.5), (86_400, 1.0)))
    assert steady.rates == pytest.approx(np.ones(86_400))


def test_a_stream_in_order_of_arrival_holds_every_order_and_its_copies():
    seed, last = SeedSequence(5), 0
    frames = []
    for clock, batch in stream(SMALL, seed):
        assert (batch["arrived"] < clock).all() and (batch["arrived"] >= last).all()
        frames.append(pd.DataFrame(batch))
        last = clock
    found = pd.concat(frames)
    once = found.drop_duplicates("id")
    np.testing.assert_array_equal(np.bincount(once["second"], minlength=86_400), placed(SMALL, seed))
    assert len(once) == 20_000
    assert (len(found) - len(once)) / 20_000 == pytest.approx(0.01, abs=0.003)
    alike = found.groupby("id")[["second", "province", "category", "item"]].nunique()
    assert (alike == 1).all(axis=None)


def test_incidents_are_in_the_stream():
    day = Day(**{**SMALL.__dict__, "orders": 400_000, "peak_per_second": 160})
    found = pd.concat([pd.DataFrame(batch) for _, batch in stream(day, SeedSequence(2))])
    share = weights(4, 0.5)
    during = found[found["second"].between(36_000, 38_999)]
    left = share[0] * 0.2
    assert (during["province"] == 0).mean() == pytest.approx(left / (1 - share[0] + left), abs=0.02)
    burst = found[found["second"].between(54_000, 56_999)]
    own = share[1] * 3
    assert ((burst["province"] == 1) & (burst["item"] == 7)).mean() == pytest.approx(own / (1 + own), abs=0.02)


def test_slots_keep_shares_and_delays_their_means():
    laid = np.bincount(slots([0.5, 0.25, 0.25])) / 65_536
    assert laid == pytest.approx([0.5, 0.25, 0.25])
    table = delays(Day(slow_percent=0, lost_percent=0, prompt_seconds=10))
    # whole seconds of an exponential delay: 1 / (e^(1/10) - 1)
    assert table.mean() == pytest.approx(9.508, abs=0.02)


def test_one_core_a_pool_and_a_cluster_give_the_same_bits(pool, dask_executor):
    day = scaled(SMALL, 2)
    alone = watch(day, 60, parts=3)
    for executor in (pool, dask_executor):
        other = watch(day, 60, parts=3, executor=executor)
        assert other.account == alone.account
        for name in ("placed", "provinces", "categories", "items"):
            np.testing.assert_array_equal(getattr(other, name), getattr(alone, name))


def test_a_report_conserves_orders():
    report = watch(SMALL, 120, parts=3)
    account = report.account
    assert report.placed.sum() == 20_000
    assert account.counted == report.totals.sum() == report.categories.sum() == report.items.sum()
    assert account.received == account.counted + account.duplicates + account.too_late
    assert (report.totals <= report.placed).all()
    patient = watch(SMALL, 15 * 3600, parts=3)
    np.testing.assert_array_equal(patient.totals, patient.placed)
    assert patient.account.too_late == 0


def test_parts_share_out_every_order():
    assert sum(part_of(Day(orders=10), part, 3).orders for part in range(3)) == 10


def test_a_score_is_a_standard_deviation():
    # 100 orders, a tenth expected: 10 with a deviation of 3
    assert scores([[13, 87]], [0.1, 0.9])[0] == pytest.approx([1, -1])
    assert scores([[0, 0]], [0.1, 0.9]).tolist() == [[0, 0]]


def test_windows_are_added_up_and_shares_learnt():
    assert grouped(np.ones((7, 2)), 3).tolist() == [[3, 3], [3, 3]]
    assert ordinary([[1, 3], [1, 3], [4, 0], [0, 0]]) == pytest.approx([0.25, 0.75])


def test_an_outage_and_a_burst_are_caught_and_little_else():
    day = scaled(SMALL, 40)
    report = watch(day, 15 * 3600, parts=1)
    found = alarms(report.provinces, Plan(window_seconds=60, streams=7))
    # The lost orders lift the share of all others, so the fall counts and its echo does not.
    falls = found[(found["stream"] == 0) & (found["side"] == -1)]["second"]
    rises = found[(found["stream"] == 1) & (found["side"] == 1) & (found["second"] > 54_000)]["second"]
    assert 0 < falls.min() - 36_000 <= 300
    assert 0 < rises.min() - 54_000 <= 300
    quiet = found[~found["second"].between(36_000, 45_000) & ~found["second"].between(54_000, 63_000)]
    assert len(quiet) <= 4


def test_trials_agree_with_the_chain_and_keep_the_promise(pool):
    plan, share = Plan(), weights(31, 0.5)
    found = tried(plan, 90, share, [0.3, 0.6], replicates=80)
    for row in found.itertuples():
        assert row.seconds == pytest.approx(delay(90, share[0], row.severity, plan), rel=0.1)
    # 31 of the 51 charts, each with its part of one false alarm a day, a little more for counts that are not normal
    assert 0.3 < found["false"].iloc[0] < 2
    again = tried(plan, 90, share, [0.3, 0.6], replicates=80, executor=pool)
    pd.testing.assert_frame_equal(found, again)


@pytest.mark.slow
def test_the_full_scale_meets_its_marks_and_the_stored_run(ledger):
    figures = {figure.id: figure.value for figure in orders_bench.full_scale()}
    stored = ledger.table("full_runs").set_index("id")["value"]
    assert stored["orders-rate-stated"] >= 100
    assert stored["orders-ratio-pandas"] >= 3
    assert figures["orders-rate-stated"] >= 50  # a busy machine may be half as fast
    assert figures["orders-ratio-pandas"] >= 3
    assert figures["orders-tenth-apart"] == 0
    assert figures["orders-state-day"] < 1.25 * figures["orders-state-hour"]
    assert figures["orders-durable-1"] < figures["orders-durable-10000"]
    for name in (
        "day-received",
        "day-counted",
        "day-duplicates",
        "day-too-late",
        "day-missing",
        "day-peak",
        "day-state",
        "alarm-outage",
        "alarm-burst",
        "alarms-false",
    ):
        assert figures[f"orders-{name}"] == pytest.approx(stored[f"orders-{name}"], rel=1e-5), name


def test_the_bench_reports_both_figures(monkeypatch):
    monkeypatch.setattr(orders_bench, "MINUTE", 3)
    monkeypatch.setattr(orders_bench, "ROUNDS", 1)
    monkeypatch.setattr(orders_bench, "minute", partial(orders_bench.minute, day=scaled(Day(), 0.01)))
    result = orders_bench.run()
    assert set(result) == {"figure", "unit", "peer", "peer_figure", "ratio"}
    assert result["peer"] == "pandas"
    assert result["ratio"] == pytest.approx(result["figure"] / result["peer_figure"], abs=0.06)


def test_durable_commits_keep_what_they_say(tmp_path):
    assert commits.committed(tmp_path, 5, True, seconds=0.05) > 0
    assert list(tmp_path.iterdir()) == []
    assert commits.by_writers(tmp_path, 2, seconds=0.05) > 0
