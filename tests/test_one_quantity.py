"""A quantity is spoken with one value, on whichever page: sentences alike in words may not differ a little in numbers."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from seeding import ROOT, replace
from sklearn.feature_extraction.text import TfidfVectorizer

from casebook.ledger import Ledger

ALIKE = 0.45  # cosine of the words, weighed by how rare they are
NEAR = 0.15  # two numbers so close, in sentences alike, are taken for one quantity
NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\w:])")
DAY = re.compile(r"\b\d\d? (?:January|February|June|November|December)")
UNIT = "times|minutes|hours|days|per cent|million|billion"
MARKUP = re.compile(r"\]\([^)]*\)|\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|<[^>]+>|[\[\]*]", re.S)

# Sentences alike that are about two quantities: words of one, words of the other.
TWO = [
    ("All carriers in China", "parcels a head"),
    ("At the close of", "neither is a close"),
    ("could be held against", "in 11"),
]


def numbers(text):
    return {float(token.rstrip(",").replace(",", "")) for token in NUMBER.findall(text)}


def units(text):
    """Return the unit after each number of a sentence; a range lends its unit to both ends."""
    pattern = rf"({NUMBER.pattern})(?:(?: to | and )[\d.,]+)? ({UNIT})\b"
    return {float(number.rstrip(",").replace(",", "")): unit for number, unit in re.findall(pattern, text)}


def differ(one, other):
    """Say whether two numbers are near and no rounding of one another."""
    digits = min(len(f"{value:g}".replace(".", "").rstrip("0")) for value in (one, other))
    rounded = {float(f"{value:.{max(digits, 1)}g}") for value in (one, other)}
    return len(rounded) > 1 and abs(one - other) <= NEAR * max(one, other)


def sentences(folder):
    """Return (page, sentence, numbers) of what the pages say, in prose and in stored outputs."""
    found = []
    for path in sorted(Path(folder).rglob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            outputs = [output["data"].get("text/markdown", "") for output in cell.get("outputs", [])]
            source = cell["source"] if cell["cell_type"] == "markdown" else ""
            for text in map("".join, [source, *outputs]):
                parts = re.split(r"(?<=[.!?;:])\s+|\n", DAY.sub("", MARKUP.sub(" ", text)))
                found += [(path, part, numbers(part)) for part in parts if numbers(part) and len(part.split()) >= 5]
    return [entry for entry in found if "Tried at" not in entry[1]]


def conflicts(found):
    """Return pairs of sentences of two pages that are alike, and differ a little in a number they do not share."""
    words = TfidfVectorizer(token_pattern="[a-z]{3,}", sublinear_tf=True, stop_words="english")
    matrix = words.fit_transform([text.lower() for _, text, _ in found])
    pairs = np.transpose(np.triu((matrix @ matrix.T).toarray(), 1).__gt__(ALIKE).nonzero())
    said = []
    for (page, one, left), (other_page, other, right) in ((found[i], found[j]) for i, j in pairs):
        first, second = units(one), units(other)
        pairs_of = ((a, b) for a in left - right for b in right - left if differ(a, b))
        if page != other_page and any(len({first.get(a), second.get(b)} - {None}) < 2 for a, b in pairs_of):
            said.append((page.stem, one.strip(), other_page.stem, other.strip()))
    return said


def test_no_quantity_is_spoken_with_two_values():
    said = conflicts(sentences(ROOT / "book"))
    assert [pair for pair in said if not any(a in pair[1] and b in pair[3] for a, b in TWO)] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Against the usual month, the launch was 28 to 56 times as fast.", "The launch was 28 to 55 times as fast."),
        ("References count 812 million parcels by midnight.", "By midnight, references count 830 million parcels."),
        ("Of 338 claims of the texts, 59 hold.", "Of the claims of the texts, 59 of 331 hold."),
    ],
)
def test_a_value_that_is_spoken_otherwise_elsewhere_is_found(tmp_path, one, other):
    for name, text in (("one", one), ("other", other)):
        cells = [{"cell_type": "markdown", "source": [text]}]
        (tmp_path / f"{name}.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    filler = [
        (Path("x"), f"A {word} of its own kind stands here, 5 of them.", {5.0}) for word in ("truck", "mask", "shop")
    ]
    assert len(conflicts(sentences(tmp_path) + filler)) == 1


# Where the words of a table repeat a figure of a series: the reference is the same, the number nearly.
def repeated(ledger):
    """Return words of the tables that give a figure of a reference otherwise than the series from that reference."""
    stated = {}
    for row in ledger.tables["series"]:
        if row["basis"] == "stated" and float(row["value"]) >= 10:
            stated.setdefault(row["reference"], set()).add(float(row["value"]))
    texts = [
        (row["id"], row["reference"], f"{row['reference_value']}; {row['words']}")
        for row in ledger.tables["corroboration"]
    ]
    texts += [(row["claim"], row["reference"], row["reason"]) for row in ledger.tables["corrections"]]
    own = {row["claim"]: numbers(str(ledger[row["claim"]].low)) for row in ledger.tables["corrections"]}
    faults = []
    for key, reference, text in texts:
        values = stated.get(reference, set())
        for number in numbers(text) - values - own.get(key, set()):
            faults += [key for value in values - numbers(text) if abs(value - number) <= NEAR * value]
    return sorted(set(faults))


def test_a_table_repeats_a_figure_of_a_series_as_it_stands_there(ledger, data_copy):
    assert repeated(ledger) == []
    replace(data_copy / "series.csv", "singles-day-parcels,2017,812,", "singles-day-parcels,2017,830,")
    replace(data_copy / "series.csv", "2017-11-12T00:00,812,", "2017-11-12T00:00,830,")
    assert repeated(Ledger(data_copy)) == ["sd-parcels-on-the-day", "sd-parcels-on-the-day-2"]


def test_one_point_of_two_series_is_one_value(ledger):
    series = {f"{row['series']}@{row['as_of']}": row["value"] for row in ledger.tables["series"]}
    assert series["singles-day-2017-running-parcels@2017-11-12T00:00"] == series["singles-day-parcels@2017"]
    for row in ledger.tables["series"]:
        if row["series"] == "post-market-value-pdd":
            assert float(row["value"]) == ledger.value("mm-market-value-rival") / 1e9
