"""A whole day under the monitor, in parts that any executor may share out; the answer does not depend on it."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.random import SeedSequence

from casebook.methods import replicates
from casebook.models.order_stream.day import DAY, Day
from casebook.models.order_stream.drawing import Columns, placed, stream
from casebook.models.order_stream.monitor import Account, Closed, Counts, Monitor


@dataclass(frozen=True)
class Report:
    """What the monitors of a day's parts counted, together.

    Attributes
    ----------
    account
        What became of all that was received.
    placed
        Orders that were really placed, by second, shape (86,400,): the truth that the windows are held against.
    provinces, categories
        Orders counted by second, shapes (86,400, provinces) and (86,400, categories).
    items
        Orders counted by window of items, shape (windows, items).
    state_bytes
        The largest memory of a monitor's state at the end of a batch, added over the parts.
    """

    account: Account
    placed: Counts
    provinces: Counts
    categories: Counts
    items: Counts
    state_bytes: int

    @property
    def totals(self) -> Counts:
        """Orders counted in each second."""
        return self.provinces.sum(axis=1)

    def __add__(self, other: Report) -> Report:
        return Report(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def part_of(day: Day, part: int, parts: int) -> Day:
    """Give the day of one part of the orders; independent parts together are distributed like the whole."""
    return replace(
        day, orders=day.orders // parts + (part < day.orders % parts), peak_per_second=day.peak_per_second / parts
    )


def tally(closed: Iterable[Closed], day: Day, item_seconds: int) -> tuple[Counts, Counts, Counts]:
    """Add closed windows up: orders by second and province, by second and category, by window and item."""
    provinces, categories = np.zeros((DAY, day.provinces), np.int64), np.zeros((DAY, day.categories), np.int64)
    items = np.zeros((-(-DAY // item_seconds), day.items), np.int64)
    for some in closed:
        rows = slice(some.first, some.first + len(some.windows))
        provinces[rows] += some.windows.sum(axis=2)
        categories[rows] += some.windows.sum(axis=1)
        first = some.items_first // item_seconds
        items[first : first + len(some.items)] += some.items
    return provinces, categories, items


def watch(
    day: Day,
    horizon_seconds: int,
    parts: int = 4,
    seed: int | SeedSequence = 0,
    item_seconds: int = 600,
    executor: Executor | None = None,
) -> Report:
    """Draw a day and watch it, one monitor a part.

    Parameters
    ----------
    day
        What kind of day.
    horizon_seconds, item_seconds
        As for `Monitor`.
    parts
        Into how many independent streams the orders are split; they are what executors share out.
    seed
        A whole number or a SeedSequence.
    executor
        Any concurrent.futures executor; None runs here. The numbers are the same.
    """
    work = partial(_watch, day=day, parts=parts, horizon_seconds=horizon_seconds, item_seconds=item_seconds)
    first, *rest = (_as(np.int64, found) for found in replicates.run(work, replicates.spawn(seed, parts), executor))
    return sum(rest, first)


def _watch(seed: SeedSequence, day: Day, parts: int, horizon_seconds: int, item_seconds: int) -> Report:
    part = int(seed.spawn_key[-1])
    mine = part_of(day, part, parts)
    monitor = Monitor(day.provinces, day.categories, day.items, horizon_seconds, item_seconds)
    largest = [0]

    def closed() -> Iterable[Closed]:
        for clock, batch in stream(mine, seed, part):
            yield step(monitor, clock, batch)
            largest[0] = max(largest[0], monitor.nbytes)
        yield monitor.finish()

    counted = tally(closed(), day, item_seconds)
    return _as(None, Report(monitor.account, placed(mine, seed), *counted, largest[0]))


def _as(kind: type[np.int64] | None, report: Report) -> Report:
    """Give a report whose counts are of a kind; of the smallest that holds them, for the way between processes."""
    counts = {name: getattr(report, name) for name in ("placed", "provinces", "categories", "items")}
    kinds = {name: kind or np.min_scalar_type(int(found.max(initial=0))) for name, found in counts.items()}
    return replace(report, **{name: found.astype(kinds[name]) for name, found in counts.items()})


def step(monitor: Monitor, clock: int, batch: Columns) -> Closed:
    """Feed a batch and close what it completes."""
    monitor.feed(batch)
    return monitor.advance(clock)
