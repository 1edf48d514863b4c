"""Who buys because of a coupon, and not merely with one: propensities, doubly robust gains, the Qini curve, a budget."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.random import SeedSequence
from numpy.typing import ArrayLike, NDArray
from scipy import special

from casebook.methods import replicates as independent
from casebook.methods.demand import arguments
from casebook.methods.demand.arguments import Array


def fit_propensity(features: ArrayLike, treated: ArrayLike, penalty: float = 1e-3) -> Array:
    r"""Fit the chance of being treated by logistic regression.

    .. math:: \max_\beta \sum_i \bigl[w_i\, \beta' x_i - \log(1 + e^{\beta' x_i})\bigr] -
        \tfrac{\lambda}{2} \lVert \beta \rVert^2

    Parameters
    ----------
    features
        x with a column of ones for the intercept, shape (n, k).
    treated
        w, zeros and ones, shape (n,).
    penalty
        Lambda above zero; it keeps the coefficients finite where the features separate the groups.

    Returns
    -------
    array of shape (k,)
        beta; the chance is `scipy.special.expit(features @ beta)`.

    References
    ----------
    C. M. Bishop, *Pattern Recognition and Machine Learning*, section on iterative reweighted least squares.
    """
    x = arguments.table("features", features, (None, None))
    w = arguments.marks("treated", treated, len(x)).astype(float)
    ridge = arguments.number("penalty", penalty, above=True)
    beta = np.zeros(x.shape[1])
    for _ in range(100):
        chance = special.expit(x @ beta)
        slope = x.T @ (w - chance) - ridge * beta
        curve = (x * (chance * (1 - chance))[:, None]).T @ x + ridge * np.eye(beta.size)
        step = np.linalg.solve(curve, slope)
        beta = beta + step * min(1.0, 5 / max(np.abs(step).max(), 1e-12))
        if np.abs(step).max() < 1e-10:
            break
    return beta


def doubly_robust(
    outcome: ArrayLike, treated: ArrayLike, propensity: ArrayLike, if_treated: ArrayLike, if_not: ArrayLike
) -> Array:
    r"""Estimate the gain of each person by augmented inverse propensity weighting.

    .. math:: \psi_i = m_1(x_i) - m_0(x_i) + \frac{w_i\,(y_i - m_1(x_i))}{e(x_i)} -
        \frac{(1 - w_i)(y_i - m_0(x_i))}{1 - e(x_i)}

    Parameters
    ----------
    outcome, treated
        y and w (zeros and ones), shape (n,).
    propensity
        Chance of treatment e, above zero and below one, shape (n,).
    if_treated, if_not
        Outcomes a model expects, :math:`m_1` and :math:`m_0`, shape (n,).

    Returns
    -------
    array of shape (n,)
        Noisy one by one; their mean estimates the mean gain without bias when either model is right.

    Raises
    ------
    ValueError
        When shapes differ or a propensity is not between zero and one.

    References
    ----------
    J. Robins, A. Rotnitzky and L. Zhao, *Estimation of regression coefficients when some regressors are not always
    observed*, Journal of the American Statistical Association 89 (1994).
    """
    y = arguments.row("outcome", outcome)
    w = arguments.marks("treated", treated, y.size)
    e = arguments.row("propensity", propensity, y.size, np.nextafter(0, 1), np.nextafter(1, 0))
    one, none = arguments.row("if_treated", if_treated, y.size), arguments.row("if_not", if_not, y.size)
    return one - none + np.where(w, (y - one) / e, -(y - none) / (1 - e))


@dataclass(frozen=True)
class Qini:
    """What is gained by treating the best-ranked first.

    Attributes
    ----------
    share
        Share of the people treated, from zero to one, shape (n + 1,).
    gain
        Gain per person of the whole crowd, same shape.
    coefficient
        Area between the curve and the straight line to its end; nil for a ranking by lot.
    low, high
        Ends of its bootstrap interval.
    """

    share: Array = field(repr=False)
    gain: Array = field(repr=False)
    coefficient: float
    low: float
    high: float


def qini(
    rank: ArrayLike,
    gains: ArrayLike,
    *,
    level: float = 0.95,
    resamples: int = 400,
    seed: int | SeedSequence = 0,
    executor: Executor | None = None,
) -> Qini:
    r"""Draw the Qini curve of a ranking, with the interval of its area.

    .. math:: G(k/n) = \frac{1}{n} \sum_{i=1}^{k} \psi_{(i)}, \qquad Q = \int_0^1 \bigl(G(u) - u\,G(1)\bigr)\,du

    Parameters
    ----------
    rank
        Predicted uplift or any other score, made without the outcomes of these people; the largest are treated first.
        Ties count in the order given.
    gains
        Estimated gain of each, as `doubly_robust` gives it, shape (n,).
    level, resamples, seed, executor
        Of the bootstrap over people: confidence level, resamples, seed, and where they run.

    Raises
    ------
    ValueError
        When shapes differ, or the level is not from zero to one.

    References
    ----------
    N. J. Radcliffe, *Using control groups to target on predicted lift*, Direct Marketing Analytics Journal (2007);
    S. Yadlowsky and others, *Evaluating treatment prioritization rules via rank-weighted average treatment effects*,
    Journal of the American Statistical Association 120 (2025).
    """
    psi = arguments.row("gains", gains)
    order = np.argsort(-arguments.row("rank", rank, psi.size), kind="stable")
    tail = (1 - arguments.number("level", level, 0, 1)) / 2
    ordered = psi[order]
    again = independent.run(partial(_resampled, ordered), independent.spawn(seed, resamples), executor)
    low, high = np.quantile(again, [tail, 1 - tail])
    share = np.arange(psi.size + 1) / psi.size
    gain = np.concatenate([[0.0], np.cumsum(ordered)]) / psi.size
    return Qini(share, gain, _area(ordered), float(low), float(high))


@dataclass(frozen=True)
class Selection:
    """Who is treated within a budget.

    Attributes
    ----------
    chosen
        True for those who are, shape (n,).
    gain, cost
        Sums over the chosen.
    bound
        What no selection can exceed; equal to `gain` when all cost the same and the budget is a multiple of it.
    """

    chosen: NDArray[np.bool_]
    gain: float
    cost: float
    bound: float


def select(gains: ArrayLike, costs: ArrayLike, budget: float) -> Selection:
    r"""Spend a budget on those who gain most per unit of money (Dantzig's rule for the knapsack).

    .. math:: \max \sum_i g_i z_i \quad\text{with}\quad \sum_i c_i z_i \le B,\; z_i \in \{0, 1\}

    Parameters
    ----------
    gains
        Expected gain of each :math:`g_i`; who loses by it is never chosen, shape (n,).
    costs
        Cost of each :math:`c_i`, above zero, shape (n,).
    budget
        B, at least zero.

    References
    ----------
    G. B. Dantzig, *Discrete-variable extremum problems*, Operations Research 5 (1957).
    """
    g = arguments.row("gains", gains)
    c = arguments.row("costs", costs, g.size, np.nextafter(0, 1))
    left = arguments.number("budget", budget)
    chosen, bound = np.zeros(g.size, dtype=bool), None
    for who in np.argsort(-g / c, kind="stable"):
        if g[who] <= 0:
            break
        if c[who] <= left * (1 + 1e-12):
            chosen[who], left = True, left - c[who]
        elif bound is None:
            bound = float(g[chosen].sum() + max(left, 0) * g[who] / c[who])
    gain = float(g[chosen].sum())
    return Selection(chosen, gain, float(c[chosen].sum()), gain if bound is None else bound)


def detectable_effect(sd: float, people: ArrayLike, level: float = 0.95, power: float = 0.8) -> Array:
    r"""Compute the smallest difference of means that a fair test of two halves is likely to find.

    .. math:: \delta = (z_{(1+\text{level})/2} + z_{\text{power}})\; \frac{2 \sigma}{\sqrt{n}}

    Parameters
    ----------
    sd
        Standard deviation of the outcome sigma, what is known beforehand taken out.
    people
        People of both halves together n, shape (m,).
    level, power
        Confidence level, and chance to find a difference of this size.

    References
    ----------
    J. Cohen, *Statistical Power Analysis for the Behavioral Sciences*, chapter 2.
    """
    n = arguments.row("people", people, low=2)
    chances = [(1 + arguments.number("level", level, 0, 1)) / 2, arguments.number("power", power, 0, 1)]
    return special.ndtri(chances).sum() * 2 * arguments.number("sd", sd) / np.sqrt(n)


def _area(ordered: Array) -> float:
    n = ordered.size
    return float(ordered @ (n / 2 - np.arange(n) - 0.5) / n**2)


def _resampled(ordered: Array, seed: SeedSequence) -> float:
    """Area of a resample; sorted indices keep the ranking."""
    picks = np.random.default_rng(seed).integers(0, ordered.size, ordered.size)
    return _area(ordered[np.sort(picks)])
