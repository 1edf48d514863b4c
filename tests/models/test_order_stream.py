import pickle
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seeding import named

from casebook.models.order_stream import Account, Monitor

SHAPE = {"provinces": 4, "categories": 3, "items": 5}
COLUMNS = ["id", "second", "arrived", "province", "category", "item"]
ROW = pd.DataFrame([[1, 0, 0, 0, 0, 0]], columns=COLUMNS)
IDS = {
    "running": np.arange,
    "scattered": lambda n: np.random.default_rng(n).integers(0, 2**64, n, dtype=np.uint64),
    "far apart": lambda n: np.arange(n) << 40,
}


def orders(count, seed=0, ids=np.arange, seconds=50):
    """Draw orders, each with copies that may differ in anything but their second, in no order at all."""
    draw = np.random.default_rng(seed)
    table = np.column_stack([draw.integers(0, most, count) for most in (seconds, 40, 4, 3, 5)])
    frame = pd.DataFrame(table, columns=COLUMNS[1:]).assign(id=draw.permutation(ids(count)))
    copies = frame.sample(frac=0.3, random_state=seed).assign(province=lambda some: (some["province"] + 1) % 4)
    frame["arrived"] += frame["second"]
    copies["arrived"] = copies["second"] + draw.integers(0, 80, len(copies))
    return pd.concat([frame, copies]).sample(frac=1, random_state=seed).reset_index(drop=True)[COLUMNS]


def expected(frame, horizon, seconds=50):
    """Count with pandas what a monitor must find: windows, items and account."""
    timely = frame[frame["arrived"] - frame["second"] <= horizon].sort_values(["province", "category", "item"])
    once = timely.drop_duplicates(["second", "id"])
    cell = (once["second"] * 4 + once["province"]) * 3 + once["category"]
    account = Account(len(frame), len(once), len(timely) - len(once), len(frame) - len(timely))
    items = np.bincount(once["item"], minlength=5)
    return np.bincount(cell, minlength=seconds * 12).reshape(seconds, 4, 3), items, account


def fed(monitor, frame, cuts=(), clocks=()):
    """Feed a frame in pieces, or by arrival up to each clock, and add up what closes."""
    windows, items = np.zeros((50, 4, 3), int), np.zeros(5, int)

    def add(closed):
        windows[closed.first : closed.first + len(closed.windows)] += closed.windows
        items[:] += closed.items.sum(axis=0)

    for start, end in pairwise([0, *np.cumsum(cuts, dtype=int).clip(max=len(frame)), len(frame)] if not clocks else []):
        monitor.feed(frame.iloc[start:end])
    for before, clock in pairwise([0, *clocks]):
        monitor.feed(frame[frame["arrived"].between(before, clock, inclusive="left")])
        add(monitor.advance(clock))
        monitor = pickle.loads(pickle.dumps(monitor))
    add(monitor.finish())
    return windows, items, monitor.account


def same(found, plain):
    assert all(np.array_equal(mine, other) for mine, other in zip(found, plain, strict=True))


@settings(max_examples=10)
@given(st.integers(0, 10**9), st.lists(st.integers(1, 400), max_size=20), st.sampled_from([0, 7, 80]))
@pytest.mark.parametrize("ids", IDS)
def test_windows_equal_a_plain_count_for_any_ids_batches_and_order(ids, seed, cuts, horizon):
    frame = orders(1000, seed, IDS[ids])
    alike = frame.drop(columns="province").merge(frame.drop_duplicates("id")[["id", "province"]])[COLUMNS]
    for stream, running in ((frame, False), (alike, True)):
        for pieces, clocks in ((cuts, ()), ((), range(5, 135, 21))):
            monitor = Monitor(**SHAPE, horizon_seconds=horizon, item_seconds=7, running=running)
            same(fed(monitor, stream, pieces, clocks), expected(stream, horizon))


def test_copies_with_other_stamps_give_one_answer_in_any_order():
    rows = [[7, 3, 3, 2, 1, 4], [7, 3, 9, 1, 2, 0], [7, 3, 5, 1, 2, 3], [7, 4, 4, 2, 1, 4], [7, 3, 99, 0, 0, 0]]
    for seed in range(20):
        monitor, copies = Monitor(**SHAPE, horizon_seconds=50), pd.DataFrame(rows, columns=COLUMNS)
        for _, row in copies.sample(frac=1, random_state=seed).groupby(np.arange(5) // (1 + seed % 5)):
            monitor.feed(row)
        assert monitor.account == Account(received=5, counted=2, duplicates=2, too_late=1)
        first, windows, _, items = monitor.open
        assert (first, np.argwhere(windows).tolist(), items.tolist()) == (3, [[0, 1, 2], [1, 2, 1]], [[1, 0, 0, 0, 1]])


def test_a_late_copy_is_recognised_one_beyond_the_horizon_refused_and_a_replay_changes_nothing():
    monitor, order = Monitor(**SHAPE, horizon_seconds=100), dict(ROW.assign(province=1, category=2))
    monitor.feed(order | {"arrived": [0]})
    assert monitor.advance(50).windows.size == 0
    monitor.feed(order | {"arrived": [100]})
    assert monitor.account == Account(received=2, counted=1, duplicates=1)
    before = monitor.open.windows
    monitor.feed(order | {"arrived": [100]})
    np.testing.assert_array_equal(monitor.open.windows, before)
    closed = monitor.advance(101)
    assert closed.windows.sum() == closed.windows[0, 1, 2] == 1
    monitor.feed(order | {"arrived": [101]})
    monitor.feed(order | {"arrived": [5]})  # a broken promise: its second is closed
    assert monitor.account == Account(received=5, counted=1, duplicates=2, too_late=2)
    assert monitor.finish().windows.size == 0


@pytest.mark.parametrize("by", ["id", "second"])
def test_parts_of_a_stream_add_up_to_the_whole(by):
    frame = orders(2000, 4)
    parts = [fed(Monitor(**SHAPE, horizon_seconds=20), frame[frame[by] % 3 == k]) for k in range(3)]
    same([np.sum(mine, axis=0) for mine in zip(*parts, strict=True)], expected(frame, 20))


@pytest.mark.parametrize(("ids", "most"), [("scattered", 12), ("running", 1)])
def test_memory_is_that_of_the_open_orders_and_does_not_grow_with_the_stream(ids, most):
    monitor, sizes = Monitor(1, 1, 1, horizon_seconds=10, item_seconds=10, running=ids == "running"), []
    for clock in range(1, 61):
        number = IDS[ids](50_000 * (clock + 1))[-50_000:]
        column = np.zeros(50_000, np.int64)
        monitor.feed({"id": number, "second": column + clock - 1, "province": column, "category": column})
        monitor.advance(clock)
        sizes.append(monitor.nbytes)
    assert max(sizes[20:]) <= max(sizes[:20]) < most * 11 * 50_000


def test_an_empty_batch_any_epoch_and_a_gap():
    monitor = Monitor(**SHAPE, horizon_seconds=5)
    monitor.feed(ROW[:0])
    assert monitor.account == Account() and monitor.finish().windows.shape == (0, 4, 3)
    for at in (1_510_329_600, 1_510_329_600 + 10**8):
        monitor.advance(at)
        monitor.feed(ROW.assign(second=at).drop(columns=["arrived", "item"]))
        closed = monitor.advance(at + 10)
        assert (closed.first, closed.windows.sum()) == (at, 1)


BAD = {
    "id: expected a whole number from 0 up": [("id", v) for v in (-1, np.nan, 1.5, "x", None, True, 2.0**60)],
    "second: expected a whole number from 0 up": [("second", v) for v in (-1, np.nan, np.inf)],
    "arrived: expected a whole number from 0 up": [("arrived", -5), ("arrived", np.nan)],
    "arrived: expected not before its second": [("second", 1)],
    "province: expected 0 to 3": [("province", 4), ("province", -1), ("province", 2**40)],
    "category: expected 0 to 2": [("category", 3)],
    "item: expected 0 to 4": [("item", 5), ("item", 0.5)],
    "amount: expected a number from 0 up": [("amount", v) for v in (-0.01, np.nan, np.inf, "x")],
    "second: expected within 500,000 seconds of the stream": [("clock", 10**12)],
}


@pytest.mark.parametrize("reason", BAD)
def test_a_row_that_cannot_be_true_is_set_aside_and_counted_and_the_others_are_counted(reason):
    for name, value in BAD[reason]:
        rows = pd.concat([ROW.assign(id=k, amount=1.5) for k in range(9)], ignore_index=True)
        columns = ["second", "arrived"] if name == "clock" else [name]
        rows[columns] = rows[columns].astype(object)
        rows.loc[4, columns] = value
        monitor = Monitor(**SHAPE)
        aside = monitor.feed(rows)
        assert {why: found.tolist() for why, found in aside.items()} == {reason: [4]}
        assert monitor.reasons == {reason: 1} and monitor.account == Account(9, 8, set_aside=1)
        assert monitor.finish().windows.tolist() == [[[8, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]]]


@pytest.mark.parametrize("value", ["x", b"1", 1j, [1], True, None, 0.5, np.nan, -1])
@pytest.mark.parametrize("name", ["id", "second", "province"])
def test_a_bad_value_in_a_plain_list_costs_its_row_and_no_other(name, value):
    batch = {"id": [2**60 + k for k in range(5)], "second": [5] * 5, "province": [1] * 5, "category": [0] * 5}
    batch[name][2] = value
    monitor = Monitor(**SHAPE)
    assert [rows.tolist() for rows in monitor.feed(batch).values()] == [[2]]
    assert monitor.account == Account(5, 4, set_aside=1)


def test_bad_arguments_are_named():
    named(
        (lambda: Monitor(provinces=0), "provinces: expected a whole number from 1"),
        (lambda: Monitor(horizon_seconds=-1), "horizon_seconds"),
        (lambda: Monitor(item_seconds=1.5), "item_seconds"),
        (lambda: Monitor().feed(np.zeros((3, 4))), "batch: expected a DataFrame or a mapping of columns, found nd"),
        (lambda: Monitor().feed({"id": [1], "second": [1], "category": [1]}), "province: expected a column"),
        (lambda: Monitor().feed(dict(ROW) | {"second": [1, 2]}), "second: expected a number for each of 1 orders"),
        (lambda: Monitor().feed(dict(ROW) | {"second": [[1]]}), "second: expected a column of numbers"),
        (lambda: [monitor.advance(at) for monitor in [Monitor()] for at in (100_000, 99_999)], "clock: expected"),
    )
