"""Sign-ups to a free health cover: what three totals leave open, and what the cover may cost.

The growth side has no parameters of its own: `casebook.methods.growth` finds every textbook curve through the stated
totals. The cost side is a collective risk model; its assumptions are the fields of `Cover`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from casebook.methods.growth import curves_through
from casebook.methods.risk import Loss, Poisson, beta_binomial, panjer

STEP = 100_000.0  # RMB; both benefits are whole multiples of it


@dataclass(frozen=True)
class Cover:
    """A cover that pays on diagnosis, and more on death.

    Attributes
    ----------
    people
        How many are covered.
    diagnosis_rate
        Share of the covered who are diagnosed while the cover lasts.
    death_share
        Share of the diagnosed who die.
    pay_on_diagnosis_rmb, pay_on_death_rmb
        Benefits, each a whole multiple of RMB 100,000. Who dies is paid for the death only.

    Raises
    ------
    ValueError
        When a share is not from zero to one, or a benefit is no such multiple.
    """

    people: int
    diagnosis_rate: float
    death_share: float
    pay_on_diagnosis_rmb: float = 100_000
    pay_on_death_rmb: float = 500_000

    def __post_init__(self) -> None:
        for name in ("diagnosis_rate", "death_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name}: expected a share from 0 to 1, found {getattr(self, name)}")
        for name in ("pay_on_diagnosis_rmb", "pay_on_death_rmb"):
            if getattr(self, name) % STEP or getattr(self, name) <= 0:
                raise ValueError(f"{name}: expected a multiple of {STEP:,.0f} RMB above 0, found {getattr(self, name)}")

    @property
    def severity(self) -> np.ndarray:
        """Probability that one claim costs k steps, at index k."""
        diagnosis, death = (int(pay / STEP) for pay in (self.pay_on_diagnosis_rmb, self.pay_on_death_rmb))
        pmf = np.zeros(max(diagnosis, death) + 1)
        pmf[diagnosis] += 1 - self.death_share
        pmf[death] += self.death_share
        return pmf


def curves(points: list[tuple[float, float]], hours: np.ndarray) -> pd.DataFrame:
    """Return the textbook curves through three (hour, people) points as columns: curve, hour, people."""
    rows = [
        pd.DataFrame({"curve": curve.name, "hour": hours, "people": curve.at(hours)})
        for curve in curves_through(points)
    ]
    return pd.concat(rows, ignore_index=True)


def cost(cover: Cover, deaths_only: bool = False) -> Loss:
    """Return the law of the total cost in RMB when people fall ill independently (compound Poisson)."""
    if deaths_only:
        only = np.zeros(int(cover.pay_on_death_rmb / STEP) + 1)
        only[-1] = 1
        return panjer(Poisson(cover.people * cover.diagnosis_rate * cover.death_share), only, STEP)
    return panjer(Poisson(cover.people * cover.diagnosis_rate), cover.severity, STEP)


def contagion(cover: Cover, correlation: float) -> Loss:
    """Return the law of the total cost in RMB when diagnoses cluster, every claim at the mean benefit."""
    mean_claim = STEP * float(cover.severity @ np.arange(cover.severity.size))
    return beta_binomial(cover.people, cover.diagnosis_rate, correlation, mean_claim)
