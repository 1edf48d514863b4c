"""The claims as cards, notes and squares, read as HTML."""

import re

import pytest
from bs4 import BeautifulSoup

from casebook.ledger import QUALIFIERS
from casebook.ledger.quantities import BOUNDS
from casebook.pages.claim_cards import WORDS, Audit, ledger_page, note, verdict_map
from casebook.pages.tables import in_words


@pytest.fixture(scope="module")
def cards(ledger):
    return BeautifulSoup(ledger_page(ledger), "html.parser")


def test_every_claim_has_one_card_with_both_verdicts(cards, ledger):
    assert [card["id"] for card in cards.select("ol.claims > li")] == list(ledger.claims)
    card = cards.select_one("#jr-flights-multiple")
    verdicts = [span.get_text() for span in card.select(".verdicts > span")]
    assert verdicts == ["inside inconsistent", "outside corroborated (company's own word)"]
    assert (card["data-inside"], card["data-outside"]) == ("inconsistent", "corroborated own")
    instead = {
        "jr-flights-multiple": "nearly fivefold",
        "sd-parcels-on-the-day": "812 million",
        "sc-hotlines": "leave it",
    }
    assert all(words in cards.select_one(f"#{key} .instead").get_text() for key, words in instead.items())


def test_a_part_is_found_under_what_it_belongs_to(cards):
    for choice in cards.select("select[name=entity] option")[1:]:
        several = cards.select(f"li[data-entity~={choice['value']}]")
        assert f"({len(several)})" in choice.get_text()
    assert cards.select_one("li[data-entity~=hema-wuhan-store][data-entity~=hema][data-entity~=alibaba]")


def test_values_are_written_for_readers_and_sorted_in_base_units(cards):
    assert not re.search(
        r"--\d\d|\d{4}-\d\d-\d\d|\bT\d\d:|\b(19|20),\d{3} years?\b", cards.select_one("ol.claims").get_text(" ")
    )
    values = {card["id"]: float(card["data-value"]) for card in cards.select("li[data-value]")}
    assert (values["sc-first-load-transit"], values["sc-debate-time"]) == (24 * 3600, 100)
    assert in_words("--01-26") == "26 January"
    assert in_words("2020-01-26T13:00/2020-01-27T02:00") == "26 January 2020, 13:00 to 27 January 2020, 02:00"
    assert in_words("2020-01/2020-03") == "January 2020 to March 2020"


def test_notes_say_both_verdicts_from_what_a_value_differs_and_no_bound_twice(ledger):
    audit, words = Audit(ledger), "|".join(f"{words}|{QUALIFIERS[sign]}" for sign, words in BOUNDS.items())
    notes = {}
    for key, claim in ledger.claims.items():
        notes[key] = " ".join(BeautifulSoup(note(claim, audit), "html.parser").get_text(" ").split())
        assert not re.search(rf"\b(?:{words}) (?:{words})\b", notes[key]), key
    assert "42 million a day" in notes["sd-daily-volume-present"]
    assert "inconsistent corroborated (company's own word)" in notes["jr-flights-multiple"]
    assert "4.85 times, stated 4 times" in notes["jr-flights-multiple"]
    assert "not compared" in notes["jr-recruiting-time"]


def test_the_map_has_a_square_a_claim_and_counts_that_hold(cards, ledger):
    soup = BeautifulSoup(verdict_map(Audit(ledger)), "html.parser")
    assert [(a["href"], a["tabindex"]) for a in soup.select(".squares a")] == [
        (f"#{key}", "-1") for key in ledger.claims
    ]
    for link in soup.select(".tally a"):
        asked = dict(part.split("=") for part in link["href"].partition("?")[2].split("&"))
        fits = cards.select("li" + "".join(f'[data-{name}~="{value}"]' for name, value in asked.items()))
        assert link.get_text().split()[-2] in (str(len(fits)), WORDS.get(len(fits)))
