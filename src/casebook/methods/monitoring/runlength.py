"""How long a chart runs until it alarms: Markov chains for CUSUM and EWMA."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import special
from scipy.optimize import brentq

from casebook.methods.monitoring.arguments import whole, within

Array = NDArray[np.float64]

CUSUM_STATES, EWMA_STATES = 500, 801


def cusum_arl(
    reference: float, limit: float, shift: float = 0.0, two_sided: bool = True, states: int = CUSUM_STATES
) -> float:
    r"""Compute how many observations a CUSUM chart takes on average until it alarms, beginning at zero.

    The sum between zero and the limit is cut into states of equal width, and the chain of Brook and Evans is solved
    without a subtraction, so that runs of any length keep their digits. Both sides together:

    .. math:: \frac{1}{\mathrm{ARL}} = \frac{1}{\mathrm{ARL}^+} + \frac{1}{\mathrm{ARL}^-}

    Parameters
    ----------
    reference, limit
        Allowance k and decision interval h in standard deviations, from zero up.
    shift
        True mean in standard deviations from target, delta; zero for a stream that behaves.
    two_sided
        Watch for falls as well, else for rises only.
    states
        Number of states, t. The answer approaches the exact one as 1/t^2; 500 is good to four digits.

    Returns
    -------
    float
        Observations; infinite where the chance of an alarm is below the smallest double.

    Raises
    ------
    ValueError
        When a number is out of range.

    References
    ----------
    D. Brook and D. A. Evans, *An approach to the probability distribution of CUSUM run length*, Biometrika 59 (1972);
    D. C. Montgomery, *Introduction to Statistical Quality Control*, chapter 9.
    """
    delta = within("shift", shift, -math.inf, math.inf)
    rise = _until_alarm(*_cusum_chain(reference, limit, delta, states))
    if not two_sided:
        return rise
    fall = rise if delta == 0 else _until_alarm(*_cusum_chain(reference, limit, -delta, states))
    return 1 / (1 / rise + 1 / fall) if math.isfinite(rise) or math.isfinite(fall) else math.inf


def cusum_limit(arl: float, reference: float, two_sided: bool = True, states: int = CUSUM_STATES) -> float:
    r"""Find the decision interval h with which a stream that behaves alarms once in so many observations.

    .. math:: \mathrm{ARL}(h;\ \delta = 0) = A

    Parameters
    ----------
    arl
        Mean number of observations from alarm to alarm where nothing has shifted; more than a limit of zero gives.
    reference, two_sided, states
        As for `cusum_arl`, of which this is the inverse.

    Returns
    -------
    float
        The decision interval h in standard deviations.

    Raises
    ------
    ValueError
        When even a limit of zero alarms less often, or as for `cusum_arl`.

    References
    ----------
    D. Brook and D. A. Evans, *An approach to the probability distribution of CUSUM run length*, Biometrika 59 (1972).
    """
    wanted = within("arl", arl, 1, math.inf)
    least = cusum_arl(reference, 0.0, 0.0, two_sided, states)
    if wanted < least:
        raise ValueError(f"arl: expected at least {least:g}, which a limit of 0 gives, found {arl}")

    def miss(limit: float) -> float:
        # Nearly straight in the limit, and finite where the run is not.
        return min(math.log(cusum_arl(reference, limit, 0.0, two_sided, states)), 700.0) - math.log(wanted)

    high = 1.0
    while miss(high) < 0:
        high *= 2
    return float(brentq(miss, 0.0, high, xtol=1e-10))


def cusum_alarms(horizon: int, reference: float, limit: float, shift: float = 0.0, states: int = CUSUM_STATES) -> Array:
    r"""Compute the chance that a CUSUM chart that watches for rises has alarmed within so many observations.

    .. math:: P(N \le n) = 1 - e_0^\top Q^n\,\mathbf 1

    Parameters
    ----------
    horizon
        Number of observations, n, at least one.
    reference, limit, shift, states
        As for `cusum_arl`.

    Returns
    -------
    numpy.ndarray
        P(N <= i) for i = 1, ..., n, shape (n,).

    Raises
    ------
    ValueError
        When a number is out of range.

    References
    ----------
    D. Brook and D. A. Evans (1972), section on the distribution.
    """
    steps = whole("horizon", horizon, 1)
    delta = within("shift", shift, -math.inf, math.inf)
    stay, leave = _cusum_chain(reference, limit, delta, states)
    place = np.zeros(leave.size)
    place[0] = 1.0
    chance = np.empty(steps)
    for i in range(steps):
        chance[i] = place @ leave
        place = place @ stay
    return np.minimum(np.cumsum(chance), 1.0)


def ewma_arl(weight: float, width: float, shift: float = 0.0, states: int = EWMA_STATES) -> float:
    r"""Compute how many observations an EWMA chart with steady limits takes on average until it alarms.

    .. math:: |z_i| > L\sqrt{\lambda/(2 - \lambda)}

    Parameters
    ----------
    weight, width
        lambda, above zero and at most one, and L, above zero.
    shift
        True mean in standard deviations from target, delta.
    states
        Number of states between the limits, an odd number: the chart begins in the middle one.

    Returns
    -------
    float
        Observations; infinite where the chance of an alarm is below the smallest double.

    Raises
    ------
    ValueError
        When a number is out of range or `states` is even.

    References
    ----------
    J. M. Lucas and M. S. Saccucci, *Exponentially weighted moving average control schemes*, Technometrics 32 (1990).
    """
    share = within("weight", weight, 0, 1, open_low=True)
    reach = within("width", width, 0, math.inf, open_low=True) * math.sqrt(share / (2 - share))
    delta = within("shift", shift, -math.inf, math.inf)
    n = whole("states", states, 3)
    if n % 2 == 0:
        raise ValueError(f"states: expected an odd number, found {states}")
    edges = np.linspace(-reach, reach, n + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    # From the middle of a state the next level is normal; ask for each edge in standard deviations of an observation.
    steps = (edges[None, :] - (1 - share) * middles[:, None]) / share - delta
    leave = special.ndtr(steps[:, 0]) + special.ndtr(-steps[:, -1])
    order = np.r_[n // 2, np.delete(np.arange(n), n // 2)]
    return _until_alarm(_between(steps)[np.ix_(order, order)], leave[order])


def _cusum_chain(reference: float, limit: float, delta: float, states: int) -> tuple[Array, Array]:
    """Give the chances of moving between the states of a sum, the first of them zero, and of passing the limit."""
    k, h = within("reference", reference, 0, math.inf), within("limit", limit, 0, math.inf)
    n = whole("states", states, 2)
    width = 2 * h / (2 * n - 1)
    # The first state is half as wide; the others lie about whole multiples of the width.
    edges = (np.arange(n) + 0.5) * width
    steps = edges[None, :] - (np.arange(n) * width)[:, None] + k - delta
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
