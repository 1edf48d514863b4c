"""One pool against separate sites when their loads rise and fall together, or apart."""

from __future__ import annotations

import math
from concurrent.futures import Executor
from functools import partial

import numpy as np
import pandas as pd
from numpy.random import SeedSequence

from casebook.methods.queueing import erlang_c
from casebook.methods.replicates import run, spawn
from casebook.models.shared_staff.sharing import Array, Sharing

DRAWS = 2000
"""Days in a replicate."""

GRID = 2000
"""Steps of load in which Erlang's formula is tabulated from nought to the staff; between them it is drawn straight."""


def waiting(
    sharing: Sharing, correlations: Array, replicates: int = 16, seed: int = 2, executor: Executor | None = None
) -> pd.DataFrame:
    r"""Compare sites apart with one pool as the correlation of their loads grows.

    The load of each site is lognormal, :math:`a_i = a\,e^{\sigma z_i - \sigma^2/2}`, and every pair of the normal
    :math:`z_i` has the correlation :math:`\rho \ge -1/(n-1)`.

    Returns
    -------
    DataFrame
        By correlation the share of the work that waits, in per cent: sites apart, one pool, one pool with the detour;
        means over replicates that share their random numbers, and the margin of a 95-per-cent interval of the
        difference between the sites apart and the pool with the detour.
    """
    least = -1 / (sharing.sites - 1) if sharing.sites > 1 else 0.0
    wrong = [rho for rho in correlations if not least - 1e-9 <= rho <= 1]
    if wrong:
        raise ValueError(f"correlations: expected numbers from {least:g} to 1, found {wrong[0]}")
    everyone = int(sharing.sites * sharing.staff_per_site)
    tables = [erlang_c(staff, np.linspace(0, staff, GRID + 1)) for staff in (int(sharing.staff_per_site), everyone)]
    job = partial(_days, sharing=sharing, correlations=np.asarray(correlations, dtype=float), tables=tables)
    shares = np.array(run(job, spawn(seed, replicates), executor))
    half = 1.96 * (shares[:, :, 0] - shares[:, :, 2]).std(axis=0, ddof=1) / math.sqrt(replicates)
    frame = pd.DataFrame(100 * shares.mean(axis=0), columns=["apart", "one pool", "one pool, with detour"])
    frame.insert(0, "correlation", correlations)
    frame["margin"] = 100 * half
    return frame


def _days(seed: SeedSequence, sharing: Sharing, correlations: Array, tables: list[Array]) -> Array:
    """Return the share that waits, shape (correlations, 3)."""
    n = int(sharing.sites)
    site, pool = (np.linspace(0, staff, GRID + 1) for staff in (sharing.staff_per_site, n * sharing.staff_per_site))
    sigma = math.sqrt(math.log1p((sharing.load_variation_percent / 100) ** 2))
    draws = np.random.default_rng(seed).standard_normal((DRAWS, n))
    mean = draws.mean(axis=1, keepdims=True)
    longer = 1 + sharing.detour_percent / 100
    rows = []
    for rho in correlations:
        together = math.sqrt(max(1 + (n - 1) * rho, 0.0)) * mean
        load = sharing.load_per_site * np.exp(sigma * (math.sqrt(1 - rho) * (draws - mean) + together) - sigma**2 / 2)
        total = load.sum(axis=1)
        apart = (load * np.interp(load, site, tables[0])).sum()
        pooled = [(total * np.interp(factor * total, pool, tables[1])).sum() for factor in (1, longer)]
        rows.append([apart, *pooled] / total.sum())
    return np.array(rows)


def break_even(frame: pd.DataFrame) -> float:
    """Return the correlation at which the pool with its detour stops being better; not a number where it always is."""
    gain = (frame["apart"] - frame["one pool, with detour"]).to_numpy()
    at = frame["correlation"].to_numpy()
    below = np.flatnonzero((gain[:-1] > 0) & (gain[1:] <= 0))
    if below.size == 0:
        return math.nan
    k = below[0]
    return float(at[k] + (at[k + 1] - at[k]) * gain[k] / (gain[k] - gain[k + 1]))
