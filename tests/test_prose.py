import pytest

from casebook.build import prose_faults
from casebook.prose import ProseError, check_prose, cite, code_texts, loose_numbers, say, text_faults

LINK = "../reference/ledger.md#sd-parcels-on-the-day"


def faults(text, ledger):
    return list(text_faults(text, ledger))


@pytest.mark.parametrize(
    "text",
    [
        "It took 13 hours.",
        "Two of them left.",
        "# The 3 days",
        "It rose threefold.",
        "One hour later it was over.",
        "![a chart of 5 bars](x.png)",
        "```{note} Twenty\nfive here\n```",
        ":::{tip}\nIn 2017 it rained.\n:::",
        "| a | b |\n|---|---|\n| 7 | x |",
        "- a list with 8",
        "Half of it.",
    ],
)
def test_a_loose_number_is_red(ledger, text):
    assert faults(text, ledger)


@pytest.mark.parametrize(
    "text",
    [
        f"On the day [777 million pieces]({LINK}) went out.",
        f"Almost [0.8 billion]({LINK}) went out.",
        f"On the day [all of it]({LINK}) went out.",
        "One of them said so, at once, on Double 11 and in COVID-19.",
        "The model $x_1 = 3$ and `f(2)` and\n\n```python\nx = 4\n```\n",
        "The first step, a single day, both of them, hundreds of millions.",
        "$$\n\\sum_{k=1}^{10} k\n$$",
    ],
)
def test_a_bound_number_is_green(ledger, text):
    assert faults(text, ledger) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"[778 million]({LINK})", "“778 million” differs from sd-parcels-on-the-day, which is 777000000"),
        ("[several 3](../reference/ledger.md#sd-chatbot-response-time)", "is vague"),
        ("[x](../reference/ledger.md#no-such-claim)", "expected a claim with the id “no-such-claim”"),
    ],
)
def test_a_link_that_says_something_else_is_red(ledger, text, expected):
    assert any(expected in fault for fault in faults(text, ledger))


def test_a_changed_ledger_turns_links_red(data_copy):
    from seeding import replace

    from casebook.ledger import Ledger

    replace(data_copy / "claims.csv", "777000000,777000000", "787000000,787000000")
    assert faults(f"[777 million]({LINK})", Ledger(data_copy))


def test_strings_in_code_are_prose_and_expressions_are_not(ledger):
    source = 'say(f"about {x:.0f} million in {3} days, 3 of them")\nchart(title="Two of us", name="a-2")\nstep = 7'
    texts = list(code_texts(source))
    assert "Two of us" in texts
    found = [fault for text in texts for fault in faults(text, ledger)]
    assert len(found) == 2
    assert any("“3”" in fault for fault in found)
    assert any("“Two”" in fault for fault in found)


def test_cite_refuses_another_value():
    assert cite("sd-parcels-on-the-day") == f"[777 million pieces]({LINK})"
    with pytest.raises(ProseError, match="differs from"):
        cite("sd-parcels-on-the-day", "700 million")


def test_a_sentence_is_markdown():
    assert say("So **it** is.")._repr_markdown_() == "So **it** is."


def test_allowed_names_do_not_hide_numbers_beside_them():
    assert loose_numbers("On Double 11 and 12 other days") == ["12"]


def test_the_gate_names_file_and_cell(tmp_path, ledger):
    (tmp_path / "page.md").write_text("In 1999.", encoding="utf-8")
    (tmp_path / "note.ipynb").write_text(
        '{"cells": [{"cell_type": "code", "source": ["t = \\"it took 5 days\\""]}], "metadata": {}}', encoding="utf-8"
    )
    assert check_prose(tmp_path, ledger) == [
        "note.ipynb, cell 1: expected “5” to be a link to the ledger or spoken by code",
        "page.md: expected “1999” to be a link to the ledger or spoken by code",
    ]


def test_the_book_has_no_loose_number():
    assert prose_faults() == []
