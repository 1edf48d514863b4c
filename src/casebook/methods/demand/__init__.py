"""Demand: who buys again, what a price or a coupon changes, which message works, and plans before demand is known."""

from casebook.methods.demand.bandits import POLICIES, lai_robbins, regrets
from casebook.methods.demand.plans import Foresight, Plan, Programme, foresight, solve, worst_case
from casebook.methods.demand.pricing import Elasticity, elasticity, optimal_price, profit, prudent_price
from casebook.methods.demand.repeat import RepeatBuying, fit_repeat_buying, log_likelihood
from casebook.methods.demand.spending import Split, carried_over, optimal_split, response
from casebook.methods.demand.uplift import (
    Qini,
    Selection,
    detectable_effect,
    doubly_robust,
    fit_propensity,
    qini,
    select,
)

__all__ = [
    "POLICIES",
    "Elasticity",
    "Foresight",
    "Plan",
    "Programme",
    "Qini",
    "RepeatBuying",
    "Selection",
    "Split",
    "carried_over",
    "detectable_effect",
    "doubly_robust",
    "elasticity",
    "fit_propensity",
    "fit_repeat_buying",
    "foresight",
    "lai_robbins",
    "log_likelihood",
    "optimal_price",
    "optimal_split",
    "profit",
    "prudent_price",
    "qini",
    "regrets",
    "response",
    "select",
    "solve",
    "worst_case",
]
