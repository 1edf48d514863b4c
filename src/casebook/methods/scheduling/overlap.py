"""Overlap: start an activity before its predecessor has ended, gain time, and redo what early information spoils."""

from __future__ import annotations

import math
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.random import Generator, SeedSequence
from numpy.typing import NDArray

from casebook.methods import replicates as repeat
from casebook.methods.scheduling import arguments
from casebook.methods.scheduling.arguments import Link, Network, PerLink, Predecessors
from casebook.methods.scheduling.pert import Simulated, ThreePoint, draw

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Overlapped:
    """The times of a project whose activities start early, in the unit of the durations, by activity.

    Attributes
    ----------
    length
        When the last activity ends.
    start, finish
        When each starts and when it is done, rework included.
    rework
        Expected time spent on doing things again.
    """

    length: float
    start: dict[str, float]
    finish: dict[str, float]
    rework: dict[str, float]


@dataclass(frozen=True)
class _Early:
    """How early each link lets an activity start, how much it spoils, and how late information settles."""

    plan: Network
    overlap: dict[Link, float]
    sensitivity: dict[Link, float]
    evolution: float


def overlapped(
    durations: Mapping[str, float],
    predecessors: Predecessors,
    overlap: PerLink,
    sensitivity: PerLink = 1.0,
    evolution: float = math.inf,
) -> Overlapped:
    r"""Compute the times of a project in which activities work on information that is not final yet.

    An activity may start when a share `overlap` of a predecessor's duration is still to go. The predecessor's last
    change comes at a progress X between zero and one with :math:`P(X \le x) = x^a`; of the work done between the start
    and this change, each unit costs s units of rework. With e the time between the start and the predecessor's end,
    d its duration, and w the part of e in which the activity has work to do, the expected rework is

    .. math:: r = s \int_0^{w} \Bigl[1 - \bigl(1 - \tfrac{e - t}{d}\bigr)^a\Bigr]\, dt,

    simply :math:`s\,w` where the last change comes at the very end. Rework follows the activity's own work and the end
    of its predecessors; that of several links adds up.

    Parameters
    ----------
    durations, predecessors
        As in `critical_path`.
    overlap
        Share of the predecessor's duration, from zero to one: the same for every link, or a mapping from (predecessor,
        activity), and no overlap for the links it does not name.
    sensitivity
        Units of rework a unit of spoiled work (s), at least zero, given in the same way.
    evolution
        How late information settles (a): 0 at once, 1 evenly, infinity at the very end.

    Returns
    -------
    Overlapped
        With every activity at its given duration and every rework at its mean.

    Raises
    ------
    ValueError
        As `critical_path`, and when a share is not from zero to one, or another number is negative.

    References
    ----------
    V. Krishnan, S. D. Eppinger and D. E. Whitney, *A model-based framework to overlap product development activities*,
    Management Science 43 (1997), for evolution and sensitivity; the distribution of the last change is a simple choice.
    """
    plan = arguments.network("durations", durations, predecessors)
    early = _early(plan, overlap, sensitivity, evolution)
    start, finish, rework = _times(early, arguments.durations(durations, plan.names)[None, :], None)
    named = (dict(zip(plan.names, values[0].tolist(), strict=True)) for values in (start, finish, rework))
    return Overlapped(float(finish.max()), *named)


def simulate_overlapped(
    three_point: ThreePoint,
    predecessors: Predecessors,
    overlap: PerLink,
    sensitivity: PerLink = 1.0,
    evolution: float = math.inf,
    replicates: int = 20,
    runs: int = 1000,
    seed: int | SeedSequence = 0,
    executor: Executor | None = None,
) -> Simulated:
    """Simulate overlapped projects: durations as in `simulate_pert`, last changes as in `overlapped`.

    Parameters
    ----------
    three_point, predecessors, replicates, runs, seed, executor
        As in `simulate_pert`.
    overlap, sensitivity, evolution
        As in `overlapped`; a share of overlap counts from the duration that is drawn.

    Returns
    -------
    Simulated
        Lengths in the unit of the durations.

    Raises
    ------
    ValueError
        As `simulate_pert` and `overlapped`.

    References
    ----------
    As `overlapped`.
    """
    plan = arguments.network("three_point", three_point, predecessors)
    points = arguments.three_points(three_point, plan.names)
    early = _early(plan, overlap, sensitivity, evolution)
    size = arguments.whole("runs", runs, 1)
    parts = repeat.run(partial(_projects, early, points, size), repeat.spawn(seed, replicates), executor)
    return Simulated(np.concatenate(parts), {})


def best_overlap(sensitivity: float, evolution: float = math.inf) -> float:
    r"""Return the overlap of two activities that brings the second one's end forward most.

    A little more overlap gains a unit of time and costs :math:`s (1 - x^a)` at the progress x at which the second one
    starts; they balance at

    .. math:: 1 - (1 - 1/s)^{1/a} \quad (s > 1), \qquad 1 \quad (s \le 1).

    Parameters
    ----------
    sensitivity, evolution
        As in `overlapped`; the second activity is taken to last at least as long as the overlap.

    Returns
    -------
    float
        Share of the first one's duration, from zero to one.

    Raises
    ------
    ValueError
        When a number is negative.

    References
    ----------
    Follows from the integral in `overlapped`.
    """
    spoiled = arguments.number("sensitivity", sensitivity, 0)
    late = arguments.number("evolution", evolution, 0)
    if spoiled <= 1 or late == 0:
        return 1.0
    return -math.expm1(math.log1p(-1 / spoiled) / late)


def _early(plan: Network, overlap: PerLink, sensitivity: PerLink, evolution: float) -> _Early:
    return _Early(
        plan,
        arguments.per_link("overlap", overlap, plan.links, 1),
        arguments.per_link("sensitivity", sensitivity, plan.links),
        arguments.number("evolution", evolution, 0),
    )


def _projects(early: _Early, points: Array, runs: int, seed: SeedSequence) -> Array:
    random = np.random.default_rng(seed)
    return _times(early, draw(random, points, runs), random)[1].max(axis=1)


def _times(early: _Early, times: Array, random: Generator | None) -> tuple[Array, Array, Array]:
    """Return starts, ends and rework, shape (runs, n) each, with mean rework where no random numbers are given."""
    start, finish, rework = np.zeros_like(times), np.zeros_like(times), np.zeros_like(times)
    names = early.plan.names
    for j, before in enumerate(early.plan.before):
        for i in before:
            ahead = early.overlap[names[i], names[j]] * times[:, i]
            start[:, j] = np.maximum(start[:, j], finish[:, i] - ahead)
        done = start[:, j] + times[:, j]
        for i in before:
            done = np.maximum(done, finish[:, i])
            exposed = np.maximum(finish[:, i] - start[:, j], 0)
            spoiled = _spoiled(exposed, times[:, j], times[:, i], early.evolution, random)
            rework[:, j] += early.sensitivity[names[i], names[j]] * spoiled
        finish[:, j] = done + rework[:, j]
    return start, finish, rework


def _spoiled(exposed: Array, own: Array, other: Array, evolution: float, random: Generator | None) -> Array:
    """Return the work done before the last change, at random or on average, shape (runs,)."""
    work = np.minimum(exposed, own)
    if random is not None:
        last = random.random(exposed.size) ** (1 / evolution) if evolution > 0 else np.zeros(exposed.size)
        return np.clip(exposed - (1 - last) * other, 0, work)
    if evolution == math.inf:
        return work
    whole = np.where(other > 0, other, 1)
    begin = np.clip(1 - exposed / whole, 0, 1)
    end = np.clip(begin + work / whole, 0, 1)
    # Rounding may leave a trace below zero where information settles at once.
    return np.maximum(work - whole * (end ** (evolution + 1) - begin ** (evolution + 1)) / (evolution + 1), 0)
