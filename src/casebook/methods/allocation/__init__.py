"""Allocation: who gets what, at the least cost, by mutual choice, or by a rule of fairness."""

from casebook.methods.allocation.apportionment import apportion
from casebook.methods.allocation.core import Core, assignment_core
from casebook.methods.allocation.fairness import gini, shapley
from casebook.methods.allocation.matching import blocking_pairs, stable_matching
from casebook.methods.allocation.programs import (
    Assignment,
    ShiftCover,
    Transport,
    assignment,
    shift_cover,
    transportation,
)
from casebook.methods.allocation.selection import Selection, select

__all__ = [
    "Assignment",
    "Core",
    "Selection",
    "ShiftCover",
    "Transport",
    "apportion",
    "assignment",
    "assignment_core",
    "blocking_pairs",
    "gini",
    "select",
    "shapley",
    "shift_cover",
    "stable_matching",
    "transportation",
]
