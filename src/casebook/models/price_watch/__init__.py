"""A watch on prices: whom it catches and accuses, what slips past it, what a notice did, what a ceiling costs.

The charts that watch are `casebook.methods.monitoring`. Here stand the seeded stream of listings they are let loose
on, the disguises of gouging, the comparison of two platforms, and supply and demand under a ceiling.
"""

from casebook.models.price_watch.ceiling import Outcome, Trade, indifferent, outcome, panic
from casebook.models.price_watch.evasion import DISGUISES, Evasion, evade
from casebook.models.price_watch.market import BASELINES, KINDS, Market, halfway, prices, scores
from casebook.models.price_watch.notice import Difference, Notice, difference, judged, panel
from casebook.models.price_watch.rules import (
    PER,
    STEP,
    Rule,
    by_rise,
    calibrated,
    even_odds,
    half_accused,
    promised,
    trade,
    watch,
)

__all__ = [
    "BASELINES",
    "DISGUISES",
    "KINDS",
    "PER",
    "STEP",
    "Difference",
    "Evasion",
    "Market",
    "Notice",
    "Outcome",
    "Rule",
    "Trade",
    "by_rise",
    "calibrated",
    "difference",
    "evade",
    "even_odds",
    "half_accused",
    "halfway",
    "indifferent",
    "judged",
    "outcome",
    "panel",
    "panic",
    "prices",
    "promised",
    "scores",
    "trade",
    "watch",
]
