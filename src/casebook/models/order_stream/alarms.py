"""Alarms on shares: which province or category falls out of proportion, how soon, and how often for nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd
from numpy.random import SeedSequence
from numpy.typing import ArrayLike, NDArray

from casebook.methods import replicates as random_replicates
from casebook.methods.monitoring import cusum, cusum_arl, cusum_limit
from casebook.methods.monitoring.streams import first_alarms

Array = NDArray[np.float64]
DAY = 86_400


@dataclass(frozen=True)
class Plan:
    """How shares are watched.

    Attributes
    ----------
    window_seconds
        Length of the windows that are scored.
    reference
        Allowance k of the CUSUM charts, in standard deviations.
    false_alarms_per_day
        How many all charts together may raise in a quiet day.
    streams
        How many charts there are.
    learning_seconds
        From how much of the day the ordinary shares are learnt.

    Raises
    ------
    ValueError
        When a number is out of range.
    """

    window_seconds: int = 10
    reference: float = 0.5
    false_alarms_per_day: float = 1.0
    streams: int = 51
    learning_seconds: int = 3600

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name}: expected a finite number above 0, found {getattr(self, name)}")

    @cached_property
    def limit(self) -> float:
        """Decision interval h at which the charts keep the promise."""
        windows = DAY / self.window_seconds * self.streams
        return cusum_limit(windows / self.false_alarms_per_day, self.reference)


def grouped(counts: ArrayLike, seconds: int) -> NDArray[np.int64]:
    """Add counts by second, shape (seconds, streams), up to longer windows; what is left over at the end is left out."""
    found = np.asarray(counts)
    whole = len(found) // seconds
    return found[: whole * seconds].reshape(whole, seconds, *found.shape[1:]).sum(axis=1)


def ordinary(counts: ArrayLike) -> Array:
    """Learn the ordinary shares: the median over windows, shape (windows, streams), which an incident hardly moves."""
    found = np.asarray(counts, dtype=float)
    total = found.sum(axis=1)
    if not (total > 0).any():
        raise ValueError(f"counts: expected orders to learn from, found none in {len(found)} windows")
    share = np.median(found[total > 0] / total[total > 0, None], axis=0)
    return share / share.sum()


def scores(counts: ArrayLike, share: ArrayLike) -> Array:
    r"""Score each count against its share of the window's total, in standard deviations.

    .. math:: z_j = \frac{x_j - N p_j}{\sqrt{N p_j (1 - p_j)}}

    Parameters
    ----------
    counts
        Orders x, shape (windows, streams); N is the sum of a row.
    share
        Ordinary shares p, shape (streams,).

    Returns
    -------
    numpy.ndarray
        Zero where a window is empty or a stream is all or nothing. The rush moves every count and no share.
    """
    x, p = np.asarray(counts, dtype=float), np.asarray(share, dtype=float)
    expected = x.sum(axis=1, keepdims=True) * p
    deviation = np.sqrt(expected * (1 - p))
    return np.divide(x - expected, deviation, out=np.zeros_like(x), where=deviation > 0)


def alarms(counts: ArrayLike, plan: Plan) -> pd.DataFrame:
    """Watch counts by second of the provinces, or of the categories, through a day.

    Returns
    -------
    pandas.DataFrame
        A row an alarm: stream, second (the end of the window that raised it) and side (1 too many, -1 too few).
    """
    windows = grouped(counts, plan.window_seconds)
    z = scores(windows, ordinary(windows[: plan.learning_seconds // plan.window_seconds]))
    charts = [cusum(column, plan.reference, plan.limit) for column in z.T]
    rows = [
        (stream, int(at + 1) * plan.window_seconds, int(side))
        for stream, chart in enumerate(charts)
        for at, side in zip(chart.alarms, chart.sides, strict=True)
    ]
    return pd.DataFrame(rows, columns=["stream", "second", "side"])


def shift(orders_per_second: float, share: float, severity: float, plan: Plan) -> float:
    r"""Compute by how many standard deviations the score moves when a stream loses, or gains, a share of its orders.

    .. math:: \delta \approx s \sqrt{\frac{N p}{1 - p}}\,(1 - p) = s \sqrt{N p (1 - p)}
    """
    return severity * math.sqrt(orders_per_second * plan.window_seconds * share * (1 - share))


def delay(orders_per_second: float, share: float, severity: float, plan: Plan) -> float:
    """Compute the mean seconds from the start of an incident to its alarm, the chart being at rest when it starts."""
    moved = shift(orders_per_second, share, severity, plan)
    return cusum_arl(plan.reference, plan.limit, moved) * plan.window_seconds


def tried(
    plan: Plan,
    orders_per_second: float,
    share: ArrayLike,
    severities: Iterable[float],
    windows: int = 2000,
    replicates: int = 50,
    seed: int = 0,
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Draw quiet windows, then an outage of the first stream, many times over.

    Returns
    -------
    pandas.DataFrame
        A row a severity: mean seconds to the alarm, and false alarms a day of all the streams before it.
    """
    losses = tuple(severities)
    work = partial(
        _tried,
        plan=plan,
        mean=orders_per_second * plan.window_seconds,
        share=tuple(np.asarray(share)),
        severities=losses,
        windows=windows,
    )
    rows = np.array(random_replicates.run(work, random_replicates.spawn(seed, replicates), executor)).mean(axis=0)
    per_day = DAY / plan.window_seconds / windows
    return pd.DataFrame(
        {"severity": losses, "seconds": rows[:, 0] * plan.window_seconds, "false": rows[:, 1] * per_day}
    )


def _tried(
    seed: SeedSequence, plan: Plan, mean: float, share: tuple[float, ...], severities: tuple[float, ...], windows: int
) -> list[tuple[float, float]]:
    random, p, found = np.random.default_rng(seed), np.array(share), []
    quiet = scores(random.multinomial(random.poisson(mean, windows), p), p)
    accused = first_alarms(np.ascontiguousarray(quiet.T), plan.reference, plan.limit, True) < windows
    for severity in severities:
        left = p[0] * (1 - severity)
        lost = random.poisson(mean * (left + 1 - p[0]), windows)
        hit = random.binomial(lost, left / (left + 1 - p[0]))
        z = scores(np.column_stack([hit, lost - hit]), [p[0], 1 - p[0]])[None, :, 0]
        found.append((float(first_alarms(z, plan.reference, plan.limit, True)[0] + 1), float(accused.sum())))
    return found
