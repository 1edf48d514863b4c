"""The floor of robots against the same rules in plain Python: cells driven a second on one core, the same result.

The floor is about four times that of the chapter. The peer has no kernel and no arrays: a robot is an object, the floor
a dictionary. Both draw the same random numbers, and the bench fails unless they end with the same tally and places.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from time import process_time

import numpy as np

from casebook.full_scale import Figure
from casebook.models.warehouse_robots import Site, floor, kernel
from casebook.models.warehouse_robots.fleet import arguments

CHAPTER = "singles-day/warehouse-robots"
SITE = Site(aisles=30, blocks=7, stations=10)
ROBOTS = 160
TICKS, PEER_TICKS, DAY, ROUNDS = 20_000, 600, 86_400, 3


@dataclass(eq=False)
class Robot:
    """A robot: where it is, where it goes, which pod it serves, and how long it still stands."""

    number: int
    at: int
    goal: int = -1
    pod: int = -1
    task: str = "fetch"
    timer: int = 0


class World:
    """The floor in plain Python."""

    def __init__(self, seed: int, site: Site, robots: int) -> None:
        plan = floor(site)
        self.site, self.pods, self.rng = site, plan.pods, np.random.default_rng(seed)
        self.lanes = range(plan.lanes, plan.streets)
        self.hop = plan.hop.tolist()
        self.taken: set[int] = set()
        self.tally = {"picks": 0, "moves": 0, "held": 0, "queued": 0}
        self.robots = [Robot(number, self.order()) for number in range(robots)]
        self.holder = {robot.at: robot for robot in self.robots}
        for robot in self.robots:
            robot.goal = robot.pod = self.order()

    def order(self) -> int:
        """Draw a pod that stands in its place."""
        pod = int(self.rng.random() * self.pods)
        while pod in self.taken:
            pod = int(self.rng.random() * self.pods)
        self.taken.add(pod)
        return pod

    def finish(self, robot: Robot) -> None:
        """Give a robot that has stood long enough its next goal."""
        if robot.task == "lift":
            robot.goal, robot.task = self.pods + int(self.rng.random() * self.site.stations), "carry"
        elif robot.task == "pick":
            robot.goal, robot.task = robot.pod, "return"
            self.tally["picks"] += 1
        else:
            robot.goal = robot.pod = self.order()
            robot.task = "fetch"

    def arrive(self, robot: Robot) -> None:
        """Let a robot stand at its goal."""
        robot.task = {"fetch": "lift", "carry": "pick", "return": "drop"}[robot.task]
        robot.timer = self.site.handling_seconds
        if robot.task == "pick":
            robot.timer = 1 + int(math.log(1 - self.rng.random()) / math.log1p(-1 / self.site.pick_seconds))

    def tick(self, now: int) -> None:
        """Let a second pass."""
        want: dict[Robot, int] = {}
        for robot in self.robots:
            if robot.timer:
                robot.timer -= 1
                if robot.timer == 0:
                    self.finish(robot)
            else:
                want[robot] = self.hop[robot.goal][robot.at]
        turn = {want[robot]: robot for ring in self.rings(want) for robot in ring}
        first = now % len(self.robots)
        for robot in self.robots[first:] + self.robots[:first]:
            if robot in want:
                turn.setdefault(want[robot], robot)
        self.move(want, self.movers(want, turn))

    def rings(self, want: dict[Robot, int]) -> Iterator[list[Robot]]:
        """Find the robots that wait for each other."""
        seen: set[Robot] = set()
        for first in self.robots:
            robot, line = first, []
            while robot is not None and robot not in seen:
                seen.add(robot)
                line.append(robot)
                robot = self.holder.get(want[robot]) if robot in want else None
            if robot in line:
                yield line[line.index(robot) :]

    def movers(self, want: dict[Robot, int], turn: dict[int, Robot]) -> set[Robot]:
        """Find who has the turn and a node that is free, or is about to be."""
        moving: dict[Robot, bool] = {}
        for first in self.robots:
            robot, line = first, []
            while robot not in moving and robot not in line:
                line.append(robot)
                if robot not in want or turn[want[robot]] is not robot:
                    moving[robot] = False
                elif want[robot] not in self.holder:
                    moving[robot] = True
                else:
                    robot = self.holder[want[robot]]
            moving.update(dict.fromkeys(line, moving.get(robot, True)))
        return {robot for robot, free in moving.items() if free}

    def move(self, want: dict[Robot, int], moving: set[Robot]) -> None:
        """Move the robots that can, and count those that wait."""
        for robot in want:
            if robot in moving:
                del self.holder[robot.at]
            else:
                self.tally["queued" if robot.at in self.lanes else "held"] += 1
        for robot in (robot for robot in want if robot in moving):
            if robot.task == "fetch":
                self.taken.discard(robot.at)
            robot.at = want[robot]
            self.holder[robot.at] = robot
            self.tally["moves"] += 1
            if robot.at == robot.goal:
                self.arrive(robot)


def plain(seed: int, site: Site, robots: int, ticks: int) -> tuple[list[int], list[int]]:
    """Simulate a fleet in plain Python; return the tally and the places at the end, as the kernel does."""
    world = World(seed, site, robots)
    for now in range(ticks):
        world.tick(now)
    return list(world.tally.values()), [robot.at for robot in world.robots]


def run() -> dict[str, float | str]:
    """Measure both, the best of a few rounds each, after compiling.

    Returns
    -------
    dict
        'figure' and 'peer_figure' in 'unit', the name of the 'peer', and the 'ratio' of the two figures. Time is
        processor time.

    Raises
    ------
    RuntimeError
        When the two do not end with the same tally and places.
    """
    figures, peers = [], []
    for seed in range(ROUNDS):
        tally, places = kernel.drive(*arguments(seed, SITE, ROBOTS, PEER_TICKS, 0))
        start = process_time()
        peer = plain(seed, SITE, ROBOTS, PEER_TICKS)
        peers.append(peer[0][kernel.MOVES] / (process_time() - start))
        if (tally.tolist(), places.tolist()) != peer:
            raise RuntimeError(f"seed {seed}: expected the tally {peer[0]}, found {tally.tolist()}")
        start = process_time()
        tally, _ = kernel.drive(*arguments(seed, SITE, ROBOTS, TICKS, 0))
        figures.append(int(tally[kernel.MOVES]) / (process_time() - start))
    return {
        "figure": round(max(figures)),
        "unit": "cells driven a second",
        "peer": "plain Python, same rules and same result",
        "peer_figure": round(max(peers)),
        "ratio": round(max(figures) / max(peers), 1),
    }


def full_scale() -> list[Figure]:
    """Run a day on the larger floor, and the bench."""
    measured = run()
    start = process_time()
    tally, _ = kernel.drive(*arguments(0, SITE, ROBOTS, DAY, 0))
    seconds = process_time() - start
    return [
        Figure("robots-fleet", "robots on the larger floor", ROBOTS, "robot"),
        Figure("robots-pods", "pods on the larger floor", SITE.pods, "pod"),
        Figure("robots-picks", "picks in a simulated day", int(tally[kernel.PICKS]), "pick"),
        Figure("robots-cells", "cells driven in a simulated day", int(tally[kernel.MOVES]), "cell"),
        Figure("robots-seconds", "processor time of the simulated day", seconds, "second"),
        Figure("robots-rate", "cells driven a second of processor time", measured["figure"], "cell"),
        Figure("robots-ratio", "faster than the same rules in plain Python", measured["ratio"], "times"),
    ]
