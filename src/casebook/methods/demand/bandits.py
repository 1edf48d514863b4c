"""Which message works while it is being sent: bandits, their regret, and the bound nobody can beat in the long run."""

from __future__ import annotations

from concurrent.futures import Executor
from functools import partial

import numpy as np
from numba import njit
from numpy.random import Generator, SeedSequence
from numpy.typing import ArrayLike, NDArray
from scipy import special

from casebook.methods import replicates as independent
from casebook.methods.demand import arguments
from casebook.methods.demand.arguments import Array

POLICIES = ("Thompson sampling", "UCB", "test first", "rotation")
THOMPSON, UCB, TEST, ROTATION = range(4)


def lai_robbins(rates: ArrayLike) -> float:
    r"""Compute the slope of the Lai-Robbins bound: the least regret per unit of log time of any good policy.

    .. math:: \liminf_{n \to \infty} \frac{R_n}{\log n} \ge \sum_{i:\, p_i < p^*} \frac{p^* - p_i}{
        p_i \log\frac{p_i}{p^*} + (1 - p_i) \log\frac{1 - p_i}{1 - p^*}}

    Parameters
    ----------
    rates
        Chance of success :math:`p_i` of each arm, from zero to one, shape (k,).

    Returns
    -------
    float
        Zero where all arms are equally good, or the best never fails.

    Raises
    ------
    ValueError
        When a rate is not from zero to one.

    References
    ----------
    T. L. Lai and H. Robbins, *Asymptotically efficient adaptive allocation rules*, Advances in Applied Mathematics 6
    (1985); T. Lattimore and C. Szepesvari, *Bandit Algorithms*, chapter 16.
    """
    p = arguments.row("rates", rates, low=0, high=1)
    best = p.max()
    worse = p[p < best]
    if best == 1 or worse.size == 0:
        return 0.0
    distance = special.rel_entr(worse, best) + special.rel_entr(1 - worse, 1 - best)
    return float(np.sum((best - worse) / distance))


def regrets(
    rates: ArrayLike,
    at: ArrayLike,
    policy: str = "Thompson sampling",
    *,
    trial: int = 100,
    replicates: int = 100,
    seed: int | SeedSequence = 0,
    executor: Executor | None = None,
) -> Array:
    r"""Play a Bernoulli bandit and count what not knowing the best arm has cost.

    Thompson sampling pulls the arm whose draw from its posterior, Beta(1 + successes, 1 + failures), is the largest.
    UCB (its form UCB1) pulls the arm with the largest mean plus :math:`\sqrt{2 \log t / n_i}`. 'test first' pulls every arm `trial`
    times in turn, then only the one with most successes. 'rotation' pulls all in turn for ever.

    .. math:: R_n = \sum_{t=1}^{n} (p^* - p_{A_t})

    Parameters
    ----------
    rates
        Chance of success of each arm, shape (k,).
    at
        Numbers of pulls after which the regret is read, whole and ascending, shape (m,).
    policy
        'Thompson sampling', 'UCB', 'test first' or 'rotation'.
    trial
        Pulls of each arm under 'test first', at least one.
    replicates, seed, executor
        How many independent games, from which seed, and where; the bits do not depend on the executor.

    Returns
    -------
    array of shape (replicates, m)
        Expected successes forgone.

    Raises
    ------
    ValueError
        When a rate is not from zero to one, the marks do not ascend, or the policy is unknown.

    References
    ----------
    W. R. Thompson, *On the likelihood that one unknown probability exceeds another in view of the evidence of two
    samples*, Biometrika 25 (1933); P. Auer, N. Cesa-Bianchi and P. Fischer, *Finite-time analysis of the multiarmed
    bandit problem*, Machine Learning 47 (2002).
    """
    chances = arguments.row("rates", rates, low=0, high=1)
    when = arguments.row("at", at, low=1)
    if (when != np.floor(when)).any() or (np.diff(when) <= 0).any():
        raise ValueError(f"at: expected ascending whole numbers, found {when.tolist()}")
    if policy not in POLICIES:
        raise ValueError(f"policy: expected one of {', '.join(POLICIES)}, found {policy!r}")
    tries = arguments.whole("trial", trial, 1)
    game = partial(_play, chances, when.astype(np.int64), POLICIES.index(policy), tries)
    return np.array(independent.run(game, independent.spawn(seed, replicates), executor))


def _play(rates: Array, at: NDArray[np.int64], policy: int, trial: int, seed: SeedSequence) -> Array:
    return _game(np.random.default_rng(seed), rates, at, policy, trial)


@njit(cache=True)
def _game(random: Generator, rates: Array, at: NDArray[np.int64], policy: int, trial: int) -> Array:
    arms = rates.size
    won, lost = np.zeros(arms), np.zeros(arms)
    regret, best, mark, kept = 0.0, rates.max(), 0, 0
    read = np.zeros(at.size)
    for pull in range(at[-1]):
        arm = pull % arms
        if policy == THOMPSON:
            arm = _thompson(random, won, lost)
        elif policy == UCB and pull >= arms:
            arm = np.argmax(won / (won + lost) + np.sqrt(2 * np.log(pull + 1) / (won + lost)))
        elif policy == TEST and pull >= arms * trial:
            kept = np.argmax(won) if pull == arms * trial else kept
            arm = kept
        if random.random() < rates[arm]:
            won[arm] += 1
        else:
            lost[arm] += 1
        regret += best - rates[arm]
        if pull + 1 == at[mark]:
            read[mark] = regret
            mark += 1
    return read


@njit(cache=True)
def _thompson(random: Generator, won: Array, lost: Array) -> int:
    arm, largest = 0, -1.0
    for other in range(won.size):
        draw = random.beta(1 + won[other], 1 + lost[other])
        if draw > largest:
            arm, largest = other, draw
    return arm
