"""How long air freight takes: it waits for the next flight with room, and then it travels."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.random import SeedSequence
from numpy.typing import ArrayLike, NDArray

from casebook.methods import replicates

WARM = 40  # departures left out at the start of a simulation
SAMPLE = 20_000  # parcels timed in one replicate


@dataclass(frozen=True)
class Freight:
    """One route with equal gaps between departures.

    Attributes
    ----------
    gap_days
        Time between departures.
    other_days
        Mean of everything but the wait: collection, customs, flight, delivery.
    other_variation
        Coefficient of variation of that time.
    load
        Share of the room on board that the mean demand fills, below one.
    demand_variation
        Coefficient of variation of the parcels handed in on a day.

    Raises
    ------
    ValueError
        When a time or a variation is negative, or the load is not between zero and one.
    """

    gap_days: float
    other_days: float
    other_variation: float = 0.1
    load: float = 0.5
    demand_variation: float = 0.3

    def __post_init__(self) -> None:
        if not 0 < self.gap_days < np.inf:
            raise ValueError(f"gap_days: expected a time above 0, found {self.gap_days}")
        for name in ("other_days", "other_variation", "demand_variation"):
            if not 0 <= getattr(self, name) < np.inf:
                raise ValueError(f"{name}: expected a number of at least 0, found {getattr(self, name)}")
        if not 0 < self.load < 1:
            raise ValueError(f"load: expected a share between 0 and 1, found {self.load}")


@dataclass(frozen=True)
class Story:
    """Times at which the flights explain the whole cut, and nothing else changes.

    Attributes
    ----------
    other_days
        Everything but the wait, before and after.
    wait_before_days, wait_after_days
        Mean wait for a flight.
    """

    other_days: float
    wait_before_days: float
    wait_after_days: float


def mean_wait(gap_days: ArrayLike, variation: float = 0.0) -> NDArray[np.float64] | float:
    r"""Return the mean wait for the next departure, :math:`\frac{h}{2}(1 + c^2)`, for gaps with variation c."""
    return np.asarray(gap_days, dtype=float) / 2 * (1 + variation**2)


def flights_alone(before_days: float, after_days: float, flights: float, more: float) -> Story:
    """Split mean times into a wait that falls as flights grow, and a rest that stays.

    Raises
    ------
    ValueError
        When flights do not grow from above zero, or the times cannot come about by that.
    """
    if not 0 < flights < more:
        raise ValueError(f"more: expected flights above {flights}, from above 0, found {more}")
    wait = (before_days - after_days) / (1 - flights / more)
    if not 0 <= wait <= before_days:
        raise ValueError(f"after_days: expected a cut that flights can make of {before_days} days, found {after_days}")
    return Story(before_days - wait, wait, wait * flights / more)


def travel_times(seed: SeedSequence, freight: Freight, departures: int = 1500) -> NDArray[np.float64]:
    """Simulate parcels of one route: days from hand-in to delivery, shape (20000,).

    Parcels arrive at a pace that varies from day to day and leave in order of arrival. A full aircraft leaves the rest
    behind for the next one.
    """
    generator = np.random.default_rng(seed)
    times = freight.gap_days * np.arange(1, departures + 1)
    days = int(np.ceil(times[-1])) + 1
    arrived = np.r_[0.0, np.cumsum(_varied(generator, freight.demand_variation, days))]
    waiting = np.interp(times, np.arange(days + 1), arrived)
    left = _departed(waiting, freight.gap_days / freight.load)
    place = generator.uniform(left[WARM], left[-1], SAMPLE)
    handed_in = np.interp(place, arrived, np.arange(days + 1))
    wait = times[np.searchsorted(left, place)] - handed_in
    return wait + freight.other_days * _varied(generator, freight.other_variation, SAMPLE)


def simulated(
    freight: Freight, within_days: float, runs: int, seed: int = 0, executor: Executor | None = None
) -> dict[str, replicates.Estimate]:
    """Estimate the mean time, and the share delivered within a limit, from independent runs."""
    one = partial(_mean_and_share, freight=freight, within_days=within_days)
    means, shares = zip(*replicates.run(one, replicates.spawn(seed, runs), executor), strict=True)
    return {"mean days": replicates.estimate(means), "share in time": replicates.estimate(shares)}


def ramp(flights: float, more: float, months: float, shape: str = "steady", points: int = 91) -> pd.DataFrame:
    """Return the pace of flights and the wait left, by month, for one way to climb.

    Parameters
    ----------
    flights, more
        Pace before and after.
    months
        Length of the climb.
    shape
        'steady' (the same number more each month), 'compound' (the same share more) or 'at the end'.

    Raises
    ------
    ValueError
        When the shape is unknown.
    """
    month = np.linspace(0, months, points)
    done = month / months
    paces = {
        "steady": flights + (more - flights) * done,
        "compound": flights * (more / flights) ** done,
        "at the end": np.where(done < 1, flights, more),
    }
    if shape not in paces:
        raise ValueError(f"shape: expected one of {', '.join(map(repr, paces))}, found {shape!r}")
    left = 100 * flights / paces[shape]
    return pd.DataFrame({"shape": shape, "month": month, "flights": paces[shape], "wait left, per cent": left})


def _mean_and_share(seed: SeedSequence, freight: Freight, within_days: float) -> tuple[float, float]:
    times = travel_times(seed, freight)
    return float(times.mean()), float((times <= within_days).mean())


def _varied(generator: np.random.Generator, variation: float, size: int) -> NDArray[np.float64]:
    """Draw from the gamma law with mean one."""
    return generator.gamma(1 / variation**2, variation**2, size) if variation else np.ones(size)


def _departed(waiting: NDArray[np.float64], room: float) -> NDArray[np.float64]:
    """Return the parcels gone after each departure: what has arrived, or a planeload more than before."""
    number = np.arange(1, waiting.size + 1)
    return number * room + np.minimum(0, np.minimum.accumulate(waiting - number * room))
