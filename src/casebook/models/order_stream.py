"""A stream of orders counted exactly, by a monitor that can be pickled and read on from where it was.

An order is its id in the second in which it was placed. Copies of it share that second, so ids are compared only within
a second, and what a second has taken is dropped whole when it closes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from numbers import Integral, Real
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from casebook.methods.arguments import ArgumentError, one_of, whole
from casebook.models import order_kernel as kernel

Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]
Columns = tuple[NDArray[np.integer], ...]
Batch = Mapping[str, ArrayLike] | pd.DataFrame

# What the loops are compiled for; columns of any other kinds are taken as int64, all of them.
KINDS = {"second": "int64", "arrived": "int64", "province": "int16", "category": "int16", "item": "int32"}
SMALLEST = 2**16  # pages there is room for; what is not yet written takes no memory
FURTHEST = 500_000  # seconds from the stream to a row that is believed; beyond it a clock is wrong
NEVER = -(2**62)  # a watermark before all seconds


class Account(NamedTuple):
    """What became of all rows: received is counted, duplicates, too late and set aside."""

    received: int = 0
    counted: int = 0
    duplicates: int = 0
    too_late: int = 0
    set_aside: int = 0


class Closed(NamedTuple):
    """Windows from a second on, (seconds, provinces, categories), and of items from a second on, (windows, items)."""

    first: int
    windows: Counts
    items_first: int
    items: Counts


class Monitor:
    """Count orders by second, province and category, and by item, each once however many copies of it arrive.

    Feed batches of any size in any order. An order is too late when it arrived more than the horizon after its second,
    which its own stamps decide. A copy with another second is another order; where copies within a second differ in
    province, category or item, the smallest counts. So no order of arrival changes the answer. An open order takes
    eleven bytes. With `running` the sender promises that ids are running numbers and that copies differ in nothing but
    their arrival; an order then takes a few bits. `advance` moves the watermark to the clock less the horizon, closes
    the seconds before it and forgets them. Monitors may share a stream by second or by id; their counts add up.
    A number out of range raises an `ArgumentError`. Source: T. Akidau and others, *The Dataflow Model* (2015).
    """

    def __init__(
        self,
        provinces: int = 31,
        categories: int = 20,
        items: int = 4096,
        horizon_seconds: int = 86_400,
        item_seconds: int = 600,
        running: bool = False,
    ) -> None:
        named = (("provinces", provinces, 2**15 - 1), ("categories", categories, 2**15 - 1), ("items", items, 2**18))
        self.shape = tuple(whole(name, given, least=1, most=most) for name, given, most in named)
        self.horizon_seconds = whole("horizon_seconds", horizon_seconds)
        self.item_seconds = whole("item_seconds", item_seconds, least=1)
        self.watermark = NEVER
        self.reasons: Counter[str] = Counter()  # why rows were set aside, and how many
        self._anchor: int | None = None  # a second of the stream
        self._first = self._end = self._hot_first = 0  # the open seconds: from the first on, before the end
        self._tallies = np.zeros(len(Account._fields), np.int64)
        cells, chunks = self.shape[0] * self.shape[1], kernel.CHUNKS * bool(one_of("running", running, (False, True)))
        self._bits = np.uint64((self.shape[2] - 1).bit_length())
        wide = (cells - 1).bit_length() + int(self._bits) > 24
        # Pages of ids and codes, the page before each, those that are free, and how many are.
        self._logs = [np.zeros(0, kind) for kind in ("u8", "u2", "u4" if wide else "u1", "i4")]
        self._free, self._left = np.zeros(0, "i4"), np.zeros(1, "i8")
        shapes = ("u8", 0), ("u8", 0), ("i4", (0, chunks)), ("i4", (0, cells)), ("i4", (0, self.shape[2]))
        *self._rows, self._hot = (np.zeros(shape, kind) for kind, shape in shapes)

    @property
    def account(self) -> Account:
        """What became of the rows fed so far."""
        return Account(*(self._tallies + self._settled(self._end - self._first)[2]).tolist())

    @property
    def open(self) -> Closed:
        """The windows that may still change, as they stand."""
        windows, hot, *_ = self._settled(self._end - self._first)
        return Closed(self._first, windows, self._hot_first, hot[: self._ended(self._end + self.item_seconds)])

    @property
    def nbytes(self) -> int:
        """Memory of the state that is in use, in bytes."""
        page = kernel.PAGE * sum(log.itemsize for log in self._logs[:3]) + 8
        rows = sum(array.nbytes for array in (*self._rows, self._hot))
        return (self._free.size - int(self._left[0])) * page + rows

    def feed(self, batch: Batch) -> dict[str, Counts]:
        """Count a batch, and return which of its rows were set aside, by reason: those that cannot be true.

        A batch is a DataFrame or a mapping of equally long columns: id, second (when the order was placed), province,
        category, and where known item, arrived (the second in which it came) and amount, which is only checked.
        A column that is missing or of another length raises an `ArgumentError`.
        """
        columns, flaws = _read(batch)
        self._tallies[kernel.RECEIVED] += columns[0].size
        if self._anchor is None and columns[1].size:
            self._anchor = int(np.sort(columns[1])[(columns[1].size - 1) // 2])
        low, high = ((self._anchor or 0) + sign * (self.horizon_seconds + FURTHEST) for sign in (-1, 1))
        wrong, first, last = kernel.survey(columns, self._rule)
        aside: dict[str, Counts] = {}
        if wrong or flaws or first < low or last > high:
            timely = columns[2] - columns[1] <= self.horizon_seconds
            aside, fine = self._judged(columns, flaws, timely & ((columns[1] < low) | (columns[1] > high)))
            columns = tuple(column[fine] for column in columns)
            _, first, last = kernel.survey(columns, self._rule)
        self.reasons.update({reason: rows.size for reason, rows in aside.items()})
        self._tallies[kernel.SET_ASIDE] += sum(rows.size for rows in aside.values())
        if first <= last:
            self._make_room(first, last)
        self._log(columns)
        return aside

    def advance(self, clock: int) -> Closed:
        """Declare that all that arrived before a second has been fed; close what nothing can change, and return it.

        What belongs there and is fed all the same is too late. A clock that goes back raises an `ArgumentError`.
        """
        least = max(0, self.watermark + self.horizon_seconds)
        self.watermark = self._anchor = whole("clock", clock, least=least, most=2**53) - self.horizon_seconds
        return self._close(self.watermark, self.watermark)

    def finish(self) -> Closed:
        """Close what is open: the stream has ended."""
        self.watermark = max(self._end, self.watermark)
        return self._close(self._end, self._end + self.item_seconds)

    @property
    def _rule(self) -> tuple[int | np.uint64, ...]:
        return self.watermark, self.horizon_seconds, *map(np.uint64, self.shape)

    def _judged(self, columns: Columns, flaws: dict[str, Flags], far: Flags) -> tuple[dict[str, Counts], Flags]:
        """Find the rows that cannot be true, each under its first reason, and mark the others as fine."""
        for name, column in zip(("id", "second", "arrived"), columns, strict=False):
            flaws[f"{name}: expected a whole number from 0 up"] = column < 0
        flaws["arrived: expected not before its second"] = columns[2] < columns[1]
        for name, column, most in zip(("province", "category", "item"), columns[3:], self.shape, strict=True):
            flaws[f"{name}: expected 0 to {most - 1}"] = (column < 0) | (column >= most)
        flaws[f"second: expected within {FURTHEST:,} seconds of the stream"] = far
        fine, aside = np.ones(far.size, bool), {}
        for reason, flawed in flaws.items():
            if (flawed & fine).any():
                aside[reason] = np.flatnonzero(flawed & fine)
            fine &= ~flawed
        return aside, fine

    def _make_room(self, low: int, high: int) -> None:
        """Let the open seconds and the windows of items reach from one second to another."""
        width = self.item_seconds
        if self._hot_first >= self._end:
            self._hot_first = low // width * width
        if self._first == self._end:
            self._first = self._end = low
        self._rows = [_reaching(column, self._first, 1, low, high) for column in self._rows]
        self._hot = _reaching(self._hot, self._hot_first, width, low, high)
        self._first, self._end = min(self._first, low), max(self._end, high + 1)
        self._hot_first = min(self._hot_first, low // width * width)

    def _log(self, columns: Columns) -> None:
        """Count the orders of a batch and log them, with a page for each of them at worst."""
        size, (rows, chunks) = columns[0].size, self._rows[2].shape
        need = size // kernel.PAGE + min(size, rows * (1 + chunks))
        if self._left[0] < need:
            self._resize(max(SMALLEST, self._free.size + need, 4 * self._free.size))
        rule = *self._rule[:2], self._first, self._hot_first, self.item_seconds, self._rule[3], self._bits, chunks > 0
        pages = (*self._logs, self._free, self._left)
        columns = columns[0].view(np.uint64), *columns[1:]
        kernel.log(columns, rule, (*self._rows, self._hot), pages, self._tallies)

    def _settled(self, count: int) -> tuple[Counts, Counts, Counts, Counts]:
        """Take the copies out of the first open seconds: windows, windows of items, a correction of tallies, pages."""
        cursor, _, chunks, windows = (column[:count] for column in self._rows)
        windows, hot = windows.astype(np.int64), self._hot.astype(np.int64)
        pages = np.empty(self._free.size - self._left[0], np.int64)
        rule = self._bits, self._first, self._hot_first, self.item_seconds
        copies, used = kernel.settle(count, cursor, tuple(self._logs), rule, (windows, hot), pages)
        pages = np.append(pages[:used], chunks[chunks > 0] - 1)
        return windows.reshape(-1, *self.shape[:2]), hot, np.array([0, -copies, copies, 0, 0]), pages

    def _ended(self, clock: int) -> int:
        """Count the windows of items that end by then and that an order can have entered."""
        reached = -((self._hot_first - self._end) // self.item_seconds)
        return max(0, min((clock - self._hot_first) // self.item_seconds, reached))

    def _close(self, end: int, hot_end: int) -> Closed:
        count, ended = max(0, min(end, self._end) - self._first), self._ended(hot_end)
        windows, hot, missed, free = self._settled(count)
        closed = Closed(self._first, windows, self._hot_first, hot[:ended])
        self._tallies += missed
        self._rows, self._hot = [column[count:] for column in self._rows], hot[ended:].astype("i4")
        self._first, self._hot_first = self._first + count, self._hot_first + ended * self.item_seconds
        left, size = int(self._left[0]), self._free.size
        self._free[left : left + free.size] = free
        self._left[0] += free.size
        if 8 * (size - self._left[0]) < size > SMALLEST and self._used() <= size // 4:
            self._resize(size // 4)
        return closed

    def _used(self) -> int:
        """Let the lowest free pages be used next, and give the number of pages up to the highest that is in use."""
        free, size = self._free[: self._left[0]], self._free.size
        free[:] = np.sort(free)[::-1]
        return size - int(np.argmin(np.append(free == np.arange(size - 1, size - 1 - free.size, -1), False)))

    def _resize(self, pages: int) -> None:
        """Have another number of pages, all in use among them; the free ones are not touched and take no memory."""
        used, size, left = self._used(), self._free.size, int(self._left[0])
        free = np.append(np.arange(pages - 1, size - 1, -1), self._free[max(0, size - pages) : left])
        self._left[0], self._free = free.size, np.append(free, np.zeros(pages - free.size)).astype(np.int32)
        for k, width in enumerate((kernel.PAGE, kernel.PAGE, kernel.PAGE, 1)):
            old, self._logs[k] = self._logs[k], np.empty(pages * width, self._logs[k].dtype)
            self._logs[k][: used * width] = old[: used * width]

    def __getstate__(self) -> dict[str, object]:
        self._resize(self._used())
        return self.__dict__


def _read(batch: Batch) -> tuple[Columns, dict[str, Flags]]:
    """Give the columns of a batch as whole numbers, minus one where a value is none, and the flaws of its amounts."""
    if not isinstance(batch, Mapping | pd.DataFrame):
        raise ArgumentError("batch", "a DataFrame or a mapping of columns", type(batch).__name__)
    for name in ("id", "second", "province", "category"):
        if name not in batch:
            raise ArgumentError(name, "a column of the batch", ", ".join(map(str, batch)))
    columns = {name: _numbers(name, batch[name]) for name in ("id", *KINDS, "amount") if name in batch}
    size = columns["id"].size
    columns, flaws = {"arrived": columns["second"], "item": np.zeros(size, np.int32)} | columns, {}
    for name, column in columns.items():
        if column.size != size:
            raise ArgumentError(name, f"a number for each of {size} orders", f"{column.size} of them")
    if "amount" in columns:
        flawed = ~((columns["amount"] >= 0) & (columns["amount"] < np.inf))
        flaws = {"amount: expected a number from 0 up": flawed} if flawed.any() else {}
    ids, *rest = (np.ascontiguousarray(_wholes(columns[name])) for name in ("id", *KINDS))
    if any(column.dtype != kind for column, kind in zip(rest, KINDS.values(), strict=True)):
        rest = [column.astype(np.int64, copy=False) for column in rest]
    return (ids if ids.dtype == np.uint64 else ids.astype(np.int64, copy=False), *rest), flaws


def _numbers(name: str, values: ArrayLike) -> NDArray[np.generic]:
    """Give a column as numbers, judged row by row; a gap stands for text, flags and whatever else is none."""
    try:
        column = np.asarray(values, None if hasattr(values, "dtype") else object)
    except ValueError:  # rows of several lengths
        column = np.zeros((0, 0))
    if column.ndim != 1:
        raise ArgumentError(name, "a column of numbers", f"shape {column.shape}")
    if column.dtype.kind in "iuf":
        return column
    rows = column.tolist() if column.dtype == object else [None] * column.size
    large = any(isinstance(v, Integral) and abs(v) > 2**53 for v in rows)  # a float would not hold it exactly
    known = [isinstance(v, Integral if large else Real) and not isinstance(v, bool) for v in rows]
    if all(known) and (plain := np.array(rows)).dtype.kind in "iuf":
        return plain
    gap, kind = (-1, np.int64) if large else (np.nan, float)
    return np.array([v if fine and abs(v) < 2**63 else gap for v, fine in zip(rows, known, strict=True)], kind)


def _wholes(column: NDArray[np.generic]) -> NDArray[np.integer]:
    """Give whole numbers; minus one stands for gaps, fractions and what a float cannot hold exactly."""
    if column.dtype.kind == "f":
        column = column.astype(float)
        exact = (column == np.floor(column)) & (np.abs(column) <= 2**53)
        column = np.where(exact, column, -1).astype(np.int64)
    return column


def _reaching(column: NDArray[np.generic], first: int, width: int, low: int, high: int) -> NDArray[np.generic]:
    """Let entries of a width, from a first second on, reach from one second to another; they grow by half."""
    before, after = max(0, -((low - first) // width)), (high - first) // width + 1 - len(column)
    after = max(after, len(column) // 2) if after > 0 else 0
    return np.pad(column, ((before, after), *((0, 0),) * (column.ndim - 1))) if before or after else column
