"""Rises that hide: a fee, a bundle, a new listing, and what a watch on the buyer's cost sees of them."""

from __future__ import annotations

import math
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.random import SeedSequence
from scipy import special

from casebook.methods import replicates as random_replicates
from casebook.methods.monitoring import baseline
from casebook.methods.monitoring.streams import first_alarms
from casebook.models.price_watch.arguments import whole, within
from casebook.models.price_watch.market import Array, Market, noise, scores
from casebook.models.price_watch.rules import PER, Rule

DISGUISES = ("open rise", "shipping fee", "bundle", "new listing, seller known", "new listing, seller new")


@dataclass(frozen=True)
class Evasion:
    """How sellers hide a rise, and what the watch knows of it.

    Attributes
    ----------
    fee_percent
        Ordinary shipping fee, of the ordinary price.
    addition_percent
        Ordinary price of what a bundle adds, of the ordinary price of the masks.
    valuation_percent
        Standard error with which the watch knows that price.
    seller_spread_percent
        Standard deviation of the ordinary prices of different sellers, in logarithms times 100.
    """

    fee_percent: float = 10.0
    addition_percent: float = 100.0
    valuation_percent: float = 10.0
    seller_spread_percent: float = 20.0

    def __post_init__(self) -> None:
        for name in ("fee_percent", "addition_percent", "valuation_percent", "seller_spread_percent"):
            within(name, getattr(self, name), 0, math.inf)


def evade(
    market: Market,
    evasion: Evasion,
    rule: Rule,
    rate: float,
    listings: int = 2000,
    replicates: int = 20,
    seed: int = 0,
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Hide the jump in each of the ways of `DISGUISES` from two watches.

    The first follows the listed price of a listing. The second follows what a mask costs the buyer: with shipping,
    less what else is in the bundle, on the seller's earlier history; a seller without any is compared once with the
    category, at the stated rate.

    Parameters
    ----------
    rule
        Of both watches, against the median.
    rate
        Quiet listings of 10,000 that the comparison with the category may accuse.
    listings, replicates, seed, executor
        As for `watch`.

    Returns
    -------
    pandas.DataFrame
        Columns disguise, listed and cost (share caught by each watch), twins (sellers of 10,000 accused by the second
        watch who do the same without raising the price).
    """
    one = partial(_evaded, market=market, evasion=evasion, rule=rule, rate=rate, listings=whole("listings", listings))
    found = np.array(random_replicates.run(one, random_replicates.spawn(seed, replicates), executor)).mean(axis=0)
    return pd.DataFrame({"disguise": DISGUISES, "listed": found[:, 0], "cost": found[:, 1], "twins": found[:, 2] * PER})


def _evaded(seed: SeedSequence, market: Market, evasion: Evasion, rule: Rule, rate: float, listings: int) -> Array:
    """Hide the jump in one market: shares (listed, cost, twins), shape (disguises, 3)."""
    random = np.random.default_rng(seed)
    days, past = market.history_days + market.watch_days, market.history_days
    price = np.exp(market.noise_percent / 100 * noise(market, (listings, days), random))
    worth = random.standard_normal((listings, 1)) * evasion.valuation_percent / 100 * evasion.addition_percent / 100
    level = np.exp(random.standard_normal((listings, 1)) * evasion.seller_spread_percent / 100)
    fee, rise = evasion.fee_percent / 100, 1 + market.jump_percent / 100
    after = np.arange(days) >= past

    def accused(cost: Array) -> float:
        # A bundle that is valued above its price shows no cost at all; it is no rise.
        logs = np.log(np.maximum(cost, 1e-3))
        return float((first_alarms(scores(market, logs), rule.reference, rule.limit, False) < market.watch_days).mean())

    def apart(factor: float) -> float:
        ordinary = baseline(np.log((price * level)[:, :past].mean(axis=1)))
        far = (np.log(factor * (price * level)[:, past:].mean(axis=1)) - ordinary.center) / ordinary.spread
        return float((far > -special.ndtri(rate / PER)).mean())

    raised, quiet = accused(np.where(after, rise, 1.0) * price), accused(price)
    # The fee takes the whole rise of what the buyer pays.
    hidden = np.where(after, (rise - 1) * (1 + fee), 0.0)
    return np.array(
        [
            [raised, raised, quiet],
            [quiet, accused(price + fee + hidden), accused(price + fee)],
            [
                0.0,
                accused(np.where(after, rise * price - worth, price)),
                accused(np.where(after, price - worth, price)),
            ],
            [0.0, raised, quiet],
            [0.0, apart(rise), apart(1.0)],
        ]
    )
