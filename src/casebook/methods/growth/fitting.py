"""Fit Bass's model to a series of sales."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import least_squares

from casebook.methods.growth.curves import bass_peak, bass_rate

Array = NDArray[np.float64]

STARTS = [(p, q) for p in (1e-4, 1e-3, 1e-2, 1e-1) for q in (0.05, 0.2, 0.5, 1.0)]
EDGE = 1e-8, 50.0  # of the rates per period; a fit that runs there has found no diffusion
MOST = 100.0  # times what was sold; a market beyond is not told by the series


@dataclass(frozen=True)
class BassFit:
    """Bass's model fitted to sales.

    Attributes
    ----------
    market, innovation, imitation
        M in the unit of the sales, p and q per period.
    standard_errors
        Of the three, shape (3,), from the curvature at the optimum.
    residual_se
        Square root of the residual sum of squares over n - 3.
    peak
        Periods from the start to the largest rate of sales.
    fitted
        Sales per period by the model, shape (n,).
    """

    market: float
    innovation: float
    imitation: float
    standard_errors: Array
    residual_se: float
    peak: float
    fitted: Array


def fit_bass(sales: ArrayLike) -> BassFit:
    r"""Fit Bass's model by least squares to sales a period.

    .. math:: \min_{M, p, q} \sum_{t=1}^{n} \bigl(s_t - n(t; M, p, q)\bigr)^2

    The rate of sales at the end of period t stands for the sales of the period, as the source has it. For given p and
    q the best M is a projection, so that only two numbers are searched for, from sixteen starts.

    Parameters
    ----------
    sales
        People or units a period, s_t for t = 1, ..., n, shape (n,), at least four.

    Returns
    -------
    BassFit
        Parameters, their errors, and the fitted sales.

    Raises
    ------
    ValueError
        When there are fewer than four, one is negative or not finite, all are zero, or the sales follow no diffusion
        whose market can be told: growth that never slows down, sales that never change, one lone period.

    References
    ----------
    F. M. Bass (1969); P. S. P. Cowpertwait and A. V. Metcalfe, *Introductory Time Series with R*, chapter 3, video
    recorders in the homes of the United States, 1980 to 1989.
    """
    sold = _sales(sales)
    scale = float(sold.max())
    target = sold / scale
    times = np.arange(1.0, target.size + 1)
    tries = [_search(times, target, start) for start in STARTS]
    logs, _ = min(tries, key=lambda found: found[1])
    market = _market(times, target, logs)
    low, high = np.log(EDGE)
    if (logs < low + 1).any() or (logs > high - 1).any() or market > MOST * target.sum():
        raise ValueError(f"sales: expected a series that slows down and so tells the market, found {sold.tolist()}")
    best = least_squares(
        lambda x: bass_rate(times, *np.exp(x)) - target,
        [np.log(market), *logs],
        jac="3-point",
        xtol=1e-15,
        ftol=1e-15,
        gtol=1e-15,
    )
    # The parameters are fitted as logarithms; their errors scale back with the parameters themselves.
    parameters = np.exp(best.x) * [scale, 1, 1]
    variance = 2 * best.cost / (target.size - 3)
    errors = np.sqrt(np.diag(np.linalg.pinv(best.jac.T @ best.jac)) * variance) * parameters
    m, p, q = (float(value) for value in parameters)
    residual = float(np.sqrt(variance)) * scale
    return BassFit(m, p, q, errors, residual, bass_peak(p, q), np.asarray(bass_rate(times, m, p, q)))


def _search(times: Array, target: Array, start: tuple[float, float]) -> tuple[Array, float]:
    """Search p and q from one start: their logarithms and the sum of squares there."""
    found = least_squares(
        lambda logs: _market(times, target, logs) * _shape(times, logs) - target,
        np.log(start),
        bounds=tuple(np.full(2, np.log(edge)) for edge in EDGE),
        x_scale=1.0,
    )
    return found.x, float(found.cost)


def _shape(times: Array, logs: Array) -> Array:
    return np.asarray(bass_rate(times, 1.0, *np.exp(logs)))


def _market(times: Array, target: Array, logs: Array) -> float:
    """Give the market that fits best for given rates."""
    shape = _shape(times, logs)
    return max(float(shape @ target) / max(float(shape @ shape), 1e-300), 1e-300)


def _sales(sales: ArrayLike) -> Array:
    sold = np.asarray(sales, dtype=float)
    if sold.ndim != 1 or sold.size < 4:
        raise ValueError(f"sales: expected at least 4 numbers in a row, found shape {sold.shape}")
    wrong = ~np.isfinite(sold) | (sold < 0)
    if wrong.any():
        raise ValueError(f"sales: expected finite numbers from 0 up, found {sold[wrong][0]}")
    if not sold.any():
        raise ValueError("sales: expected some sales, found none")
    return sold
