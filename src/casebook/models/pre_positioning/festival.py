"""The assumptions: a festival, its catalogue and its warehouses."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]

POSITIVE = ("pieces", "catalogue_items", "change_log_sd", "signal_log_sd", "short_rmb_per_piece", "left_rmb_per_piece")
COUNTED = {"drawn_items": 100, "warehouses": 1, "past_festivals": 3}


@dataclass(frozen=True)
class Festival:
    """A festival of many items and several warehouses; whole numbers may come as floats.

    Attributes
    ----------
    pieces, catalogue_items
        Pieces expected in all, and items on offer; an item's mean is their ratio.
    drawn_items
        Items followed, one for each equal slice of the catalogue by popularity.
    warehouses, size_power
        Warehouses, each with its own customers; the r-th largest serves a share in proportion to r to minus the power.
    popularity_log_sd
        Standard deviation of the logarithm of an item's popularity.
    change_log_sd
        The same of the factor by which a festival changes what an item sells on ordinary days.
    signal_log_sd
        The same of the error of what customers show beforehand (baskets, wish lists).
    local_log_sd, total_log_sd
        The same of a warehouse's own taste for an item, and of the error in the forecast of the total.
    short_rmb_per_piece, left_rmb_per_piece
        Cost of a piece that must come from afar, p, and of one left over, h.
    line_haul_hours
        Hours a piece from afar is longer on its way.
    past_festivals
        Festivals that are remembered.

    Raises
    ------
    ValueError
        When a number is negative, not finite, nought where it must not be, or not whole where it counts.
    """

    pieces: float = 777_000_000
    catalogue_items: float = 1_000_000
    drawn_items: float = 2_000
    warehouses: float = 30
    size_power: float = 0.5
    popularity_log_sd: float = 2.0
    change_log_sd: float = 0.8
    signal_log_sd: float = 0.5
    local_log_sd: float = 0.3
    total_log_sd: float = 0.076
    short_rmb_per_piece: float = 3.0
    left_rmb_per_piece: float = 1.0
    line_haul_hours: float = 36.0
    past_festivals: float = 4

    def __post_init__(self) -> None:
        for name in (field.name for field in fields(self)):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0) or (name in POSITIVE and value == 0):
                raise ValueError(
                    f"{name}: expected a finite number {'above' if name in POSITIVE else 'from'} 0, found {value}"
                )
            if name in COUNTED and (value != int(value) or value < COUNTED[name]):
                raise ValueError(f"{name}: expected a whole number from {COUNTED[name]}, found {value}")

    @property
    def ratio(self) -> float:
        """Critical ratio p / (h + p) of the newsvendor."""
        return self.short_rmb_per_piece / (self.short_rmb_per_piece + self.left_rmb_per_piece)

    @property
    def popularity(self) -> Array:
        """Pieces expected of each drawn item, shape (items,), ascending."""
        n = int(self.drawn_items)
        raw = np.exp(self.popularity_log_sd * special.ndtri((np.arange(n) + 0.5) / n))
        return raw / raw.mean() * self.pieces / self.catalogue_items

    @property
    def shares(self) -> Array:
        """Share of the customers each warehouse serves, shape (warehouses,), descending."""
        raw = np.arange(1, int(self.warehouses) + 1.0) ** -self.size_power
        return raw / raw.sum()

    @property
    def correlation(self) -> float:
        """Correlation of the logarithms of what two warehouses want of an item beyond an ideal forecast."""
        common = self.ideal_log_sd**2 - self.local_log_sd**2
        return common / self.ideal_log_sd**2 if self.ideal_log_sd else 0.0

    @property
    def ideal_log_sd(self) -> float:
        """Error of the best forecast of one item in one warehouse, as a standard deviation of logarithms."""
        item = 1 / (self.change_log_sd**-2 + self.signal_log_sd**-2)
        return math.sqrt(item + self.local_log_sd**2 + self.total_log_sd**2)
