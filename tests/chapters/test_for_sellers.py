"""Tools for sellers: published digits, no leak from what is kept apart, and answers known beforehand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from seeding import chapter, refused, told

model = chapter("midnight-memo/for-sellers")
given = model.given
PAPER = 0.2426, 4.4135, 0.7929, 2.4258
FARMER = model.farmer()


class TestOrders:
    def test_loss_critical_ratio_and_rules_by_hand(self):
        assert model.lost(np.array([10, 10]), np.array([12, 7]), 0.3, 0.4) == pytest.approx([0.6, 1.2])
        assert model.ratio(given.but(short_percent=10, left_percent=40)) == 0.2
        d, p = np.array([16.0, 4, 1]), np.array([1.0, 2, 4])  # an elasticity of minus two, exactly
        ordered = {name: rule(d, p, 0.5, 0.5) for name, rule in model.RULES.items()}
        assert list(ordered.values()) == pytest.approx([1, 7, 4, 64])

    def test_a_rule_sees_nothing_of_the_week_it_orders_for(self):
        sold, tag, _ = model.by_week(0)
        for rule in model.RULES.values():
            before = model.orders(rule, given, "buns", sold, tag)
            changed = sold.copy()
            changed.loc[52] = 10_000
            assert (model.orders(rule, given, "buns", changed, tag) == before).all()

    @drawn(st.lists(st.floats(1, 100), min_size=2, max_size=20), st.floats(0.1, 5), st.floats(0.1, 5))
    def test_no_order_loses_less_over_the_past_than_the_quantile(self, demands, s, o):
        d = np.sort(demands)
        best = np.quantile(d, s / (s + o), method="inverted_cdf")
        least = min(model.lost(q, d, s, o).mean() for q in d)
        assert model.lost(best, d, s, o).mean() == pytest.approx(least, abs=1e-9)

    @pytest.mark.parametrize("side", [0, 1])
    def test_the_tag_saves_most_on_both_sides_of_the_chain(self, side):
        shop = model.by_week(side)
        losses = {name: model.loss(rule, given, shop) for name, rule in model.RULES.items()}
        assert losses["chances and price tag"] == min(losses.values()) < losses["last week"] / 2

    def test_bad_numbers_are_told(self):
        good = {"my_sold": [3, 2, 1], "my_price": [1, 2, 3], "my_coming": 2, "my_short": 30, "my_left": 40}
        refused(model, good, my_sold=[[1, 2, "many"], [1, 2, np.nan]], my_price=[[2, 0, 1]], my_coming=[-1, 1e-300],
                my_short=[None], my_left=[0])  # fmt: skip
        for both in ({"my_sold": [1, 2]}, {"my_price": [2, 2, 2]}):
            assert told(model, **good | both).startswith("my_sold and my_price:")


class TestPlans:
    def test_the_farmer_and_his_worst_year(self):
        # Birge and Louveaux, chapter 1.
        decision, costs, worth = model.two_stage(*FARMER)
        assert decision == pytest.approx([170, 80, 250], abs=1e-6)
        assert costs.mean() == pytest.approx(-108_390, abs=1)
        assert model.worth(*FARMER) == pytest.approx((-108_390, 1_150, 7_016), abs=1)
        wider = list(FARMER)
        wider[1] = wider[1][0], [501.0]
        assert costs.mean() - model.two_stage(*wider)[1].mean() == pytest.approx(worth[0], rel=1e-6)
        plan, robust = model.two_stage(*FARMER), model.two_stage(*FARMER, worst=True)
        assert robust[1].max() == pytest.approx(-59_950, abs=1)  # the bad year alone, foreseen
        assert robust[1].mean() >= plan[1].mean() - 1e-6

    def test_without_limits_it_is_the_newsvendor_and_without_money_nothing(self):
        d, one = np.arange(1.0, 11)[:, None], np.eye(1)
        price, T, W, h = [2.0], 10 * [np.vstack([-one, one])], -np.eye(2), np.hstack([-d, d])
        for money, order in ((1e6, 5), (4.0, 2), (0.0, 0)):  # the critical ratio is 3/7
            x, costs, worth = model.two_stage([0.0], (np.array([price]), [money]), [0.6, 0.8], (T, W, h))
            assert x == pytest.approx([order], abs=1e-9) and (worth >= -1e-9).all()
            best, chances, foresight = model.worth([0.0], (np.array([price]), [money]), [0.6, 0.8], (T, W, h))
            assert best == pytest.approx(costs.mean()) and chances >= -1e-9 and foresight >= -1e-9


def market(seed, n=30, weeks=40, shock=0.0):
    """Draw log sales at an elasticity of minus two; demand shocks raise prices by `shock`, costs move prices too."""
    random = np.random.default_rng(seed)
    good, week = (axis.ravel() for axis in np.indices((n, weeks)))
    cost, demand = random.normal(0, 0.2, good.size), random.normal(0, 0.3, good.size)
    p = cost + shock * demand
    y = -2 * p + 0.1 * good + 0.02 * week + demand
    return *model.within(np.column_stack([y, p, cost]), good, week).T, good


class TestPrices:
    def test_exact_demand_is_found_and_an_instrument_removes_what_shocks_do(self):
        _, p, _, good = market(1)
        assert model.elasticity(-1.7 * p, p[:, None], p[:, None], good) == pytest.approx((-1.7,) * 3, abs=1e-9)
        y, p, cost, good = market(2, shock=0.8)
        naive = model.elasticity(y, p[:, None], p[:, None], good)
        mended = model.elasticity(y, p[:, None], cost[:, None], good)
        assert naive[1] > -2 and mended[1] < -2 < mended[2]

    def test_the_interval_holds_the_truth_as_often_as_it_says(self):
        found = [
            model.elasticity(y, p[:, None], p[:, None], good)
            for y, p, _, good in (market(k, 20, 10) for k in range(200))
        ]
        assert 180 <= sum(low <= -2 <= high for _, low, high in found) <= 199

    @drawn(st.floats(0.1, 0.9), st.floats(-8, -1.2))
    def test_no_price_earns_more_than_the_best(self, c, eta):
        assert model.best_price(2, -3) == 3 and model.best_price(1, -2) == 2
        best = model.best_price(c, eta)
        earned = model.profit(best * np.append(1, np.linspace(0.5, 2, 31)), c, eta)
        assert earned.max() <= earned[0] * (1 + 1e-12)


class TestCustomers:
    def test_the_sample_of_cdnow_and_a_customer_as_published(self):
        # Fader, Hardie and Lee (2005) print 0.243, 4.414, 0.793, 2.426 and -9582.4; last digits: lifetimes 0.11.3.
        past = model.cdnow()
        law = model.fit(*past)
        assert past.shape == (3, 2357) and law == pytest.approx(PAPER, abs=6e-4)
        assert model.log_likelihood(*law, *past) == pytest.approx(-9582.43, abs=0.005)
        # Hardie's note: x = 2, t_x = 30.43, T = 38.86 gives 1.226 purchases in 39 weeks. Last digits: lifetimes 0.11.3.
        past = np.array([2, 5]), np.array([30.43, 10.0]), np.array([38.86, 38.86])
        assert model.alive(PAPER, *past) == pytest.approx([0.7266080, 0.0248144], abs=1e-6)
        assert model.purchases(PAPER, 39, *past) == pytest.approx([1.2259112, 0.0944748], abs=1e-6)

    @drawn(st.lists(st.tuples(st.integers(0, 30), st.floats(0, 1), st.floats(0.1, 200)), min_size=1, max_size=20))
    def test_chances_are_chances_and_nobody_buys_in_no_time(self, people):
        x, part, T = (np.array(values, dtype=float) for values in zip(*people, strict=True))
        past = x, np.where(x > 0, part * T, 0), T
        alive = model.alive(PAPER, *past)
        assert ((alive >= 0) & (alive <= 1)).all() and (alive[x == 0] == 1).all()
        assert model.purchases(PAPER, 0, *past) == pytest.approx(np.zeros(x.size), abs=1e-9)
        assert (model.purchases(PAPER, 10, *past) <= model.purchases(PAPER, 20, *past) + 1e-12).all()

    def test_who_never_stops_buys_at_the_mean_rate(self):
        new = np.zeros(1), np.zeros(1), np.zeros(1)
        assert model.purchases((2, 4, 1e-9, 1e3), 8, *new) == pytest.approx([4.0], rel=1e-5)


@pytest.fixture(scope="module")
def coupons():
    return model.coupon_data()


class TestCoupons:
    def test_baskets_are_those_of_the_publisher_and_features_know_nothing_of_the_future(self, coupons):
        # 2,469 households and 4,596,039.58 dollars, as models that read this package have found.
        assert coupons[0]["household_id"].nunique() == 2469
        assert coupons[0]["sales_value"].sum() == pytest.approx(4_596_039.58, abs=0.01)
        trips, start, sent, used = coupons
        X, w, _ = model.households(coupons, 18)
        assert w.sum() == 1133
        early = trips[trips["day"] < start[18]], start, sent, used[used["day"] < start[18]]
        cut = model.households(early, 18)[0]
        assert X.loc[cut.index].equals(cut)

    def test_a_known_gain_is_found_under_selection(self):
        random = np.random.default_rng(4)
        n = 20_000
        X = pd.DataFrame({name: random.exponential(size=n) for name in ("before", "used", "sent")})
        w = random.random(n) < 1 / (1 + np.exp(1 - X["before"].to_numpy()))
        y = (3 * X["before"] + w * (1 + X["used"]) + random.normal(size=n)).to_numpy()
        psi = model.gains(X, w, y, 0.05)
        _, low, high = model.interval(psi)
        assert low < 2 < high and model.interval(y[w], y[~w])[1] > 3
        more, less = model.expected(X, w, y, X.loc[psi.index])
        assert model.qini(more - less, psi)[1] > 0

    def test_qini_by_hand(self):
        # gains 2, 0 in the right order: curve 0, 1, 1; areas 0.25 + 0.5, straight line 0.5
        assert model.qini([2, 1], [2, 0])[0] == pytest.approx(0.25)
        assert model.qini([1, 2], [2, 0])[0] == pytest.approx(-0.25)

    @settings(max_examples=40)
    @drawn(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.1, 5)), min_size=1, max_size=8), st.floats(0, 20))
    def test_selections_keep_the_budget_and_lose_less_than_one_gain(self, people, budget):
        gains, costs = np.array(people).T
        chosen = model.within_budget(gains, costs, budget)
        sets = np.array(list(np.ndindex(*[2] * gains.size)))
        best = (sets @ gains)[sets @ costs <= budget + 1e-9].max()
        assert costs[chosen].sum() <= budget + 1e-6
        assert gains[chosen].sum() - 1e-9 <= best <= gains[chosen].sum() + max(gains.max(), 0) + 1e-6


class TestMessages:
    def test_the_bound_by_hand(self):
        # 0.4 log(0.4/0.5) + 0.6 log(0.6/0.5) = 0.0201355; 0.1 over it is 4.96635. A hopeless arm: 0.5 / log 2.
        assert model.lai_robbins([0.5, 0.4]) == pytest.approx(4.96635, abs=1e-4)
        assert model.lai_robbins([0.5, 0.0]) == pytest.approx(0.721348, abs=1e-6)
        assert model.lai_robbins([0.3, 0.3]) == 0 == model.lai_robbins([1.0, 0.2])

    def policies(self, trial):
        model.POLICIES["test first"].__globals__["given"] = given.but(trial_messages=trial)
        return model.POLICIES

    def test_simple_policies_by_hand_and_a_good_one_by_the_bound(self):
        # In turn loses the mean gap; a test first loses the trial, and then nothing when the gap is wide.
        policies = self.policies(trial=50)
        assert model.play([0.2, 0.1], policies["in turn"], 1000, games=3)[:, -1] == pytest.approx([50.0] * 3)
        lost = model.play([0.9, 0.1], policies["test first"], 1000, games=5)
        assert lost[:, [1, -1]] == pytest.approx(np.tile([40.0, 40.0], (5, 1)))
        rates, policies = [0.19, 0.1, 0.05], self.policies(trial=250)
        mean = model.play(rates, policies["Thompson sampling"], 16_000, size=10, games=200).mean(axis=0)
        slope = (mean[1599] - mean[399]) / np.log(4)
        assert 0.7 < slope / model.lai_robbins(rates) < 1.8
        assert (np.diff(mean) >= -1e-12).all()

    @settings(max_examples=30)
    @drawn(
        st.lists(st.tuples(st.floats(0.1, 10), st.floats(0.1, 10), st.floats(0, 0.9)), min_size=1, max_size=5),
        st.floats(0.01, 50),
    )
    def test_the_last_dollar_brings_the_same(self, rows, budget):
        channels = pd.DataFrame(rows, columns=["ceiling", "scale", "memory"])
        spend, steady = model.split(channels, budget), channels["scale"] * (1 - channels["memory"])
        margin = channels["ceiling"] / steady * np.exp(-spend / steady)
        assert spend.sum() == pytest.approx(budget, rel=1e-6) and (spend >= 0).all()
        assert margin[spend > 1e-7].to_numpy() == pytest.approx(margin.max(), rel=1e-5)

    def test_what_is_remembered_builds_up(self):
        # 3 a week that keeps 0.6 builds up to 7.5.
        one = pd.DataFrame({"ceiling": [10.0], "scale": [2.0], "memory": [0.6]})
        assert model.response(3.0, one).to_numpy() == pytest.approx([10 * (1 - np.exp(-7.5 / 2))])
