"""Plans of the launch: in order, started early, with as many hands as a deadline needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from casebook.methods.scheduling import crash, overlapped
from casebook.models.thirteen_hours.launch import BEFORE, NETWORK, WORK, Launch

NEAR = 1e-9  # hours


@dataclass(frozen=True)
class Plan:
    """A plan of the launch, in hours after the kick-off, by activity.

    Attributes
    ----------
    length
        When the last activity is done.
    hours, people
        Duration of each activity's own work, and how many are on it.
    start, finish, rework
        When it starts, when it is done, and the rework within, at its mean.
    overlap
        Share to go, by link, when those that can work on a draft start.
    """

    length: float
    hours: dict[str, float]
    people: dict[str, float]
    start: dict[str, float]
    finish: dict[str, float]
    rework: dict[str, float]
    overlap: dict[tuple[str, str], float]

    @property
    def person_hours(self) -> float:
        """Work and rework, without the trial run."""
        return sum(self.people[name] * (self.hours[name] + self.rework[name]) for name in WORK)

    @property
    def rework_person_hours(self) -> float:
        """Rework alone."""
        return sum(self.people[name] * self.rework[name] for name in WORK)


def plan(case: Launch, hands: Mapping[str, float] | None = None, early: bool = False) -> Plan:
    """Schedule the launch.

    Parameters
    ----------
    hands
        Hours that more people take from an activity; none where it is not named.
    early
        Whether activities start on drafts.
    """
    hours = {name: case.hours[name] - (hands or {}).get(name, 0) for name in NETWORK}
    share = case.overlap_percent / 100 if early else 0.0
    overlap = {(i, j): share for j, activity in NETWORK.items() for i in activity.after if activity.on_draft}
    found = overlapped(hours, BEFORE, overlap, case.sensitivity, case.evolution)
    people = {name: _people(case, name, hours[name]) for name in WORK}
    return Plan(found.length, hours, people, found.start, found.finish, found.rework, overlap)


def _people(case: Launch, name: str, hours: float) -> float:
    """Return the people on an activity: person-hours change evenly with the hours, as in `crash`."""
    shortest, normal, most = case.options[name]
    room = case.hours[name] - shortest
    cost = normal + (most - normal) * (case.hours[name] - hours) / room if room else normal
    return cost / hours if hours else case.people


def all_hands(case: Launch, early: bool = False) -> Plan:
    """Schedule the launch with every activity at its shortest."""
    return plan(case, _room(case), early)


def _room(case: Launch) -> dict[str, float]:
    return {name: case.hours[name] - case.options[name][0] for name in WORK}


def crashed(case: Launch, deadline: float) -> Plan:
    """Meet a deadline in order with the fewest person-hours; a `ValueError` where all hands cannot."""
    return plan(case, crash(case.hours, case.options, BEFORE, deadline).saved)


def started_early(case: Launch, deadline: float) -> Plan:
    """Meet a deadline with early starts: from all hands, take them away, dearest first, while the deadline holds.

    A good plan, not a proven best.

    Raises
    ------
    ValueError
        When all hands and early starts cannot meet the deadline.
    """
    hands = _room(case)
    if (shortest := all_hands(case, early=True).length) > deadline + NEAR:
        raise ValueError(f"deadline: expected at least {shortest:.4g} hours, found {deadline:g}")
    price = {name: (case.options[name][2] - case.options[name][1]) / hands[name] for name in WORK if hands[name] > NEAR}
    for name in sorted(price, key=lambda name: -price[name]):

        def meets(saved: float, name: str = name) -> bool:
            return plan(case, hands | {name: saved}, early=True).length <= deadline + NEAR

        hands[name] = 0.0 if meets(0.0) else edge(meets, hands[name], 0.0)
    return plan(case, hands, early=True)


def edge(holds: Callable[[float], bool], yes: float, no: float) -> float:
    """Return the last value that holds on the way from one that does to one that does not, by bisection."""
    for _ in range(28):
        middle = (yes + no) / 2
        yes, no = (middle, no) if holds(middle) else (yes, middle)
    return yes
