"""An invented town: streets, a river with bridges, households, and doors that may be open."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.random import Generator, SeedSequence
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from casebook.models.pickup_points import checks

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

CATEGORIES = ("convenience store", "bakery", "property office")
COUNTS = ("streets_east", "streets_north", "bridges", "households", "convenience_stores", "bakeries", "offices")


@dataclass(frozen=True)
class Town:
    """What no text states; whole numbers may come as floats.

    Attributes
    ----------
    streets_east, streets_north
        Streets that run north, counted from west to east, and streets that run east; their corners are the town.
    block_m
        Metres from one corner to the next.
    bridges
        Streets that cross the river, evenly spread; the river runs north in the middle of the town.
    households
        In all, at least one at every corner.
    convenience_stores, bakeries, offices
        Doors of each kind, at most one of a kind at a corner. Stores and bakeries stand where people live, bakeries
        the more so; property offices stand anywhere.
    convenience_open_percent, bakery_open_percent, office_open_percent
        Chance that such a door is open, each by itself.
    longest_walk_m
        A household walks no farther; without an open door so near it goes without, and counts with this walk.

    Raises
    ------
    ValueError
        When a number is out of range, or not whole where it counts.
    """

    streets_east: float = 20
    streets_north: float = 14
    block_m: float = 200
    bridges: float = 2
    households: float = 9000
    convenience_stores: float = 24
    bakeries: float = 14
    offices: float = 22
    convenience_open_percent: float = 30
    bakery_open_percent: float = 25
    office_open_percent: float = 90
    longest_walk_m: float = 1600

    def __post_init__(self) -> None:
        checks.each(self, {"streets_east": (2, 200), "streets_north": (1, 200)}, COUNTS)
        corners = self.streets_east * self.streets_north
        ranges = dict.fromkeys(("convenience_stores", "bakeries", "offices"), (0, corners))
        ranges |= {"bridges": (1, self.streets_north), "households": (corners, 1e9)}
        ranges |= {"block_m": (1e-3, 1e6), "longest_walk_m": (0, 1e9)}
        ranges |= {f"{name}_open_percent": (0, 100) for name in ("convenience", "bakery", "office")}
        checks.each(self, ranges, COUNTS)
        if sum(self.doors) == 0:
            raise ValueError(f"offices: expected at least 1 door of some kind, found {self.offices:g}")

    @property
    def doors(self) -> tuple[int, ...]:
        """Doors of each category."""
        return int(self.convenience_stores), int(self.bakeries), int(self.offices)

    @property
    def chances(self) -> tuple[float, ...]:
        """Chance of being open of each category."""
        percents = self.convenience_open_percent, self.bakery_open_percent, self.office_open_percent
        return tuple(percent / 100 for percent in percents)

    @property
    def area_km2(self) -> float:
        """Area between the outermost streets."""
        return (self.streets_east - 1) * (self.streets_north - 1) * (self.block_m / 1000) ** 2


@dataclass(frozen=True, eq=False)
class Layout:
    """A town that has been drawn.

    Attributes
    ----------
    town
        Its assumptions.
    corners
        Metres east and north of each corner, shape (n, 2).
    households
        Households at each corner, shape (n,).
    doors
        One row a door: category, corner, east_m, north_m, open_chance.
    distance
        Walk in metres from each corner to each door along the streets, shape (n, doors).
    """

    town: Town
    corners: Array = field(repr=False)
    households: Array = field(repr=False)
    doors: pd.DataFrame = field(repr=False)
    distance: Array = field(repr=False)

    @property
    def chance(self) -> Array:
        """Chance that each door is open, shape (doors,)."""
        return self.doors["open_chance"].to_numpy()

    @property
    def bridges_north_m(self) -> Array:
        """Where the bridges cross the river, metres north."""
        return bridge_rows(self.town) * self.town.block_m

    @property
    def river_east_m(self) -> float:
        """Where the river runs, metres east."""
        return (self.town.streets_east // 2 - 0.5) * self.town.block_m

    def of(self, *categories: str) -> Indices:
        """Return the indices of the doors of some categories."""
        unknown = set(categories) - set(CATEGORIES)
        if unknown:
            raise ValueError(f"categories: expected some of {', '.join(CATEGORIES)}, found {min(unknown)}")
        return np.flatnonzero(self.doors["category"].isin(categories).to_numpy())


def bridge_rows(town: Town) -> Indices:
    """Return the streets, counted from the south, that cross the river."""
    gaps = np.arange(1, int(town.bridges) + 1) / (int(town.bridges) + 1)
    return np.unique(np.rint(gaps * (town.streets_north - 1)).astype(np.int64))


def lay_out(town: Town, seed: int | SeedSequence = 0) -> Layout:
    """Draw a town: where its households live, where its doors stand, and how far it is from one to the other."""
    random = np.random.default_rng(seed)
    east, north = int(town.streets_east), int(town.streets_north)
    grid = np.indices((north, east)).reshape(2, -1)[::-1].T
    corners = grid * float(town.block_m)
    people = _people(town, grid, random)
    columns = []
    for category, number, chance, taste in zip(CATEGORIES, town.doors, town.chances, (1.0, 2.0, 0.0), strict=True):
        wanted = people**taste
        at = np.sort(random.choice(len(people), number, replace=False, p=wanted / wanted.sum()))
        columns.append(pd.DataFrame({"category": category, "corner": at, "east_m": corners[at, 0],
                                     "north_m": corners[at, 1], "open_chance": chance}))  # fmt: skip
    doors = pd.concat(columns, ignore_index=True)
    distance = walks(town, doors["corner"].to_numpy())
    return Layout(town, corners, people, doors, distance)


def walks(town: Town, corners: Indices) -> Array:
    """Compute the walk in metres from every corner to some corners, along the streets and over the bridges."""
    east, north = int(town.streets_east), int(town.streets_north)
    number = np.arange(east * north).reshape(north, east)
    crossing = np.zeros((north, east - 1), dtype=bool)
    crossing[:, east // 2 - 1] = True
    crossing[bridge_rows(town)] = False
    along = np.c_[number[:, :-1][~crossing], number[:, 1:][~crossing]]
    ends = np.vstack([along, np.c_[number[:-1].ravel(), number[1:].ravel()]])
    streets = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(number.size, number.size))
    steps = dijkstra(streets.tocsr(), directed=False, unweighted=True, indices=np.asarray(corners, dtype=np.int64))
    return steps.T * float(town.block_m)


def _people(town: Town, grid: Indices, random: Generator) -> Array:
    """Spread the households: dense around a centre on either bank, thinner outwards, uneven from corner to corner."""
    size = np.array([town.streets_east - 1, max(town.streets_north - 1, 1)])
    centres = np.array([[0.25, 0.6], [0.72, 0.35]]) * size
    away = np.linalg.norm((grid[:, None, :] - centres) / size.max(), axis=2).min(axis=1)
    wanted = np.exp(-3.5 * away) * random.gamma(2.0, 0.5, len(grid))
    spare = int(town.households) - len(grid)
    return 1.0 + random.multinomial(spare, wanted / wanted.sum())


def positions(layout: Layout, sites: Indices | list[int]) -> pd.DataFrame:
    """Return chosen doors with the households that are nearest to each: the rows of `doors` and a column households."""
    ways = layout.distance[:, sites]
    nearest = ways.argmin(axis=1)
    people = np.bincount(nearest, layout.households, minlength=len(sites)).astype(np.int64)
    return layout.doors.iloc[list(sites)].assign(households=people).reset_index(drop=True)


def nearest_corner(town: Town, points: Array) -> Indices:
    """Return the corner nearest to each point, shape (k, 2) in metres east and north; points outside move to the edge."""
    most = np.array([town.streets_east - 1, town.streets_north - 1])
    steps = np.clip(np.rint(np.asarray(points) / town.block_m), 0, most).astype(np.int64)
    return steps[:, 1] * int(town.streets_east) + steps[:, 0]
