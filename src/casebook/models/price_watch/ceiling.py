"""Supply and demand under a price ceiling: the shortage, and who gains and loses."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.optimize import brentq


@dataclass(frozen=True)
class Trade:
    """Straight supply and demand.

    Attributes
    ----------
    wanted_at_zero, wanted_slope
        Demand a - b p.
    offered_at_zero, offered_slope
        Supply c + d p, none where that is negative.

    Raises
    ------
    ValueError
        When a slope is not above zero, or nothing would be traded freely.
    """

    wanted_at_zero: float
    wanted_slope: float
    offered_at_zero: float
    offered_slope: float

    def __post_init__(self) -> None:
        for name in ("wanted_slope", "offered_slope"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name}: expected a finite number above 0, found {getattr(self, name)}")
        if not self.wanted(self.price) > 0:
            raise ValueError(f"wanted_at_zero: expected a market that trades, found {self.wanted_at_zero}")

    @property
    def price(self) -> float:
        """Price at which both agree, at least zero."""
        return max(0.0, (self.wanted_at_zero - self.offered_at_zero) / (self.wanted_slope + self.offered_slope))

    def wanted(self, price: float) -> float:
        """Give the quantity wanted at a price."""
        return max(0.0, self.wanted_at_zero - self.wanted_slope * price)

    def offered(self, price: float) -> float:
        """Give the quantity offered at a price."""
        return max(0.0, self.offered_at_zero + self.offered_slope * price)


@dataclass(frozen=True)
class Outcome:
    """What a ceiling leads to; gains in price times quantity.

    Attributes
    ----------
    buyers_best, buyers_lottery
        Buyers' surplus if those who need most are served first, and if chance decides.
    sellers
        Sellers' surplus.
    """

    price: float
    wanted: float
    sold: float
    buyers_best: float
    buyers_lottery: float
    sellers: float

    @property
    def shortage(self) -> float:
        """What is wanted at the price and not to be had."""
        return self.wanted - self.sold


def panic(demand_times: float, demand_elasticity: float, supply_elasticity: float) -> Trade:
    """Describe a market whose ordinary price is 1 and quantity 100 when demand is so many times the ordinary one.

    Parameters
    ----------
    demand_times
        Quantity wanted at the ordinary price over the ordinary quantity, above zero.
    demand_elasticity, supply_elasticity
        Per cent by which the quantity wanted falls, and the quantity offered rises, for each per cent of price, at the
        ordinary price.
    """
    ordinary = 100.0
    wanted = ordinary * demand_times
    return Trade(
        wanted_at_zero=wanted * (1 + demand_elasticity),
        wanted_slope=wanted * demand_elasticity,
        offered_at_zero=ordinary * (1 - supply_elasticity),
        offered_slope=ordinary * supply_elasticity,
    )


def outcome(trade: Trade, ceiling: float = math.inf) -> Outcome:
    r"""Compute what happens under a ceiling; one above the free price changes nothing.

    .. math:: \text{shortage} = D(\bar p) - S(\bar p)

    Raises
    ------
    ValueError
        When the ceiling is below zero.

    References
    ----------
    R. S. Pindyck and D. L. Rubinfeld, *Microeconomics*, 8th edition, sections 2.7 and 9.1.
    """
    if not ceiling >= 0:
        raise ValueError(f"ceiling: expected a price of at least 0, found {ceiling}")
    price = min(ceiling, trade.price)
    wanted = trade.wanted(price)
    sold = min(wanted, trade.offered(price))
    # Below the demand curve: the highest sold units, or a fair share of all that are wanted at the price.
    best = sold * (trade.wanted_at_zero - sold / 2) / trade.wanted_slope - price * sold
    lottery = sold * wanted / trade.wanted_slope / 2
    lowest = max(0.0, -trade.offered_at_zero / trade.offered_slope)
    sellers = (price - lowest) * (trade.offered(lowest) + trade.offered(price)) / 2 if price > lowest else 0.0
    return Outcome(price, wanted, sold, best, lottery, sellers)


def indifferent(demand_times: float, demand_elasticity: float, ceiling: float = 1.0) -> float:
    """Find the supply elasticity above which a ceiling, with chance deciding, leaves buyers worse off than no ceiling.

    Returns
    -------
    float
        From 0.01 to 10; not a number where the sign of the gain is the same at both ends.
    """

    def gain(supply_elasticity: float) -> float:
        trade = panic(demand_times, demand_elasticity, supply_elasticity)
        return outcome(trade, ceiling).buyers_lottery - outcome(trade).buyers_lottery

    return float(brentq(gain, 0.01, 10.0, xtol=1e-10)) if gain(0.01) * gain(10.0) < 0 else math.nan
