"""Checks of what callers of the location methods pass in; each error names the parameter and its value."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def distances(distance: ArrayLike) -> Array:
    """Return distances as a table of finite numbers of at least zero, one row a demand point, one column a site."""
    table = _floats("distance", distance)
    if table.ndim != 2 or table.size == 0:
        raise ValueError(f"distance: expected at least one demand point and one site, found shape {table.shape}")
    wrong = ~(np.isfinite(table) & (table >= 0))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        found = f"{table[row, column]:g} in row {row}, column {column}"
        raise ValueError(f"distance: expected finite numbers of at least 0, found {found}")
    return table


def demands(demand: ArrayLike | None, points: int) -> Array:
    """Return the demand of each point, one where none is given."""
    if demand is None:
        return np.ones(points)
    weights = _floats("demand", demand)
    if weights.shape != (points,):
        raise ValueError(f"demand: expected {points} numbers, one a demand point, found shape {weights.shape}")
    _each("demand", weights, 0, math.inf)
    if weights.max() > np.finfo(float).max / points:
        raise ValueError(f"demand: expected a sum that is finite, found {weights.max():g} as the largest")
    return weights


def weighted(table: Array, weights: Array) -> Array:
    """Return distance times demand, refusing what is too large to be added up."""
    with np.errstate(over="ignore"):
        total = table.max(axis=1) @ weights
    if not math.isfinite(total):
        raise ValueError(f"distance: expected sums of distance times demand that are finite, found {table.max():g}")
    return table * weights[:, None]


def count(p: int, sites: int) -> int:
    """Return the number of sites to open; a float such as 5.0 is welcome."""
    asked = whole("p", p, 1)
    if asked > sites:
        raise ValueError(f"p: expected at most {sites} sites, found {asked}")
    return asked


def whole(name: str, value: int, least: int) -> int:
    """Return a whole number of at least `least`; a float such as 5.0 is welcome."""
    asked = number(name, value, least)
    if not asked.is_integer():
        raise ValueError(f"{name}: expected a whole number, found {value}")
    return int(asked)


def number(name: str, value: float, least: float) -> float:
    """Return one number of at least `least`, which may be infinite but not missing."""
    try:
        result = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: expected a number, found {value!r}") from None
    if not result >= least:
        raise ValueError(f"{name}: expected a number of at least {least:g}, found {value}")
    return result


def probabilities(open_probability: ArrayLike, sites: int) -> Array:
    """Return the chance of being open of each site, from one number for all or one a site."""
    chance = _floats("open_probability", open_probability)
    if chance.shape not in ((), (sites,)):
        raise ValueError(f"open_probability: expected one number or {sites}, found shape {chance.shape}")
    _each("open_probability", chance, 0, 1)
    return np.broadcast_to(chance, (sites,))


def indices(sites: ArrayLike, available: int) -> NDArray[np.int64]:
    """Return the indices of chosen sites; none may appear twice."""
    chosen = _floats("sites", sites)
    if chosen.ndim != 1:
        raise ValueError(f"sites: expected indices in a row, found shape {chosen.shape}")
    wrong = ~((chosen >= 0) & (chosen < available) & (chosen == np.floor(chosen)))
    if wrong.any():
        raise ValueError(f"sites: expected whole numbers from 0 to {available - 1}, found {chosen[wrong][0]:g}")
    found, times = np.unique(chosen, return_counts=True)
    if (times > 1).any():
        raise ValueError(f"sites: expected each site once, found {found[times > 1][0]:g} twice")
    return chosen.astype(np.int64)


def _floats(name: str, values: ArrayLike) -> Array:
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: expected numbers, found {values!r}") from None


def _each(name: str, values: Array, low: float, high: float) -> None:
    wrong = ~(np.isfinite(values) & (values >= low) & (values <= high))
    if wrong.any():
        bounds = f"of at least {low:g}" if high == math.inf else f"from {low:g} to {high:g}"
        raise ValueError(f"{name}: expected finite numbers {bounds}, found {values[wrong].flat[0]:g}")
