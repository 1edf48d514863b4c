"""Simulation of a surge: arrivals that change by the hour, customers who give up, classes with priority."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.random import SeedSequence
from numpy.typing import ArrayLike, NDArray

from casebook.methods import replicates as independent
from casebook.methods.queueing import kernel
from casebook.methods.queueing.arguments import number, numbers, plain, wholes

Values = float | NDArray[np.float64]

AXES = ("replicate", "interval", "class")


@dataclass(frozen=True)
class Surge:
    """What happened to the customers, counted in the interval in which they came; times in hours.

    Every property has the shape of the axes that were kept, at first (replicates, intervals, classes). A share or a
    mean of no customers is not a number.

    Attributes
    ----------
    tally
        Counts and sums, one column each, behind those axes.
    hours
        How long each cell was watched.
    axes
        Names of the axes that were kept.
    """

    tally: NDArray[np.float64] = field(repr=False)
    hours: float
    axes: tuple[str, ...] = AXES

    def by(self, *axes: str) -> Surge:
        """Add up over all axes but those named: 'replicate', 'interval', 'class'; none named adds up everything."""
        unknown = [axis for axis in axes if axis not in self.axes]
        if unknown:
            raise ValueError(f"axes: expected some of {', '.join(self.axes)}, found {unknown[0]!r}")
        sizes = dict(zip(self.axes, self.tally.shape, strict=False))
        gone = tuple(k for k, axis in enumerate(self.axes) if axis not in axes)
        watched = self.hours
        for axis in ("replicate", "interval"):
            watched *= sizes[axis] if axis in sizes and axis not in axes else 1
        kept = tuple(axis for axis in self.axes if axis in axes)
        return replace(self, tally=self.tally.sum(axis=gone), hours=watched, axes=kept)

    @property
    def arrivals(self) -> Values:
        """Customers who came."""
        return plain(self.tally[..., kernel.ARRIVED])

    @property
    def served(self) -> Values:
        """Customers of these who were served, also after the last interval."""
        return plain(self.tally[..., kernel.SERVED])

    @property
    def given_up(self) -> Values:
        """Customers of these who gave up; who is neither served nor gives up waits for ever."""
        return plain(self.tally[..., kernel.GIVEN_UP])

    @property
    def p_wait(self) -> Values:
        """Share of arrivals that found all servers busy."""
        return self._per(kernel.WAITED, kernel.ARRIVED)

    @property
    def p_abandon(self) -> Values:
        """Share of arrivals that gave up."""
        return self._per(kernel.GIVEN_UP, kernel.ARRIVED)

    @property
    def in_time(self) -> Values:
        """Share of arrivals that were served after the target wait at most."""
        return self._per(kernel.IN_TIME, kernel.ARRIVED)

    @property
    def wait_served(self) -> Values:
        """Mean wait of those who were served, in hours."""
        return self._per(kernel.WAIT_SERVED, kernel.SERVED)

    @property
    def wait_given_up(self) -> Values:
        """Mean wait of those who gave up, in hours."""
        return self._per(kernel.WAIT_GIVEN_UP, kernel.GIVEN_UP)

    @property
    def mean_wait(self) -> Values:
        """Mean time in queue of those who were served or gave up, in hours."""
        left = self.tally[..., kernel.SERVED] + self.tally[..., kernel.GIVEN_UP]
        return _ratio(self.tally[..., kernel.WAIT_SERVED] + self.tally[..., kernel.WAIT_GIVEN_UP], left)

    @property
    def mean_queue(self) -> Values:
        """Mean number of customers who wait during the interval, whenever they came."""
        return plain(self.tally[..., kernel.QUEUED] / self.hours)

    def _per(self, part: int, whole: int) -> Values:
        return _ratio(self.tally[..., part], self.tally[..., whole])


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64]) -> Values:
    return plain(np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), np.nan))


def simulate_surge(
    rates: ArrayLike,
    servers: ArrayLike,
    mu: float,
    theta: ArrayLike = 0.0,
    *,
    width: float = 1.0,
    target: float = 0.0,
    replicates: int = 1,
    seed: int | SeedSequence = 0,
    executor: Executor | None = None,
) -> Surge:
    r"""Simulate a station whose arrivals and staff change by the hour, and whose customers give up (M(t)/M/n(t)+M).

    First come, first served within a class; a server who becomes free takes the highest class that waits and
    interrupts nobody. The station starts empty. After the last interval nobody comes any more, and those who are
    there are served by the last staff. A server whose shift ends finishes the service in hand.

    .. math:: \text{arrival times } t_i: \quad \int_0^{t_i} \lambda(u)\,du = E_1 + \dots + E_i,
        \qquad E_i \sim \text{Exp}(1)

    Parameters
    ----------
    rates
        Arrivals an hour (lambda), shape (intervals,) or (intervals, classes), the class that goes first at index
        zero.
    servers
        Number of servers (n), whole: one number, or one an interval.
    mu
        Customers an hour that one busy server serves (mu); service times are exponential.
    theta
        Rate at which a waiting customer gives up (theta), per hour, one number or one a class; zero for never.
    width
        Length of an interval in hours.
    target
        Longest acceptable wait in hours.
    replicates
        Number of independent days.
    seed
        Seed of the first replicate and, through it, of all. With one seed, runs that differ in staff, patience or
        target only meet the same customers.
    executor
        Any concurrent.futures executor; the result does not depend on it.

    Returns
    -------
    Surge
        Counts, shares and waits by replicate, interval and class.

    Raises
    ------
    ValueError
        When a rate is negative or not finite, the service rate or the width not above zero, servers not whole, or
        the shapes do not fit together.

    References
    ----------
    A. M. Law, *Simulation Modeling and Analysis*, chapters 1 and 8; O. Garnett, A. Mandelbaum and M. Reiman,
    *Designing a call center with impatient customers*, Manufacturing & Service Operations Management 4 (2002).
    """
    arrival, staff = numbers("rates", rates), wholes("servers", servers)
    arrival = arrival[:, np.newaxis] if arrival.ndim == 1 else arrival
    if arrival.ndim != 2:
        raise ValueError(f"rates: expected shape (intervals,) or (intervals, classes), found {np.shape(rates)}")
    intervals, classes = arrival.shape
    if staff.ndim and staff.shape != (intervals,):
        raise ValueError(f"servers: expected one number or {intervals}, found shape {staff.shape}")
    leaving = numbers("theta", theta)
    if leaving.ndim and leaving.shape != (classes,):
        raise ValueError(f"theta: expected one number or {classes}, found shape {leaving.shape}")
    hours = number("width", width, positive=True)
    day = partial(
        _day,
        rates=np.ascontiguousarray(arrival),
        width=hours,
        staff=np.array(np.broadcast_to(staff, intervals)),
        mu=number("mu", mu, positive=True),
        theta=np.array(np.broadcast_to(leaving, classes)),
        target=number("target", target),
    )
    tallies = independent.run(day, independent.spawn(seed, replicates), executor)
    return Surge(np.stack(tallies), hours)


def _day(
    seed: SeedSequence,
    rates: NDArray[np.float64],
    width: float,
    staff: NDArray[np.int64],
    mu: float,
    theta: NDArray[np.float64],
    target: float,
) -> NDArray[np.float64]:
    """Simulate one replicate."""
    cumulated = np.cumsum(rates, axis=1)
    totals = np.ascontiguousarray(cumulated[:, -1])
    shares = cumulated / np.where(totals > 0, totals, 1.0)[:, np.newaxis]
    shares[:, -1] = 1.0
    return kernel.surge(np.random.default_rng(seed), totals, shares, width, staff, mu, theta, target)
