"""The skipped warehouse: a chain of stocks with and without its middle."""

from __future__ import annotations

from concurrent.futures import Executor
from functools import partial

import numpy as np
import pandas as pd
from numpy.random import SeedSequence
from numpy.typing import ArrayLike

from casebook.methods import replicates as independent
from casebook.methods.inventory import serial_system
from casebook.models.relief_logistics.assumptions import Array


def skipping(
    echelon_holding: ArrayLike, lead_days: ArrayLike, backorder: float, mean: float, sd: float,
    door_days: ArrayLike, names: tuple[str, ...],
) -> pd.DataFrame:  # fmt: skip
    """Take the stages next to the customer out of a chain, one after another.

    Parameters
    ----------
    echelon_holding, lead_days
        As `serial_system` takes them, the stage next to the customer first, shape (n,).
    backorder, mean, sd
        Cost of a unit waited for, a day; demand a day.
    door_days
        Days from the last stage kept to the door, shape (n,): of the whole chain first.
    names
        What each of these chains is called.

    Returns
    -------
    pandas.DataFrame
        One row a chain: costs a day of stock that lies, moves and is waited for, their sum, units on hand and on the road between stages, days to the
        door when there is stock (waits for it included) and when there is none anywhere.
    """
    holding, leads = np.asarray(echelon_holding, dtype=float), np.asarray(lead_days, dtype=float)
    doors = np.asarray(door_days, dtype=float)
    rows = []
    for k, name in enumerate(names):
        found = serial_system(holding[k:], leads[k:], backorder, mean, sd)
        wait = found.backorders / mean
        rows.append((name, found.holding_cost, found.transit_cost, found.backorder_cost, found.cost,
                     found.on_hand.sum(), found.in_transit.sum(), wait + doors[k], leads[k:].sum() + doors[k]))  # fmt: skip
    return pd.DataFrame(rows, columns=["chain", "lying", "moving", "waited for", "cost", "on hand", "on the road",
                                       "days with stock", "days without stock"])  # fmt: skip


def way_days(
    legs: ArrayLike, variation: float, seed: int = 1, replicates: int = 20, executor: Executor | None = None
) -> Array:
    """Draw the whole way as a sum of independent gamma legs, in days: shape (20,000,) with twenty replicates.

    Parameters
    ----------
    legs
        Mean days of each leg, all positive.
    variation
        Standard deviation over mean of each leg; zero for legs that are certain.
    """
    draw = partial(_legs, legs=np.asarray(legs, dtype=float), variation=variation)
    return np.concatenate(independent.run(draw, independent.spawn(seed, replicates), executor))


def _legs(seed: SeedSequence, legs: Array, variation: float) -> Array:
    if variation == 0:
        return np.full(1000, legs.sum())
    shape = 1 / variation**2
    return np.random.default_rng(seed).gamma(shape, legs / shape, (1000, legs.size)).sum(1)
