"""A store assistant: it reads messages, answers, looks up, recommends, hands over, learns, and has people behind it."""

from casebook.models.store_assistant.assistant import (
    PATTERNS,
    Assistant,
    Conversation,
    Shop,
    Turn,
    marked_slots,
    outcomes,
)
from casebook.models.store_assistant.baskets import Baskets, gain_at, neighbours, popularity
from casebook.models.store_assistant.desk import Desk, Staffing, cost_curve, shares, staffing
from casebook.models.store_assistant.learning import Season, split_new, teach, telling_words, watch
from casebook.models.store_assistant.traffic import draw, mistype

__all__ = [
    "PATTERNS",
    "Assistant",
    "Baskets",
    "Conversation",
    "Desk",
    "Season",
    "Shop",
    "Staffing",
    "Turn",
    "cost_curve",
    "draw",
    "gain_at",
    "marked_slots",
    "mistype",
    "neighbours",
    "outcomes",
    "popularity",
    "shares",
    "split_new",
    "staffing",
    "teach",
    "telling_words",
    "watch",
]
