"""A monitor of a stream of orders: exact totals by second, province and category, and no order counted twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casebook.models.order_stream import kernel
from casebook.models.order_stream.batch import Batch, checked, whole

Counts = NDArray[np.int64]

SMALLEST = 1024  # slots of the set of ids
MOST_SECONDS = 1_000_000  # open at a time: beyond it a clock is wrong


@dataclass(frozen=True)
class Account:
    """What became of every order received: counted + duplicates + too late = received.

    Attributes
    ----------
    received
        Orders fed, copies included.
    counted
        Orders in the windows, each id once.
    duplicates
        Copies of an order that was counted.
    too_late
        Orders and copies that arrived beyond the horizon.
    late
        Those among the counted and the duplicates that arrived after their own second.
    """

    received: int = 0
    counted: int = 0
    duplicates: int = 0
    too_late: int = 0
    late: int = 0

    def __add__(self, other: Account) -> Account:
        return Account(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Closed:
    """Windows that nothing can change any more.

    Attributes
    ----------
    first
        The second of the first window.
    windows
        Orders, shape (seconds, provinces, categories).
    items_first
        The second with which the first window of items begins.
    items
        Orders, shape (windows of items, items).
    """

    first: int
    windows: Counts
    items_first: int
    items: Counts


class Monitor:
    r"""Count orders by second, province and category, and by item, as they come in.

    An order is counted once, however many copies of it arrive: its id is remembered as long as a copy could still be
    counted. Feed batches of any size, in any order. An order is too late when it arrived more than the horizon after
    it was placed, which its own two stamps decide; so the answer depends neither on the size or order of the batches
    nor on how the stream was split. Memory is that of the open seconds, and does not grow with the stream, when
    `advance` says from time to time how far the arrivals are complete. The watermark then moves to

    .. math:: w = \text{clock} - \text{horizon}

    and all seconds before it are closed.

    Parameters
    ----------
    provinces, categories, items
        How many there are; orders name them by number from zero.
    horizon_seconds
        How long after its second an order may arrive, at least zero.
    item_seconds
        Length of the windows in which items are counted.

    Raises
    ------
    ValueError
        When a number is out of range.

    References
    ----------
    T. Akidau and others, *The Dataflow Model*, Proceedings of the VLDB Endowment 8 (2015), for watermarks.
    """

    def __init__(
        self,
        provinces: int = 31,
        categories: int = 20,
        items: int = 4096,
        horizon_seconds: int = 86_400,
        item_seconds: int = 600,
    ) -> None:
        self.provinces = whole("provinces", provinces, 1)
        self.categories = whole("categories", categories, 1)
        self.items = whole("items", items, 1)
        self.horizon_seconds = whole("horizon_seconds", horizon_seconds, 0)
        self.item_seconds = whole("item_seconds", item_seconds, 1)
        self.watermark: int | None = None
        self._first = self._end = 0  # the open seconds: from the first on, before the end
        self._windows: Counts = np.zeros((0, provinces * categories), np.int64)
        self._items_first = 0
        self._items: Counts = np.zeros((0, items), np.int64)
        self._tallies = np.zeros(5, np.int64)
        self._set = _empty(SMALLEST)

    @property
    def account(self) -> Account:
        """What became of the orders received so far."""
        return Account(*self._tallies.tolist())

    @property
    def open(self) -> Closed:
        """The windows that may still change, as they stand."""
        return self._cut(self._end, self._end + self.item_seconds)

    @property
    def nbytes(self) -> int:
        """Memory of the state, in bytes."""
        return self._windows.nbytes + self._items.nbytes + sum(array.nbytes for array in self._set[:3])

    def feed(self, batch: Batch) -> None:
        """Count a batch, or nothing of it when it is refused.

        Parameters
        ----------
        batch
            A DataFrame or a mapping of equally long columns of whole numbers: 'id', 'second' (when the order was
            placed), 'province', 'category'; and where known 'item' and 'arrived', the second in which it reached the
            monitor. An order without 'arrived' came at once. Copies of an order are alike but for 'arrived'.

        Raises
        ------
        ValueError
            When a column is missing, not whole, of another length or out of range.
        """
        columns = checked(batch, self.provinces, self.categories, self.items)
        if columns[0].size == 0:
            return
        self._make_room(columns[1], columns[2])
        lowest = np.iinfo(np.int64).min if self.watermark is None else self.watermark
        rule = (lowest, self.horizon_seconds, self.item_seconds)
        rows = (self._first, self._items_first, self.categories)
        done = 0
        while done < columns[0].size:
            room = len(self._set[0]) * 3 // 4
            done = kernel.count(done, columns, rule, rows, room, self._set, self._windows, self._items, self._tallies)
            if self._set[4][0] >= room:
                self._sweep(lowest)

    def advance(self, clock: int) -> Closed:
        """Declare that all that arrived before a second has been fed; close and forget what nothing can change.

        Parameters
        ----------
        clock
            A second of arrival, not before the one of the last call.

        Returns
        -------
        Closed
            The windows that this closes, perhaps none. What belongs to them and is fed all the same is too late.

        Raises
        ------
        ValueError
            When the clock goes back.
        """
        watermark = whole("clock", clock, -(2**62)) - self.horizon_seconds
        if self.watermark is not None and watermark < self.watermark:
            at = self.watermark + self.horizon_seconds
            raise ValueError(f"clock: expected at least {at}, found {clock}")
        self.watermark = watermark
        return self._close(watermark, watermark)

    def finish(self) -> Closed:
        """Close what is open: the stream has ended."""
        self.watermark = self._end if self.watermark is None else max(self._end, self.watermark)
        return self._close(self._end, self._end + self.item_seconds)

    def _cut(self, end: int, items_end: int) -> Closed:
        """Copy the windows that end by then, in which any order can have been."""
        seconds = max(0, min(end, self._end) - self._first)
        ended = max(0, (items_end - self._items_first) // self.item_seconds)
        reached = max(0, -((self._items_first - self._end) // self.item_seconds))
        rows = self._windows[:seconds].reshape(-1, self.provinces, self.categories)
        return Closed(self._first, rows.copy(), self._items_first, self._items[: min(ended, reached)].copy())

    def _close(self, end: int, items_end: int) -> Closed:
        closed = self._cut(end, items_end)
        self._windows, self._items = self._windows[len(closed.windows) :], self._items[len(closed.items) :]
        self._first += len(closed.windows)
        self._items_first += self.item_seconds * len(closed.items)
        return closed

    def _make_room(self, second: Counts, arrived: Counts) -> None:
        """Let the windows reach from the first to the last second that can be counted."""
        low = max(int(second.min()), int(arrived.min()) - self.horizon_seconds)
        high = int(second.max())
        if self.watermark is not None:
            low = max(low, self.watermark)
        if high < low:
            return
        first, items_first = self._first, self._items_first
        if first == self._end:
            first = low
        if items_first >= self._end:
            items_first = low // self.item_seconds * self.item_seconds
        end = max(high + 1, self._end if self._first < self._end else high + 1)
        if end - min(low, first) > MOST_SECONDS:
            raise ValueError(f"second: expected at most {MOST_SECONDS} open seconds, found {end - min(low, first)}")
        self._windows, self._first = _reaching(self._windows, first, 1, low, high)
        self._items, self._items_first = _reaching(self._items, items_first, self.item_seconds, low, high)
        self._end = end

    def _sweep(self, watermark: int) -> None:
        """Forget the ids of closed seconds, and size the set for those that remain."""
        keys, words, last = self._set[:3]
        size = SMALLEST
        while size < 2 * kernel.living(words, last, watermark):
            size *= 2
        self._set = _empty(size)
        kernel.carry((keys, words, last), watermark, self._set)


def together(accounts: Iterable[Account]) -> Account:
    """Add the accounts of monitors that each watched a part of the stream."""
    return sum(accounts, Account())


def _empty(size: int) -> tuple[NDArray, NDArray, NDArray, np.uint64, Counts]:
    """Make an empty set of ids: keys, words, last seconds, the shift of the hash and the number of words."""
    shift = np.uint64(64 - (size.bit_length() - 1))
    return (
        np.zeros(size, np.uint64),
        np.zeros(size, np.uint64),
        np.zeros(size, np.int64),
        shift,
        np.zeros(1, np.int64),
    )


def _reaching(windows: Counts, first: int, width: int, low: int, high: int) -> tuple[Counts, int]:
    """Let windows of a width reach from one second to another; they grow by half, so that growing stays cheap."""
    before = max(0, -((low - first) // width))
    rows = (high - first) // width + 1
    if not before and rows <= len(windows):
        return windows, first
    after = max(rows - len(windows), len(windows) // 2 if rows > len(windows) else 0)
    grown = np.zeros((before + len(windows) + after, windows.shape[1]), np.int64)
    grown[before : before + len(windows)] = windows
    return grown, first - before * width
