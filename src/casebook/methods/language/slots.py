"""What a message is about: the names, sizes, numbers and amounts in it, found by lists and patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from casebook.methods.language.arguments import messages

Slot = tuple[str, str]
"""Kind and value, such as ('size', 'M')."""


class SlotFinder:
    """Find slots in messages: values that were seen before, as whole words, and values of a given form.

    Where finds overlap the longest counts, then the earliest, then the pattern.

    Parameters
    ----------
    patterns
        A regular expression for each kind that has a form; its first group is the value where it has one.
    """

    def __init__(self, patterns: Mapping[str, str] | None = None) -> None:
        self._patterns = {kind: re.compile(form, re.IGNORECASE) for kind, form in (patterns or {}).items()}
        self._lists: dict[str, re.Pattern[str]] = {}

    def fit(self, slots: Iterable[Iterable[Slot]]) -> SlotFinder:
        """Learn the values of each kind that has no pattern from the slots of marked messages."""
        values: dict[str, set[str]] = {}
        for kind, value in (slot for message in slots for slot in message):
            if kind not in self._patterns and value.strip():
                values.setdefault(kind, set()).add(value.strip().casefold())
        self._lists = {
            kind: re.compile(
                rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(names, key=_longest)))})(?!\w)", re.IGNORECASE
            )
            for kind, names in values.items()
        }
        return self

    def find(self, texts: Iterable[str]) -> list[list[Slot]]:
        """Return the slots of each message in the order they stand in it, values as the message has them.

        Raises
        ------
        ValueError
            When a text is not a text.
        """
        return [[(kind, text[start:end]) for start, end, kind in self._find(text)] for text in messages("texts", texts)]

    def mask(self, texts: Iterable[str]) -> list[str]:
        """Return the messages with each slot replaced by a word for its kind, so that all values teach the same.

        Raises
        ------
        ValueError
            When a text is not a text.
        """
        return [self._mask(text) for text in messages("texts", texts)]

    def _mask(self, text: str) -> str:
        for start, end, kind in reversed(self._find(text)):
            text = f"{text[:start]}any{kind}{text[end:]}"
        return text

    def _find(self, text: str) -> list[tuple[int, int, str]]:
        """Return start, end and kind of each slot, in the order they stand in the message."""
        found = [
            (match.start(group), match.end(group), kind)
            for kind, form in (*self._patterns.items(), *self._lists.items())
            for match in form.finditer(text)
            if match.end(group := min(1, form.groups)) > match.start(group)
        ]
        taken: list[tuple[int, int, str]] = []
        for start, end, kind in sorted(found, key=lambda spot: (spot[0] - spot[1], spot[0])):
            if all(end <= first or start >= last for first, last, _ in taken):
                taken.append((start, end, kind))
        return sorted(taken)


def _longest(name: str) -> tuple[int, str]:
    return -len(name), name


@dataclass(frozen=True)
class Extraction:
    """How well slots were found: the counts, and the shares they make."""

    found: int
    marked: int
    agreed: int

    @property
    def precision(self) -> float:
        """Share of the found that was marked; not a number where nothing was found."""
        return self.agreed / self.found if self.found else float("nan")

    @property
    def recall(self) -> float:
        """Share of the marked that was found; not a number where nothing was marked."""
        return self.agreed / self.marked if self.marked else float("nan")


def extraction(found: Iterable[Iterable[Slot]], marked: Iterable[Iterable[Slot]]) -> Extraction:
    r"""Hold found slots against those a person marked, message by message.

    .. math:: \text{precision} = \frac{|F \cap M|}{|F|}, \qquad \text{recall} = \frac{|F \cap M|}{|M|}

    Parameters
    ----------
    found, marked
        The slots of each message; kind and value must agree, in small or capital letters. A slot that stands twice
        counts twice.

    Raises
    ------
    ValueError
        When the numbers of messages differ.

    References
    ----------
    C. D. Manning, P. Raghavan and H. Schütze, *Introduction to Information Retrieval*, chapter 8.
    """
    mine, theirs = ([sorted((k, v.casefold()) for k, v in slots) for slots in side] for side in (found, marked))
    if len(mine) != len(theirs):
        raise ValueError(f"marked: expected the slots of {len(mine)} messages, found those of {len(theirs)}")
    agreed = sum(
        min(one.count(slot), other.count(slot)) for one, other in zip(mine, theirs, strict=True) for slot in set(one)
    )
    return Extraction(sum(map(len, mine)), sum(map(len, theirs)), agreed)
