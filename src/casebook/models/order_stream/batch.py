"""Batches of orders: their columns checked, and split so that copies of an order meet."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Batch = Mapping[str, ArrayLike] | pd.DataFrame

COLUMNS = ("id", "second", "arrived", "province", "category", "item")


def checked(batch: Batch, provinces: int, categories: int, items: int) -> tuple[NDArray[np.generic], ...]:
    """Give the columns of a batch in the order and the types that the kernel takes, or say what is wrong."""
    if not isinstance(batch, Mapping | pd.DataFrame):
        raise ValueError(f"batch: expected a DataFrame or a mapping of columns, found {type(batch).__name__}")
    given = {name: _column(batch, name) for name in COLUMNS if name in batch}
    for name in ("id", "second", "province", "category"):
        if name not in given:
            raise ValueError(f"{name}: expected a column of the batch, found {sorted(map(str, batch))}")
    given.setdefault("arrived", given["second"])
    given.setdefault("item", np.zeros(given["id"].size, np.int32))
    for name, column in given.items():
        if column.size != given["id"].size:
            raise ValueError(f"{name}: expected {given['id'].size} orders, found {column.size}")
    for name, most in (("province", provinces), ("category", categories), ("item", items)):
        _below(name, given[name], most)
    ids = given["id"].astype(np.int64, copy=False).view(np.uint64) if given["id"].dtype != np.uint64 else given["id"]
    kinds = (np.int64, np.int64, np.int16, np.int16, np.int32)
    rest = (np.ascontiguousarray(given[name], kind) for name, kind in zip(COLUMNS[1:], kinds, strict=True))
    return (np.ascontiguousarray(ids), *rest)


def split(batch: Batch, parts: int) -> list[dict[str, NDArray[np.generic]]]:
    """Split a batch by id, so that all copies of an order meet in the same part.

    Each part may have a monitor of its own; the sums of their windows are those of one monitor for all.
    """
    columns = {name: np.asarray(batch[name]) for name in COLUMNS if name in batch}
    part = (columns["id"] >> 6) % whole("parts", parts, 1)
    return [{name: column[part == k] for name, column in columns.items()} for k in range(parts)]


def _column(batch: Batch, name: str) -> NDArray[np.generic]:
    column = np.asarray(batch[name])
    if column.ndim != 1:
        raise ValueError(f"{name}: expected one number an order, found shape {column.shape}")
    if column.size and column.dtype.kind not in "iu":
        raise ValueError(f"{name}: expected whole numbers, found {column.dtype}")
    return column if column.size else column.astype(np.int64)


def _below(name: str, column: NDArray[np.generic], most: int) -> None:
    if column.size and not (column.min() >= 0 and column.max() < most):
        wrong = column[(column < 0) | (column >= most)][0]
        raise ValueError(f"{name}: expected 0 to {most - 1}, found {wrong}")


def whole(name: str, value: int, least: int) -> int:
    """Give a whole number of at least so much."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ValueError(f"{name}: expected a whole number of at least {least}, found {value!r}")
    return int(value)
