"""Traffic: as many messages as a day brings, with the slips of hurried thumbs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

SLIPS = "abcdefghijklmnopqrstuvwxyz"


def mistype(text: str, slips: float, rng: Generator) -> str:
    """Let a hurried thumb slip: each character is, with the given chance, lost, doubled, swapped or another.

    Parameters
    ----------
    slips
        Chance of a slip for each character, from zero to one.
    """
    if not 0 <= slips <= 1:
        raise ValueError(f"slips: expected a chance from 0 to 1, found {slips}")
    hit = rng.random(len(text)) < slips
    if not hit.any():
        return text
    letters, swapped = [], False
    for at, letter in enumerate(text):
        if swapped or not hit[at]:
            letters += [] if swapped else [letter]
            swapped = False
            continue
        kind = rng.integers(4)
        if kind == 1:
            letters.append(2 * letter)
        elif kind == 2 and at + 1 < len(text):
            letters.append(text[at + 1] + letter)
            swapped = True
        elif kind == 3:
            letters.append(SLIPS[rng.integers(len(SLIPS))])
    return "".join(letters)


def draw(
    texts: Sequence[str], chances: Sequence[float], n: int, slips: float, seed: int
) -> tuple[list[str], np.ndarray]:
    """Draw messages from a corpus as customers might send them.

    Parameters
    ----------
    texts
        The corpus.
    chances
        How often each is sent, relative to the others.
    n
        Messages to draw.
    slips
        Chance of a typing slip for each character.
    seed
        Seed of the random numbers.

    Returns
    -------
    messages, places
        The messages, and the place in the corpus that each comes from.
    """
    rng = np.random.default_rng(seed)
    weights = np.asarray(chances, dtype=float)
    places = rng.choice(len(texts), size=n, p=weights / weights.sum())
    return [mistype(texts[place], slips, rng) for place in places], places
