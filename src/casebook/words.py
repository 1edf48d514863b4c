"""The number words of English, as the scanner and the parser share them."""

from __future__ import annotations

CARDINALS: dict[str, int] = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {
    word: 10 * value
    for value, word in enumerate(["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=3)
}

ORDINALS: dict[str, int] = {
    word: value
    for value, word in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"], start=1
    )
}

SCALES: dict[str, int] = {
    "hundred": 10**2,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "k": 10**3,
    "m": 10**6,
    "bn": 10**9,
}

MULTIPLES: dict[str, int] = {
    "double": 2,
    "doubled": 2,
    "doubling": 2,
    "twice": 2,
    "triple": 3,
    "tripled": 3,
    "tripling": 3,
    "quadruple": 4,
    "quadrupled": 4,
    "quadrupling": 4,
}

# Words that speak of a quantity and give none. 'several times' is not a number.
VAGUE: frozenset[str] = frozenset(
    [
        "several",
        "few",
        "many",
        "most",
        "some",
        "multiple",
        "numerous",
        "couple",
        "dozen",
        "dozens",
        "hundreds",
        "thousands",
        "millions",
        "various",
        "each",
        "all",
    ]
)

# Superlatives and their like, all of them the statement 'number one of its kind'.
SUPERLATIVES: frozenset[str] = frozenset(
    [
        "first",
        "first-ever",
        "largest",
        "biggest",
        "strongest",
        "strongest-ever",
        "best",
        "highest",
        "most",
        "only",
        "preferred",
        "main",
        "primarily",
        "earliest",
    ]
)

MONTHS: dict[str, int] = {
    word: value
    for value, word in enumerate(
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ],
        start=1,
    )
}
MONTHS |= {word[:3]: value for word, value in MONTHS.items()}

WEEKDAYS: dict[str, int] = {
    word: value
    for value, word in enumerate(
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], start=1
    )
}

# What makes a token of a text look like a number, apart from a digit.
NUMBER_WORDS: frozenset[str] = frozenset(
    [
        *CARDINALS,
        *ORDINALS,
        *(word for word in SCALES if len(word) > 2),
        *MULTIPLES,
        *[
            "half",
            "quarter",
            "once",
            "couple",
            "dozen",
            "dozens",
            "hundreds",
            "thousands",
            "millions",
            "several",
            "few",
            "single",
            "both",
        ],
    ]
)
