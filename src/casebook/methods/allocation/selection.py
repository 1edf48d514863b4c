"""Selection: how good the chosen are when candidates are judged with error, in one stage or several."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from casebook.methods.allocation import arguments

FARTHEST = 12.0  # standard deviations; nobody stands beyond
NODES, WEIGHTS = np.polynomial.legendre.leggauss(600)
MOST_VALID = 0.99


@dataclass(frozen=True)
class Selection:
    """What a sequence of judgements yields.

    Attributes
    ----------
    fit
        Share of the fit among those who are left in the end.
    found
        Share of all the fit who are left in the end.
    quality
        Mean quality of those who are left, in standard deviations above the mean of all.
    """

    fit: float
    found: float
    quality: float


def select(validities: ArrayLike, kept: ArrayLike, base: float) -> Selection:
    r"""Choose among very many candidates by scores that tell their quality with error, stage after stage.

    Quality is standard normal; the fit are its best share. Stage k sees a score that correlates :math:`\rho_k` with
    quality, errors being independent, and keeps the best scores of those who came so far:

    .. math::

        \Pr(\text{left after } m \mid \theta) = \prod_{k=1}^{m}
        \Phi\!\left(\frac{\rho_k \theta - c_k}{\sqrt{1 - \rho_k^2}}\right)

    with the bars :math:`c_k` set so that the stated shares are left. One stage is the table of Taylor and Russell.

    Parameters
    ----------
    validities
        Correlation :math:`\rho_k` of each score with quality, from zero to 0.99, shape (m,).
    kept
        Share of all candidates that is left after each stage, above zero, falling or equal, shape (m,).
    base
        Share of all candidates who are fit, above zero and below one.

    Returns
    -------
    Selection
        Shares and quality of those left after the last stage.

    Raises
    ------
    ValueError
        When an argument is out of its range, or more are left after a stage than before it.

    References
    ----------
    H. C. Taylor and J. T. Russell, *The relationship of validity coefficients to the practical effectiveness of tests
    in selection*, Journal of Applied Psychology 23 (1939); L. J. Cronbach and G. C. Gleser, *Psychological Tests and
    Personnel Decisions*.
    """
    rho = arguments.numbers("validities", validities)
    left = arguments.numbers("kept", kept, rho.size)
    if (rho > MOST_VALID).any():
        raise ValueError(f"validities: expected numbers from 0 to {MOST_VALID}, found {rho.max():g}")
    if not (left > 0).all() or (np.diff(np.r_[1.0, left]) > 0).any():
        raise ValueError(f"kept: expected shares above 0 that do not rise from 1, found {left.tolist()}")
    if not 0 < base < 1:
        raise ValueError(f"base: expected a share between 0 and 1, found {base}")
    edges = (-FARTHEST, float(-ndtri(base)), FARTHEST)
    theta, weight = _nodes(edges)
    for validity, share in zip(rho, left, strict=True):
        weight = weight * _passing(theta, weight, float(validity), float(share))
    good = weight[NODES.size :].sum()
    return Selection(float(good / weight.sum()), float(good / base), float(weight @ theta / weight.sum()))


def _nodes(edges: tuple[float, ...]) -> tuple[arguments.Array, arguments.Array]:
    """Return quality at the nodes of Gauss and Legendre between the edges, weighted by the normal density."""
    theta, weight = [], []
    for low, high in pairwise(edges):
        theta.append((high + low) / 2 + (high - low) / 2 * NODES)
        weight.append((high - low) / 2 * WEIGHTS)
    points = np.concatenate(theta)
    return points, np.concatenate(weight) * np.exp(-(points**2) / 2) / math.sqrt(2 * math.pi)


def _passing(theta: arguments.Array, weight: arguments.Array, validity: float, share: float) -> arguments.Array:
    """Return the chance to pass by quality, with the bar at which the stated share of all is left."""
    if share >= weight.sum() * (1 - 1e-12):
        return np.ones_like(theta)
    spread = math.sqrt(1 - validity**2)

    def chance(bar: float) -> arguments.Array:
        return ndtr((validity * theta - bar) / spread)

    bar = brentq(lambda c: math.log(weight @ chance(c)) - math.log(share), -FARTHEST, FARTHEST, xtol=1e-13)
    return chance(bar)
