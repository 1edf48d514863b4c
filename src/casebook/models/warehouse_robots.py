"""Robots that carry shelves, called pods, to pickers: a floor with blocking.

A floor has one-way aisles and cross streets, pods beside the aisles and stations on one edge. Every place is a node,
and a node holds one robot. In a tick, a second, every robot that is under way wants the next node of its way. Of those
who want the same node one has the turn: a robot in a ring of robots that wait for each other, else the one whose number
comes up. It moves if the node is free or its holder moves too. So a line starts together and a ring turns as one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache, partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from numba import njit
from numpy.random import SeedSequence
from numpy.typing import NDArray

from casebook.methods import replicates
from casebook.methods.arguments import ArgumentError, number, whole

HOUR = 3600  # seconds, and ticks
MOST_PLACES = 16_000  # so that the tables of ways stay below a gigabyte
Cells = dict[tuple[int, int], int]
Edges = set[tuple[int, int]]

# What a robot is about, in turn.
FETCH, LIFT, CARRY, PICK, RETURN, DROP = range(6)

# Columns of the tally.
PICKS, MOVES, HELD, QUEUED = range(4)

# Columns of the fleet.
AT, GOAL, POD, PHASE, TIMER = range(5)

UNKNOWN, MOVING, STAYING, ASKED = range(4)


@dataclass(frozen=True)
class Site:
    """A warehouse of robots: its layout and the times of a round."""

    aisles: int  # one-way, an even number
    blocks: int  # of pods between cross streets, an odd number, so that the streets go round
    pods_per_block: int  # along one side of an aisle
    stations: int  # one picker each
    lane_cells: int  # robots that can wait before a station without standing in the street
    handling_seconds: int  # to lift a pod, and again to set it down
    pick_seconds: float  # mean at a station; then the next robot rolls forward
    chosen_among: int  # waiting orders, of which a free robot takes the one whose pod is nearest

    def __post_init__(self) -> None:
        for field in fields(self):
            if field.name != "pick_seconds":
                least = {"aisles": 2, "lane_cells": 0}.get(field.name, 1)
                value = whole(field.name, getattr(self, field.name), least=least, most=MOST_PLACES)
                object.__setattr__(self, field.name, value)
        number("pick_seconds", self.pick_seconds, least=1, most=HOUR)
        if self.aisles % 2:
            raise ArgumentError("aisles", "an even number", self.aisles)
        if not self.blocks % 2:
            raise ArgumentError("blocks", "an odd number", self.blocks)
        whole("stations", self.stations, least=1, most=self.width // 2)
        whole("places of the site", self.places, most=MOST_PLACES)

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
    def places(self) -> int:
        """Nodes: pods, picking places, lanes before them, cells of the streets and aisles."""
        streets = self.width * (self.blocks + 1) + self.aisles * self.blocks * self.pods_per_block
        return self.pods + self.stations * (1 + self.lane_cells) + streets

    @property
    def floor_cells(self) -> int:
        """Cells of the floor with the strip in which robots queue and pickers stand, lanes folded once."""
        return self.width * (self.height + (self.lane_cells + 2) // 2)


class Floor(NamedTuple):
    """The nodes of a site, numbered in the order pods, picking places, lanes, streets, and the ways between them."""

    hop: NDArray[np.int16]  # next node on a shortest way to a pod or a picking place, shape (goals, nodes)
    distance: NDArray[np.int16]  # cells to it
    pods: int  # where the numbers of the picking places, the lanes and the streets begin
    lanes: int
    streets: int
    position: NDArray[np.float64]  # row and column of every node, shape (nodes, 2)


@lru_cache(maxsize=8)
def floor(site: Site) -> Floor:
    """Lay out a site and find the shortest way from every node to every pod and station."""
    pods, lanes = site.pods, site.pods + site.stations
    streets = lanes + site.stations * site.lane_cells
    cells, edges = _streets(site, streets)
    position = np.zeros((site.places, 2))
    for cell, node in cells.items():
        position[node] = cell
    _pods(site, cells, edges, position)
    _stations(site, cells, edges, position)
    # Sorted, so that of equal ways always the same is found; the search goes backwards from every goal.
    source, target = np.array(sorted(edges), dtype=np.int64).T
    back = np.argsort(target, kind="stable")
    start = np.searchsorted(target[back], np.arange(site.places + 1))
    return Floor(*_search(source[back], start, lanes), pods, lanes, streets, position)


def _streets(site: Site, first: int) -> tuple[Cells, Edges]:
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


def _pods(site: Site, cells: Cells, edges: Edges, position: NDArray[np.float64]) -> None:
    """Place a pod on both sides of every aisle, but for the outer edges."""
    step, node = site.pods_per_block + 1, 0
    for r in (r for r in range(site.height) if r % step):
        for c in (c for c in range(site.width) if c % 3):
            beside = cells[r, c - 1 if c % 3 == 1 else c + 1]
            edges |= {(node, beside), (beside, node)}
            position[node] = r, c
            node += 1


def _stations(site: Site, cells: Cells, edges: Edges, position: NDArray[np.float64]) -> None:
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


@njit(cache=True)
def _order(rng, here, hop, distance, taken, pods, among):  # noqa: ANN001, ANN202
    """Draw waiting orders whose pods stand in their place; return the pod nearest to the robot."""
    best = -1
    for _ in range(among):
        pod = int(rng.random() * pods)
        while taken[pod] or pod == best:
            pod = int(rng.random() * pods)
        if best < 0 or distance[pod, here] < distance[best, here]:
            best = pod
    taken[best] = True
    return best


@njit(cache=True)
def _rings(want, turn, holder, state, path):  # noqa: ANN001, ANN202
    """Give the turn to robots that wait for each other in a ring; nobody outside it could ever let them go."""
    for first in range(want.size):
        robot, length = first, 0
        while robot >= 0 and state[robot] == UNKNOWN:
            state[robot] = ASKED
            path[length] = robot
            length += 1
            robot = holder[want[robot]] if want[robot] >= 0 else -1
        for k in range(length):
            state[path[k]] = STAYING
            if path[k] == robot:
                for j in range(k, length):
                    turn[want[path[j]]] = path[j]
    state[:] = UNKNOWN


@njit(cache=True)
def _moves(robot, want, turn, holder, state, path):  # noqa: ANN001, ANN202
    """Say whether a robot can move: follow the line ahead of it to a free node, a standing robot or itself."""
    length = 0
    while state[robot] == UNKNOWN:
        state[robot] = ASKED
        path[length] = robot
        length += 1
        if want[robot] < 0 or turn[want[robot]] != robot:
            answer = STAYING
            break
        ahead = holder[want[robot]]
        if ahead < 0:
            answer = MOVING
            break
        robot = ahead
    else:
        answer = MOVING if state[robot] == ASKED else state[robot]
    for k in range(length):
        state[path[k]] = answer


@njit(cache=True)
def _started(rng, hop, distance, pods, robots, among):  # noqa: ANN001, ANN202
    """Put every robot under a pod of its own and give it an order."""
    fleet, holder, taken = np.zeros((robots, 5), np.int64), np.full(hop.shape[1], -1), np.zeros(pods, np.bool_)
    for i in range(robots):
        fleet[i, AT] = _order(rng, 0, hop, distance, taken, pods, 1)
        holder[fleet[i, AT]] = i
    for i in range(robots):
        fleet[i, POD] = fleet[i, GOAL] = _order(rng, fleet[i, AT], hop, distance, taken, pods, among)
    return fleet, holder, taken


@njit(cache=True)
def _stand(rng, robot, hop, distance, taken, pods, stations, among):  # noqa: ANN001, ANN202
    """Let a standing robot wait a second, and give it its next goal when it has done; return picks made."""
    robot[TIMER] -= 1
    if robot[TIMER] > 0:
        return 0
    if robot[PHASE] == LIFT:
        robot[GOAL], robot[PHASE] = pods + int(rng.random() * stations), CARRY
    elif robot[PHASE] == PICK:
        robot[GOAL], robot[PHASE] = robot[POD], RETURN
        return 1
    else:
        robot[POD] = robot[GOAL] = _order(rng, robot[AT], hop, distance, taken, pods, among)
        robot[PHASE] = FETCH
    return 0


@njit(cache=True)
def _go(rng, fleet, want, state, holder, taken, handling, log_scale):  # noqa: ANN001, ANN202
    """Move the robots that can, and let those that arrive stand; return the cells driven."""
    cells = 0
    for i in range(want.size):
        if state[i] == MOVING:
            holder[fleet[i, AT]] = -1
    for i in range(want.size):
        if state[i] == MOVING:
            if fleet[i, AT] < taken.size and fleet[i, PHASE] == FETCH:
                taken[fleet[i, AT]] = False
            fleet[i, AT] = want[i]
            holder[want[i]] = i
            cells += 1
            if want[i] == fleet[i, GOAL]:
                fleet[i, PHASE] += 1
                fleet[i, TIMER] = handling
                if fleet[i, PHASE] == PICK:
                    fleet[i, TIMER] = 1 + int(np.log(1 - rng.random()) * log_scale)
    return cells


@njit(cache=True)
def _drive(rng, hop, distance, pods, lanes, streets, robots, ticks, warm, handling, log_scale, among):  # noqa: ANN001, ANN202
    """Simulate a fleet; return the tally of the ticks after the warm-up, and where everybody stands at the end."""
    fleet, holder, taken = _started(rng, hop, distance, pods, robots, among)
    want, state, path = np.empty(robots, np.int64), np.zeros(robots, np.int64), np.empty(robots, np.int64)
    turn, tally = np.full(hop.shape[1], -1), np.zeros(4, np.int64)
    for t in range(ticks):
        if t == warm:
            tally[:] = 0
        for i in range(robots):
            want[i] = -1
            if fleet[i, TIMER] > 0:
                tally[PICKS] += _stand(rng, fleet[i], hop, distance, taken, pods, lanes - pods, among)
            else:
                want[i] = hop[fleet[i, GOAL], fleet[i, AT]]
        state[:] = UNKNOWN
        _rings(want, turn, holder, state, path)
        for k in range(t, t + robots):
            i = k % robots
            if want[i] >= 0 and turn[want[i]] < 0:
                turn[want[i]] = i
        for i in range(robots):
            _moves(i, want, turn, holder, state, path)
        for i in range(robots):
            if want[i] >= 0:
                turn[want[i]] = -1
                if state[i] == STAYING:
                    tally[QUEUED if lanes <= fleet[i, AT] < streets else HELD] += 1
        tally[MOVES] += _go(rng, fleet, want, state, holder, taken, handling, log_scale)
    return tally, fleet[:, AT].copy()


def drive(
    seed: SeedSequence | int, site: Site, robots: int, ticks: int, warm: int = 0
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Simulate a fleet; return the tally of the ticks after those to warm up, and the node of every robot at the end."""
    plan = floor(site)
    log_scale = 1 / math.log1p(-1 / site.pick_seconds) if site.pick_seconds > 1 else 0.0
    among = min(site.chosen_among, max(1, (site.pods - 2 * robots) // 2))
    ways = (plan.hop, plan.distance, plan.pods, plan.lanes, plan.streets)
    times = (warm + ticks, warm, site.handling_seconds, log_scale)
    seed = seed if isinstance(seed, SeedSequence) else whole("seed", seed, most=2**53)
    return _drive(np.random.default_rng(seed), *ways, robots, *times, among)


class Shift(NamedTuple):
    """What a fleet did in a simulated time, and the node of every robot at its end."""

    picks_per_hour: float  # all stations together
    moves: int  # cells driven, all robots together
    held_percent: float  # of the robots' time, standing behind another on the floor
    queued_percent: float  # in a lane before a station
    places: NDArray[np.int64]


def shift(seed: SeedSequence | int, site: Site, robots: int, hours: float, warm_hours: float = 0.25) -> Shift:
    """Simulate a fleet with blocking, one cell a second, for some hours after others that are not counted."""
    robots = whole("robots", robots, least=1, most=site.pods // 3)
    ticks = round(HOUR * number("hours", hours, least=1 / HOUR, most=10_000))
    warm = round(HOUR * number("warm_hours", warm_hours, least=0, most=10_000))
    tally, places = drive(seed, site, robots, ticks, warm)
    held, queued = (100 * int(tally[column]) / (robots * ticks) for column in (HELD, QUEUED))
    return Shift(int(tally[PICKS]) / hours, int(tally[MOVES]), held, queued, places)


def trials(site: Site, fleets: Iterable[int], runs: int, hours: float, seed: int = 0) -> pd.DataFrame:
    """Simulate fleets of several sizes, each in runs with the same seeds.

    One row a fleet: robots, picks an hour with the ends of a 95-per-cent interval, percent held and queued.
    """
    rows = []
    for robots in fleets:
        fleet = partial(shift, site=site, robots=robots, hours=hours)
        picks, _, held, queued, _ = zip(
            *replicates.run(fleet, replicates.spawn(seed, whole("runs", runs, least=2))), strict=True
        )
        mean = replicates.estimate(picks)
        rows.append((robots, mean.mean, mean.low, mean.high, np.mean(held), np.mean(queued)))
    return pd.DataFrame(rows, columns=["robots", "picks", "low", "high", "held_percent", "queued_percent"])
