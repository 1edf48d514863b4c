"""Relief logistics: what a hotline, a green channel and a skipped warehouse save, and who pays for it.

A call queue with classes, checkpoints with classes, the way of a load as a sum of stages, a chain of stocks with and
without its middle, trucks sent to loads, and mask makers who share their material. Queues and stocks are methods of
`casebook.methods`; the fields of `Relief` are the assumptions.
"""

from casebook.models.relief_logistics.assumptions import Relief
from casebook.models.relief_logistics.chain import skipping, way_days
from casebook.models.relief_logistics.channel import (
    STAGES,
    checkpoint,
    driving_hours,
    green_hours,
    in_office,
    journey,
    load_that_keeps_waiting,
    share_that_keeps,
)
from casebook.models.relief_logistics.hotline import (
    busy_hour_calls,
    call_day,
    calls_a_day,
    load_for,
    minutes_to_fill,
    simulated_day,
    triage,
    triage_simulated,
    with_redials,
)
from casebook.models.relief_logistics.makers import masks
from casebook.models.relief_logistics.trucks import base_for, carried, dispatch, nearest_left

__all__ = [
    "STAGES",
    "Relief",
    "base_for",
    "busy_hour_calls",
    "call_day",
    "calls_a_day",
    "carried",
    "checkpoint",
    "dispatch",
    "driving_hours",
    "green_hours",
    "in_office",
    "journey",
    "load_for",
    "load_that_keeps_waiting",
    "masks",
    "minutes_to_fill",
    "nearest_left",
    "share_that_keeps",
    "simulated_day",
    "skipping",
    "triage",
    "triage_simulated",
    "way_days",
    "with_redials",
]
