"""Uncertain durations: PERT's formula, which looks at one path, and a simulation, which looks at all of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.random import Generator, SeedSequence
from numpy.typing import NDArray
from scipy.special import ndtr

from casebook.methods import replicates as repeat
from casebook.methods.scheduling import arguments
from casebook.methods.scheduling.arguments import Network, Predecessors
from casebook.methods.scheduling.network import TOLERANCE, backward, critical_path, forward

ThreePoint = Mapping[str, Iterable[float]]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Pert:
    """What PERT says about the length of a project.

    Attributes
    ----------
    mean, variance
        Of the longest path when every activity takes its mean; of several such paths the one of largest variance.
    path
        The activities of this path.
    means, variances
        By activity.
    """

    mean: float
    variance: float
    path: tuple[str, ...]
    means: dict[str, float]
    variances: dict[str, float]

    def within(self, deadline: float) -> float:
        r"""Return the probability :math:`\Phi((T-\mu)/\sigma)` that the path ends within a deadline."""
        late = arguments.number("deadline", deadline, -math.inf) - self.mean
        return float(late >= 0) if self.variance == 0 else float(ndtr(late / math.sqrt(self.variance)))


@dataclass(frozen=True, eq=False)
class Simulated:
    """Lengths of simulated projects.

    Attributes
    ----------
    lengths
        One a project, shape (replicates * runs,), in the order of the replicates.
    often
        Share of the projects in which an activity was critical; empty where that was not counted.
    """

    lengths: Array = field(repr=False)
    often: dict[str, float]

    @property
    def mean(self) -> float:
        """Mean length."""
        return float(self.lengths.mean())

    @property
    def error(self) -> float:
        """Standard error of the mean length; zero for a single project."""
        n = self.lengths.size
        return float(self.lengths.std(ddof=1)) / math.sqrt(n) if n > 1 else 0.0

    def within(self, deadline: float) -> float:
        """Return the share of projects that ended within a deadline."""
        return float((self.lengths <= arguments.number("deadline", deadline, -math.inf)).mean())


def pert(three_point: ThreePoint, predecessors: Predecessors) -> Pert:
    r"""Compute mean and variance of a project's length from three estimates an activity.

    .. math:: \mu = \frac{o + 4m + p}{6}, \qquad \sigma^2 = \Bigl(\frac{p - o}{6}\Bigr)^2

    Parameters
    ----------
    three_point
        Optimistic, most likely and pessimistic duration (o, m, p) of each activity, ascending, at least zero.
    predecessors
        As in `critical_path`.

    Returns
    -------
    Pert
        In the unit of the durations.

    Raises
    ------
    ValueError
        As `critical_path`, and when three times are not three or do not ascend.

    References
    ----------
    D. G. Malcolm, J. H. Roseboom, C. E. Clark and W. Fazar, *Application of a technique for research and development
    program evaluation*, Operations Research 7 (1959); Hillier and Lieberman, chapter on project management.
    """
    plan = arguments.network("three_point", three_point, predecessors)
    points = arguments.three_points(three_point, plan.names)
    means = dict(zip(plan.names, (points @ [1 / 6, 4 / 6, 1 / 6]).tolist(), strict=True))
    variances = dict(zip(plan.names, (((points[:, 2] - points[:, 0]) / 6) ** 2).tolist(), strict=True))
    path = _path(plan, means, variances, predecessors)
    mean, variance = (math.fsum(values[name] for name in path) for values in (means, variances))
    return Pert(mean, variance, path, means, variances)


def simulate_pert(
    three_point: ThreePoint,
    predecessors: Predecessors,
    replicates: int = 20,
    runs: int = 1000,
    seed: int | SeedSequence = 0,
    executor: Executor | None = None,
) -> Simulated:
    r"""Simulate projects whose durations are independent and follow PERT's beta distribution.

    .. math::

        d = o + (p - o)\,B, \qquad
        B \sim \text{Beta}\Bigl(1 + 4\frac{m - o}{p - o},\; 1 + 4\frac{p - m}{p - o}\Bigr)

    Parameters
    ----------
    three_point, predecessors
        As in `pert`.
    replicates, runs
        Number of independent streams of random numbers, and of projects that each simulates.
    seed
        A whole number of at least zero.
    executor
        Any concurrent.futures executor; the results are the same bits with each and with none.

    Returns
    -------
    Simulated
        Lengths in the unit of the durations, and how often each activity was critical.

    Raises
    ------
    ValueError
        As `pert`, and when a number is below one.

    References
    ----------
    R. M. Van Slyke, *Monte Carlo methods and the PERT problem*, Operations Research 11 (1963), for the criticality
    index and for why the mean exceeds PERT's.
    """
    plan = arguments.network("three_point", three_point, predecessors)
    points = arguments.three_points(three_point, plan.names)
    size = arguments.whole("runs", runs, 1)
    parts = repeat.run(partial(_projects, plan, points, size), repeat.spawn(seed, replicates), executor)
    often = np.mean([part[1] for part in parts], axis=0)
    return Simulated(np.concatenate([part[0] for part in parts]), dict(zip(plan.names, often.tolist(), strict=True)))


def draw(random: Generator, points: Array, runs: int) -> Array:
    """Draw durations, shape (runs, n), from three points an activity, shape (n, 3)."""
    low, likely, high = points.T
    width = np.where(high > low, high - low, 1)
    shape = (runs, len(points))
    return low + (high - low) * random.beta(1 + 4 * (likely - low) / width, 1 + 4 * (high - likely) / width, shape)


def _projects(plan: Network, points: Array, runs: int, seed: SeedSequence) -> tuple[Array, Array]:
    """Simulate the projects of one replicate: their lengths, and how often each activity was critical."""
    times = draw(np.random.default_rng(seed), points, runs)
    finish = forward(times, plan)
    lengths = finish.max(axis=1)
    late = backward(times, plan, lengths)
    return lengths, (late - finish <= TOLERANCE * lengths[:, None]).mean(axis=0)


def _path(
    plan: Network, means: Mapping[str, float], variances: Mapping[str, float], predecessors: Predecessors
) -> tuple[str, ...]:
    """Return the longest path, of several the one whose variances add up to most."""
    schedule = critical_path({name: means[name] for name in plan.names}, predecessors)
    near = TOLERANCE * schedule.length
    best: dict[str, tuple[float, tuple[str, ...]]] = {}
    for name, before in zip(plan.names, plan.before, strict=True):
        if schedule.slack[name] == 0:
            earlier = (plan.names[i] for i in before)
            tight = [best[i] for i in earlier if i in best and schedule.start[name] - schedule.finish[i] <= near]
            variance, path = max(tight, key=lambda found: found[0], default=(0.0, ()))
            best[name] = (variance + variances[name], (*path, name))
    ends = [found for name, found in best.items() if schedule.length - schedule.finish[name] <= near]
    return max(ends, key=lambda found: found[0])[1]
