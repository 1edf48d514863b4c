"""Lending inside a group: what each unit gives up, and why targets of its own keep it from lending."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from casebook.methods.allocation import transportation
from casebook.models.shared_staff.sharing import Array


@dataclass(frozen=True)
class Units:
    """Units of a group and a partner who needs a crew.

    Attributes
    ----------
    lenders
        Names of the units that may lend.
    local_staff
        People each has on the spot, as many as it has tasks.
    crew
        People without whom the partner cannot open.
    fit_percent
        How much of a partner's task somebody from each unit gets done, by unit.
    task_worth
        What the best task of a unit is worth; its tasks fall evenly from there to nothing.
    partner_worth
        What a task of the partner is worth when somebody who fits does it.
    """

    lenders: tuple[str, ...]
    local_staff: int
    crew: int
    fit_percent: tuple[float, ...]
    task_worth: float
    partner_worth: float

    def __post_init__(self) -> None:
        if len(self.fit_percent) != len(self.lenders):
            raise ValueError(f"fit_percent: expected {len(self.lenders)} numbers, found {self.fit_percent}")
        if not 1 <= self.crew <= self.local_staff * len(self.lenders):
            raise ValueError(f"crew: expected 1 to {self.local_staff * len(self.lenders)} people, found {self.crew}")


def lend(units: Units) -> pd.DataFrame:
    """Place everybody where the group as a whole gains most (transportation problem).

    Returns
    -------
    DataFrame
        One row a unit: people lent, own loss (worth of the tasks left undone), gain (worth of the work done for the
        partner), and the shadow price of one more person.
    """
    n, many = len(units.lenders), int(units.local_staff)
    own = units.task_worth * (1 - np.arange(many) / many)
    cost = np.full((n + 1, n * many + units.crew), np.inf)
    for k, fit in enumerate(units.fit_percent):
        cost[k, k * many : (k + 1) * many] = -own
        cost[k, n * many :] = -units.partner_worth * fit / 100
    cost[n, : n * many] = 0  # a task left undone
    plan = transportation(cost, [*[many] * n, units.crew], np.ones(cost.shape[1]))
    lent = plan.flow[:n, n * many :].sum(axis=1)
    undone = plan.flow[n, : n * many].reshape(n, many) @ own
    done = lent * units.partner_worth * np.array(units.fit_percent) / 100
    rows = zip(units.lenders, lent.astype(int), undone, done, -plan.supply_price[:n], strict=True)
    return pd.DataFrame(rows, columns=["unit", "lent", "own loss", "gain", "shadow price"])


def trust_needed(loss: float, gain: float, weight: ArrayLike) -> Array:
    r"""Return how sure a unit must be that the others lend before lending pays: :math:`c / (w B)`, one at most.

    Not a number where no certainty suffices.
    """
    w = np.asarray(weight, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        trust = loss / (w * gain)
    return np.where(loss <= 0, 0.0, np.where(trust <= 1, trust, math.nan))


def equilibria(loss: ArrayLike, gain: float, weight: float) -> list[tuple[bool, ...]]:
    """List what every unit may settle on so that none gains by changing its mind alone (Nash equilibria).

    The gain comes only when all lend; each unit counts its own loss and the weight times the gain of all.
    """
    losses = np.asarray(loss, dtype=float)
    found = []
    for code in range(2**losses.size):
        choice = tuple(bool(code >> k & 1) for k in range(losses.size))
        if all(_content(choice, k, own, gain, weight) for k, own in enumerate(losses)):
            found.append(choice)
    return found


def _content(choice: tuple[bool, ...], k: int, loss: float, gain: float, weight: float) -> bool:
    others = all(lends for j, lends in enumerate(choice) if j != k)
    lending = weight * gain * others - loss
    return lending >= 0 if choice[k] else lending <= 0
