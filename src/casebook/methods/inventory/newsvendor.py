"""Order once, before the demand is known: the newsvendor for normal, Poisson, counted and unknown demand."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from casebook.methods.inventory.arguments import number
from casebook.methods.inventory.loss import (
    Amount,
    discrete_loss,
    listed,
    normal_loss,
    plain,
    poisson_loss,
    poisson_more,
    scarf_loss,
    stock_of,
)


@dataclass(frozen=True)
class Newsvendor:
    """What a stock costs on average; every field has the shape of `stock`.

    Attributes
    ----------
    stock
        Units ordered, S.
    cost
        Expected cost of one period, g(S).
    left
        Expected units left over, E[(S - D)+].
    short
        Expected units short, E[(D - S)+].
    enough
        Chance that nobody goes without, P(D <= S).
    fill_rate
        Share of the expected demand that is served; one where nothing is demanded.
    """

    stock: Amount
    cost: Amount
    left: Amount
    short: Amount
    enough: Amount
    fill_rate: Amount


@dataclass(frozen=True)
class DistributionFree:
    """The order that is safe against every demand with a given mean and spread.

    Attributes
    ----------
    stock
        Order Q that makes the worst expected profit as large as it can be.
    stock_normal
        The order for normal demand of the same mean and spread.
    guaranteed_profit
        Expected profit of `stock` under the worst of all these demands.
    profit_if_normal
        Expected profit of `stock` should demand be normal after all.
    best_if_normal
        Expected profit of `stock_normal` under normal demand; what it exceeds `profit_if_normal` by is what it is
        worth to know the shape of the demand.
    """

    stock: float
    stock_normal: float
    guaranteed_profit: float
    profit_if_normal: float
    best_if_normal: float


def newsvendor_normal(
    overage: float, underage: float, mean: float, sd: float, stock: ArrayLike | None = None
) -> Newsvendor:
    r"""Find the cheapest stock for normal demand, or what a given stock costs.

    .. math:: g(S) = h\,E[(S - D)^+] + p\,E[(D - S)^+], \quad \Phi\bigl((S^* - \mu)/\sigma\bigr) = p/(h + p)

    Parameters
    ----------
    overage, underage
        Cost of a unit left over and of a unit short, h and p, both more than zero.
    mean, sd
        Demand of the period in units, mu and sigma.
    stock
        Units to evaluate, any shape; None takes the cheapest.

    Returns
    -------
    Newsvendor
        The stock, its expected cost and what it serves.

    Raises
    ------
    ValueError
        When a cost is not positive, `sd` is negative or a number is not finite.

    References
    ----------
    L. V. Snyder and Z.-J. M. Shen, *Fundamentals of Supply Chain Theory*, 2nd edition, chapter 4, example 4.3.
    """
    over, under = _costs(overage, underage)
    mean, sd = number("mean", mean), number("sd", sd, least=0)
    if stock is None:
        # The tail is inverted that is the smaller of the two: near one the ratio itself has no digits left.
        z = special.ndtri(under / (over + under)) if under < over else -special.ndtri(over / (over + under))
        stock = mean + sd * z
    units = stock_of(stock)
    with np.errstate(over="ignore"):
        enough = special.ndtr((units - mean) / sd) if sd > 0 else (units >= mean).astype(float)
    return _result(units, over, under, mean, normal_loss(units, mean, sd), enough)


def newsvendor_poisson(overage: float, underage: float, mean: float, stock: ArrayLike | None = None) -> Newsvendor:
    r"""Find the cheapest stock for Poisson demand, or what a given stock costs.

    .. math:: S^* = \min\{S : P(D \le S) \ge p/(h + p)\}

    Parameters
    ----------
    overage, underage
        Cost of a unit left over and of a unit short, h and p, both more than zero.
    mean
        Mean demand of the period in units, lambda.
    stock
        Units to evaluate, any shape; None takes the cheapest, a whole number.

    Returns
    -------
    Newsvendor
        The stock, its expected cost and what it serves.

    Raises
    ------
    ValueError
        When a cost is not positive, `mean` is negative or a number is not finite.

    References
    ----------
    L. V. Snyder and Z.-J. M. Shen, *Fundamentals of Supply Chain Theory*, 2nd edition, chapter 4.
    """
    over, under = _costs(overage, underage)
    mean = number("mean", mean, least=0)
    if stock is None:
        stock = _smallest(lambda s: _covers(s, over, under, mean), start=mean)
    units = stock_of(stock)
    return _result(units, over, under, mean, poisson_loss(units, mean), 1 - poisson_more(np.floor(units), mean))


def newsvendor_discrete(
    overage: float,
    underage: float,
    values: ArrayLike,
    probabilities: ArrayLike | None = None,
    stock: ArrayLike | None = None,
) -> Newsvendor:
    r"""Find the cheapest stock for a demand that is listed or was observed, or what a given stock costs.

    The cheapest is the smallest listed value whose cumulative probability reaches p / (h + p).

    .. math:: S^* = \min\lbrace d_i : \sum_{d_j \le d_i} \pi_j \ge p/(h + p)\rbrace

    Parameters
    ----------
    overage, underage
        Cost of a unit left over and of a unit short, h and p, both more than zero.
    values
        Demands in units, shape (n,), in any order; repeated values add up.
    probabilities
        Their probabilities, shape (n,), summing to one; None counts each value once, as observed days.
    stock
        Units to evaluate, any shape; None takes the cheapest.

    Returns
    -------
    Newsvendor
        The stock, its expected cost and what it serves.

    Raises
    ------
    ValueError
        When a cost is not positive, a number is not finite, or the probabilities are none.

    References
    ----------
    L. V. Snyder and Z.-J. M. Shen, *Fundamentals of Supply Chain Theory*, 2nd edition, chapter 4.
    """
    over, under = _costs(overage, underage)
    demand, share = listed(values, probabilities)
    if stock is None:
        reached = np.cumsum(share) >= under / (over + under) * (1 - 1e-12)
        stock = demand[np.argmax(reached) if reached.any() else -1]
    units = stock_of(stock)
    enough = (demand <= units[..., None]) @ share
    return _result(units, over, under, float(demand @ share), discrete_loss(units, demand, share), enough)


def newsvendor_distribution_free(
    mean: float, sd: float, price: float, cost: float, salvage: float = 0.0
) -> DistributionFree:
    r"""Find the order whose expected profit is safe against every demand with a given mean and spread.

    .. math::

        Q^* = \mu + \frac{\sigma}{2}\left(\sqrt{\frac{m}{d}} - \sqrt{\frac{d}{m}}\right), \quad
        \pi(Q^*) \ge m\mu - \sigma\sqrt{m d}, \quad m = \text{price} - \text{cost},\ d = \text{cost} - \text{salvage}

    With a spread so large that the guarantee would be a loss, the safe order is nothing.

    Parameters
    ----------
    mean, sd
        Demand of the season in units, mu and sigma, never negative.
    price, cost, salvage
        Money for a unit sold, paid for a unit, and got for a unit left over: salvage < cost < price.

    Returns
    -------
    DistributionFree
        The safe order beside the one for normal demand.

    Raises
    ------
    ValueError
        When the prices are in another order, `mean` is not positive, `sd` is negative or a number is not finite.

    References
    ----------
    H. Scarf (1958); G. Gallego and I. Moon, *The distribution free newsboy problem: review and extensions*, Journal
    of the Operational Research Society 44 (1993), section 2.
    """
    mean, sd = number("mean", mean, above=0), number("sd", sd, least=0)
    salvage = number("salvage", salvage)
    cost = number("cost", cost, above=salvage)
    price = number("price", price, above=cost)
    margin, loss = price - cost, cost - salvage
    safe = mean + sd / 2 * (math.sqrt(margin / loss) - math.sqrt(loss / margin))
    if margin * mean <= sd * math.sqrt(margin * loss):
        safe = 0.0

    def profit(order: float, short: Amount) -> float:
        return margin * mean - loss * (order - mean) - (price - salvage) * float(short)

    normal = float(newsvendor_normal(loss, margin, mean, sd).stock)
    return DistributionFree(
        stock=safe,
        stock_normal=normal,
        guaranteed_profit=max(profit(safe, scarf_loss(safe, mean, sd)), 0.0),
        profit_if_normal=profit(safe, normal_loss(safe, mean, sd)),
        best_if_normal=profit(normal, normal_loss(normal, mean, sd)),
    )


def _result(
    units: NDArray[np.float64], over: float, under: float, mean: float, short: Amount, enough: Amount
) -> Newsvendor:
    left = np.maximum(units - mean + short, 0)
    cost = over * left + under * short
    filled = 1 - np.minimum(short, mean) / mean if mean > 0 else np.ones_like(units)
    return Newsvendor(*(plain(np.asarray(field)) for field in (units, cost, left, short, enough, filled)))


def _costs(overage: float, underage: float) -> tuple[float, float]:
    return number("overage", overage, above=0), number("underage", underage, above=0)


def _covers(units: float, over: float, under: float, mean: float) -> bool:
    """Say whether P(D <= units) reaches the critical ratio, asked of the tail that has the digits."""
    if under < over:
        return units >= 0 and float(special.pdtr(units, mean)) >= under / (over + under)
    return float(poisson_more(units, mean)) <= over / (over + under)


def _smallest(reached: Callable[[float], bool], start: float) -> float:
    """Give the smallest whole number from zero up for which a condition holds that stays true once it is."""
    low, high, step = -1.0, math.floor(start), 1.0
    while not reached(high):
        low, high, step = high, high + step, 2 * step
    while high - low > 1:
        middle = math.floor((low + high) / 2)
        if middle in (low, high):  # beyond 2**53 whole numbers have gaps
            break
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high
