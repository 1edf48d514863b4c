import pytest
from seeding import replace

from casebook.audit.headlines import design, nearest_flip, region, weigh
from casebook.ledger import Assumptions, assumptions, open_ledger
from casebook.ledger.descriptor import LedgerError
from casebook.pages.trying import headline, yours

ROW = {"id": "t-x", "unit": "person", "basis": "ours"}
GIVEN = Assumptions({
    "x": ROW | {"value": "2", "low": "0", "high": "10"},
    "y": ROW | {"value": "1", "low": "1", "high": "3"},
    "z": ROW | {"value": "1", "low": "", "high": ""},
})  # fmt: skip


def test_the_design_is_even_within_its_ranges_and_the_same_each_time():
    tried = design(GIVEN, ["x", "y"])
    assert tried.equals(design(GIVEN, ["x", "y"]))
    assert tried["x"].between(0, 10).all()
    assert tried["y"].between(1, 3).all()
    assert ((tried["x"] < 5) & (tried["y"] < 2)).mean() == pytest.approx(1 / 4, abs=0.01)


def test_the_share_of_a_region_is_its_area():
    tried = region(lambda given: given.x * given.y, GIVEN, ["x", "y"], 1024)
    # x y < 10 leaves out the integral of 10 - 10 / y over y from 1 to 3, which is 20 - 10 ln 3, of 20.
    assert (tried["quantity"] > 10).mean() == pytest.approx((20 - 10 * 1.0986123) / 20, abs=0.01)


def test_the_nearest_flip_is_the_shortest_way_and_without_a_range_there_is_none():
    flip = nearest_flip(lambda given: given.x * given.y < 5, GIVEN, ["x", "y"])
    assert flip.assumption == "x"
    assert flip.value == pytest.approx(5)
    assert flip.way == pytest.approx(3 / 8)
    assert nearest_flip(lambda given: given.x < 11, GIVEN, ["x", "y"]) is None
    with pytest.raises(LedgerError, match="expected a low and a high"):
        region(lambda given: given.z, GIVEN, ["z"])


def test_a_headline_that_the_table_tells_otherwise_is_refused():
    given = assumptions("sars-to-covid/sign-ups")
    with pytest.raises(LedgerError, match=r"headlines.csv, row 2, field value: expected 100, found 63.5"):
        headline("sign-ups-apart", lambda _: 100.0, given, 4)
    with pytest.raises(LedgerError, match="expected a headline with the id “no-such”"):
        weigh("no-such", lambda _: 1.0, given)
    assert "holds at all 4 points tried. No" in str(headline("sign-ups-apart", lambda _: 63.5, given, 4))


def test_a_headline_that_holds_in_too_little_of_its_region_is_no_headline(data_copy):
    replace(data_copy / "headlines.csv", ",63.5,100,", ",63.5,89,")
    with pytest.raises(LedgerError, match="expected at least 90"):
        open_ledger(data_copy)


@pytest.mark.parametrize("value", ["many", float("nan"), -1, True, [2]])
def test_a_bad_number_of_your_own_gives_one_line(value):
    told = yours(lambda: GIVEN.but(x=value))
    assert str(told).startswith("your numbers, field x: expected a number of person, zero or more, found ")
    assert "\n" not in str(told)


def test_an_unknown_name_and_a_cell_run_too_early_are_told():
    assert "expected one of x, y, z, found “w”" in str(yours(lambda: GIVEN.but(w=1)))
    assert "Run All Cells" in str(yours(lambda: not_there_yet))  # noqa: F821
    assert yours(lambda: GIVEN.but(x=3).but(y=2).x) == 3
