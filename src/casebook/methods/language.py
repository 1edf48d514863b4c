"""Language: what a message wants, told by a linear classifier over words and runs of characters, and what it names."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from itertools import chain, pairwise, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_union
from sklearn.svm import LinearSVC

from casebook.methods.arguments import ArgumentError

Array = NDArray[np.float64]
Slot = tuple[str, str]
"""Kind and value of what a message names, such as ('size', 'M')."""

HAN = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U000323af"
WORD = re.compile(rf"[{HAN}]|[^\W{HAN}]+|[^\w\s!-/:-@\[-`{{-~‘-‟…—。，、！？：；（）《》]")
CLAUSE_END = ".,;!?，。！？；：、\n"
NAMED = r"\s(?:(?:the|my|this|that|order|number|for|from)\s)*\s*any(?:product|order)"
LONGEST = 4  # characters of a run
MISSING = ("None", "nan", "<NA>")
REMEMBERED, KEPT = 24, 50_000  # longest chunk, and most chunks, whose runs are kept at hand


def plain(text: str) -> str:
    """Return a text in small letters, with one form of each character (Unicode's NFKC)."""
    return unicodedata.normalize("NFKC", text).casefold()


def words(text: str) -> list[str]:
    """Return the words of a plain text, their pairs, and the empty word; a Chinese character or emoji is a word."""
    found = WORD.findall(text)
    return ["", *found, *map(" ".join, pairwise(found))]


def runs(text: str) -> list[str]:
    """Return the runs of one to four characters of each chunk between blanks, with a blank before and after it."""
    return ["", *(run for chunk in text.split() for run in _runs_of(chunk))]


def _runs_of(chunk: str) -> list[str]:
    padded = f" {chunk} "
    return [padded[at : at + n] for n in range(1, LONGEST + 1) for at in range(len(padded) - n + 1)]


class IntentClassifier:
    r"""Tell the intent of a message, and how surely it is one of the intents it was taught.

    A message becomes its words, pairs of words and runs of one to four characters, weighted by rarity; a linear support
    vector machine for each label draws a line between its messages and all others:

    $$x_j = \frac{1 + \ln n_j}{\ell} \left(1 + \ln\frac{1 + N}{1 + N_j}\right), \qquad
    s_k(x) = w_k \cdot x + b_k, \qquad \hat y = \operatorname{argmax}_k s_k(x)$$

    with $n_j$ how often feature j stands in the message, $N_j$ in how many of the N messages it was taught with, and
    $\ell$ the length of the row, of words and of runs apart. What was never seen is one feature more, without weight:
    it lengthens the row, so that a message of unknown words is drawn towards nothing. Any script will do.

    G. Salton and C. Buckley, *Term-weighting approaches in automatic text retrieval* (1988); T. Joachims, *Text
    categorization with support vector machines* (1998).
    """

    labels: list[Any] | None = None

    def fit(self, texts: Iterable[str], labels: Iterable[Hashable]) -> IntentClassifier:
        """Learn from messages whose intents are known; one message for an intent is enough, and so is one intent."""
        known, names = _texts(texts), list(labels)
        if not known or len(known) != len(names):
            raise ArgumentError("labels", f"one for each of {len(known)} texts, which are some", len(names))
        if any(not isinstance(name, Hashable) or str(name) in MISSING for name in names):
            raise ArgumentError("labels", "a label for each text", "one missing")
        place = {name: k for k, name in enumerate(dict.fromkeys(names))}
        vectorizers = [TfidfVectorizer(analyzer=kind, sublinear_tf=True) for kind in (words, runs)]
        rows = make_union(*vectorizers).fit_transform([plain(text) for text in known])
        lines, self._offsets = _separate(rows, np.array([place[name] for name in names]), len(place))
        rarity = [vectorizer.idf_ for vectorizer in vectorizers]
        self._rarity = np.append(np.concatenate(rarity), 1 + np.log1p(len(known))).astype(np.float32)
        self._weights = np.vstack([lines.T, np.zeros(len(place))]).astype(np.float32)  # last what was never seen
        self._words = vectorizers[0].vocabulary_
        self._runs = {run: at + len(self._words) for run, at in vectorizers[1].vocabulary_.items()}
        self.labels, self._kept = list(place), {}
        return self

    def predict(self, texts: Iterable[str]) -> NDArray[Any]:
        """Return the most likely intent of each message, from the labels it was taught."""
        return self.decide(texts)[0]

    def confidence(self, texts: Iterable[str]) -> Array:
        """Return the score of the most likely intent of each message: a distance from its line, not a probability."""
        return self.decide(texts)[1]

    def decide(self, texts: Iterable[str]) -> tuple[NDArray[Any], Array]:
        """Return `predict` and `confidence` at once."""
        scores = np.array([self.scores(text) for text in _texts(texts)]).reshape(-1, len(self.labels or [0]))
        names = np.empty(len(scores), dtype=object)
        names[:] = [self.labels[place] for place in scores.argmax(axis=1)]
        return names, scores.max(axis=1)

    def scores(self, text: str) -> Array:
        """Return on which side of each label's line a message lies and how far, in the order of `labels`."""
        if self.labels is None:
            raise ArgumentError("fit", "a call before the first message is judged", "none")
        message = plain(text)
        found = Counter(map(self._words.get, words(message), repeat(-1)))
        ran = Counter(chain.from_iterable(map(self._places, message.split())))
        ran[self._runs[""]] += 1
        places = np.array([*found, *ran])
        values = np.log(np.array([*found.values(), *ran.values()], dtype=np.float32)) + 1
        values *= self._rarity.take(places)
        for half in (slice(len(found)), slice(len(found), None)):
            values[half] /= np.sqrt(values[half] @ values[half])
        return self._offsets + values @ self._weights.take(places, axis=0)

    def _places(self, chunk: str) -> list[int]:
        """Return the places of the runs of a chunk; words come again, so they are kept."""
        if chunk in self._kept:
            return self._kept[chunk]
        places = [self._runs.get(run, -1) for run in _runs_of(chunk)]
        if len(chunk) <= REMEMBERED and len(self._kept) < KEPT:
            self._kept[chunk] = places
        return places


def _separate(rows: csr_matrix, place: NDArray[np.intp], labels: int) -> tuple[Array, Array]:
    """Return a line for each label and its offset; likeness to the mean message where nothing is to part it from."""
    if labels == 1:
        return np.asarray(rows.mean(axis=0)).reshape(1, -1), np.zeros(1)
    machine = LinearSVC(random_state=0, max_iter=5000).fit(rows, place)
    if labels == 2:
        return np.vstack([-machine.coef_, machine.coef_]), np.append(-machine.intercept_, machine.intercept_)
    return machine.coef_, machine.intercept_


class Spelling:
    """Mend slips of the thumb: an unknown word becomes the commonest known one that is alike.

    Words are alike when they are the same after a letter is left out of one or of both (W. Garbe, *SymSpell*, 2012).
    """

    def __init__(self, texts: Iterable[str]) -> None:
        counts = Counter(word for text in _texts(texts) for word in re.findall("[a-z]{3,}", plain(text)))
        self._known = {word: word for word in counts}
        self._alike = {part: word for word, _ in reversed(counts.most_common()) for part in _without_one(word)}

    def mend(self, text: str) -> str:
        """Return a text in small letters with its unknown words replaced where a known one is alike."""
        return re.sub("[a-z]{3,20}", self._mend, plain(text))

    def _mend(self, match: re.Match[str]) -> str:
        word = match.group()
        alike = (self._alike[part] for part in _without_one(word) if part in self._alike)
        return self._known.get(word) or next(alike, word)


def _without_one(word: str) -> list[str]:
    """Return a word, and what is left of it without each of its letters."""
    return [word, *(word[:at] + word[at + 1 :] for at in range(len(word)))]


class SlotFinder:
    """Find what messages name: values of a given form, and names from a list as whole words or their plural.

    Where finds overlap the earliest counts, then forms before lists, then the longest name.
    """

    def __init__(self, forms: Mapping[str, str], names: Mapping[str, Iterable[str]]) -> None:
        parts = [f"(?P<{kind}>{form})" for kind, form in forms.items()]
        for kind, some in names.items():
            either = "|".join(map(re.escape, sorted(some, key=len, reverse=True)))
            parts.append(rf"(?:(?<![a-z0-9])|(?![a-z]))(?P<{kind}>{either})(?:(?<![a-z])|e?s?(?![a-z0-9]))")
        self._form = re.compile("|".join(parts), re.IGNORECASE)

    def read(self, text: str) -> tuple[tuple[Slot, ...], str]:
        """Return what a message names, and the message with a word for its kind in the place of each value."""
        slots, parts, end = [], [], 0
        for match in self._form.finditer(text):
            kind = str(match.lastgroup)
            slots.append((kind, match[kind]))
            parts += [text[end : match.start()], f" any{kind} "]
            end = match.end()
        return tuple(slots), "".join([*parts, text[end:]])

    def mask(self, text: str) -> str:
        """Return a message with its values masked, so that all of them teach the same."""
        return self.read(text)[1]


def forms(vocabulary: Mapping[str, tuple[str, str]]) -> dict[str, re.Pattern[str]]:
    """Return what counts as a yes, a no, a hedge and so on, in both languages, and the forms made of such words."""
    parts = {name: tuple(_either(text.split(", ")) for text in both) for name, both in vocabulary.items()}
    found = {name: rf"\b(?:{latin})\b|{other}" for name, (latin, other) in parts.items()}
    found["act"] += r"|(?:send|sending|give|giving)\s+(?:\w+\s+){1,4}?back"
    found |= _refused(parts) | _questioned(parts)
    return {name: re.compile(form, re.IGNORECASE | re.DOTALL) for name, form in found.items()}


def _refused(parts: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Return the forms of a refusal ('not cancelling anything', not 'why don't you cancel') and of an exception."""
    (no, no_zh), (link, link_zh), (act, act_zh) = (parts[name] for name in ("refusal", "link", "act"))
    (never, never_zh), (keep, keep_zh), (besides, besides_zh) = (parts[name] for name in ("never", "keep", "besides"))
    verb = act + r"|(?:send|sending|give|giving)\s+(?:\w+\s+){1,4}?back"
    rest = rf"(?:(?!\s(?:{parts['stop'][0]})\s|[{CLAUSE_END}]).)*"
    gap = rf"(?:[^\w{CLAUSE_END}]+(?!(?:{parts['break'][0]})\b|any\w+\W+(?:cancel|return|exchange)\b)[\w']+){{0,8}}?"
    against = (
        rf"(?:\b(?:{never})|n't)\b{gap}[^\w{CLAUSE_END}]+(?:{verb})\b|\b(?:{verb})\b[^{CLAUSE_END}]*\b(?:{parts['wrong'][0]})\b|"
        rf"^\W*(?:{verb}|{act_zh})[^.!。！？?]*[?？]+\W*\w|"  # 'cancel it? I would be mad to'
        rf"(?<![能可会要是得])(?:{never_zh})(?:{link_zh}|\s|any\w+)*(?:{act_zh})|(?:{act_zh}).{{0,4}}(?:{parts['wrong'][1]})"
    )
    return {
        "refusal": rf"(?:(?<!why )\b(?:{no})(?:\s+(?:{link}))*\s+|[{CLAUSE_END}]\s*not\s+|\bnot(?=\s\w+ing)\s+)(?:{verb})\b{rest}|"
        rf"(?:{no_zh})(?:{link_zh})*(?:{act_zh}){rest}|^.*\b(?:{no}) (?:want|wish|intend|plan) to[.!]*$|"
        rf"^.+[{CLAUSE_END}]\W*(?:(?:no|wait|oh|actually|please)\W+)*(?:{parts['end'][0]}|{parts['end'][1]})\W*$",
        "against": against,
        "plain": rf"(?:^|[{CLAUSE_END}()]|\b(?:{parts['start'][0]})\b)\W*(?:(?:{parts['open'][0]}|any\w+)\W+)*(?:{verb})\b|"
        rf"(?:^|[{CLAUSE_END}()]|{parts['start'][1]})(?:{parts['open'][1]}|\s|[a-z0-9])*(?:{act_zh})",
        "alone": rf"\b(?:{keep}|{besides})\b|{keep_zh}|{besides_zh}",
        "except": rf"\b(?:not|instead of|rather than){NAMED}|any(?:product|order)\s+(?:not\b|i (?:want|need|like|love)\b)|{against}",
        "never": rf"\b(?:{never}|i (?:want|need|like|love))\b|n't|{never_zh}",
        "no keeping": rf"(?:\b(?:{never})|n't)\b(?:\s\w+){{0,4}}\s(?:{keep})\b",
        "part": rf"[{CLAUSE_END}]+|\s+(?=(?:and|but|or|while|then)\s+(?:please\s+)?(?:{keep}|leave|not|{act})\b)|"
        rf"\s+(?=(?:but|not(?=\s+\w)|{besides})\b)|(?=除(?!外))|(?<=外)|(?<=外的)",
    }


def _questioned(parts: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Return the forms of a question about what was done, and of a wish for later or on a condition."""
    (act, act_zh), (done, _), (was, was_zh) = (parts[name] for name in ("act", "done", "was"))
    (later, later_zh), link_zh = parts["later"], parts["link"][1]
    return {
        "past": rf"\bdid(?:n't)?\b.*?\b(?:{act})\b|(?<!to )(?<!please )(?<!could )(?<!can )(?<!would )\b(?:{was})\b"
        rf"(?:(?!\b(?:{parts['want'][0]})\b)[^{CLAUSE_END}])*?\b(?:{done})\b|"
        rf"(?:{was_zh}).{{0,30}}?(?:{act_zh})掉?(?:了|的|过|成)|(?<!有)没有?(?:{link_zh}|\s|any\w+)*(?:{act_zh})|"
        rf"(?:{act_zh})[^，。！？,.!?]{{0,4}}(?:成功|了吗|了没|过吗|了么|到哪|没有)",
        "later": rf"(?<!at )\b(?:{later})\b|\b(?:by|next|after|until) (?:\w+day|noon)\b|\bin \w+ (?:hours?|days?|weeks?)\b|"
        rf"\bif\b(?! (?:{parts['if'][0]})\b)|\b(?:{act})\b[^{CLAUSE_END}]*\bwhen\b|(?:{later_zh})(?!{parts['if'][1]})",
    }


def left_alone(text: str, finder: SlotFinder, patterns: Mapping[str, re.Pattern[str]]) -> tuple[bool, set[str], str]:
    """Return whether all is to be left alone, what a message names that is ('all but the hat'), and its other parts.

    A part of a message without a word on it is meant like the one before it; 'but' turns it round.
    """
    if not any(patterns[kind].search(text) for kind in ("alone", "never", "rest", "turn")):
        return False, set(), text
    mark, everything, marked = None, False, []
    for part in filter(str.strip, filter(None, patterns["part"].split(text))):
        slots, masked = finder.read(part)
        alone = patterns["alone"].search(masked) and not patterns["no keeping"].search(masked)
        everything |= bool(alone and not slots)
        if alone or patterns["except"].search(masked):
            mark = "alone" if alone else "not this"
        elif patterns["act"].search(masked):
            mark = ""
            if not slots and not patterns["all"].search(masked):  # 'do not exchange the lamp, return it'
                marked = [("" if known == "not this" else known, *about) for known, *about in marked]
        elif slots and mark is not None and patterns["turn"].match(masked.strip()):
            mark = "" if mark else "alone"
        marked.append((mark, part, [value for _, value in slots]))
    first = next((mark for mark, _, _ in marked if mark is not None), False)
    others = patterns["rest"].search(text) is not None
    left = [(first if mark is None else mark, part, named) for mark, part, named in marked]
    kept = {value for mark, _, named in left for value in named if others or mark}
    return everything and not kept, kept, ", ".join(part for mark, part, _ in left if not mark) if kept else text


def _either(words: list[str]) -> str:
    """Return a pattern of any of some words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _texts(texts: Iterable[str]) -> list[str]:
    """Return texts as a list; a single text is refused, since its letters would be taken for messages."""
    found = [None] if isinstance(texts, str | bytes) else list(texts)
    if not all(isinstance(text, str) for text in found):
        raise ArgumentError("texts", "a list of texts", repr(texts))
    return found
