"""The store assistant: it reads a message, answers, asks back, acts after a yes, or hands over to a person.

What it says, knows and changes is the `Shop`'s; here is how it understands a message and leads a conversation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from casebook.methods.arguments import ArgumentError
from casebook.methods.language import HAN, Slot
from casebook.models.shop import DETAIL, FORMS, OTHER, PLAINLY, Heard, Hearing

READ = 2000  # characters of a message
LIKELY, UNLIKELY = 0.45, 0.2  # chances from which a guess is tried on the customer, and below which it is kept back
OUT_OF_SCOPE, COUPON = "out-of-scope", "coupon granted"
OF_AN_ORDER = ("delivery time", "return rules")
PASSED = {"say": "answered", "person": "person", "bot": "other bot"}

IT = re.compile(r"\b(?:it|this|that|they|them)\b|它|这个|那个", re.IGNORECASE)


class Pending(NamedTuple):
    """What is waited for ('order', 'product', 'detail', 'yes' or 'choice'), and for which intent and orders."""

    intent: str
    wants: str
    orders: tuple[str, ...] = ()
    detail: str = ""
    choices: tuple[str, ...] = ()
    again: bool = False


class Step(NamedTuple):
    """The intent that was acted on, the reply, and how the message was handled."""

    intent: str
    reply: str
    handled: str = "answered"


class Turn(NamedTuple):
    """One message and what became of it; `handled` is answered, asked back, other bot or person."""

    said: str
    intent: str
    chance: float
    slots: tuple[Slot, ...]
    reply: str
    medium: str
    handled: str


@dataclass(eq=False)
class Conversation:
    """A customer (empty for a guest, who sees no order) and what was said so far."""

    customer: str = ""
    turns: list[Turn] = field(default_factory=list)
    named: dict[str, list[str]] = field(default_factory=dict)
    pending: Pending | None = None
    doubted: bool = False
    chinese: bool = False
    left: bool = False

    @property
    def with_person(self) -> bool:
        """Whether a person has taken over, who sees all of it."""
        return bool(self.turns) and self.turns[-1].handled == "person"

    def keep(self, kind: str, value: str) -> None:
        """Keep what was named, the latest last."""
        known = self.named.get(kind, [])
        self.named[kind] = [*(other for other in known if other != value), value]


@dataclass(frozen=True)
class Assistant(Hearing):
    """What hears messages, and leads conversations in its shop."""

    def converse(self, customer: str, messages: Iterable[str]) -> tuple[Conversation, set[str]]:
        """Have a conversation in a shop where nothing was changed before; return it and what is changed after it."""
        shop, talk = self.shop.fresh(), Conversation(customer)
        assistant = replace(self, shop=shop)
        for message in messages:
            assistant.reply(talk, message)
        changed = {(who if who in shop.owner else "", what) for who, made in shop.changes.items() for what in made}
        return talk, {" ".join(change).strip() for change in changed}

    def _may_see(self, talk: Conversation, order: str) -> bool:
        return talk.customer != "" and self.shop.owner.get(order) == talk.customer

    def reply(self, conversation: Conversation, message: str) -> Turn:
        """Answer a message, ask back, act, or hand the conversation over; the turn is added to it."""
        if not isinstance(message, str):
            raise ArgumentError("message", "a text", repr(message))
        text = unicodedata.normalize("NFKC", message[:READ]).strip().translate({0x2018: "'", 0x2019: "'"})
        talk, heard = conversation, self.hear(text)._replace(whole=text)
        if re.search(f"[{HAN}]|[a-z]{{3}}", heard.text):  # a size or an OK is in no language
            talk.chinese = re.search(f"[{HAN}]", heard.text) is not None
        if talk.with_person:
            step = Step(heard.intents[0], self._prompt(talk, "taken over"), "person")
        else:
            for kind, value in heard.slots:
                if kind != "order" or self._may_see(talk, value):
                    talk.keep(kind, value)
            step = self._answer(talk, heard)
        medium = self.shop.answers[step.intent]["medium"] if step.handled == "answered" else "text"
        talk.turns.append(Turn(message, step.intent, heard.chance, heard.slots, step.reply, medium, step.handled))
        return talk.turns[-1]

    # ------------------------------------------------------------ the course of a conversation

    def _answer(self, talk: Conversation, heard: Heard) -> Step:
        """Heed what is refused, then what is pending, then the message itself; a second doubt goes to a person."""
        patterns = self.shop.patterns
        pending, talk.pending, left, talk.left = talk.pending, None, talk.left, False
        step = self._at_once(talk, pending, heard)
        if step:
            return step
        refused = patterns["refusal"].search(heard.text)
        named = heard.slots and not self.left_of(heard.text, "filler", "no", "yes")
        if refused:
            rest = patterns["refusal"].sub(" ", heard.text)
            after = self.hear(rest)
            heard = after._replace(slots=after.slots or heard.slots, whole=heard.whole)
            same = {self.guess(refused[0]).intents[0], *([pending.intent] if pending else [])}
            kept = self.kept(heard)
            apart = (
                kept
                and self.sure(heard)
                and (patterns["all"].search(rest) or {value for _, value in after.slots} - kept)
            )
            unsaid = heard.intents[0] in same or not self.sure(heard) or self.left_of(rest, "filler") == ""
            if unsaid and not apart:
                return self._leave(talk, heard)  # 'return it? I do not want to return it'
            pending = None
        elif named and left:
            return self._leave(talk, heard)
        elif not self.sure(heard) and "product" in talk.named:
            said = self.guess(IT.sub(f"the {talk.named['product'][-1]}", heard.text))  # 'how much was it again?'
            heard = max(heard, said._replace(text=heard.text, whole=heard.whole), key=lambda guess: guess.chance)
        step = self._resume(talk, pending, heard) if pending else None
        last = talk.turns[-1].intent if talk.turns else OUT_OF_SCOPE
        if step is None and self.shop.answers[last]["asks"] and named:
            step = self._act(talk, last, heard)  # 'and the scarf?'
        if step is None and heard.chance >= self.bar:
            step = self._act(talk, heard.intents[0], heard)
        if step is None and talk.doubted:
            return Step(OUT_OF_SCOPE, self.shop.say("answer", OUT_OF_SCOPE, "reply", talk.chinese), "person")
        talk.doubted = step is None
        return step or self._ask(talk, heard)

    def _at_once(self, talk: Conversation, pending: Pending | None, heard: Heard) -> Step | None:
        """Reply to what matters whatever else is meant: a danger, a wish to undo, a yes to nothing."""
        patterns = self.shop.patterns
        if patterns["danger"].search(heard.text):
            return Step("poor-quality", self._prompt(talk, "danger"), "person")
        if patterns["undo"].search(heard.text) and (pending or any(map(self.shop.changes.get, self._own(talk)))):
            return self._leave(talk, heard) if pending else Step("want-person", self._prompt(talk, "undo"), "person")
        said = re.sub(r"(?m)^.*(?:thank|谢).*|[^\w\s]", "", heard.text)
        if pending or heard.slots or not patterns["yes"].search(said):
            return None
        bare = self.left_of(heard.text, "yes", "filler") == ""
        return Step(OUT_OF_SCOPE, self._prompt(talk, "nothing open"), "asked back") if bare else None

    def _resume(self, talk: Conversation, pending: Pending, heard: Heard) -> Step | None:
        """Go on with what was asked back; None where the message clearly wants something else, or says nothing."""
        said = self.shop.patterns["aside"].sub(" ", heard.text)
        no, hedge = (self.shop.patterns[kind].search(said) for kind in ("no", "hedge"))
        speaks = self.left_of(said, "filler", "no", "yes", *(["hedge"] if no else [])) != ""
        new = self.sure(heard) and heard.intents[0] != pending.intent and speaks
        agreed, detailed = self._agrees(heard, pending), pending.wants == "detail" or pending.detail != ""
        if detailed:
            serious = self.shop.answers[heard.intents[0]]["route"] in ("order", "person")
            new = new and (serious or hedge is not None)
        value = self.value(heard) if detailed else ""
        if new and not agreed and not self.exact(value):
            return None
        names = {*heard.named("order"), *heard.named("product")} - {
            *pending.orders,
            *map(self.shop.item, pending.orders),
        }
        step = None
        if pending.wants == "yes" and agreed:
            step = self._perform(talk, pending)
        elif (names or self.kept(heard)) and pending.wants in ("order", "product", "yes") and not pending.detail:
            step = self._rename(talk, pending, heard)
        elif value:
            step = self._offer(talk, pending._replace(wants="yes", detail=value, again=False))
        elif no or (detailed and hedge):
            step = self._leave(talk, heard)
        elif agreed and pending.wants in ("order", "product", "detail"):
            talk.pending, step = pending, Step(pending.intent, talk.turns[-1].reply, "asked back")
        elif pending.wants == "yes" and not pending.again and not (speaks and "?" in heard.text):
            step = self._offer(talk, pending._replace(again=True))
        elif heard.intents[0] in pending.choices:
            step = self._act(talk, heard.intents[0], heard)
        return step

    def _rename(self, talk: Conversation, pending: Pending, heard: Heard) -> Step | None:
        """Go on with other orders: those named now instead, as well ('the hat too') or taken out ('but not the hat')."""
        kept, more = self.kept(heard), self.shop.patterns["too"].search(heard.text)
        orders = [o for o in pending.orders if not {o, self.shop.item(o)} & kept]
        if kept and pending.orders:
            return self._offer(talk, pending._replace(orders=tuple(orders))) if orders else self._leave(talk, heard)
        slots = heard.slots + tuple(("order", order) for order in pending.orders if more)
        return self._act(talk, pending.intent, heard._replace(slots=slots))

    def _agrees(self, heard: Heard, pending: Pending) -> bool:
        """Whether a message is a plain yes, or repeats the wish that is pending, and says nothing else."""
        patterns, same = self.shop.patterns, heard.intents[0] == pending.intent and heard.chance >= LIKELY
        said = patterns["aside"].sub(" ", heard.text)
        known = {*pending.orders, *(self.shop.item(order) for order in pending.orders)}
        other = {value for kind, value in heard.slots if kind in ("order", "product")} - known
        other |= {size for size in heard.named("size") if size not in pending.detail}
        if other or patterns["no"].search(said) or patterns["hedge"].search(said):
            return False
        left = self.left_of(said, "yes", "filler", *(["act"] if same else []))
        return left == "" and (same or patterns["yes"].search(heard.text) is not None)

    def _leave(self, talk: Conversation, heard: Heard, prompt: str = "left") -> Step:
        """Say that nothing was changed, and how the order in question stands."""
        talk.left = True
        orders = self._orders(talk, "state", heard)
        state = self.shop.rule("state", orders[0], talk.chinese)[0] if len(orders) == 1 else ""
        return Step(heard.intents[0], self._prompt(talk, prompt, value=state).strip())

    def _ask(self, talk: Conversation, heard: Heard) -> Step:
        """Ask what is meant: with a likely answer where there is one that changes nothing, or with likely wishes."""
        about = {intent: self.shop.say("answer", intent, "about", talk.chinese) for intent in heard.intents}
        choices = [intent for intent in heard.intents if about[intent] and heard.chance >= UNLIKELY]
        if not choices:
            return Step(OUT_OF_SCOPE, self._prompt(talk, "empty"), "asked back")
        likely = heard.chance >= LIKELY and self.shop.answers[choices[0]]["route"] not in ("person", "bot", "coupon")
        step = self._act(talk, choices[0], heard) if likely else None
        if step:
            return step._replace(reply=self._prompt(talk, "perhaps", value=step.reply), handled="asked back")
        talk.pending = Pending(OUT_OF_SCOPE, "choice", choices=tuple(choices))
        either = f" {self._prompt(talk, 'or')} ".join(about[intent] for intent in choices)
        return Step(OUT_OF_SCOPE, self._prompt(talk, "doubt", value=either), "asked back")

    def _offer(self, talk: Conversation, pending: Pending) -> Step:
        """Ask for a yes to an action, once more where it was not clear; with a detail, ask whether it is right."""
        talk.pending, chinese = pending, talk.chinese
        if pending.detail:
            known = self.shop.about(pending.orders[0], chinese)
            text = self._prompt(talk, "detail", detail=pending.detail, **known)
        else:
            asked = self.shop.answers[pending.intent]["asks"]
            text = " ".join(self.shop.rule(asked, order, chinese)[0] for order in pending.orders)
            text = text or self._prompt(talk, "coupon")
        return Step(pending.intent, self._prompt(talk, "again", value=text) if pending.again else text, "asked back")

    def _perform(self, talk: Conversation, pending: Pending) -> Step:
        """Do what was agreed to, if it is still on offer as each order stands now."""
        shop, replies = self.shop, []
        if not pending.orders:
            shop.changes.setdefault(talk.customer, {})[COUPON] = ""
            replies.append(self._prompt(talk, "coupon given"))
        for order in pending.orders:
            text, action = shop.rule(shop.answers[pending.intent]["asks"], order, talk.chinese)
            if action:
                shop.changes.setdefault(order, {})[shop.say("done", action, "label")] = pending.detail
                known = shop.about(order, talk.chinese)
                text = shop.say("done", action, "reply", talk.chinese, detail=pending.detail, **known)
            replies.append(text)
        return Step(pending.intent, " ".join(replies))

    # ------------------------------------------------------------ replies

    def _prompt(self, talk: Conversation, name: str, **values: str) -> str:
        return self.shop.say("prompt", "shop", name, talk.chinese, **values)

    def _act(self, talk: Conversation, intent: str, heard: Heard) -> Step | None:
        """Reply to an intent by its route; None where the shop has nothing to say."""
        shop, route, asks = self.shop, *map(self.shop.answers[intent].get, ("route", "asks"))
        if route in ("order", "product", "compare"):
            return self._order(talk, intent, heard) if route == "order" else self._products(talk, intent, heard)
        value = ""
        if route == "term":
            value = shop.meaning(heard.text, talk.chinese)
        elif route == "offer":
            value = shop.say("offer", "shop", asks, talk.chinese)
            if asks in OF_AN_ORDER and heard.named("product"):  # 'when does the scarf come?'
                mine = [o for o in self._orders(talk, "state", heard) if shop.item(o) in heard.named("product")]
                value = " ".join([*(shop.rule("state", order, talk.chinese)[0] for order in mine), value])
        elif route == "coupon":
            return self._coupon(talk, intent, heard)
        elif route == "recommend":
            wish = " ".join([heard.text, asks, *heard.named("product")])
            found = shop.suggest(talk.customer, wish, *price_range(heard, shop.patterns["above"]))
            named = [self._prompt(talk, "item", **self._described(talk, item, asks)) for item in found]
            value = ", ".join(named) or self._prompt(talk, "nothing fits")
        if not value and route not in PASSED:
            return None
        because = shop.say("customer", talk.customer, "bought", talk.chinese) or self._prompt(talk, "nothing bought")
        reply = shop.say("answer", intent, "reply", talk.chinese, value=value, because=because)
        return Step(intent, reply, PASSED.get(route, "answered"))

    def _coupon(self, talk: Conversation, intent: str, heard: Heard) -> Step:
        """Offer a coupon to whoever wishes for one and has none; tell others what it is worth."""
        if COUPON in self.shop.changes.get(talk.customer, {}):
            return Step(intent, self._prompt(talk, COUPON))
        text = self._prompt(talk, "coupon")
        if not talk.customer:
            return Step(intent, f"{without_question(text)} {self._prompt(talk, 'sign in')}")
        if self.doubt(heard, "coupon") or not self.shop.patterns["wish"].search(heard.text):
            return Step(intent, without_question(text))
        talk.pending = Pending(intent, "yes")
        return Step(intent, text, "asked back")

    def _described(self, talk: Conversation, item: str, asked: str) -> dict[str, str]:
        """Return what texts on a product are filled with."""
        known = {"product": "name", "value": asked, "material": "material", "price": "price"}
        return {key: self.shop.say("item", item, name, talk.chinese) for key, name in known.items()}

    def _products(self, talk: Conversation, intent: str, heard: Heard) -> Step:
        """Say a property of the products named, now or last, or of two to compare; or ask which."""
        shop, asked = self.shop, self.shop.answers[intent]["asks"]
        least = 1 if asked else 2
        items = self.mended(heard).named("product")
        if len(items) < least:
            items = talk.named.get("product", [])[-least:]
        if len(items) < least:
            talk.pending = Pending(intent, "product")
            goods = ", ".join(shop.say("item", item, "name", talk.chinese) for item in shop.subjects["item"])
            return Step(intent, self._prompt(talk, "other product" if items else "product", value=goods), "asked back")
        described = [self._described(talk, item, asked) for item in items]
        if asked == "sizes" and heard.named("size"):  # 'size 43 in the shoes?'
            for item, each in zip(items, described, strict=True):
                each["value"] += " " + shop.say("item", item, "stock", talk.chinese)
        return Step(intent, " ".join(shop.say("answer", intent, "reply", talk.chinese, **each) for each in described))

    def _order(self, talk: Conversation, intent: str, heard: Heard) -> Step:
        """Say what holds for the orders meant, and offer what can be done about them; or ask which order it is."""
        shop, asked = self.shop, self.shop.answers[intent]["asks"]
        if not talk.customer:
            return Step(intent, self._prompt(talk, "sign in"), "asked back")
        heard = self.mended(heard)
        unseen = [order for order in heard.named("order") if not self._may_see(talk, order)]
        lacks, meant = self._meant(talk, asked, heard)
        orders = [] if unseen or lacks else self._orders(talk, asked, heard)
        doubt = self.doubt(heard, asked) if orders and asked in shop.offered else ""
        if doubt or (not orders and not lacks and self.kept(heard)):
            return self._tell(talk, intent, doubt, heard)
        several = len(meant) > 1 or asked == "state" or heard.named("order") or shop.patterns["all"].search(heard.text)
        if not orders or (len(orders) > 1 and not several):
            talk.pending = Pending(intent, "order")
            mine = ", ".join("{order} ({item})".format(**shop.about(order, talk.chinese)) for order in orders)
            goods = ", ".join(shop.say("item", item, "name", talk.chinese) for item in lacks)
            prompt = "unknown order" if unseen else "not bought" if lacks else "which order" if mine else "order"
            return Step(intent, self._prompt(talk, prompt, value=goods or mine, order=", ".join(unseen)), "asked back")
        if len(orders) == 1:
            talk.keep("order", orders[0])
            talk.keep("product", shop.item(orders[0]))
        return self._rule(talk, intent, heard, orders)

    def _tell(self, talk: Conversation, intent: str, doubt: str, heard: Heard) -> Step:
        """Say how orders stand, and offer nothing: the message is no plain wish for what it speaks of."""
        if doubt in ("", "against"):
            return self._leave(talk, heard, "against")._replace(intent=intent)
        asked = "state" if doubt == "past" else self.shop.answers[intent]["asks"]
        told = [self.shop.rule(asked, order, talk.chinese)[0] for order in self._orders(talk, asked, heard)]
        return Step(intent, self._prompt(talk, doubt, value=" ".join(map(without_question, told))))

    def _rule(self, talk: Conversation, intent: str, heard: Heard, orders: list[str]) -> Step:
        """Say the rule for each order as it stands, and offer what it allows."""
        shop, asked = self.shop, self.shop.answers[intent]["asks"]
        rules = {order: shop.rule(asked, order, talk.chinese) for order in orders}
        acts = [act for _, act in rules.values() if act]
        act = asked if asked in acts else next(iter(acts), "")  # one yes is for one kind of act
        if act != asked in PLAINLY and shop.patterns["all"].search(heard.text):
            act = ""
        open_to = tuple(order for order in orders if act and rules[order][1] == act)
        text = " ".join(
            text if order in open_to or not act else without_question(text) for order, (text, _) in rules.items()
        )
        if open_to:
            wants = shop.say("done", act, "needs") or "yes"
            form = DETAIL if intent == "change-address" else OTHER
            detail = form.search(re.sub(FORMS["order"], "", heard.text)) if wants == "detail" else None
            talk.pending = Pending(intent, wants, open_to)
            if detail:
                text = self._offer(talk, Pending(intent, "yes", open_to, detail[1].strip())).reply
        elif text.endswith(("?", "？")):
            talk.pending = Pending(intent, "order")
        reply = shop.say("answer", intent, "reply", talk.chinese, value=text)
        return Step(intent, reply, "asked back" if talk.pending else "answered")

    def _orders(self, talk: Conversation, asked: str, heard: Heard) -> list[str]:
        """Return the orders that a message may mean, at best one: by number, product, what was named last, or all."""
        shop, own, everything = self.shop, self._own(talk), self.shop.patterns["all"].search(heard.text)
        seen = [order for order in heard.named("order") if order in own]
        meant = [item for item in self._meant(talk, asked, heard)[1] if item not in map(shop.item, seen)]
        kept = self.kept(heard) if asked in PLAINLY else set()
        seen = [order for order in seen if order not in kept]
        if seen or meant:
            groups = [[order for order in own if shop.item(order) == item] for item in meant]
        elif not everything and (kept or self.strange(heard)):
            return [] if kept else own
        else:
            groups = [talk.named.get("order", [])[-1:] if not everything and "order" in talk.named else own]
        left = [[order for order in group if not {order, shop.item(order)} & kept] for group in groups]
        return [*seen, *(order for group in left for order in shop.open_to(asked, group))]

    def _own(self, talk: Conversation) -> list[str]:
        return [order for order, owner in self.shop.owner.items() if talk.customer and owner == talk.customer]

    def _meant(self, talk: Conversation, asked: str, heard: Heard) -> tuple[list[str], list[str]]:
        """Return the products meant that the customer has not bought, and those that he has."""
        wanted = "".join(OTHER.findall(heard.text)) if asked in ("exchange", "change") else ""
        other = {self.names.get(value.casefold(), value) for _, value in self.finder.read(wanted)[0]}
        other |= self.kept(heard) if asked in PLAINLY else set()
        items = [item for item in heard.named("product") if item not in other]
        bought = set(map(self.shop.item, self._own(talk)))
        return [item for item in items if item not in bought], [item for item in items if item in bought]


def without_question(text: str) -> str:
    """Return a text without the question that it ends with."""
    return re.sub(r"[^.。！!？?]+[?？]$", "", text).strip()


def price_range(heard: Heard, above: re.Pattern[str]) -> tuple[float, float]:
    """Return the prices that a message allows: two amounts are both ends, one is the upper unless it says 'over'."""
    amounts = sorted(float(re.sub(r"\D", "", amount)) for amount in heard.named("money"))
    if len(amounts) > 1:
        return amounts[0], amounts[-1]
    if not amounts:
        return 0.0, np.inf
    return (amounts[0], np.inf) if above.search(heard.text) else (0.0, amounts[0])
