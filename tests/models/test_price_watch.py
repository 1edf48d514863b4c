import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.models import price_watch as model
from casebook.models.price_watch import Evasion, Market, Notice, Rule, Trade

STILL = Market(noise_percent=0.5, tail_degrees=math.inf, persistence=0)
FEW = {"listings": 200, "replicates": 4}
FLAT = (150, 10)  # listings, days


def test_halfway_of_normal_noise_by_hand():
    # (ln 1.10 + ln 1.30) / 2 = 0.178837; over a deviation of 0.05
    assert model.halfway(Market(tail_degrees=math.inf)) == pytest.approx(3.57674, rel=1e-5)
    assert Market(tail_degrees=math.inf).spread == pytest.approx(0.05)


def test_spread_of_heavy_tails_from_the_table_of_student():
    # Upper quartile of Student's distribution with 5 degrees is 0.727; scaled to variance one by sqrt(3/5)
    assert Market().spread == pytest.approx(0.05 * 0.7267 * math.sqrt(0.6) * 1.4826, rel=1e-3)


def test_prices_have_the_stated_means():
    logs = model.prices(Market(), 4000, np.random.default_rng(1))
    assert logs.shape == (4, 4000, 42)
    quiet, _, shortage, _ = logs[:, :, 28:].mean(axis=1)
    assert quiet == pytest.approx(np.zeros(14), abs=0.005)
    assert shortage == pytest.approx(math.log(1.1) * np.minimum(1, np.arange(1, 15) / 3), abs=0.005)
    gouging = np.median(logs[3, 2000:, 28:], axis=0)
    assert gouging == pytest.approx(np.full(14, math.log(1.3)), abs=0.01)
    assert logs[0].std() == pytest.approx(0.05, rel=0.02)


def test_promotions_run_the_stated_share_of_days():
    logs = model.prices(replace(STILL, noise_percent=0.01), 5000, np.random.default_rng(2))
    # a day is free of promotion if none began on it or the 3 days before: 0.97^4
    assert (logs[1] < -0.1).mean() == pytest.approx(1 - 0.97**4, abs=0.003)
    assert logs[1].min() == pytest.approx(math.log(0.8), abs=0.001)


def test_a_jump_without_noise_is_caught_on_the_day_that_arithmetic_says():
    # Almost no noise: the score is huge, so every rule catches every jump at once and misses none.
    plain = replace(STILL, promotion_start_percent=0)
    seen = model.watch(plain, [Rule(4, 5)], **FEW).set_index("kind")
    assert seen["accused"]["gouging"] == model.PER
    assert seen["days"]["gouging"] == 1
    assert seen["days"]["quiet"] == pytest.approx(14, abs=0.05)


def test_a_quiet_market_agrees_with_the_textbook_when_its_assumptions_hold():
    # A long history knows the baseline nearly exactly, so the promise of the Markov chain is kept.
    textbook = Market(tail_degrees=math.inf, persistence=0, history_days=600)
    rule = model.promised(textbook, 500, 0.5)
    seen = model.watch(textbook, [rule], listings=1000, replicates=10).set_index("kind")
    assert seen["accused"]["quiet"] == pytest.approx(500, rel=0.15)


def test_calibration_keeps_its_promise_and_wastes_nothing():
    market = Market()
    rule = model.calibrated(market, 50, 2.0, **FEW)
    lower = replace(rule, limit=rule.limit - model.STEP)
    seen = model.watch(market, [rule, lower], **FEW).query("kind == 'quiet'")["accused"].to_list()
    assert seen[0] <= 50 < seen[1]


def test_judging_each_day_alone_is_a_chart_of_limit_zero():
    rule = model.calibrated(Market(), 100, **FEW)
    assert rule.limit == 0
    assert model.watch(Market(), [rule], **FEW)["accused"][0] <= 100


@settings(max_examples=15, deadline=None)
@given(st.floats(0, 6), st.floats(0, 20), st.floats(0, 10))
def test_more_evidence_wanted_accuses_fewer_and_takes_longer(reference, limit, more):
    seen = model.watch(Market(), [Rule(reference, limit), Rule(reference, limit + more)], listings=100, replicates=2)
    first, second = (seen[seen["rule"] == k].set_index("kind") for k in (0, 1))
    assert (second["accused"] <= first["accused"]).all()
    assert (second["days"] >= first["days"]).all()
    assert seen["accused"].between(0, model.PER).all()


def test_trade_weighs_honest_kinds_by_their_shares():
    market = Market(promotion_share_percent=0, shortage_share_percent=100)
    seen = model.watch(market, [Rule(1, 2)], **FEW)
    kinds = seen.set_index("kind")["accused"]
    assert model.trade(market, seen)["honest"][0] == pytest.approx(kinds["shortage"])
    assert model.trade(market, seen)["caught"][0] == pytest.approx(kinds["gouging"] / model.PER)


def test_the_median_stands_where_the_mean_is_fooled():
    logs = np.zeros((1, 42))
    logs[0, :8] = -1.0
    logs[0, 8:28] += np.tile([-0.01, 0.01], 10)
    median, mean = (model.scores(Market(), logs, name)[0, 0] for name in ("median", "mean"))
    assert abs(median) < 2
    assert mean == pytest.approx(8 / 28 / np.std(logs[0, :28], ddof=1))


def test_even_odds():
    # 100 of 10,000 honest against all gouging: even at 1 in 101
    assert model.even_odds(100, 1.0) == pytest.approx(1 / 101)
    assert model.even_odds(0, 0.5) == 0
    assert math.isnan(model.even_odds(0, 0))


def test_the_more_honest_costs_rise_the_more_are_accused():
    table = model.by_rise(Market(), [Rule(4.3, 7.4)], [0, 10, 20, 30], **FEW)
    assert (np.diff(table[0]) >= 0).all()
    assert 20 < model.half_accused(table, 0) < 30
    assert math.isnan(model.half_accused(table.head(2), 0))


def test_hiding_defeats_the_listed_price_and_only_a_new_seller_defeats_the_cost():
    table = model.evade(Market(), Evasion(), Rule(4.3, 7.4), 10, **FEW).set_index("disguise")
    assert (table["listed"].drop("open rise") < 0.02).all()
    assert table["cost"]["shipping fee"] > 0.8
    assert table["cost"]["new listing, seller known"] == table["cost"]["open rise"]
    assert table["cost"]["new listing, seller new"] < 0.2
    assert table["twins"]["bundle"] > table["twins"]["open rise"]


def test_a_bundle_whose_value_is_known_hides_nothing():
    table = model.evade(Market(), Evasion(valuation_percent=0), Rule(4.3, 7.4), 10, **FEW).set_index("disguise")
    assert table["cost"]["bundle"] == pytest.approx(table["cost"]["open rise"])


def test_difference_of_differences_by_hand():
    # before: 0 and 1; after: +0.3 and +0.1 on the two platforms, each listing alike but for its level
    treated = np.array([[0, 0, 0.3], [1, 1, 1.3]])
    other = np.array([[5, 5, 5.1], [7, 7, 7.1]])
    found = model.difference(treated, other, 2)
    assert found.effect == pytest.approx(100 * math.expm1(0.2))
    assert (found.trend, found.trend_chance) == (0, 1)


def test_difference_agrees_with_welch_from_scipy():
    from scipy.stats import ttest_ind

    notice = Notice()
    treated, other = model.panel(notice, 5)
    changes = [x[:, 10:].mean(axis=1) - x[:, :10].mean(axis=1) for x in (treated, other)]
    peer = ttest_ind(*changes, equal_var=False).confidence_interval(0.95)
    found = model.difference(treated, other, 10)
    assert (found.low, found.high) == pytest.approx((100 * math.expm1(peer.low), 100 * math.expm1(peer.high)))


def test_the_interval_covers_when_platforms_move_alike_and_not_when_one_is_early():
    effect, held, flagged = model.judged(Notice(), 400)
    assert effect == pytest.approx(-10, abs=0.3)
    assert held == pytest.approx(0.95, abs=0.03)
    assert flagged == pytest.approx(0.05, abs=0.03)
    _, held, flagged = model.judged(Notice(head_start_percent_per_day=1.0), 100)
    assert held < 0.1 and flagged > 0.9


def test_the_gas_ceiling_of_the_textbook():
    # Pindyck and Rubinfeld, example 9.1: 6.40 and 23; at 3 dollars 20.6 offered and 29.1 wanted. Their loss of 5.68 is
    # computed from rounded figures (2.4 and 1.33); unrounded it is 5.82.
    gas = Trade(0.02 + 0.69 * 50, 1.8, 15.90 + 0.05 * 50, 0.72)
    free, capped = model.outcome(gas), model.outcome(gas, 3)
    assert free.price == pytest.approx(6.40, abs=0.005)
    assert free.sold == pytest.approx(23, abs=0.05)
    assert capped.sold == pytest.approx(20.6, abs=0.05)
    assert capped.wanted == pytest.approx(29.1, abs=0.05)
    loss = free.buyers_best + free.sellers - capped.buyers_best - capped.sellers
    assert loss == pytest.approx(5.68, abs=0.15)


def test_the_panic_by_hand():
    # D = 450 - 150 p, S = 50 + 50 p: free at 2 with 150; at 1, 300 are wanted and 100 offered
    panic = model.panic(3, 0.5, 0.5)
    free, capped = model.outcome(panic), model.outcome(panic, 1)
    assert (free.price, free.sold, free.shortage) == (2, 150, 0)
    assert (free.buyers_best, free.buyers_lottery, free.sellers) == pytest.approx((75, 75, 200))
    assert (capped.sold, capped.shortage) == (100, 200)
    assert (capped.buyers_best, capped.buyers_lottery, capped.sellers) == pytest.approx((500 / 3, 100, 75))


def test_supply_at_which_buyers_do_not_care_by_hand():
    # 75 (3 - p)^2 = 100 gives p = 3 - 2/sqrt(3), and (3.5 + e)/(1.5 + e) = p gives e = sqrt(3)/2
    assert model.indifferent(3, 0.5) == pytest.approx(math.sqrt(3) / 2)
    assert math.isnan(model.indifferent(1, 0.5))


@given(st.floats(1, 20), st.floats(0.05, 3), st.floats(0.05, 3), st.floats(0, 5))
def test_a_ceiling_never_helps_both_together(times, need, elastic, ceiling):
    panic = model.panic(times, need, elastic)
    free, capped = model.outcome(panic), model.outcome(panic, ceiling)
    tolerance = 1e-9 * (free.buyers_best + free.sellers)
    assert capped.buyers_lottery <= capped.buyers_best + tolerance
    assert capped.sellers <= free.sellers + tolerance
    assert capped.buyers_best + capped.sellers <= free.buyers_best + free.sellers + tolerance
    assert capped.shortage >= -1e-9 * capped.wanted
    if ceiling >= panic.price:
        assert capped == free


def test_limits_of_a_ceiling():
    panic = model.panic(3, 0.5, 2)  # nothing is offered below half the ordinary price
    assert model.outcome(panic, 0.25).sold == 0
    assert model.outcome(panic, 0).sellers == 0
    assert model.outcome(panic, 1e9) == model.outcome(panic)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: Market(noise_percent=0), "noise_percent"),
        (lambda: Market(persistence=1), "persistence"),
        (lambda: Market(tail_degrees=2), "tail_degrees"),
        (lambda: Market(history_days=3), "history_days"),
        (lambda: Market(cost_rise_percent=math.nan), "cost_rise_percent"),
        (lambda: Market(promotion_share_percent=60, shortage_share_percent=60), "shortage_share_percent"),
        (lambda: Evasion(fee_percent=-1), "fee_percent"),
        (lambda: Notice(listings=2), "listings"),
        (lambda: Notice(effect_percent=-100), "effect_percent"),
        (lambda: Trade(10, 0, 0, 1), "wanted_slope"),
        (lambda: Trade(-1, 1, 0, 1), "wanted_at_zero"),
        (lambda: model.outcome(model.panic(3, 0.5, 0.5), -1), "ceiling"),
        (lambda: model.outcome(model.panic(3, 0.5, 0.5), math.nan), "ceiling"),
        (lambda: model.calibrated(Market(), 0), "rate"),
        (lambda: model.promised(Market(), 10_000, 1), "rate"),
        (lambda: model.watch(Market(), [Rule(1, 1)], listings=0), "listings"),
        (lambda: model.watch(Market(), [Rule(1, 1, "mode")]), "against"),
        (lambda: model.watch(Market(), [Rule(-1, 1)]), "reference"),
        (lambda: model.difference(np.zeros(FLAT), np.zeros((150, 9)), 5), "other"),
        (lambda: model.difference(np.zeros(FLAT), np.zeros(FLAT), 10), "days_before"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()


def test_the_same_bits_in_a_pool(pool):
    rules = [Rule(4.3, 7.4), Rule(0.5, 5, "mean")]
    assert model.watch(Market(), rules, **FEW, executor=pool).equals(model.watch(Market(), rules, **FEW))
    pooled = model.evade(Market(), Evasion(), rules[0], 10, **FEW, executor=pool)
    assert pooled.equals(model.evade(Market(), Evasion(), rules[0], 10, **FEW))
    assert model.judged(Notice(), 10, executor=pool) == model.judged(Notice(), 10)
