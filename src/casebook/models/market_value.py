"""The race of two market values, and the leak as a cascade: what a gap and a total can say.

`Race` holds what the first model assumes, `Leak` what the second does. Probabilities of being passed are those of
`casebook.methods.risk`, the mean course of the reads that of `casebook.methods.growth`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from scipy import special
from scipy.optimize import brentq

from casebook.methods import growth, replicates, risk


@dataclass(frozen=True)
class Race:
    """A leader and a rival whose values are geometric Brownian motions without drift in their ratio.

    Attributes
    ----------
    leader_billion_usd, rival_billion_usd
        Market values at the start, the leader's not below the rival's.
    leader_volatility_percent, rival_volatility_percent
        Standard deviation of a year's logarithmic return.
    correlation
        Of the two returns of a session, from minus one to one.
    sessions_per_year
        Trading days.

    Raises
    ------
    ValueError
        When the rival starts ahead, or a number is out of its range.
    """

    leader_billion_usd: float
    rival_billion_usd: float
    leader_volatility_percent: float
    rival_volatility_percent: float
    correlation: float
    sessions_per_year: float = 252

    def __post_init__(self) -> None:
        if not 0 < self.rival_billion_usd <= self.leader_billion_usd < math.inf:
            raise ValueError(
                f"rival_billion_usd: expected a value above 0 and at most the leader's {self.leader_billion_usd}, "
                f"found {self.rival_billion_usd}"
            )
        if not 0 < self.sessions_per_year < math.inf:
            raise ValueError(f"sessions_per_year: expected a number above 0, found {self.sessions_per_year}")
        _ = self.daily_volatility  # refuses what is out of range

    @property
    def distance(self) -> float:
        """Logarithm of the leader's value over the rival's."""
        return math.log(self.leader_billion_usd / self.rival_billion_usd)

    @property
    def daily_volatility(self) -> float:
        """Standard deviation of a session's logarithmic move of the ratio."""
        one, other = self.leader_volatility_percent / 100, self.rival_volatility_percent / 100
        return risk.relative_volatility(one, other, self.correlation) / math.sqrt(self.sessions_per_year)

    @property
    def covariance(self) -> np.ndarray:
        """Covariance of the logarithmic returns of a session, leader first, shape (2, 2)."""
        s = np.array([self.leader_volatility_percent, self.rival_volatility_percent]) / 100
        rho = np.array([[1, self.correlation], [self.correlation, 1]])
        return rho * np.outer(s, s) / self.sessions_per_year

    @property
    def ordinary_sessions(self) -> float:
        """Sessions after which one standard deviation of the ratio equals the gap."""
        return (self.distance / self.daily_volatility) ** 2


def scaled(race: Race, times: float) -> Race:
    """Return the race with both volatilities multiplied."""
    return replace(
        race,
        leader_volatility_percent=times * race.leader_volatility_percent,
        rival_volatility_percent=times * race.rival_volatility_percent,
    )


def passed(race: Race, sessions: int) -> pd.DataFrame:
    """Return the probability of being passed by each session, watched without a break and seen at closes.

    Columns: session, watched, at closes.
    """
    ends = np.arange(1, sessions + 1)
    return pd.DataFrame(
        {
            "session": ends,
            "watched": risk.passage_probability(race.distance, race.daily_volatility, ends),
            "at closes": risk.passage_at_closes(race.distance, race.daily_volatility, sessions),
        }
    )


def simulate(
    race: Race, sessions: int, paths: int, runs: int, seed: int = 0, executor: Executor | None = None
) -> pd.DataFrame:
    """Simulate both values and return the share of paths in which the leader was passed by each session.

    Columns: session, watched, at closes, and half the width of their 95 % intervals over independent runs.
    """
    one = partial(
        risk.simulate_passage, distance=race.distance, covariance=race.covariance, closes=sessions, paths=paths
    )
    closes, watched = np.swapaxes(replicates.run(one, replicates.spawn(seed, runs), executor), 0, 1)
    table = {"session": np.arange(1, sessions + 1), "watched": watched.mean(0), "at closes": closes.mean(0)}
    for name, shares in (("watched", watched), ("at closes", closes)):
        spread = [replicates.estimate(column) for column in shares.T]
        table[f"{name}, give or take"] = np.array([(e.high - e.low) / 2 for e in spread])
    return pd.DataFrame(table)


def cone(race: Race, sessions: int, level: float = 0.9) -> pd.DataFrame:
    """Return where the rival's value lies as per cent of the leader's. Columns: session, low, middle, high."""
    when = np.arange(sessions + 1)
    reach = -float(special.ndtri((1 - level) / 2)) * race.daily_volatility * np.sqrt(when)
    ends = {
        name: 100 * np.exp(-race.distance + side * reach) for name, side in (("low", -1), ("middle", 0), ("high", 1))
    }
    return pd.DataFrame({"session": when, **ends})


def volatility_needed(distance: float, sessions: float, probability: float = 0.5) -> float:
    """Return the daily volatility at which the leader is passed within so many sessions with that probability."""
    return distance * math.sqrt(risk.passage_time(probability, 1, 1) / sessions)


def volatility_interval(moves: Sequence[float], level: float = 0.95) -> tuple[float, float]:
    """Return the volatilities that a few logarithmic moves leave open, if these are normal with mean zero."""
    squares, n = float(np.square(moves).sum()), len(moves)
    return tuple(math.sqrt(squares / (2 * special.gammainccinv(n / 2, p))) for p in ((1 - level) / 2, (1 + level) / 2))


@dataclass(frozen=True)
class Leak:
    """A count of reads, and when it was taken.

    Attributes
    ----------
    reads
        Reads counted.
    count_hours
        Hours from the leak to the count.
    delay_hours
        Mean time from a read to one it sets off.

    Raises
    ------
    ValueError
        When one of them is not a finite number above zero.
    """

    reads: float
    count_hours: float
    delay_hours: float

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not 0 < value < math.inf:
                raise ValueError(f"{name}: expected a finite number above 0, found {value}")

    def seeds(self, ratio: float, count_hours: float | None = None) -> float:
        """Return the first reads that lead to the count on average at a branching ratio."""
        return growth.cascade_seeds(self.reads, ratio, 1 / self.delay_hours, count_hours or self.count_hours)


def explanations(leak: Leak, ratios: Sequence[float], count_hours: Sequence[float]) -> pd.DataFrame:
    """Return all pairs that give the same count on average. Columns: branching ratio, counted after hours, seeds."""
    rows = [(ratio, hours, leak.seeds(ratio, hours)) for hours in count_hours for ratio in ratios]
    return pd.DataFrame(rows, columns=["branching ratio", "counted after, hours", "first reads"])


def courses(leak: Leak, ratio: float, comment_hour: float, hours: np.ndarray) -> pd.DataFrame:
    """Return three mean courses that end at the same count.

    Columns: hour; steady stream (no read sets off another); cascade from the leak; comment as shock (two equal groups
    of first reads, the second at `comment_hour`).
    """
    beta = 1 / leak.delay_hours

    def burst(start: float, at: np.ndarray | float) -> np.ndarray:
        since = np.asarray(at, dtype=float) - start
        return np.where(since < 0, 0.0, growth.cascade_mean(np.maximum(since, 0), 1, ratio, beta))

    def both(at: np.ndarray | float) -> np.ndarray:
        return burst(0, at) + burst(comment_hour, at)

    end = leak.count_hours
    return pd.DataFrame(
        {
            "hour": hours,
            "steady stream": leak.reads * hours / end,
            "cascade from the leak": leak.reads * burst(0, hours) / burst(0, end),
            "comment as a second shock": leak.reads * both(hours) / both(end),
        }
    )


def ratio_interval(reads: float, seeds: float, level: float = 0.95) -> tuple[float, float]:
    """Return the branching ratios that a finished cascade leaves open when its first reads are known.

    The total is the time at which a random walk of drift 1 - n and variance n has come down by the number of seeds.
    """
    if not 0 < seeds < reads:
        raise ValueError(f"seeds: expected a number above 0 and below the reads, {reads:g}, found {seeds:g}")

    def chance(ratio: float) -> float:
        """Probability of at most so many reads; it falls with the ratio."""
        return float(risk.passage_probability(seeds, math.sqrt(ratio), reads, 1 - ratio))

    ends = ((1 + level) / 2, (1 - level) / 2)
    return tuple(brentq(lambda n, p=p: chance(n) - p, 1e-9, 2, xtol=1e-12) for p in ends)
