"""Stock at one place: base stock and the share it serves at once, lead times that vary, one pool instead of many."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from casebook.methods.inventory.arguments import as_many, number, numbers, whole
from casebook.methods.inventory.loss import Amount, normal_loss, plain, poisson_more, stock_of


@dataclass(frozen=True)
class LeadTimeDemand:
    """Mean and standard deviation of the units demanded while an order is on its way."""

    mean: float
    sd: float


def fill_rate(stock: ArrayLike, mean: float, sd: float, lead_time: float, review: float = 1.0) -> Amount:
    r"""Compute the share of normal demand a base stock serves at once, with orders every `review` periods.

    .. math:: \beta(S) = 1 - \frac{n_{L+R}(S) - n_L(S)}{\mu R}, \quad n_T(S) = E[(D_T - S)^+]

    Parameters
    ----------
    stock
        Base-stock level S in units, any shape.
    mean, sd
        Demand a period in units, mu and sigma, `mean` positive.
    lead_time, review
        Periods from order to shelf, L, and from order to order, R, positive.

    Returns
    -------
    float or numpy.ndarray
        Share served at once, in the shape of `stock`.

    Raises
    ------
    ValueError
        When `mean` or `review` is not positive, `sd` or `lead_time` is negative, or a number is not finite.

    References
    ----------
    E. A. Silver, D. F. Pyke and D. J. Thomas, *Inventory and Production Management in Supply Chains*, chapter 7.
    """
    mean, sd = number("mean", mean, above=0), number("sd", sd, least=0)
    lead, review = number("lead_time", lead_time, least=0), number("review", review, above=0)
    units = stock_of(stock)
    late = normal_loss(units, mean * (lead + review), sd * math.sqrt(lead + review))
    early = normal_loss(units, mean * lead, sd * math.sqrt(lead))
    return plain(np.clip(1 - (late - np.asarray(early)) / (mean * review), 0, 1))


def fill_rate_poisson(stock: ArrayLike, rate: float, lead_time: float) -> Amount:
    r"""Compute the share of Poisson demand served at once when every unit sold is ordered again at once.

    .. math:: \beta(S) = P(D_L \le S - 1), \quad D_L \sim \text{Poisson}(\lambda L)

    Parameters
    ----------
    stock
        Base-stock level S, whole units, any shape.
    rate
        Units demanded a period, lambda.
    lead_time
        Periods from order to shelf, L.

    Returns
    -------
    float or numpy.ndarray
        Share served at once, in the shape of `stock`.

    Raises
    ------
    ValueError
        When `rate` or `lead_time` is negative or a number is not finite.

    References
    ----------
    C. C. Sherbrooke, *Optimal Inventory Modeling of Systems*, chapter 2.
    """
    load = number("rate", rate, least=0) * number("lead_time", lead_time, least=0)
    return plain(1 - poisson_more(np.floor(stock_of(stock)) - 1, load))


def base_stock(target: float, mean: float, sd: float, lead_time: float, review: float = 1.0) -> float:
    r"""Find the smallest base stock, from zero up, that serves a share of normal demand at once.

    .. math:: S = \min\{S \ge 0 : \beta(S) \ge \beta^*\}

    Parameters
    ----------
    target
        Share to be served at once, between zero and one.
    mean, sd, lead_time, review
        As for `fill_rate`, of which this is the inverse.

    Returns
    -------
    float
        Base-stock level S in units.

    Raises
    ------
    ValueError
        When `target` is not between zero and one, or as for `fill_rate`.

    References
    ----------
    E. A. Silver, D. F. Pyke and D. J. Thomas, *Inventory and Production Management in Supply Chains*, chapter 7.
    """
    if not 0 < number("target", target) < 1:
        raise ValueError(f"target: expected a number between 0 and 1, found {target}")
    if fill_rate(0.0, mean, sd, lead_time, review) >= target:
        return 0.0
    whole_time = lead_time + review
    high = mean * whole_time + 10 * sd * math.sqrt(whole_time)
    return float(brentq(lambda s: fill_rate(s, mean, sd, lead_time, review) - target, 0.0, high, xtol=1e-12 * high))


def lead_time_demand(
    mean: float, sd: float, lead_times: ArrayLike, lead_time_sds: ArrayLike | None = None
) -> LeadTimeDemand:
    r"""Compute mean and spread of the demand while an order passes stages whose times vary independently.

    .. math:: \mu_{D} = \mu \sum_j L_j, \qquad \sigma_{D}^2 = \sigma^2 \sum_j L_j + \mu^2 \sum_j \sigma_{L_j}^2

    Parameters
    ----------
    mean, sd
        Demand a period in units, mu and sigma.
    lead_times
        Mean periods at each stage, L_j, shape (n,).
    lead_time_sds
        Their standard deviations in periods, shape (n,); None for times that are certain.

    Returns
    -------
    LeadTimeDemand
        Mean and standard deviation in units.

    Raises
    ------
    ValueError
        When a number is negative or not finite, or the shapes differ.

    References
    ----------
    L. V. Snyder and Z.-J. M. Shen, *Fundamentals of Supply Chain Theory*, 2nd edition, chapter 4.
    """
    mean, sd = number("mean", mean, least=0), number("sd", sd, least=0)
    times = numbers("lead_times", lead_times, least=0).ravel()
    given = np.zeros(times.size) if lead_time_sds is None else lead_time_sds
    spread = as_many("lead_time_sds", numbers("lead_time_sds", given, least=0), times.size)
    return LeadTimeDemand(
        mean * float(times.sum()), math.hypot(sd * math.sqrt(times.sum()), mean * np.linalg.norm(spread))
    )


def pooling_ratio(locations: int, correlation: float) -> float:
    r"""Compute the safety stock of one pool as a share of what equal, equally correlated places need apart.

    .. math:: \sqrt{\frac{1 + (n - 1)\rho}{n}}

    Parameters
    ----------
    locations
        Number of places, n, at least one.
    correlation
        Of the demand of any two places, rho, from -1/(n - 1) to 1.

    Returns
    -------
    float
        The ratio, from zero (the places cancel out) to one (they move as one).

    Raises
    ------
    ValueError
        When `locations` is no whole number from one up, or no demand can have that correlation.

    References
    ----------
    G. D. Eppen, *Effects of centralization on expected costs in a multi-location newsboy problem* (1979).
    """
    n, rho = whole("locations", locations, 1), number("correlation", correlation)
    least = -1 / (n - 1) if n > 1 else -1.0
    if not least - 1e-12 <= rho <= 1:
        raise ValueError(f"correlation: expected a number from {least:g} to 1, found {correlation}")
    return math.sqrt(max(1 + (n - 1) * rho, 0.0) / n)


def pooled_sd(sds: ArrayLike, correlation: ArrayLike = 0.0) -> float:
    r"""Compute the standard deviation of the summed demand of several places.

    .. math:: \sigma = \sqrt{\sum_i \sum_j \rho_{ij}\,\sigma_i \sigma_j}

    Parameters
    ----------
    sds
        Standard deviation of each place in units, sigma_i, shape (n,).
    correlation
        One number for every pair, or the matrix rho, shape (n, n).

    Returns
    -------
    float
        Units.

    Raises
    ------
    ValueError
        When a number is negative or not finite, the matrix has another shape, or it is no matrix of correlations.

    References
    ----------
    G. D. Eppen, *Effects of centralization on expected costs in a multi-location newsboy problem* (1979).
    """
    spread = numbers("sds", sds, least=0).ravel()
    n = spread.size
    rho = np.asarray(correlation, dtype=float)
    if rho.ndim == 0:
        pooling_ratio(n, float(rho))
        rho = np.where(np.eye(n) > 0, 1.0, rho)
    if rho.shape != (n, n):
        raise ValueError(f"correlation: expected a number or shape {(n, n)}, found shape {rho.shape}")
    sound = np.isfinite(rho).all() and np.allclose(rho, rho.T) and np.allclose(np.diag(rho), 1)
    if not (sound and np.linalg.eigvalsh(rho)[0] >= -1e-9):
        raise ValueError(f"correlation: expected a matrix of correlations, found {rho.tolist()}")
    scale = float(spread.max()) or 1.0
    share = spread / scale
    return scale * math.sqrt(max(float(share @ rho @ share), 0.0))
