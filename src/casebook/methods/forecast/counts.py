"""Demand in whole pieces around a forecast that errs by a factor: Poisson pieces, a lognormal mean."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from casebook.methods.inventory import poisson_loss
from casebook.methods.inventory.arguments import number, numbers

Array = NDArray[np.float64]

EXACT = 100  # pieces up to which a quantile is exact
REACH = 6.0  # standard deviations of the factor that are looked at


def mixed_quantile(mean: ArrayLike, log_sd: float, probability: float) -> Array:
    r"""Find the smallest whole stock that suffices with a probability, one for each forecast mean.

    .. math:: S = \min\lbrace S : P(D \le S) \ge \tau\rbrace, \quad
        D \sim \text{Poisson}\bigl(m\,e^{\sigma Z - \sigma^2/2}\bigr), \quad Z \sim N(0, 1)

    For each stock up to a limit the largest mean it suffices for is found once, and every forecast is looked up among
    them. Beyond the limit the demand's logarithm is taken for normal, with variance sigma squared plus one over the
    mean, which is right to within a few parts in a hundred.

    Parameters
    ----------
    mean
        Forecast means in pieces, m, any shape, at least zero.
    log_sd
        Standard deviation of the logarithm of the factor by which forecasts err, sigma.
    probability
        With which the stock is to suffice, tau, between zero and one; for a newsvendor p / (h + p).

    Returns
    -------
    numpy.ndarray
        Whole pieces, in the shape of `mean`.

    Raises
    ------
    ValueError
        When a number is not finite or negative, or `probability` is not between zero and one.

    References
    ----------
    J. Aitchison and C. H. Ho, *The multivariate Poisson-log normal distribution*, Biometrika 76 (1989).
    """
    means = numbers("mean", mean, least=0).reshape(np.shape(mean))
    sd = number("log_sd", log_sd, least=0)
    if not 0 < number("probability", probability) < 1:
        raise ValueError(f"probability: expected a number between 0 and 1, found {probability}")
    limits = _largest_means(float(sd), float(probability))
    small = np.searchsorted(limits, means, side="left").astype(float)
    big = np.maximum(means, limits[-1])
    z = float(special.ndtri(probability))
    large = np.ceil(big * np.exp(z * np.sqrt(sd**2 + 1 / big) - sd**2 / 2))
    return np.where(means <= limits[-1], small, np.maximum(large, EXACT))


def mixed_loss(stock: ArrayLike, mean: float, log_sd: float) -> Array:
    r"""Compute the expected pieces short of a stock when the forecast errs by a lognormal factor.

    .. math:: n(S) = E\bigl[(D - S)^+\bigr] = \sum_j w_j\, n_{\text{Poisson}}\bigl(S;\ m\,e^{\sigma x_j - \sigma^2/2}\bigr)

    Parameters
    ----------
    stock
        Pieces in stock, S, any shape.
    mean
        Forecast mean in pieces, m.
    log_sd
        Standard deviation of the logarithm of the forecast's error, sigma.

    Returns
    -------
    numpy.ndarray
        Pieces short, in the shape of `stock`.

    Raises
    ------
    ValueError
        When a number is negative or not finite.

    References
    ----------
    J. Aitchison and C. H. Ho (1989); the nodes x_j are evenly spaced and the weights w_j those of the normal density.
    """
    centre, sd = number("mean", mean, least=0), number("log_sd", log_sd, least=0)
    factors, weights = _factors(sd)
    short = [w * np.asarray(poisson_loss(stock, centre * f)) for f, w in zip(factors, weights, strict=True)]
    return np.sum(short, axis=0)


def first_piece_mean(log_sd: float, probability: float) -> float:
    r"""Find the forecast mean up to which not even one piece is worth its place.

    .. math:: \sup\lbrace m : P(D = 0) \ge \tau\rbrace

    Parameters
    ----------
    log_sd, probability
        As for `mixed_quantile`, which is nought up to this mean and one or more beyond.

    Returns
    -------
    float
        Mean in pieces.

    Raises
    ------
    ValueError
        As for `mixed_quantile`.

    References
    ----------
    As for `mixed_quantile`.
    """
    mixed_quantile(0.0, log_sd, probability)
    return float(_largest_means(float(log_sd), float(probability))[0])


@lru_cache(maxsize=8)
def _factors(log_sd: float) -> tuple[Array, Array]:
    """Give the factors by which a forecast errs, and their weights; they average to one."""
    if log_sd == 0:
        return np.ones(1), np.ones(1)
    nodes = np.linspace(-REACH, REACH, max(33, math.ceil(2 * REACH * log_sd / 0.13)))
    weights = np.exp(-(nodes**2) / 2)
    weights /= weights.sum()
    factors = np.exp(log_sd * nodes - log_sd**2 / 2)
    return factors, weights


@lru_cache(maxsize=64)
def _largest_means(log_sd: float, probability: float) -> Array:
    """Give, for each stock from nought up, the largest mean for which it suffices with the probability."""
    factors, weights = _factors(log_sd)
    stock = np.arange(EXACT + 1.0)
    low, high = np.full(stock.size, -40.0), np.full(stock.size, 10 + REACH * log_sd + log_sd**2)
    for _ in range(36):
        middle = (low + high) / 2
        enough = special.pdtr(stock[:, None], np.exp(middle)[:, None] * factors) @ weights
        met = enough >= probability
        low, high = np.where(met, middle, low), np.where(met, high, middle)
    return np.exp(low)
