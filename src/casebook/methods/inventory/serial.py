"""Stock along a chain: the serial system of Clark and Scarf."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq

from casebook.methods.inventory.arguments import as_many, number, numbers
from casebook.methods.inventory.loss import normal_loss

Array = NDArray[np.float64]

POINTS, NODES, REACH = 1001, 96, 12.0  # of a stage's table, of the quadrature, and both in standard deviations


@dataclass(frozen=True)
class SerialSystem:
    """A chain of stages numbered from the customer, under echelon base-stock levels.

    Attributes
    ----------
    base_stock
        Echelon base-stock levels S_j in units, shape (n,).
    cost
        Expected cost a period: `holding_cost` + `transit_cost` + `backorder_cost`.
    on_hand
        Expected units lying at each stage, shape (n,).
    in_transit
        Expected units on their way from each stage to the one below, shape (n,); zero for the first stage.
    backorders
        Expected units the customers wait for.
    holding_cost, transit_cost, backorder_cost
        What lying, moving and waiting units cost a period.
    """

    base_stock: Array
    cost: float
    on_hand: Array
    in_transit: Array
    backorders: float
    holding_cost: float
    transit_cost: float
    backorder_cost: float


@dataclass(frozen=True)
class _Chain:
    """Checked inputs: the lead-time demand of each stage and the costs."""

    holding: Array
    mean: Array
    sd: Array
    backorder: float


def serial_system(
    echelon_holding: ArrayLike,
    lead_times: ArrayLike,
    backorder: float,
    mean: float,
    sd: float,
    base_stock: ArrayLike | None = None,
) -> SerialSystem:
    r"""Find the cheapest base-stock levels of a chain of stages with normal demand, or what given levels cost.

    .. math::

        \hat C_1(x) &= h_1 x + \Bigl(p + \sum_i h_i\Bigr) x^-, \qquad C_j(y) = E[\hat C_j(y - D_j)], \\
        \hat C_{j+1}(x) &= h_{j+1}\,x + C_j(\min\{S_j^*, x\}), \qquad S_j^* = \arg\min C_j, \qquad g = C_N(S_N^*)

    The expectations are taken by Gauss-Legendre quadrature on either side of the kink, so that costs are good to
    about eight digits; no grid has to be chosen.

    Parameters
    ----------
    echelon_holding
        Echelon holding cost a unit and period, h_j, shape (n,), the stage next to the customer first, all positive.
    lead_times
        Periods of transport to each stage, L_j, shape (n,), all positive.
    backorder
        Cost of a unit the customer waits for, a period, p, positive.
    mean, sd
        Demand a period in units, mu and sigma; independent from period to period. `sd` may be zero.
    base_stock
        Echelon levels to evaluate, shape (n,); None takes the cheapest.

    Returns
    -------
    SerialSystem
        Levels, where the units are, and what they cost.

    Raises
    ------
    ValueError
        When shapes differ, a cost or lead time is not positive, or `backorder` is beyond 10^30 times the holding cost.

    References
    ----------
    A. J. Clark and H. Scarf, *Optimal policies for a multi-echelon inventory problem* (1960); F. Chen and Y.-S. Zheng
    (1994); L. V. Snyder and Z.-J. M. Shen, *Fundamentals of Supply Chain Theory*, 2nd edition, chapter 6, example 6.1.
    """
    holding = numbers("echelon_holding", echelon_holding, above=0).ravel()
    leads = as_many("lead_times", numbers("lead_times", lead_times, above=0), holding.size)
    p = number("backorder", backorder, above=0)
    mean, sd = number("mean", mean, least=0), number("sd", sd, least=0)
    levels = None if base_stock is None else as_many("base_stock", numbers("base_stock", base_stock), holding.size)
    chain = _Chain(holding, mean * leads, sd * np.sqrt(leads), p)
    solve = _spread if sd > 0 else _certain
    levels, echelon, waiting = solve(chain, levels)
    in_transit = np.concatenate([[0.0], chain.mean[:-1]])
    on_hand = np.diff(echelon, prepend=-waiting) - in_transit
    local = np.cumsum(holding[::-1])[::-1]
    costs = float(local @ on_hand), float(local @ in_transit), p * waiting
    return SerialSystem(levels, sum(costs), on_hand, in_transit, waiting, *costs)


def _certain(chain: _Chain, levels: Array | None) -> tuple[Array, Array, float]:
    """Follow a chain whose demand is certain: levels, echelon inventory of each stage, units waited for."""
    levels = np.cumsum(chain.mean) if levels is None else levels
    echelon = np.empty_like(levels)
    position = math.inf
    for j in range(levels.size - 1, -1, -1):
        position = min(levels[j], position) - chain.mean[j]
        echelon[j] = position
    return levels, echelon, max(-position, 0.0)


def _spread(chain: _Chain, levels: Array | None) -> tuple[Array, Array, float]:
    """Run the recursion from the customer up: levels, echelon inventory of each stage, units waited for.

    The table of a stage holds, for each echelon position y above it, the expected echelon inventory of the stages
    from the first to this one, the units waited for, and the slope of the cost.
    """
    chosen: list[float] = []
    table: CubicSpline | None = None
    for j in range(chain.holding.size):
        middle, width = chain.mean[: j + 1].sum(), REACH * np.linalg.norm(chain.sd[: j + 1])
        positions = np.linspace(middle - width, middle + width, POINTS)
        rows = _first(chain, positions) if table is None else _later(chain, j, positions, table, chosen[-1])
        table = CubicSpline(positions, rows)
        chosen.append(_lowest(positions, rows[:, -1]) if levels is None else float(levels[j]))
    top = _read(table, np.array([chosen[-1]]))[0]
    return np.array(chosen), top[:-2], float(max(top[-2], 0.0))


def _first(chain: _Chain, y: Array) -> Array:
    m, s = chain.mean[0], chain.sd[0]
    slope = chain.holding[0] - (chain.backorder + chain.holding.sum()) * special.ndtr((m - y) / s)
    return np.column_stack([y - m, np.asarray(normal_loss(y, m, s)), slope])


def _later(chain: _Chain, j: int, y: Array, below: CubicSpline, level: float) -> Array:
    """Take the expectation over the lead-time demand; where the stage below is filled up, its table is constant."""
    m, s = chain.mean[j], chain.sd[j]
    kink = np.clip((y - m - level) / s, -REACH, REACH)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    half = (REACH - kink) / 2
    x = kink[:, None] + half[:, None] * (1 + nodes)
    density = half[:, None] * weights * np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
    values = _read(below, np.minimum(y[:, None] - m - s * x, level))
    rows = np.einsum("yx,yxr->yr", density, values)
    rows[:, :-1] += special.ndtr(kink)[:, None] * _read(below, np.array([level]))[0, :-1]
    slope = rows[:, -1] + chain.holding[j]
    return np.column_stack([rows[:, :-2], y - m, rows[:, -2], slope])


def _read(table: CubicSpline, y: Array) -> Array:
    """Read a stage's table, which is straight beyond both ends."""
    inside = np.clip(y, table.x[0], table.x[-1])
    return table(inside) + table(inside, 1) * (y - inside)[..., None]


def _lowest(y: Array, slope: Array) -> float:
    """Find the position at which the cost stops falling."""
    if not slope[0] < 0 < slope[-1]:
        raise ValueError(
            f"backorder: expected a cost nearer to the holding cost, found slopes {slope[0]:g} to {slope[-1]:g}"
        )
    curve = CubicSpline(y, slope)
    return float(brentq(lambda at: float(curve(at)), y[0], y[-1], xtol=1e-13 * (abs(y[0]) + abs(y[-1]))))
