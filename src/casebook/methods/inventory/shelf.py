"""A shelf and the households before it: who is served under a cap, what spoils, how unequal the baskets are."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods.inventory.arguments import number, numbers, whole

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Ration:
    """How a shelf was shared out.

    Attributes
    ----------
    served
        Units each household took home, in the order of `demands`.
    left
        Units still on the shelf.
    share
        Units served of units wanted; one where nothing was wanted.
    households
        Share of the households that wanted something and did not leave with nothing.
    inequality
        Gini coefficient of what they took home, from zero (equal) to almost one.
    """

    served: Array
    left: float
    share: float
    households: float
    inequality: float


@dataclass(frozen=True)
class Perishable:
    """What became of goods that spoil; arrays have the shape of `deliveries`, the last axis counts the days.

    Attributes
    ----------
    sold, short, wasted, left
        Units sold, wanted but not there, thrown away at the end of the day, and carried into the next.
    """

    sold: Array
    short: Array
    wasted: Array
    left: Array


def ration(stock: float, demands: ArrayLike, cap: float = math.inf, order: ArrayLike | None = None) -> Ration:
    r"""Share a shelf among households that come one after another and may take up to a cap each.

    .. math:: x_k = \min\lbrace d_k,\ c,\ \bigl(S - \sum_{j<k} x_j\bigr)^+\rbrace

    Parameters
    ----------
    stock
        Units on the shelf, S.
    demands
        Units each household wants, d, shape (n,).
    cap
        Most units a household may take, c; infinite for no rule.
    order
        Indices of the households in the order they come, shape (n,), a permutation: a lottery is a random one. None
        takes them as they stand.

    Returns
    -------
    Ration
        What each household took home, and the shares.

    Raises
    ------
    ValueError
        When a number is negative or not finite, or `order` is no permutation.

    References
    ----------
    A definition; for rationing by allotment see G. P. Cachon and M. A. Lariviere, *Capacity choice and allocation:
    strategic behavior and supply chain performance*, Management Science 45 (1999).
    """
    stock = number("stock", stock, least=0)
    wanted = numbers("demands", demands, least=0).ravel()
    if not cap >= 0:
        raise ValueError(f"cap: expected a number of at least 0 or infinity, found {cap}")
    turn = np.arange(wanted.size) if order is None else np.asarray(order)
    if turn.shape != wanted.shape or not np.array_equal(np.sort(turn), np.arange(wanted.size)):
        raise ValueError(f"order: expected each of 0 to {wanted.size - 1} once, found {turn.tolist()[:10]}")
    asked = np.minimum(wanted, cap)[turn]
    taken = np.minimum(np.cumsum(asked), stock)
    served = np.zeros(wanted.size)
    # A household's basket cannot pass what it asked for, whatever the last bit of a difference of sums says.
    served[turn] = np.minimum(np.diff(taken, prepend=0.0), asked)
    total, there = float(wanted.sum()), wanted > 0
    return Ration(
        served=served,
        left=max(stock - float(taken[-1]), 0.0),
        share=float(served.sum()) / total if total > 0 else 1.0,
        households=float((served[there] > 0).mean()) if there.any() else 1.0,
        inequality=gini(served[there]) if there.any() else 0.0,
    )


def fair_cap(stock: float, demands: ArrayLike) -> float:
    r"""Find the largest cap under which everyone who comes, in whatever order, gets the capped demand.

    .. math:: \sum_k \min\{d_k, c\} = S

    Parameters
    ----------
    stock
        Units on the shelf, S.
    demands
        Units each household wants, d, shape (n,).

    Returns
    -------
    float
        The cap c in units; infinite where the stock covers all demands.

    Raises
    ------
    ValueError
        When a number is negative or not finite.

    References
    ----------
    Uniform rule: Y. Sprumont, *The division problem with single-peaked preferences*, Econometrica 59 (1991).
    """
    stock = number("stock", stock, least=0)
    wanted = np.sort(numbers("demands", demands, least=0).ravel())
    if wanted.sum() <= stock:
        return math.inf
    n = wanted.size
    before = np.concatenate([[0.0], np.cumsum(wanted)[:-1]])
    # With the k smallest demands met in full the others share what is left; the first such share below demand k is it.
    level = (stock - before) / np.arange(n, 0, -1)
    return float(max(level[np.argmax(level < wanted)], 0.0))


def gini(values: ArrayLike) -> float:
    r"""Compute the Gini coefficient of amounts: zero when all are equal, (n - 1)/n when one has everything.

    .. math:: G = \frac{\sum_i (2i - n - 1)\,x_{(i)}}{n \sum_i x_i}

    Parameters
    ----------
    values
        Amounts, shape (n,), none negative. All zero count as equal.

    Returns
    -------
    float
        The coefficient G.

    Raises
    ------
    ValueError
        When there is no amount, or one is negative or not finite.

    References
    ----------
    C. Gini, *Variabilità e mutabilità* (1912); A. Sen, *On Economic Inequality*, chapter 2.
    """
    amounts = np.sort(numbers("values", values, least=0).ravel())
    if amounts[-1] == 0:
        return 0.0
    amounts = amounts / amounts[-1]
    n = amounts.size
    return float(max((2 * np.arange(1, n + 1) - n - 1) @ amounts / (n * amounts.sum()), 0.0))


def perishable(deliveries: ArrayLike, demands: ArrayLike, life: int, newest_first: bool = False) -> Perishable:
    r"""Follow a shelf of goods that spoil: deliveries in the morning, customers by day, waste in the evening.

    A unit can be sold on `life` days, the day of its delivery included, and is thrown away on the evening of the last.

    .. math:: \sum_t \text{delivered}_t = \sum_t \text{sold}_t + \sum_t \text{wasted}_t + \text{left}_T

    Parameters
    ----------
    deliveries, demands
        Units a day, shape (..., days); leading axes are independent shelves.
    life
        Days a unit can be sold, at least one.
    newest_first
        Customers reach for the freshest; otherwise the oldest goes first.

    Returns
    -------
    Perishable
        Units sold, short, wasted and left, day by day.

    Raises
    ------
    ValueError
        When a number is negative or not finite, the shapes differ, or `life` is no whole number from one up.

    References
    ----------
    S. Nahmias, *Perishable Inventory Systems*, chapters 1 and 3.
    """
    arrived = numbers("deliveries", deliveries, least=0)
    wanted = numbers("demands", demands, least=0)
    if arrived.shape != wanted.shape:
        raise ValueError(f"demands: expected the shape of deliveries, {arrived.shape}, found {wanted.shape}")
    life = whole("life", life, 1)
    ages = np.zeros((*arrived.shape[:-1], min(life, arrived.shape[-1] + 1)))  # units by age, the oldest first
    sold, short, wasted, left = (np.zeros(arrived.shape) for _ in range(4))
    for day in range(arrived.shape[-1]):
        ages[..., -1] = arrived[..., day]
        taken = _take(ages, wanted[..., day], newest_first)
        ages -= taken
        sold[..., day] = taken.sum(-1)
        short[..., day] = np.maximum(wanted[..., day] - sold[..., day], 0)
        if ages.shape[-1] == life:
            wasted[..., day] = ages[..., 0]
        ages[..., :-1] = ages[..., 1:]
        ages[..., -1] = 0
        left[..., day] = ages[..., :-1].sum(-1)
    return Perishable(sold, short, wasted, left)


def _take(ages: Array, wanted: Array, newest_first: bool) -> Array:
    """Take what is wanted from the ages of a shelf, beginning at one end."""
    shelf = ages[..., ::-1] if newest_first else ages
    reached = np.minimum(np.cumsum(shelf, axis=-1), wanted[..., None])
    taken = np.minimum(np.diff(reached, axis=-1, prepend=0.0), shelf)
    return taken[..., ::-1] if newest_first else taken
