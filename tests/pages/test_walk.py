import re

import pytest
from seeding import ROOT

from casebook import walk
from casebook.ledger.descriptor import LedgerError
from casebook.pages.prose import loose_numbers

HREF = re.compile(r'href="([^"]+)"')


@pytest.fixture
def page(monkeypatch):
    """Stand where the notebooks of the letter stand."""
    monkeypatch.chdir(ROOT / "book" / "crunch-time")


def ids(ledger, source):
    return {claim.id for claim in ledger.claims.values() if claim.source == source}


def linked(shown):
    return {link.partition("#")[2] for link in HREF.findall(shown._repr_html_()) if "reference/ledger.md" in link}


@pytest.mark.parametrize("source", ["crunch-time", "sars-to-covid"])
def test_strip_and_walk_hold_every_claim_and_stay_light(page, ledger, source):
    for shown in (walk.strip(source), walk.passages(source)):
        assert linked(shown) == ids(ledger, source)
        assert len(shown._repr_html_().encode()) <= 60_000


def test_links_lead_to_pages_long_texts_are_folded_and_unknown_ones_refused(page):
    for link in HREF.findall(walk.passages("sars-to-covid")._repr_html_()):
        assert (ROOT / "book" / "crunch-time" / link.partition("#")[0]).resolve().is_file(), link
    assert "<details>" not in walk.passages("crunch-time")._repr_html_()
    assert walk.passages("sars-to-covid")._repr_html_().count("<details>") == 11
    with pytest.raises(LedgerError, match="expected passages of “nothing”"):
        walk.strip("nothing")


def test_bars_are_as_long_as_their_words_for_the_eye_alone_and_doubts_show(page):
    markup = walk.strip("crunch-time")._repr_html_()
    widths = {line: int(width) for width, line in re.findall(r'width:(\d+)px" title="Line (\d+)"', markup)}
    assert widths["17"] / widths["9"] == pytest.approx(43 / 65, abs=0.01)  # counted in the letter by hand
    markup = walk.strip("crunch-time")._repr_html_()
    hidden = markup[markup.index('<div aria-hidden="true">') : markup.index('<p class="key">')]
    assert hidden.count("<a ") == hidden.count('tabindex="-1"') == markup.count("<a ")
    assert 'class="warning full" href="../reference/ledger.md#sc-hotlines"' in walk.strip("sars-to-covid")._repr_html_()
    told = walk.passages("sars-to-covid")._repr_html_()
    assert '400 hotlines</a> <span class="verdict verdict-contradicted">' in told
    assert "verdict" not in told[told.index("Lines 66 to 68") : told.index("Lines 70 to 72")]


def test_gists_leave_the_numbers_to_the_claims(ledger):
    told = {row["id"]: f"{row['section']}. {row['gist']}" for row in ledger.tables["passages"]}
    assert {key: loose_numbers(text) for key, text in told.items() if loose_numbers(text)} == {}
