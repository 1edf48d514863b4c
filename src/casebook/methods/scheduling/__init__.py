"""Scheduling: how long a project takes, what determines it, and what speed costs in money or rework."""

from casebook.methods.scheduling.crashing import Crash, crash
from casebook.methods.scheduling.network import Schedule, critical_path, in_sequence
from casebook.methods.scheduling.overlap import Overlapped, best_overlap, overlapped, simulate_overlapped
from casebook.methods.scheduling.pert import Pert, Simulated, pert, simulate_pert

__all__ = [
    "Crash",
    "Overlapped",
    "Pert",
    "Schedule",
    "Simulated",
    "best_overlap",
    "crash",
    "critical_path",
    "in_sequence",
    "overlapped",
    "pert",
    "simulate_overlapped",
    "simulate_pert",
]
