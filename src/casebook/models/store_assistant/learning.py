"""Learning on the job: noticing that customers ask for something new, collecting it, and teaching it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import SeedSequence

from casebook.methods.language import IntentClassifier
from casebook.methods.monitoring import cusum

LEAST = 2
"""A word must stand in so many messages to tell anything."""


@dataclass(frozen=True)
class Season:
    """Hours of messages, into which at some hour new intents break.

    Attributes
    ----------
    hours, change
        Hours watched, and the hour at which the new intents come.
    messages_per_hour
        Messages looked at in an hour.
    new_percent
        Share of the messages after the change that want something new.
    allowance, limit
        Allowance k and decision interval h of the watch, in standard deviations.
    """

    hours: int
    change: int
    messages_per_hour: int
    new_percent: float
    allowance: float
    limit: float


def split_new(messages: pd.DataFrame, new: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part messages into those of known intents and those of new ones."""
    is_new = messages["intent"].isin(new)
    return messages[~is_new], messages[is_new]


def watch(unsure: pd.Series, is_new: pd.Series, season: Season, seed: SeedSequence) -> pd.DataFrame:
    """Watch the share of unsure messages hour by hour.

    Parameters
    ----------
    unsure
        Whether the assistant would hand each message of a corpus over.
    is_new
        Whether it wants something new.

    Returns
    -------
    DataFrame
        Columns hour, unsure (share), sum (of the CUSUM chart) and alarm.
    """
    rng = np.random.default_rng(seed)
    doubt, new = unsure.to_numpy(dtype=float), is_new.to_numpy(dtype=bool)
    usual = doubt[~new].mean()
    spread = np.sqrt(usual * (1 - usual) / season.messages_per_hour)
    share = []
    for hour in range(season.hours):
        count = rng.binomial(season.messages_per_hour, season.new_percent / 100 if hour >= season.change else 0)
        drawn = [rng.choice(doubt[new], count), rng.choice(doubt[~new], season.messages_per_hour - count)]
        share.append(np.concatenate(drawn).mean())
    scores = (np.array(share) - usual) / spread
    chart = cusum(scores, season.allowance, season.limit, two_sided=False, restart=False)
    alarm = np.isin(np.arange(season.hours), chart.alarms)
    return pd.DataFrame({"hour": range(season.hours), "unsure": share, "sum": chart.upper, "alarm": alarm})


def telling_words(texts: Iterable[str], usual: Iterable[str], most: int = 8) -> list[str]:
    r"""Find the words that set some messages apart from the usual ones.

    .. math:: \ln\frac{n_w + \frac12}{N + 1} - \ln\frac{m_w + \frac12}{M + 1}, \quad \text{weighted by } n_w

    Parameters
    ----------
    texts, usual
        The messages, and those they are held against; n of N and m of M hold the word w.
    most
        How many words to return at most.
    """
    here, there = list(texts), list(usual)
    counts, base = (Counter(word for text in side for word in set(_words(text))) for side in (here, there))
    tell = {
        word: n * (np.log((n + 0.5) / (len(here) + 1)) - np.log((base[word] + 0.5) / (len(there) + 1)))
        for word, n in counts.items()
        if n >= LEAST
    }
    return sorted(tell, key=lambda word: (-tell[word], word))[:most]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{4,}", text.casefold())


def teach(
    seed: SeedSequence, messages: pd.DataFrame, new: Sequence[str], labels: Sequence[int], first_percent: float
) -> pd.DataFrame:
    """Teach an assistant more, from messages chosen by its own doubt or by lot, and test it on those kept apart.

    It starts with a share of the teaching messages and none of the new intents. People then label some of the rest.

    Parameters
    ----------
    seed
        Decides which messages it starts with, and the lot.
    messages
        Columns text, intent, split; taught with split 'train', tested with 'test'; out of scope left out.
    new
        Intents it does not know at first.
    labels
        How many messages people label, ascending.
    first_percent
        Share of the known intents' messages it starts with.

    Returns
    -------
    DataFrame
        Columns labels, chosen ('by doubt' or 'by lot'), right and right_new: per cent of the test messages, and of
        those of new intents, understood.
    """
    rng = np.random.default_rng(seed)
    train, test = (messages[messages["split"] == part].reset_index(drop=True) for part in ("train", "test"))
    start = ~train["intent"].isin(new).to_numpy() & (rng.random(len(train)) < first_percent / 100)
    first = IntentClassifier().fit(train["text"][start], train["intent"][start])
    rest = np.flatnonzero(~start)
    by_doubt = rest[np.argsort(first.confidence(train["text"][rest]), kind="stable")]
    orders = {"by doubt": by_doubt, "by lot": rng.permutation(rest)}
    rows = []
    for chosen, order in orders.items():
        for count in labels:
            known = np.concatenate([np.flatnonzero(start), order[:count]])
            taught = first if count == 0 else IntentClassifier().fit(train["text"][known], train["intent"][known])
            right = taught.predict(test["text"]) == test["intent"].to_numpy()
            fresh = test["intent"].isin(new).to_numpy()
            rows.append((count, chosen, 100 * right.mean(), 100 * right[fresh].mean()))
    return pd.DataFrame(rows, columns=["labels", "chosen", "right", "right_new"])
