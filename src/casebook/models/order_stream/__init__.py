"""A stream of orders: a seeded day with a rush at midnight, a monitor that counts it exactly, and its alarms."""

from casebook.models.order_stream.day import Day, Incident, placed, scaled, stream
from casebook.models.order_stream.monitor import Account, Closed, Monitor, split, together

__all__ = ["Account", "Closed", "Day", "Incident", "Monitor", "placed", "scaled", "split", "stream", "together"]
