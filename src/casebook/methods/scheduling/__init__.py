"""Scheduling: how long a project takes and what speed costs, and how many vehicles a timetable needs."""

from casebook.methods.scheduling.crashing import Crash, crash
from casebook.methods.scheduling.fleet import Fleet, connections, minimum_fleet
from casebook.methods.scheduling.network import Schedule, critical_path, in_sequence
from casebook.methods.scheduling.overlap import Overlapped, best_overlap, overlapped, simulate_overlapped
from casebook.methods.scheduling.pert import Pert, Simulated, pert, simulate_pert

__all__ = [
    "Crash",
    "Fleet",
    "Overlapped",
    "Pert",
    "Schedule",
    "Simulated",
    "best_overlap",
    "connections",
    "crash",
    "critical_path",
    "in_sequence",
    "minimum_fleet",
    "overlapped",
    "pert",
    "simulate_overlapped",
    "simulate_pert",
]
