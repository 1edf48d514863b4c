"""Projects: how long they take, for certain and by chance.

Activities have names, and times any one unit. `predecessors` says for each activity which ones must end before it
starts; a text stands for one activity, or for activities of one letter. Every function refuses an empty project, times
that are negative or not finite, unknown activities, and activities that wait for each other in a circle.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

import numpy as np
from numpy.random import SeedSequence
from scipy.special import ndtr

from casebook.methods.arguments import ArgumentError, Array, number, numbers, whole
from casebook.methods.replicates import spawn

Times = Mapping[str, float]
ThreePoint = Mapping[str, Iterable[float]]
Predecessors = Mapping[str, Iterable[str]]

NEAR = 1e-9  # times that differ by this share of a project's length are one
LONGEST = 1e12  # a time beyond is a slip


class Schedule(NamedTuple):
    """Length of a project; by activity earliest times and how far it may slip; the activities that may not."""

    length: float
    start: dict[str, float]
    finish: dict[str, float]
    slack: dict[str, float]
    critical: tuple[str, ...]


def critical_path(durations: Times, predecessors: Predecessors) -> Schedule:
    r"""Compute when each activity can start, by how much it may slip, and which ones determine the end.

    Forwards $EF_j = \max_{i \to j} EF_i + d_j$, backwards $LF_i = \min_{i \to j} (LF_j - d_j)$; the slack is $LF - EF$.
    Hillier and Lieberman, *Introduction to Operations Research*, chapter on project management.
    """
    before = _in_order(durations, predecessors)
    times = {name: number(f"durations of {name!r}", durations[name], least=0, most=LONGEST) for name in before}
    start, finish = {}, {}
    for name, earlier in before.items():
        start[name] = max((finish[other] for other in earlier), default=0.0)
        finish[name] = start[name] + times[name]
    length = max(finish.values())
    late = dict.fromkeys(before, length)
    for name in reversed(before):
        for other in before[name]:
            late[other] = min(late[other], late[name] - times[name])
    slack = {name: late[name] - finish[name] if late[name] - finish[name] > NEAR * length else 0.0 for name in before}
    return Schedule(length, start, finish, slack, tuple(name for name in before if slack[name] == 0))


class Pert(NamedTuple):
    """Mean and variance of a project's length by PERT, the path they belong to, and the mean of each activity."""

    mean: float
    variance: float
    path: tuple[str, ...]
    means: dict[str, float]

    def within(self, deadline: float) -> float:
        r"""Return the probability $\Phi((T - \mu)/\sigma)$ that the path ends within a deadline."""
        late = number("deadline", deadline) - self.mean
        return float(late >= 0) if self.variance == 0 else float(ndtr(late / math.sqrt(self.variance)))


def pert(three_point: ThreePoint, predecessors: Predecessors) -> Pert:
    r"""Compute mean and variance of a project's length from optimistic, likely and pessimistic times $(o, m, p)$.

    $\mu = (o + 4m + p)/6$ and $\sigma^2 = ((p - o)/6)^2$ add up along the longest path; of several such paths the one of
    largest variance counts. D. G. Malcolm, J. H. Roseboom, C. E. Clark and W. Fazar, *Application of a technique for
    research and development program evaluation*, Operations Research 7 (1959).
    """
    before = _in_order(three_point, predecessors)
    points = _three_points(three_point, before)
    means = {name: (low + 4 * likely + high) / 6 for name, (low, likely, high) in points.items()}
    variances = {name: ((high - low) / 6) ** 2 for name, (low, _, high) in points.items()}

    def along(path: tuple[str, ...], values: Times) -> float:
        return math.fsum(values[name] for name in path)

    def rank(path: tuple[str, ...]) -> tuple[float, float]:
        return float(f"{along(path, means):.9g}"), along(path, variances)

    longest: dict[str, tuple[str, ...]] = {}
    for name in before:
        longest[name] = (*max((longest[other] for other in before[name]), key=rank, default=()), name)
    path = max(longest.values(), key=rank)
    return Pert(along(path, means), along(path, variances), path, means)


def simulate(
    three_point: ThreePoint,
    predecessors: Predecessors,
    replicates: int = 20,
    runs: int = 1000,
    seed: int | SeedSequence = 0,
) -> Array:
    r"""Return lengths of simulated projects of independent durations, `runs` a replicate.

    $d = o + (p - o) B$ with $B \sim \text{Beta}(1 + 4(m - o)/(p - o),\ 1 + 4(p - m)/(p - o))$, the law behind `pert`.
    R. M. Van Slyke, *Monte Carlo methods and the PERT problem*, Operations Research 11 (1963), for why the mean exceeds
    PERT's.
    """
    before = _in_order(three_point, predecessors)
    low, likely, high = np.transpose(list(_three_points(three_point, before).values()))
    width = np.where(high > low, high - low, 1)
    law = 1 + 4 * (likely - low) / width, 1 + 4 * (high - likely) / width
    shape = whole("runs", runs, least=1, most=10**5), low.size
    lengths = []
    for stream in spawn(seed, whole("replicates", replicates, least=1, most=10**4)):
        times = low + (high - low) * np.random.default_rng(stream).beta(*law, shape)
        finish = {}
        for name, time in zip(before, times.T, strict=True):
            finish[name] = time + np.max([np.zeros_like(time), *(finish[other] for other in before[name])], axis=0)
        lengths.append(np.max(list(finish.values()), axis=0))
    return np.concatenate(lengths)


def _in_order(activities: Mapping[str, object], predecessors: Predecessors) -> dict[str, list[str]]:
    """Return what each activity waits for; those with fewer steps before them come first, else the order is as given."""
    if not (isinstance(activities, Mapping) and isinstance(predecessors, Mapping) and activities):
        raise ArgumentError("activities", "a mapping with at least one, and one of predecessors", repr(activities))
    before = {name: [] for name in activities}
    for name, earlier in predecessors.items():
        try:
            names = [earlier] if isinstance(earlier, str) and earlier in before else list(earlier)
            strange = [other for other in (name, *names) if other not in before]
        except TypeError:
            raise ArgumentError("predecessors", "names of activities", repr(earlier)) from None
        if strange:
            raise ArgumentError("predecessors", "activities", repr(strange[0]))
        before[name] = list(dict.fromkeys(names))
    place, sorter, order = {name: k for k, name in enumerate(before)}, TopologicalSorter(before), []
    try:
        sorter.prepare()
    except CycleError as error:
        raise ArgumentError("predecessors", "no circle", " before ".join(map(str, error.args[1]))) from None
    while sorter.is_active():
        layer = sorter.get_ready()
        sorter.done(*layer)
        order += sorted(layer, key=place.get)
    return {name: before[name] for name in order}


def _three_points(values: ThreePoint, before: Predecessors) -> dict[str, list[float]]:
    """Return optimistic, likely and pessimistic time of each activity."""
    found = {}
    for name in before:
        points = numbers(f"three_point of {name!r}", values[name], least=0, most=LONGEST, shape=(3,)).tolist()
        if points != sorted(points):
            raise ArgumentError(f"three_point of {name!r}", "ascending times", points)
        found[name] = points
    return found
