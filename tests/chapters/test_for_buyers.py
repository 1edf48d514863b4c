import numpy as np
import pytest
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st
from seeding import chapter

from casebook import ledger

model = chapter("midnight-memo/for-buyers")
GIVEN = ledger.assumptions("midnight-memo/for-buyers")


@pytest.fixture(autouse=True)
def constants(monkeypatch):
    monkeypatch.setitem(model.tolls.__globals__, "given", GIVEN)


def test_the_stopping_price_by_hand():
    assert [float(model.stop_at(0.01, a)) for a in (0.5, 1, 2)] == pytest.approx([0.0608, 0.1414, 0.3107], abs=5e-5)
    assert model.stop_at(0.6, 1) == 1  # a look so dear that the first price is taken


@pytest.mark.parametrize("a", [0.5, 1, 2])
@pytest.mark.parametrize("q", [1.0, 0.6])
def test_buyers_who_follow_the_rule_pay_the_toll(a, q):
    random, r, n = np.random.default_rng(2), float(model.stop_at(0.01, a, q)), 100_000
    looks = random.geometric(q * r**a, n)  # until a right one is cheap enough
    price = r * random.random(n) ** (1 / a)
    assert (price + 0.01 * looks).mean() == pytest.approx(r, rel=0.01)
    assert sum(model.toll(r, 0.01, a, q)) == pytest.approx(r)


@settings(max_examples=50, deadline=None)
@over(st.floats(0.2, 5), st.floats(1e-4, 0.1), st.floats(0.3, 1), st.floats(0.01, 1))
def test_no_other_stopping_price_is_cheaper(a, c, q, other):
    assert sum(model.toll(other, c, a, q)) >= sum(model.toll(model.stop_at(c, a, q), c, a, q)) - 1e-9


@settings(max_examples=30, deadline=None)
@over(st.floats(5, 20), st.floats(0.3, 2), st.floats(0.2, 5))
def test_at_the_bearable_share_the_tool_is_worth_nothing(k, harm, look):
    mine = GIVEN.but(cheaper=k, harm=harm, look=look)
    share = model.bearable(mine)
    assert sum(model.tolls(mine.but(hidden=share), k)) == pytest.approx(sum(model.tolls(mine, 1)))


def test_what_is_left_by_hand():
    # With even prices a tenth of the cost leaves the root of a tenth: 31.6 per cent.
    assert sum(model.tolls(GIVEN.but(hidden=0), 10)) / sum(model.tolls(GIVEN, 1)) == pytest.approx(0.3162, abs=5e-5)
    assert model.tolls(GIVEN, 10)[2] == pytest.approx(2)


def test_boxes_in_the_best_order():
    # Weitzman: 70 and 140; the risky one first, then the safe one if it was empty: -20 + 48 + 0.8 (77.5 - 15) = 78.
    z = [model.reservation([100, 55], [0.5, 0.5], 15), model.reservation([240, 0], [0.2, 0.8], 20)]
    assert z == pytest.approx([70, 140])
    capped = [0.5 * 0.2 * max(min(x, z[0]), min(y, z[1])) for x in (100, 55) for y in (240,)]
    capped += [0.5 * 0.8 * min(x, z[0]) for x in (100, 55)]
    assert sum(capped) == pytest.approx(78)


def test_stiglers_table():
    assert [model.lowest([2, 3], n) for n in (1, 2, 3, 4)] == pytest.approx([2.5, 2.25, 2.125, 2.0625])
    assert model.lowest([1, 2, 3], 2) == pytest.approx((5 + 6 + 3) / 9)


def test_the_cheapest_purchase_is_not_the_cheapest_pack():
    offers = model.pd.DataFrame({"price": [10.0, 6], "pieces": [6, 3], "shipping": [0.0, 2]}, ["large", "small"])
    assert model.total_price(offers, 3).to_dict() == {"large": 10, "small": 8}
    assert model.total_price(offers, 6).to_dict() == {"large": 10, "small": 14}
    assert model.total_price(offers, 7).to_dict() == {"large": 20, "small": 20}


def test_neighbours_by_brute_force(monkeypatch):
    points = np.random.default_rng(0).standard_normal((40, 3))
    far = np.linalg.norm(points[:, None] - points, axis=2) + 1e9 * np.eye(40)
    assert np.sort(model.nearest(points, 5)).tolist() == np.sort(far.argsort(axis=1)[:, :5]).tolist()
    monkeypatch.setitem(model.found.__globals__, "digit", np.zeros(40))
    assert model.found(points, model.nearest(points)) == (100, 100)


@pytest.mark.parametrize("change", [{"my_look": 0}, {"my_cheaper": 1}, {"my_hidden": 101}, {"my_harm": "much"}])
def test_a_bad_number_gives_one_line(change):
    numbers = {"my_look": 1, "my_cheaper": 10, "my_hidden": 1, "my_harm": 1}
    told = str(model.yours(lambda: model.my_picture(**{**numbers, **change})))
    assert told.startswith(next(iter(change)))
    assert "\n" not in told


@pytest.mark.parametrize("change", [{"my_look": 100}, {"my_cheaper": 1e6}, {"my_hidden": 100}, {"my_hidden": 0}])
def test_numbers_at_their_limits_are_drawn(change):
    numbers = {"my_look": 1, "my_cheaper": 10, "my_hidden": 1, "my_harm": 1}
    assert "yours" in model.yours(lambda: model.my_picture(**{**numbers, **change}))._repr_html_()
