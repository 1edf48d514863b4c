"""The floor on which robots drive: one-way aisles and cross streets, pods beside the aisles, stations on one edge.

Every place is a node, and a node holds one robot. Nodes are numbered: pods, picking places, lanes before them, streets.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numba import njit
from numpy.typing import NDArray

MOST_NODES = 32_000  # what the table of ways can number


@dataclass(frozen=True)
class Site:
    """A warehouse whose shelves, called pods, are carried to the pickers.

    Attributes
    ----------
    aisles
        Number of one-way aisles, even and at least two.
    blocks
        Blocks of pods between cross streets, odd, so that the streets go round.
    pods_per_block
        Pods along one side of an aisle within a block.
    stations
        Stations with one picker each.
    lane_cells
        Robots that can wait before a station without standing in the street.
    handling_seconds
        Time to lift a pod, and again to set it down; whole seconds.
    pick_seconds
        Mean time of a pick at a station, at least one second; then the next robot rolls forward.
    chosen_among
        Waiting orders among which a free robot takes the one whose pod is nearest; one is first come, first served.

    Raises
    ------
    ValueError
        When a number is out of its range.
    """

    aisles: int = 20
    blocks: int = 5
    pods_per_block: int = 8
    stations: int = 4
    lane_cells: int = 7
    handling_seconds: int = 5
    pick_seconds: float = 10.0
    chosen_among: int = 1

    def __post_init__(self) -> None:
        least = {"aisles": 2, "blocks": 1, "pods_per_block": 1, "stations": 1, "lane_cells": 0, "handling_seconds": 1}
        for name, bound in (least | {"chosen_among": 1}).items():
            value = getattr(self, name)
            if not float(value).is_integer() or value < bound:
                raise ValueError(f"{name}: expected a whole number of at least {bound}, found {value}")
            object.__setattr__(self, name, int(value))
        if self.aisles % 2:
            raise ValueError(f"aisles: expected an even number, found {self.aisles}")
        if not self.blocks % 2:
            raise ValueError(f"blocks: expected an odd number, found {self.blocks}")
        if not 1 <= self.pick_seconds < np.inf:
            raise ValueError(f"pick_seconds: expected at least 1, found {self.pick_seconds}")
        if 2 * self.stations > self.width:
            raise ValueError(f"stations: expected at most {self.width // 2} along the edge, found {self.stations}")

    @property
    def width(self) -> int:
        """Cells across the floor, with two columns of pods between aisles."""
        return 3 * self.aisles - 2

    @property
    def height(self) -> int:
        """Cells along the aisles, cross streets included."""
        return self.blocks * (self.pods_per_block + 1) + 1

    @property
    def pods(self) -> int:
        """Number of pods."""
        return 2 * (self.aisles - 1) * self.blocks * self.pods_per_block

    @property
    def floor_cells(self) -> int:
        """Cells of the floor with the strip in which robots queue and pickers stand, lanes folded once."""
        return self.width * (self.height + (self.lane_cells + 2) // 2)


@dataclass(frozen=True)
class Floor:
    """The nodes of a site and the shortest ways between them.

    Attributes
    ----------
    hop
        Next node on a shortest way to a pod or a picking place, shape (goals, nodes).
    distance
        Cells from a node to a goal, shape (goals, nodes).
    pods, lanes, streets
        Where the numbers of the picking places, the lanes and the streets begin.
    position
        Row and column of every node for a drawing, shape (nodes, 2).
    """

    hop: NDArray[np.int16]
    distance: NDArray[np.int16]
    pods: int
    lanes: int
    streets: int
    position: NDArray[np.float64]


@lru_cache(maxsize=8)
def floor(site: Site) -> Floor:
    """Lay out a site and find the shortest way from every node to every pod and station.

    Parameters
    ----------
    site
        The warehouse.

    Raises
    ------
    ValueError
        When it has more places than the table of ways can number.
    """
    pods, lanes = site.pods, site.pods + site.stations
    streets = lanes + site.stations * site.lane_cells
    cells, edges = _streets(site, streets)
    size = streets + len(cells)
    if size > MOST_NODES:
        raise ValueError(f"site: expected at most {MOST_NODES} places, found {size}")
    position = np.zeros((size, 2))
    for cell, node in cells.items():
        position[node] = cell
    _pods(site, cells, edges, position)
    _stations(site, cells, edges, position)
    hop, distance = _ways(np.array(sorted(edges), dtype=np.int64), size, lanes)
    return Floor(hop, distance, pods, lanes, streets, position)


def _streets(site: Site, first: int) -> tuple[dict[tuple[int, int], int], set[tuple[int, int]]]:
    """Give numbers to the cells of aisles and cross streets, which run in turn one way and the other."""
    step = site.pods_per_block + 1
    at = [(r, c) for r in range(site.height) for c in range(site.width) if r % step == 0 or c % 3 == 0]
    cells = {cell: first + k for k, cell in enumerate(at)}
    edges = set()
    for (r, c), node in cells.items():
        ways = [(r, c + (1 if r // step % 2 == 0 else -1))] if r % step == 0 else []
        ways += [(r + (-1 if c // 3 % 2 == 0 else 1), c)] if c % 3 == 0 else []
        edges |= {(node, cells[way]) for way in ways if way in cells}
    return cells, edges


def _pods(site: Site, cells: dict, edges: set[tuple[int, int]], position: NDArray[np.float64]) -> None:
    """Place a pod on both sides of every aisle, but for the outer edges."""
    step, node = site.pods_per_block + 1, 0
    for r in (r for r in range(site.height) if r % step):
        for c in (c for c in range(site.width) if c % 3):
            beside = cells[r, c - 1 if c % 3 == 1 else c + 1]
            edges |= {(node, beside), (beside, node)}
            position[node] = r, c
            node += 1


def _stations(site: Site, cells: dict, edges: set[tuple[int, int]], position: NDArray[np.float64]) -> None:
    """Hang the stations on the last street: a lane goes in, the picking place is its end, one cell on it comes out."""
    bottom, length = site.height - 1, site.lane_cells
    for k in range(site.stations):
        column = round((k + 1) * site.width / (site.stations + 1))
        pick, lane = site.pods + k, site.pods + site.stations + k * length
        way = [cells[bottom, column], *range(lane, lane + length), pick, cells[bottom, column - 1]]
        edges |= set(pairwise(way))
        down = (length + 2) // 2
        for n, node in enumerate(way[1:-1]):
            position[node] = (bottom + 1 + n, column) if n < down else (bottom + 2 * down - n, column - 1)


def _ways(edges: NDArray[np.int64], size: int, goals: int) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Search backwards from every goal; edges are sorted, so that equal ways are told apart always alike."""
    back = edges[np.argsort(edges[:, 1], kind="stable")]
    start = np.searchsorted(back[:, 1], np.arange(size + 1))
    return _search(back[:, 0].copy(), start, goals)


@njit(cache=True)
def _search(source, start, goals):  # noqa: ANN001, ANN202
    size = start.size - 1
    hop, distance = np.full((goals, size), -1, np.int16), np.full((goals, size), -1, np.int16)
    line = np.empty(size, np.int64)
    for goal in range(goals):
        line[0], head, tail = goal, 0, 1
        distance[goal, goal] = 0
        while head < tail:
            node = line[head]
            head += 1
            for k in range(start[node], start[node + 1]):
                other = source[k]
                if distance[goal, other] < 0:
                    distance[goal, other] = distance[goal, node] + 1
                    hop[goal, other] = node
                    line[tail] = other
                    tail += 1
    return hop, distance
