import pytest
from bs4 import BeautifulSoup

from casebook.pages import diagrams
from casebook.pages.diagrams import arrow, assumed, computed, stated
from casebook.pages.drawing import ChartError

BOXES = {"staff": "Medical\nstaff", "cover": "The cover", "kept": "Reserve"}
ARROWS = (
    arrow("staff", "cover", stated("sc-sign-ups-third-count", "{}\nsign up")),
    arrow("cover", "kept", computed("221 million RMB")),
)


def show(boxes=BOXES, rows="staff cover kept", arrows=ARROWS):
    return diagrams.show(boxes, rows, arrows, name="the-cover", title="A promise each", what="the cover")


def test_the_description_and_the_data_follow_the_arrows():
    chart = show()
    assert chart.alt == (
        "Schematic of the cover, where Medical staff leads to The cover (more than 1 million people sign up, stated); "
        "The cover leads to Reserve (221 million RMB, computed)."
    )
    assert chart.data["whose"].tolist() == ["stated", "computed"]


def test_a_stated_number_is_a_link_in_its_colour_and_not_by_colour_alone():
    chart = show(arrows=[*ARROWS, arrow("kept", "cover", assumed("a guess"))])
    svg = BeautifulSoup(chart.wide, "html.parser")
    link = svg.find("a")
    assert link["xlink:href"].endswith("ledger.md#sc-sign-ups-third-count")
    assert "--stated" in str(link)
    assert svg.svg["role"] == "group"  # an image may not hold a link
    looks = {text.text: text["style"] for text in svg.find_all("text")}
    assert "italic" in looks["a guess"]
    assert "font-weight: 700" in looks["221 million RMB"]


def test_it_lies_across_on_a_wide_page_and_down_on_a_phone():
    def places(svg):
        texts = BeautifulSoup(svg, "html.parser").find_all("text", x=True)
        return {text.text: (float(text["x"]), float(text["y"])) for text in texts}

    wide, narrow = places(show().wide), places(show().narrow)
    assert abs(wide["The cover"][1] - wide["Reserve"][1]) < 1 < abs(wide["The cover"][0] - wide["Reserve"][0])
    assert narrow["Reserve"][1] - narrow["The cover"][1] > 50


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"rows": "staff cover"}, "a place for “kept”"),
        ({"arrows": [arrow("staff", "nobody")]}, "a place for “nobody”"),
        (
            {
                "arrows": [
                    arrow(
                        "staff",
                        "cover",
                        "a label far too long to stand between these boxes, even when it is broken into two lines of words",
                    )
                ]
            },
            "meets a box",
        ),
        ({"arrows": [arrow("staff", "kept", "through the middle")]}, "meets a box"),
        ({"boxes": BOXES | {"cover": "words without an end " * 5}}, "leaves the picture|boxes overlap"),
    ],
)
def test_what_nobody_could_read_is_refused(changes, told):
    with pytest.raises(ChartError, match=told):
        show(**changes)
