"""A season: what is known before the festival, what is learned from the last one, and what is then wanted."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import Generator, SeedSequence
from numpy.typing import ArrayLike, NDArray

from casebook.methods.forecast import mixed_quantile, pinball
from casebook.models.pre_positioning.festival import Festival

Array = NDArray[np.float64]

SEEN = 20  # pieces an item must have sold to be learned from


@dataclass(frozen=True)
class Season:
    """What is known before the festival, and what the festival then wants.

    Attributes
    ----------
    past, signals
        Pieces sold and pieces the customers' signs pointed to, shape (festivals, items); the last row of `signals` is
        for the festival to come.
    last, demand
        Pieces wanted by item and warehouse, shape (items, warehouses), at the last festival and at this one.
    """

    past: Array
    signals: Array
    last: Array
    demand: Array


@dataclass(frozen=True)
class Learned:
    """What the last festival taught: trust in the signs from nought to one, a shift, and the error of an item's forecast."""

    trust: float
    shift: float
    log_sd: float


def draw(festival: Festival, seed: SeedSequence) -> Season:
    """Draw a season; the same seed gives the same luck to every festival with the same shapes."""
    rng = np.random.default_rng(seed)
    total = math.exp(festival.total_log_sd * rng.standard_normal())
    count = int(festival.past_festivals)
    shape = (count + 1, int(festival.drawn_items))
    wanted = festival.popularity * _factor(rng, festival.change_log_sd, shape)
    signals = wanted * np.exp(festival.signal_log_sd * rng.standard_normal(shape))
    last, demand = (_pieces(rng, festival, wanted[t] * (total if t == count else 1)) for t in (count - 1, count))
    past = rng.poisson(wanted[:-1]).astype(float)
    past[-1] = last.sum(axis=1)
    return Season(past, signals[1:], last, demand)


def _factor(rng: Generator, log_sd: float, shape: tuple[int, ...]) -> Array:
    return np.exp(log_sd * rng.standard_normal(shape) - log_sd**2 / 2)


def _pieces(rng: Generator, festival: Festival, wanted: Array) -> Array:
    cells = np.outer(wanted, festival.shares)
    return rng.poisson(cells * _factor(rng, festival.local_log_sd, cells.shape)).astype(float)


def learn(festival: Festival, season: Season) -> Learned:
    """Learn from the last festival, by least squares on logarithms, how far the signs are to be trusted."""
    sold, usual, sign = season.past[-1], festival.popularity, season.signals[-2]
    seen = sold >= SEEN
    if seen.sum() < 10:
        return Learned(0.0, 0.0, festival.change_log_sd)
    x, y = np.log(sign[seen] / usual[seen]), np.log(sold[seen] / usual[seen])
    trust, shift = np.polyfit(x, y, 1) if np.ptp(x) > 0 else (0.0, float(y.mean()))
    rest = y - shift - trust * x
    return Learned(float(trust), float(shift), float(rest.std(ddof=2)))


def ideal(festival: Festival) -> Learned:
    """Return what endless learning would teach: trust by precision, and the error that remains."""
    trust = 1 / (1 + (festival.signal_log_sd / festival.change_log_sd) ** 2)
    shift = -(1 - trust) * festival.change_log_sd**2 / 2
    return Learned(trust, shift, festival.signal_log_sd * math.sqrt(trust))


def forecast(festival: Festival, season: Season, learned: Learned) -> Array:
    """Forecast the mean pieces of each item at this festival from ordinary days and the customers' signs."""
    usual = festival.popularity
    log = learned.trust * np.log(season.signals[-1] / usual) + learned.shift
    return usual * np.exp(log + learned.log_sd**2 / 2)


def cell_log_sd(festival: Festival, learned: Learned) -> float:
    """Return the error of a forecast for one item in one warehouse, as a standard deviation of logarithms."""
    return math.hypot(learned.log_sd, festival.local_log_sd, festival.total_log_sd)


def totals(values: ArrayLike) -> pd.DataFrame:
    """Forecast each total from those before it, by three rules of thumb that need no fitting.

    Parameters
    ----------
    values
        Totals of consecutive festivals, shape (n,), at least three, all above nought.

    Returns
    -------
    pandas.DataFrame
        One row a rule and forecast total: 'rule', 'index' (place in `values`), 'forecast', 'actual', 'log_error'.

    Raises
    ------
    ValueError
        When there are fewer than three totals or one is not above nought.
    """
    past = np.asarray(values, dtype=float).ravel()
    if past.size < 3 or not (np.isfinite(past).all() and (past > 0).all()):
        raise ValueError(f"values: expected at least 3 numbers above 0, found {past.tolist()}")
    now, before, actual = past[1:-1], past[:-2], past[2:]
    ways = {"no growth": now, "the same addition": 2 * now - before, "the same growth factor": now**2 / before}
    rows = [
        pd.DataFrame({"rule": way, "index": np.arange(2, past.size), "forecast": said, "actual": actual})
        for way, said in ways.items()
    ]
    frame = pd.concat(rows, ignore_index=True)
    floor = np.maximum(frame["forecast"], 1e-9 * frame["actual"])  # a fall may be continued below nought
    return frame.assign(log_error=np.log(floor / frame["actual"]))


def scores(festival: Festival, season: Season, learned: Learned) -> pd.DataFrame:
    """Score forecasts of the item totals made before the festival: RMSSE weighted by past sales, and pinball loss.

    The three are the mean of the past, the last festival, and the forecast from ordinary days and signs. The quantile
    is the newsvendor's; a forecast without a spread of its own offers its point for it.
    """
    actual, history = season.demand.sum(axis=1), season.past
    point = forecast(festival, season, learned)
    spread = math.hypot(learned.log_sd, festival.total_log_sd)
    ways = {
        "mean of the past": (history.mean(axis=0),) * 2,
        "last festival": (history[-1],) * 2,
        "ordinary days and signs": (point, mixed_quantile(point, spread, festival.ratio)),
    }
    naive = np.mean(np.diff(history, axis=0) ** 2, axis=0)
    weight = np.where(naive > 0, history.sum(axis=0), 0.0)
    rows = []
    for way, (mean, quantile) in ways.items():
        scaled = np.sqrt((actual - mean) ** 2 / np.where(naive > 0, naive, 1))
        loss = pinball(actual, quantile, festival.ratio)
        rows.append((way, float(weight @ scaled / weight.sum()), 100 * loss / float(actual.mean())))
    return pd.DataFrame(rows, columns=["forecast", "rmsse", "pinball"])
