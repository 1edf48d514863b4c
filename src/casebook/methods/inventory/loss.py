"""Loss functions: the expected units short of a stock, for demand that is normal, Poisson, counted or unknown."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from casebook.methods.inventory.arguments import number, numbers

Amount = float | NDArray[np.float64]


def normal_loss(stock: ArrayLike, mean: float, sd: float) -> Amount:
    r"""Compute the expected units short of a stock under normal demand.

    .. math:: n(S) = E[(D - S)^+] = \sigma\,[\varphi(z) - z\,(1 - \Phi(z))], \quad z = (S - \mu)/\sigma

    Parameters
    ----------
    stock
        Units in stock, S, any shape.
    mean, sd
        Demand of the period in units, mu and sigma; `sd` may be zero.

    Returns
    -------
    float or numpy.ndarray
        Units short, in the shape of `stock`.

    Raises
    ------
    ValueError
        When a number is not finite or `sd` is negative.

    References
    ----------
    L. V. Snyder and Z.-J. M. Shen, *Fundamentals of Supply Chain Theory*, 2nd edition, appendix on loss functions.
    """
    mean, sd = number("mean", mean), number("sd", sd, least=0)
    units = stock_of(stock)
    if sd == 0:
        return plain(np.maximum(mean - units, 0))
    # Forty standard deviations are as good as any more, and nothing overflows however small sd is.
    with np.errstate(over="ignore"):
        z = np.clip((units - mean) / sd, -40, 40)
    density = np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    return plain(np.maximum(sd * density + (mean - units) * special.ndtr(-z), 0))


def poisson_loss(stock: ArrayLike, mean: float) -> Amount:
    r"""Compute the expected units short of a stock under Poisson demand.

    .. math:: n(S) = \mu\,P(D \ge \lfloor S\rfloor) - S\,P(D \ge \lfloor S\rfloor + 1)

    Parameters
    ----------
    stock
        Units in stock, S, any shape; between whole numbers the loss is linear.
    mean
        Mean demand of the period in units, lambda.

    Returns
    -------
    float or numpy.ndarray
        Units short, in the shape of `stock`.

    Raises
    ------
    ValueError
        When a number is not finite or `mean` is negative.

    References
    ----------
    L. V. Snyder and Z.-J. M. Shen, *Fundamentals of Supply Chain Theory*, 2nd edition, appendix on loss functions.
    """
    mean = number("mean", mean, least=0)
    units = stock_of(stock)
    floor = np.floor(units)
    short = mean * poisson_more(floor - 1, mean) - units * poisson_more(floor, mean)
    return plain(np.maximum(short, 0))


def discrete_loss(stock: ArrayLike, values: ArrayLike, probabilities: ArrayLike | None = None) -> Amount:
    r"""Compute the expected units short of a stock under a demand that is listed or was observed.

    .. math:: n(S) = \sum_i \pi_i\,(d_i - S)^+

    Parameters
    ----------
    stock
        Units in stock, S, any shape.
    values
        Demands in units, shape (n,), in any order.
    probabilities
        Their probabilities, shape (n,), summing to one; None counts each value once, as observed days.

    Returns
    -------
    float or numpy.ndarray
        Units short, in the shape of `stock`.

    Raises
    ------
    ValueError
        When a number is not finite, a probability is negative or they do not sum to one.

    References
    ----------
    L. V. Snyder and Z.-J. M. Shen, *Fundamentals of Supply Chain Theory*, 2nd edition, appendix on loss functions.
    """
    demand, share = listed(values, probabilities)
    units = stock_of(stock)
    return plain(np.maximum(demand - units[..., None], 0) @ share)


def scarf_loss(stock: ArrayLike, mean: float, sd: float) -> Amount:
    r"""Compute the most units short that any demand with this mean and spread can cause on average.

    .. math:: E[(D - S)^+] \le \tfrac12\bigl(\sqrt{\sigma^2 + (S - \mu)^2} - (S - \mu)\bigr)

    Where the stock is below (mu^2 + sigma^2) / (2 mu) the demand that attains this would have to be negative; the
    largest loss of a demand that is never negative is then mu - S mu^2 / (mu^2 + sigma^2).

    Parameters
    ----------
    stock
        Units in stock, S, any shape, at least zero.
    mean, sd
        Demand of the period in units, mu and sigma.

    Returns
    -------
    float or numpy.ndarray
        Units short at worst, in the shape of `stock`.

    Raises
    ------
    ValueError
        When a number is not finite, `mean` is not positive, or `stock` or `sd` is negative.

    References
    ----------
    H. Scarf, *A min-max solution of an inventory problem* (1958); G. Gallego and I. Moon, *The distribution free
    newsboy problem: review and extensions*, Journal of the Operational Research Society 44 (1993).
    """
    mean, sd = number("mean", mean, above=0), number("sd", sd, least=0)
    units = numbers("stock", stock, least=0).reshape(np.shape(stock))
    above = units - mean
    root = np.hypot(sd, above)
    # Above the mean the difference of the two is taken as a quotient, so that nothing cancels.
    high = np.where(above > 0, sd * sd / np.where(above > 0, root + above, 1), root - above) / 2
    low = mean - units / (1 + (sd / mean) ** 2)
    return plain(np.where(units < (mean + sd * sd / mean) / 2, low, high))


def stock_of(stock: ArrayLike) -> NDArray[np.float64]:
    """Give the stock as an array of the shape it came in."""
    return numbers("stock", stock).reshape(np.shape(stock))


def plain(values: ArrayLike) -> Amount:
    """Give a float for a number and the array for an array."""
    array = np.asarray(values, dtype=float)
    return float(array) if array.ndim == 0 else array


def listed(values: ArrayLike, probabilities: ArrayLike | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the demands in ascending order with their probabilities."""
    demand = numbers("values", values, least=0).ravel()
    if probabilities is None:
        share = np.full(demand.size, 1 / demand.size)
    else:
        share = numbers("probabilities", probabilities, least=0).ravel()
        if share.size != demand.size:
            raise ValueError(f"probabilities: expected {demand.size}, one a value, found {share.size}")
        if abs(share.sum() - 1) > 1e-9:
            raise ValueError(f"probabilities: expected a sum of 1, found {share.sum()}")
    order = np.argsort(demand, kind="stable")
    return demand[order], share[order]


def poisson_more(units: ArrayLike, mean: float) -> NDArray[np.float64]:
    """P(D > units) for whole units; one below zero."""
    units = np.asarray(units, dtype=float)
    return np.where(units < 0, 1.0, special.pdtrc(np.maximum(units, 0), mean))
