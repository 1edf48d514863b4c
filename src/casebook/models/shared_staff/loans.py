"""Time on loan: the ramp of a week, what training takes from it, and the loan too short to pay."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from casebook.models.shared_staff.sharing import Array, Sharing

CLOCK_STEPS = 24
"""Steps of a day in which newcomers arrive."""


def useful_hours(sharing: Sharing, training_hours: float, days: ArrayLike) -> Array:
    """Return what one on loan adds in so many days, in hours of work, less the mentors' time."""
    worked = sharing.hours_per_day * np.asarray(days, dtype=float)
    return np.maximum(worked - training_hours, 0) - sharing.mentor_share * np.minimum(worked, training_hours)


def payback_days(sharing: Sharing, training_hours: float) -> float:
    """Return the length of a loan that just pays for its training."""
    return training_hours * (1 + sharing.mentor_share) / sharing.hours_per_day


def recalled_hours(sharing: Sharing, training_hours: float, mean_days: float) -> float:
    r"""Return what one on loan adds on average when the lender may call back on any day alike.

    .. math:: E = h L \bigl[(1 + m)\, e^{-\tau/L} - m\bigr], \qquad \tau = T / h

    with training T, hours a day h, mean length L and the mentors' share m.
    """
    if mean_days == 0:
        return 0.0
    still = math.exp(-training_hours / (sharing.hours_per_day * mean_days))
    return sharing.hours_per_day * mean_days * ((1 + sharing.mentor_share) * still - sharing.mentor_share)


def ramp(
    sharing: Sharing, days: ArrayLike, heads: ArrayLike, training_hours: ArrayLike, last_day: float
) -> pd.DataFrame:
    """Follow the people on loan through their first days.

    Parameters
    ----------
    days, heads
        Counts of people on loan so far; between them people join evenly, and nobody leaves.
    training_hours
        Hours of training, one number or one for each of some people who stand for all who join.
    last_day
        Where the frame ends; nobody joins after the last count.

    Returns
    -------
    DataFrame
        By day: heads; full posts, heads times their hours; and 'of use', full posts less training and mentors.
    """
    grid = np.arange(0, last_day * CLOCK_STEPS + 1) / CLOCK_STEPS
    joined = np.interp(grid, days, heads)
    kinds, people = np.unique(np.atleast_1d(training_hours), return_counts=True)
    trained = np.zeros_like(joined)
    for hours, share in zip(kinds, people / people.sum(), strict=True):
        since = grid - hours / sharing.hours_per_day
        trained += share * np.where(since >= 0, np.interp(since, days, heads), 0)
    useful = trained - sharing.mentor_share * (joined - trained)
    post = sharing.full_time_share
    frame = pd.DataFrame({"day": grid, "heads": joined, "full posts": post * joined, "of use": post * useful})
    return frame[frame["day"] * 4 % 1 == 0].reset_index(drop=True)


def mean_loan_that_pays(sharing: Sharing, training_hours: float) -> float:
    """Return the mean loan that pays when the lender may call back on any day alike."""
    if sharing.mentor_share == 0 or training_hours == 0:
        return 0.0
    return training_hours / sharing.hours_per_day / math.log((1 + sharing.mentor_share) / sharing.mentor_share)
