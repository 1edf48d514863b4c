"""What comes out of a run: how many parcels have passed each stage, minute by minute, and how old they were."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from casebook.models.parcels.scenario import Scenario

STAGES = ("ordered", "picked", "sorted", "loaded", "arrived", "delivered")
QUEUES = ("picking", "sorting", "loading", "on the road", "last mile")


@dataclass(frozen=True)
class Tally:
    """Counts of some areas: by stage and bin, by age at the door and bin, minutes waited, first delivery."""

    passed: NDArray[np.int64]
    ages: NDArray[np.int64]
    waits: NDArray[np.float64]
    first_minute: float

    @classmethod
    def total(cls, tallies: Iterable[Tally]) -> Tally:
        """Add tallies up."""
        parts = list(tallies)
        return cls(
            sum(part.passed for part in parts),
            sum(part.ages for part in parts),
            sum(part.waits for part in parts),
            min(part.first_minute for part in parts),
        )


@dataclass(frozen=True)
class Outcome:
    """A run of the model; times count from the midnight at which the festival begins.

    Attributes
    ----------
    scenario
        What was assumed.
    bin_minutes
        Minutes of a bin of the counts.
    tally
        The counts.
    """

    scenario: Scenario
    bin_minutes: int
    tally: Tally

    @property
    def first_minute(self) -> float:
        """Minute of the first delivery; infinite when there is none."""
        return self.tally.first_minute

    def day_of(self, parcels: float, stage: str = "delivered") -> float:
        """Return the days after which so many parcels have passed a stage.

        Raises
        ------
        ValueError
            When fewer parcels were ordered, or the stage is unknown.
        """
        if not 0 < parcels <= self.scenario.parcels:
            raise ValueError(f"parcels: expected from 1 to {self.scenario.parcels}, found {parcels}")
        return self._crossing(self._counts(stage), parcels) / 1440

    def day_of_share(self, share: float) -> float:
        """Return the days after which this share of all parcels has been delivered."""
        return self.day_of(share * self.scenario.parcels)

    def hours_to_door(self, share: float) -> float:
        """Return the hours from order to door within which this share of the parcels came."""
        return self._crossing(self.tally.ages, share * self.scenario.parcels) / 60

    def share_within(self, hours: float) -> float:
        """Return the share of the parcels that came within so many hours of their order."""
        if not self.scenario.parcels:
            return math.nan
        edges = np.arange(self.tally.ages.size + 1) * self.bin_minutes / 60
        return float(np.interp(hours, edges, _running(self.tally.ages))) / self.scenario.parcels

    def passed_by(self, day: float, stage: str = "delivered") -> float:
        """Return how many parcels had passed a stage so many days after the start."""
        counts = self._counts(stage)
        edges = np.arange(counts.size + 1) * self.bin_minutes / 1440
        return float(np.interp(day, edges, _running(counts)))

    def mean_waits(self) -> dict[str, float]:
        """Return the mean minutes a parcel waited at picking, sorting, loading and the last mile."""
        hub, road = 1 - self.scenario.express_percent / 100, 1 - self.scenario.nearby_percent / 100
        waits = self.tally.waits / np.maximum(np.array([1, hub, road, hub]) * self.scenario.parcels, 1)
        return dict(zip(("picking", "sorting", "loading", "last mile"), waits.tolist(), strict=True))

    def by_hour(self, hours: float) -> pd.DataFrame:
        """Return the parcels that have passed each stage, hour by hour: 'hour' and one column a stage."""
        clock = np.arange(math.floor(hours) + 1)
        edges = np.arange(self.tally.ages.size + 1) * self.bin_minutes / 60
        columns = {stage: np.interp(clock, edges, _running(self._counts(stage))) for stage in STAGES}
        return pd.DataFrame({"hour": clock, **columns})

    def backlog(self, hours: float) -> pd.DataFrame:
        """Return the parcels that are at each step, hour by hour: 'hour' and one column a step."""
        passed = self.by_hour(hours)
        steps = {q: passed[a] - passed[b] for q, a, b in zip(QUEUES, STAGES[:-1], STAGES[1:], strict=True)}
        return pd.DataFrame({"hour": passed["hour"], **steps})

    def _counts(self, stage: str) -> NDArray[np.int64]:
        if stage not in STAGES:
            raise ValueError(f"stage: expected one of {', '.join(STAGES)}, found {stage}")
        return self.tally.passed[STAGES.index(stage)]

    def _crossing(self, counts: NDArray[np.int64], parcels: float) -> float:
        """Return the minute at which a running count reaches a number."""
        running = _running(counts)
        after = int(np.searchsorted(running, parcels, side="left"))
        step = running[after] - running[after - 1]
        return self.bin_minutes * (after - 1 + (parcels - running[after - 1]) / step)


def _running(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(counts)])
