"""What the site does to the markup of an article, on small pieces of it."""

import pandas as pd
from bs4 import BeautifulSoup
from docutils import nodes

from casebook.pages import tables
from casebook.publish.site.context import accessible, citation
from casebook.publish.site.search import _plain, _read_html
from casebook.publish.site.tables import laid_out


def parsed(markup):
    return BeautifulSoup(markup, "html.parser")


def test_a_table_is_blocks_on_a_phone_and_sets_numbers_right():
    frame = pd.DataFrame({"Case": ["a", "b"], "Published": ["1.5", "1,200"], "Words": ["1 of a few", "few"]})
    soup = parsed(laid_out(tables.show(frame, "Cases")._repr_html_()))
    assert soup.table["class"] == ["stacked", "data-table"]
    assert [td["data-label"] for td in soup.tbody.tr.find_all("td")] == ["Published", "Words"]
    assert [tag.get("class") for tag in soup.thead.find_all("th")] == [None, ["num"], None]
    assert [td.get("class") for td in soup.tbody.tr.find_all("td")] == [["num"], None]
    assert [tag["role"] for tag in soup.tbody.tr.find_all(["th", "td"])] == ["rowheader", "cell", "cell"]
    inside = f'<details class="chart-data">{tables.show(frame, "Data")._repr_html_()}</details>'
    assert laid_out(inside) == inside


def test_a_chart_names_its_folds_and_its_marks_are_not_read_one_by_one():
    figure = (
        '<a class="headerlink" href="#x">#</a><figure class="chart"><p class="chart-title">It &amp; that rise</p>'
        '<svg role="group" aria-label="Lines"><text x="1">2017</text><a href="#y"><text x="2">777</text></a></svg>'
        "<details><summary>Data and description</summary></details></figure>"
    )
    soup = parsed(accessible(figure))
    assert soup.summary["aria-label"] == "Data and description: It & that rise"
    assert [text.get("aria-hidden") for text in soup.find_all("text")] == ["true", None]
    assert soup.find(class_="headerlink")["tabindex"] == "-1"


def test_a_chapter_is_cited_with_version_day_and_address():
    found = citation("Sign-ups", "book/sars-to-covid/sign-ups", {"pageurl": "https://example.org/sign-ups.html"})
    assert found["bibtex"].startswith("%40incollection%7Bcrunch-time-sign-ups%2C%0A")
    assert "url%20%3D%20%7Bhttps%3A%2F%2Fexample.org" in found["bibtex"]
    assert found["version"].count(".") == 2
    assert found["day"][-4:].isdigit()


def test_the_index_holds_no_tex_and_no_claim_twice():
    paragraph = nodes.paragraph("", "", nodes.Text("the share "), nodes.math("", r"\frac{a}{b}"), nodes.Text(" falls"))
    assert _plain(paragraph) == "the share … falls"
    words, rows = _read_html(
        '<p>before</p><form class="table-tools"><label>Kind</label></form><div class="verdict-map"><div>x</div></div>'
        '<ol class="claims"><li id="a">a claim</li></ol><table><tr id="s1"><th>One</th><td>does</td></tr></table><p>after</p>'
    )
    assert words == "before after"
    assert rows == [("s1", "One", "does")]
