"""An invented shop, what it says and what was changed in it; and how its assistant hears what a message wants."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import product
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from casebook.methods.arguments import share
from casebook.methods.language import (
    CLAUSE_END,
    WORD,
    IntentClassifier,
    Slot,
    SlotFinder,
    Spelling,
    forms,
    left_alone,
    plain,
)

PLAINLY = ("cancel", "return", "exchange", "change", "address", "coupon")  # asked for at once and without a condition
FORMS = {
    "order": r"(?<!\d)\d{8}(?!\d)",
    "money": r"[¥￥]\s?\d[\d,]*|(?<![a-z0-9.])(?<!\d,)\d[\d,]*(?:\s?(?:yuan|rmb|kuai)\b|\s?[元块]|(?=\s?(?:-|and|to|到|至)\s?[¥\d]))",
    "size": r"(?<![\w'’])(?:(?-i:XXL|XL|XS|[SML])(?![\w'’])|(?:3[5-9]|4[0-6])(?!\w|[.,]?\d| ?(?:cm|°|yuan|percent)))",
}
"""What messages name and what has a form: order numbers, amounts, sizes in letters or numbers."""
DETAIL = re.compile(
    r"(?:\b(?:to|is)\s+|[改换]成|[改换]为|[寄送改]到)((?-i:\d+\w?,? [A-Z]).*|.*[市区路街号].*)$", re.IGNORECASE
)
"""A new address at the end of a message."""
ADDRESS = re.compile(r"(?-i:\d+\w?,? [A-Z])|[市区路街村镇].*\d")
OTHER = re.compile(
    r"(?:\b(?:for|into|in)\s+(?=(?:an?|the|another|size|colou?r)\b)|换(?:成|为|个|件|条|双)|改成)(.+)$", re.IGNORECASE
)
"""What is wanted instead, at the end of a message."""


BETTER = re.compile(
    r"[.,;!?]\s*(?:(?:no|oh|sorry|wait|correction)\W+)*(?:actually|rather|i meant?)\b\W*|[.,;!?]\s*(?:(?:no|oh|wait)\W+)+(?=the|my)|"
    r"[，,。]?(?:算了|不对|说错了|错了)[，,]?(?:是|我是说)?",
    re.I,
)
LEAD = re.compile(
    r"^(?:(?:no(?!\.)|oh|h+m+|um|er|sorry|wait|yes|ok|actually|rather|i meant?|make (?:it|that)|change it to|不对|不是|错了|算了|不|改成|换成|是|要)[\s,，!.]*)+"
    r"|[\s,]*\b(?:actually|instead|please|rather)\W*$",
    re.I,
)
"""What stands around a value that replaces another."""
THING = re.compile(
    r"\b(?:my|the)\s+(?!any)([a-z]+)|(?:我的|[把将]|取消|退掉)(?!any)([\u4e00-\u9fff]{2,6}?)(?:取消|退|换|吧|的订单|$)"
)


@dataclass(eq=False)
class Shop:
    """What the assistant can say and look up, and what it has changed, by order or customer."""

    answers: dict[str, dict[str, str]]
    facts: dict[tuple[str, str, str], tuple[str, str]]
    return_days: float
    changes: dict[Any, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, answers: pd.DataFrame, facts: pd.DataFrame, return_days: float) -> Shop:
        """Read the tables of answers and facts."""
        rows = facts[["kind", "subject", "property", "value", "value_zh"]].itertuples(index=False)
        known = {row[:3]: row[3:] for row in rows}
        for row in answers.itertuples():
            known["answer", row.id, "reply"] = row.reply, row.reply_zh
            known["answer", row.id, "about"] = row.about, row.about_zh
        return cls(answers.set_index("id").to_dict("index"), known, return_days)

    def fresh(self) -> Shop:
        """Return the same shop with nothing changed in it."""
        shop = copy(self)
        shop.changes = {}
        return shop

    def say(self, kind: str, subject: str, name: str, chinese: bool = False, **values: str) -> str:
        """Return a fact or a text with what it is filled with, in Chinese where wanted and known; empty if unknown."""
        english, other = self.facts.get((kind, subject, name), ("", ""))
        return ((chinese and other) or english).format(**values)

    @cached_property
    def subjects(self) -> dict[str, list[str]]:
        """What the shop has facts of, by kind."""
        kinds = dict.fromkeys(kind for kind, _, _ in self.facts)
        return {kind: list(dict.fromkeys(name for known, name, _ in self.facts if known == kind)) for kind in kinds}

    @cached_property
    def owner(self) -> dict[str, str]:
        """The customer of each order."""
        return {order: self.say("order", order, "customer") for order in self.subjects["order"]}

    @cached_property
    def offered(self) -> set[str]:
        """What can be asked for and may be offered."""
        return set(self.subjects["offers"])

    @cached_property
    def patterns(self) -> dict[str, re.Pattern[str]]:
        """What counts as a yes, a no, a hedge and so on, and the forms of refusals and questions."""
        return forms({name: self.facts["word", name, "is"] for name in self.subjects["word"]})

    def item(self, order: str) -> str:
        """Return the product of an order."""
        return self.say("order", order, "item")

    def open_to(self, asked: str, orders: list[str]) -> list[str]:
        """Return the orders to which it may be done, or else something instead; those under way to ask after; or all."""
        if asked in ("state", "late"):
            return [order for order in orders if not self.state(order).startswith("delivered")] or orders
        offers = {order: self.say("offers", asked, self.state(order)) for order in orders}
        return [o for o in orders if offers[o] == asked] or [o for o in orders if offers[o]] or orders

    def state(self, order: str) -> str:
        """Return how an order stands, changes included."""
        for label in reversed(self.changes.get(order, {})):
            if ("rule", "state", label) in self.facts:
                return label
        state = self.say("order", order, "state")
        late = state == "delivered" and int(self.say("order", order, "days")) > self.return_days
        return "delivered long ago" if late else state

    def rule(self, asked: str, order: str, chinese: bool) -> tuple[str, str]:
        """Return what holds for an order as it stands, and the action that is offered with it."""
        state, known = self.state(order), self.about(order, chinese)
        text = self.say("rule", asked, state, chinese, **known) or self.say("rule", "state", state, chinese, **known)
        return text, self.say("offers", asked, state)

    def about(self, order: str, chinese: bool) -> dict[str, str]:
        """Return what texts on an order are filled with."""
        item = self.say("item", self.say("order", order, "item"), "name", chinese)
        days = self.say("order", order, "days")
        near = {"0": ("today", "今天"), "1": ("yesterday", "昨天")}
        return {"order": order, "item": item, "when": near.get(days, (f"{days} days ago", f"{days}天前"))[chinese]}

    def meaning(self, message: str, chinese: bool) -> str:
        """Explain the longest term of the shop that stands in a message; empty where none does."""
        known = [term for term in self.subjects["term"] if term in message.casefold()]
        return self.say("term", max(known, key=len, default=""), "meaning", chinese)

    def suggest(self, customer: str, wish: str, low: float = 0.0, high: float = np.inf) -> list[str]:
        """Suggest up to three goods between two prices that serve a wish and share most with what a customer bought."""
        tags = {item: ", ".join(self.facts["item", item, "tags"]).split(", ") for item in self.subjects["item"]}
        bought = self.say("customer", customer, "bought").split(", ")
        liked = [tag for item in bought for tag in tags.get(item, [])]
        rank = {}
        for item, own in tags.items():
            price = float(self.say("item", item, "price"))
            if item not in bought and low <= price <= high:
                named = sum(tag in wish.casefold() for tag in [*own, item] if tag)
                rank[item] = (-named, -sum(map(liked.count, own)), price)
        return sorted(rank, key=rank.__getitem__)[:3]


class Heard(NamedTuple):
    """A message, what it names, its two likeliest intents, and the chance that the first is right."""

    text: str
    slots: tuple[Slot, ...]
    intents: tuple[str, ...]
    chance: float
    whole: str = ""  # with what was refused in it

    def named(self, kind: str) -> list[str]:
        """Return what is named of a kind, each once."""
        return list(dict.fromkeys(value for found, value in self.slots if found == kind))


@dataclass(frozen=True)
class Hearing:
    """A classifier taught with masked messages, the logistic curve of its scores, a bar on the chance, and a shop."""

    classifier: IntentClassifier
    finder: SlotFinder
    spelling: Spelling
    names: dict[str, str]
    slope: float
    level: float
    bar: float
    shop: Shop

    @classmethod
    def taught(cls, messages: pd.DataFrame, shop: Shop, bar: float, weight: Sequence[float] | None = None) -> Self:
        """Teach with the messages of split 'train'; make scores into chances with those of split 'tune' (Platt 1999)."""
        names = {item: item for item in shop.subjects["item"]}
        names |= {name: item for item in names for name in shop.say("item", item, "also").split(", ")}
        finder = SlotFinder(FORMS, {"product": names})
        train, tune = (messages[messages["split"] == part] for part in ("train", "tune"))
        classifier = IntentClassifier().fit(map(finder.mask, train["text"]), train["intent"])
        guess, score = classifier.decide(map(finder.mask, tune["text"]))
        curve = LogisticRegression(C=1e6).fit(score[:, None], guess == tune["intent"], sample_weight=weight)
        slope, level = float(curve.coef_[0, 0]), float(curve.intercept_[0])
        return cls(classifier, finder, Spelling(train["text"]), names, slope, level, share("bar", bar), shop)

    def chance(self, score: float) -> float:
        """Return the chance that the intent with this score is right."""
        return 1 / (1 + math.exp(-(self.slope * score + self.level)))

    def hear(self, text: str) -> Heard:
        """Understand a message; where it is unsure, by its mended spelling, without an address, or by a clause."""
        heard, end = self.guess(text), BETTER.split(text)[-1]
        last = heard if end == text else self.guess(end)
        if self.sure(last) and last.text != text:  # 'cancel it; no, actually exchange it'
            return last._replace(text=text, slots=last.slots or heard.slots)
        if last.slots and last.text != text:  # 'cancel the hat; no, I mean the lamp'
            heard = heard._replace(slots=last.slots)
        if self.sure(heard):
            return heard
        for other in [self.spelling.mend(text), DETAIL.sub(" ", text), *re.split(f"[{CLAUSE_END}]+", text)]:
            guess = self.guess(other) if other not in (text, plain(text)) else heard
            if (self.sure(guess) and guess.chance > heard.chance) or len(guess.slots) > len(heard.slots):
                heard = guess._replace(text=text, slots=max(heard.slots, guess.slots, key=len))
        return heard

    def guess(self, text: str) -> Heard:
        """Return what a text seems to want and name."""
        slots, masked = self.finder.read(text)
        scores = self.classifier.scores(masked)
        best = int(scores.argmax())
        score, scores[best] = float(scores[best]), -np.inf
        intents = self.classifier.labels[best], self.classifier.labels[int(scores.argmax())]
        own = tuple((kind, self.names.get(value.casefold(), value)) for kind, value in slots)
        return Heard(text, own, intents, self.chance(score) if WORD.search(text) else 0.0)

    def sure(self, heard: Heard) -> bool:
        """Whether a guess passes the bar and is about something; small talk is not."""
        return heard.chance >= self.bar and self.shop.answers[heard.intents[0]]["about"] != ""

    def left_of(self, text: str, *kinds: str) -> str:
        """Return what is left of a message without words of these kinds, what it names, and its punctuation."""
        text = self.finder.mask(text)
        for kind in kinds:
            text = self.shop.patterns[kind].sub(" ", text)
        return re.sub(r"[\W_]", "", text)

    def doubt(self, heard: Heard, asked: str) -> str:
        """Return why a message is no wish for an act, as a kind of words: what it is against, past or for later."""
        patterns = self.shop.patterns
        everything, kept, meant = _alone(heard.whole, self.finder, self.shop)
        if everything:
            return "against"
        said = meant if kept else heard.text
        named = [value for kind, value in heard.slots if kind in ("order", "product")]
        if len(named) == 1 and not kept and asked in PLAINLY and patterns["whole"].search(said):
            return "unplain"  # 'cancel all, the lamp excluded': all of them, or this one?
        texts = list(map(self.finder.mask, dict.fromkeys([plain(said), self.spelling.mend(said)])))
        kinds = ("past", "later", "against") if asked in PLAINLY else ("past", "against")
        for kind, text in product(kinds, texts):
            if patterns[kind].search(text):
                return kind
        acts = asked in PLAINLY[:-1] and patterns["act"].search(texts[-1])
        return "unplain" if acts and not any(map(patterns["plain"].search, texts)) else ""

    def kept(self, heard: Heard) -> set[str]:
        """Return the orders and products that a message wants left alone."""
        kept = _alone(heard.whole, self.finder, self.shop)[1]
        return {self.names.get(value.casefold(), value) for value in kept}

    def strange(self, heard: Heard) -> bool:
        """Whether 'my' or 'the' stands before a thing that is no product of the shop and no word for an order."""
        things = [next(filter(None, found)) for found in THING.findall(self.finder.mask(plain(heard.text)))]
        return any(self.left_of(thing, "thing", "act", "yes", "filler", "rest", "all") for thing in things)

    def value(self, heard: Heard) -> str:
        """Return the detail that a message gives, without a 'no, rather' around it; empty for a question or a no."""
        patterns, value = self.shop.patterns, LEAD.sub("", LEAD.sub("", heard.text)).strip()
        if found := DETAIL.search(value):
            return found[1].strip()
        rest = patterns["filler"].sub(" ", patterns["aside"].sub(" ", value))
        if self.exact(value) and not patterns["no"].search(rest):
            return value
        asks = patterns["no"].search(rest) or patterns["hedge"].search(rest)
        return "" if asks or not self.left_of(value, "filler", "yes") else value

    def exact(self, value: str) -> bool:
        """Whether a text holds a size or an address."""
        return ADDRESS.search(value) is not None or "size" in dict(self.finder.read(value)[0])

    def mended(self, heard: Heard) -> Heard:
        """Return what was heard with the names in its mended spelling, where it names no order or product."""
        if heard.named("order") or heard.named("product"):
            return heard
        return heard._replace(slots=heard.slots + self.guess(self.spelling.mend(heard.text)).slots)


@lru_cache(maxsize=16)
def _alone(text: str, finder: SlotFinder, shop: Shop) -> tuple[bool, set[str], str]:
    return left_alone(text, finder, shop.patterns)
