"""A festival day of orders: its rush at midnight, its incidents, and how it is spread; illustrative."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

Array = NDArray[np.float64]

SLOTS = 65_536  # chances are drawn in so many equal parts, sixteen random bits each
DAY = 86_400
LONGEST = 6 * 3600  # seconds until an order arrives, at most
DECIMALS = 4  # to which rates are rounded, so that any machine draws the same orders


@dataclass(frozen=True)
class Incident:
    """Something that happens to the orders of one province.

    Attributes
    ----------
    kind
        'outage': a share of the province's orders never comes. 'burst': additional orders, all for one item.
    start_second, seconds
        When it begins and how long it lasts.
    province, item
        Whose orders; the item of a burst.
    severity_percent
        Orders lost, or added, over the province's ordinary ones.

    Raises
    ------
    ValueError
        When the kind is unknown or a number is out of range.
    """

    kind: str
    start_second: int
    seconds: int
    province: int
    severity_percent: float
    item: int = 0

    def __post_init__(self) -> None:
        if self.kind not in ("outage", "burst"):
            raise ValueError(f"kind: expected 'outage' or 'burst', found {self.kind!r}")
        _within("start_second", self.start_second, 0, DAY - 1)
        _within("seconds", self.seconds, 1, DAY - self.start_second)
        _within("severity_percent", self.severity_percent, 0, 100 if self.kind == "outage" else math.inf)


@dataclass(frozen=True)
class Day:
    """A festival day of orders.

    Attributes
    ----------
    orders
        Orders placed, copies not counted.
    peak_per_second
        Rate at the stroke of midnight.
    marks
        Running share of the day's orders at some seconds after midnight, ((second, share), …) up to (86,400, 1).
    provinces, categories, items
        How many there are. Item i belongs to category i modulo the categories.
    province_exponent, item_exponent
        Zipf's: the weight of rank r is r to minus this.
    slow_percent, slow_seconds, lost_percent, lost_seconds, prompt_seconds
        Shares of orders that arrive slowly or were out of reach, with the mean delay of each, and that of all others.
    copies_percent, retry_seconds
        Orders that are sent a second time, and after how long; the copy's own delay comes on top.
    incidents
        What happens; no two of them at a time.
    chunk_seconds, chunk_orders
        Seconds drawn at a time: fewer where this many orders come sooner, but at least one.

    Raises
    ------
    ValueError
        When a number is out of range, or two incidents overlap.
    """

    orders: int = 777_000_000
    peak_per_second: float = 325_000
    marks: tuple[tuple[float, float], ...] = ((34_560, 0.5751), (67_740, 0.8091), (74_700, 0.8621), (86_400, 1.0))
    provinces: int = 31
    categories: int = 20
    items: int = 4096
    province_exponent: float = 0.5
    item_exponent: float = 1.0
    prompt_seconds: float = 0.5
    slow_percent: float = 2.0
    slow_seconds: float = 20.0
    lost_percent: float = 0.1
    lost_seconds: float = 1800.0
    copies_percent: float = 1.0
    retry_seconds: int = 5
    incidents: tuple[Incident, ...] = ()
    chunk_seconds: int = 300
    chunk_orders: int = 250_000

    def __post_init__(self) -> None:
        for name, low, high in (
            ("orders", 0, 1e12),
            ("peak_per_second", 0, 1e12),
            ("provinces", 1, 2**15 - 1),
            ("categories", 1, 2**15 - 1),
            ("items", 1, SLOTS),
            ("prompt_seconds", 1e-9, LONGEST),
            ("slow_seconds", 1e-9, LONGEST),
            ("lost_seconds", 1e-9, LONGEST),
            ("slow_percent", 0, 100),
            ("lost_percent", 0, 100 - self.slow_percent),
            ("copies_percent", 0, 100),
            ("retry_seconds", 0, LONGEST),
            ("chunk_seconds", 1, DAY),
            ("chunk_orders", 1, 1e9),
        ):
            _within(name, getattr(self, name), low, high)
        times = sorted((incident.start_second, incident.seconds) for incident in self.incidents)
        for (start, seconds), (after, _) in pairwise(times):
            if start + seconds > after:
                raise ValueError(f"incidents: expected none to overlap, found one at second {after}")
        for incident in self.incidents:
            _within("incidents: province", incident.province, 0, self.provinces - 1)
            _within("incidents: item", incident.item, 0, self.items - 1)

    @property
    def ground(self) -> Array:
        """Orders a second without the rush, by stretch; of the first one it is taken to be that of the next."""
        at, share = np.array([(0.0, 0.0), *self.marks]).T
        pace = self.orders * np.diff(share) / np.diff(at)
        return np.array([pace[min(1, pace.size - 1)], *pace[1:]])

    @property
    def rush_seconds(self) -> float:
        r"""How long the rush lasts: the time in which it falls to 1/e, so that the first mark is met; zero without one.

        .. math:: N_1 = g\,t_1 + (P - g)\,\tau\,(1 - e^{-t_1/\tau})
        """
        end, share = self.marks[0]
        ground = self.ground[0]
        rush = self.orders * share - ground * end
        top = self.peak_per_second - ground
        if abs(rush) <= 1e-9 * self.orders:
            return 0.0
        if not 0 < rush < top * end:
            raise ValueError(f"peak_per_second: expected a peak that fits the marks, found {self.peak_per_second:g}")
        return float(brentq(lambda tau: top * tau * -math.expm1(-end / tau) - rush, 1e-6, 1e3 * end))

    @property
    def rates(self) -> Array:
        """Orders expected in each second of the day, shape (86,400,), incidents included."""
        tau, second = self.rush_seconds, np.arange(DAY)
        stretch = np.searchsorted([at for at, _ in self.marks], second, side="right")
        rate = self.ground[stretch]
        if tau:
            rate += (self.peak_per_second - self.ground[0]) * tau * -math.expm1(-1 / tau) * np.exp(-second / tau)
        share = weights(self.provinces, self.province_exponent)
        for incident in self.incidents:
            change = share[incident.province] * incident.severity_percent / 100
            during = slice(incident.start_second, incident.start_second + incident.seconds)
            rate[during] *= 1 + change if incident.kind == "burst" else 1 - change
        return rate.round(DECIMALS)


def weights(number: int, exponent: float) -> Array:
    """Give shares by Zipf's law, the largest first."""
    weight = np.arange(1.0, number + 1) ** -exponent
    return weight / weight.sum()


def scaled(day: Day, factor: float) -> Day:
    """Give a day of the same shape with so many times the orders."""
    return replace(day, orders=round(day.orders * factor), peak_per_second=day.peak_per_second * factor)


def _within(name: str, value: float, low: float, high: float) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        raise ValueError(f"{name}: expected a finite number of at least {low:g} and at most {high:g}, found {value}")
