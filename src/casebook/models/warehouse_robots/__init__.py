"""Robots that carry shelves to pickers: a closed network, a floor with blocking, and what two claims can mean.

The closed network knows no traffic; the simulated floor does. Both take a `Site`, whose fields are the assumptions.
"""

from casebook.models.warehouse_robots.claims import Mistakes, Staff, picks_to_tell, readings
from casebook.models.warehouse_robots.fleet import Shift, Trips, demands, network, shift, trials, trips
from casebook.models.warehouse_robots.site import Floor, Site, floor
from casebook.models.warehouse_robots.tasks import compared, exponential_cost, nearest_first

__all__ = [
    "Floor",
    "Mistakes",
    "Shift",
    "Site",
    "Staff",
    "Trips",
    "compared",
    "demands",
    "exponential_cost",
    "floor",
    "nearest_first",
    "network",
    "picks_to_tell",
    "readings",
    "shift",
    "trials",
    "trips",
]
