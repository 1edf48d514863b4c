"""Fair shares: a joint gain by contribution, and how unequal a distribution is."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable

import numpy as np
from numpy.typing import ArrayLike

from casebook.methods.allocation import arguments

MOST_PLAYERS = 16


def shapley(value: Callable[[frozenset], float], players: Iterable[Hashable]) -> dict[Hashable, float]:
    r"""Share a joint value by the average of what each player adds to those who came before, over all orders.

    .. math:: \phi_i = \sum_{S \not\ni i} \frac{|S|!\,(n - |S| - 1)!}{n!} \bigl[v(S \cup \{i\}) - v(S)\bigr]

    Parameters
    ----------
    value
        Called once with each frozenset of players; what they reach together.
    players
        One to sixteen different players.

    Returns
    -------
    dict
        The share of each; they add up to the value of all less the value of none.

    Raises
    ------
    ValueError
        When there is no player, one appears twice, there are more than sixteen, or a value is not finite.

    References
    ----------
    L. S. Shapley, *A value for n-person games*, Contributions to the Theory of Games II (1953).
    """
    names = list(players)
    n = len(names)
    if not 1 <= n <= MOST_PLAYERS or len(set(names)) < n:
        raise ValueError(f"players: expected 1 to {MOST_PLAYERS} different players, found {names}")
    masks = np.arange(2**n)
    groups = [frozenset(name for k, name in enumerate(names) if mask >> k & 1) for mask in masks.tolist()]
    worth = np.array([float(value(group)) for group in groups])
    if not np.isfinite(worth).all():
        wrong = int(np.flatnonzero(~np.isfinite(worth))[0])
        raise ValueError(f"value: expected finite numbers, found {worth[wrong]} for {sorted(map(str, groups[wrong]))}")
    weight = np.array([1 / (n * math.comb(n - 1, size)) for size in range(n)])
    shares = {}
    for k, name in enumerate(names):
        without = masks[masks >> k & 1 == 0]
        added = worth[without | 1 << k] - worth[without]
        shares[name] = math.fsum(weight[np.bitwise_count(without)] * added)
    return shares


def gini(values: ArrayLike) -> float:
    r"""Measure how unequal amounts are: zero where all are equal, near one where one has everything.

    .. math:: G = \frac{\sum_{i=1}^n (2i - n - 1)\, x_{(i)}}{n \sum_i x_i}

    Parameters
    ----------
    values
        Amounts :math:`x_i`, shape (n,), at least zero.

    Returns
    -------
    float
        From zero to (n - 1) / n; zero where nobody has anything.

    Raises
    ------
    ValueError
        When there is no amount, or one is negative or not finite.

    References
    ----------
    C. Gini, *Variabilità e mutabilità* (1912); A. Sen, *On Economic Inequality*, chapter 2.
    """
    amounts = np.sort(arguments.numbers("values", values))
    if amounts[-1] == 0:
        return 0.0
    shares = amounts / amounts[-1]
    n = shares.size
    return max(0.0, float((2 * np.arange(1, n + 1) - n - 1) @ shares / (n * shares.sum())))
