"""The floor of robots against the same rules in numpy: robots moved through a second, on one core, the same result.

No package simulates robots that block each other on a floor and can be installed from an index, so the peer is what one
would write without a compiler: whole fleets as arrays, lines and rings followed by doubling pointers. Both draw the
same random numbers, and the bench fails unless they end with the same tally and places. The floor is about four times
that of the chapter.
"""

from __future__ import annotations

import math
from time import process_time

import numpy as np
from numpy.typing import NDArray

from bench.full_scale import Figure
from casebook.models.warehouse_robots import CARRY, FETCH, LIFT, MOVES, PICK, PICKS, RETURN, Site, drive, floor

CHAPTER = "singles-day/warehouse-robots"
SITE = Site(30, 7, 8, stations=10, lane_cells=7, handling_seconds=5, pick_seconds=10, chosen_among=1)
ROBOTS = 160
TICKS, PEER_TICKS, DAY, ROUNDS = 20_000, 1000, 86_400, 3


class Fleet:
    """A fleet whose robots take the oldest order, in numpy."""

    def __init__(self, seed: int, site: Site, robots: int) -> None:
        self.site, self.plan, self.rng = site, floor(site), np.random.default_rng(seed)
        self.taken = np.zeros(site.pods, bool)
        self.at = np.array([self.order() for _ in range(robots)])
        self.goal = np.array([self.order() for _ in range(robots)])
        self.pod, self.phase, self.timer = self.goal.copy(), np.full(robots, FETCH), np.zeros(robots, int)
        self.tally = np.zeros(4, int)

    def order(self) -> int:
        """Draw a pod that stands in its place."""
        pod = int(self.rng.random() * self.site.pods)
        while self.taken[pod]:
            pod = int(self.rng.random() * self.site.pods)
        self.taken[pod] = True
        return pod

    def finish(self, robot: int) -> None:
        """Give a robot that has stood long enough its next goal."""
        if self.phase[robot] == LIFT:
            self.goal[robot] = self.site.pods + int(self.rng.random() * self.site.stations)
            self.phase[robot] = CARRY
        elif self.phase[robot] == PICK:
            self.goal[robot], self.phase[robot] = self.pod[robot], RETURN
            self.tally[PICKS] += 1
        else:
            self.goal[robot] = self.pod[robot] = self.order()
            self.phase[robot] = FETCH

    def tick(self, now: int) -> None:
        """Let a second pass."""
        standing = self.timer > 0
        self.timer[standing] -= 1
        for robot in np.flatnonzero(standing & (self.timer == 0)):
            self.finish(robot)
        want = np.where(standing, -1, self.plan.hop[self.goal, self.at])
        holder = np.full(self.plan.hop.shape[1], self.at.size)
        holder[self.at] = np.arange(self.at.size)
        moving = self.movers(want, np.where(standing, self.at.size, holder[want]), now)
        held = ~standing & ~moving
        queued = held & (self.at >= self.plan.lanes) & (self.at < self.plan.streets)
        self.tally += [0, moving.sum(), (held & ~queued).sum(), queued.sum()]
        self.move(np.flatnonzero(moving), want)

    def movers(self, want: NDArray[np.int64], ahead: NDArray[np.int64], now: int) -> NDArray[np.bool_]:
        """Find who has the turn and a node that is free, or is about to be; nobody ahead is the number of robots."""
        robots = np.arange(want.size)
        ring = follow(ahead)
        turn = np.full(self.plan.hop.shape[1] + 1, -1)
        later_first = np.roll(robots, -(now % robots.size))[::-1]
        turn[want[later_first]] = later_first
        ring = ring[ring < robots.size]
        turn[want[ring]] = ring
        has_turn = (want >= 0) & (turn[want] == robots)
        end = follow(np.where(has_turn, ahead, robots))
        return has_turn & np.append(has_turn, True)[end]

    def move(self, moving: NDArray[np.int64], want: NDArray[np.int64]) -> None:
        """Move these robots, and let those that arrive stand."""
        left = self.at[moving][self.phase[moving] == FETCH]
        self.taken[left[left < self.site.pods]] = False
        self.at[moving] = want[moving]
        arrived = moving[want[moving] == self.goal[moving]]
        self.phase[arrived] += 1
        self.timer[arrived] = self.site.handling_seconds
        for robot in arrived[self.phase[arrived] == PICK]:
            drawn = math.log(1 - self.rng.random()) / math.log1p(-1 / self.site.pick_seconds)
            self.timer[robot] = 1 + int(drawn)


def follow(ahead: NDArray[np.int64]) -> NDArray[np.int64]:
    """Follow each robot's line past its end; the number of robots stands for nobody and comes after itself."""
    line = np.append(ahead, ahead.size)
    for _ in range(ahead.size.bit_length()):
        line = line[line]
    return line[:-1]


def by_numpy(seed: int, site: Site, robots: int, ticks: int) -> tuple[list[int], list[int]]:
    """Simulate a fleet with numpy; return the tally and the places at the end."""
    fleet = Fleet(seed, site, robots)
    for now in range(ticks):
        fleet.tick(now)
    return fleet.tally.tolist(), fleet.at.tolist()


def run() -> dict[str, float | str]:
    """Measure both in processor time, the best of a few rounds, after compiling."""
    ours, peers = [], []
    for seed in range(ROUNDS):
        tally, places = drive(seed, SITE, ROBOTS, PEER_TICKS)
        start = process_time()
        drive(seed, SITE, ROBOTS, TICKS)
        middle = process_time()
        peer = by_numpy(seed, SITE, ROBOTS, PEER_TICKS)
        ours.append((middle - start) / TICKS / ROBOTS)
        peers.append((process_time() - middle) / PEER_TICKS / ROBOTS)
        if (tally.tolist(), places.tolist()) != peer:
            raise RuntimeError(f"seed {seed}: expected the tally {peer[0]}, found {tally.tolist()}")
    return {
        "figure": round(1e9 * min(ours), 1),
        "unit": "nanoseconds for a robot and a second",
        "peer": "the same rules in numpy, same result",
        "peer_figure": round(1e9 * min(peers), 1),
        "ratio": round(min(peers) / min(ours), 1),
    }


def full_scale() -> list[Figure]:
    """Run a day on the larger floor, and the bench."""
    measured = run()
    start = process_time()
    tally, _ = drive(0, SITE, ROBOTS, DAY)
    seconds = process_time() - start
    return [
        Figure("robots-fleet", "robots on the larger floor", ROBOTS, "robot"),
        Figure("robots-pods", "pods on the larger floor", SITE.pods, "pod"),
        Figure("robots-picks", "picks in a simulated day", int(tally[PICKS]), "pick"),
        Figure("robots-cells", "cells driven in a simulated day", int(tally[MOVES]), "cell"),
        Figure("robots-seconds", "processor time of the simulated day", seconds, "second"),
        Figure("robots-rate", "cells driven a second of processor time", int(tally[MOVES]) / seconds, "cell"),
        Figure("robots-ratio", "faster than the same rules in numpy", float(measured["ratio"]), "times"),
    ]
