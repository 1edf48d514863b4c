"""Messages as numbers: the words, pairs of words and runs of letters of a text, each as one 64-bit key."""

from __future__ import annotations

import functools
import sys
import unicodedata

import numpy as np
from numba import njit
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
Keys = NDArray[np.uint64]

SPACE, MARK, LETTER, SIGN = 0, 1, 2, 3
"""Kinds of character: a blank; punctuation, which ends a word; a letter or digit; a sign that is a word by itself."""

SHORTEST, LONGEST = 2, 5
UNSPACED = ((0x2E80, 0x33FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))
"""Han, kana and their kin, which write words without blanks between them."""

WORDS, LETTERS = np.uint64(0xCBF29CE484222325), np.uint64(0x9E3779B97F4A7C15)
PRIME, PAIR = np.uint64(0x100000001B3), np.uint64(0xBF58476D1CE4E5B9)
BLANK = np.uint64(32)


@functools.cache
def kinds() -> NDArray[np.uint8]:
    """Tell the kind of every character there is."""
    table = np.full(sys.maxunicode + 1, MARK, dtype=np.uint8)
    for code in range(sys.maxunicode + 1):
        letter = chr(code)
        category = unicodedata.category(letter)
        if letter.isspace():
            table[code] = SPACE
        elif category in ("So", "Sk"):
            table[code] = SIGN
        elif letter.isalnum() or category[0] == "M":
            table[code] = LETTER
    for low, high in UNSPACED:
        block = table[low : high + 1]
        block[block == LETTER] = SIGN
    return table


def encode(texts: list[str]) -> tuple[Codes, NDArray[np.int64]]:
    """Return the characters of all texts in a row, small letters and one form of each, and where each text begins.

    Full-width letters, ligatures and other forms of the same character become one (Unicode's NFKC).
    """
    joined = "\n".join(text.replace("\n", " ") for text in texts)
    plain = unicodedata.normalize("NFKC", joined).casefold()
    codes = np.frombuffer(plain.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    breaks = np.flatnonzero(codes == 10)
    return codes, np.concatenate([[-1], breaks, [codes.size]])


@njit(cache=True, nogil=True)
def grams(codes: Codes, table: NDArray[np.uint8], keys: Keys) -> tuple[int, int]:
    """Write the keys of one message: its words and pairs of neighbouring words, then its runs of two to five characters.

    Runs stay inside what stands between blanks, with a blank before and after it. Returns how many keys are of words,
    and how many there are in all; `keys` has room for ten for each character and sixteen more.
    """
    n, length = 0, codes.size
    before, word = np.uint64(0), np.uint64(0)
    for at in range(length + 1):
        kind = table[codes[at]] if at < length else SPACE
        if kind == LETTER:
            word = ((word if word else WORDS) ^ np.uint64(codes[at])) * PRIME
            continue
        for ended in (word, (WORDS ^ np.uint64(codes[at])) * PRIME if kind == SIGN else np.uint64(0)):
            if ended:
                keys[n] = ended
                n += 1
                if before:
                    keys[n] = (before * PAIR ^ ended) * PRIME
                    n += 1
                before = ended
        word = np.uint64(0)
    words = n
    at = 0
    while at < length:
        start = at
        while at < length and table[codes[at]] != SPACE:
            at += 1
        if at > start:
            n = _runs(codes[start:at], keys, n)
        at += 1
    return words, n


@njit(cache=True, nogil=True)
def _runs(chunk: Codes, keys: Keys, n: int) -> int:
    """Write the keys of the runs of one chunk of characters with a blank on either side of it."""
    padded = chunk.size + 2
    for start in range(padded - 1):
        key = LETTERS
        for end in range(start, min(start + LONGEST, padded)):
            inside = 0 < end < padded - 1
            key = (key ^ (np.uint64(chunk[end - 1]) if inside else BLANK)) * PRIME
            if end - start + 1 >= SHORTEST:
                keys[n] = key
                n += 1
    return n


@njit(cache=True, nogil=True)
def all_grams(codes: Codes, starts: NDArray[np.int64], table: NDArray[np.uint8]) -> tuple[Keys, NDArray[np.int64]]:
    """Return the keys of all messages in a row, and for each message its keys of words and its keys in all."""
    keys = np.empty(10 * codes.size + 16 * starts.size, dtype=np.uint64)
    counts = np.empty((starts.size - 1, 2), dtype=np.int64)
    n = 0
    for row in range(starts.size - 1):
        words, total = grams(codes[starts[row] + 1 : starts[row + 1]], table, keys[n:])
        counts[row, 0], counts[row, 1] = words, total
        n += total
    return keys[:n].copy(), counts
