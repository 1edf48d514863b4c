"""Parameters of the curve of a family that passes through three points, or None where the family has none."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from casebook.methods.growth.curves import bass

Array = NDArray[np.float64]
Parameters = dict[str, float]

FLAT = 1e-12  # share of a reciprocal below which a ceiling is out of sight
THERE = 1e-9  # a curve this close to its ceiling, as a share, is there
ALIKE = 1e-13  # rates this close, as a share, are one


def hill_parameters(t: Array, y: Array) -> Parameters | None:
    """Solve 1/y = 1/K + (h^s / K) t^-s, which is straight in t^-s."""
    found = _fading(np.log(t), 1 / y)
    if found is None or found[2] <= FLAT / y[-1]:
        return None
    slope, size, floor = found
    half_time = math.exp(math.log(t[1]) + math.log(size / floor) / slope)
    return {"ceiling": 1 / floor, "half_time": half_time, "slope": slope}


def logistic_parameters(t: Array, y: Array) -> Parameters | None:
    """Solve 1/y = 1/K + (e^(r m) / K) e^(-r t), which is straight in e^(-r t)."""
    found = _fading(t, 1 / y)
    if found is None or found[2] <= FLAT / y[-1]:
        return None
    rate, size, floor = found
    return {"ceiling": 1 / floor, "rate": rate, "midpoint": float(t[1]) + math.log(size / floor) / rate}


def gompertz_parameters(t: Array, y: Array) -> Parameters | None:
    """Solve -ln y = -ln K + b e^(-c t), which is straight in e^(-c t)."""
    found = _fading(t, -np.log(y / y[-1]))
    if found is None or found[0] * t[1] > 700 or -found[2] > 700:
        return None
    rate, size, floor = found
    return {
        "ceiling": float(y[-1]) * math.exp(-floor),
        "displacement": size * math.exp(rate * t[1]),
        "rate": rate,
    }


def weibull_parameters(t: Array, y: Array) -> Parameters | None:
    """Solve for the ceiling at which ln(-ln(1 - y/K)) is straight in ln t; the unknown is its last value."""
    a, b = np.diff(np.log(t))

    def bend(last: float) -> float:
        one, two = _weibull_scale(y, last)
        return (two - one) / a - (last - two) / b

    one, two = _weibull_scale(y, math.inf)
    low, high = -30.0, two + b * (two - one) / a + 1
    if not bend(low) > 0 > bend(high):
        return None
    last = brentq(bend, low, high, xtol=1e-14)
    one, two = _weibull_scale(y, last)
    shape = float((two - one) / a)
    return {"ceiling": _weibull_ceiling(y, last), "scale": float(t[1]) * math.exp(-two / shape), "shape": shape}


def bass_parameters(t: Array, y: Array) -> Parameters | None:
    """Solve for the market at which the curve through the first two points meets the third."""

    def excess(stretch: float) -> float | None:
        found = bass_with_market(t[:2], y[:2], float(y[2]) * math.exp(stretch))
        return None if found is None else float(bass(t[2], **found)) / float(y[2]) - 1

    start = excess(0.0)
    if start is None:
        return None
    if start > -THERE:
        return bass_with_market(t[:2], y[:2], float(y[2]))
    low, high = 0.0, 1e-9
    beyond = None  # the least stretch known to be without a curve
    for _ in range(300):
        value = excess(high)
        if value is not None and value >= 0:
            stretch = brentq(lambda at: excess(at) or 0.0, low, high, xtol=1e-15)
            return bass_with_market(t[:2], y[:2], float(y[2]) * math.exp(stretch))
        low, beyond = (high, beyond) if value is not None else (low, high)
        high = 2 * high if beyond is None else (low + beyond) / 2
        if high > 50 or high in (low, beyond):
            break
    return None


def bass_with_market(t: Array, y: Array, market: float) -> Parameters | None:
    """Solve for p and q of the curve with a given market through two points."""
    share = y / market
    alone = -np.log1p(-share) / t  # the rate that imitation-free growth would need for each point
    if alone[1] < alone[0] * (1 - ALIKE):
        return None
    if alone[1] <= alone[0] * (1 + ALIKE):
        return {"market": market, "innovation": float(alone[1]), "imitation": 0.0}

    def log_odds(beyond: float, k: int) -> float:
        """Logarithm of q/p that the point asks for when p + q exceeds the second point's rate by e^beyond."""
        joint = alone[1] + math.exp(beyond)
        excess = alone[1] - alone[k] + math.exp(beyond)
        return math.log((1 - share[k]) / share[k]) + math.log(-math.expm1(-excess * t[k])) + joint * t[k]

    def gap(beyond: float) -> float:
        return log_odds(beyond, 1) - log_odds(beyond, 0)

    low, high = -650.0 - min(math.log(t[1]), 0.0), math.log(alone[1])
    while gap(high) <= 0:
        high += 1
    if gap(low) >= 0:
        return None
    beyond = float(brentq(gap, low, high, xtol=1e-13))
    size, joint = log_odds(beyond, 0), float(alone[1]) + math.exp(beyond)
    if size > 700:
        return None
    odds = math.exp(size)
    return {"market": market, "innovation": joint / (1 + odds), "imitation": joint * odds / (1 + odds)}


def _fading(x: Array, u: Array) -> tuple[float, float, float] | None:
    """Solve u = floor + size e^(-rate (x - x_2)) through three points: rate, size at the middle one, floor."""
    a, b = np.diff(x)
    if not u[0] > u[1] > u[2]:  # totals that differ in the last bit only
        return None
    ratio = math.log((u[0] - u[1]) / (u[1] - u[2]))

    def bend(rate: float) -> float:
        return rate * a + math.log(-math.expm1(-rate * a)) - math.log(-math.expm1(-rate * b)) - ratio

    high = (max(ratio, 0.0) + 1) / a
    low = 1e-9 * high
    if bend(low) >= 0:
        return None
    rate = float(brentq(bend, low, high, xtol=1e-300, rtol=1e-14))
    size = (u[0] - u[1]) / math.expm1(rate * a)
    return rate, float(size), float(u[2] - size * math.exp(-rate * b))


def _weibull_ceiling(y: Array, last: float) -> float:
    return float(y[-1]) / -math.expm1(-math.exp(min(last, 700.0)))


def _weibull_scale(y: Array, last: float) -> tuple[float, float]:
    """Give ln(-ln(1 - y/K)) of the first two points when it is `last` for the third."""
    share = y[:2] / _weibull_ceiling(y, last)
    one, two = np.log(-np.log1p(-share))
    return float(one), float(two)
