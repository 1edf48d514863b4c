"""Fair shares: seats by votes, a joint gain by contribution, and how unequal a distribution is."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from casebook.methods.allocation import arguments

MOST_PLAYERS = 16


def apportion(votes: ArrayLike, seats: int, method: str = "webster") -> list[int]:
    r"""Divide whole seats in proportion to votes, populations or the like.

    With the quota :math:`q_i = S v_i / \sum_k v_k`, Hamilton's method gives everyone the whole part and the seats that
    remain to the largest fractions. Webster's rounds :math:`v_i / D` to the nearest whole number, with the divisor D at
    which the seats add up: one after another they go to the largest :math:`v_i / (2 a_i + 1)`.

    Parameters
    ----------
    votes
        :math:`v_i`, shape (n,), at least zero, not all zero.
    seats
        :math:`S`, whole, at least zero.
    method
        'hamilton' or 'webster'.

    Returns
    -------
    list of int
        Seats, in the order of the votes; they add up. Computed exactly; a tie goes to the larger vote, then to the one
        that stands first.

    Raises
    ------
    ValueError
        When an argument is out of its range, or nobody has a vote.

    References
    ----------
    M. L. Balinski and H. P. Young, *Fair Representation*.
    """
    counts = [Fraction(vote) for vote in arguments.numbers("votes", votes).tolist()]
    number = arguments.whole("seats", seats, 0)
    if not any(counts):
        raise ValueError(f"votes: expected at least one above 0, found {[float(vote) for vote in counts]}")
    if method not in ("hamilton", "webster"):
        raise ValueError(f"method: expected 'hamilton' or 'webster', found {method!r}")
    total = sum(counts)
    quotas = [vote * number / total for vote in counts]
    return _hamilton(counts, quotas, number) if method == "hamilton" else _webster(counts, quotas, number)


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


def _hamilton(votes: list[Fraction], quotas: list[Fraction], seats: int) -> list[int]:
    given = [math.floor(quota) for quota in quotas]
    order = sorted(range(len(votes)), key=lambda i: (given[i] - quotas[i], -votes[i], i))
    for i in order[: seats - sum(given)]:
        given[i] += 1
    return given


def _webster(votes: list[Fraction], quotas: list[Fraction], seats: int) -> list[int]:
    """Round the quotas, which is Webster's answer for some number of seats, and step from there to the right one."""
    given = [math.floor(quota + Fraction(1, 2)) for quota in quotas]
    places = range(len(votes))
    while sum(given) < seats:
        given[max(places, key=lambda i: (votes[i] / (2 * given[i] + 1), votes[i], -i))] += 1
    while sum(given) > seats:
        holders = (i for i in places if given[i] > 0)
        given[min(holders, key=lambda i: (votes[i] / (2 * given[i] - 1), votes[i], -i))] -= 1
    return given
