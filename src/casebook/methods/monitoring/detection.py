"""False alarms against delay, by simulation: how soon a watch catches a shift and whom it accuses before."""

from __future__ import annotations

import math
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.random import Generator, SeedSequence
from numpy.typing import NDArray

from casebook.methods import replicates as random_replicates
from casebook.methods.monitoring.arguments import whole, within
from casebook.methods.monitoring.streams import baseline, first_alarms, standardise

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Watch:
    """What a CUSUM watch did, one number a replicate; `replicates.estimate` gives mean and interval.

    Attributes
    ----------
    accused
        Share of the streams with an alarm before anything had shifted.
    delay
        Mean observations from the shift to the alarm, the alarming one included, of the streams that were not accused
        and were caught; not a number where there was none.
    missed
        Share of the streams not accused that were not caught in time; zero where all were accused.
    """

    accused: Array
    delay: Array
    missed: Array


@dataclass(frozen=True)
class _Plan:
    reference: float
    limit: float
    shift: float
    change: int
    horizon: int
    streams: int
    history: int
    degrees: float
    two_sided: bool


def watch(
    reference: float,
    limit: float,
    shift: float,
    change: int,
    horizon: int,
    streams: int = 200,
    history: int = 0,
    degrees: float = math.inf,
    two_sided: bool = False,
    replicates: int = 20,
    seed: int = 0,
    executor: Executor | None = None,
) -> Watch:
    r"""Simulate streams that shift at a known time, each under its own CUSUM chart, until its first alarm.

    .. math:: x_i = \varepsilon_i + \delta\,1\{i > \tau\}, \qquad \varepsilon_i \sim (0, 1)

    Parameters
    ----------
    reference, limit
        Allowance k and decision interval h of the charts, from zero up.
    shift
        By how many standard deviations the mean moves, delta.
    change
        Observations before the shift, tau, from zero to `horizon`; `horizon` for streams that never shift.
    horizon
        Observations watched of each stream, at least one.
    streams
        Streams in each replicate.
    history
        Earlier observations from which each stream's baseline is estimated, by `baseline`; zero where it is known.
    degrees
        Degrees of freedom of the noise, Student's distribution scaled to variance one, above two; infinite for normal.
    two_sided
        Watch for falls as well.
    replicates
        Independent replicates, each from its own child of `seed`.
    seed
        A whole number or a SeedSequence.
    executor
        Any concurrent.futures executor; None runs here. The numbers are the same.

    Returns
    -------
    Watch
        False alarms, delays and misses, one number a replicate.

    Raises
    ------
    ValueError
        When a number is out of range.

    References
    ----------
    G. Lorden, *Procedures for reacting to a change in distribution* (1971), for delay against false alarms.
    """
    plan = _Plan(
        reference=within("reference", reference, 0, math.inf),
        limit=within("limit", limit, 0, math.inf),
        shift=within("shift", shift, -math.inf, math.inf),
        horizon=whole("horizon", horizon, 1),
        change=whole("change", change, 0, horizon),
        streams=whole("streams", streams, 1),
        history=whole("history", history, 0),
        degrees=degrees,
        two_sided=bool(two_sided),
    )
    if not degrees > 2:
        raise ValueError(f"degrees: expected a number above 2, found {degrees}")
    if plan.history in (1, 2):
        raise ValueError(f"history: expected 0 or at least 3 observations, found {history}")
    seeds = random_replicates.spawn(seed, replicates)
    rows = random_replicates.run(partial(_replicate, plan=plan), seeds, executor)
    return Watch(*np.array(rows).T)


def _replicate(seed: SeedSequence, plan: _Plan) -> tuple[float, float, float]:
    """Watch one market: share accused, mean delay, share missed."""
    noise = _noise(np.random.default_rng(seed), (plan.streams, plan.history + plan.horizon), plan.degrees)
    scores = noise[:, plan.history :]
    scores[:, plan.change :] += plan.shift
    if plan.history:
        scores = standardise(scores, baseline(noise[:, : plan.history]))
    first = first_alarms(scores, plan.reference, plan.limit, plan.two_sided)
    honest = first >= plan.change
    caught = honest & (first < plan.horizon)
    delay = float((first[caught] - plan.change + 1).mean()) if caught.any() else math.nan
    missed = 1 - caught.sum() / honest.sum() if honest.any() else 0.0
    return float(1 - honest.mean()), delay, float(missed)


def _noise(random: Generator, shape: tuple[int, int], degrees: float) -> Array:
    if math.isinf(degrees):
        return random.standard_normal(shape)
    return random.standard_t(degrees, shape) * math.sqrt((degrees - 2) / degrees)
