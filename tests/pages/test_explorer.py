import gzip

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from casebook.pages import charts

YEARS = np.linspace(0, 10, 60)
POWERS = (0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8)
FRAMES = {power: pd.DataFrame({"year": YEARS, "value": (YEARS / 10) ** power}) for power in POWERS}


def draw(ax, data):
    ax.plot(data["year"], data["value"], color=charts.COMPUTED)
    ax.set(xlim=(0, 10), ylim=(0, 1.1), xlabel="years")


def explore(function=draw, frames=FRAMES, **changes):
    texts = {
        "over": "power", "unit": "", "finding": lambda power, data: f"At {power} the middle is {data['value'].iloc[30]:.2f}.",
        "start": 2, "name": "powers", "title": "A higher power waits longer", "subtitle": "Value by year, no unit",
        "alt": ("Line chart", "powers by year"), "source": [],
    }  # fmt: skip
    return charts.explore(function, frames, **(texts | changes))


@pytest.fixture(scope="module")
def soup():
    return BeautifulSoup(explore()._repr_html_(), "html.parser")


def test_one_frame_is_shown_and_the_others_wait(soup):
    for kind in ("wide", "narrow"):
        frames = soup.select(f".chart-{kind} svg g.k")
        assert len(frames) == len(FRAMES)
        assert [frame.get("style") for frame in frames].count(None) == 1
        assert len({str(frame.path) for frame in frames}) == len(FRAMES)
    assert len(soup.select(".chart-wide svg text")) == len({str(t) for t in soup.select(".chart-wide svg text")})


def test_each_choice_is_described_by_the_finding_of_its_frame(soup):
    choices = soup.select("form fieldset input[type=radio]")
    assert [choice["class"] for choice in choices] == [[f"s{k}"] for k in range(9)]
    assert [c for c in choices if c.has_attr("checked")] == [choices[4]]
    assert soup.find(id=choices[8]["aria-describedby"]).text == "At 8 the middle is 0.00."
    assert all(choice["data-lm-suppress-shortcuts"] == "true" for choice in choices)
    assert soup.form["method"] == "dialog"
    assert soup.legend.text == "power"
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_it_is_light_and_holds_every_frame():
    chart = explore()
    assert list(chart.data) == ["power", "year", "value"]
    assert len(chart.data) == 9 * 60
    assert len(gzip.compress((chart.wide + chart.narrow).encode())) <= 9 * 2048
    assert len(gzip.compress(chart._repr_html_().encode())) <= 18 * 1024
    other = FRAMES | {8: FRAMES[8].assign(value=FRAMES[8]["value"] * 1.05)}
    assert explore(frames=other).wide != explore().wide


def test_frames_of_different_axes_too_few_too_many_or_none_to_start_with_are_refused():
    with pytest.raises(charts.ChartError, match="the same axes in every frame"):
        explore(lambda ax, data: ax.plot(data["year"], data["value"] * data["value"].iloc[30]))
    for frames in ({2: FRAMES[2]}, dict.fromkeys(range(10), FRAMES[2]), {1: FRAMES[1], 3: FRAMES[3]}):
        with pytest.raises(charts.ChartError, match="expected 2 to 9 frames, 2 among them"):
            explore(frames=frames)
    with pytest.raises(charts.ChartError, match="a title that holds in every frame"):
        explore(title="It grows 8 times")
    with pytest.raises(charts.ChartError, match="a key in the subtitle: “dashed:”"):
        explore(subtitle="Value by year; dashed: the plan")
