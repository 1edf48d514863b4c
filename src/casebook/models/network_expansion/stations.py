"""Stations over cities and within one: how many each gets, and how far people walk."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import SeedSequence
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist

from casebook.methods import location
from casebook.methods.allocation import apportion, transportation

PEOPLE = 20_000  # who walk in one simulated city


def sizes(cities: int, largest: float, exponent: float = 1.0) -> NDArray[np.int64]:
    r"""Return city populations by Zipf's law, :math:`N_r = N_1 / r^s`, rounded, from the largest down.

    Raises
    ------
    ValueError
        When there is no city, the exponent is negative, or the smallest has nobody.
    """
    if cities < 1 or exponent < 0:
        raise ValueError(f"cities: expected at least 1 and an exponent of at least 0, found {cities} and {exponent}")
    people = np.rint(largest / np.arange(1, cities + 1) ** float(exponent)).astype(np.int64)
    if people[-1] < 1:
        raise ValueError(f"largest: expected people in every city, found none in city {cities} at {largest}")
    return people


def least_walk(people: ArrayLike, areas: ArrayLike, stations: int) -> list[int]:
    r"""Share out stations so that all people together walk least.

    By the square-root law the walk in a city is :math:`c \sqrt{A_i / n_i}`; the sum
    :math:`\sum_i N_i \sqrt{A_i / n_i}` is least for :math:`n_i \propto N_i^{2/3} A_i^{1/3}`. Where all are equally
    dense that is in proportion to people.
    """
    persons, square = np.asarray(people, dtype=float), np.asarray(areas, dtype=float)
    return apportion(persons ** (2 / 3) * square ** (1 / 3), stations, least=1)


def strewn(seed: SeedSequence, stations: int, pattern: str = "random") -> float:
    """Simulate a city without edges, one station a square kilometre: the mean straight walk in kilometres."""
    generator = np.random.default_rng(seed)
    side = np.sqrt(stations)
    if pattern == "square":
        axis = np.arange(round(side)) + 0.5
        points = np.column_stack([part.ravel() for part in np.meshgrid(axis, axis)])
        side = float(round(side))
    else:
        points = generator.random((stations, 2)) * side
    walk, _ = KDTree(points, boxsize=side).query(generator.random((PEOPLE, 2)) * side)
    return float(walk.mean())


def neighbourhood(seed: int, blocks: int, sites: int, side_km: float, people: float) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw blocks of flats that crowd towards the middle, possible sites, and the walks between them.

    Returns
    -------
    tuple
        Blocks with columns x, y (km) and people; the walks along a grid of streets in km, shape (blocks, sites).
    """
    generator = np.random.default_rng(seed)
    homes = side_km * generator.beta(1.5, 1.5, (blocks, 2))
    places = side_km * generator.random((sites, 2))
    weight = generator.gamma(4.0, 1.0, blocks)
    persons = np.array(apportion(weight, round(people)))
    frame = pd.DataFrame({"x": homes[:, 0], "y": homes[:, 1], "people": persons})
    return frame, cdist(homes, places, "cityblock")


def cover_curve(walk: np.ndarray, people: ArrayLike, radius_km: float, counts: list[int]) -> pd.DataFrame:
    """Return, by number of stations, the people within a walk, what nobody can beat, and the least mean walk."""
    persons = np.asarray(people, dtype=float)
    rows = []
    for p in counts:
        near = location.coverage(walk, radius_km, p, persons)
        mean = location.p_median(walk, p, persons)
        rows.append((p, near.cost / persons.sum(), near.bound / persons.sum(), mean.cost / persons.sum()))
    return pd.DataFrame(rows, columns=["stations", "covered", "bound", "mean walk, km"])


def crowding(walk: np.ndarray, people: ArrayLike, p: int, slack: float) -> tuple[float, float, float]:
    """Compare the best p stations when each takes everybody, and when each takes its share times a slack at most.

    Returns
    -------
    tuple of float
        Mean walk in km without a limit and with it; people at the busiest station over the mean, without it.
    """
    persons = np.asarray(people, dtype=float)
    best = location.p_median(walk, p, persons)
    which, _ = location.nearest(walk, best.sites)
    busiest = np.bincount(which, weights=persons).max() / (persons.sum() / p)
    room = np.full(p, slack * persons.sum() / p)
    limited = transportation(walk[:, best.sites].T, room, persons)
    return best.cost / persons.sum(), limited.cost / persons.sum(), float(busiest)
