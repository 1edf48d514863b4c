"""The critical path: when each activity of a project can start, when it must, and what determines the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casebook.methods.scheduling import arguments
from casebook.methods.scheduling.arguments import Network, Predecessors

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Schedule:
    """The times of a project, in the unit of the durations, by activity.

    Attributes
    ----------
    length
        When the last activity ends, if each starts as early as it can.
    start, finish
        Earliest times (ES, EF).
    late_start, late_finish
        Latest times that leave the length as it is (LS, LF).
    slack
        By how much an activity may slip (LS - ES).
    critical
        Activities without slack, none before its predecessors.
    """

    length: float
    start: dict[str, float]
    finish: dict[str, float]
    late_start: dict[str, float]
    late_finish: dict[str, float]
    slack: dict[str, float]
    critical: tuple[str, ...]


def critical_path(durations: Mapping[str, float], predecessors: Predecessors) -> Schedule:
    r"""Compute earliest and latest times of every activity (critical path method).

    .. math::

        ES_j = \max_{i \to j} EF_i, \quad EF_j = ES_j + d_j, \quad
        LF_i = \min_{i \to j} LS_j, \quad LS_i = LF_i - d_i, \quad \text{slack} = LS - ES

    Parameters
    ----------
    durations
        Time :math:`d_j` that each activity takes, at least zero, in any unit.
    predecessors
        For each activity those that must end before it starts; an activity that is not named has none. A text stands
        for one activity, or for activities of one letter.

    Returns
    -------
    Schedule
        In the unit of the durations.

    Raises
    ------
    ValueError
        When there is no activity, a duration is negative or not finite, a predecessor is unknown, or activities wait
        for each other in a circle.

    References
    ----------
    F. S. Hillier and G. J. Lieberman, *Introduction to Operations Research*, chapter on project management.
    """
    plan = arguments.network("durations", durations, predecessors)
    times = arguments.durations(durations, plan.names)
    finish = forward(times[None, :], plan)[0]
    late_finish = backward(times[None, :], plan, finish.max(keepdims=True))[0]
    length = float(finish.max())
    slack = np.where(late_finish - finish > TOLERANCE * length, late_finish - finish, 0)
    return Schedule(
        length,
        _named(plan, finish - times),
        _named(plan, finish),
        _named(plan, late_finish - times),
        _named(plan, late_finish),
        _named(plan, slack),
        tuple(name for name, spare in zip(plan.names, slack, strict=True) if spare == 0),
    )


def in_sequence(activities: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return predecessors that put activities one after another, for the length of doing nothing in parallel."""
    names = list(activities)
    return {name: tuple(names[max(k - 1, 0) : k]) for k, name in enumerate(names)}


def forward(times: NDArray[np.float64], plan: Network) -> NDArray[np.float64]:
    """Return earliest finishing times of projects, shape (runs, n), from durations of the same shape."""
    finish = np.empty_like(times)
    for j, before in enumerate(plan.before):
        start = finish[:, list(before)].max(axis=1) if before else 0
        finish[:, j] = start + times[:, j]
    return finish


def backward(times: NDArray[np.float64], plan: Network, ends: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return latest finishing times of projects, shape (runs, n), that end when they must, shape (runs,)."""
    late = np.repeat(ends[:, None], times.shape[1], axis=1)
    for j in range(times.shape[1] - 1, -1, -1):
        for i in plan.before[j]:
            late[:, i] = np.minimum(late[:, i], late[:, j] - times[:, j])
    return late


def _named(plan: Network, values: NDArray[np.float64]) -> dict[str, float]:
    return dict(zip(plan.names, values.tolist(), strict=True))
