"""Sketches: counts over a stream of any length in a memory that does not grow, with a stated error."""

from casebook.methods.sketch.count_min import CountMin
from casebook.methods.sketch.hyperloglog import HyperLogLog

__all__ = ["CountMin", "HyperLogLog"]
