"""Stock placed in regional warehouses before a festival: a forecast, a rule, and what is then served from nearby.

`draw` makes a season: what sells on ordinary days, what customers showed beforehand, the last festival and this one.
`learn` reads the last festival, `forecast` looks ahead to this one, `stock` turns the forecast into pieces by a rule
and `judge` measures what the pieces serve.
"""

from casebook.models.pre_positioning.festival import Festival
from casebook.models.pre_positioning.placement import RULES, classes, compare, frontier, judge, play, shared, stock
from casebook.models.pre_positioning.season import (
    Learned,
    Season,
    cell_log_sd,
    draw,
    forecast,
    ideal,
    learn,
    scores,
    totals,
)

__all__ = [
    "RULES",
    "Festival",
    "Learned",
    "Season",
    "cell_log_sd",
    "classes",
    "compare",
    "draw",
    "forecast",
    "frontier",
    "ideal",
    "judge",
    "learn",
    "play",
    "scores",
    "shared",
    "stock",
    "totals",
]
