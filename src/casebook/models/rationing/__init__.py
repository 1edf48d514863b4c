"""A shelf in a panic: a rumour that feeds on itself, the rules that may stop it, and the stock that may outrun it.

`play` follows one store, its shelf and its households day by day; `supply` follows many regions and goods under an
ordering rule. Prices are constant unless a rule says otherwise, and `Rule.keeps_the_pledge` says whether it does.
"""

from casebook.models.rationing.comparison import MEASURES, intervals, judge, stopping_caps, trials
from casebook.models.rationing.course import Course, hand_out, play, sell_oldest, shipments
from casebook.models.rationing.plan import Plan, supply
from casebook.models.rationing.shop import COUNTED, MOST, POSITIVE, Rule, Shop, quiet_cap, visible_contagion

__all__ = [
    "COUNTED",
    "MEASURES",
    "MOST",
    "POSITIVE",
    "Course",
    "Plan",
    "Rule",
    "Shop",
    "hand_out",
    "intervals",
    "judge",
    "play",
    "quiet_cap",
    "sell_oldest",
    "shipments",
    "stopping_caps",
    "supply",
    "trials",
    "visible_contagion",
]
