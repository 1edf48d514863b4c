"""Independent replicates of a random experiment: the same bits one after another, in a pool and on a cluster."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.random import SeedSequence
from numpy.typing import ArrayLike
from scipy import special

Result = TypeVar("Result")


def spawn(seed: int | SeedSequence, replicates: int) -> list[SeedSequence]:
    """Give each replicate its own independent stream of random numbers.

    Parameters
    ----------
    seed
        A whole number from zero up, or a SeedSequence, which is not changed.
    replicates
        How many streams, at least one.

    Returns
    -------
    list of SeedSequence
        The first ones stay the same when more are asked for.

    Raises
    ------
    ValueError
        When there is no replicate, or the seed is negative.

    References
    ----------
    M. E. O'Neill, *Developing a seed_seq alternative* (2015), as NumPy's SeedSequence has it.
    """
    if isinstance(replicates, bool) or not isinstance(replicates, int | np.integer) or replicates < 1:
        raise ValueError(f"replicates: expected a whole number of at least 1, found {replicates}")
    if isinstance(seed, SeedSequence):
        return _fresh(seed).spawn(int(replicates))
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"seed: expected a whole number of at least 0 or a SeedSequence, found {seed}")
    return SeedSequence(int(seed)).spawn(int(replicates))


def run(
    function: Callable[[SeedSequence], Result], seeds: Iterable[SeedSequence], executor: Executor | None = None
) -> list[Result]:
    """Call a function once a seed and return its results in the order of the seeds.

    Parameters
    ----------
    function
        Called with one seed; it makes its own Generator from it and shares nothing. For another process it must be
        picklable: a function of a module, or a `functools.partial` of one.
    seeds
        One a replicate, as `spawn` gives them. Each call receives a fresh copy, so that a function that spawns
        again finds the same streams wherever and however often it runs.
    executor
        Any concurrent.futures executor, such as a ProcessPoolExecutor or `dask.distributed.Client.get_executor()`;
        None runs here.

    Returns
    -------
    list
        One result a seed; which executor was used cannot be told from it.

    Raises
    ------
    ValueError
        When `function` cannot be called.
    """
    if not callable(function):
        raise ValueError(f"function: expected something that can be called, found {function!r}")
    copies = [_fresh(seed) for seed in seeds]
    if executor is None:
        return [function(seed) for seed in copies]
    workers = getattr(executor, "_max_workers", None) or 2
    return list(executor.map(function, copies, chunksize=max(1, math.ceil(len(copies) / (4 * workers)))))


@dataclass(frozen=True)
class Estimate:
    """A mean of independent replicates with the interval that holds the true mean at the stated level."""

    mean: float
    low: float
    high: float


def estimate(values: ArrayLike, level: float = 0.95) -> Estimate:
    r"""Estimate a mean from independent replicates, with Student's interval.

    .. math:: \bar x \pm t_{(1+\text{level})/2,\,n-1}\; s / \sqrt{n}

    Parameters
    ----------
    values
        One number a replicate, shape (n,), at least two.
    level
        Confidence level between zero and one.

    Raises
    ------
    ValueError
        When there are fewer than two values, one is not finite, or the level is not between zero and one.

    References
    ----------
    A. M. Law, *Simulation Modeling and Analysis*, chapter 4.
    """
    numbers = np.asarray(values, dtype=float)
    if numbers.ndim != 1 or numbers.size < 2:
        raise ValueError(f"values: expected at least 2 numbers in a row, found shape {numbers.shape}")
    if not np.isfinite(numbers).all():
        raise ValueError(f"values: expected finite numbers, found {numbers[~np.isfinite(numbers)][0]}")
    if not 0 < level < 1:
        raise ValueError(f"level: expected a number between 0 and 1, found {level}")
    n = numbers.size
    half = special.stdtrit(n - 1, (1 + level) / 2) * numbers.std(ddof=1) / math.sqrt(n)
    mean = float(numbers.mean())
    return Estimate(mean, mean - float(half), mean + float(half))


def _fresh(seed: SeedSequence) -> SeedSequence:
    """Copy a seed as it was before anything was spawned from it; leave anything else alone."""
    if not isinstance(seed, SeedSequence):
        return seed
    return SeedSequence(seed.entropy, spawn_key=seed.spawn_key, pool_size=seed.pool_size)
