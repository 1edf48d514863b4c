"""The event loop of the surge queue, compiled: a heap of service ends and a ring of waiting customers a class.

Everything is counted in the interval in which the customer comes, but for the time queued, which is counted in the
intervals in which it passes. Two draws a customer besides the arrival, whether they are needed or not, so that two
runs from one seed with different staff or patience meet the same customers.
"""

from __future__ import annotations

import numpy as np
from numba import njit

# Columns of the tally.
ARRIVED, SERVED, GIVEN_UP, WAITED, IN_TIME, WAIT_SERVED, WAIT_GIVEN_UP, QUEUED = range(8)
COLUMNS = 8

# Columns of the ring, and of the marks that say where it begins and how many it holds.
CAME, DEADLINE, WORK, INTERVAL = range(4)
HEAD, COUNT = range(2)


@njit(cache=True)
def push(heap, size, time):  # noqa: ANN001, ANN201
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
def pop(heap, size):  # noqa: ANN001, ANN201
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


@njit(cache=True)
def grown(ring, marks):  # noqa: ANN001, ANN201
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
def join(ring, marks, c, came, deadline, work, k):  # noqa: ANN001, ANN201
    """Add a customer to the end of a class; return the rings, which may have grown."""
    if marks[c, COUNT] == ring.shape[1]:
        ring = grown(ring, marks)
    last = (marks[c, HEAD] + marks[c, COUNT]) & (ring.shape[1] - 1)
    ring[c, last, CAME], ring[c, last, DEADLINE] = came, deadline
    ring[c, last, WORK], ring[c, last, INTERVAL] = work, k
    marks[c, COUNT] += 1
    return ring


@njit(cache=True)
def spread(tally, c, start, end, width):  # noqa: ANN001, ANN201
    """Count time in queue in the intervals in which it passes."""
    k = int(start / width)
    while k < tally.shape[0] and start < end:
        upto = min(end, (k + 1) * width)
        if upto > start:
            tally[k, c, QUEUED] += upto - start
            start = upto
        k += 1


@njit(cache=True)
def fill(now, busy, servers, heap, ring, marks, tally, width, target):  # noqa: ANN001, ANN201
    """Let free servers take the first of the highest class who has not given up; return how many are busy."""
    mask = ring.shape[1] - 1
    c = 0
    while busy < servers and c < ring.shape[0]:
        if marks[c, COUNT] == 0:
            c += 1
            continue
        first = marks[c, HEAD]
        marks[c, HEAD] = (first + 1) & mask
        marks[c, COUNT] -= 1
        came, deadline, k = ring[c, first, CAME], ring[c, first, DEADLINE], int(ring[c, first, INTERVAL])
        if deadline < now:
            tally[k, c, GIVEN_UP] += 1
            tally[k, c, WAIT_GIVEN_UP] += deadline - came
            spread(tally, c, came, deadline, width)
        else:
            tally[k, c, SERVED] += 1
            tally[k, c, WAIT_SERVED] += now - came
            tally[k, c, IN_TIME] += now - came <= target
            spread(tally, c, came, now, width)
            push(heap, busy, now + ring[c, first, WORK])
            busy += 1
    return busy


@njit(cache=True)
def close(ring, marks, tally, width):  # noqa: ANN001, ANN201
    """Let those give up whom nobody will ever serve; the endlessly patient among them stay."""
    mask = ring.shape[1] - 1
    for c in range(ring.shape[0]):
        for j in range(marks[c, COUNT]):
            last = (marks[c, HEAD] + j) & mask
            came, deadline, k = ring[c, last, CAME], ring[c, last, DEADLINE], int(ring[c, last, INTERVAL])
            if deadline < np.inf:
                tally[k, c, GIVEN_UP] += 1
                tally[k, c, WAIT_GIVEN_UP] += deadline - came
            spread(tally, c, came, deadline, width)


@njit(cache=True)
def coming(rng, now, k, totals, width):  # noqa: ANN001, ANN201
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
def chosen(rng, k, shares):  # noqa: ANN001, ANN201
    """Draw the class of an arrival in interval k from cumulated shares; one class needs no draw."""
    c = 0
    if shares.shape[1] > 1:
        u = rng.random()
        while u >= shares[k, c]:
            c += 1
    return c


@njit(cache=True)
def surge(rng, totals, shares, width, staff, mu, theta, target):  # noqa: ANN001, ANN201
    """Simulate one replicate; return the tally of shape (intervals, classes, columns)."""
    tally = np.zeros((totals.size, shares.shape[1], COLUMNS))
    heap = np.empty(max(1, staff.max()))
    ring = np.empty((shares.shape[1], 1024, 4))
    marks = np.zeros((shares.shape[1], 2), np.int64)
    busy, on_duty, servers = 0, 0, staff[0]
    arrival, k = coming(rng, 0.0, 0, totals, width)
    while True:
        done = heap[0] if busy else np.inf
        change = (on_duty + 1) * width if on_duty + 1 < staff.size else np.inf
        if arrival < done and arrival < change:
            c = chosen(rng, k, shares)
            patience, work = rng.standard_exponential(), rng.standard_exponential() / mu
            tally[k, c, ARRIVED] += 1
            if busy < servers:
                tally[k, c, SERVED] += 1
                tally[k, c, IN_TIME] += 1
                push(heap, busy, arrival + work)
                busy += 1
            else:
                tally[k, c, WAITED] += 1
                deadline = arrival + patience / theta[c] if theta[c] > 0 else np.inf
                ring = join(ring, marks, c, arrival, deadline, work, k)
            arrival, k = coming(rng, arrival, k, totals, width)
        elif done < change:
            pop(heap, busy)
            busy = fill(done, busy - 1, servers, heap, ring, marks, tally, width, target)
        elif change < np.inf:
            on_duty += 1
            servers = staff[on_duty]
            busy = fill(change, busy, servers, heap, ring, marks, tally, width, target)
        else:
            break
    close(ring, marks, tally, width)
    return tally
