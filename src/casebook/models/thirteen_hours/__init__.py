"""A launch in one night: the same work in sequence, side by side, started early, and with more hands.

The account names the teams, some clock times and the stages of the usual way. The network of activities, the work in
each and everything else are assumptions: the fields of `Launch` and the constant `NETWORK`.
"""

from casebook.models.thirteen_hours.launch import BEFORE, NETWORK, TRIAL, WORK, Activity, Launch
from casebook.models.thirteen_hours.plans import Plan, all_hands, crashed, plan, started_early
from casebook.models.thirteen_hours.results import (
    by_team,
    compare,
    defects,
    head_count,
    limit,
    load_for,
    overlap_curve,
    simulate,
    slack,
    three_points,
    ways,
)

__all__ = [
    "BEFORE",
    "NETWORK",
    "TRIAL",
    "WORK",
    "Activity",
    "Launch",
    "Plan",
    "all_hands",
    "by_team",
    "compare",
    "crashed",
    "defects",
    "head_count",
    "limit",
    "load_for",
    "overlap_curve",
    "plan",
    "simulate",
    "slack",
    "started_early",
    "three_points",
    "ways",
]
