"""Delivery in several regions: where a fleet tips over, what sharing, partners and contactless hand-over change.

Queues come from `casebook.methods.queueing`; what this package adds is a network of regions with their own peaks, the
plan that lends couriers between them (a linear program, proven optimal by its dual), and the people a courier meets.
Every assumption is a field of `Network`.
"""

from casebook.models.delivery_capacity.contact import (
    infections,
    meeting_percent,
    meetings,
    outbreak,
    rosters,
    transmission,
)
from casebook.models.delivery_capacity.gains import coalitions, groups, hours_put_in, nearest_in_core, temptation, worth
from casebook.models.delivery_capacity.lending import DRIVERS, RIDERS, Plan, added, alone, lend, surprise
from casebook.models.delivery_capacity.load import break_even, cliff, days, policies
from casebook.models.delivery_capacity.network import Network

__all__ = [
    "DRIVERS",
    "RIDERS",
    "Network",
    "Plan",
    "added",
    "alone",
    "break_even",
    "cliff",
    "coalitions",
    "days",
    "groups",
    "hours_put_in",
    "infections",
    "lend",
    "meeting_percent",
    "meetings",
    "nearest_in_core",
    "outbreak",
    "policies",
    "rosters",
    "surprise",
    "temptation",
    "transmission",
    "worth",
]
