import math

import numpy as np
import pytest
from seeding import MONTGOMERY, chapter, refused

model = chapter("sars-to-covid/price-watch")
given = model.given
STILL = given.but(wobble=0.01, persistence=0)


def test_scores_by_hand_an_outlier_that_moves_nothing_and_halfway():
    # Median 2; the distances from it are 1 1 0 0 2 4 7, with median 1.
    history = [1, 1, 2, 2, 4, 6, 9]
    assert model.scores(np.array([[*history, 5.0]]), 7) == pytest.approx(3 / 1.4826)
    assert model.scores(np.array([[*history[:-1], 1e9, 5.0]]), 7) == pytest.approx(3 / 1.4826)
    # (ln 1.10 + ln 1.30) / 2 = 0.178837; over a wobble of 0.05
    assert model.halfway(given.but(cost_rise=10, jump=30, wobble=5)) == pytest.approx(3.57674, rel=1e-5)


def test_the_sums_of_montgomerys_example():
    upper = model.cusum(MONTGOMERY[None], 0.5)[0]
    assert upper[[4, 27, 28, 29]] == pytest.approx([2.82, 4.47, 5.28, 5.30])
    assert np.flatnonzero(upper > 5).tolist() == [28, 29]
    assert model.cusum(-MONTGOMERY[None], 0.5)[0, :3] == pytest.approx([0.05, 1.56, 1.77])


def test_ewma_run_lengths_as_designed_for_five_hundred():
    lengths = {(0.1, 2.814): 499.55, (0.2, 2.962): 499.72, (0.25, 2.998): 499.82, (1, 3): 370.40}
    assert {chart: model.ewma_arl(*chart) for chart in lengths} == pytest.approx(lengths, abs=0.005)


def test_the_wobble_is_what_median_and_mad_see():
    x = model.listings(given.but(promotion_days=0, persistence=0), 5000)
    assert x.shape == (5000, given.history + given.watch)
    assert 1.4826 * np.median(abs(x)) == pytest.approx(0.05, rel=0.02)


def test_each_listing_ran_one_promotion_before_it_is_watched():
    x = model.listings(STILL.but(promotion_days=4, promotion_depth=20), 5000)
    on_sale = x < -0.1
    assert on_sale.any(axis=1).all()
    # A promotion that begins on one of the last three days of the history is cut short: 6 days lost among 28 starts.
    assert on_sale.sum(axis=1).mean() == pytest.approx(4 - 6 / 28, abs=0.03)
    assert not on_sale[:, 28:].any()
    assert np.median(x[on_sale]) == pytest.approx(math.log(0.8), abs=0.001)


def test_a_jump_without_wobble_is_caught_on_its_first_day_and_nobody_else():
    # Hardly any wobble, and a history long enough to know how little.
    line = model.trade(STILL.but(history=400, promotion_days=0, tail_degrees=1e6), 500)
    assert line["f"].tolist() == [0] * len(line)
    assert line["a"].tolist() == [1] * len(line)
    assert line["days"][0] == 1


def test_patience_accuses_fewer_later_and_a_higher_rise_more():
    line = model.trade(given, 1000)
    assert (line[["f", "a"]].diff().dropna() <= 0).all(axis=None)
    assert (line["days"].diff().dropna() >= 0).all()
    assert line["days"].between(1, given.watch).all()
    x = model.listings(given, 1000)
    for h in (0, 2):
        shares = [model.accused(model.highest(x, rise, given), h) for rise in range(0, 41, 5)]
        assert shares == sorted(shares)


def test_heavy_tails_memory_and_a_short_history_break_the_promise_of_normal_prices():
    plain = given.but(tail_degrees=1e6, persistence=0, promotion_days=0, history=400)

    def share(here):
        return model.accused(model.highest(model.listings(here, 4000), 0, here), 0)

    assert share(plain) < 0.5 * min(share(plain.but(**one)) for one in ({"tail_degrees": 5}, {"history": 14}))
    # A long history of normal prices keeps it: 14 days at a chance of 0.000174 each, beyond 3.577 deviations
    assert share(plain) == pytest.approx(14 * 0.000174, abs=0.002)


def test_the_honest_a_new_seller_and_who_hides_in_a_bundle():
    assert model.honest(0.01, 1, 100 / 101) == pytest.approx(50)  # 100 of 10,000 honest, all gougers: even at 1 in 101
    assert (model.honest(0, 0.5, 1), model.honest(0.1, 0.5, 0), model.honest(0.1, 0.5, 100)) == (0, 100, 0)
    # 3.0902 deviations keep the promise of 10 in 10,000; the jump is ln(1.3)/0.2 = 1.3118; beyond 1.7784 lie 3.77 %
    assert model.new_seller(given.but(jump=30, seller_spread=20, stated_rate=10)) == pytest.approx(0.0377, abs=1e-4)
    assert model.new_seller(given.but(jump=0)) == pytest.approx(given.stated_rate / model.PER)
    openly = model.accused(model.highest(model.listings(given, 2000), 30, given), 2)
    assert model.bundled(given.but(valuation=0), 30, 2, 2000) == pytest.approx(openly)
    assert model.bundled(given, 30, 2, 2000) < openly
    assert model.bundled(given, 0, 2, 2000) > model.accused(model.highest(model.listings(given, 2000), 0, given), 2)


def test_the_gas_ceiling_of_the_textbook():
    # Pindyck and Rubinfeld, example 9.1: 6.40 and 23; at 3 dollars 20.6 offered and 29.1 wanted. Their loss of 5.68 is
    # computed from rounded figures (2.4 and 1.33); unrounded it is 5.82.
    gas = (lambda p: 34.52 - 1.8 * p), (lambda p: 18.4 + 0.72 * p)
    (price, _, traded), (_, wanted, sold) = model.settle(*gas), model.settle(*gas, cap=3)
    assert [price, traded, sold, wanted] == pytest.approx([6.40, 23, 20.6, 29.1], abs=0.05)
    assert (traded - sold) * ((34.52 - sold) / 1.8 - 3) / 2 == pytest.approx(5.68, abs=0.15)


def test_the_panic_by_hand_and_the_shape_that_turns_the_sign():
    # D = 450 - 150 p, S = 50 + 50 p: free at 2 with 150; at 1, 300 are wanted and 100 offered. Buyers gain 75 and 100.
    line, curve = (lambda p: max(0, 450 - 150 * p)), (lambda p: 300 * math.exp(0.5 - 0.5 * p))
    supply = lambda p: 50 + 50 * p  # noqa: E731
    assert model.settle(line, supply) == pytest.approx((2, 150, 150))
    assert model.settle(line, supply, cap=1) == (1, 300, 100) == model.settle(curve, supply, cap=1)
    assert model.settle(line, supply, cap=9) == model.settle(line, supply)
    assert [model.buyers(line, 2, 150, 150), model.buyers(line, 1, 300, 100)] == pytest.approx([75, 100])
    # An exponential demand of slope 0.5 leaves each buyer 1/0.5 = 2 in the mean, at any price.
    assert model.buyers(curve, 1, 300, 100) == pytest.approx(200)
    price, wanted, sold = model.settle(curve, supply)
    assert sold > 100  # so the ceiling costs buyers what it gives them with a straight line
    assert model.buyers(curve, price, wanted, sold) == pytest.approx(2 * sold)


def test_difference_of_differences_by_hand():
    # changes +0.3 and +0.1 in the mean; slopes before are alike on average
    y = np.array(
        [
            [[0, 0.1, 0.3, 0.4], [1, 1.1, 1.3, 1.4], [2, 2.0, 2.3, 2.3]],
            [[5, 5.1, 5.1, 5.2], [7, 7, 7.1, 7.1], [1, 1.1, 1.1, 1.2]],
        ]
    )
    effect, low, high, chance = model.difference(y)
    assert effect == pytest.approx(100 * math.expm1(0.2))
    assert low <= effect <= high
    assert chance == pytest.approx(1)


def test_the_days_before_betray_an_earlier_panic():
    for drift, holds, flags in ((0, 0.95, 0.05), (1, 0, 1)):
        found = [model.difference(model.panel(given, drift, seed)) for seed in range(200)]
        assert np.mean([low <= given.effect <= high for _, low, high, _ in found]) == pytest.approx(holds, abs=0.05)
        assert np.mean([chance < 0.05 for *_, chance in found]) == pytest.approx(flags, abs=0.05)


def test_bad_numbers_are_told():
    good = {"my_jump": 30, "my_cost_rise": 10, "my_gougers": 1, "my_wobble": 5}
    refused(model, good, my_jump=["much", math.nan], my_cost_rise=[-1, 30], my_gougers=[0, 100], my_wobble=[0, None])
