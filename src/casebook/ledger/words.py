"""The number words of English, as the scanner and the parser share them."""

from __future__ import annotations

CARDINALS: dict[str, int] = {word: value for value, word in enumerate([
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
])} | {
    word: 10 * value
    for value, word in enumerate(["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=3)
}  # fmt: skip

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
    "double": 2, "doubled": 2, "doubling": 2, "twice": 2, "thrice": 3, "triple": 3, "tripled": 3, "tripling": 3,
    "quadruple": 4, "quadrupled": 4, "quadrupling": 4,
}  # fmt: skip

# Words that speak of a quantity and give none. 'several times' is not a number.
VAGUE: frozenset[str] = frozenset([
    "several", "few", "many", "most", "some", "multiple", "numerous", "couple", "dozen", "dozens", "hundreds",
    "thousands", "millions", "various", "each", "all",
])  # fmt: skip

# Superlatives and their like, all of them the statement 'number one of its kind'.
SUPERLATIVES: frozenset[str] = frozenset([
    "first", "first-ever", "largest", "biggest", "strongest", "strongest-ever", "best", "highest", "most", "only",
    "preferred", "main", "primarily", "earliest",
])  # fmt: skip

MONTHS: dict[str, int] = {word: value for value, word in enumerate([
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
], start=1)}  # fmt: skip
MONTHS |= {word[:3]: value for word, value in MONTHS.items()}

WEEKDAYS: dict[str, int] = {
    word: value
    for value, word in enumerate(
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], start=1
    )
}

# What makes a token of a text look like a number, apart from a digit.
NUMBER_WORDS: frozenset[str] = frozenset([
    *CARDINALS, *ORDINALS, *(word for word in SCALES if len(word) > 2), *MULTIPLES,
    "half", "quarter", "once", "couple", "dozen", "dozens", "hundreds", "thousands", "millions", "several", "few",
    "single", "both",
])  # fmt: skip

_ROOTS = "eleven twelf thirteen fourteen fifteen sixteen seventeen eighteen nineteen hundred thousand million billion"
_TENS = "twent thirt fort fift sixt sevent eight ninet"

# Further words that state a number in prose; those of the texts are above.
MORE_NUMBERS: frozenset[str] = frozenset(
    [
        *(root + end for root in [*_ROOTS.split(), *(f"{ten}ie" for ten in _TENS.split())] for end in ("th", "ths")),
        *(f"{ten}ies" for ten in _TENS.split()),
        *(f"{word}s" for word in ORDINALS if word not in ("first", "second")),
        *(f"{many}uple{end}" for many in ("quadr", "quint", "sext", "sept", "oct", "dec") for end in ("", "s", "d")),
        *("treble", "trebled", "trebling", "nil", "duo", "trio", "quartet", "quintet", "sextet"),
        *("crore", "crores", "lakh", "lakhs"),
    ]
)
