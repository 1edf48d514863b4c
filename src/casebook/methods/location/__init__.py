"""Location: which of many possible sites to open, by average distance, farthest point or demand covered; and hubs."""

from casebook.methods.location.cover import coverage, p_center
from casebook.methods.location.density import mean_walk
from casebook.methods.location.enumeration import try_every_choice
from casebook.methods.location.failures import expected_distance, reliable_p_median
from casebook.methods.location.hubs import HubNetwork, p_hub_cover
from casebook.methods.location.instances import random_network
from casebook.methods.location.median import p_median
from casebook.methods.location.result import Location, nearest

__all__ = [
    "HubNetwork",
    "Location",
    "coverage",
    "expected_distance",
    "mean_walk",
    "nearest",
    "p_center",
    "p_hub_cover",
    "p_median",
    "random_network",
    "reliable_p_median",
    "try_every_choice",
]
