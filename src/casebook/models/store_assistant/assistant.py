"""The assistant at work: what a message wants and names, what the shop knows of it, and who answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from casebook.methods.language import Calibration, IntentClassifier, SlotFinder
from casebook.methods.language.slots import Slot

PATTERNS = {
    "order": r"(?<!\d)\d{8}(?!\d)",
    "money": r"(?<![\w.,])\d[\d,]*\s?(?:yuan|rmb)\b",
    "size": r"(?<![\w'’])(?:(?-i:XXL|XL|XS|[SML])(?![\w'’])|(?:3[5-9]|4[0-6])(?!\w|[.,]?\d| ?(?:cm|°|yuan|percent)))",
}
"""Slots that have a form: order numbers, amounts, sizes in letters or numbers."""

WANTED = {"product": "Which product do you mean?", "order": "Which order is it? The number has eight digits."}
UNKNOWN_ORDER = "I find no order {order}. Would you look at the number again?"
OUT_OF_SCOPE = "out-of-scope"
TAKEN_OVER = "(goes to the person who has taken over)"


def marked_slots(cells: Iterable[str]) -> list[list[Slot]]:
    """Read slots as the table of messages holds them: 'size=M; product=wool coat'."""
    return [
        [(kind, value) for kind, _, value in (slot.partition("=") for slot in cell.split("; ") if slot)]
        for cell in cells
    ]


@dataclass(frozen=True)
class Shop:
    """What the assistant can say and look up.

    Attributes
    ----------
    answers
        Route, property asked for, medium and reply of each intent.
    facts
        Value by kind, subject and property.
    return_days
        Days after delivery in which goods may come back.
    """

    answers: Mapping[str, Mapping[str, str]]
    facts: Mapping[tuple[str, str, str], str]
    return_days: float

    @classmethod
    def of(cls, answers: pd.DataFrame, facts: pd.DataFrame, return_days: float) -> Shop:
        """Read the tables of answers and facts."""
        rows = facts[["kind", "subject", "property", "value"]].itertuples(index=False)
        return cls(answers.set_index("id").to_dict("index"), {row[:3]: row[3] for row in rows}, return_days)

    def fact(self, kind: str, subject: str, name: str) -> str | None:
        """Return a fact; None where the shop does not know."""
        return self.facts.get((kind, subject.casefold() if kind in ("item", "term") else subject, name))

    def subjects(self, kind: str) -> list[str]:
        """Return what the shop has facts of."""
        return list(dict.fromkeys(subject for known, subject, _ in self.facts if known == kind))

    def about_order(self, order: str, asked: str) -> str | None:
        """Say what the rule is for an order as it stands; None where there is no such order."""
        item, state, days = (self.fact("order", order, name) for name in ("item", "state", "days"))
        if item is None or state is None or days is None:
            return None
        if state == "delivered" and int(days) > self.return_days:
            state = "delivered long ago"
        return self.facts["rule", asked, state].format(order=order, item=item, days=days)

    def meaning(self, message: str) -> str | None:
        """Explain the longest term of the shop that stands in a message."""
        plain = message.casefold()
        known = [term for term in self.subjects("term") if re.search(rf"(?<!\w){re.escape(term)}(?!\w)", plain)]
        return self.facts["term", max(known, key=len), "meaning"] if known else None

    def suggest(self, bought: Iterable[str], wish: str, below: float, most: int = 3) -> list[str]:
        """Suggest goods up to a price that serve a wish and share most with what a customer bought."""
        own = list(bought)
        liked = [tag for item in own for tag in self._tags(item)]
        rank = {}
        for item in self.subjects("item"):
            tags = self._tags(item)
            named = sum(re.search(rf"(?<!\w){tag}", wish.casefold()) is not None for tag in tags)
            if item not in own:
                rank[item] = (-named, -sum(map(liked.count, tags)), float(self.facts["item", item, "price"]))
        return sorted((item for item in rank if rank[item][-1] <= below), key=lambda item: rank[item])[:most]

    def _tags(self, item: str) -> list[str]:
        return (self.fact("item", item, "tags") or "").split(", ")


@dataclass(frozen=True)
class Turn:
    """One message and what became of it; `handled` is answered, asked back, other bot or person."""

    said: str
    intent: str
    chance: float
    slots: tuple[Slot, ...]
    reply: str
    medium: str
    handled: str


@dataclass
class Conversation:
    """A customer and what was said so far; whoever takes over receives all of it."""

    customer: str = ""
    turns: list[Turn] = field(default_factory=list)
    named: dict[str, list[str]] = field(default_factory=dict)
    pending: tuple[str, str] | None = None

    @property
    def with_person(self) -> bool:
        """Whether a person has taken over."""
        return bool(self.turns) and self.turns[-1].handled == "person"

    def latest(self, kind: str) -> str | None:
        """Return what the customer named last of a kind."""
        return self.named.get(kind, [None])[-1]


@dataclass(frozen=True)
class Assistant:
    """A classifier with the bar below which a person answers, and the shop it answers for.

    The classifier was taught with messages in which the finder had masked the slots.
    """

    classifier: IntentClassifier
    finder: SlotFinder
    calibration: Calibration
    bar: float
    shop: Shop

    def reply(self, conversation: Conversation, message: str) -> Turn:
        """Answer a message, ask back, or hand the conversation over; the turn is added to it.

        Raises
        ------
        ValueError
            When the message is not a text.
        """
        intents, scores = self.classifier.decide(self.finder.mask([message]))
        slots = self.finder.find([message])[0]
        for kind, value in slots:
            conversation.named.setdefault(kind, []).append(value)
        intent, chance = str(intents[0]), float(self.calibration.probability(scores[0]))
        if conversation.pending and any(kind == conversation.pending[1] for kind, _ in slots):
            intent, chance = conversation.pending[0], max(chance, self.bar)
        conversation.pending = None
        acted = OUT_OF_SCOPE if chance < self.bar else intent
        reply, handled = (TAKEN_OVER, "person") if conversation.with_person else self._act(acted, conversation, message)
        if not reply:
            acted = OUT_OF_SCOPE
            reply = self.shop.answers[acted]["reply"]
        medium = self.shop.answers[acted]["medium"] if handled == "answered" else "text"
        turn = Turn(message, intent, chance, tuple(slots), reply, medium, handled)
        conversation.turns.append(turn)
        return turn

    def _act(self, intent: str, conversation: Conversation, message: str) -> tuple[str, str]:
        """Return the reply to an intent and how it was handled."""
        answer, shop = self.shop.answers[intent], self.shop
        route, asks, reply = answer["route"], answer["asks"], answer["reply"]
        if route in ("say", "person", "bot"):
            return reply, {"say": "answered", "person": "person", "bot": "other bot"}[route]
        if route in ("product", "order"):
            return self._look_up(intent, conversation)
        if route == "offer":
            return reply.format(value=shop.facts["offer", "shop", asks]), "answered"
        if route == "recommend":
            return self._recommend(reply, f"{message} {asks}", conversation)
        value = shop.meaning(message) if route == "term" else self._compare(conversation)
        if value is None:
            return ("", "person") if route == "term" else (f"{WANTED['product']} And the other one?", "asked back")
        return reply.format(value=value), "answered"

    def _look_up(self, intent: str, conversation: Conversation) -> tuple[str, str]:
        """Look a property up for the product or order named last, or ask which it is."""
        answer, kind = self.shop.answers[intent], self.shop.answers[intent]["route"]
        name = conversation.latest(kind)
        if name is None:
            conversation.pending = (intent, kind)
            return WANTED[kind], "asked back"
        if kind == "product":
            value = self.shop.fact("item", name, answer["asks"])
            return ("", "person") if value is None else (answer["reply"].format(product=name, value=value), "answered")
        value = self.shop.about_order(name, answer["asks"])
        if value is None:
            conversation.pending = (intent, kind)
            return UNKNOWN_ORDER.format(order=name), "asked back"
        return answer["reply"].format(value=value), "answered"

    def _recommend(self, reply: str, wish: str, conversation: Conversation) -> tuple[str, str]:
        """Suggest what suits the customer, within the amount named."""
        bought = self.shop.fact("customer", conversation.customer, "bought") or ""
        digits = re.sub(r"\D", "", conversation.latest("money") or "")
        below = float(digits) if digits else float("inf")
        found = self.shop.suggest(bought.split(", ") if bought else [], wish, below)
        if not found:
            return "", "person"
        return reply.format(because=bought or "nothing here yet", value=", ".join(found)), "answered"

    def _compare(self, conversation: Conversation) -> str | None:
        """Set the last two products beside each other."""
        names = list(dict.fromkeys(name.casefold() for name in conversation.named.get("product", [])))[-2:]
        rows = [
            (name, self.shop.fact("item", name, "material"), self.shop.fact("item", name, "price")) for name in names
        ]
        if len(rows) < 2 or any(None in row for row in rows):
            return None
        return "; ".join(f"{name}: {material}, {price} yuan" for name, material, price in rows)


def outcomes(assistant: Assistant, messages: pd.DataFrame) -> pd.DataFrame:
    """Send each message to the assistant in a conversation of its own, and judge what it does.

    Parameters
    ----------
    messages
        Columns text, intent (what is really wanted).

    Returns
    -------
    DataFrame
        The messages with what was understood, the chance of being right, how it was handled, the reply, and the
        outcome: right, person (handed over below the bar) or wrong.
    """
    turns = [assistant.reply(Conversation(), text) for text in messages["text"]]
    frame = messages.assign(
        understood=[turn.intent for turn in turns],
        chance=[turn.chance for turn in turns],
        handled=[turn.handled for turn in turns],
        reply=[turn.reply for turn in turns],
    )
    asked_for = frame["intent"].map(lambda intent: assistant.shop.answers[intent]["route"] == "person")
    understood = frame["understood"] == frame["intent"]
    person = frame["handled"] == "person"
    frame["outcome"] = "wrong"
    frame.loc[understood & (frame["chance"] >= assistant.bar), "outcome"] = "right"
    frame.loc[person & ~(understood & asked_for & (frame["chance"] >= assistant.bar)), "outcome"] = "person"
    return frame
