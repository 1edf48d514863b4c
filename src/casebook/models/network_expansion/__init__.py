"""Network expansion: what more flights, thirty thousand stations and a flood of applications come to.

One module a promise: `freight` (waiting for a flight), `timetable` (aircraft), `stations` (cities and walks) and
`screening` (applications). None knows a number of the company; all take them as arguments.
"""

from casebook.models.network_expansion.freight import (
    Freight,
    Story,
    flights_alone,
    mean_wait,
    ramp,
    simulated,
    travel_times,
)
from casebook.models.network_expansion.screening import Flood, Sieve, recruits, sieve, tried
from casebook.models.network_expansion.stations import (
    cover_curve,
    crowding,
    least_walk,
    neighbourhood,
    sizes,
    strewn,
)
from casebook.models.network_expansion.timetable import Plan, fleet, trips

__all__ = [
    "Flood",
    "Freight",
    "Plan",
    "Sieve",
    "Story",
    "cover_curve",
    "crowding",
    "fleet",
    "flights_alone",
    "least_walk",
    "mean_wait",
    "neighbourhood",
    "ramp",
    "recruits",
    "sieve",
    "simulated",
    "sizes",
    "strewn",
    "travel_times",
    "tried",
    "trips",
]
