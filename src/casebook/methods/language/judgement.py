"""How far to trust a score: ranking, calibration, and when to hand a case on."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from casebook.methods.language.arguments import finite, truths

Array = NDArray[np.float64]

STEPS, SETTLED = 100, 1e-10


def auroc(score: ArrayLike, inside: ArrayLike) -> float:
    r"""Compute how often what is in scope scores above what is not (area under the ROC curve).

    .. math:: A = \frac{U}{n_1 n_0} = P(s_1 > s_0) + \tfrac12 P(s_1 = s_0)

    Parameters
    ----------
    score
        Scores, shape (n,).
    inside
        Whether each is in scope, shape (n,); some are and some are not.

    Returns
    -------
    float
        One for a perfect order, one half for chance.

    Raises
    ------
    ValueError
        When a score is not finite, the lengths differ, or all or none are in scope.

    References
    ----------
    J. A. Hanley and B. J. McNeil, *The meaning and use of the area under a ROC curve*, Radiology 143 (1982).
    """
    values = finite("score", score)
    within = truths("inside", inside, values.size)
    if within.all() or not within.any():
        raise ValueError(f"inside: expected some of {within.size} in scope and some not, found {within.sum()}")
    ranks, n = stats.rankdata(values), int(within.sum())
    return float((ranks[within].sum() - n * (n + 1) / 2) / (n * (values.size - n)))


@dataclass(frozen=True)
class Coverage:
    """What happens as a bar on the score is lowered; one entry for each score at which it can stand, highest first.

    Attributes
    ----------
    bar
        The lowest score that is still answered.
    coverage
        Share of all that is answered.
    risk
        Share of the answered that is wrong.
    """

    bar: Array
    coverage: Array
    risk: Array


def risk_coverage(score: ArrayLike, right: ArrayLike, weight: ArrayLike | None = None) -> Coverage:
    r"""Trace the share answered wrongly against the share answered.

    .. math:: c(\tau) = \frac{\sum_i w_i\,1\{s_i \ge \tau\}}{\sum_i w_i}, \qquad
        r(\tau) = \frac{\sum_i w_i\,1\{s_i \ge \tau\}\,1\{\hat y_i \ne y_i\}}{\sum_i w_i\,1\{s_i \ge \tau\}}

    Parameters
    ----------
    score
        Scores, shape (n,).
    right
        Whether the answer to each would be right, shape (n,). To what is out of scope no answer is.
    weight
        How much each counts, above zero, shape (n,); one each where none is given.

    Raises
    ------
    ValueError
        When a score is not finite, the lengths differ, or a weight is not above zero.

    References
    ----------
    R. El-Yaniv and Y. Wiener, *On the foundations of noise-free selective classification*, Journal of Machine
    Learning Research 11 (2010).
    """
    values = finite("score", score)
    good = truths("right", right, values.size)
    counts = _weights(weight, values.size)
    order = np.argsort(-values, kind="stable")
    last = np.flatnonzero(np.append(np.diff(values[order]) != 0, True))
    answered = np.cumsum(counts[order])[last]
    wrong = np.cumsum(np.where(good[order], 0.0, counts[order]))[last]
    return Coverage(values[order][last], answered / counts.sum(), wrong / answered)


def _weights(weight: ArrayLike | None, length: int) -> Array:
    """Return how much each case counts."""
    counts = finite("weight", np.ones(length) if weight is None else weight)
    if counts.size != length or (counts <= 0).any():
        raise ValueError(f"weight: expected {length} numbers above 0, found {counts.size}, least {counts.min():g}")
    return counts


@dataclass(frozen=True)
class Calibration:
    """A probability for each score: the logistic curve with this slope (A) and intercept (B)."""

    slope: float
    intercept: float

    def probability(self, score: ArrayLike) -> Array:
        """Return the chance that an answer with this score is right."""
        return special.expit(self.slope * np.asarray(score, dtype=float) + self.intercept)

    def score(self, probability: float) -> float:
        """Return the score at which an answer is right with this chance, between zero and one."""
        if not 0 < probability < 1:
            raise ValueError(f"probability: expected a number between 0 and 1, found {probability}")
        if self.slope == 0:
            raise ValueError("slope: expected a curve that is not flat, found 0")
        return float((special.logit(probability) - self.intercept) / self.slope)


def calibrate(score: ArrayLike, right: ArrayLike, weight: ArrayLike | None = None) -> Calibration:
    r"""Fit the chance of being right to scores of cases that were kept apart (Platt's scaling).

    .. math:: P(\text{right} \mid s) = \frac{1}{1 + e^{-(A s + B)}}, \qquad
        t_1 = \frac{n_1 + 1}{n_1 + 2}, \quad t_0 = \frac{1}{n_0 + 2}

    The most likely curve, with the targets drawn in a little from one and zero, so that it exists even where the scores
    part right from wrong without fault.

    Parameters
    ----------
    score
        Scores, shape (n,).
    right
        Whether the answer to each was right, shape (n,).
    weight
        How much each counts, above zero, shape (n,), where the cases come in another mix than later ones will; one
        each where none is given. Only their ratios matter.

    Raises
    ------
    ValueError
        When a score is not finite, the lengths differ, or a weight is not above zero.

    References
    ----------
    J. Platt, *Probabilistic outputs for support vector machines* (1999); H.-T. Lin, C.-J. Lin and R. Weng, *A note on
    Platt's probabilistic outputs*, Machine Learning 68 (2007).
    """
    values = finite("score", score)
    good = truths("right", right, values.size)
    counts = _weights(weight, values.size)
    counts = counts * values.size / counts.sum()
    n = float(counts[good].sum())
    target = np.where(good, (n + 1) / (n + 2), 1 / (values.size - n + 2))
    spread = values.std() or 1.0
    scaled = (values - values.mean()) / spread
    slope, level = _newton(scaled, target, counts)
    return Calibration(float(slope / spread), float(level - slope * values.mean() / spread))


def _newton(x: Array, target: Array, weight: Array) -> tuple[float, float]:
    """Find slope and level of the most likely logistic curve; steps are halved until they help."""
    design = np.column_stack([x, np.ones_like(x)])

    def loss(theta: Array) -> float:
        z = design @ theta
        return float(weight @ (np.logaddexp(0, z) - target * z))

    theta = np.array([0.0, special.logit(weight @ target / weight.sum())])
    for _ in range(STEPS):
        p = special.expit(design @ theta)
        gradient = design.T @ (weight * (p - target))
        if np.abs(gradient).max() < SETTLED * x.size:
            break
        curvature = (design * (weight * p * (1 - p))[:, None]).T @ design + 1e-12 * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        size = 1.0
        while size > SETTLED and loss(theta - size * step) > loss(theta):
            size /= 2
        theta = theta - size * step
    return float(theta[0]), float(theta[1])


def reject_below(error_cost: float, hand_on_cost: float) -> float:
    r"""Return the chance of being right below which handing a case on costs less than answering it (Chow's rule).

    .. math:: (1 - p)\,c_e > c_h \iff p < 1 - \frac{c_h}{c_e}

    Parameters
    ----------
    error_cost
        What a wrong answer costs (c_e), above zero.
    hand_on_cost
        What handing a case on costs (c_h), from zero up.

    Returns
    -------
    float
        From zero, where handing on never pays, to one, where it is free.

    Raises
    ------
    ValueError
        When a cost is not finite, the first not above zero or the second below it.

    References
    ----------
    C. K. Chow, *On optimum recognition error and reject tradeoff*, IEEE Transactions on Information Theory 16 (1970).
    """
    for name, cost, positive in (("error_cost", error_cost, True), ("hand_on_cost", hand_on_cost, False)):
        if not (math.isfinite(cost) and (cost > 0 or (cost == 0 and not positive))):
            raise ValueError(f"{name}: expected a finite cost {'above' if positive else 'of at least'} 0, found {cost}")
    return max(0.0, 1 - hand_on_cost / error_cost)
