"""How many aircraft a timetable of charter flights needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from casebook.methods.scheduling import Fleet, connections, minimum_fleet

RHYTHMS = ("even", "nightly", "weekly")


@dataclass(frozen=True)
class Plan:
    """Where charter flights go, and how long aircraft are away.

    Attributes
    ----------
    routes
        Number of destinations, served in turn.
    shortest_hours, longest_hours
        Time in the air to the nearest and to the farthest; the others lie evenly between.
    turn_hours
        Time on the ground at each end.
    hop_hours
        Empty run between the two home airports, which take turns as well.

    Raises
    ------
    ValueError
        When there is no route, or the times are not positive and in order.
    """

    routes: int
    shortest_hours: float
    longest_hours: float
    turn_hours: float
    hop_hours: float

    def __post_init__(self) -> None:
        if self.routes < 1:
            raise ValueError(f"routes: expected at least 1, found {self.routes}")
        if not 0 < self.shortest_hours <= self.longest_hours:
            raise ValueError(
                f"longest_hours: expected at least {self.shortest_hours}, above 0, found {self.longest_hours}"
            )
        if not (self.turn_hours >= 0 and 0 <= self.hop_hours < self.shortest_hours):
            raise ValueError(f"hop_hours: expected less than {self.shortest_hours}, found {self.hop_hours}")


def trips(plan: Plan, flights_per_day: float, weeks: int, rhythm: str = "even") -> pd.DataFrame:
    """List the flights of some weeks: route, home, start and end in hours.

    Parameters
    ----------
    rhythm
        'even' spreads departures over the clock, 'nightly' sends the flights of a day together, 'weekly' squeezes
        those of a week into one day.

    Raises
    ------
    ValueError
        When the rhythm is unknown, or no flight falls into the weeks.
    """
    if rhythm not in RHYTHMS:
        raise ValueError(f"rhythm: expected one of {', '.join(map(repr, RHYTHMS))}, found {rhythm!r}")
    number = np.arange(round(flights_per_day * 7 * weeks))
    if not number.size:
        raise ValueError(f"flights_per_day: expected at least one flight in {weeks} weeks, found {flights_per_day}")
    day = number / flights_per_day
    if rhythm == "nightly":
        day = np.floor(day + 1e-9)
    elif rhythm == "weekly":
        day = 7 * np.floor(day / 7 + 1e-9) + day % 7 / 7
    route = number % plan.routes
    hours = np.linspace(plan.shortest_hours, plan.longest_hours, plan.routes)[route]
    home = number // plan.routes % 2
    return pd.DataFrame({"route": route, "home": home, "start": 24 * day, "end": 24 * day + hours})


def fleet(timetable: pd.DataFrame, plan: Plan) -> Fleet:
    """Find the fewest aircraft: after a flight each turns round, flies home empty, and turns round again."""
    hours = (timetable["end"] - timetable["start"]).to_numpy()
    home = timetable["home"].to_numpy()
    gap = 2 * plan.turn_hours + hours[:, None] + plan.hop_hours * (home[:, None] != home[None, :])
    return minimum_fleet(connections(timetable["start"], timetable["end"], gap))
