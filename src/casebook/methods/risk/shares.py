"""Shares: claims that infect each other, and intervals for a share that was observed."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from casebook.methods.risk.aggregate import Loss
from casebook.methods.risk.arguments import number, whole

Array = NDArray[np.float64]

MOST = 10**7


def beta_binomial(n: int, p: float, rho: float, unit: float = 1.0) -> Loss:
    r"""Compute how many of a group claim when claims infect each other (Polya's urn, the beta-binomial law).

    .. math:: P(K = k) = \binom{n}{k} \frac{B(k + \alpha,\, n - k + \beta)}{B(\alpha, \beta)}, \qquad
        \alpha = p\,\frac{1 - \rho}{\rho}, \quad \beta = (1 - p)\,\frac{1 - \rho}{\rho}

    Parameters
    ----------
    n
        Number in the group.
    p
        Probability that any one of them claims.
    rho
        Correlation of two claims (rho): zero for independence, one when either all claim or nobody does.
    unit
        What one claim costs.

    Returns
    -------
    Loss
        Mean n p whatever the correlation; variance :math:`n p (1-p) (1 + (n-1) \rho)`.

    Raises
    ------
    ValueError
        When n is not whole or negative, or p or rho is not from zero to one.

    References
    ----------
    N. Johnson, A. Kemp and S. Kotz, *Univariate Discrete Distributions*, chapter 6.
    """
    size, chance, correlation = whole("n", n, most=MOST), number("p", p, 0, 1), number("rho", rho, 0, 1)
    step = number("unit", unit, math.ulp(0.0))
    pmf = np.zeros(size + 1)
    if size == 0 or chance in (0, 1) or correlation == 1:
        pmf[0] += 1 - chance
        pmf[-1] += chance
        return Loss(pmf, step)
    k = np.arange(size)
    up = (size - k) * (chance * (1 - correlation) + k * correlation)
    down = (k + 1) * ((1 - chance) * (1 - correlation) + (size - k - 1) * correlation)
    logs = np.concatenate([[0.0], np.cumsum(np.log(up) - np.log(down))])
    pmf = np.exp(logs - logs.max())
    return Loss(pmf / pmf.sum(), step)


def wilson(k: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Array, Array] | tuple[float, float]:
    r"""Compute Wilson's score interval for a share.

    .. math:: \frac{k + z^2/2 \pm z \sqrt{z^2/4 + k\,(1 - k/n)}}{n + z^2}

    Parameters
    ----------
    k
        Number that have the property, whole, any shape.
    n
        Number asked, whole, at least one; broadcasts with `k`.
    level
        Confidence level between zero and one.

    Returns
    -------
    low, high
        Ends of the interval: floats for single numbers, arrays for several.

    Raises
    ------
    ValueError
        When k is negative, above n or not whole, n is below one, or the level is not between zero and one.

    References
    ----------
    E. B. Wilson, Journal of the American Statistical Association 22 (1927); R. G. Newcombe, *Two-sided confidence
    intervals for the single proportion*, Statistics in Medicine 17 (1998), method 3.
    """
    having, asked = np.broadcast_arrays(np.asarray(k, dtype=float), np.asarray(n, dtype=float))
    for name, values, low, high in (("n", asked, 1, math.inf), ("k", having, 0, asked)):
        wrong = ~(np.isfinite(values) & (values == np.floor(values)) & (values >= low) & (values <= high))
        if wrong.any():
            most = "" if name == "n" else " and at most n"
            raise ValueError(
                f"{name}: expected a whole number of at least {low}{most}, found {values[wrong].flat[0]:g}"
            )
    if not 0 < level < 1:
        raise ValueError(f"level: expected a number between 0 and 1, found {level}")
    z = float(special.ndtri((1 + level) / 2))
    half = z * np.sqrt(z * z / 4 + having * (1 - having / asked))
    low = np.where(having == 0, 0.0, (having + z * z / 2 - half) / (asked + z * z))
    high = np.where(having == asked, 1.0, (having + z * z / 2 + half) / (asked + z * z))
    return (low, high) if low.ndim else (float(low), float(high))
