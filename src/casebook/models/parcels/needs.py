"""What it would take: the capacity or the share of stock nearby that keeps a promise, the delay a milestone asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from casebook.models.parcels.scenario import Scenario
from casebook.models.parcels.simulation import simulate

HALVINGS = 14


def capacity_for(scenario: Scenario, hours: float, share: float, most: float = 1000.0) -> float:
    """Find how many times every capacity is needed so that a share of the parcels comes in time.

    Parameters
    ----------
    scenario
        The network to be enlarged; use a `sample` of it.
    hours
        Hours from order to door.
    share
        Share of the parcels that must come in time, from nought to one.
    most
        Largest multiple to try.

    Raises
    ------
    ValueError
        When even the largest multiple does not suffice.
    """

    def met(multiple: float) -> bool:
        return simulate(scenario.enlarged(multiple)).share_within(hours) >= share

    return _least("share", share, met, 0.0, most)


def nearby_for(scenario: Scenario, hours: float, share: float) -> float:
    """Find the percentage that must be stocked nearby so that a share of the parcels comes in time.

    Parameters are those of `capacity_for`; the capacities stay as they are.

    Raises
    ------
    ValueError
        When even a full stock nearby does not suffice.
    """

    def met(percent: float) -> bool:
        return simulate(replace(scenario, nearby_percent=percent)).share_within(hours) >= share

    return _least("share", share, met, scenario.express_percent, 100.0)


def delayed_to(scenario: Scenario, parcels: float, day: float) -> Scenario:
    """Slow every trip by the same hours until so many parcels have been delivered on the given day, not earlier.

    Raises
    ------
    ValueError
        When the network is later than that without any delay, or would be earlier with the longest tried.
    """

    def slowed(hours: float) -> Scenario:
        least, most = scenario.trip_least_hours + hours, scenario.trip_most_hours + hours
        return replace(scenario, trip_least_hours=least, trip_most_hours=most)

    def late(hours: float) -> bool:
        return simulate(slowed(hours)).day_of(parcels) >= day

    if late(0.0):
        raise ValueError(f"day: expected later than the network without delay, found {day}")
    return slowed(_least("day", day, late, 0.0, 24 * max(1.0, 2 * day)))


def _least(name: str, wanted: float, met: Callable[[float], bool], low: float, high: float) -> float:
    """Halve the interval between what does not suffice and what does."""
    if not met(high):
        raise ValueError(f"{name}: expected one that can be reached, found {wanted}, which {high:g} does not reach")
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if middle > 0 and met(middle):
            high = middle
        else:
            low = middle
    return high
