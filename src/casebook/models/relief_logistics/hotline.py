"""The hotline: the calls its lines can take, those who call again, and who goes first."""

from __future__ import annotations

from concurrent.futures import Executor
from functools import partial

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from casebook.methods import replicates as independent
from casebook.methods.queueing import Priorities, Surge, erlang_a, priorities, service_level, simulate_surge
from casebook.models.relief_logistics.assumptions import Array, Relief


def load_for(servers: int, level: float, call_seconds: float, answer_seconds: float) -> float:
    """Find the largest offered load, in erlangs, at which a share `level` of callers waits `answer_seconds` at most.

    The inverse of `service_level` in the load; nobody gives up.

    Raises
    ------
    ValueError
        When there is no line, or the level is not between zero and one.
    """
    if servers < 1 or not 0 < level < 1:
        raise ValueError(
            f"servers, level: expected at least one line and a share between 0 and 1, found {servers}, {level}"
        )
    gap = partial(_missed, servers=servers, level=level, call=call_seconds, target=answer_seconds)
    return float(brentq(gap, 0.0, float(servers), xtol=1e-10 * servers))


def _missed(load: float, servers: int, level: float, call: float, target: float) -> float:
    return float(service_level(servers, load, call, target)) - level


def calls_a_day(case: Relief, lines: int) -> float:
    """Compute the calls a day of which, in the busiest hour, the share aimed at is answered in time."""
    load = load_for(lines, case.answer_percent / 100, 60 * case.call_minutes, case.answer_seconds)
    return load * 60 / case.call_minutes * 24 / case.busy_hour_ratio


def busy_hour_calls(case: Relief, calls: float) -> float:
    """Compute the calls of the busiest hour from those of a day."""
    return calls / 24 * case.busy_hour_ratio


def minutes_to_fill(case: Relief, calls: float, lines: int) -> float:
    """Compute how many minutes a call would last if that many calls a day were just as much as the lines can take."""

    def spare(minutes: float) -> float:
        load = load_for(lines, case.answer_percent / 100, 60 * minutes, case.answer_seconds)
        return load - busy_hour_calls(case, calls) * minutes / 60

    return float(brentq(spare, 1e-3, 60 * lines / busy_hour_calls(case, calls)))


def call_day(case: Relief, calls: float) -> Array:
    """Spread the calls of a day over its hours: shape (24, 2), Hubei first, calls an hour, most at two in the afternoon."""
    wave = np.cos((np.arange(24) + 0.5 - 14.5) / 24 * 2 * np.pi)
    hourly = calls / 24 * (1 + (case.busy_hour_ratio - 1) * wave)
    share = case.hubei_percent / 100
    return np.column_stack([hourly * share, hourly * (1 - share)])


def with_redials(case: Relief, calls: float, lines: int) -> tuple[float, float]:
    r"""Let a share of those who gave up call again, and they too: calls an hour and the share given up.

    .. math:: \lambda' = \lambda + r\,\lambda'\,P_{\text{abandon}}(\lambda')

    Parameters
    ----------
    calls
        First calls an hour, lambda.
    lines
        People who answer.

    Returns
    -------
    calls, given_up
        All calls an hour, lambda'; the share of them that is given up.
    """
    mu, theta, again = 60 / case.call_minutes, 60 / case.patience_minutes, case.redial_percent / 100

    def surplus(rate: float) -> float:
        return rate - calls - again * rate * erlang_a(rate, mu, theta, lines).p_abandon

    high = max(calls, 1.0)
    while surplus(high) < 0:
        high *= 2
        if high > 1e9:
            raise ValueError(f"redial_percent: expected fewer who call again for ever, found {case.redial_percent}")
    rate = float(brentq(surplus, calls, high, xtol=1e-9 * high))
    return rate, erlang_a(rate, mu, theta, lines).p_abandon


def triage(case: Relief, calls: float, lines: int) -> Priorities:
    """Compute the waits, in hours, of Hubei's calls and of the others when Hubei goes first and nobody gives up."""
    share = case.hubei_percent / 100
    return priorities([calls * share, calls * (1 - share)], 60 / case.call_minutes, lines)


def triage_simulated(
    case: Relief, calls: float, lines: int, seed: int = 1, hours: int = 240, replicates: int = 24,
    executor: Executor | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Simulate the same two classes: mean wait and its interval at 95 per cent, in seconds; the first day is left out."""
    share = case.hubei_percent / 100
    rates = np.tile([calls * share, calls * (1 - share)], (hours + 24, 1))
    run = simulate_surge(rates, lines, 60 / case.call_minutes, replicates=replicates, seed=seed, executor=executor)
    counted = np.asarray(run.arrivals)[:, 24:]
    waits = 3600 * (np.nan_to_num(run.mean_wait)[:, 24:] * counted).sum(1) / counted.sum(1)
    rows = [independent.estimate(waits[:, k]) for k in range(2)]
    return pd.DataFrame({"class": ["Hubei", "others"], "mean": [r.mean for r in rows],
                         "low": [r.low for r in rows], "high": [r.high for r in rows]})  # fmt: skip


def simulated_day(case: Relief, calls: float, lines: int, seed: int = 1, executor: Executor | None = None) -> Surge:
    """Simulate days with their busy hours, Hubei first, in which callers give up and do not call again."""
    return simulate_surge(call_day(case, calls), lines, 60 / case.call_minutes, 60 / case.patience_minutes,
                          target=case.answer_seconds / 3600, replicates=40, seed=seed, executor=executor)  # fmt: skip
