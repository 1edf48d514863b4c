"""Listings of masks, their prices from day to day, and how far a price lies from its baseline."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import special

from casebook.methods.monitoring import Baseline, baseline, standardise
from casebook.methods.monitoring.streams import MAD_TO_SD
from casebook.models.price_watch.arguments import within

Array = NDArray[np.float64]


KINDS = ("quiet", "promotions", "shortage", "gouging")
BASELINES = ("median", "mean", "day before")


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
            within(name, getattr(self, name), low, high)
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
    logs = market.noise_percent / 100 * noise(market, (len(KINDS), listings, days), random)
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


def noise(market: Market, shape: tuple[int, ...], random: Generator) -> Array:
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


def _promoted(market: Market, listings: int, random: Generator) -> Array:
    """Say on which days a promotion runs: 1 or 0, shape (listings, days)."""
    days, length = market.history_days + market.watch_days, int(market.promotion_days)
    begun = random.random((listings, days + length)) < market.promotion_start_percent / 100
    total = np.cumsum(begun, axis=1)
    return (total[:, length:] > total[:, :-length]).astype(float)
