"""Demand: published and hand-worked digits, duality, invariants, limits, and a second opinion on repeat buying."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.methods import demand
from casebook.methods.demand import Programme, RepeatBuying

DATASETS = Path(importlib.util.find_spec("lifetimes").origin).parent / "datasets"
PAPER = RepeatBuying(0.2426, 4.4135, 0.7929, 2.4258)
LIFETIMES_ALIVE, LIFETIMES_AHEAD = [0.7266080, 0.0248144], [1.2259112, 0.0944748]
whole_histories = st.lists(st.tuples(st.integers(0, 30), st.floats(0, 1), st.floats(0.1, 200)), min_size=1, max_size=20)


@pytest.fixture(scope="module")
def cdnow():
    """Read the histories of the 2,357 customers of the paper, as the package summarises them, in weeks."""
    frame = pd.read_csv(DATASETS / "cdnow_customers_summary.csv")
    return frame["frequency"].to_numpy(), frame["recency"].to_numpy(), frame["T"].to_numpy()


class TestRepeatBuying:
    def test_cdnow_digits(self, cdnow):
        # Fader, Hardie and Lee (2005) print 0.243, 4.414, 0.793, 2.426 and -9582.4; the last digit is of lifetimes 0.11.3.
        law = demand.fit_repeat_buying(*cdnow)
        assert cdnow[0].size == 2357
        assert (law.r, law.alpha, law.a, law.b) == pytest.approx((0.2426, 4.4135, 0.7929, 2.4258), abs=6e-4)
        assert law.log_likelihood == pytest.approx(-9582.43, abs=0.005)

    def test_a_customer_of_the_spreadsheet_note(self):
        # Hardie's note: x = 2, t_x = 30.43, T = 38.86 gives 1.226 expected purchases in the next 39 weeks.
        assert PAPER.predicted(39, [2], [30.43], [38.86]) == pytest.approx([1.226], abs=5e-4)

    def test_a_second_opinion(self):
        # lifetimes 0.11.3 with these parameters; it warns on import under pandas 3, so its digits are typed here.
        assert PAPER.alive([2, 5], [30.43, 10.0], [38.86, 38.86]) == pytest.approx(LIFETIMES_ALIVE, abs=1e-6)
        assert PAPER.predicted(39, [2, 5], [30.43, 10.0], [38.86, 38.86]) == pytest.approx(LIFETIMES_AHEAD, abs=1e-6)

    @given(whole_histories)
    def test_chances_are_chances_and_nobody_buys_in_no_time(self, people):
        x, share, T = (np.array(values, dtype=float) for values in zip(*people, strict=True))
        t_x = np.where(x > 0, share * T, 0)
        alive = PAPER.alive(x, t_x, T)
        assert ((alive >= 0) & (alive <= 1)).all() and (alive[x == 0] == 1).all()
        assert PAPER.predicted(0, x, t_x, T) == pytest.approx(np.zeros(x.size), abs=1e-9)
        assert (PAPER.predicted(10, x, t_x, T) <= PAPER.predicted(20, x, t_x, T) + 1e-12).all()

    def test_those_who_never_stop_buy_at_the_mean_rate(self):
        steady = RepeatBuying(2, 4, 1e-9, 1e3)
        assert steady.expected([8.0]) == pytest.approx([4.0], rel=1e-5)

    def test_parameter_one_is_no_gap(self):
        near, at = RepeatBuying(0.3, 4, 1.000001, 2), RepeatBuying(0.3, 4, 1, 2)
        assert at.expected([39.0]) == pytest.approx(near.expected([39.0]), rel=1e-4)

    @pytest.mark.parametrize(
        ("history", "name"),
        [(([1.5], [1], [2]), "x"), (([1], [3], [2]), "t_x"), (([0], [0], [2]), "x"), (([1], [1, 2], [2]), "t_x")],
    )
    def test_bad_histories_are_named(self, history, name):
        with pytest.raises(ValueError, match=rf"^{name}:"):
            demand.fit_repeat_buying(*history)


class TestBandits:
    def test_the_slope_by_hand(self):
        # 0.4 log(0.4/0.5) + 0.6 log(0.6/0.5) = 0.0201355; 0.1 over it is 4.96635.
        assert demand.lai_robbins([0.5, 0.4]) == pytest.approx(4.96635, abs=1e-4)
        # a hopeless arm: log(1/(1-p)) with p = 1/2 is log 2; 0.5 / 0.693147 = 0.721348
        assert demand.lai_robbins([0.5, 0.0]) == pytest.approx(0.721348, abs=1e-6)
        assert demand.lai_robbins([0.3, 0.3]) == 0 == demand.lai_robbins([1.0, 0.2])

    def test_rotation_loses_the_mean_gap_exactly(self):
        lost = demand.regrets([0.2, 0.1], [2, 1000], "rotation", replicates=3)
        assert lost == pytest.approx(np.tile([0.1, 50.0], (3, 1)))

    def test_a_test_first_loses_the_trial_and_then_nothing_when_the_gap_is_wide(self):
        lost = demand.regrets([0.9, 0.1], [100, 1000], "test first", trial=50, replicates=5)
        assert lost == pytest.approx(np.tile([40.0, 40.0], (5, 1)))

    def test_thompson_follows_the_bound_and_beats_rotation(self):
        rates, marks = [0.19, 0.1, 0.05], np.array([1000, 4000, 16000])
        mean = demand.regrets(rates, marks, replicates=200).mean(axis=0)
        slope = (mean[2] - mean[1]) / np.log(4)
        assert 0.7 < slope / demand.lai_robbins(rates) < 1.6
        assert (mean < demand.regrets(rates, marks, "UCB", replicates=50).mean(axis=0)).all()

    @given(st.lists(st.floats(0, 1), min_size=1, max_size=4), st.sampled_from(demand.POLICIES))
    def test_regret_never_falls_and_equal_arms_have_none(self, rates, policy):
        lost = demand.regrets(rates, [1, 10, 60], policy, trial=5, replicates=2)
        assert (np.diff(lost) >= -1e-12).all() and (lost <= 60 + 1e-9).all()
        assert not demand.regrets([rates[0]] * 3, [20], policy, trial=2, replicates=2).any()

    def test_the_same_bits_serially_in_a_pool_and_on_dask(self, pool, dask_executor):
        runs = [
            demand.regrets([0.2, 0.1], [50, 500], replicates=6, seed=3, executor=where)
            for where in (None, pool, dask_executor)
        ]
        assert runs[0].tobytes() == runs[1].tobytes() == runs[2].tobytes()

    def test_bad_games_are_named(self):
        with pytest.raises(ValueError, match=r"^rates:"):
            demand.regrets([1.2], [10])
        with pytest.raises(ValueError, match=r"^policy:"):
            demand.regrets([0.2], [10], "luck")
        with pytest.raises(ValueError, match=r"^at:"):
            demand.regrets([0.2], [10, 5])


def market(seed, eta=-2.0, n=30, weeks=40, shock=0.0):
    """Draw a market whose demand shocks raise prices by `shock`; costs move prices too."""
    random = np.random.default_rng(seed)
    good, week = (axis.ravel() for axis in np.indices((n, weeks)))
    cost, demand_shock = random.normal(0, 0.2, good.size), random.normal(0, 0.3, good.size)
    price = cost + shock * demand_shock
    quantity = eta * price + 0.1 * good + 0.02 * week + demand_shock
    return quantity, price, good, week, cost


class TestPricing:
    def test_exact_demand_is_found_exactly(self):
        _, p, good, week, _ = market(1)
        found = demand.elasticity(-1.7 * p + good - week, p, effects=[good, week], cluster=good)
        assert found.value == pytest.approx(-1.7) and found.error == pytest.approx(0, abs=1e-9)

    def test_an_instrument_removes_what_shocks_do_to_prices(self):
        q, p, good, week, cost = market(2, shock=0.8)
        naive = demand.elasticity(q, p, effects=[good, week], cluster=good)
        mended = demand.elasticity(q, p, effects=[good, week], cluster=good, instrument=cost)
        assert naive.low > -2 and mended.low < -2 < mended.high and mended.strength > 100

    def test_the_interval_holds_the_truth_as_often_as_it_says(self):
        held = 0
        for seed in range(200):
            q, p, good, _, _ = market(seed, n=20, weeks=10)
            found = demand.elasticity(q, p, effects=[good], cluster=good)
            held += found.low <= -2 <= found.high
        assert 180 <= held <= 199

    def test_its_own_instrument_is_least_squares(self):
        q, p, good, _, cost = market(3)
        one = demand.elasticity(q, p, effects=[good], cluster=good, controls=cost[:, None] ** 2)
        two = demand.elasticity(q, p, effects=[good], cluster=good, controls=cost[:, None] ** 2, instrument=p)
        assert (one.value, one.error) == pytest.approx((two.value, two.error))

    def test_price_by_hand(self):
        assert demand.optimal_price(2, -3) == 3 and demand.optimal_price(1, -2) == 2
        assert demand.profit([3], 2, 1.5, -3) == pytest.approx([1 / 8])

    @given(st.floats(0.1, 10), st.floats(-8, -1.2))
    def test_no_price_earns_more_than_the_optimal(self, cost, eta):
        best = demand.optimal_price(cost, eta)
        around = best * np.linspace(0.5, 2, 31)
        assert demand.profit(around, cost, 1, eta).max() <= demand.profit([best], cost, 1, eta)[0] * (1 + 1e-12)
        assert demand.prudent_price(cost, 1, [eta], 20 * best) == pytest.approx(best, rel=1e-3)

    def test_the_prudent_price_has_the_largest_mean_profit_and_the_cap_binds(self):
        eta = [-3.5, -1.5]
        prudent = demand.prudent_price(1, 2, eta, 50)
        means = {p: np.mean([demand.profit([p], 1, 2, e)[0] for e in eta]) for p in (1.2, 1.4, prudent, 2.0, 3.0, 9.0)}
        assert max(means, key=means.get) == prudent and 1.4 < prudent < 3
        assert demand.prudent_price(1, 2, [-0.5], 7) == pytest.approx(7, rel=1e-3)

    def test_bad_prices_are_named(self):
        with pytest.raises(ValueError, match=r"^elasticity:"):
            demand.optimal_price(1, -1)
        with pytest.raises(ValueError, match=r"^unit_cost:"):
            demand.optimal_price(0, -2)
        with pytest.raises(ValueError, match=r"^cluster:"):
            demand.elasticity([1, 2], [1, 2], effects=[], cluster=[0, 0])
        with pytest.raises(ValueError, match=r"^log_price:"):
            demand.elasticity([1, 2, 3], [1, 1, 1], effects=[], cluster=[0, 1, 2])


class TestUplift:
    def test_doubly_robust_by_hand(self):
        # treated: 3 - 1 + (5 - 3) / 0.5 = 6; not treated: 2 - (2 - 1) / 0.5 = 0
        gain = demand.doubly_robust([5, 2], [1, 0], [0.5, 0.5], [3, 3], [1, 1])
        assert gain == pytest.approx([6, 0])

    def test_either_model_suffices(self):
        random = np.random.default_rng(5)
        x = random.normal(size=40_000)
        e = 1 / (1 + np.exp(-x))
        w = random.random(x.size) < e
        y = 2 * x + w * 1.5 + random.normal(size=x.size)
        wrong = np.zeros(x.size)
        right = demand.doubly_robust(y, w, np.full(x.size, 0.4), 2 * x + 1.5, 2 * x).mean()
        weighted = demand.doubly_robust(y, w, e, wrong, wrong).mean()
        assert (right, weighted) == pytest.approx((1.5, 1.5), abs=0.1)
        assert y[w].mean() - y[~w].mean() > 2.5

    def test_propensity_is_recovered(self):
        random = np.random.default_rng(6)
        x = np.column_stack([np.ones(20_000), random.normal(size=20_000)])
        w = random.random(20_000) < 1 / (1 + np.exp(-(x @ [-0.5, 1.0])))
        assert demand.fit_propensity(x, w) == pytest.approx([-0.5, 1.0], abs=0.06)
        assert np.isfinite(demand.fit_propensity(x, x[:, 1] > 0)).all()

    def test_qini_by_hand(self):
        # gains 2, 0 in the right order: curve 0, 1, 1; areas 0.25 + 0.5, straight line 0.5
        assert demand.qini([2, 1], [2, 0]).coefficient == pytest.approx(0.25)
        assert demand.qini([1, 2], [2, 0]).coefficient == pytest.approx(-0.25)

    @given(st.lists(st.floats(-10, 10), min_size=2, max_size=30))
    def test_ranking_backwards_turns_the_sign_and_no_ranking_beats_the_truth(self, gains):
        gains = np.array(gains)
        best = demand.qini(gains, gains, resamples=2)
        order = np.argsort(-gains, kind="stable")
        ranks = np.empty(gains.size)
        ranks[order] = np.arange(gains.size)
        assert demand.qini(ranks, gains, resamples=2).coefficient == pytest.approx(-best.coefficient, abs=1e-9)
        assert demand.qini(np.arange(gains.size), gains, resamples=2).coefficient <= best.coefficient + 1e-9
        assert best.gain[-1] == pytest.approx(gains.mean(), abs=1e-9)

    def test_the_same_bits_serially_in_a_pool_and_on_dask(self, pool, dask_executor):
        random = np.random.default_rng(1)
        rank, gains = random.normal(size=(2, 200))
        here, *there = (demand.qini(rank, gains, resamples=20, executor=w) for w in (None, pool, dask_executor))
        assert all((here.low, here.high) == (other.low, other.high) for other in there)

    def test_a_budget_by_hand(self):
        chosen = demand.select([5, 4, 3, -1], [2, 2, 2, 1], 5)
        assert chosen.chosen.tolist() == [True, True, False, False]
        assert (chosen.gain, chosen.cost, chosen.bound) == (9, 4, 10.5)

    @given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.1, 5)), min_size=1, max_size=8), st.floats(0, 20))
    def test_selections_keep_the_budget_and_the_bound_holds(self, people, budget):
        gains, costs = np.array(people).T
        got = demand.select(gains, costs, budget)
        sets = np.array(list(np.ndindex(*[2] * gains.size)))
        best = (sets @ gains)[sets @ costs <= budget + 1e-9].max()
        assert got.cost <= budget + 1e-6 and got.gain - 1e-9 <= best <= got.bound + 1e-6
        same = demand.select(gains, np.ones(gains.size), 3)
        assert same.gain == pytest.approx(np.sort(np.maximum(gains, 0))[::-1][:3].sum())

    def test_the_detectable_effect_of_the_textbook(self):
        # Cohen: d = 0.5 at 80 per cent power needs about 64 in each group (63 by the normal law).
        assert demand.detectable_effect(1, [2 * 63])[0] == pytest.approx(0.499, abs=0.001)

    def test_bad_people_are_named(self):
        with pytest.raises(ValueError, match=r"^propensity:"):
            demand.doubly_robust([1], [1], [1.0], [1], [1])
        with pytest.raises(ValueError, match=r"^treated:"):
            demand.doubly_robust([1], [2], [0.5], [1], [1])
        with pytest.raises(ValueError, match=r"^costs:"):
            demand.select([1], [0], 1)


class TestSpending:
    def test_carry_over_by_hand(self):
        assert demand.carried_over([8, 0, 0, 2], 0.5) == pytest.approx([8, 4, 2, 3])

    def test_steady_spending_builds_up(self):
        built = demand.carried_over(np.full(200, 3.0), 0.6)[-1]
        assert built == pytest.approx(7.5)
        assert demand.response([3.0], [10], [2], [0.6]) == pytest.approx([10 * (1 - np.exp(-7.5 / 2))])

    def test_split_by_hand(self):
        # equal channels share equally; price = exp(-1/2) for a budget of one between two
        split = demand.optimal_split([1, 1], [1, 1], [0, 0], 1)
        assert split.spend == pytest.approx([0.5, 0.5]) and split.price == pytest.approx(0.60653066)

    @given(
        st.lists(st.tuples(st.floats(0.1, 10), st.floats(0.1, 10), st.floats(0, 0.9)), min_size=1, max_size=5),
        st.floats(0, 50),
    )
    def test_kkt_conditions_hold(self, channels, budget):
        ceiling, scale, memory = np.array(channels).T
        split = demand.optimal_split(ceiling, scale, memory, budget)
        steady = scale * (1 - memory)
        margin = ceiling / steady * np.exp(-split.spend / steady)
        assert split.spend.sum() == pytest.approx(budget, abs=1e-8) and (split.spend >= 0).all()
        assert (margin <= split.price * (1 + 1e-7)).all()
        assert margin[split.spend > 1e-7] == pytest.approx(split.price, rel=1e-6)
        assert demand.response(split.spend, ceiling, scale, memory).sum() == pytest.approx(split.response)

    def test_bad_channels_are_named(self):
        with pytest.raises(ValueError, match=r"^memory:"):
            demand.optimal_split([1], [1], [1.0], 1)
        with pytest.raises(ValueError, match=r"^budget:"):
            demand.optimal_split([1], [1], [0], -1)


def farm():
    """Set up the farmer's problem of Birge and Louveaux, chapter 1: wheat, corn, beets; good, fair and bad years."""
    yields = np.array([2.5, 3, 20]) * np.array([[1.2], [1.0], [0.8]])
    technology = np.zeros((3, 4, 3))
    technology[:, [0, 1, 2], [0, 1, 2]] = -yields
    # later: wheat bought, corn bought, wheat sold, corn sold, beets sold dear, beets sold cheap
    recourse = np.array([[-1, 0, 1, 0, 0, 0], [0, -1, 0, 1, 0, 0], [0, 0, 0, 0, 1, 1], [0, 0, 0, 0, 1, 0]])
    later = np.tile([238.0, 210, -170, -150, -36, -10], (3, 1))
    right = np.tile([-200.0, -240, 0, 6000], (3, 1))
    return Programme(
        np.array([150.0, 230, 260]), np.ones((1, 3)), np.array([500.0]), later, technology, recourse * 1.0, right,
        np.full(3, 1 / 3),
    )  # fmt: skip


class TestPlans:
    def test_the_farmer(self):
        seen = demand.foresight(farm())
        assert seen.plan.decision == pytest.approx([170, 80, 250], abs=1e-6)
        assert (seen.plan.cost, seen.mean_plan.cost, seen.wait_and_see) == pytest.approx(
            (-108_390, -107_240, -115_406), abs=1
        )
        assert (seen.stochastic_value, seen.information_value) == pytest.approx((1_150, 7_016), abs=1)

    def test_primal_equals_dual_and_the_price_of_land_is_its_margin(self):
        plan = demand.solve(farm())
        assert plan.dual_cost == pytest.approx(plan.cost, rel=1e-12)
        more = farm()
        wider = Programme(more.cost, more.matrix, np.array([501.0]), *list(vars(more).values())[3:])
        assert demand.solve(wider).cost - plan.cost == pytest.approx(plan.price[0], rel=1e-6)

    def test_the_robust_plan_has_the_best_worst_year(self):
        robust, usual = demand.worst_case(farm()), demand.solve(farm())
        assert robust.outcome.max() <= usual.outcome.max() and robust.cost >= usual.cost - 1e-6
        assert robust.outcome.max() == pytest.approx(-59_950, abs=1)  # the bad year alone, foreseen

    @given(st.lists(st.floats(0, 100), min_size=1, max_size=6), st.floats(0.5, 5), st.floats(0, 1), st.floats(0, 200))
    def test_a_newsvendor(self, demands, cost, left, limit):
        price, s = 6.0, len(demands)
        programme = Programme(
            np.array([cost]), np.ones((1, 1)), np.array([limit]), np.tile([-price, -left * cost * 0.9], (s, 1)),
            np.tile([[-1.0], [0.0]], (s, 1, 1)), np.array([[1.0, 1.0], [1.0, 0.0]]),
            np.column_stack([np.zeros(s), demands]), np.full(s, 1 / s),
        )  # fmt: skip
        seen = demand.foresight(programme)
        order = np.linspace(0, min(limit, 100), 501)[:, None]
        sold = np.minimum(order, demands)
        cost_of = cost * order[:, 0] - (price * sold + left * cost * 0.9 * (order - sold)).mean(axis=1)
        assert seen.plan.cost <= cost_of.min() + 1e-4
        assert seen.plan.dual_cost == pytest.approx(seen.plan.cost, abs=1e-4)
        assert seen.stochastic_value >= -1e-4 and seen.information_value >= -1e-4
        assert seen.plan.price[0] <= 1e-9

    @pytest.mark.parametrize("scale", [1e-6, 1e9])
    def test_money_and_land_in_other_units_change_nothing_else(self, scale):
        farmer = vars(farm())
        amounts = {name: scale * farmer[name] for name in ("limit", "right", "cost", "later_cost")}
        seen, usual = demand.foresight(Programme(**(farmer | amounts))), demand.foresight(farm())
        assert seen.plan.decision / scale == pytest.approx(usual.plan.decision, rel=1e-6)
        assert seen.stochastic_value / scale**2 == pytest.approx(usual.stochastic_value, rel=1e-6)
        assert demand.worst_case(Programme(**(farmer | amounts))).outcome.max() / scale**2 == pytest.approx(-59_950)

    def test_bad_programmes_are_named(self):
        good = vars(farm())
        with pytest.raises(ValueError, match=r"^chance:"):
            Programme(**(good | {"chance": np.array([0.5, 0.5, 0.5])}))
        with pytest.raises(ValueError, match=r"^right:"):
            Programme(**(good | {"right": np.zeros((3, 2))}))
        endless = Programme(**(good | {"matrix": np.zeros((1, 3))}))
        with pytest.raises(ValueError, match=r"^programme:"):
            demand.solve(endless)
