"""What lies nearby: the law of the orders, the best use of space, what the baskets say, published digits."""

from itertools import product
from math import inf, nan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson
from seeding import chapter, refused

from bench import pre_positioning as bench
from casebook import ledger
from casebook.methods.inventory import newsvendor_normal, newsvendor_poisson

model = chapter("singles-day/pre-positioning")
GIVEN = model.given
NEWSVENDOR, LAST = "the forecast, newsvendor", "last week's shelf"


@pytest.fixture(scope="module")
def by():
    return model.compare(GIVEN)


@given(st.floats(0.01, 60), st.floats(0.5, 40))
def test_chances_are_those_of_the_negative_binomial_law(a, b):
    found = model.chances(np.array([a]), b)[:, 0]
    assert found == pytest.approx(nbinom.sf(np.arange(10), a, b / (b + 1)), abs=1e-9)
    assert (np.diff(found) <= 1e-12).all()


def test_the_textbooks_newsvendor():
    # Snyder and Shen: h 0.18, p 0.70, Poisson demand 50.
    sold = model.chances(50e9, 1e9, most=200)
    assert sold[:60] == pytest.approx(poisson.sf(np.arange(60), 50), abs=1e-6)
    stock = int((sold > 0.18 / 0.88).sum())
    cost = 0.18 * (stock - sold[:stock].sum()) + 0.70 * sold[stock:].sum()
    best = newsvendor_poisson(0.18, 0.70, 50)
    assert (stock, cost) == (56, pytest.approx(1.797235, abs=5e-7))
    assert (best.stock, best.cost) == (stock, pytest.approx(cost, abs=1e-6))


def test_a_forecast_by_hand():
    past = np.array([[[2, 0], [0, 0]], [[4, 2], [0, 0]]])  # one good sells 6 and 2 in two weeks, another nothing
    assert model.habit(past).tolist() == [[3, 1], [0, 0]]
    a, b = model.forecast(past, 4)
    assert (a.tolist(), b) == ([[18, 6], [0, 0]], 6)
    assert model.forecast(past, 0)[0].tolist() == past.sum(axis=0).tolist()


def test_no_other_choice_of_pieces_is_expected_to_serve_more():
    worth = model.chances(np.array([[0.4, 2.0], [1.1, 6.0]]), 1.5, most=4)
    expected = {}
    for stock in product(range(5), repeat=4):
        kept = np.arange(4)[:, None] < stock
        expected.setdefault(sum(stock), []).append(worth.reshape(4, 4)[kept].sum())
    best = np.cumsum(np.sort(worth, axis=None)[::-1])
    for places in range(1, 17):
        assert best[places - 1] == pytest.approx(max(expected[places]))


def test_pieces_serve_by_worth_or_in_proportion():
    worth = np.array([[[0.9, 0.2]], [[0.5, 0.1]]])  # two shops, one good, two pieces
    orders = np.array([[1, 2]])
    assert model.served(worth, orders, 4).tolist() == [1, 1, 2, 3]
    past = np.ones((3, 1, 2), int)
    assert model.near(worth, past, orders, [0, 50, 100, 200, 1e6]) == pytest.approx([0, 100 / 3, 100 / 3, 100, 100])
    worth = model.in_proportion(np.array([[6.0, 3.0, 1.0]]))
    best = np.sort(worth, axis=None)[-10]
    assert (worth >= best).sum(axis=0).tolist() == [[6, 3, 1]]


def test_goods_and_shops_are_chosen_without_the_weeks_that_judge():
    late = model.LINES.assign(product_id=model.LINES["product_id"].where(model.LINES["week"] <= 26, 1))
    assert model.ranked(late, "product_id", 50).tolist() == model.ranked(model.LINES, "product_id", 50).tolist()
    assert model.ORDERS.shape == (53, 2000, 20)


def test_the_forecast_outweighs_the_rule_errors_cost_and_pools_hold_more(by):
    assert by == pytest.approx(dict(zip(model.RULES, (30.4, 37.4, 40.7, 40.9), strict=True)), abs=0.06)
    assert model.by_memory(GIVEN) == pytest.approx(34.6, abs=0.05)
    assert model.by_rule(GIVEN) == pytest.approx(0.45, abs=0.005)
    assert model.mistaken(GIVEN, 0) == pytest.approx(by[NEWSVENDOR])
    assert model.mistaken(GIVEN, 2) < by[LAST] < model.mistaken(GIVEN, 0.5) < by[NEWSVENDOR]
    assert model.pooled(GIVEN) > by[NEWSVENDOR]
    one = GIVEN.but(shops=1)
    assert model.pooled(one) == pytest.approx(model.compare(one)[NEWSVENDOR], abs=0.5)


def test_more_space_and_more_memory_serve_more(by):
    curve = model.compare(GIVEN, np.array([0, 50, 100, 200, 400]))[NEWSVENDOR]
    assert curve[0] == 0
    assert (np.diff(curve) > 0).all()
    memory = [model.compare(GIVEN.but(memory=weeks))[NEWSVENDOR] for weeks in (1, 4, 26)]
    assert memory == sorted(memory)
    assert model.compare(GIVEN, 1e9)[NEWSVENDOR] > 99


def test_bad_numbers_are_told():
    good = {"my_goods": 10, "my_shops": 5, "my_weeks": 8, "my_space": 100}
    refused(model, good, my_goods=["many", 0], my_shops=[2.5], my_weeks=[nan, 27], my_space=[-1, inf, None])


def test_the_airline_model_of_box_and_jenkins():
    ma, sma, variance, likelihood = model.airline(model.PASSENGERS)
    assert (ma, sma) == pytest.approx((-0.4018, -0.5569), abs=5e-5)
    assert variance == pytest.approx(0.0013481, abs=5e-8)
    assert likelihood == pytest.approx(244.70, abs=0.005)
    assert 2 * 3 - 2 * likelihood == pytest.approx(-483.39, abs=0.005)  # Akaike's criterion
    # First and last months, and the total, as the publication lists them.
    assert (model.PASSENGERS[:3], model.PASSENGERS[-3:]) == ([112, 118, 132], [461, 390, 432])
    assert (len(model.PASSENGERS), sum(model.PASSENGERS)) == (144, 40363)


def test_the_order_of_gallego_and_moon_and_a_loss_by_hand():
    order, profit = model.scarf(900, 122, 50.3, 35.1, 25)
    assert (order, profit) == pytest.approx((925.108, 12168.38), abs=5e-3)
    assert order == pytest.approx(925.108, abs=5e-4)
    normal = newsvendor_normal(10.1, 15.2, 900, 122)
    assert normal.stock == pytest.approx(931.158, abs=5e-4)
    assert profit < 15.2 * 900 - newsvendor_normal(10.1, 15.2, 900, 122, order).cost <= 15.2 * 900 - normal.cost
    # Errors 1, -1, 2, -1, 1 at 0.75: 0.75 + 0.25 + 1.5 + 0.25 + 0.75 = 3.5.
    came, forecast = (12, 10, 14, 9, 13), (11, 11, 12, 10, 12)
    assert model.pinball(came, forecast, 0.75) == pytest.approx(0.7)
    assert model.pinball(came, came, 0.9) == 0


@given(st.floats(-50, 50), st.floats(0.05, 0.95))
def test_the_sample_quantile_has_the_least_pinball_loss(moved, probability):
    values = np.arange(101.0)
    best = np.full(101, np.quantile(values, probability, method="inverted_cdf"))
    assert model.pinball(values, best, probability) <= model.pinball(values, best + moved, probability) + 1e-9


@pytest.mark.parametrize(("count", "bits"), [(1, 14), (1000, 14), (200_000, 14), (1_000_000, 10)])
def test_the_sketch_counts_within_its_error(count, bits):
    once = model.registers(np.arange(count), bits)
    assert model.distinct(once) == pytest.approx(count, rel=4 * 1.04 / sqrt(2**bits))
    twice = model.registers(np.arange(2 * count) % count, bits)
    parts = np.maximum(
        model.registers(np.arange(count // 2), bits), model.registers(np.arange(count // 2, count), bits)
    )
    assert (twice == once).all()
    assert (parts == once).all()
    assert model.distinct(model.registers([], bits)) == 0


def test_the_full_count_on_fewer_customers():
    found = {figure.id.rpartition("-")[2]: figure.value for figure in bench.full_scale(5_000_000)}
    assert (found["customers"], found["memory"]) == (5_000_000, 16384)
    assert found["count"] == pytest.approx(5e6, rel=4 * 1.04 / 128)


@pytest.mark.slow
def test_the_full_count_is_the_stored_one():
    stored = {row["id"]: float(row["value"]) for row in ledger.open_ledger().tables["full_runs"]}
    found = {figure.id: figure.value for figure in bench.full_scale()}
    assert found["pre-positioning-sketch-customers"] >= ledger.value("sd-customers-data-processed", "person")
    assert found["pre-positioning-sketch-seconds"] < 60
    for name in ("pre-positioning-sketch-count", "pre-positioning-sketch-memory"):
        assert found[name] == pytest.approx(stored[name], rel=1e-5)
    assert abs(found["pre-positioning-sketch-count"] / 5e8 - 1) < 3 * 1.04 / 128
