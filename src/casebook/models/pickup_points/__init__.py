"""Pick-up points: an invented town, doors that may be shut, and what follows from the choice of doors.

`town` draws the town, `plans` chooses doors, `crowds` sends people to one of them, `effort` counts hours, `shelf` fresh
goods, `launch` the way to the first day, `records` the lists and the map. Methods of location, allocation, inventory
and scheduling are those of `casebook.methods`.
"""

from casebook.models.pickup_points.crowds import Counter, by_orders, capacity, crowding, shared_out
from casebook.models.pickup_points.effort import Effort, hours, orders_to_equal
from casebook.models.pickup_points.launch import AT_ONCE, IN_TURN, bars, in_time, working_hours
from casebook.models.pickup_points.plans import (
    Service,
    across_towns,
    as_if_open,
    by_number,
    chance_to_equal,
    closed,
    closings,
    covered_by_radius,
    fewest_that_beat,
    permission_to_equal,
    recovery,
    service,
    with_chances,
)
from casebook.models.pickup_points.records import (
    Records,
    draw_lists,
    geojson,
    in_every_list,
    pair_up,
    quality,
    reach_percent,
)
from casebook.models.pickup_points.shelf import Goods, spoilage
from casebook.models.pickup_points.town import CATEGORIES, Layout, Town, lay_out, positions

__all__ = [
    "AT_ONCE",
    "CATEGORIES",
    "IN_TURN",
    "Counter",
    "Effort",
    "Goods",
    "Layout",
    "Records",
    "Service",
    "Town",
    "across_towns",
    "as_if_open",
    "bars",
    "by_number",
    "by_orders",
    "capacity",
    "chance_to_equal",
    "closed",
    "closings",
    "covered_by_radius",
    "crowding",
    "draw_lists",
    "fewest_that_beat",
    "geojson",
    "hours",
    "in_every_list",
    "in_time",
    "lay_out",
    "orders_to_equal",
    "pair_up",
    "permission_to_equal",
    "positions",
    "quality",
    "reach_percent",
    "recovery",
    "service",
    "shared_out",
    "spoilage",
    "with_chances",
    "working_hours",
]
