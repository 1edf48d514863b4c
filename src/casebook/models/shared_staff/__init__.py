"""Shared staff: how many hands a surge asks for, who goes where, who would leave, and when a loan does not pay.

Every assumption is a field of `Sharing`; the group's own units are `Units`.
"""

from casebook.models.shared_staff.lending import (
    HOME,
    City,
    best,
    city,
    distance,
    longest_way,
    measures,
    plans,
    routes,
    surplus,
    training,
)
from casebook.models.shared_staff.loans import mean_loan_that_pays, payback_days, ramp, recalled_hours, useful_hours
from casebook.models.shared_staff.need import covers, hands, left_undone, need, orders, required
from casebook.models.shared_staff.peaks import break_even, waiting
from casebook.models.shared_staff.sharing import DELIVERY, ROLES, STORE, Sharing
from casebook.models.shared_staff.stability import by_trade, leavers, preferences, split, stable, wages
from casebook.models.shared_staff.units import Units, equilibria, lend, trust_needed

__all__ = [
    "DELIVERY",
    "HOME",
    "ROLES",
    "STORE",
    "City",
    "Sharing",
    "Units",
    "best",
    "break_even",
    "by_trade",
    "city",
    "covers",
    "distance",
    "equilibria",
    "hands",
    "leavers",
    "left_undone",
    "lend",
    "longest_way",
    "mean_loan_that_pays",
    "measures",
    "need",
    "orders",
    "payback_days",
    "plans",
    "preferences",
    "ramp",
    "recalled_hours",
    "required",
    "routes",
    "split",
    "stable",
    "surplus",
    "training",
    "trust_needed",
    "useful_hours",
    "wages",
    "waiting",
]
