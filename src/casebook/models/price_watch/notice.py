"""What a notice did: the prices of a platform with it against those of one without."""

from __future__ import annotations

import math
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.random import SeedSequence
from numpy.typing import ArrayLike
from scipy import special

from casebook.methods import replicates as random_replicates
from casebook.models.price_watch.arguments import within
from casebook.models.price_watch.market import Array


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
            within(name, getattr(self, name), low, math.inf)
        within("effect_percent", self.effect_percent, -99, math.inf)


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


def _judged(seed: SeedSequence, notice: Notice) -> tuple[float, bool, bool]:
    found = difference(*panel(notice, seed), int(notice.days_before))
    return found.effect, found.low <= notice.effect_percent <= found.high, found.trend_chance < 0.05


def _welch(first: Array, second: Array) -> tuple[float, float, float]:
    """Give the difference of two means, its standard error and the degrees of freedom."""
    parts = [x.var(ddof=1) / x.size for x in (first, second)]
    total = float(sum(parts))
    freedom = total**2 / sum(p**2 / (x.size - 1) for p, x in zip(parts, (first, second), strict=True)) if total else 1.0
    return float(first.mean() - second.mean()), math.sqrt(total), float(freedom)
