"""First passage: the probability that a random value reaches a barrier in time, watched always or at closes only."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import SeedSequence
from numpy.typing import ArrayLike, NDArray
from scipy import special

from casebook.methods.risk.arguments import number, whole

Array = NDArray[np.float64]

REACH = 8.5  # standard deviations below the start beyond which nothing is left
FAR = 38.0  # standard deviations of a barrier that nothing reaches
PANEL = 10  # points of Gauss and Legendre's rule in a panel of two volatilities
MOST_CLOSES = 500
MOST_PANELS = 600


def relative_volatility(one: float, other: float, rho: float) -> float:
    r"""Compute the volatility of the ratio of two geometric Brownian motions.

    .. math:: \sigma = \sqrt{\sigma_1^2 + \sigma_2^2 - 2 \rho\, \sigma_1 \sigma_2}

    Parameters
    ----------
    one, other
        Their volatilities (sigma), per square root of a unit of time.
    rho
        Correlation of their logarithmic returns, from minus one to one.

    Returns
    -------
    float
        Volatility in the same unit.

    Raises
    ------
    ValueError
        When a volatility is negative or not finite, or the correlation is not from minus one to one.

    References
    ----------
    W. Margrabe, *The value of an option to exchange one asset for another*, Journal of Finance 33 (1978).
    """
    s, z, r = number("one", one), number("other", other), number("rho", rho, -1, 1)
    return math.sqrt(max((s - z) ** 2 + 2 * (1 - r) * s * z, 0.0))


def passage_probability(distance: float, volatility: float, times: ArrayLike, drift: float = 0.0) -> float | Array:
    r"""Compute the probability that a Brownian motion has reached a barrier by a time, watched without a break.

    For a geometric Brownian motion the distance is the logarithm of barrier over start, and the drift that of the
    logarithm, :math:`\mu - \sigma^2/2`.

    .. math:: P(\tau \le t) = \Phi\!\left(\frac{\nu t - b}{\sigma \sqrt t}\right)
        + e^{2 \nu b / \sigma^2}\, \Phi\!\left(\frac{-\nu t - b}{\sigma \sqrt t}\right)

    Parameters
    ----------
    distance
        From the start up to the barrier, b, zero or more. For a barrier below, give its distance and turn the drift.
    volatility
        Standard deviation of a unit of time (sigma), above zero.
    times
        From zero up (t), any shape.
    drift
        Mean movement towards the barrier in a unit of time (nu).

    Returns
    -------
    float or numpy.ndarray
        A float for one time, else the shape of `times`.

    Raises
    ------
    ValueError
        When a number is not finite or out of its range.

    References
    ----------
    I. Karatzas and S. Shreve, *Brownian Motion and Stochastic Calculus*, section 3.5.C.
    """
    b, sigma = number("distance", distance), number("volatility", volatility, math.ulp(0.0))
    nu, t = number("drift", drift, -math.inf), _times(times)
    spread = sigma * np.sqrt(np.maximum(t, math.ulp(0.0)))
    tail = 2 * nu * b / sigma**2 + special.log_ndtr((-nu * t - b) / spread)
    chance = special.ndtr((nu * t - b) / spread) + np.exp(tail)
    chance = np.where(b == 0, 1.0, np.where(t == 0, 0.0, np.minimum(chance, 1.0)))
    return chance if chance.ndim else float(chance)


def passage_time(probability: float, distance: float, volatility: float) -> float:
    r"""Compute by when a Brownian motion without drift has reached a barrier with a given probability.

    .. math:: t = \left(\frac{b}{\sigma\, \Phi^{-1}(1 - p/2)}\right)^2

    Parameters
    ----------
    probability
        Above zero and below one (p); a half gives the median. The mean is infinite.
    distance, volatility
        As for `passage_probability`.

    Returns
    -------
    float
        Units of time.

    Raises
    ------
    ValueError
        When a number is not finite or out of its range.

    References
    ----------
    W. Feller, *An Introduction to Probability Theory and Its Applications*, volume II, section VI.2.
    """
    p = number("probability", probability, math.ulp(0.0), 1 - 2**-53)
    b, sigma = number("distance", distance), number("volatility", volatility, math.ulp(0.0))
    return (b / (sigma * -float(special.ndtri(p / 2)))) ** 2


def passage_at_closes(distance: float, volatility: float, closes: int, drift: float = 0.0) -> Array:
    r"""Compute the probability that a random walk with normal steps stands at or above a barrier at a close.

    The density of those not yet there is carried from close to close by Gauss and Legendre's rule.

    .. math:: f_{k+1}(x) = \int_{-\infty}^{b} f_k(y)\, \frac{1}{\sigma}\,
        \varphi\!\left(\frac{x - y - \nu}{\sigma}\right) dy, \qquad
        P(\tau = k + 1) = \int_{-\infty}^{b} f_k(y)\, \Phi\!\left(\frac{y + \nu - b}{\sigma}\right) dy

    Parameters
    ----------
    distance, drift
        As for `passage_probability`, drift per close.
    volatility
        Standard deviation from one close to the next (sigma).
    closes
        How many, at most 500.

    Returns
    -------
    numpy.ndarray
        Probability by each close from the first on, shape (closes,). Never above `passage_probability`.

    Raises
    ------
    ValueError
        When a number is not finite or out of its range.

    References
    ----------
    M. Broadie, P. Glasserman and S. Kou, *A continuity correction for discrete barrier options*, Mathematical
    Finance 7 (1997), for the problem and for the shift of the barrier by :math:`-\zeta(1/2)\,\sigma/\sqrt{2\pi}`
    that approximates it.
    """
    n = whole("closes", closes, 1, MOST_CLOSES)
    sigma = number("volatility", volatility, math.ulp(0.0))
    b, nu = number("distance", distance) / sigma, number("drift", drift, -math.inf) / sigma
    across = np.zeros(n)
    if b - n * max(nu, 0.0) > FAR * math.sqrt(n):
        return across
    points, weights = _rule(-REACH * math.sqrt(n) + n * min(nu, 0.0), b)
    step = _normal(points[:, None] - points[None, :] - nu) * weights[None, :]
    arrive = weights * special.ndtr(points + nu - b)
    across[0], density = special.ndtr(nu - b), _normal(points - nu)
    for k in range(1, n):
        across[k] = arrive @ density
        density = step @ density
    return np.minimum(np.cumsum(across), 1.0)


def simulate_passage(
    seed: SeedSequence, distance: float, covariance: ArrayLike, closes: int, paths: int
) -> tuple[Array, Array]:
    r"""Simulate two correlated Brownian motions and count where the second has made up its distance to the first.

    Between closes the ratio is a Brownian bridge, so that a path seen at closes only gives the chance that it was
    across in between, without a finer grid.

    .. math:: P(\text{across} \mid x, y) = \exp\!\left(-\frac{2\,(b - x)(b - y)}{\sigma^2}\right), \quad x, y < b

    Parameters
    ----------
    seed
        One stream of random numbers, as `casebook.methods.replicates.spawn` gives them.
    distance
        Logarithm of the first value over the second at the start (b).
    covariance
        Of the two logarithmic returns from close to close, shape (2, 2).
    closes, paths
        How many closes, how many independent pairs.

    Returns
    -------
    at_closes, watched
        Share of paths across by each close, seen at closes and seen without a break, each of shape (closes,).

    Raises
    ------
    ValueError
        When a number is out of its range, or the covariance is not symmetric and positive semidefinite.

    References
    ----------
    P. Glasserman, *Monte Carlo Methods in Financial Engineering*, section 6.4.
    """
    n, m, b = whole("closes", closes, 1), whole("paths", paths, 1), number("distance", distance)
    matrix = np.asarray(covariance, dtype=float)
    root = _root(matrix)
    steps = np.random.default_rng(seed).standard_normal((m, n, 2)) @ root.T
    ratio = np.cumsum(steps[:, :, 1] - steps[:, :, 0], axis=1)
    before = np.concatenate([np.zeros((m, 1)), ratio[:, :-1]], axis=1)
    variance = max(matrix[0, 0] + matrix[1, 1] - 2 * matrix[0, 1], math.ulp(0.0))
    gap = np.maximum(b - before, 0) * np.maximum(b - ratio, 0)
    with np.errstate(over="ignore"):
        unseen = np.cumprod(-np.expm1(-2 * gap / variance), axis=1)
    seen = np.maximum.accumulate(ratio >= b, axis=1)
    return seen.mean(axis=0), 1 - unseen.mean(axis=0)


def _times(times: ArrayLike) -> Array:
    t = np.asarray(times, dtype=float)
    wrong = ~(np.isfinite(t) & (t >= 0))
    if wrong.any():
        raise ValueError(f"times: expected finite numbers of at least 0, found {t[wrong].flat[0]:g}")
    return t


def _normal(x: Array) -> Array:
    return np.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def _rule(low: float, high: float) -> tuple[Array, Array]:
    """Give points and weights of Gauss and Legendre's rule on panels of at most two volatilities."""
    panels = max(1, math.ceil((high - low) / 2))
    if panels > MOST_PANELS:
        raise ValueError(
            f"drift: expected at most {2 * MOST_PANELS} volatilities in all closes, found {high - low:.0f}"
        )
    edges = np.linspace(low, high, panels + 1)
    x, w = np.polynomial.legendre.leggauss(PANEL)
    half = np.diff(edges) / 2
    middle = edges[:-1] + half
    return (middle[:, None] + half[:, None] * x).ravel(), (half[:, None] * w).ravel()


def _root(matrix: Array) -> Array:
    """Give a matrix whose product with its transpose is the covariance, singular ones included."""
    if matrix.shape != (2, 2) or not np.isfinite(matrix).all() or matrix[0, 1] != matrix[1, 0]:
        raise ValueError(f"covariance: expected a symmetric 2 by 2 matrix, found {matrix.tolist()}")
    (a, c), d = matrix[0], matrix[1, 1]
    left = d - c * c / a if a > 0 else d
    if a < 0 or left < -1e-12 * abs(d) or (a == 0 and c != 0):
        raise ValueError(f"covariance: expected a positive semidefinite matrix, found {matrix.tolist()}")
    first = math.sqrt(a)
    return np.array([[first, 0.0], [c / first if a > 0 else 0.0, math.sqrt(max(left, 0.0))]])
