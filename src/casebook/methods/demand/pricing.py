"""What a price does: demand of constant elasticity estimated with its uncertainty, and the price that earns most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, stats

from casebook.methods.demand import arguments
from casebook.methods.demand.arguments import Array


@dataclass(frozen=True)
class Elasticity:
    """How demand answers a price, estimated.

    Attributes
    ----------
    value
        Per cent more sold for a price one per cent higher; below zero as a rule.
    error
        Its standard error, robust within clusters.
    low, high
        Ends of the interval at the level asked for.
    controls
        Coefficients of the control variables.
    strength
        F statistic of the instrument in the first stage; inf without instrument.
    """

    value: float
    error: float
    low: float
    high: float
    controls: tuple[float, ...]
    strength: float

    def draws(self, n: int) -> Array:
        """Give n evenly spaced quantiles of the estimate's normal law, for averages over the uncertainty."""
        chances = (np.arange(arguments.whole("n", n, 1)) + 0.5) / n
        return stats.norm.ppf(chances, self.value, self.error)


def elasticity(
    log_quantity: ArrayLike,
    log_price: ArrayLike,
    *,
    effects: list[ArrayLike],
    cluster: ArrayLike,
    controls: ArrayLike | None = None,
    instrument: ArrayLike | None = None,
    level: float = 0.95,
) -> Elasticity:
    r"""Estimate log-log demand with fixed effects by least squares, or by two stages with one instrument.

    .. math:: \log q_{it} = \eta \log p_{it} + x_{it}'\beta + \mu_i + \nu_t + \varepsilon_{it}, \qquad
        (\hat\eta, \hat\beta) = (Z'X)^{-1} Z'y

    after the effects are taken out; Z has the instrument in the place of the price. Errors may be correlated within a
    cluster: the variance is :math:`(Z'X)^{-1} \sum_g Z_g' e_g e_g' Z_g\, (X'Z)^{-1} G/(G-1)`, and the interval is
    Student's with G - 1 degrees of freedom.

    Parameters
    ----------
    log_quantity, log_price
        Logarithms of units sold and price, shape (n,).
    effects
        Labels of the groups of each fixed effect, such as good and week, arrays of shape (n,).
    cluster
        Labels of the G clusters, at least two, shape (n,).
    controls
        Further variables, shape (n, k).
    instrument
        What moves the price and not otherwise demand, shape (n,); None takes the price itself.
    level
        Confidence level.

    Raises
    ------
    ValueError
        When shapes differ, there are fewer than two clusters, or the price does not move within the effects.

    References
    ----------
    J. Wooldridge, *Econometric Analysis of Cross Section and Panel Data*, chapters 5 and 10; J. Hausman, *Valuation of
    new goods under perfect and imperfect competition* (1996), for prices elsewhere as an instrument.
    """
    y = arguments.row("log_quantity", log_quantity)
    price = arguments.row("log_price", log_price, y.size)
    moved = price if instrument is None else arguments.row("instrument", instrument, y.size)
    more = np.empty((y.size, 0)) if controls is None else arguments.table("controls", controls, (y.size, None))
    groups = np.unique(np.asarray(cluster), return_inverse=True)[1]
    if groups.size != y.size or groups.max() < 1:
        raise ValueError(f"cluster: expected labels of at least 2 clusters for {y.size} rows, found {groups.size}")
    arguments.number("level", level, 0, 1)
    within = _without(np.column_stack([y, price, moved, more]), effects)
    y, x, z = within[:, 0], np.delete(within, [0, 2], axis=1), within[:, 2:]
    if min(np.ptp(x[:, 0]), np.ptp(z[:, 0])) < 1e-9:
        raise ValueError("log_price: expected a price that moves within the effects, found none")
    beta, variance = _solve(y, x, z, groups)
    error, spread = float(np.sqrt(variance[0, 0])), stats.t.ppf((1 + level) / 2, groups.max())
    strength = np.inf
    if instrument is not None:
        first, uncertain = _solve(x[:, 0], z, z, groups)
        strength = float(first[0] ** 2 / uncertain[0, 0])
    value = float(beta[0])
    half = float(spread) * error
    return Elasticity(value, error, value - half, value + half, tuple(beta[1:].tolist()), strength)


def optimal_price(unit_cost: float, elasticity: float) -> float:
    r"""Compute the price that earns most when demand has a constant elasticity (Amoroso-Robinson).

    .. math:: p^* = c\, \frac{\eta}{1 + \eta}, \qquad \eta < -1

    Parameters
    ----------
    unit_cost
        Cost of a unit c, above zero.
    elasticity
        Eta; from minus one up, every dearer price would earn more, and none is best.

    Raises
    ------
    ValueError
        When the cost is not above zero or the elasticity not below minus one.

    References
    ----------
    R. L. Phillips, *Pricing and Revenue Optimization*, chapter on basic price optimization.
    """
    cost = arguments.number("unit_cost", unit_cost, above=True)
    if not (np.isfinite(elasticity) and elasticity < -1):
        raise ValueError(f"elasticity: expected a number below -1, found {elasticity}")
    return cost * elasticity / (1 + elasticity)


def profit(price: ArrayLike, unit_cost: float, base_price: float, elasticity: float) -> Array:
    r"""Compute the profit at other prices per unit that is sold at the base price.

    .. math:: (p - c) \left(p / p_0\right)^{\eta}

    Parameters
    ----------
    price
        Prices p above zero, shape (n,).
    unit_cost, base_price
        c and :math:`p_0`, above zero.
    elasticity
        Eta.
    """
    prices = arguments.row("price", price, low=np.nextafter(0, 1))
    base = arguments.number("base_price", base_price, above=True)
    return (prices - arguments.number("unit_cost", unit_cost)) * (prices / base) ** elasticity


def prudent_price(unit_cost: float, base_price: float, elasticities: ArrayLike, most: float) -> float:
    r"""Find the price with the largest mean profit over the elasticities that are possible.

    .. math:: \max_{c \le p \le m} \frac{1}{n} \sum_{i=1}^{n} (p - c) \left(p / p_0\right)^{\eta_i}

    Parameters
    ----------
    unit_cost, base_price
        c and :math:`p_0`, above zero.
    elasticities
        Draws of eta, shape (n,).
    most
        The dearest price that may be asked m; it binds when demand may be inelastic.

    References
    ----------
    D. V. Lindley, *Making Decisions*, chapter on the value of information: decide by the mean over what is not known.
    """
    cost = arguments.number("unit_cost", unit_cost, above=True)
    base, top = arguments.number("base_price", base_price, above=True), arguments.number("most", most, cost)
    eta = arguments.row("elasticities", elasticities)
    grid = np.geomspace(cost, top, 400)
    mean = ((grid - cost) * ((grid / base)[:, None] ** eta).mean(axis=1)[None, :]).ravel()
    best = int(mean.argmax())
    around = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
    found = optimize.minimize_scalar(
        lambda p: -(p - cost) * np.mean((p / base) ** eta), bounds=around, method="bounded", options={"xatol": 1e-9}
    )
    return float(found.x)


def _without(columns: Array, effects: list[ArrayLike]) -> Array:
    """Take fixed effects out of columns by least squares on their indicators."""
    indicators = [np.ones((len(columns), 1))]
    for labels in effects:
        groups = np.unique(np.asarray(labels), return_inverse=True)[1]
        if groups.size != len(columns):
            raise ValueError(f"effects: expected {len(columns)} labels, found {groups.size}")
        indicators.append(np.eye(groups.max() + 1)[groups][:, 1:])
    design = np.hstack(indicators)
    return columns - design @ np.linalg.lstsq(design, columns, rcond=None)[0]


def _solve(y: Array, x: Array, z: Array, groups: Array) -> tuple[Array, Array]:
    """Give the coefficients and their variance, robust within groups."""
    bread = np.linalg.inv(z.T @ x)
    beta = bread @ (z.T @ y)
    sums = np.zeros((groups.max() + 1, z.shape[1]))
    np.add.at(sums, groups, z * (y - x @ beta)[:, None])
    count = groups.max() + 1
    return beta, bread @ (sums.T @ sums) @ bread.T * count / (count - 1)
