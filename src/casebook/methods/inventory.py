"""Stock: what to order once, what to hold along a chain, and what one pool saves."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq

from casebook.methods.arguments import MOST, ArgumentError, Array, number, numbers

Amount = float | Array
LARGEST = 1e12  # units, costs and ratios of costs beyond this are slips
POINTS, NODES, REACH = 1001, 96, 12.0  # of a stage's table, of the quadrature, and both in standard deviations


class Newsvendor(NamedTuple):
    """What a stock costs on average; every field has the shape of `stock`.

    `left` and `short` are units left over and units short, `fill_rate` is the share of the expected demand that is
    served, one where nothing is demanded.
    """

    stock: Amount
    cost: Amount
    left: Amount
    short: Amount
    fill_rate: Amount


def newsvendor_normal(
    overage: float, underage: float, mean: float, sd: float, stock: ArrayLike | None = None
) -> Newsvendor:
    r"""Find the cheapest stock for normal demand, $\Phi((S - \mu)/\sigma) = p/(h + p)$, or what a given stock costs.

    A unit left over costs h (`overage`), a unit short p (`underage`): $g(S) = h\,E[(S - D)^+] + p\,E[(D - S)^+]$
    (Snyder and Shen, *Fundamentals of Supply Chain Theory*, 2019, chapter 4).
    """
    over, under = _costs(overage, underage)
    mean, sd = _units("mean", mean), _units("sd", sd)
    if stock is None:
        total = over + under
        # The smaller tail is inverted: near one the ratio itself has no digits left.
        stock = mean + sd * (stats.norm.ppf(under / total) if under < over else stats.norm.isf(over / total))
    return _outcome(stock, over, under, mean, normal_loss(stock, mean, sd))


def newsvendor_poisson(overage: float, underage: float, mean: float, stock: ArrayLike | None = None) -> Newsvendor:
    r"""Find the cheapest whole stock for Poisson demand, or what a given stock costs.

    $S^* = \min\{S : P(D \le S) \ge p/(h + p)\}$ (Snyder and Shen, 2019, chapter 4); costs as for normal demand.
    """
    over, under = _costs(overage, underage)
    mean = number("mean", mean, least=0, most=MOST)
    if stock is None:
        stock = stats.poisson.ppf(under / (over + under), mean)
    return _outcome(stock, over, under, mean, poisson_loss(stock, mean))


def newsvendor_discrete(
    overage: float,
    underage: float,
    values: ArrayLike,
    probabilities: ArrayLike | None = None,
    stock: ArrayLike | None = None,
) -> Newsvendor:
    r"""Find the cheapest stock for a demand that is listed or was observed, or what a given stock costs.

    The cheapest is the smallest listed value whose cumulative probability reaches p / (h + p). Without
    `probabilities`, which must add up to one, each value counts once, as observed days do (Snyder and Shen, 2019).
    """
    over, under = _costs(overage, underage)
    demand = numbers("values", values, least=0, most=LARGEST, shape=(None,))
    chance = np.full(demand.size, 1 / demand.size)
    if probabilities is not None:
        chance = numbers("probabilities", probabilities, least=0, most=1, shape=demand.shape)
        number("sum of probabilities", chance.sum(), least=1 - 1e-9, most=1 + 1e-9)
    if stock is None:
        order = np.argsort(demand, kind="stable")
        reached = np.cumsum(chance[order]) >= under / (over + under) * (1 - 1e-9)
        stock = demand[order][np.argmax(reached)]
    short = np.maximum(demand - _stock(stock)[..., None], 0) @ chance
    return _outcome(stock, over, under, float(demand @ chance), short)


def normal_loss(stock: ArrayLike, mean: float, sd: float) -> Amount:
    r"""Compute the expected units short of a stock under normal demand, $\sigma\varphi(z) + (\mu - S)(1 - \Phi(z))$.

    $z = (S - \mu)/\sigma$; in the shape of `stock` (Snyder and Shen, 2019, appendix on loss functions).
    """
    units, mean, sd = _stock(stock), _units("mean", mean), _units("sd", sd)
    z = (units - mean) / max(sd, 1e-9)  # a spread too small to matter is as good as none
    return np.maximum(sd * stats.norm.pdf(z) + (mean - units) * stats.norm.sf(z), 0)


def poisson_loss(stock: ArrayLike, mean: ArrayLike) -> Amount:
    r"""Compute the expected units short of a stock under Poisson demand, $\mu P(D \ge S) - S\,P(D > S)$.

    Between whole numbers the loss is linear. The mean is one number or one for each stock (Snyder and Shen, 2019).
    """
    units, means = _stock(stock), numbers("mean", mean, least=0, most=LARGEST)
    if means.shape not in ((), units.shape):
        raise ArgumentError("mean", f"one number or shape {units.shape}", means.shape)
    floor = np.floor(units)
    return np.maximum(means * stats.poisson.sf(floor - 1, means) - units * stats.poisson.sf(floor, means), 0)


def _outcome(stock: ArrayLike, over: float, under: float, mean: float, short: Amount) -> Newsvendor:
    units = _stock(stock)
    left = np.maximum(units - mean + short, 0)
    filled = 1 - np.minimum(short, mean) / mean if mean > 0 else np.ones_like(units)
    fields = units, over * left + under * short, left, short, filled
    return Newsvendor(*(field if np.ndim(field) else float(field) for field in fields))


def _costs(overage: float, underage: float) -> tuple[float, float]:
    over = number("overage", overage, above=0, most=LARGEST)
    return over, number("underage", underage, least=over / LARGEST, most=over * LARGEST)


def _units(name: str, value: float) -> float:
    return number(name, value, least=0, most=LARGEST)


def _stock(stock: ArrayLike) -> Array:
    return numbers("stock", stock, least=-LARGEST, most=LARGEST)


class SerialSystem(NamedTuple):
    """A chain of stages under echelon base-stock levels; arrays hold one entry a stage, next to the customer first.

    In units: the levels, what lies at each stage, what is on its way to the stage below, and what customers wait for.
    `cost` a period is the sum of the cost of what lies, of what moves and of what is waited for.
    """

    base_stock: Array
    on_hand: Array
    in_transit: Array
    backorders: float
    cost: float
    holding_cost: float
    transit_cost: float
    backorder_cost: float


def serial_system(
    echelon_holding: ArrayLike,
    lead_times: ArrayLike,
    backorder: float,
    mean: float,
    sd: float,
    base_stock: ArrayLike | None = None,
) -> SerialSystem:
    r"""Find the cheapest base-stock levels of a chain of stages with normal demand, or what given levels cost.

    Echelon holding costs h and the backorder cost p are per unit and period, lead times L in periods, demand has `mean`
    and `sd` a period. With $D_j$ the demand of a lead time: $\hat C_1(x) = h_1 x + (p + \sum_i h_i)\,x^-$,
    $C_j(y) = E[\hat C_j(y - D_j)]$, $S_j^* = \arg\min C_j$, $\hat C_{j+1}(x) = h_{j+1}x + C_j(\min\{S_j^*, x\})$
    (Clark and Scarf, 1960; Chen and Zheng, 1994; Snyder and Shen, 2019, chapter 6). Good to about eight digits.
    """
    holding = numbers("echelon_holding", echelon_holding, above=0, most=LARGEST, shape=(None,))
    leads = numbers("lead_times", lead_times, least=1e-6, most=1e6, shape=holding.shape)
    p = number("backorder", backorder, least=1e-9 * holding.sum(), most=1e9 * holding.min())
    mean, sd = _units("mean", mean), _units("sd", sd)
    passing = mean * leads
    target, levels = np.cumsum(passing), None
    if base_stock is not None:
        given = numbers("base_stock", base_stock, least=-LARGEST, most=LARGEST, shape=holding.shape)
        levels = (given - target) / number("sd", sd, least=1e-6)
    levels, echelon, waiting = _standard_chain(holding, np.sqrt(leads), p, levels)
    on_hand, waiting = sd * np.diff(echelon, prepend=-waiting), sd * waiting
    in_transit = np.append(0.0, passing[:-1])
    local = np.cumsum(holding[::-1])[::-1]
    costs = float(local @ on_hand), float(local @ in_transit), p * waiting
    return SerialSystem(target + sd * levels, on_hand, in_transit, waiting, sum(costs), *costs)


def _standard_chain(holding: Array, sds: Array, p: float, levels: Array | None) -> tuple[Array, Array, float]:
    """Run the recursion for demand of mean nought: levels, echelon inventory of each stage, units waited for.

    The table of a stage holds, at each echelon position, the expected echelon inventory of every stage so far, the
    units waited for, and the slope of the cost. Before the first stage a unit short is a unit waited for.
    """
    slope = -(p + holding.sum())
    table, chosen = CubicSpline([-1, 0], [[1, slope], [0, slope]]), [0.0]
    for j, width in enumerate(REACH * np.sqrt(np.cumsum(sds**2))):
        y = np.linspace(-width, width, POINTS)
        table = CubicSpline(y, _stage(y, holding[j], sds[j], table, chosen[-1]))
        if levels is None:
            chosen.append(brentq(lambda at, table=table: table(at)[-1], -width, width, xtol=1e-13 * width))
        else:
            chosen.append(float(levels[j]))
    *echelon, waiting, _ = _read(table, np.array(chosen[-1]))
    return np.array(chosen[1:]), np.array(echelon), max(float(waiting), 0.0)


def _stage(y: Array, h: float, sd: float, below: CubicSpline, level: float) -> Array:
    """Take the expectation over the lead-time demand; where the stage below is filled up, its table is constant."""
    kink = np.clip((y - level) / sd, -REACH, REACH)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    half = (REACH - kink[:, None]) / 2
    x = kink[:, None] + half * (1 + nodes)
    found = _read(below, np.minimum(y[:, None] - sd * x, level))
    rows = np.einsum("yx,yxr->yr", half * weights * stats.norm.pdf(x), found)
    rows[:, :-1] += stats.norm.cdf(kink)[:, None] * _read(below, np.array(level))[:-1]
    return np.column_stack([rows[:, :-2], y, rows[:, -2], rows[:, -1] + h])


def _read(table: CubicSpline, y: Array) -> Array:
    """Read a table that goes on straight beyond both ends."""
    inside = np.clip(y, table.x[0], table.x[-1])
    return table(inside) + table(inside, 1) * (y - inside)[..., None]
