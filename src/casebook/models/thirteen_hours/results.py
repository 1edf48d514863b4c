"""What a plan of the launch implies: its length against other ways, its slack, its chances and its defects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
import pandas as pd

from casebook.methods.scheduling import Simulated, overlapped, simulate_overlapped
from casebook.models.thirteen_hours.launch import BEFORE, NETWORK, TRIAL, WORK, Launch
from casebook.models.thirteen_hours.plans import NEAR, Plan, all_hands, crashed, edge, plan, started_early

WEEK_HOURS = 168


def ways(case: Launch, deadline: float) -> pd.DataFrame:
    """Compare ways to do the same work: columns way, hours, person-hours, of which rework."""
    first, hands = plan(case), crashed(case, all_hands(case).length)
    plans = {
        "side by side": first,
        "started early": plan(case, early=True),
        "more hands": hands,
        "both": started_early(case, deadline),
    }
    rows = [("in sequence", sum(case.hours.values()), first.person_hours, 0.0)]
    rows += [(name, way.length, way.person_hours, way.rework_person_hours) for name, way in plans.items()]
    return pd.DataFrame(rows, columns=["way", "hours", "person-hours", "rework"])


def limit(case: Launch, name: str, far: float, deadline: float) -> float:
    """Find where an assumption, moved towards a far value, makes the deadline impossible by all hands and early starts.

    Parameters
    ----------
    name
        A field of `Launch`, or 'work' for a factor on all the work.
    """

    def holds(value: float) -> bool:
        work = {key: value * hours for key, hours in case.work_person_hours.items()}
        moved = replace(case, **({"work_person_hours": work} if name == "work" else {name: value}))
        return all_hands(moved, early=True).length <= deadline

    now = 1.0 if name == "work" else getattr(case, name)
    return far if holds(far) else edge(holds, now, far)


def slack(case: Launch, way: Plan) -> dict[str, float]:
    """Find how many more hours each activity could take before the release slips."""
    return {name: _slack(case, way, name) for name in NETWORK}


def _slack(case: Launch, way: Plan, name: str) -> float:
    def holds(more: float) -> bool:
        hours = way.hours | {name: way.hours[name] + more}
        slipped = overlapped(hours, BEFORE, way.overlap, case.sensitivity, case.evolution)
        return slipped.length <= way.length + NEAR

    found = edge(holds, 0.0, way.length)
    return found if found > 1e-3 else 0.0


def by_team(case: Launch, way: Plan) -> pd.DataFrame:
    """Sum up a plan by team: columns team, from, until, person-hours, slack (the least of its activities)."""
    spare, teams = slack(case, way), dict.fromkeys(NETWORK[name].team for name in WORK)
    rows = []
    for team in teams:
        own = [name for name in WORK if NETWORK[name].team == team]
        work = sum(way.people[name] * (way.hours[name] + way.rework[name]) for name in own)
        first, last = min(way.start[name] for name in own), max(way.finish[name] for name in own)
        rows.append((team, first, last, work, min(spare[name] for name in own)))
    return pd.DataFrame(rows, columns=["team", "from", "until", "person-hours", "slack"])


def head_count(way: Plan, step_hours: float = 0.25) -> pd.DataFrame:
    """Count the people at work over the hours before the trial run: columns hour, people."""
    at = np.arange(0, way.length, step_hours)
    busy = sum(way.people[name] * ((way.start[name] <= at) & (at < way.finish[name])) for name in WORK)
    return pd.DataFrame({"hour": at, "people": busy})


def simulate(
    case: Launch, way: Plan, replicates: int = 20, runs: int = 1000, seed: int = 1, executor: Executor | None = None
) -> Simulated:
    """Simulate nights on which every activity takes its own time and late changes come at random."""
    return simulate_overlapped(
        three_points(case, way), BEFORE, way.overlap, case.sensitivity, case.evolution,
        replicates, runs, seed, executor,
    )  # fmt: skip


def three_points(case: Launch, way: Plan) -> dict[str, tuple[float, float, float]]:
    """Return optimistic, likely and pessimistic hours; the trial run lasts as long as it is given."""
    low, high = case.low_percent / 100, case.high_percent / 100
    points = {name: (low * hours, hours, high * hours) for name, hours in way.hours.items()}
    return points | {TRIAL: (way.hours[TRIAL],) * 3}


def load_for(case: Launch, usual_hours: float, office_hours_per_week: float) -> float:
    r"""Return how busy departments must be with other work for the sequence to take the usual time.

    .. math:: T = \frac{\sum_j d_j}{1 - \rho} \cdot \frac{168}{w}

    Each stage is a queue with one server (M/M/1): a project is there :math:`1/(1 - \rho)` times as long as it is worked
    on, and during w office hours of a week only.
    """
    load = 1 - sum(case.hours.values()) * WEEK_HOURS / office_hours_per_week / usual_hours
    if load < 0:
        raise ValueError(f"usual_hours: expected at least {usual_hours * (1 - load):.4g}, found {usual_hours:g}")
    return load


def defects(case: Launch, way: Plan, trial_hours: Iterable[float]) -> pd.DataFrame:
    r"""Trade hours of trial run for defects left at the release: columns release, defects.

    .. math:: D\,e^{-t/\theta}, \qquad D = b\,(\text{fresh person-hours} + m \cdot \text{rework person-hours})
    """
    trial = np.asarray(list(trial_hours), dtype=float)
    again = way.rework_person_hours
    weighted = way.person_hours - again + case.rework_defects_times * again
    made = case.defects_per_hundred_person_hours / 100 * weighted
    before = max(way.finish[name] for name in ("test", "claims service"))
    return pd.DataFrame({"release": before + trial, "defects": made * np.exp(-trial / case.detection_hours)})


def compare(places: Mapping[str, Launch], deadline: float) -> pd.DataFrame:
    """Compare launches, such as the same team dispersed and in one room.

    Returns
    -------
    pandas.DataFrame
        One row a launch: place; hours side by side, with all hands in order (in_order) and started early as well
        (early); person_hours and defects of the plan that just meets the deadline with early starts; and how often
        all hands and early starts meet it (on_time_percent).
    """
    rows = []
    for name, case in places.items():
        fastest, fits = all_hands(case, early=True), started_early(case, deadline)
        left = defects(case, fits, [case.trial_hours])["defects"].item()
        hours = plan(case).length, all_hands(case).length, fastest.length
        rows.append((name, *hours, fits.person_hours, left, 100 * simulate(case, fastest).within(deadline)))
    names = ["place", "side_by_side", "in_order", "early", "person_hours", "defects", "on_time_percent"]
    return pd.DataFrame(rows, columns=names)


def overlap_curve(case: Launch, shares: Iterable[float], sensitivities: Iterable[float]) -> pd.DataFrame:
    """Vary how early activities start and how much early work is spoiled: columns overlap, sensitivity, hours, rework."""
    rows = []
    for spoils in sensitivities:
        for share in shares:
            way = plan(replace(case, overlap_percent=share, sensitivity=spoils), early=True)
            rows.append((share, spoils, way.length, way.rework_person_hours))
    return pd.DataFrame(rows, columns=["overlap", "sensitivity", "hours", "rework"])
