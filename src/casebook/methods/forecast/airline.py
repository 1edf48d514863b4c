"""The airline model: a series with a drifting level and a drifting season, by exact maximum likelihood."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special
from scipy.optimize import minimize

from casebook.methods.inventory.arguments import numbers, whole

Array = NDArray[np.float64]

AIR_PASSENGERS = (
    *(112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118),
    *(115, 126, 141, 135, 125, 149, 170, 170, 158, 133, 114, 140),
    *(145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166),
    *(171, 180, 193, 181, 183, 218, 230, 242, 209, 191, 172, 194),
    *(196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201),
    *(204, 188, 235, 227, 234, 264, 302, 293, 259, 229, 203, 229),
    *(242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278),
    *(284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306),
    *(315, 301, 356, 348, 355, 422, 465, 467, 404, 347, 305, 336),
    *(340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337),
    *(360, 342, 406, 396, 420, 472, 548, 559, 463, 407, 362, 405),
    *(417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432),
)
"""Passengers of international airlines, thousands a month, January 1949 to December 1960 (Box and Jenkins, series G)."""


@dataclass(frozen=True)
class Outlook:
    """What a fitted model expects; both arrays have one entry a step ahead.

    Attributes
    ----------
    mean, sd
        Normal law of each future value, in the unit of the series.
    """

    mean: Array
    sd: Array

    def quantile(self, probability: float) -> Array:
        """Give the value that each step stays below with this probability."""
        return self.mean + float(special.ndtri(probability)) * self.sd


@dataclass(frozen=True)
class Airline:
    """A fitted airline model.

    Attributes
    ----------
    ma, sma
        Coefficients of the last shock and of the shock a season ago, theta and Theta, with plus signs in the formula.
    variance
        Of a shock, sigma squared.
    log_likelihood, aic
        Of the differenced series; the Akaike criterion counts three parameters.
    season
        Steps in a season.
    """

    ma: float
    sma: float
    variance: float
    log_likelihood: float
    season: int
    _series: Array = field(repr=False)

    @property
    def aic(self) -> float:
        """Akaike's criterion."""
        return 2 * 3 - 2 * self.log_likelihood

    def forecast(self, steps: int) -> Outlook:
        r"""Forecast the steps that follow the series, with the spread that a long past leaves.

        .. math:: \text{var}_h = \sigma^2 \sum_{j < h} \psi_j^2

        Parameters
        ----------
        steps
            How many, at least one.

        Raises
        ------
        ValueError
            When `steps` is no whole number from one up.
        """
        steps, lag = whole("steps", steps, 1), self.season
        weights = _weights(self.ma, self.sma, lag)
        ahead, psi = _filter(weights, _differences(self._series, lag)).ahead, np.zeros(steps)
        known = list(self._series)
        for h in range(steps):
            shock = weights[h] if h < weights.size else 0.0
            psi[h] = shock + sum(sign * psi[h - k] for k, sign in ((1, 1), (lag, 1), (lag + 1, -1)) if h >= k)
            known.append((ahead[h] if h < ahead.size else 0.0) + known[-1] + known[-lag] - known[-lag - 1])
        return Outlook(np.array(known[-steps:]), np.sqrt(self.variance * np.cumsum(psi**2)))


def fit_airline(series: ArrayLike, season: int = 12) -> Airline:
    r"""Fit the airline model by exact maximum likelihood.

    .. math:: (1 - B)(1 - B^{s})\,y_t = (1 + \theta B)(1 + \Theta B^{s})\,\varepsilon_t

    The differenced series is a stationary moving average; a Kalman filter gives its exact likelihood, from which
    the variance of the shocks is taken out in closed form.

    Parameters
    ----------
    series
        Values y_t in order of time, shape (n,), usually logarithms; at least two seasons and two values.
    season
        Steps in a season, s, at least two.

    Returns
    -------
    Airline
        The fitted model.

    Raises
    ------
    ValueError
        When a value is not finite, the series is too short or its differences are all nought.

    References
    ----------
    G. E. P. Box and G. M. Jenkins, *Time Series Analysis: Forecasting and Control*, chapter 9; A. C. Harvey,
    *Forecasting, Structural Time Series Models and the Kalman Filter*, chapter 3.
    """
    lag, values = whole("season", season, 2), numbers("series", series).ravel()
    if values.size < 2 * lag + 2:
        raise ValueError(f"series: expected at least {2 * lag + 2} values, found {values.size}")
    change = _differences(values, lag)
    if not np.ptp(change) > 1e-12 * (1 + np.abs(values).max()):
        raise ValueError(f"series: expected differences that vary, found {change[0]:g} throughout")

    def loss(coefficients: Array) -> float:
        return -_filter(_weights(*coefficients, lag), change).log_likelihood

    best = minimize(loss, (-0.3, -0.3), method="L-BFGS-B", bounds=[(-0.999, 0.999)] * 2)
    run = _filter(_weights(*best.x, lag), change)
    return Airline(float(best.x[0]), float(best.x[1]), run.variance, run.log_likelihood, lag, values)


@dataclass(frozen=True)
class _Run:
    log_likelihood: float
    variance: float
    ahead: Array


def _differences(series: Array, lag: int) -> Array:
    return np.diff(series[lag:] - series[:-lag])


def _weights(ma: float, sma: float, lag: int) -> Array:
    """Multiply out (1 + ma B)(1 + sma B^lag)."""
    weights = np.zeros(lag + 2)
    weights[[0, 1, lag, lag + 1]] = 1, ma, sma, ma * sma
    return weights


def _filter(weights: Array, change: Array) -> _Run:
    """Run the Kalman filter of a moving average over its series; the state is what is known of the next values."""
    size = weights.size
    noise = np.outer(weights, weights)
    spread = noise.copy()
    for _ in range(size - 1):  # the shift is nilpotent, so that the stationary covariance is a finite sum
        moved = np.zeros_like(spread)
        moved[:-1, :-1] = spread[1:, 1:]
        spread = noise + moved
    state, logs, squares = np.zeros(size), 0.0, 0.0
    for value in change:
        width, error = spread[0, 0], value - state[0]
        logs, squares = logs + math.log(width), squares + error * error / width
        gain = spread[:, 0] / width
        seen = spread - np.outer(gain, spread[0])
        state[:-1], state[-1] = (state + gain * error)[1:], 0.0
        spread = noise.copy()
        spread[:-1, :-1] += seen[1:, 1:]
    n = change.size
    variance = squares / n
    return _Run(-0.5 * (n * math.log(2 * math.pi * variance) + logs + n), variance, state)
