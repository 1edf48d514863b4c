"""What the launch is assumed to need: the network of its activities, the work in them, and people who must talk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Activity:
    """An activity of the launch.

    Attributes
    ----------
    team
        Who does it.
    after
        What it waits for.
    on_draft
        Whether it can start before these are final.
    stage
        The stage of the usual way that the account lists, where it is one of them.
    """

    team: str
    after: tuple[str, ...] = ()
    on_draft: bool = True
    stage: str = ""


TRIAL = "trial run"
NETWORK = {
    "approval": Activity("product", stage="approval"),
    "requirements": Activity("product", ("approval",), on_draft=False, stage="evaluation"),
    "pricing": Activity("finance", ("requirements",), stage="actuarial work"),
    "terms": Activity("legal", ("requirements", "pricing")),
    "interaction design": Activity("design", ("requirements",)),
    "visual design": Activity("design", ("interaction design",)),
    "staff check": Activity("engineering", ("requirements",), stage="risk control"),
    "policy service": Activity("engineering", ("requirements", "pricing")),
    "pages": Activity("engineering", ("visual design",)),
    "claims service": Activity("customer service", ("terms",), stage="claims service"),
    "announcement": Activity("press office", ("terms",)),
    "test": Activity("engineering", ("staff check", "policy service", "pages"), on_draft=False),
    TRIAL: Activity("engineering", ("test", "claims service"), on_draft=False),
}
BEFORE = {name: activity.after for name, activity in NETWORK.items()}
WORK = tuple(name for name in NETWORK if name != TRIAL)


@dataclass(frozen=True)
class Launch:
    """What the launch is assumed to need.

    Attributes
    ----------
    work_person_hours, most_people
        Work in each activity but the trial run, and how many can be put on it.
    trial_hours
        From the pre-release to the release; the only time no hands shorten.
    people
        On each activity at the normal pace, n.
    loss_percent
        Working time a person loses to each colleague on the same activity, c.
    hand_over_hours
        What an activity loses to each other team it waits for, h.
    overlap_percent
        Share of an activity still to go when those that can work on a draft start.
    sensitivity, evolution
        Hours of rework an hour spoiled by a late change, and how late information settles (see `overlapped`).
    low_percent, high_percent
        Optimistic and pessimistic duration of an activity, of its likely one.
    defects_per_hundred_person_hours, rework_defects_times
        Defects that fresh work leaves, and how many times as many an hour of rework does.
    detection_hours
        Mean hours of trial run until a defect is found.

    Raises
    ------
    ValueError
        When an activity lacks its work or its people, or people would talk all the time.
    """

    work_person_hours: Mapping[str, float]
    most_people: Mapping[str, float]
    trial_hours: float
    people: float
    loss_percent: float
    hand_over_hours: float
    overlap_percent: float
    sensitivity: float
    evolution: float
    low_percent: float
    high_percent: float
    defects_per_hundred_person_hours: float
    rework_defects_times: float
    detection_hours: float

    def __post_init__(self) -> None:
        for name in ("work_person_hours", "most_people"):
            missing = set(WORK) ^ set(getattr(self, name))
            if missing:
                raise ValueError(
                    f"{name}: expected one number for each of {len(WORK)} activities, see {min(missing)!r}"
                )
        if not self.people > 0:
            raise ValueError(f"people: expected more than 0, found {self.people}")
        slow = min(self.most_people, key=lambda name: self.most_people[name])
        if self.most_people[slow] < self.people:
            raise ValueError(
                f"most_people: expected at least {self.people} for {slow!r}, found {self.most_people[slow]}"
            )
        if self.pace(self.people) <= 0:
            raise ValueError(f"loss_percent: expected less than a person's time, found {self.loss_percent}")

    def pace(self, people: float) -> float:
        r"""Return the person-hours of work a group gets done in an hour (Brooks's law).

        .. math:: v(n) = n\,\bigl(1 - c\,(n - 1)\bigr)

        References
        ----------
        F. P. Brooks, *The Mythical Man-Month* (1975), for communication that grows with the pairs of people.
        """
        return people * (1 - self.loss_percent / 100 * (people - 1))

    @property
    def fastest_group(self) -> float:
        """People beyond whom more of them take longer, n = (1 + 1/c) / 2."""
        return float("inf") if self.loss_percent == 0 else (1 + 100 / self.loss_percent) / 2

    @cached_property
    def hours(self) -> dict[str, float]:
        """Likely duration of each activity at the normal pace."""
        return {name: self._hours(name, self.people) for name in NETWORK}

    @cached_property
    def options(self) -> dict[str, tuple[float, float, float]]:
        """Shortest duration, and person-hours at the normal and at the shortest one, for `crash`."""
        found = {}
        for name in WORK:
            group = max(self.people, min(self.most_people[name], self.fastest_group))
            shortest = self._hours(name, group)
            found[name] = (shortest, self.people * self.hours[name], group * shortest)
        return found

    def _hours(self, name: str, people: float) -> float:
        if name == TRIAL:
            return self.trial_hours
        others = {NETWORK[other].team for other in BEFORE[name]} - {NETWORK[name].team}
        return self.hand_over_hours * len(others) + self.work_person_hours[name] / self.pace(people)
