import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.methods.inventory import (
    base_stock,
    cascades,
    discrete_loss,
    fair_cap,
    fill_rate,
    fill_rate_poisson,
    final_size,
    gini,
    hoarding,
    lead_time_demand,
    newsvendor_discrete,
    newsvendor_distribution_free,
    newsvendor_normal,
    newsvendor_poisson,
    normal_loss,
    perishable,
    poisson_loss,
    pooled_sd,
    pooling_ratio,
    ration,
    scarf_loss,
    serial_system,
)

costs = st.floats(0.01, 100)
amounts = st.lists(st.floats(0, 1000), min_size=1, max_size=20)
CHAIN = {"echelon_holding": [3, 2, 2], "lead_times": [1, 1, 2], "backorder": 37.12, "mean": 5, "sd": 1}

# ---------------------------------------------------------------- newsvendor


def test_newsvendor_normal_as_in_snyder_and_shen():
    best = newsvendor_normal(0.18, 0.70, 50, 8)
    assert best.stock == pytest.approx(56.603956, abs=5e-7)
    assert best.cost == pytest.approx(1.997605, abs=5e-7)


def test_newsvendor_normal_as_in_stockpyl():
    best = newsvendor_normal(2, 18, 120, 10)
    assert (best.stock, best.cost) == pytest.approx((132.815515655446, 35.09966638649737), rel=1e-12)


def test_newsvendor_poisson_as_in_snyder_and_shen():
    best = newsvendor_poisson(0.18, 0.70, 50)
    assert best.stock == 56
    assert best.cost == pytest.approx(1.797235, abs=5e-7)


def test_newsvendor_distribution_free_as_in_gallego_and_moon():
    safe = newsvendor_distribution_free(900, 122, price=50.3, cost=35.1, salvage=25)
    assert safe.stock == pytest.approx(925.108, abs=5e-4)
    assert safe.stock_normal == pytest.approx(931.158, abs=5e-4)
    assert safe.guaranteed_profit == pytest.approx(12168.38, abs=5e-3)
    assert safe.guaranteed_profit < safe.profit_if_normal <= safe.best_if_normal


def test_newsvendor_of_observed_days_by_hand():
    # Demands 1, 2, 3, 10 with overage 1 and underage 3: three quarters of the days are covered by 3.
    best = newsvendor_discrete(1, 3, [3, 1, 10, 2])
    assert best.stock == 3
    assert best.cost == pytest.approx((2 + 1 + 0) / 4 + 3 * 7 / 4)
    assert best.enough == 0.75
    assert best.fill_rate == pytest.approx(9 / 16)


@given(costs, costs, st.floats(0, 100), st.floats(0, 30), st.floats(-50, 250))
def test_no_stock_is_cheaper_for_normal_demand(over, under, mean, sd, stock):
    best = newsvendor_normal(over, under, mean, sd)
    assert best.cost <= newsvendor_normal(over, under, mean, sd, stock).cost + 1e-9


@given(costs, costs, st.floats(0, 300), st.integers(0, 600))
def test_no_whole_stock_is_cheaper_for_poisson_demand(over, under, mean, stock):
    best = newsvendor_poisson(over, under, mean)
    assert best.stock == math.floor(best.stock)
    assert best.cost <= newsvendor_poisson(over, under, mean, stock).cost + 1e-9


@given(costs, costs, st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_no_stock_is_cheaper_for_observed_demand(over, under, days):
    best = newsvendor_discrete(over, under, days)
    assert best.stock in days
    assert best.cost == pytest.approx(newsvendor_discrete(over, under, days, stock=np.arange(51)).cost.min(), rel=1e-9)


@given(st.floats(0.1, 60), st.floats(0, 120))
def test_poisson_loss_is_the_loss_of_its_list(mean, stock):
    counts = np.arange(400)
    logs = counts * math.log(mean) - mean - np.array([math.lgamma(n + 1) for n in counts])
    chance = np.exp(logs)
    assert poisson_loss(stock, mean) == pytest.approx(discrete_loss(stock, counts, chance / chance.sum()), abs=1e-9)


@given(st.floats(0.1, 100), st.floats(0, 100), st.floats(0, 300))
def test_no_loss_with_the_same_mean_and_spread_passes_scarfs(mean, sd, stock):
    worst = scarf_loss(stock, mean, sd)
    assert max(mean - stock, 0) <= worst * (1 + 1e-9) + 1e-9
    if sd < mean:  # the demand mean ± sd, each with chance one half, is never negative
        assert discrete_loss(stock, [mean - sd, mean + sd]) <= worst * (1 + 1e-9) + 1e-9
    if sd < mean / 8:
        assert normal_loss(stock, mean, sd) <= worst * (1 + 1e-9) + 1e-9


@given(st.floats(0.2, 50), st.floats(0, 200))
def test_scarfs_order_earns_most_in_the_worst_case(mean, sd):
    safe = newsvendor_distribution_free(mean, sd, price=3, cost=2, salvage=1.5)
    orders = np.linspace(0, 3 * mean + 3 * sd, 301)
    worst = mean - 0.5 * (orders - mean) - 1.5 * scarf_loss(orders, mean, sd)
    assert safe.guaranteed_profit >= worst.max() - 1e-9 * (mean + sd)


def test_newsvendor_at_its_limits():
    certain = newsvendor_normal(1, 2, 40, 0)
    assert (certain.stock, certain.cost, certain.enough, certain.fill_rate) == (40, 0, 1, 1)
    assert newsvendor_poisson(1, 2, 0).stock == 0
    assert newsvendor_poisson(1, 2, 0).fill_rate == 1
    assert newsvendor_normal(1e-18, 1, 0, 1).stock == pytest.approx(8.757290, abs=1e-5)
    assert newsvendor_normal(1, 1e-18, 0, 1).stock == pytest.approx(-8.757290, abs=1e-5)
    assert newsvendor_poisson(1, 1, 1e12).stock == pytest.approx(1e12, abs=2)
    assert newsvendor_poisson(1, 1, 1e17).stock == pytest.approx(1e17, rel=1e-9)
    assert 990_000 < newsvendor_poisson(1, 1e-17, 1e6).stock < 992_000
    assert newsvendor_discrete(1, 1e9, [4, 7, 9]).stock == 9
    assert newsvendor_discrete(1e9, 1, [4, 7, 9]).stock == 4
    assert newsvendor_distribution_free(10, 100, 3, 2, 1).stock == 0
    assert newsvendor_distribution_free(10, 0, 3, 2, 1).stock == 10
    assert normal_loss(1e9, 0, 1) == 0
    assert normal_loss(-1e9, 0, 1) == 1e9
    assert scarf_loss(1e9, 1, 1) == pytest.approx(0.25e-9, rel=1e-6)


def test_a_curve_of_costs_has_the_shape_of_its_stocks():
    stocks = np.arange(40, 70).reshape(5, 6)
    assert newsvendor_normal(0.18, 0.7, 50, 8, stocks).cost.shape == (5, 6)
    assert newsvendor_poisson(0.18, 0.7, 50, stocks).cost.argmin() == 16


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: newsvendor_normal(0, 1, 5, 1), r"overage: expected a finite number of more than 0, found 0"),
        (lambda: newsvendor_normal(1, math.nan, 5, 1), r"underage: .* found nan"),
        (lambda: newsvendor_normal(1, 1, 5, -1), r"sd: expected a finite number of at least 0, found -1"),
        (lambda: newsvendor_normal(1, 1, "many", 1), r"mean: expected a finite number, found 'many'"),
        (lambda: newsvendor_poisson(1, 1, -3), r"mean: .* found -3"),
        (lambda: newsvendor_discrete(1, 1, []), r"values: expected at least one number"),
        (lambda: newsvendor_discrete(1, 1, [1, 2], [0.5, 0.6]), r"probabilities: expected a sum of 1, found 1.1"),
        (lambda: newsvendor_discrete(1, 1, [1, 2], [1.0]), r"probabilities: expected 2, one a value, found 1"),
        (lambda: newsvendor_discrete(1, 1, [1, 2], [1.5, -0.5]), r"probabilities: .* found -0.5"),
        (lambda: newsvendor_distribution_free(9, 1, 2, 3), r"price: expected a finite number of more than 3, found 2"),
        (lambda: newsvendor_distribution_free(9, 1, 4, 3, 3), r"cost: .* found 3"),
        (lambda: scarf_loss(-1, 9, 1), r"stock: .* found -1"),
    ],
)
def test_newsvendors_refuse_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---------------------------------------------------------------- the chain


def test_serial_system_as_in_snyder_and_shen():
    best = serial_system(**CHAIN)
    assert best.base_stock == pytest.approx([6.5144, 12.0123, 22.7002], abs=0.03)
    assert best.base_stock[0] == pytest.approx(6.4909, abs=5e-5)
    assert best.cost == pytest.approx(47.6687, abs=0.02)


def test_one_stage_is_a_newsvendor():
    best = serial_system([0.18], [1], 0.70, 50, 8)
    assert best.base_stock[0] == pytest.approx(56.603956, abs=1e-6)
    assert best.cost == pytest.approx(1.997605, abs=5e-7)


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


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.1, 10), st.floats(0.3, 4)), min_size=1, max_size=4),
    st.floats(1, 200),
    st.floats(0.2, 5),
)
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
    nearly = serial_system(**{**CHAIN, "sd": 1e-4})
    assert nearly.cost == pytest.approx(sure.cost, abs=0.01)
    short = serial_system(**{**CHAIN, "sd": 0}, base_stock=[5, 10, 18])
    assert short.backorders == pytest.approx(2)


def test_skipping_a_stage_never_costs_more():
    direct = serial_system([3, 2], [1, 2], 37.12, 5, 1)
    assert direct.cost < serial_system(**CHAIN).cost


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lead_times": [1, 1]}, r"lead_times: expected 3, one a stage, found 2"),
        ({"echelon_holding": [3, 0, 2]}, r"echelon_holding: .* more than 0, found 0"),
        ({"lead_times": [1, -1, 2]}, r"lead_times: .* found -1"),
        ({"backorder": 0}, r"backorder: .* found 0"),
        ({"backorder": 1e40}, r"backorder: expected a cost nearer"),
        ({"sd": math.inf}, r"sd: .* found inf"),
        ({"base_stock": [1]}, r"base_stock: expected 3"),
    ],
)
def test_serial_system_refuses_bad_input(change, message):
    with pytest.raises(ValueError, match=message):
        serial_system(**{**CHAIN, **change})


# ---------------------------------------------------------------- service, pooling


def test_fill_rates_from_tables():
    # Tables of the standard normal loss function print 0.3989 at 0 and 0.08332 at 1.
    assert fill_rate(100, 100, 20, 0) == pytest.approx(1 - 20 * 0.3989 / 100, abs=2e-5)
    assert fill_rate(120, 100, 20, 0) == pytest.approx(1 - 20 * 0.08332 / 100, abs=2e-6)
    # Poisson with mean 2 is at most 3 with chance (1 + 2 + 2 + 4/3) e^-2.
    assert fill_rate_poisson(4, 2, 1) == pytest.approx(0.857123, abs=5e-7)
    assert fill_rate_poisson([0, 1], 2, 1) == pytest.approx([0, 0.135335], abs=5e-7)


@given(st.floats(0.01, 0.999), st.floats(1, 50), st.floats(0, 0.4), st.floats(0, 5))
def test_base_stock_gives_the_fill_rate_asked_for(target, mean, cv, lead):
    level = base_stock(target, mean, cv * mean, lead)
    assert fill_rate(level, mean, cv * mean, lead) == pytest.approx(target, abs=1e-6) or level == 0
    assert base_stock(min(target + 1e-3, 0.9999), mean, cv * mean, lead) >= level


def test_pooling_ratio_for_four_places():
    found = [pooling_ratio(4, rho) for rho in (0, 0.25, 0.5, 1)]
    assert found == pytest.approx([0.5, 0.6614, 0.7906, 1], abs=5e-5)
    assert pooling_ratio(1, 0.3) == 1
    assert pooling_ratio(4, -1 / 3) == pytest.approx(0, abs=1e-8)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=8), st.floats(0, 1))
def test_a_pool_never_needs_more_than_its_places(sds, rho):
    assert pooled_sd(sds, rho) <= sum(sds) * (1 + 1e-12)
    assert pooled_sd(sds, rho) >= math.hypot(*sds) * (1 - 1e-12)
    equal = pooled_sd([3.0] * len(sds), rho)
    assert equal == pytest.approx(3 * len(sds) * pooling_ratio(len(sds), rho))


def test_lead_time_demand_by_hand():
    # Mean 10 a day for 4 + 5 days, spread 3 a day: 9 * 9 from demand and 100 * (1 + 4) from the times.
    found = lead_time_demand(10, 3, [4, 5], [1, 2])
    assert (found.mean, found.sd) == pytest.approx((90, math.sqrt(81 + 500)))
    assert lead_time_demand(10, 3, 9).sd == pytest.approx(9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fill_rate(1, 0, 1, 1), r"mean: .* found 0"),
        (lambda: base_stock(1, 5, 1, 1), r"target: expected a number between 0 and 1, found 1"),
        (lambda: pooling_ratio(0, 0), r"locations: expected a whole number of at least 1, found 0"),
        (lambda: pooling_ratio(3, -0.6), r"correlation: expected a number from -0.5 to 1, found -0.6"),
        (lambda: pooled_sd([1, 1], np.eye(3)), r"correlation: expected a number or shape \(2, 2\)"),
        (lambda: pooled_sd([1, 1], [[1, 2], [2, 1]]), r"correlation: expected a matrix of correlations"),
        (lambda: lead_time_demand(1, 1, [1, 2], [1]), r"lead_time_sds: expected 2"),
    ],
)
def test_service_refuses_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---------------------------------------------------------------- the shelf


def test_ration_by_hand():
    free = ration(10, [6, 3, 4, 0])
    assert (list(free.served), free.left, free.households) == ([6, 3, 1, 0], 0, 1)
    assert free.share == pytest.approx(10 / 13)
    capped = ration(10, [6, 3, 4, 0], cap=2)
    assert (list(capped.served), capped.left) == ([2, 2, 2, 0], 4)
    assert capped.inequality == 0
    last_first = ration(10, [6, 3, 4, 0], order=[3, 2, 1, 0])
    assert list(last_first.served) == [3, 3, 4, 0]
    assert fair_cap(10, [6, 3, 4, 0]) == pytest.approx(3.5)


@given(st.floats(0, 3000), amounts, st.one_of(st.floats(0, 1000), st.just(math.inf)), st.randoms(use_true_random=False))
def test_ration_keeps_the_books(stock, demands, cap, random):
    order = list(range(len(demands)))
    random.shuffle(order)
    found = ration(stock, demands, cap, order)
    assert found.served.sum() + found.left == pytest.approx(stock, abs=1e-9 * (1 + stock))
    assert (found.served <= np.minimum(demands, cap)).all()
    assert (found.served >= 0).all()
    assert 0 <= found.inequality < 1
    assert 0 <= found.households <= 1
    if found.left > 1e-6:
        assert found.served == pytest.approx(np.minimum(demands, cap))


@given(st.floats(0, 3000), amounts)
def test_under_the_fair_cap_the_shelf_just_lasts(stock, demands):
    cap = fair_cap(stock, demands)
    served = ration(stock, demands, cap)
    if math.isinf(cap):
        assert sum(demands) <= stock
    else:
        assert np.minimum(demands, cap).sum() == pytest.approx(stock, rel=1e-9, abs=1e-9)
        assert served.served == pytest.approx(np.minimum(demands, cap), rel=1e-6, abs=1e-6)


def test_gini_of_known_distributions():
    assert gini([5, 5, 5]) == 0
    assert gini([0, 0, 0, 1]) == pytest.approx(0.75)
    assert gini([1, 2, 3, 4]) == pytest.approx(0.25)
    assert gini([0, 0]) == 0


@given(amounts, st.floats(0.1, 10))
def test_gini_does_not_see_the_unit(values, scale):
    values = [round(value, 3) for value in values]
    assert gini(np.array(values) * scale) == pytest.approx(gini(values), abs=1e-9)
    assert 0 <= gini(values) <= 1 - 1 / len(values) + 1e-12


def test_perishable_by_hand():
    # Life two days: of ten on day one six are left, four sell on day two, two are thrown away that evening.
    found = perishable([10, 5, 0], [4, 4, 9], life=2)
    assert [list(x) for x in (found.sold, found.short, found.wasted, found.left)] == [
        [4, 4, 5],
        [0, 0, 4],
        [0, 2, 0],
        [6, 5, 0],
    ]
    fresh = perishable([10, 5, 0], [4, 4, 9], life=2, newest_first=True)
    assert list(fresh.wasted) == [0, 6, 0]


@given(st.integers(1, 6), st.integers(1, 12), st.integers(0, 10**6))
def test_perishable_goods_are_sold_wasted_or_left(life, days, seed):
    random = np.random.default_rng(seed)
    deliveries, demands = random.integers(0, 20, (2, 3, days)).astype(float)
    oldest, newest = (perishable(deliveries, demands, life, first) for first in (False, True))
    for found in (oldest, newest):
        there = deliveries.sum(-1)
        assert found.sold.sum(-1) + found.wasted.sum(-1) + found.left[:, -1] == pytest.approx(there)
        assert found.sold + found.short == pytest.approx(demands)
        assert min(found.sold.min(), found.wasted.min(), found.left.min()) >= 0
    assert (np.cumsum(oldest.wasted, -1) <= np.cumsum(newest.wasted, -1) + 1e-9).all()
    if life == 1:
        assert oldest.wasted == pytest.approx(np.maximum(deliveries - demands, 0))
    if life > days:
        assert oldest.wasted.sum() == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ration(-1, [1]), r"stock: .* found -1"),
        (lambda: ration(1, [1, -2]), r"demands: .* found -2"),
        (lambda: ration(1, []), r"demands: expected at least one number"),
        (lambda: ration(1, [1], cap=-1), r"cap: expected a number of at least 0 or infinity, found -1"),
        (lambda: ration(1, [1, 2], order=[0, 0]), r"order: expected each of 0 to 1 once, found \[0, 0\]"),
        (lambda: gini([1, math.nan]), r"values: .* found nan"),
        (lambda: perishable([1, 2], [1], 1), r"demands: expected the shape"),
        (lambda: perishable([1], [1], 0), r"life: expected a whole number of at least 1, found 0"),
        (lambda: perishable([1], [1], 1.5), r"life: .* found 1.5"),
    ],
)
def test_shelves_refuse_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---------------------------------------------------------------- rumours


def test_final_size_of_known_epidemics():
    # The literature prints 58, 80 and 94 per cent for one and a half, two and three.
    assert final_size(2) == pytest.approx(0.7968121300, abs=5e-11)
    assert final_size(1.5) == pytest.approx(0.5828, abs=5e-5)
    assert final_size(3) == pytest.approx(0.9405, abs=5e-5)


def test_final_size_at_its_limits():
    assert [final_size(r0) for r0 in (0, 0.5, 1)] == [0, 0, 0]
    assert final_size(1 + 1e-10) == pytest.approx(2e-10, rel=1e-5)
    assert final_size(1 + 1e-7) == pytest.approx(final_size(1 + 1.0000001e-7), rel=1e-5)
    assert final_size(1e6) == 1
    assert final_size(0, 0.2) == pytest.approx(0.2)
    assert final_size(5, 1) == 1


@given(st.floats(0, 20), st.floats(0, 1), st.floats(0, 1))
def test_final_size_solves_its_equation_and_grows(r0, share, more):
    z = final_size(r0, share)
    assert share <= z <= 1
    assert z == pytest.approx(1 - (1 - share) * math.exp(-r0 * z), abs=1e-9)
    assert final_size(r0 + more, share) >= z - 1e-12
    assert final_size(r0, min(share + more, 1)) >= z - 1e-12


@settings(deadline=None)
@given(st.floats(0, 20), st.floats(0.1, 10), st.floats(1e-6, 0.5))
def test_a_rumour_ends_at_its_final_size(r0, duration, initial):
    times = np.linspace(0, 2000 * duration, 41)
    path = hoarding(r0, duration, times, initial)
    assert path.calm + path.buying + path.over == pytest.approx(np.ones(41), abs=1e-12)
    assert (np.diff(path.calm) <= 1e-12).all()
    assert (np.diff(path.over) >= -1e-12).all()
    assert path.calm[0] == pytest.approx(1 - initial)
    if abs(r0 - 1) > 0.1:
        assert path.over[-1] == pytest.approx(final_size(r0, initial), abs=1e-6)


def test_a_rumour_peaks_where_the_threshold_says():
    # Hoarding is largest when one household sets off one other: b = 1 - (1 + ln R0)/R0 for a negligible start.
    path = hoarding(3, 1, np.linspace(0, 40, 20_001), 1e-9)
    assert path.buying.max() == pytest.approx(1 - (1 + math.log(3)) / 3, abs=1e-6)
    assert path.calm[path.buying.argmax()] == pytest.approx(1 / 3, abs=1e-3)


def test_cascades_in_a_town_of_three_by_hand():
    # One starts, each meeting persuades with chance one half: nobody 1/4, one more 1/4, both 1/2.
    found = np.bincount(np.rint(3 * cascades(3, 1.5, 6000, seed=1)).astype(int), minlength=4) / 6000
    assert found == pytest.approx([0, 0.25, 0.25, 0.5], abs=0.025)


def test_cascades_of_a_large_town_reach_the_final_size():
    shares = cascades(20_000, 2, 400, seed=3)
    large = shares > 0.2
    assert large.mean() == pytest.approx(0.7968, abs=4 * math.sqrt(0.7968 * 0.2032 / 400))
    assert shares[large].mean() == pytest.approx(0.7968, abs=0.002)


def test_cascades_at_their_limits():
    assert list(cascades(10, 0, 3)) == pytest.approx([0.1] * 3)
    assert list(cascades(10, 2, 2, initial=0)) == [0, 0]
    assert list(cascades(10, 10, 2)) == [1, 1]
    assert list(cascades(1, 1, 2)) == [1, 1]


def test_cascades_are_the_same_bits_everywhere(pool, dask_executor):
    here = cascades(500, 1.4, 24, seed=5)
    assert here.tobytes() == cascades(500, 1.4, 24, seed=5, executor=pool).tobytes()
    assert here.tobytes() == cascades(500, 1.4, 24, seed=5, executor=dask_executor).tobytes()
    assert here[:8].tobytes() == cascades(500, 1.4, 8, seed=5).tobytes()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: final_size(-1), r"contagion: .* found -1"),
        (lambda: final_size(2, 1.5), r"initial: expected a share from 0 to 1, found 1.5"),
        (lambda: hoarding(2, 0, [1], 0.1), r"duration: .* found 0"),
        (lambda: hoarding(2, 1, [2, 1], 0.1), r"times: expected ascending"),
        (lambda: cascades(0, 1, 1), r"households: .* found 0"),
        (lambda: cascades(5, 6, 1), r"contagion: expected at most 5"),
        (lambda: cascades(5, 1, 1, initial=6), r"initial: expected at most 5"),
        (lambda: cascades(5, 1, 0), r"replicates: .* found 0"),
    ],
)
def test_rumours_refuse_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
