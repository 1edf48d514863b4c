"""The very first delivery: the earliest of a great many, whose law is that of the first point of a stream."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.fft import next_fast_len
from scipy.optimize import brentq

from casebook.models.parcels.scenario import DAY, Scenario, order_curve

STEP = 0.02
"""Minutes between the points at which the stream is followed."""


@dataclass(frozen=True)
class FirstDelivery:
    r"""Law of the minute of the first delivery.

    Parcels on call leave the warehouses as a thin stream; each rides for a time of its own. Deliveries are then a
    Poisson stream with the expected number :math:`\Lambda(t)` by minute t, and the first comes after t with the
    probability :math:`e^{-\Lambda(t)}`.

    Attributes
    ----------
    minutes
        Minutes after midnight, rising.
    expected
        Expected deliveries by then (Lambda).
    """

    minutes: NDArray[np.float64]
    expected: NDArray[np.float64]

    def probability(self, minute: ArrayLike) -> NDArray[np.float64]:
        """Return the probability that something has been delivered by a minute."""
        return -np.expm1(-np.interp(minute, self.minutes, self.expected))

    def quantile(self, share: float) -> float:
        """Return the minute by which the first delivery has come with this probability."""
        if not 0 < share < 1:
            raise ValueError(f"share: expected a probability between 0 and 1, found {share}")
        need = -math.log1p(-share)
        return float(np.interp(need, self.expected, self.minutes)) if need < self.expected[-1] else math.inf

    @property
    def mean(self) -> float:
        """Mean minute of the first delivery, infinite where it may never come."""
        if self.expected[-1] < 30:
            return math.inf
        return float(self.minutes[0] + np.trapezoid(np.exp(-self.expected), self.minutes))


def first_delivery(scenario: Scenario) -> FirstDelivery:
    r"""Compute the law of the first delivery by a courier on call.

    .. math:: \Lambda(t) = \varepsilon \int_0^{t - a} c(x)\,\bigl(1 - e^{-((t - a - x)/\rho)^2}\bigr)\,dx

    Here c is the rate at which picking lets parcels go, a fluid limit, a the least time at the warehouse and rho the
    scale of the Rayleigh law of the rides. Where the rush keeps picking busy from the first second, c is its
    capacity, and early on the law is Weibull's of shape three.

    Parameters
    ----------
    scenario
        The assumptions.

    References
    ----------
    S. Coles, *An Introduction to Statistical Modeling of Extreme Values*, chapters 3 and 7.
    """
    times = np.arange(0, DAY + STEP / 2, STEP)
    ordered = scenario.parcels * np.interp(times, np.arange(DAY + 1.0), order_curve(scenario))
    rate = scenario.picked_per_day / DAY
    idle = np.minimum.accumulate(ordered - rate * times) if math.isfinite(rate) else 0.0
    left = np.minimum(ordered, idle + rate * times) if math.isfinite(rate) else ordered
    leaving = np.diff(left, prepend=0.0)
    scale = scenario.ride_minutes * 2 / math.sqrt(math.pi)
    arrived = -np.expm1(-((times / scale) ** 2)) if scale else np.ones_like(times)
    size = next_fast_len(2 * times.size, real=True)
    stream = np.fft.irfft(np.fft.rfft(leaving, size) * np.fft.rfft(arrived, size), size)[: times.size]
    expected = np.maximum.accumulate(np.maximum(stream, 0.0)) * scenario.express_percent / 100
    return FirstDelivery(np.append(0.0, times + scenario.pick_minutes), np.append(0.0, expected))


def express_for(scenario: Scenario, minutes: float) -> float:
    """Find the percentage of parcels on call with which the first delivery comes at a minute on average.

    Raises
    ------
    ValueError
        When no percentage up to that of the stock nearby gives it.
    """
    most = max(scenario.nearby_percent, 1e-6)
    law = first_delivery(replace(scenario, nearby_percent=most, express_percent=most))

    def miss(log_share: float) -> float:
        return min(replace(law, expected=math.exp(log_share) * law.expected).mean, 2.0 * DAY) - minutes

    low = math.log(1e-9)
    if miss(0.0) > 0 or miss(low) < 0:
        raise ValueError(f"minutes: expected a time that some share on call gives, found {minutes}")
    return most * math.exp(brentq(miss, low, 0.0, xtol=1e-6))
