"""A stream of orders: a seeded day with a rush at midnight, a monitor that counts it exactly, and its alarms."""

from casebook.models.order_stream.batch import split
from casebook.models.order_stream.day import Day, Incident, scaled
from casebook.models.order_stream.drawing import placed, stream
from casebook.models.order_stream.monitor import Account, Closed, Monitor, together
from casebook.models.order_stream.report import Report, watch

__all__ = [
    "Account",
    "Closed",
    "Day",
    "Incident",
    "Monitor",
    "Report",
    "placed",
    "scaled",
    "split",
    "stream",
    "together",
    "watch",
]
