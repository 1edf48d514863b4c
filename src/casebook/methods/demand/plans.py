"""Plans made before demand is known: the two-stage stochastic programme and what foresight would be worth."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linprog
from scipy.sparse import block_array, block_diag, csr_array

from casebook.methods.demand import arguments
from casebook.methods.demand.arguments import Array


@dataclass(frozen=True)
class Programme:
    r"""A two-stage linear programme with fixed recourse.

    .. math:: \min_{x \ge 0}\; c'x + \sum_s p_s\, Q_s(x) \quad\text{with}\quad A x \le b, \qquad
        Q_s(x) = \min_{y \ge 0} \{q_s'y : T_s x + W y \le h_s\}

    Attributes
    ----------
    cost
        c, cost of a unit of each first decision, shape (n,).
    matrix, limit
        A and b, shapes (m, n) and (m,).
    later_cost
        q, cost of each later decision by scenario, shape (s, k).
    technology
        T, shape (s, l, n).
    recourse
        W, shape (l, k).
    right
        h, shape (s, l).
    chance
        p, adding up to one, shape (s,).

    Raises
    ------
    ValueError
        When shapes disagree, a number is not finite or the chances do not add up to one.

    References
    ----------
    J. R. Birge and F. Louveaux, *Introduction to Stochastic Programming*, chapters 1, 2 and 4.
    """

    cost: Array
    matrix: Array
    limit: Array
    later_cost: Array
    technology: Array
    recourse: Array
    right: Array
    chance: Array = field(repr=False)

    def __post_init__(self) -> None:
        n = arguments.row("cost", self.cost).size
        s = arguments.row("chance", self.chance, low=0).size
        if abs(np.sum(self.chance) - 1) > 1e-9:
            raise ValueError(f"chance: expected chances that add up to 1, found {np.sum(self.chance):g}")
        rows, k = arguments.table("recourse", self.recourse, (None, None)).shape
        arguments.table("matrix", self.matrix, (None, n))
        arguments.row("limit", self.limit, len(self.matrix))
        arguments.table("later_cost", self.later_cost, (s, k))
        arguments.table("right", self.right, (s, rows))
        if np.shape(self.technology) != (s, rows, n) or not np.isfinite(self.technology).all():
            raise ValueError(f"technology: expected finite numbers of shape {(s, rows, n)}")


@dataclass(frozen=True)
class Plan:
    """A plan and what it costs.

    Attributes
    ----------
    decision
        The first decisions x.
    cost
        Mean cost over the scenarios.
    dual_cost
        Value of the dual programme; equal to `cost`, which proves the optimum.
    price
        Change of the cost per unit of each first-stage limit, at most zero.
    outcome
        Cost in each scenario.
    """

    decision: Array
    cost: float
    dual_cost: float
    price: Array
    outcome: Array


@dataclass(frozen=True)
class Foresight:
    """What planning with chances, and knowing beforehand, are worth.

    Attributes
    ----------
    plan
        The stochastic plan (recourse problem, RP).
    mean_plan
        The plan made for the mean of all scenarios, met by the scenarios (EEV is its cost).
    wait_and_see
        Mean cost with perfect foresight (WS).
    stochastic_value
        EEV - RP, never below zero but for rounding: the value of the stochastic solution.
    information_value
        RP - WS, never below zero but for rounding: the expected value of perfect information.
    """

    plan: Plan
    mean_plan: Plan
    wait_and_see: float
    stochastic_value: float
    information_value: float


def solve(programme: Programme, decision: ArrayLike | None = None) -> Plan:
    """Solve the programme as one linear programme over all scenarios, or price a given first decision.

    Parameters
    ----------
    programme
        What to decide, now and later.
    decision
        A first decision to be held fixed, shape (n,).

    Raises
    ------
    ValueError
        When no decision is feasible, or cost can fall without end.
    """
    return _optimum(programme, decision, worst=False)


def worst_case(programme: Programme) -> Plan:
    r"""Find the plan whose most expensive scenario is cheapest (robust counterpart over the scenarios).

    .. math:: \min_{x, y, v}\; v \quad\text{with}\quad c'x + q_s'y_s \le v \text{ for all } s

    Parameters
    ----------
    programme
        As in `solve`; the chances are used only for the mean cost that is returned.

    References
    ----------
    A. Ben-Tal, L. El Ghaoui and A. Nemirovski, *Robust Optimization*, chapter 1.
    """
    return solve(programme, _optimum(programme, None, worst=True).decision)


def foresight(programme: Programme) -> Foresight:
    """Compare the stochastic plan with the plan for the mean scenario and with perfect foresight.

    Parameters
    ----------
    programme
        As in `solve`; the mean plan must be feasible in every scenario.

    References
    ----------
    J. R. Birge and F. Louveaux, *Introduction to Stochastic Programming*, chapter 4: RP, EEV, WS, VSS and EVPI.
    """
    plan = solve(programme)
    mean = programme.chance @ programme.later_cost, np.tensordot(programme.chance, programme.technology, 1)
    average = _scenario(programme, *mean, programme.chance @ programme.right)
    mean_plan = solve(programme, solve(average).decision)
    parts = zip(programme.later_cost, programme.technology, programme.right, strict=True)
    seen = float(programme.chance @ [solve(_scenario(programme, *part)).cost for part in parts])
    return Foresight(plan, mean_plan, seen, mean_plan.cost - plan.cost, plan.cost - seen)


def _scenario(programme: Programme, later_cost: Array, technology: Array, right: Array) -> Programme:
    parts = later_cost[None], technology[None], programme.recourse, right[None], np.ones(1)
    return Programme(programme.cost, programme.matrix, programme.limit, *parts)


def _optimum(programme: Programme, decision: ArrayLike | None, worst: bool) -> Plan:
    (s, rows, n), k, m = programme.technology.shape, programme.recourse.shape[1], len(programme.matrix)
    later = block_diag([programme.recourse] * s)
    matrix = block_array([
        [csr_array(programme.matrix), None],
        [csr_array(programme.technology.reshape(s * rows, n)), later],
    ])  # fmt: skip
    unit = max(np.abs(programme.limit).max(), np.abs(programme.right).max()) or 1.0
    coin = max(np.abs(programme.cost).max(), np.abs(programme.later_cost).max()) or 1.0
    limit = np.concatenate([programme.limit, programme.right.ravel()]) / unit
    cost = np.concatenate([programme.cost, (programme.chance[:, None] * programme.later_cost).ravel()]) / coin
    bounds = np.column_stack([np.zeros(cost.size), np.full(cost.size, np.inf)])
    if decision is not None:
        held = arguments.row("decision", decision, n, low=-1e-9)
        bounds[:n] = np.maximum(held, 0)[:, None] / unit
    if worst:
        each = block_array([[csr_array(np.tile(programme.cost, (s, 1))), block_diag(programme.later_cost[:, None, :])]])
        matrix = block_array([[matrix, None], [each / coin, csr_array(-np.ones((s, 1)))]])
        limit, cost = np.concatenate([limit, np.zeros(s)]), np.append(np.zeros(cost.size), 1.0)
        bounds = np.vstack([bounds, [-np.inf, np.inf]])
    answer = linprog(cost, A_ub=matrix, b_ub=limit, bounds=bounds, method="highs-ds")
    if answer.x is None:
        raise ValueError(f"programme: expected a finite optimum, found none ({answer.message})")
    x, y = unit * answer.x[:n], unit * answer.x[n : n + s * k].reshape(s, k)
    fixed = np.where(np.isfinite(bounds), bounds, 0)
    marginals = answer.ineqlin.marginals @ limit, answer.lower.marginals @ fixed[:, 0]
    dual = float(sum(marginals) + answer.upper.marginals @ fixed[:, 1])
    outcome = programme.cost @ x + np.einsum("sk,sk->s", programme.later_cost, y)
    whole = coin * unit
    return Plan(x, whole * float(answer.fun), whole * dual, coin * answer.ineqlin.marginals[:m], outcome)
