"""Checks of what callers of the scheduling methods pass in; each error names the parameter and its value."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

import numpy as np
from numpy.typing import NDArray

Predecessors = Mapping[str, Iterable[str]]
Link = tuple[str, str]
PerLink = float | Mapping[Link, float]


@dataclass(frozen=True)
class Network:
    """Activities in an order in which each follows its predecessors, and the places of these."""

    names: tuple[str, ...]
    before: tuple[tuple[int, ...], ...]

    @property
    def links(self) -> list[Link]:
        """Every pair of an activity and a direct successor."""
        return [(self.names[i], self.names[j]) for j, before in enumerate(self.before) for i in before]


def network(what: str, activities: Iterable[str], predecessors: Predecessors) -> Network:
    """Order activities after their predecessors, refusing unknown ones and circles.

    Parameters
    ----------
    what
        Name of the parameter that lists the activities.
    activities
        Names in any order; among those that may come next, the order given is kept.
    predecessors
        For each activity those that must end before; a text is read as one name, or as names of one letter.
    """
    known = dict.fromkeys(activities)
    if not known:
        raise ValueError(f"{what}: expected at least one activity, found none")
    before = {name: _names(predecessors.get(name, ()), known) for name in known}
    for name, earlier in before.items():
        strange = [other for other in earlier if other not in known]
        if strange:
            raise ValueError(f"predecessors: expected activities before {name!r}, found {strange[0]!r}")
    strange = [name for name in predecessors if name not in known]
    if strange:
        raise ValueError(f"predecessors: expected activities, found {strange[0]!r}")
    try:
        order = tuple(TopologicalSorter(before).static_order())
    except CycleError as error:
        raise ValueError(
            f"predecessors: expected no circle, found {' before '.join(map(str, error.args[1]))}"
        ) from None
    rank = {name: place for place, name in enumerate(known)}
    order = _stable(order, before, rank)
    place = {name: k for k, name in enumerate(order)}
    return Network(order, tuple(tuple(place[other] for other in before[name]) for name in order))


def _names(value: Iterable[str], known: Mapping[str, object]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) and value in known else tuple(dict.fromkeys(value))


def _stable(order: tuple[str, ...], before: Mapping[str, tuple[str, ...]], rank: Mapping[str, int]) -> tuple[str, ...]:
    """Sort by the number of steps an activity needs before it, then by the order given."""
    depth: dict[str, int] = {}
    for name in order:
        depth[name] = 1 + max((depth[other] for other in before[name]), default=-1)
    return tuple(sorted(order, key=lambda name: (depth[name], rank[name])))


def duration(name: str, activity: str, value: float) -> float:
    """Return a finite time of at least zero."""
    try:
        result = float(value)
    except (TypeError, ValueError):
        result = math.nan
    if not (math.isfinite(result) and result >= 0):
        raise ValueError(f"{name}: expected a finite time of at least 0 for {activity!r}, found {value!r}")
    return result


def durations(values: Mapping[str, float], order: Iterable[str]) -> NDArray[np.float64]:
    """Return the durations in an order, shape (n,)."""
    return np.array([duration("durations", name, values[name]) for name in order])


def three_points(values: Mapping[str, Iterable[float]], order: Iterable[str]) -> NDArray[np.float64]:
    """Return optimistic, likely and pessimistic durations in an order, shape (n, 3)."""
    table = []
    for name in order:
        points = [duration("three_point", name, value) for value in values[name]]
        if len(points) != 3 or points != sorted(points):
            raise ValueError(f"three_point: expected three ascending times for {name!r}, found {points}")
        table.append(points)
    return np.array(table)


def number(name: str, value: float, least: float, most: float = math.inf) -> float:
    """Return one number of an interval, ends included."""
    try:
        result = float(value)
    except (TypeError, ValueError):
        result = math.nan
    if not least <= result <= most:
        bound = f"of at least {least:g}" if most == math.inf else f"from {least:g} to {most:g}"
        raise ValueError(f"{name}: expected a number {bound}, found {value!r}")
    return result


def whole(name: str, value: int, least: int) -> int:
    """Return one whole number of at least `least`; a float such as 1000.0 is welcome."""
    result = number(name, value, least)
    if not result.is_integer():
        raise ValueError(f"{name}: expected a whole number, found {value!r}")
    return int(result)


def per_link(name: str, value: PerLink, links: Iterable[Link], most: float = math.inf) -> dict[Link, float]:
    """Return one number of at least zero for each link: the same for all, or as a mapping says and else zero."""
    links = list(links)
    if not isinstance(value, Mapping):
        return dict.fromkeys(links, number(name, value, 0, most))
    strange = [link for link in value if link not in links]
    if strange:
        raise ValueError(f"{name}: expected pairs of an activity and a direct successor, found {strange[0]!r}")
    return {link: number(name, value.get(link, 0), 0, most) for link in links}
