r"""A surge, simulated: arrivals and staff that change by the hour, customers who give up, classes with priority.

The event loop is compiled: a heap of service ends and, for each class, a ring of waiting customers. Everything is
counted in the interval in which the customer comes. Each customer takes two draws besides the arrival, needed or not,
so that two runs from one seed with different staff or patience meet the same customers.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numba import njit
from numpy.random import SeedSequence, default_rng
from numpy.typing import ArrayLike, NDArray

from casebook.methods import replicates as independent
from casebook.methods.arguments import ArgumentError, number, numbers, one_of, whole, wholes

Array = NDArray[np.float64]
Values = float | Array

AXES = ("replicate", "interval", "class")
ARRIVED, SERVED, GIVEN_UP, WAITED, IN_TIME, WAIT = range(6)  # columns of the tally
CAME, DEADLINE, WORK, INTERVAL = range(4)  # columns of a ring
HEAD, COUNT = range(2)  # where a ring begins and how many it holds

HUGE = 1e100  # rates and times beyond it would overflow
MOST_SERVERS, MOST_CLASSES = 10**7, 100
MOST_CELLS = 10**6  # replicates times intervals times classes
MOST_IN_LINE = 10**7  # expected customers of a replicate times classes: a gigabyte
MOST_CUSTOMERS = 10**9  # expected in all replicates: some minutes


@dataclass(frozen=True)
class Surge:
    """What became of the customers, counted in the interval in which they came; waits in hours.

    Every property has the shape of the axes that were kept, at first (replicates, intervals, classes). A share or a
    mean of no customers is not a number.
    """

    tally: Array = field(repr=False)  # counts and sums, one column each, behind the axes
    axes: tuple[str, ...] = AXES  # those that were kept

    def by(self, *axes: str) -> Surge:
        """Add up over all axes but those named: 'replicate', 'interval', 'class'; none named adds up everything."""
        for axis in axes:
            one_of("axes", axis, self.axes)
        gone = tuple(k for k, axis in enumerate(self.axes) if axis not in axes)
        return replace(self, tally=self.tally.sum(axis=gone), axes=tuple(axis for axis in self.axes if axis in axes))

    @property
    def arrivals(self) -> Values:
        """Customers who came."""
        return self.tally[..., ARRIVED][()]

    @property
    def served(self) -> Values:
        """Customers of these who were served, also after the last interval."""
        return self.tally[..., SERVED][()]

    @property
    def given_up(self) -> Values:
        """Customers of these who gave up; who is neither served nor gives up waits for ever."""
        return self.tally[..., GIVEN_UP][()]

    @property
    def p_wait(self) -> Values:
        """Share of arrivals that found all servers busy."""
        return _ratio(self.tally[..., WAITED], self.arrivals)

    @property
    def p_abandon(self) -> Values:
        """Share of arrivals that gave up."""
        return _ratio(self.given_up, self.arrivals)

    @property
    def in_time(self) -> Values:
        """Share of arrivals that were served after the target wait at most."""
        return _ratio(self.tally[..., IN_TIME], self.arrivals)

    @property
    def mean_wait(self) -> Values:
        """Mean time in queue of those who were served or gave up."""
        return _ratio(self.tally[..., WAIT], self.served + self.given_up)


def _ratio(part: ArrayLike, among: ArrayLike) -> Values:
    return np.divide(part, among, out=np.full(np.shape(part), np.nan), where=np.greater(among, 0))[()]


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
) -> Surge:
    r"""Simulate a station whose arrivals and staff change by the hour, and whose customers give up (M(t)/M/n(t)+M).

    `rates`, $\lambda$, are arrivals an hour by interval, or by interval and class, the class that goes first at index
    zero; `servers` one number or one an interval; `mu` the services an hour of a busy server; `theta` the rate at which
    a waiting customer gives up, one number or one a class, zero for never. Waits up to `target` hours are in time.

    $$\int_0^{t_i} \lambda(u)\,du = E_1 + \dots + E_i, \qquad E_i \sim \text{Exp}(1)$$

    A server who becomes free takes the first of the highest class that waits and interrupts nobody; one whose shift
    ends finishes the service in hand. At first nobody is there; after the last interval nobody comes, and the last
    staff serves the rest. Replicates run one after another, in a pool by `casebook.methods.replicates.run`. What would
    take hours or more than a gigabyte is refused. Source: A. M. Law, *Simulation Modeling and Analysis*, chapter 1.
    """
    flow = _flow(rates)
    intervals, classes = flow.shape
    staff = _each("servers", wholes("servers", servers, most=MOST_SERVERS), intervals)
    leaving = _each("theta", numbers("theta", theta, least=0, most=HUGE), classes)
    rate, longest = number("mu", mu, above=0, most=HUGE), number("target", target, least=0)
    hours, days = number("width", width, above=0, most=HUGE), whole("replicates", replicates, least=1)
    _affordable(flow, hours, days)
    cumulated = np.cumsum(flow, axis=1)
    totals = np.ascontiguousarray(cumulated[:, -1])
    shares = cumulated / np.where(totals > 0, totals, 1.0)[:, np.newaxis]
    shares[:, -1] = 1.0
    seeds = independent.spawn(seed, days)
    return Surge(np.stack([_day(default_rng(s), totals, shares, hours, staff, rate, leaving, longest) for s in seeds]))


def _flow(rates: ArrayLike) -> Array:
    """Give arrivals an hour by interval and class."""
    flow = numbers("rates", rates, least=0, most=HUGE)
    if flow.ndim not in (1, 2):
        raise ArgumentError("rates", "shape (intervals,) or (intervals, classes)", f"shape {flow.shape}")
    return flow if flow.ndim == 2 else flow[:, np.newaxis]


def _affordable(flow: Array, hours: float, days: int) -> None:
    """Refuse what would take more memory or time than a reader has."""
    classes, customers = flow.shape[1], float(flow.sum()) * hours
    whole("classes", classes, most=MOST_CLASSES)
    whole("replicates times intervals times classes", flow.size * days, most=MOST_CELLS)
    number("expected customers of a replicate, times classes", customers * classes, most=MOST_IN_LINE)
    number("expected customers", customers * days, most=MOST_CUSTOMERS)


def _each(name: str, values: NDArray, count: int) -> NDArray:
    """Give one number for each of so many, writable for the kernel."""
    if values.ndim and values.shape != (count,):
        raise ArgumentError(name, f"one number or {count}", f"shape {values.shape}")
    return np.array(np.broadcast_to(values, count))


@njit(cache=True)
def _day(rng, totals, shares, width, staff, mu, theta, target):  # noqa: ANN001, ANN202
    """Simulate one replicate; return the tally of shape (intervals, classes, columns)."""
    tally = np.zeros((totals.size, shares.shape[1], 6))
    heap = np.empty(max(1, staff.max()))
    ring = np.empty((shares.shape[1], 1024, 4))
    marks = np.zeros((shares.shape[1], 2), np.int64)
    busy, on_duty, servers = 0, 0, staff[0]
    arrival, k = _coming(rng, 0.0, 0, totals, width)
    while True:
        done = heap[0] if busy else np.inf
        change = (on_duty + 1) * width if on_duty + 1 < staff.size else np.inf
        if arrival < done and arrival < change:
            c = _chosen(rng, k, shares)
            patience, work = rng.standard_exponential(), rng.standard_exponential() / mu
            tally[k, c, ARRIVED] += 1
            if busy < servers:
                tally[k, c, SERVED] += 1
                tally[k, c, IN_TIME] += 1
                _push(heap, busy, arrival + work)
                busy += 1
            else:
                tally[k, c, WAITED] += 1
                deadline = arrival + patience / theta[c] if theta[c] > 0 else np.inf
                ring = _join(ring, marks, c, arrival, deadline, work, k)
            arrival, k = _coming(rng, arrival, k, totals, width)
        elif done < change:
            _pop(heap, busy)
            busy = _fill(done, busy - 1, servers, heap, ring, marks, tally, target)
        elif change < np.inf:
            on_duty += 1
            servers = staff[on_duty]
            busy = _fill(change, busy, servers, heap, ring, marks, tally, target)
        else:
            break
    _close(ring, marks, tally)
    return tally


@njit(cache=True)
def _coming(rng, now, k, totals, width):  # noqa: ANN001, ANN202
    """Draw the next arrival after `now` in interval k: its time and interval, or infinity after the last one."""
    need = rng.standard_exponential()
    while k < totals.size:
        room = totals[k] * ((k + 1) * width - now)
        if need < room:
            return now + need / totals[k], k
        need -= max(room, 0.0)
        k += 1
        now = k * width
    return np.inf, k


@njit(cache=True)
def _chosen(rng, k, shares):  # noqa: ANN001, ANN202
    """Draw the class of an arrival in interval k from cumulated shares; one class needs no draw."""
    c = 0
    if shares.shape[1] > 1:
        u = rng.random()
        while u >= shares[k, c]:
            c += 1
    return c


@njit(cache=True)
def _join(ring, marks, c, came, deadline, work, k):  # noqa: ANN001, ANN202
    """Add a customer to the end of a class; return the rings, which may have grown."""
    if marks[c, COUNT] == ring.shape[1]:
        ring = _grown(ring, marks)
    last = (marks[c, HEAD] + marks[c, COUNT]) & (ring.shape[1] - 1)
    ring[c, last, CAME], ring[c, last, DEADLINE] = came, deadline
    ring[c, last, WORK], ring[c, last, INTERVAL] = work, k
    marks[c, COUNT] += 1
    return ring


@njit(cache=True)
def _grown(ring, marks):  # noqa: ANN001, ANN202
    """Copy the rings into ones of twice the length, each beginning at zero."""
    classes, length, columns = ring.shape
    result = np.empty((classes, 2 * length, columns))
    for c in range(classes):
        for j in range(marks[c, COUNT]):
            for column in range(columns):
                result[c, j, column] = ring[c, (marks[c, HEAD] + j) & (length - 1), column]
        marks[c, HEAD] = 0
    return result


@njit(cache=True)
def _fill(now, busy, servers, heap, ring, marks, tally, target):  # noqa: ANN001, ANN202
    """Let free servers take the first of the highest class who has not given up; return how many are busy."""
    c = 0
    while busy < servers and c < ring.shape[0]:
        if marks[c, COUNT] == 0:
            c += 1
            continue
        first = marks[c, HEAD]
        marks[c, HEAD] = (first + 1) & (ring.shape[1] - 1)
        marks[c, COUNT] -= 1
        came, deadline, k = ring[c, first, CAME], ring[c, first, DEADLINE], int(ring[c, first, INTERVAL])
        tally[k, c, WAIT] += min(deadline, now) - came
        if deadline < now:
            tally[k, c, GIVEN_UP] += 1
        else:
            tally[k, c, SERVED] += 1
            tally[k, c, IN_TIME] += now - came <= target
            _push(heap, busy, now + ring[c, first, WORK])
            busy += 1
    return busy


@njit(cache=True)
def _close(ring, marks, tally):  # noqa: ANN001, ANN202
    """Let those give up whom nobody will ever serve; the endlessly patient among them stay."""
    for c in range(ring.shape[0]):
        for j in range(marks[c, COUNT]):
            last = (marks[c, HEAD] + j) & (ring.shape[1] - 1)
            if ring[c, last, DEADLINE] < np.inf:
                k = int(ring[c, last, INTERVAL])
                tally[k, c, GIVEN_UP] += 1
                tally[k, c, WAIT] += ring[c, last, DEADLINE] - ring[c, last, CAME]


@njit(cache=True)
def _push(heap, size, time):  # noqa: ANN001, ANN202
    """Add the end of a service to a heap of `size` ends."""
    k = size
    while k > 0:
        parent = (k - 1) >> 1
        if heap[parent] <= time:
            break
        heap[k] = heap[parent]
        k = parent
    heap[k] = time


@njit(cache=True)
def _pop(heap, size):  # noqa: ANN001, ANN202
    """Drop the earliest end from a heap of `size` ends."""
    last = heap[size - 1]
    size -= 1
    k, child = 0, 1
    while child < size:
        child += child + 1 < size and heap[child + 1] < heap[child]
        if heap[child] >= last:
            break
        heap[k] = heap[child]
        k, child = child, 2 * child + 1
    heap[k] = last
