"""Curves of growth towards a ceiling: Bass, Gompertz, logistic, Hill and Weibull."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from casebook.methods.growth.arguments import Amount, moments, plain, positive


def bass(times: ArrayLike, market: float, innovation: float, imitation: float) -> Amount:
    r"""Compute the people who have joined by a time when some join unasked and others because others did.

    .. math:: N(t) = M\,\frac{1 - e^{-(p+q)t}}{1 + (q/p)\,e^{-(p+q)t}}

    Parameters
    ----------
    times
        Time since the start, t, any shape, from zero up.
    market
        People who will ever join, M.
    innovation, imitation
        Rate at which people join unasked, p, above zero, and by following others, q, from zero up; both per unit of
        time.

    Returns
    -------
    float or numpy.ndarray
        People, in the shape of `times`.

    Raises
    ------
    ValueError
        When a parameter is outside its range or a time is negative or not finite.

    References
    ----------
    F. M. Bass, *A new product growth model for consumer durables*, Management Science 15 (1969).
    """
    m, p, q = _bass_parameters(market, innovation, imitation)
    joint = (p + q) * moments(times)
    # Numerator and denominator times p: nothing overflows when p is tiny.
    return plain(m * (p * -np.expm1(-joint) / (p + q * np.exp(-joint))))


def bass_rate(times: ArrayLike, market: float, innovation: float, imitation: float) -> Amount:
    r"""Compute how many people join per unit of time in Bass's model.

    .. math:: n(t) = M\,\frac{(p+q)^2}{p}\,\frac{e^{-(p+q)t}}{\bigl(1 + (q/p)\,e^{-(p+q)t}\bigr)^2}

    Parameters
    ----------
    times, market, innovation, imitation
        As for `bass`, of which this is the derivative.

    Returns
    -------
    float or numpy.ndarray
        People per unit of time, in the shape of `times`.

    Raises
    ------
    ValueError
        As for `bass`.

    References
    ----------
    F. M. Bass (1969); P. S. P. Cowpertwait and A. V. Metcalfe, *Introductory Time Series with R*, chapter 3.
    """
    m, p, q = _bass_parameters(market, innovation, imitation)
    fading = np.exp(-(p + q) * moments(times))
    return plain(m * p * (p + q) ** 2 * fading / (p + q * fading) ** 2)


def bass_peak(innovation: float, imitation: float) -> float:
    r"""Compute when most people join per unit of time; at the start where imitation is the weaker force.

    .. math:: t^* = \max\left(0,\ \frac{\ln q - \ln p}{p + q}\right)

    Parameters
    ----------
    innovation, imitation
        p and q of `bass`.

    Returns
    -------
    float
        Time since the start.

    Raises
    ------
    ValueError
        When a parameter is outside its range.

    References
    ----------
    F. M. Bass (1969).
    """
    _, p, q = _bass_parameters(1.0, innovation, imitation)
    return math.log(q / p) / (p + q) if q > p else 0.0


def logistic(times: ArrayLike, ceiling: float, rate: float, midpoint: float) -> Amount:
    r"""Compute logistic growth; it has no beginning, some have joined at any time.

    .. math:: y(t) = \frac{K}{1 + e^{-r (t - t_0)}}

    Parameters
    ----------
    times
        t, any shape; may be negative.
    ceiling, rate
        K and r, above zero.
    midpoint
        Time at which half the ceiling is reached, t_0.

    Returns
    -------
    float or numpy.ndarray
        Total, in the shape of `times`.

    Raises
    ------
    ValueError
        When a parameter is outside its range or a time is not finite.

    References
    ----------
    P.-F. Verhulst, *Notice sur la loi que la population suit dans son accroissement* (1838).
    """
    k, r = positive("ceiling", ceiling), positive("rate", rate)
    middle = float(moments(midpoint, negative=True))
    return plain(k * special.expit(r * (moments(times, negative=True) - middle)))


def gompertz(times: ArrayLike, ceiling: float, displacement: float, rate: float) -> Amount:
    r"""Compute Gompertz growth, steep early and slow late; it has no beginning either.

    .. math:: y(t) = K\,e^{-b\,e^{-c t}}

    Parameters
    ----------
    times
        t, any shape; may be negative.
    ceiling, displacement, rate
        K, b and c, above zero.

    Returns
    -------
    float or numpy.ndarray
        Total, in the shape of `times`.

    Raises
    ------
    ValueError
        When a parameter is outside its range or a time is not finite.

    References
    ----------
    C. P. Winsor, *The Gompertz curve as a growth curve* (1932).
    """
    k, b, c = positive("ceiling", ceiling), positive("displacement", displacement), positive("rate", rate)
    with np.errstate(over="ignore"):
        return plain(k * np.exp(-b * np.exp(-c * moments(times, negative=True))))


def hill(times: ArrayLike, ceiling: float, half_time: float, slope: float) -> Amount:
    r"""Compute Hill's saturation curve, a power law at first and slow to reach its ceiling.

    .. math:: y(t) = \frac{K}{1 + (h/t)^s}

    Parameters
    ----------
    times
        t, any shape, from zero up.
    ceiling, half_time, slope
        K, the time h at which half of it is reached, and the exponent s, above zero.

    Returns
    -------
    float or numpy.ndarray
        Total, in the shape of `times`.

    Raises
    ------
    ValueError
        When a parameter is outside its range or a time is negative or not finite.

    References
    ----------
    A. V. Hill, *The possible effects of the aggregation of the molecules of haemoglobin* (1910).
    """
    k, h, s = positive("ceiling", ceiling), positive("half_time", half_time), positive("slope", slope)
    with np.errstate(divide="ignore"):
        return plain(k * special.expit(s * (np.log(moments(times)) - math.log(h))))


def weibull(times: ArrayLike, ceiling: float, scale: float, shape: float) -> Amount:
    r"""Compute Weibull's saturation curve, a power law at first and quick to reach its ceiling.

    .. math:: y(t) = K\,\bigl(1 - e^{-(t/b)^c}\bigr)

    Parameters
    ----------
    times
        t, any shape, from zero up.
    ceiling, scale, shape
        K, b and c, above zero.

    Returns
    -------
    float or numpy.ndarray
        Total, in the shape of `times`.

    Raises
    ------
    ValueError
        When a parameter is outside its range or a time is negative or not finite.

    References
    ----------
    W. Weibull, *A statistical distribution function of wide applicability* (1951).
    """
    k, b, c = positive("ceiling", ceiling), positive("scale", scale), positive("shape", shape)
    with np.errstate(over="ignore", divide="ignore"):
        return plain(k * -np.expm1(-np.exp(c * (np.log(moments(times)) - math.log(b)))))


def _bass_parameters(market: float, innovation: float, imitation: float) -> tuple[float, float, float]:
    return positive("market", market), positive("innovation", innovation), positive("imitation", imitation, zero=True)
