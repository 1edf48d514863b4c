"""Watching a stream: CUSUM and EWMA charts, how long they run, and how soon they catch what they are for."""

from casebook.methods.monitoring.detection import Watch, watch
from casebook.methods.monitoring.runlength import cusum_alarms, cusum_arl, cusum_limit, ewma_arl
from casebook.methods.monitoring.streams import Baseline, Cusum, Ewma, baseline, cusum, ewma, standardise

__all__ = [
    "Baseline",
    "Cusum",
    "Ewma",
    "Watch",
    "baseline",
    "cusum",
    "cusum_alarms",
    "cusum_arl",
    "cusum_limit",
    "ewma",
    "ewma_arl",
    "standardise",
    "watch",
]
