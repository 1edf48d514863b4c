"""Independent replicates of a random experiment: the same bits one after another, in a pool and on a cluster."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TypeVar

from numpy.random import SeedSequence
from numpy.typing import ArrayLike
from scipy import special

from casebook.methods.arguments import ArgumentError, number, numbers, whole

Result = TypeVar("Result")
MOST = 1_000_000  # replicates


def spawn(seed: int | SeedSequence, replicates: int) -> list[SeedSequence]:
    """Give each replicate its own independent stream of random numbers.

    `seed`: A whole number from zero up, or a SeedSequence, which is not changed. `replicates`: How many streams, at
    least one. Raises `ArgumentError`: when there is no replicate, or the seed is negative. M. E. O'Neill, *Developing a
    seed_seq alternative* (2015), as NumPy's SeedSequence has it.
    """
    count = whole("replicates", replicates, least=1, most=MOST)
    if not isinstance(seed, SeedSequence):
        return SeedSequence(whole("seed", seed, most=2**63)).spawn(count)
    return _fresh(seed).spawn(count)


def run(
    function: Callable[[SeedSequence], Result], seeds: Iterable[SeedSequence], executor: Executor | None = None
) -> list[Result]:
    """Call a function once a seed and return its results in the order of the seeds.

    `function`: Called with one seed; it makes its own Generator from it and shares nothing. For another process it
    must be picklable: a function of a module, or a `functools.partial` of one. `seeds`: One a replicate, as `spawn`
    gives them. Each call receives a fresh copy, so that a function that spawns again finds the same streams wherever
    and however often it runs. `executor`: Any concurrent.futures executor, such as a ProcessPoolExecutor or
    `dask.distributed.Client.get_executor()`; None runs here. Raises `ArgumentError`: when `function` cannot be called.
    """
    if not callable(function):
        raise ArgumentError("function", "something that can be called", repr(function))
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

    `values`: One number a replicate, shape (n,), at least two. `level`: Confidence level between zero and one. Raises
    `ArgumentError`: when there are fewer than two values, one is not finite, or the level is not between zero and one.
    A. M. Law, *Simulation Modeling and Analysis*, chapter 4.
    """
    found, level = numbers("values", values, shape=(None,)), number("level", level, above=0, below=1)
    if found.size < 2:
        raise ArgumentError("values", "at least 2 numbers", f"{found.size} of them")
    n = found.size
    half = special.stdtrit(n - 1, (1 + level) / 2) * found.std(ddof=1) / math.sqrt(n)
    mean = float(found.mean())
    return Estimate(mean, mean - float(half), mean + float(half))


def _fresh(seed: SeedSequence) -> SeedSequence:
    """Copy a seed as it was before anything was spawned from it; leave anything else alone."""
    if not isinstance(seed, SeedSequence):
        return seed
    return SeedSequence(seed.entropy, spawn_key=seed.spawn_key, pool_size=seed.pool_size)
