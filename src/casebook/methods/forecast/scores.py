"""Scores of forecasts: the error of a point against the naive one, and the loss of a quantile."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from casebook.methods.inventory.arguments import number, numbers


def rmsse(history: ArrayLike, actual: ArrayLike, forecast: ArrayLike, season: int = 1) -> float:
    r"""Compute the root mean squared error, scaled by that of repeating the value a season ago in the history.

    .. math::

        \text{RMSSE} = \sqrt{\frac{\frac1h \sum_{t=n+1}^{n+h} (y_t - \hat y_t)^2}
        {\frac{1}{n-s} \sum_{t=s+1}^{n} (y_t - y_{t-s})^2}}

    Below one the forecast did better than repetition did in the history.

    Parameters
    ----------
    history
        Values the forecast was made from, y_1 to y_n, shape (n,).
    actual, forecast
        Values that came, and what was forecast, both of shape (h,).
    season
        Steps back of the naive forecast, s.

    Returns
    -------
    float
        The ratio; infinite where the history never changed and the forecast erred.

    Raises
    ------
    ValueError
        When a value is not finite, the shapes differ or the history is not longer than a season.

    References
    ----------
    S. Makridakis, E. Spiliotis and V. Assimakopoulos, *The M5 competition: background, organization, and
    implementation*, International Journal of Forecasting 38 (2022).
    """
    past, came = numbers("history", history).ravel(), numbers("actual", actual).ravel()
    said = _as_many("forecast", forecast, came.size)
    if isinstance(season, bool) or not isinstance(season, int) or not 1 <= season < past.size:
        raise ValueError(f"season: expected a whole number from 1 to {past.size - 1}, found {season!r}")
    error = float(np.mean((came - said) ** 2))
    naive = float(np.mean((past[season:] - past[:-season]) ** 2))
    if naive == 0:
        return 0.0 if error == 0 else math.inf
    return math.sqrt(error / naive)


def pinball(actual: ArrayLike, quantile: ArrayLike, probability: float) -> float:
    r"""Compute the mean pinball loss of forecasts of a quantile.

    .. math:: L_\tau(y, q) = \max\bigl(\tau\,(y - q),\ (\tau - 1)\,(y - q)\bigr)

    It is a newsvendor's cost: a piece short costs tau, a piece left over one minus tau.

    Parameters
    ----------
    actual, quantile
        Values that came, y, and the quantiles that were forecast, q, of one shape.
    probability
        With which the value was to stay below the quantile, tau, between zero and one.

    Returns
    -------
    float
        Mean loss, in the unit of the values.

    Raises
    ------
    ValueError
        When a value is not finite, the shapes differ or `probability` is not between zero and one.

    References
    ----------
    R. Koenker and G. Bassett, *Regression quantiles*, Econometrica 46 (1978).
    """
    came = numbers("actual", actual).ravel()
    gap = came - _as_many("quantile", quantile, came.size)
    if not 0 < number("probability", probability) < 1:
        raise ValueError(f"probability: expected a number between 0 and 1, found {probability}")
    return float(np.mean(np.maximum(probability * gap, (probability - 1) * gap)))


def _as_many(name: str, values: ArrayLike, n: int) -> np.ndarray:
    flat = numbers(name, values).ravel()
    if flat.size != n:
        raise ValueError(f"{name}: expected {n} values, one for each that came, found {flat.size}")
    return flat
