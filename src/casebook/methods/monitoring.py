"""Watching a stream: CUSUM charts, and how long they run to an alarm."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray
from scipy import special
from scipy.optimize import brentq

from casebook.methods.arguments import Array, number, numbers, whole

CUSUM_STATES = 500
LARGEST = 1e6  # standard deviations; what is farther away is a slip


class Cusum(NamedTuple):
    """A CUSUM chart: sums that watch for a rise and for a fall, and the index and side (1 or -1) of each alarm."""

    upper: Array
    lower: Array
    alarms: NDArray[np.intp]
    sides: NDArray[np.intp]


def cusum(scores: ArrayLike, reference: float, limit: float, two_sided: bool = True, restart: bool = True) -> Cusum:
    r"""Run a CUSUM chart along standard scores, $C^\pm_i = \max\{0,\ C^\pm_{i-1} \pm z_i - k\}$; alarm: $C > h$.

    The allowance k (`reference`) is half the shift to be caught, h is `limit`. With `restart` the sums begin at zero
    again after an alarm, else every observation beyond the limit counts (Page, 1954; Montgomery, chapter 9).
    """
    z = numbers("scores", scores, shape=(None,))
    k, h = _allowance(reference), _interval(limit)
    upper, lower = np.zeros(z.size), np.zeros(z.size)
    high = low = 0.0
    for i, score in enumerate(z.tolist()):
        if restart and (high > h or low > h):
            high = low = 0.0
        high = max(0.0, high + score - k)
        low = max(0.0, low - score - k) if two_sided else 0.0
        upper[i], lower[i] = high, low
    alarms = np.flatnonzero((upper > h) | (lower > h))
    return Cusum(upper, lower, alarms, np.where(upper[alarms] > h, 1, -1))


def cusum_arl(
    reference: float, limit: float, shift: float = 0.0, two_sided: bool = True, states: int = CUSUM_STATES
) -> float:
    r"""Compute how many observations a CUSUM chart takes on average until it alarms, beginning at zero.

    The true mean is `shift` standard deviations from target. The sum is cut into states of equal width, at most one
    standard deviation, and the chain solved without a subtraction, so that runs of any length keep their digits; the
    error falls as the square of the width. Both sides: $1/\mathrm{ARL} = 1/\mathrm{ARL}^+ + 1/\mathrm{ARL}^-$. Infinite
    where the chance of an alarm is below the smallest double (Brook and Evans, 1972).
    """
    delta = _shift(shift)
    rise = _until_alarm(*_cusum_chain(reference, limit, delta, states))
    if not two_sided:
        return rise
    fall = rise if delta == 0 else _until_alarm(*_cusum_chain(reference, limit, -delta, states))
    return 1 / (1 / rise + 1 / fall) if math.isfinite(rise) or math.isfinite(fall) else math.inf


def cusum_limit(arl: float, reference: float, two_sided: bool = True, states: int = CUSUM_STATES) -> float:
    """Find the decision interval h with which a stream that behaves alarms once in `arl` observations on average."""

    def log_arl(limit: float) -> float:
        # Nearly straight in the limit, and finite where the run is not.
        return min(math.log(cusum_arl(reference, limit, 0.0, two_sided, states)), 700.0)

    widest = whole("states", states, least=2, most=2000) / 2
    shortest, longest = math.exp(log_arl(0.0)), math.exp(log_arl(widest))
    wanted = math.log(number("arl", arl, least=shortest, most=longest))
    return float(brentq(lambda limit: log_arl(limit) - wanted, 0.0, widest, xtol=1e-10))


def _allowance(reference: float) -> float:
    return number("reference", reference, least=0, most=LARGEST)


def _interval(limit: float, most: float = LARGEST) -> float:
    return number("limit", limit, least=0, most=most)


def _shift(shift: float) -> float:
    return number("shift", shift, least=-LARGEST, most=LARGEST)


def _cusum_chain(reference: float, limit: float, delta: float, states: int) -> tuple[Array, Array]:
    """Give the chances of moving between the states of a sum, the first of them zero, and of passing the limit."""
    n = whole("states", states, least=2, most=2000)
    width = 2 * _interval(limit, most=n / 2) / (2 * n - 1)
    # The first state is half as wide; the others lie about whole multiples of the width.
    edges = (np.arange(n) + 0.5) * width
    steps = edges[None, :] - (np.arange(n) * width)[:, None] + _allowance(reference) - delta
    stay = _between(np.column_stack([np.full(n, -math.inf), steps]))
    return stay, special.ndtr(-steps[:, -1])


def _between(steps: Array) -> Array:
    """Give the normal probability between neighbours of a row, from the tail that has the digits."""
    low, high = steps[:, :-1], steps[:, 1:]
    return np.where(low > 0, special.ndtr(-low) - special.ndtr(-high), special.ndtr(high) - special.ndtr(low))


@njit(cache=True)
def _until_alarm(stay: Array, leave: Array) -> float:
    """Mean steps from the first state until a chain is left, by elimination that only adds, multiplies and divides."""
    stay, leave = stay.copy(), leave.copy()
    time = np.ones(leave.size)
    for n in range(leave.size - 1, 0, -1):
        out = leave[n]
        for j in range(n):
            out += stay[n, j]
        if out == 0.0:
            return np.inf
        for i in range(n):
            through = stay[i, n] / out
            if through > 0.0:
                time[i] += through * time[n]
                leave[i] += through * leave[n]
                for j in range(n):
                    stay[i, j] += through * stay[n, j]
    return time[0] / leave[0] if leave[0] > 0.0 else np.inf
