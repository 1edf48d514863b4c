"""A watch on prices: whom it catches and accuses, what slips past it, what a notice did, what a ceiling costs.

The charts that watch are `casebook.methods.monitoring`. Here stand the seeded stream of listings they are let loose
on, the disguises of gouging, the comparison of two platforms, and supply and demand under a ceiling.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.random import Generator, SeedSequence
from numpy.typing import ArrayLike, NDArray
from scipy import special
from scipy.optimize import brentq

from casebook.methods import replicates as random_replicates
from casebook.methods.monitoring import Baseline, baseline, cusum_alarms, standardise
from casebook.methods.monitoring.streams import MAD_TO_SD, first_alarms

Array = NDArray[np.float64]

KINDS = ("quiet", "promotions", "shortage", "gouging")
BASELINES = ("median", "mean", "day before")
DISGUISES = ("open rise", "shipping fee", "bundle", "new listing, seller known", "new listing, seller new")

PER = 10_000  # listings in which false alarms are counted
STEP = 0.1  # to which a calibrated limit is rounded up


@dataclass(frozen=True)
class Market:
    """Listings of masks, one price a day each; everything that happens begins on the first day watched.

    Attributes
    ----------
    noise_percent
        Standard deviation of the mean price paid on a day around the ordinary one, in logarithms times 100.
    tail_degrees
        Degrees of freedom of its Student distribution, above 2; infinite for normal noise.
    persistence
        Share of a day's deviation that is left on the next, from 0 to below 1.
    history_days, watch_days
        Days from which the baseline is taken, at least 4, and days watched after them, at least 1.
    promotion_start_percent, promotion_depth_percent, promotion_days
        Chance of a day to open a promotion at a seller who runs them, the cut, and how many days it lasts.
    cost_rise_percent, cost_ramp_days
        Rise of an honest price whose own costs rise, and in how many equal steps it is passed on.
    jump_percent
        Rise of a gouging price, on one day.
    promotion_share_percent, shortage_share_percent
        Honest listings that run promotions, and whose costs rise; the rest are quiet. Of gouging listings the same share
        runs promotions.

    Raises
    ------
    ValueError
        When a number is out of range.
    """

    noise_percent: float = 5.0
    tail_degrees: float = 5.0
    persistence: float = 0.3
    history_days: int = 28
    watch_days: int = 14
    promotion_start_percent: float = 3.0
    promotion_depth_percent: float = 20.0
    promotion_days: int = 4
    cost_rise_percent: float = 10.0
    cost_ramp_days: int = 3
    jump_percent: float = 30.0
    promotion_share_percent: float = 30.0
    shortage_share_percent: float = 20.0

    def __post_init__(self) -> None:
        for name, low, high in (
            ("noise_percent", 1e-6, math.inf),
            ("persistence", 0, 0.999),
            ("history_days", 4, math.inf),
            ("watch_days", 1, math.inf),
            ("promotion_start_percent", 0, 100),
            ("promotion_depth_percent", 0, 99),
            ("promotion_days", 1, math.inf),
            ("cost_rise_percent", 0, math.inf),
            ("cost_ramp_days", 1, math.inf),
            ("jump_percent", 0, math.inf),
            ("promotion_share_percent", 0, 100),
            ("shortage_share_percent", 0, 100),
        ):
            _within(name, getattr(self, name), low, high)
        if not self.tail_degrees > 2:
            raise ValueError(f"tail_degrees: expected a number above 2, found {self.tail_degrees}")
        if self.promotion_share_percent + self.shortage_share_percent > 100:
            raise ValueError(
                "shortage_share_percent: expected at most 100 together with promotion_share_percent, "
                f"found {self.shortage_share_percent}"
            )

    @property
    def shares(self) -> dict[str, float]:
        """Share of each kind among honest listings."""
        promotions, shortage = self.promotion_share_percent / 100, self.shortage_share_percent / 100
        return {"quiet": 1 - promotions - shortage, "promotions": promotions, "shortage": shortage}

    @property
    def spread(self) -> float:
        """Spread of the noise as median and MAD see it, in logarithms: smaller than the deviation if tails are heavy."""
        if math.isinf(self.tail_degrees):
            return self.noise_percent / 100
        quartile = special.stdtrit(self.tail_degrees, 0.75) * math.sqrt((self.tail_degrees - 2) / self.tail_degrees)
        return self.noise_percent / 100 * float(quartile) * MAD_TO_SD


def halfway(market: Market) -> float:
    r"""Give the allowance k halfway between the rise to be borne and the jump to be caught, in standard deviations.

    .. math:: k = \frac{\ln(1 + c) + \ln(1 + g)}{2\,\sigma}

    References
    ----------
    E. S. Page (1954); G. V. Moustakides, *Optimal stopping times for detecting changes in distributions* (1986).
    """
    rises = math.log1p(market.cost_rise_percent / 100) + math.log1p(market.jump_percent / 100)
    return rises / 2 / market.spread


def prices(market: Market, listings: int, random: Generator) -> Array:
    """Draw prices of listings of each kind.

    Parameters
    ----------
    listings
        How many of each kind, at least one.
    random
        Where the random numbers come from.

    Returns
    -------
    numpy.ndarray
        Logarithm of the price over the ordinary one, shape (4, listings, history_days + watch_days), kinds as `KINDS`.
    """
    days = market.history_days + market.watch_days
    logs = market.noise_percent / 100 * _noise(market, (len(KINDS), listings, days), random)
    cut = math.log1p(-market.promotion_depth_percent / 100)
    logs[1] += cut * _promoted(market, listings, random)
    bargains = round(market.promotion_share_percent / 100 * listings)
    logs[3, :bargains] += cut * _promoted(market, bargains, random)
    ramp = np.minimum(1.0, np.arange(1, market.watch_days + 1) / market.cost_ramp_days)
    logs[2, :, market.history_days :] += math.log1p(market.cost_rise_percent / 100) * ramp
    logs[3, :, market.history_days :] += math.log1p(market.jump_percent / 100)
    return logs


def scores(market: Market, logs: Array, against: str = "median") -> Array:
    """Say how far each watched price lies from its baseline, in standard deviations.

    Parameters
    ----------
    logs
        Logarithms of prices, shape (..., history_days + watch_days).
    against
        'median' and 'mean': the listing's own history, by median and MAD or by mean and standard deviation;
        'day before': the price of yesterday, in units of how it usually moves from day to day.

    Returns
    -------
    numpy.ndarray
        Shape (..., watch_days).
    """
    history = logs[..., : market.history_days]
    if against == "median":
        normal = baseline(history)
    elif against == "mean":
        normal = Baseline(history.mean(axis=-1), history.std(axis=-1, ddof=1))
    elif against == "day before":
        logs = np.diff(logs, axis=-1)
        normal = Baseline(np.zeros(logs.shape[:-1]), baseline(logs[..., : market.history_days - 1]).spread)
    else:
        raise ValueError(f"against: expected one of {', '.join(BASELINES)}, found {against!r}")
    return standardise(logs[..., -market.watch_days :], normal)


@dataclass(frozen=True)
class Rule:
    """A watch: a baseline of `BASELINES`, an allowance k and a limit h; with h = 0 each day is judged by itself."""

    reference: float
    limit: float
    against: str = "median"

    def __post_init__(self) -> None:
        _within("reference", self.reference, 0, math.inf)
        _within("limit", self.limit, 0, math.inf)
        if self.against not in BASELINES:
            raise ValueError(f"against: expected one of {', '.join(BASELINES)}, found {self.against!r}")


def watch(
    market: Market,
    rules: Iterable[Rule],
    listings: int = 2000,
    replicates: int = 20,
    seed: int = 0,
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Let rules loose on the same listings and count whom they accuse.

    Parameters
    ----------
    rules
        Any number of them.
    listings
        How many of each kind in a replicate.
    replicates, seed, executor
        As for `casebook.methods.monitoring.watch`; at least two replicates. The numbers do not depend on the executor.

    Returns
    -------
    pandas.DataFrame
        A row a rule and kind: rule (its number), reference, limit, against, kind, accused (of 10,000, within the days
        watched), low and high (interval of 95 per cent), days (mean days to the alarm, its day included; a listing never
        accused counts with all the days watched).

    Raises
    ------
    ValueError
        When there is no listing, or a rule has no such baseline.
    """
    plan = tuple(rules)
    one = partial(_watched, market=market, rules=plan, listings=_whole("listings", listings))
    found = np.array(random_replicates.run(one, random_replicates.spawn(seed, replicates), executor))
    rows = []
    for number, rule in enumerate(plan):
        for place, kind in enumerate(KINDS):
            accused = random_replicates.estimate(found[:, number, place, 0] / listings * PER)
            days = float(found[:, number, place, 1].mean()) / listings
            rows.append(
                (number, rule.reference, rule.limit, rule.against, kind, accused.mean, accused.low, accused.high, days)
            )
    columns = ["rule", "reference", "limit", "against", "kind", "accused", "low", "high", "days"]
    return pd.DataFrame(rows, columns=columns)


def trade(market: Market, watched: pd.DataFrame) -> pd.DataFrame:
    """Weigh the kinds of `watch` to one line a rule.

    Returns
    -------
    pandas.DataFrame
        Columns reference, limit, against, honest (false alarms per 10,000 honest listings), caught (share of gouging
        listings), days (until they are, as in `watch`).
    """
    accused = watched.pivot(index="rule", columns="kind", values="accused")
    days = watched.pivot(index="rule", columns="kind", values="days")
    rules = watched.groupby("rule")[["reference", "limit", "against"]].first()
    honest = sum(share * accused[kind] for kind, share in market.shares.items())
    return rules.assign(honest=honest, caught=accused["gouging"] / PER, days=days["gouging"]).reset_index(drop=True)


def calibrated(
    market: Market,
    rate: float,
    reference: float | None = None,
    against: str = "median",
    listings: int = 2000,
    replicates: int = 20,
    seed: int = 0,
) -> Rule:
    """Find the smallest limit that accuses at most a stated number of quiet listings, by simulation.

    Parameters
    ----------
    rate
        Quiet listings accused of 10,000 within the days watched, above zero and below 10,000.
    reference
        Allowance k; None judges each day by itself and looks for the allowance instead, the limit being zero.
    against, listings, replicates, seed
        As for `watch`; with the same numbers it sees the same listings.

    Returns
    -------
    Rule
        Limit or allowance rounded up to a tenth.

    Raises
    ------
    ValueError
        When the rate is out of range.
    """
    if not 0 < rate < PER:
        raise ValueError(f"rate: expected a number above 0 and below {PER:,}, found {rate}")
    seeds = random_replicates.spawn(seed, replicates)
    quiet = [_quiet(market, _whole("listings", listings), np.random.default_rng(child)) for child in seeds]
    seen = scores(market, np.concatenate(quiet), against)

    def accused(steps: int) -> float:
        k, h = (steps * STEP, 0.0) if reference is None else (reference, steps * STEP)
        return float((first_alarms(seen, k, h, False) < market.watch_days).mean() * PER)

    high = 1
    while accused(high) > rate:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if accused(middle) > rate else (low, middle)
    found = round(high * STEP, 10)
    return Rule(found, 0.0, against) if reference is None else Rule(reference, found, against)


def promised(market: Market, rate: float, reference: float) -> Rule:
    """Find the limit that accuses at most so many quiet listings if noise is normal, independent and of known spread.

    Parameters
    ----------
    rate, reference
        As for `calibrated`, whose counterpart from the textbook this is.

    Raises
    ------
    ValueError
        When the rate is out of range.
    """
    if not 0 < rate < PER:
        raise ValueError(f"rate: expected a number above 0 and below {PER:,}, found {rate}")

    def miss(limit: float) -> float:
        return float(cusum_alarms(market.watch_days, reference, limit, states=200)[-1]) * PER - rate

    if miss(0.0) <= 0:
        return Rule(reference, 0.0)
    high = 1.0
    while miss(high) > 0:
        high *= 2
    return Rule(reference, float(brentq(miss, 0.0, high, xtol=1e-6)))


def even_odds(honest: float, caught: float) -> float:
    """Give the share of gouging listings at which an accusation is as often right as wrong.

    Parameters
    ----------
    honest
        False alarms per 10,000 honest listings.
    caught
        Share of gouging listings that are accused.
    """
    wrong = honest / PER
    return wrong / (wrong + caught) if wrong + caught > 0 else math.nan


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
            _within(name, getattr(self, name), 0, math.inf)


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
    one = partial(_evaded, market=market, evasion=evasion, rule=rule, rate=rate, listings=_whole("listings", listings))
    found = np.array(random_replicates.run(one, random_replicates.spawn(seed, replicates), executor)).mean(axis=0)
    return pd.DataFrame({"disguise": DISGUISES, "listed": found[:, 0], "cost": found[:, 1], "twins": found[:, 2] * PER})


@dataclass(frozen=True)
class Notice:
    """Two platforms of which one published a notice.

    Attributes
    ----------
    listings
        On each platform, at least 3.
    days_before, days_after
        Days on either side of the notice, at least 3 and 1.
    effect_percent
        What the notice does to the prices of its platform.
    panic_percent_per_day
        Rise of all prices on both platforms.
    head_start_percent_per_day
        Further rise a day before the notice, on its platform only; zero where the platforms move alike.
    listing_noise_percent, listing_change_percent
        Standard deviations, in logarithms times 100: of a listing from day to day, and of what it does by itself
        between the days before the notice and the days after.
    """

    listings: int = 150
    days_before: int = 10
    days_after: int = 10
    effect_percent: float = -10.0
    panic_percent_per_day: float = 1.0
    head_start_percent_per_day: float = 0.0
    listing_noise_percent: float = 5.0
    listing_change_percent: float = 10.0

    def __post_init__(self) -> None:
        least = {
            "listings": 3,
            "days_before": 3,
            "days_after": 1,
            "listing_noise_percent": 0,
            "listing_change_percent": 0,
        }
        for name, low in least.items():
            _within(name, getattr(self, name), low, math.inf)
        _within("effect_percent", self.effect_percent, -99, math.inf)


@dataclass(frozen=True)
class Difference:
    """A difference in differences, in per cent of the price, with its interval of 95 per cent.

    Attributes
    ----------
    effect, low, high
        Change on the platform with the notice beyond the change on the other.
    trend, trend_chance
        Difference of the platforms' slopes before the notice, per cent a day, and the chance of one at least as large
        if there were none (two-sided).
    """

    effect: float
    low: float
    high: float
    trend: float
    trend_chance: float


def panel(notice: Notice, seed: int | SeedSequence = 0) -> tuple[Array, Array]:
    """Draw log prices of both platforms, with the notice and without, each of shape (listings, days)."""
    random = np.random.default_rng(seed)
    day = np.arange(-notice.days_before, notice.days_after, dtype=float)
    shape = (2, notice.listings, day.size)
    logs = notice.listing_noise_percent / 100 * random.standard_normal(shape)
    logs += notice.listing_change_percent / 100 * random.standard_normal((2, notice.listings, 1)) * (day >= 0)
    logs += notice.panic_percent_per_day / 100 * day
    logs[0] += notice.head_start_percent_per_day / 100 * np.minimum(day, 0.0)
    logs[0] += math.log1p(notice.effect_percent / 100) * (day >= 0)
    return logs[0], logs[1]


def difference(treated: ArrayLike, other: ArrayLike, days_before: int) -> Difference:
    r"""Compare the change on one platform with the change on another, each listing counting once.

    .. math:: \hat\beta = (\bar y_{1,\text{after}} - \bar y_{1,\text{before}})
        - (\bar y_{0,\text{after}} - \bar y_{0,\text{before}})

    Parameters
    ----------
    treated, other
        Log prices with the notice and without, shape (listings, days), at least two listings each.
    days_before
        Days before the notice, at least two and fewer than there are.

    Raises
    ------
    ValueError
        When the shapes do not fit or there are too few days.

    References
    ----------
    M. Bertrand, E. Duflo and S. Mullainathan, *How much should we trust differences-in-differences estimates?* (2004),
    for collapsing each unit; B. L. Welch (1947) for the interval.
    """
    with_notice, without = np.asarray(treated, dtype=float), np.asarray(other, dtype=float)
    for name, logs in (("treated", with_notice), ("other", without)):
        if logs.ndim != 2 or logs.shape[0] < 2 or logs.shape[1] != with_notice.shape[-1]:
            raise ValueError(f"{name}: expected at least 2 listings of equally many days, found shape {logs.shape}")
    if not 2 <= days_before < with_notice.shape[1]:
        raise ValueError(f"days_before: expected 2 to {with_notice.shape[1] - 1} days, found {days_before}")
    day = np.arange(days_before) - (days_before - 1) / 2
    changes = [x[:, days_before:].mean(axis=1) - x[:, :days_before].mean(axis=1) for x in (with_notice, without)]
    slopes = [x[:, :days_before] @ day / (day @ day) for x in (with_notice, without)]
    effect, error, freedom = _welch(*changes)
    half = error * float(special.stdtrit(freedom, 0.975))
    trend, wobble, degrees = _welch(*slopes)
    chance = 2 * float(special.stdtr(degrees, -abs(trend) / wobble)) if wobble > 0 else float(trend == 0)
    return Difference(*(100 * math.expm1(x) for x in (effect, effect - half, effect + half)), 100 * trend, chance)


def judged(
    notice: Notice, replicates: int = 200, seed: int = 0, executor: Executor | None = None
) -> tuple[float, float, float]:
    """Draw the platforms many times over and judge the comparison by what is true there.

    Returns
    -------
    tuple
        Mean of the estimates (per cent), share of the intervals that hold the true effect, and share of the draws in
        which the trends before the notice differ at the level of 5 per cent.
    """
    rows = random_replicates.run(partial(_judged, notice=notice), random_replicates.spawn(seed, replicates), executor)
    effect, held, flagged = np.array(rows, dtype=float).mean(axis=0).tolist()
    return effect, held, flagged


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


def by_rise(
    market: Market,
    rules: Iterable[Rule],
    rises_percent: Iterable[float],
    listings: int = 500,
    replicates: int = 4,
    seed: int = 0,
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Count how many honest sellers are accused whose costs rise by so much, and who pass it on.

    Returns
    -------
    pandas.DataFrame
        A column rise (per cent), then one a rule, numbered from 0: share accused within the days watched.
    """
    plan, rows = tuple(rules), []
    for rise in rises_percent:
        seen = watch(replace(market, cost_rise_percent=rise), plan, listings, replicates, seed, executor)
        rows.append([rise, *(seen[seen["kind"] == "shortage"]["accused"] / PER)])
    return pd.DataFrame(rows, columns=["rise", *range(len(plan))])


def half_accused(table: pd.DataFrame, rule: int) -> float:
    """Read from `by_rise` the rise at which half are accused by a rule; not a number where the table does not tell."""
    share = np.maximum.accumulate(table[rule].to_numpy())
    return float(np.interp(0.5, share, table["rise"])) if share[0] < 0.5 <= share[-1] else math.nan


def _within(name: str, value: float, low: float, high: float) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        raise ValueError(f"{name}: expected a finite number of at least {low:g} and at most {high:g}, found {value}")


def _whole(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ValueError(f"{name}: expected a whole number of at least 1, found {value!r}")
    return int(value)


def _noise(market: Market, shape: tuple[int, ...], random: Generator) -> Array:
    """Draw noise of variance one, each day keeping a share of the day before."""
    if math.isinf(market.tail_degrees):
        noise = random.standard_normal(shape)
    else:
        scale = math.sqrt((market.tail_degrees - 2) / market.tail_degrees)
        noise = random.standard_t(market.tail_degrees, shape) * scale
    fresh = math.sqrt(1 - market.persistence**2)
    for day in range(1, shape[-1] if market.persistence else 0):
        noise[..., day] = market.persistence * noise[..., day - 1] + fresh * noise[..., day]
    return noise


def _quiet(market: Market, listings: int, random: Generator) -> Array:
    """Draw the quiet listings alone; they are the first that `prices` draws."""
    shape = (listings, market.history_days + market.watch_days)
    return market.noise_percent / 100 * _noise(market, shape, random)


def _promoted(market: Market, listings: int, random: Generator) -> Array:
    """Say on which days a promotion runs: 1 or 0, shape (listings, days)."""
    days, length = market.history_days + market.watch_days, int(market.promotion_days)
    begun = random.random((listings, days + length)) < market.promotion_start_percent / 100
    total = np.cumsum(begun, axis=1)
    return (total[:, length:] > total[:, :-length]).astype(float)


def _watched(seed: SeedSequence, market: Market, rules: tuple[Rule, ...], listings: int) -> Array:
    """Watch one market: number of alarms and sum of days watched, shape (rules, kinds, 2)."""
    logs = prices(market, listings, np.random.default_rng(seed))
    seen = {name: scores(market, logs, name) for name in dict.fromkeys(rule.against for rule in rules)}
    found = np.empty((len(rules), len(KINDS), 2))
    for number, rule in enumerate(rules):
        flat = seen[rule.against].reshape(-1, market.watch_days)
        first = first_alarms(flat, rule.reference, rule.limit, False).reshape(len(KINDS), -1)
        alarmed = first < market.watch_days
        days = np.minimum(first + 1, market.watch_days)
        found[number] = np.column_stack([alarmed.sum(axis=1), days.sum(axis=1)])
    return found


def _evaded(seed: SeedSequence, market: Market, evasion: Evasion, rule: Rule, rate: float, listings: int) -> Array:
    """Hide the jump in one market: shares (listed, cost, twins), shape (disguises, 3)."""
    random = np.random.default_rng(seed)
    days, past = market.history_days + market.watch_days, market.history_days
    price = np.exp(market.noise_percent / 100 * _noise(market, (listings, days), random))
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


def _judged(seed: SeedSequence, notice: Notice) -> tuple[float, bool, bool]:
    found = difference(*panel(notice, seed), int(notice.days_before))
    return found.effect, found.low <= notice.effect_percent <= found.high, found.trend_chance < 0.05


def _welch(first: Array, second: Array) -> tuple[float, float, float]:
    """Give the difference of two means, its standard error and the degrees of freedom."""
    parts = [x.var(ddof=1) / x.size for x in (first, second)]
    total = float(sum(parts))
    freedom = total**2 / sum(p**2 / (x.size - 1) for p, x in zip(parts, (first, second), strict=True)) if total else 1.0
    return float(first.mean() - second.mean()), math.sqrt(total), float(freedom)
