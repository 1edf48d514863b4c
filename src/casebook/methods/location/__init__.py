"""Location: which of many possible sites to open, by average distance, by the farthest point, or by demand covered."""

from casebook.methods.location.cover import coverage, p_center
from casebook.methods.location.density import mean_walk
from casebook.methods.location.enumeration import try_every_choice
from casebook.methods.location.failures import expected_distance, reliable_p_median
from casebook.methods.location.instances import random_network
from casebook.methods.location.median import p_median
from casebook.methods.location.result import Location, nearest

__all__ = [
    "Location",
    "coverage",
    "expected_distance",
    "mean_walk",
    "nearest",
    "p_center",
    "p_median",
    "random_network",
    "reliable_p_median",
    "try_every_choice",
]
