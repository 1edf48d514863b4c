"""The festival of the order stream, order by order, as the full-scale run draws, counts and watches it.

A rush at midnight that dies away stands on a ground that the running counts fix. Some orders arrive late and some are
sent again. A province fails for some minutes, and another sends a burst for a single item. The orders of the whole day
are never in memory together: they are drawn some seconds at a time, and what arrives later waits.
"""

from __future__ import annotations

# ruff: noqa: ANN001, ANN201 - as in a chapter: arrays, and the numbers of a scene by name
from types import SimpleNamespace

import numpy as np
import pandas as pd

from casebook import ledger
from casebook.methods import monitoring, replicates
from casebook.methods.arguments import ArgumentError
from casebook.models.order_stream import Account, Monitor
from tests.seeding import chapter

CHAPTER = "singles-day/order-stream"
page = chapter(CHAPTER)
DAY = 24 * 3600

# The example: an outage in the morning, a burst like fraud in the afternoon, Zipf's law for items.
EXAMPLE = {
    "categories": 20, "items": 4096, "item_exponent": 1.0, "item_seconds": 600,
    "outage_start": 36_000, "outage_seconds": 300, "outage_province": 3, "outage_percent": 60.0,
    "burst_start": 54_000, "burst_seconds": 120, "burst_province": 5, "burst_percent": 200.0, "burst_item": 700,
}  # fmt: skip


def scene(**changes: float) -> SimpleNamespace:
    """Give the chapter's assumptions and those of the example, some of them changed."""
    given = ledger.assumptions(CHAPTER)
    return SimpleNamespace(**{name: getattr(given, name) for name in given.units} | EXAMPLE | changes)


def but(given: SimpleNamespace, **changes: float) -> SimpleNamespace:
    """Give a scene with some numbers changed."""
    return SimpleNamespace(**vars(given) | changes)


def rush_seconds(orders, peak, marks):
    """Give the chapter's time constant of the rush, zero on a day without one; refuse a peak that fits no rush."""
    (end, share), ground = marks[0], page.pace(orders, marks)[0]
    rush = orders * share - ground * end
    if abs(rush) <= 1e-9 * orders:
        return 0.0
    if not 0 < rush < (peak - ground) * end:
        raise ArgumentError("peak", "a peak that fits the running counts", peak)
    return page.rush_seconds(orders, peak, marks)


def rates(orders, peak, marks, given):
    """Orders expected in each second of the day, its outage and its burst included."""
    second, tau, ground = np.arange(DAY), rush_seconds(orders, peak, marks), page.pace(orders, marks)
    rate = ground[np.searchsorted([at for at, _ in marks], second, side="right")]
    if tau:
        fading = tau * -np.expm1(-1 / tau) * np.exp(-second / tau)
        rate = rate + (peak - ground[0]) * fading
    share = page.zipf(given.provinces, given.province_exponent)
    lost = share[int(given.outage_province)] * given.outage_percent / 100
    more = share[int(given.burst_province)] * given.burst_percent / 100
    rate[within(second, given.outage_start, given.outage_seconds)] *= 1 - lost
    rate[within(second, given.burst_start, given.burst_seconds)] *= 1 + more
    return rate.round(4)


def within(second, start, seconds):
    """Say which seconds lie in a stretch."""
    return (second >= start) & (second < start + seconds)


def slots(share):
    """Lay shares out over the slots that random bits choose from."""
    reached, middle = np.cumsum(share), (np.arange(2**16) + 0.5) / 2**16
    return np.searchsorted((reached / reached[-1]).round(9), middle)


def delays(given):
    """Lay out the whole seconds from placing to arriving, some hours at most."""
    second = np.arange(6 * 3600 + 1)[:, None]
    mean = np.array([given.prompt_seconds, given.slow_seconds, given.lost_seconds])
    slow, lost = given.slow_percent / 100, given.lost_percent / 100
    return slots((np.exp(-second / mean) * -np.expm1(-1 / mean)) @ [1 - slow - lost, slow, lost])


def lookups(given):
    """Give what random bits are looked up in: item, province, province in the outage, burst, delay."""
    share, item = page.zipf(given.provinces, given.province_exponent), page.zipf(given.items, given.item_exponent)
    left = share.copy()
    left[int(given.outage_province)] *= 1 - given.outage_percent / 100
    more = share[int(given.burst_province)] * given.burst_percent / 100
    return slots(item), slots(share), slots(left), round(2**16 * more / (1 + more)), delays(given)


def mixed(word):
    """Other random bits from random bits (Steele, Lea and Flood)."""
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9
    word = (word ^ (word >> 27)) * 0x94D049BB133111EB
    return word ^ (word >> 31)


def bits(word, place):
    """Give sixteen bits of a word."""
    return ((word >> place) & 0xFFFF).astype(np.intp)


def orders_of(word, second, number, given, tables):
    """One order a random word, and behind them the copies of those that are sent again."""
    more, (items, anywhere, left, burst, delay) = mixed(word), tables
    out = within(second, given.outage_start, given.outage_seconds)
    province = np.where(out, left[bits(word, 16)], anywhere[bits(word, 16)])
    hit = within(second, given.burst_start, given.burst_seconds) & (bits(more, 0) < burst)
    province = np.where(hit, int(given.burst_province), province)
    item = np.where(hit, int(given.burst_item), items[bits(word, 0)])
    arrived = second + delay[bits(word, 32)]
    late = arrived + int(given.retry_seconds) + delay[bits(more, 16)]
    once = {
        "id": number + np.arange(word.size),
        "second": second,
        "arrived": arrived,
        "province": province,
        "category": item % int(given.categories),
        "item": item,
    }
    again = word > np.uint64(2**64 - 1 - round(2**16 * given.copies_percent / 100) * 2**48)
    return {name: np.append(column, (late if name == "arrived" else column)[again]) for name, column in once.items()}


def placed(orders, rate, seed):
    """How many orders each second has; they add up to the day's."""
    random = np.random.default_rng(replicates.spawn(seed, 2)[0])
    return random.multinomial(orders, rate / rate.sum())


def stretches(counts, seconds=300, orders=250_000):
    """Cut the day, and the hours after it, where so many seconds or orders are full."""
    total, start = np.append(0, np.cumsum(counts)), 0
    while True:
        full = int(np.searchsorted(total, total[min(start, DAY)] + orders, side="right")) - 1
        clock = start + seconds if start + seconds >= DAY else min(start + seconds, max(full, start + 1))
        yield start, clock
        start = clock


def stream(orders, rate, given, seed, part=0):
    """Yield a clock, and all orders that arrived before it and after the clock before."""
    counts, tables, waiting, number = placed(orders, rate, seed), lookups(given), None, part << 40
    random = np.random.default_rng(replicates.spawn(seed, 2)[1])
    for start, clock in stretches(counts):
        word = random.integers(0, 2**64, counts[start:clock].sum(), dtype=np.uint64)
        second = np.repeat(np.arange(start, start + counts[start:clock].size), counts[start:clock])
        drawn = orders_of(word, second, number, given, tables)
        waiting = (
            drawn if waiting is None else {name: np.append(column, drawn[name]) for name, column in waiting.items()}
        )
        due, number = waiting["arrived"] < clock, number + word.size
        yield clock, {name: column[due] for name, column in waiting.items()}
        waiting = {name: column[~due] for name, column in waiting.items()}
        if clock >= DAY and not waiting["id"].size:
            return


def watch(seed, orders, peak, marks, given, parts=1):
    """Count a part of the day's orders; the truth stands beside the counts."""
    part, shape = int(seed.spawn_key[-1]), [int(n) for n in (given.provinces, given.categories, given.items)]
    mine = orders // parts + (part < orders % parts)
    rate = rates(mine, peak / parts, marks, given)
    monitor = Monitor(*shape, given.horizon_seconds, given.item_seconds)
    counts = [np.zeros((DAY, n), int) for n in shape[:2]] + [np.zeros((-(-DAY // monitor.item_seconds), shape[2]), int)]
    state = 0
    for clock, batch in stream(mine, rate, given, seed, part):
        monitor.feed(batch)
        add(counts, monitor.advance(clock), monitor.item_seconds)
        state = max(state, monitor.nbytes)
    add(counts, monitor.finish(), monitor.item_seconds)
    return {
        "account": monitor.account,
        "placed": placed(mine, rate, seed),
        "state": state,
        "provinces": counts[0],
        "categories": counts[1],
        "items": counts[2],
    }


def add(counts, closed, item_seconds):
    """Add closed windows to the counts of the day."""
    provinces, categories, items = counts
    provinces[closed.first : closed.first + len(closed.windows)] += closed.windows.sum(axis=2)
    categories[closed.first : closed.first + len(closed.windows)] += closed.windows.sum(axis=1)
    first = closed.items_first // item_seconds
    items[first : first + len(closed.items)] += closed.items


def together(reports):
    """Add up what the parts of a day gave."""
    sums = {name: sum(report[name] for report in reports) for name in reports[0] if name != "account"}
    account = Account(*map(sum, zip(*(report["account"] for report in reports), strict=True)))
    return SimpleNamespace(**sums, account=account)


def grouped(counts, seconds):
    """Add counts by second up to longer windows."""
    whole = len(counts) // int(seconds) * int(seconds)
    return counts[:whole].reshape(-1, int(seconds), counts.shape[1]).sum(axis=1)


def scores(counts, share):
    """Deviations from the usual shares, in standard deviations."""
    total = counts.sum(axis=1, keepdims=True)
    sd = np.sqrt(total * share * (1 - share))
    return np.divide(counts - total * share, sd, out=np.zeros(counts.shape), where=sd > 0)


def hourly(days):
    """Give the usual shares by hour, (hours, streams), of past days, (days, windows, streams)."""
    total = days.sum(axis=2, keepdims=True)
    share = np.divide(days, total, out=np.zeros(days.shape), where=total > 0)
    by_hour = (len(days), 24, -1, days.shape[2])
    filled = (total > 0).reshape(*by_hour[:3], 1).sum(axis=2)
    if not filled.all():
        raise ArgumentError("days", "orders in every hour", "an hour without")
    usual = np.median(share.reshape(by_hour).sum(axis=2) / filled, axis=0)
    return usual / usual.sum(axis=1, keepdims=True)


def usual(hours, windows):
    """Give the share expected in each window of the day."""
    at, middle = (np.arange(windows) + 0.5) / windows * 24, np.arange(24) + 0.5
    return np.column_stack([np.interp(at, middle, share, period=24) for share in hours.T])


def limit(given, streams):
    """Give the limit with which all charts together keep the promise."""
    windows = DAY / given.window_seconds * streams
    return monitoring.cusum_limit(windows / given.false_alarms, given.reference)


def alarms(score, given, limit):
    """Give a row an alarm: the stream, the end of the window that rang, and the side."""
    charts = [monitoring.cusum(column, given.reference, limit) for column in score.T]
    rows = [
        (stream, at + 1, side)
        for stream, chart in enumerate(charts)
        for at, side in zip(chart.alarms, chart.sides, strict=True)
    ]
    found = pd.DataFrame(rows, columns=["stream", "second", "side"])
    return found.assign(second=found["second"] * int(given.window_seconds))


def quiet(mean, share, days, seed):
    """Draw counts of quiet days, (days, windows, streams), from the mean orders of each window."""
    random = np.random.default_rng(seed)
    return random.multinomial(random.poisson(mean, (days, len(mean))), share)


def ordinary(given):
    """Give the shares of provinces and of categories, as they are drawn."""
    item, province, *_ = lookups(given)
    return np.bincount(province) / 2**16, np.bincount(item % int(given.categories)) / 2**16
