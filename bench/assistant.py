"""The store assistant's `reply()` against scikit-learn's own pipeline: messages a second, one after another.

A customer writes one message at a time, so that is what is measured: the assistant reads it, answers from its tables
and keeps the conversation; the peer, two TF-IDF vectorisers before a linear support vector machine as in the textbook,
only tells the intent of each message. At full scale a million messages are replied to, a letter lost in each.
"""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.svm import LinearSVC

from bench.full_scale import Figure, peak_megabytes
from casebook.ledger import assumptions, open_ledger
from casebook.models.shop import Shop
from casebook.models.store_assistant import Assistant, Conversation

CHAPTER = "singles-day/store-assistant"
MESSAGES, PEER_MESSAGES, ROUNDS = 5_000, 500, 3
REQUESTS, BATCH = 1_000_000, 50_000


def split(part: str) -> pd.DataFrame:
    """Return the messages to teach with, to tune with or to test with."""
    messages = open_ledger().table("utterances")
    return messages[messages["split"] == part].reset_index(drop=True)


def mix(messages: pd.DataFrame) -> np.ndarray:
    """Weigh messages so that each kind comes as often as the page assumes."""
    given = assumptions(CHAPTER)
    outside, common = given.out_of_scope_percent / 100, given.common_percent / 100
    wanted = {"": outside, "common": (1 - outside) * common, "unusual": (1 - outside) * (1 - common)}
    kind = messages["wording"]
    return (kind.map(wanted) / kind.map(kind.value_counts())).to_numpy()


def taught() -> Assistant:
    """Return the assistant of the page, its bar set by the costs assumed there."""
    ledger, given = open_ledger(), assumptions(CHAPTER)
    person = given.handling_minutes / 60 * given.wage_rmb_per_hour / given.chats_at_once
    shop = Shop.of(ledger.table("shop_answers"), ledger.table("shop_facts"), given.return_days)
    bar = 1 - person / given.wrong_answer_rmb
    return Assistant.taught(ledger.table("utterances"), shop, bar, mix(split("tune")))


def pipeline(messages: pd.DataFrame) -> Pipeline:
    """Teach the peer: the same messages and the same machine, in scikit-learn's own words."""
    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\w+", sublinear_tf=True)
    runs = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True)
    peer = make_pipeline(make_union(words, runs), LinearSVC(random_state=0))
    return peer.fit(messages["text"], messages["intent"])


def sent(test: pd.DataFrame, n: int, seed: int) -> tuple[list[str], np.ndarray]:
    """Draw messages of the test part in the mix of the page, a letter lost in each, and the places they come from."""
    rng = np.random.default_rng(seed)
    places = rng.choice(len(test), size=n, p=mix(test))
    texts = test["text"].to_numpy()[places]
    lost = (rng.random(n) * [len(text) for text in texts]).astype(int)
    return [text[:at] + text[at + 1 :] for text, at in zip(texts, lost, strict=True)], places


def rate(answer: Callable[[str], object], messages: list[str]) -> float:
    """Return how many messages a second of processor time are dealt with, one after another."""
    start = process_time()
    for message in messages:
        answer(message)
    return len(messages) / (process_time() - start)


def run() -> dict[str, float | str]:
    """Measure both, the best of a few rounds each; the ratio is ours to the peer's."""
    assistant, peer = taught(), pipeline(split("train"))
    messages, _ = sent(split("test"), MESSAGES, 0)
    figure = max(rate(lambda text: assistant.reply(Conversation(), text), messages) for _ in range(ROUNDS))
    theirs = max(rate(lambda text: peer.predict([text]), messages[:PEER_MESSAGES]) for _ in range(ROUNDS))
    return {
        "figure": round(figure),
        "unit": "messages a second, replied to one by one, one core",
        "peer": "scikit-learn's pipeline of the same recipe, which only tells the intent",
        "peer_figure": round(theirs),
        "ratio": round(figure / theirs, 1),
    }


def full_scale(requests: int = REQUESTS) -> list[Figure]:
    """Reply to a million messages and count what becomes of them."""
    assistant, test = taught(), split("test")
    wanted = test["intent"].to_numpy()
    seconds, answered, wrong = 0.0, 0, 0
    for seed in range(requests // BATCH):
        messages, places = sent(test, BATCH, seed)
        start = process_time()
        talks = [Conversation() for _ in messages]
        intents = np.array([assistant.reply(talk, text).intent for talk, text in zip(talks, messages, strict=True)])
        seconds += process_time() - start
        understood = np.array([not talk.doubted for talk in talks])
        answered += int(understood.sum())
        wrong += int((understood & (intents != wanted[places])).sum())
        assistant.shop.changes.clear()
    return [
        Figure("store-assistant-messages", "messages replied to, a letter lost in each", requests, "message"),
        Figure(
            "store-assistant-seconds", "processor time of all replies, one after another, one core", seconds, "second"
        ),
        Figure("store-assistant-rate", "rate", requests / seconds, "message per second"),
        Figure("store-assistant-answered", "messages understood well enough to act on", answered, "message"),
        Figure("store-assistant-wrong", "of these, taken for something else than was meant", wrong, "message"),
        Figure("store-assistant-memory", "most memory held, libraries included", peak_megabytes() / 1024, "gigabyte"),
    ]
