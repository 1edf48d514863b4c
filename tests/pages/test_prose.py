import pytest
from seeding import replace

from casebook.ledger import Ledger
from casebook.pages.prose import ProseError, check_prose, cite, code_texts, loose_numbers, say, text_faults
from casebook.publish.build import prose_faults

LINK = "../reference/ledger.md#sd-parcels-on-the-day"


def faults(text, ledger):
    return list(text_faults(text, ledger))


@pytest.mark.parametrize("text", [
    "It took 13 hours.", "Two of them left.", "# The 3 days", "It rose threefold.", "One hour later it was over.",
    "![a chart of 5 bars](x.png)", "```{note} Twenty\nfive here\n```", ":::{tip}\nIn 2017 it rained.\n:::",
    "| a | b |\n|---|---|\n| 7 | x |", "- a list with 8", "Half of it.", "<p>Sales rose by 300 percent</p>",
    '<img src="a.png" alt="five bars">', 'It <abbr title="300 percent">rose</abbr>.',
    ":::{admonition} Sales rose by 300 percent\nMuch.\n:::", ":::{figure} a.png\n:alt: a chart of five bars\n:::",
    "```{figure} a.png\nFive bars\n```", "It rose thrice.", "It rose by ½, or 四千, or Ⅻ.",
    "Sales rose by $300$ percent.", "Sales rose by `300 percent`.", "{abbr}`SKU (300 percent)`",
    '[there](x.md "300 percent")', "<img alt=300>", '<input value="300 percent">', "`sales rose 300 percent`",
    r"$\text{300 percent}$", "```{math}\n\\text{300 percent}\n```", "```\nsales rose 300 percent\n```",
    "```{mermaid}\nA --> B: 300 percent\n```", "```{eval-rst}\nSales rose 300 percent\n```",
    "```{code-block} python\n:caption: rose 300\nx = y\n```",
    "```{code-cell}\n---\ncaption: rose 300\n---\nx = y\n```", "a score of days", f"[less than 777 million]({LINK})",
])  # fmt: skip
def test_a_loose_number_is_red(ledger, text):
    assert faults(text, ledger)


WORDS = "eleventh Quintuple sextuple trebled hundredfold hundredth tenths nineties nil trio crore XII"


def test_every_word_of_a_number_is_red():
    assert set(loose_numbers(WORDS)) == set(WORDS.split())


@pytest.mark.parametrize("text", [
    f"On the day [777 million pieces]({LINK}) went out.", f"Almost [0.8 billion]({LINK}) went out.",
    f"On the day [all of it]({LINK}) went out.", f"On the day [about 777 million]({LINK}) went out.",
    "`make bench NAME=orders`, `python -m casebook build`, `git log -5` and $\\mathrm{e}^{-3}$",
    "One of them said so, at once, on Double 11 and in COVID-19.",
    "The model $x_1 = 3$ and `f(2)` and\n\n```python\nx = 4\n```\n",
    "The first step, a single day, both of them, hundreds of millions.", "$$\n\\sum_{k=1}^{10} k\n$$",
])  # fmt: skip
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
    replace(data_copy / "claims.csv", "777000000,777000000", "787000000,787000000")
    assert faults(f"[777 million]({LINK})", Ledger(data_copy))


def test_strings_in_code_are_prose_and_expressions_are_not(ledger):
    source = 'say(f"about {x:.0f} million in {3} days, 3 of them")\nchart(title="Two of us", name="a-2")\nstep = 7'
    texts = list(code_texts(source))
    assert "Two of us" in texts
    assert loose_numbers("On Double 11 and 12 other days") == ["12"]
    found = [fault for text in texts for fault in faults(text, ledger)]
    assert len(found) == 2
    assert any("“3”" in fault for fault in found)
    assert any("“Two”" in fault for fault in found)


def test_a_sentence_is_markdown_and_a_citation_refuses_another_value():
    assert say("So **it** is.")._repr_markdown_() == "So **it** is."
    assert cite("sd-parcels-on-the-day") == f"[777 million pieces]({LINK})"
    with pytest.raises(ProseError, match="differs from"):
        cite("sd-parcels-on-the-day", "700 million")
    assert str(say("From $5 to $6, with $x$.")) == r"From \$5 to \$6, with $x$."
    assert cite("sd-parcels-on-the-day", "[so many $]") == rf"[\[so many \$\]]({LINK})"


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
