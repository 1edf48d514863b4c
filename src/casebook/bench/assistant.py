"""The store assistant's classifier against scikit-learn's own pipeline: messages a second, judged and scored.

Both are taught with the book's corpus and judge the same messages in one batch: the intent of each, and how surely it
is one. The peer is the textbook recipe, two TF-IDF vectorisers (words and pairs, runs of two to five characters) before
a linear support vector machine. At full scale a million messages with slips of the thumb are judged.
"""

from __future__ import annotations

import resource
from collections.abc import Callable
from dataclasses import fields
from time import process_time

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.svm import LinearSVC

from casebook.full_scale import Figure
from casebook.ledger import open_ledger
from casebook.methods.language import IntentClassifier, SlotFinder, calibrate
from casebook.models.store_assistant import PATTERNS, Desk, draw, marked_slots, shares

CHAPTER = "singles-day/store-assistant"
MESSAGES, PEER_MESSAGES, ROUNDS = 50_000, 5_000, 3
REQUESTS, BATCH = 1_000_000, 50_000


def parts() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the messages to teach with, to tune with and to test with."""
    messages = open_ledger().table("utterances")
    return tuple(messages[messages["split"] == split].reset_index(drop=True) for split in ("train", "tune", "test"))


def pipeline(texts: pd.Series, intents: pd.Series) -> Pipeline:
    """Teach the peer: the same features and the same machine, in scikit-learn's own words."""
    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\w+", sublinear_tf=True)
    runs = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    return make_pipeline(make_union(words, runs), LinearSVC(random_state=0)).fit(texts, intents)


def rate(judge: Callable[[list[str]], object], messages: list[str]) -> float:
    """Return how many messages a second are judged."""
    start = process_time()
    judge(messages)
    return len(messages) / (process_time() - start)


def desk() -> Desk:
    """Return the desk of the page: a million requests a day and the assumptions of the chapter."""
    ledger = open_ledger()
    names = [field.name for field in fields(Desk) if field.name != "requests_per_day"]
    assumed = {name: ledger.assumption(f"store-assistant-{name.replace('_', '-')}") for name in names}
    return Desk(requests_per_day=REQUESTS, **assumed)


def sent(test: pd.DataFrame, n: int, seed: int) -> tuple[list[str], np.ndarray]:
    """Draw messages of the test part, in the mix and with the slips of the page."""
    slips = open_ledger().assumption("store-assistant-slips-percent") / 100
    return draw(test["text"].tolist(), shares(test, desk()), n, slips, seed)


def run() -> dict[str, float | str]:
    """Measure both, the best of a few rounds each, after compiling.

    Returns
    -------
    dict
        'figure' and 'peer_figure' in 'unit', the name of the 'peer', and the 'ratio' of the two figures. Time is
        processor time, so that other programs on the machine do not count. Ours calls `predict` and `confidence` one
        after the other; the peer takes both from one call of its decision function.
    """
    train, _, test = parts()
    taught, peer = IntentClassifier().fit(train["text"], train["intent"]), pipeline(train["text"], train["intent"])
    taught.predict(["compile"])
    messages, _ = sent(test, MESSAGES, 0)

    def both(texts: list[str]) -> None:
        taught.predict(texts)
        taught.confidence(texts)

    figure = max(rate(both, messages) for _ in range(ROUNDS))
    theirs = max(rate(peer.decision_function, messages[:PEER_MESSAGES]) for _ in range(ROUNDS))
    return {
        "figure": round(figure),
        "unit": "messages a second, intent and confidence, one core",
        "peer": "scikit-learn's pipeline of the same recipe, in one batch",
        "peer_figure": round(theirs),
        "ratio": round(figure / theirs, 1),
    }


def full_scale() -> list[Figure]:
    """Judge a million messages, one by one different in their slips, and count what becomes of them."""
    train, tune, test = parts()
    finder = SlotFinder(PATTERNS).fit(marked_slots(train["slots"]))
    taught = IntentClassifier().fit(finder.mask(train["text"]), train["intent"])
    guess, score = taught.decide(finder.mask(tune["text"]))
    bar = calibrate(score, guess == tune["intent"], shares(tune, desk())).score(desk().least_chance)
    wanted = test["intent"].to_numpy()
    seconds, answered, wrong = 0.0, 0, 0
    for seed in range(REQUESTS // BATCH):
        messages, places = sent(test, BATCH, seed)
        start = process_time()
        guess, score = taught.decide(finder.mask(messages))
        seconds += process_time() - start
        answered += int((score >= bar).sum())
        wrong += int(((score >= bar) & (guess != wanted[places])).sum())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return [
        Figure(
            "store-assistant-messages", "messages judged, each with its own slips of the thumb", REQUESTS, "message"
        ),
        Figure(
            "store-assistant-seconds",
            "processor time to judge them: what they name, what they want and how sure that is, one core",
            seconds,
            "second",
        ),
        Figure("store-assistant-rate", "rate", REQUESTS / seconds, "message per second"),
        Figure("store-assistant-answered", "messages above the bar", answered, "message"),
        Figure("store-assistant-wrong", "of these, answered wrongly", wrong, "message"),
        Figure("store-assistant-memory", "most memory held, libraries included", memory, "gigabyte"),
    ]
