"""Advertising: effects that carry over, responses that saturate, and the split of a budget with equal margins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import signal

from casebook.methods.demand import arguments
from casebook.methods.demand.arguments import Array


def carried_over(spend: ArrayLike, memory: float) -> Array:
    r"""Add to the spending of each period what is left of the periods before (adstock).

    .. math:: A_t = x_t + \theta A_{t-1}

    Parameters
    ----------
    spend
        Money a period :math:`x_t`, at least zero, shape (n,).
    memory
        Share theta that lasts to the next period, from zero to below one.

    Raises
    ------
    ValueError
        When spending is negative or the memory not from zero to below one.

    References
    ----------
    S. Broadbent, *One way TV advertisements work*, Journal of the Market Research Society 21 (1979).
    """
    x = arguments.row("spend", spend, low=0)
    return signal.lfilter([1.0], [1.0, -arguments.number("memory", memory, 0, np.nextafter(1, 0))], x)


def response(spend: ArrayLike, ceiling: ArrayLike, scale: ArrayLike, memory: ArrayLike) -> Array:
    r"""Compute the sales a steady spending brings each period once its carry-over has built up.

    .. math:: f_i(x) = \beta_i \left(1 - e^{-x / ((1 - \theta_i) \kappa_i)}\right)

    Parameters
    ----------
    spend
        Money a period in each channel x, at least zero, shape (k,).
    ceiling, scale
        Most that the channel can bring :math:`\beta_i` and money that brings about two thirds of it
        :math:`\kappa_i`, above zero, shape (k,).
    memory
        Carry-over :math:`\theta_i`, from zero to below one, shape (k,).
    """
    beta, kappa = _channels(ceiling, scale, memory)
    return beta * -np.expm1(-arguments.row("spend", spend, beta.size, low=0) / kappa)


@dataclass(frozen=True)
class Split:
    """The best split of a budget.

    Attributes
    ----------
    spend
        Money in each channel, shape (k,).
    price
        What a further unit of budget would bring: the multiplier lambda, equal to the marginal response of every
        channel that receives money and at least that of every other.
    response
        Sum of the responses.
    """

    spend: Array
    price: float
    response: float


def optimal_split(ceiling: ArrayLike, scale: ArrayLike, memory: ArrayLike, budget: float) -> Split:
    r"""Split a budget so that no channel would bring more at the margin than another (KKT conditions).

    .. math:: x_i = (1 - \theta_i) \kappa_i \left[\log \frac{\beta_i}{(1 - \theta_i) \kappa_i\, \lambda}\right]^+,
        \qquad \sum_i x_i = B

    Parameters
    ----------
    ceiling, scale, memory
        As in `response`, shape (k,).
    budget
        Money a period B, at least zero.

    Returns
    -------
    Split
        The exact optimum of the concave problem: channels enter in the order of their first marginal response.

    Raises
    ------
    ValueError
        When a ceiling or scale is not above zero, a memory not from zero to below one, or the budget negative.

    References
    ----------
    S. Boyd and L. Vandenberghe, *Convex Optimization*, section 5.5.3 and its example of water-filling; L. M. Lodish
    and others on response curves in G. L. Lilien and A. Rangaswamy, *Marketing Engineering*.
    """
    beta, kappa = _channels(ceiling, scale, memory)
    money = arguments.number("budget", budget)
    slope = beta / kappa
    order = np.argsort(-slope, kind="stable")
    log_price = np.log(slope[order[0]])
    for count in range(1, order.size + 1):
        inside = order[:count]
        log_price = (kappa[inside] @ np.log(slope[inside]) - money) / kappa[inside].sum()
        if count == order.size or log_price >= np.log(slope[order[count]]):
            break
    spend = kappa * np.maximum(np.log(slope) - log_price, 0)
    return Split(spend, float(np.exp(log_price)), float(np.sum(beta * -np.expm1(-spend / kappa))))


def _channels(ceiling: ArrayLike, scale: ArrayLike, memory: ArrayLike) -> tuple[Array, Array]:
    """Give the ceilings, and the scales as steady spending sees them."""
    beta = arguments.row("ceiling", ceiling, low=np.nextafter(0, 1))
    kappa = arguments.row("scale", scale, beta.size, low=np.nextafter(0, 1))
    theta = arguments.row("memory", memory, beta.size, 0, np.nextafter(1, 0))
    return beta, kappa * (1 - theta)
