import csv
import io
import re
from urllib.parse import unquote

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from casebook.pages import charts
from casebook.pages.drawing import ROLES, plain

DATA = pd.DataFrame({"year": [1, 2, 3], "value": [1.0, 4.0, 9.0]})


def draw(ax, data):
    ax.plot(data["year"], data["value"], color=charts.COMPUTED)
    ax.text(2, 7, "steep")


def show(function=draw, data=DATA, **changes):
    texts = {
        "name": "squares",
        "title": "Squares grow faster than their roots",
        "subtitle": "Value by year, no unit",
        "alt": ("Line chart", "squares by year", "the last is the largest"),
        "source": ["sd-parcels-on-the-day"],
    }
    return charts.show(function, data, **(texts | changes))


def test_the_same_data_gives_the_same_picture_which_belongs_to_the_page():
    assert show()._repr_html_() == show()._repr_html_()
    other = DATA.assign(value=[1.0, 4.04, 9.0])
    assert show(data=other)._repr_html_() != show()._repr_html_()
    svg = show().wide
    assert "currentColor" in svg
    assert charts.INK not in svg
    assert not re.search(r"<metadata|<style|<!DOCTYPE|font-family|\d{4}-\d\d-\d\dT", svg)
    assert 'role="img"' in svg
    assert "steep</text>" in svg


def test_what_goes_with_the_picture():
    chart = show(stamp="illustrative")
    assert chart.alt == "Line chart of squares by year, where the last is the largest."
    soup = BeautifulSoup(chart._repr_html_(), "html.parser")
    assert soup.find(class_="stamp").text == "illustrative"
    assert {svg["aria-label"] for svg in soup.find_all("svg")} == {chart.alt}
    assert soup.find("details").p.text == chart.alt
    link = soup.find("a", download=True)
    assert [charts._written(x) for x in (777e6, 1 / 3, 60879.975855, 2.5e-7)] == [
        "777000000",
        "0.333333",
        "60880",
        "0.00000025",
    ]
    assert link["download"] == "squares.csv"
    rows = list(csv.reader(io.StringIO(unquote(link["href"].split(",", 1)[1]))))
    assert rows == [["year", "value"], ["1", "1"], ["2", "4"], ["3", "9"]]


def test_the_source_line_names_claims_and_references_and_what_to_mind_of_a_corrected_claim():
    line = charts.source_line(["sd-parcels-on-the-day", "singles-day-parcels"])
    assert "ledger.md#sd-parcels-on-the-day" in line
    assert "bibliography.md#" in line
    with pytest.raises(charts.ChartError, match="expected a claim, a series or a reference"):
        charts.source_line(["no-such-thing"])
    assert "“12.18 minutes”: Twelve minutes and eighteen seconds" in charts.source_line(["sd-first-delivery-time"])
    assert "To mind" not in charts.source_line(["sd-chatbot-requests"])
    several = charts.source_line(["sd-first-delivery-time", "sc-hotlines", "jr-flights-multiple"])
    assert "of these figures are not to be used as stated" in several


def overlapping(ax, data):
    ax.text(0.5, 0.5, "one label")
    ax.text(0.5, 0.5, "another label")


def outside(ax, data):
    ax.figure.text(0.9, 0.5, "a label that runs out of the picture")


def only_wide(ax, data):
    ax.set_xlim(0, 1)
    ax.text(0.1, 0.5, "a label with room on a wide page", fontsize=15)
    ax.text(0.65, 0.5, "another one", fontsize=15)


def crossed(ax, data):
    ax.plot([0, 1, 2], [0, 4, 0])
    ax.text(1, 4, "on the peak", ha="center", va="center")


@pytest.mark.parametrize(
    ("function", "what"),
    [(overlapping, "overlap"), (outside, "leaves"), (only_wide, "narrow"), (crossed, "lies on a line")],
)
def test_labels_a_reader_cannot_read_are_refused(function, what):
    with pytest.raises(charts.ChartError, match=what):
        show(function)


def test_a_label_under_an_arch_lies_on_no_line():
    def arch(ax, data):
        ax.plot([0, 1, 2], [0, 4, 0])
        ax.set(xlim=(0, 2), ylim=(-1, 5))
        ax.text(1, 0, "under it", ha="center", va="center")

    assert "under it" in show(arch).wide


@pytest.mark.parametrize("changes", [{"title": " "}, {"alt": ("Chart", "", "x")}, {"name": "Two Words"}])
def test_a_chart_without_its_texts_is_refused(changes):
    with pytest.raises(charts.ChartError, match="expected a"):
        show(**changes)


def luminance(colour):
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("role", ROLES)
def test_the_colour_of_a_role_can_be_read_on_both_grounds(role):
    for colour, ground in zip(ROLES[role], ("#ffffff", "#14181e"), strict=True):
        low, high = sorted((luminance(colour), luminance(ground)))
        assert (high + 0.05) / (low + 0.05) >= 4.5


def test_the_page_gives_a_role_its_colour_and_other_readers_get_a_plain_one():
    svg = show(lambda ax, data: ax.plot(data["year"], data["value"], color=charts.STATED)).wide
    assert "var(--stated, light-dark(#1970bf, #4e90dc))" in svg
    assert "var(" not in plain(svg)
    assert "#1970bf" in plain(svg)


def test_a_path_is_written_in_steps_that_do_not_drift():
    line = pd.DataFrame({"year": range(1000), "value": [k % 7 for k in range(1000)]})
    svg = show(lambda ax, data: ax.plot(data["year"], data["value"], color=charts.WARNING), line).wide
    steps = max(re.findall(r' d="([^"]*)"', svg), key=len)
    last = sum(float(step.split()[0]) for step in re.split("[ml]", steps)[1:])
    assert steps.count("l") > 100
    assert 600 < last < charts.WIDE  # the last point stands near the right end, a margin away
    assert max(len(number.partition(".")[2]) for number in re.findall(r"[\d.]+", steps)) == 1
