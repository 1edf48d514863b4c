"""Stock: published and hand-worked digits, no cheaper order or level, a simulated chain, limits and refusals."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seeding import named

from casebook.methods.inventory import (
    newsvendor_discrete,
    newsvendor_normal,
    newsvendor_poisson,
    normal_loss,
    poisson_loss,
    serial_system,
)

costs = st.floats(0.01, 100)
stages = st.lists(st.tuples(st.floats(0.1, 10), st.floats(0.3, 4)), min_size=1, max_size=4)
CHAIN = {"echelon_holding": [3, 2, 2], "lead_times": [1, 1, 2], "backorder": 37.12, "mean": 5, "sd": 1}


def test_newsvendors_and_losses_as_published_and_by_hand():
    for best, stock, cost, tolerance in (
        (newsvendor_normal(0.18, 0.70, 50, 8), 56.603956, 1.997605, 5e-7),  # Snyder and Shen
        (newsvendor_poisson(0.18, 0.70, 50), 56, 1.797235, 5e-7),  # Snyder and Shen
        (newsvendor_normal(2, 18, 120, 10), 132.815515655446, 35.09966638649737, 1e-11),  # stockpyl
    ):
        assert (best.stock, best.cost) == pytest.approx((stock, cost), abs=tolerance)
    assert newsvendor_normal(10.1, 15.2, 900, 122).stock == pytest.approx(931.158, abs=5e-4)  # Gallego and Moon
    # Tables of the standard normal loss function print 0.3989 at 0 and 0.08332 at 1.
    assert normal_loss([100, 120], 100, 20) == pytest.approx([20 * 0.3989, 20 * 0.08332], abs=2e-3)
    # Poisson with mean 2 is at most 3 with chance (1 + 2 + 2 + 4/3) e^-2, which the loss falls by from 3 to 4.
    assert 1 + poisson_loss(4, 2) - poisson_loss(3, 2) == pytest.approx(0.857123, abs=5e-7)
    # Demands 1, 2, 3, 10 with overage 1 and underage 3: three quarters of the days are covered by 3.
    best = newsvendor_discrete(1, 3, [3, 1, 10, 2])
    assert (best.stock, best.cost, best.fill_rate) == pytest.approx((3, (2 + 1 + 0) / 4 + 3 * 7 / 4, 9 / 16))


@given(costs, costs, st.floats(0, 100), st.floats(0, 30), st.floats(-50, 250), st.lists(st.integers(0, 50), min_size=1))
def test_no_stock_is_cheaper(over, under, mean, sd, stock, days):
    normal, poisson = newsvendor_normal(over, under, mean, sd), newsvendor_poisson(over, under, mean)
    assert normal.cost <= newsvendor_normal(over, under, mean, sd, stock).cost + 1e-9
    assert poisson.stock == math.floor(poisson.stock)
    assert poisson.cost <= newsvendor_poisson(over, under, mean, np.arange(250)).cost.min() + 1e-9
    listed = newsvendor_discrete(over, under, days)
    assert listed.stock in days
    assert listed.cost <= newsvendor_discrete(over, under, days, stock=np.arange(51)).cost.min() * (1 + 1e-9) + 1e-9


@given(st.floats(0.1, 60), st.floats(0, 120))
def test_poisson_loss_is_the_loss_of_its_list(mean, stock):
    counts = np.arange(400)
    chance = np.exp(counts * math.log(mean) - mean - np.array([math.lgamma(n + 1) for n in counts]))
    listed = newsvendor_discrete(1, 1, counts, chance / chance.sum(), stock)
    assert poisson_loss(stock, mean) == pytest.approx(listed.short, abs=1e-9)


def test_newsvendors_at_their_limits():
    certain = newsvendor_normal(1, 2, 40, 0)
    assert (certain.stock, certain.cost, certain.fill_rate) == (40, 0, 1)
    assert (newsvendor_poisson(1, 2, 0).stock, newsvendor_poisson(1, 2, 0).fill_rate) == (0, 1)
    tails = newsvendor_normal(1e-12, 1, 10, 1).stock, newsvendor_normal(1, 1e-12, 10, 1).stock
    assert tails == pytest.approx((17.034484, 2.965516), abs=1e-6)
    assert newsvendor_poisson(1, 1, 1e9).stock == pytest.approx(1e9, abs=2)
    assert newsvendor_discrete(1, 1e9, [4, 7, 9]).stock == 9
    assert newsvendor_discrete(1e9, 1, [4, 7, 9]).stock == 4
    assert normal_loss([1e9, -1e9], 0, 1).tolist() == [0, 1e9]
    stocks = np.arange(40, 70).reshape(5, 6)
    assert newsvendor_normal(0.18, 0.7, 50, 8, stocks).cost.shape == (5, 6)
    assert newsvendor_poisson(0.18, 0.7, 50, stocks).cost.argmin() == 16


def test_serial_system_as_in_snyder_and_shen():
    best = serial_system(**CHAIN)
    assert best.base_stock == pytest.approx([6.5144, 12.0123, 22.7002], abs=0.03)
    assert best.base_stock[0] == pytest.approx(6.4909, abs=5e-5)
    assert best.cost == pytest.approx(47.668653, abs=0.02)
    assert serial_system([3, 2], [1, 2], 37.12, 5, 1).cost < best.cost  # to skip a stage never costs more
    single = serial_system([0.18], [1], 0.70, 50, 8)  # one stage is a newsvendor
    assert (single.base_stock[0], single.cost) == pytest.approx((56.603956, 1.997605), abs=5e-7)


def test_serial_system_agrees_with_its_simulation():
    levels = np.array([6.2, 12.5, 22.0])
    found = serial_system(**CHAIN, base_stock=levels)
    random = np.random.default_rng(7)
    demand = random.normal(5 * np.array([1, 1, 2]), np.sqrt([1, 1, 2]), (400_000, 3))
    position = np.full(400_000, np.inf)
    echelon = np.empty((400_000, 3))
    for j in (2, 1, 0):
        position = np.minimum(levels[j], position) - demand[:, j]
        echelon[:, j] = position
    waiting = np.maximum(-echelon[:, 0], 0)
    cost = echelon @ [3, 2, 2] + (37.12 + 7) * waiting
    assert found.cost == pytest.approx(cost.mean(), abs=4 * cost.std() / 400_000**0.5)
    assert found.backorders == pytest.approx(waiting.mean(), abs=4 * waiting.std() / 400_000**0.5)


@settings(max_examples=12)
@given(stages, st.floats(1, 200), st.floats(0.2, 5))
def test_serial_levels_lie_between_the_newsvendors_of_shang_and_song(stages, p, sd):
    # Shang and Song 2003: each level lies between two newsvendor levels for the demand of its echelon.
    h, leads = np.array(stages).T
    best = serial_system(h, leads, p, 10, sd)
    for j in range(h.size):
        mean, spread = 10 * leads[: j + 1].sum(), sd * math.sqrt(leads[: j + 1].sum())
        above = h[j + 1 :].sum()
        low = newsvendor_normal(h[: j + 1].sum(), p + above, mean, spread).stock
        high = newsvendor_normal(h[j], p + above, mean, spread).stock
        assert low - 1e-6 <= best.base_stock[j] <= high + 1e-6
    nearby = serial_system(h, leads, p, 10, sd, best.base_stock + 0.05 * sd)
    assert best.cost <= nearby.cost + 1e-6
    assert best.cost == pytest.approx(best.holding_cost + best.transit_cost + best.backorder_cost)
    assert (best.on_hand > -1e-6).all()


def test_a_chain_without_chance_holds_what_is_on_its_way():
    sure = serial_system(**{**CHAIN, "sd": 0})
    assert list(sure.base_stock) == [5, 10, 20]
    assert (list(sure.on_hand), list(sure.in_transit), sure.backorders) == ([0, 0, 0], [0, 5, 5], 0)
    assert sure.cost == 5 * 4 + 5 * 2
    assert serial_system(**{**CHAIN, "sd": 1e-4}).cost == pytest.approx(sure.cost, abs=0.01)
    short = serial_system(**{**CHAIN, "sd": 1e-4}, base_stock=[5, 10, 18])
    assert short.backorders == pytest.approx(2, abs=0.001)


def test_bad_input_is_named():
    named(
        (lambda: newsvendor_normal(0, 1, 5, 1), r"overage: expected a finite number above 0 .* 1e\+12, found 0"),
        (lambda: newsvendor_normal(1e-18, 1, 5, 1), r"underage: .* found 1"),
        (lambda: newsvendor_normal(1, 1, 5, -1), r"sd: .* found -1"),
        (lambda: newsvendor_normal(1, 1, "many", 1), r"mean: expected numbers, found 'many'"),
        (lambda: newsvendor_poisson(1, 1, 1e300), r"mean: .* found 1e\+300"),
        (lambda: newsvendor_discrete(1, 1, []), r"values: expected at least one number"),
        (lambda: newsvendor_discrete(1, 1, [1, 2], [0.5, 0.6]), r"sum of probabilities: .* found 1.1"),
        (lambda: newsvendor_discrete(1, 1, [1, 2], [1.0]), r"probabilities: expected numbers of shape \(2\)"),
        (lambda: serial_system(**{**CHAIN, "lead_times": [1, 1]}), r"lead_times: expected numbers of shape \(3\)"),
        (lambda: serial_system(**{**CHAIN, "echelon_holding": [3, 0, 2]}), r"echelon_holding: .* found 0"),
        (lambda: serial_system(**{**CHAIN, "lead_times": [1, -1, 2]}), r"lead_times: .* found -1"),
        (lambda: serial_system(**{**CHAIN, "backorder": 1e40}), r"backorder: .* found 1e\+40"),
        (lambda: serial_system(**{**CHAIN, "sd": math.inf}), r"sd: .* found inf"),
        (lambda: serial_system(**{**CHAIN, "base_stock": [1]}), r"base_stock: expected numbers of shape \(3\)"),
    )
