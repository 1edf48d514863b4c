"""Tools for sellers: the data as published, no leak from what is kept apart, and answers known beforehand."""

import numpy as np
import pandas as pd
import pytest

from casebook.methods import demand
from casebook.models.for_sellers import coupons, customers, data, marketing, planning, prices
from casebook.models.for_sellers.coupons import Overlap
from casebook.models.for_sellers.planning import Shop

SHOP = Shop((0.7, 0.5, 0.6), 0.9, 0.2, 300, 200)


@pytest.fixture(scope="module")
def people():
    return customers.histories(data.discs(), 273, 273)


@pytest.fixture(scope="module")
def trips():
    return data.trips()


def test_the_sample_of_cdnow_is_that_of_the_paper(people):
    assert len(people) == 2357
    law = demand.fit_repeat_buying(people["x"], people["t_x"], people["T"])
    assert (law.r, law.alpha, law.a, law.b) == pytest.approx((0.2426, 4.4135, 0.7929, 2.4258), abs=6e-4)
    assert law.log_likelihood == pytest.approx(-9582.43, abs=0.005)


def test_what_is_kept_apart_does_not_change_what_is_learnt(people):
    discs = data.discs()
    early = customers.histories(discs[discs["day"] < 273], 273, 273)
    assert early.drop(columns="later").equals(people.drop(columns="later"))
    assert people["later"].sum() == 1882 and early["later"].sum() == 0


def test_histories_by_hand():
    discs = pd.DataFrame({"customer": [1, 1, 1, 1, 2], "day": [0, 0, 7, 20, 14], "dollars": [1.0, 2, 3, 4, 5]})
    one, two = customers.histories(discs, 15, 10).itertuples(index=False)
    assert (one.x, one.t_x, one.T, one.dollars, one.later) == (1, 1, 2, 3, 1)
    assert (two.x, two.t_x, two.T, two.later) == (0, 0, 0, 0)
    assert customers.caught([1, 2, 3, 4], [0, 0, 1, 3], 0.25) == 0.75
    with pytest.raises(ValueError, match=r"^learn_days:"):
        customers.histories(discs, 0, 10)


def test_the_baskets_are_those_of_the_publisher(trips):
    # 2,469 households and 4,596,039.58 dollars, as models that read this package have found.
    assert trips["household"].nunique() == 2469
    assert trips["dollars"].sum() == pytest.approx(4_596_039.58, abs=0.01)


def test_features_know_nothing_of_what_comes_after(trips):
    starts, sent, used = data.coupons()
    begin = int(starts.set_index("campaign")["day"][18])
    full = coupons.households(trips, starts, sent, used, 18)
    cut = coupons.households(trips[trips["day"] < begin], starts, sent, used[used["day"] < begin], 18)
    everyone = full["household"].isin(cut["household"])
    assert full.loc[everyone, coupons.FEATURES].reset_index(drop=True).equals(cut[coupons.FEATURES])
    assert full["treated"].sum() == 1133
    with pytest.raises(ValueError, match=r"^low:"):
        Overlap(0.9, 0.1)


def test_a_known_gain_is_found_under_selection():
    random = np.random.default_rng(4)
    n = 20_000
    rows = pd.DataFrame({name: random.exponential(size=n) for name in coupons.FEATURES})
    treated = random.random(n) < 1 / (1 + np.exp(1 - rows["before"]))
    outcome = 3 * rows["before"] + treated * (1 + rows["used"]) + random.normal(size=n)
    rows = rows.assign(household=np.arange(n), treated=treated.astype(int), outcome=outcome)
    scored = coupons.gains(rows, Overlap(0.05, 0.95))
    found, careless = coupons.mean_gain(scored), coupons.naive_gain(rows)
    assert found.low < 2 < found.high and careless.low > 3
    more, less = coupons.learn(rows).expected(scored)
    assert demand.qini(more - less, scored["gain"], resamples=50).low > 0


def test_a_known_elasticity_is_found_and_back_tested():
    random = np.random.default_rng(2)
    grid = pd.MultiIndex.from_product([range(20), range(1, 53), (0, 1)], names=["good", "week", "half"]).to_frame(False)
    common = random.normal(0, 0.2, (20, 52))[grid["good"], grid["week"] - 1]
    price = np.exp(common + random.normal(0, 0.02, len(grid)))
    shown = pd.DataFrame({"good": [0], "week": [1], "stores": [7]})
    units = 1000 * price**-2.5 * np.exp(random.normal(0, 0.1, len(grid)))
    rows = prices.panel(grid.assign(kind="x", units=units, dollars=units * price), shown, 10, 48)
    assert len(rows) == 2080 and rows["display"].max() == 0.7
    known, kept = rows[rows["week"] <= 39], rows[rows["week"] > 39]
    found = prices.estimates(known)
    assert all(each.low < -2.5 < each.high for each in found.values())
    assert prices.back_test(known, kept, found[prices.WAYS[0]]) > 0.8
    curve = prices.profit_curve(np.array([1.0, 1.5]), 0.6, 1.0, found[prices.WAYS[2]])
    assert curve.loc[0, ["value", "low", "high"]].tolist() == pytest.approx([100] * 3)


def test_a_plan_for_one_certain_week_orders_what_is_wanted():
    table = planning.compared(
        Shop((0.6,), 0.9, 0.2, 1e6, 1e6), np.array([2.0]), np.full((3, 1), 50.0), np.full((2, 1), 50.0)
    )
    assert table["units 1"].tolist() == pytest.approx([50] * 3)
    assert table["profit"].tolist() == pytest.approx([0.4 * 2 * 50] * 3)
    assert table["later"].tolist() == pytest.approx([40] * 3)


def test_plans_keep_to_money_and_space_and_duality_holds():
    random = np.random.default_rng(0)
    price, weeks = np.array([4.0, 1, 2]), random.gamma(4, 20, (20, 3))
    seen = demand.foresight(planning.programme(SHOP, price, weeks))
    assert seen.plan.decision.sum() <= 200 + 1e-6
    assert seen.plan.decision @ (price * SHOP.cost_shares) <= 300 + 1e-6
    assert seen.plan.dual_cost == pytest.approx(seen.plan.cost, rel=1e-9)
    assert seen.stochastic_value >= 0 and seen.information_value >= 0
    table = planning.compared(SHOP, price, weeks, weeks).set_index("plan")
    assert table["profit"].idxmax() == "all weeks" and table["worst"].idxmax() == "worst week"
    assert table["profit"].to_numpy() == pytest.approx(table["later"].to_numpy())


@pytest.mark.parametrize("change", [{"cost_shares": (0.95,)}, {"rest_share": 0.6}, {"rush_share": 1.2}])
def test_contradictory_costs_are_named(change):
    with pytest.raises(ValueError, match=r"^cost_shares:"):
        Shop(
            **(
                {"cost_shares": (0.5,), "rush_share": 0.9, "rest_share": 0.1, "budget_usd": 1, "space_units": 1}
                | change
            )
        )


def test_nothing_to_spend_earns_only_the_rush_margin():
    shop = Shop((0.6,), 0.9, 0.2, 0, 0)
    assert -demand.solve(planning.programme(shop, [2.0], [[50.0]])).cost == pytest.approx(0.1 * 2 * 50)


def test_fetching_at_a_higher_cost_never_pays_more():
    weeks = np.random.default_rng(0).gamma(4, 20, (12, 3))
    table = planning.by_rush(SHOP, np.array([4.0, 1, 2]), weeks, [0.8, 0.9, 1.0])
    assert (table["profit"].diff().dropna() <= 1e-9).all() and (table[["stochastic", "foresight"]] >= -1e-9).all().all()
    assert -demand.solve(planning.farmer()).cost == pytest.approx(108_390, abs=1)


def test_weekly_prices_know_nothing_of_later_weeks():
    sales = pd.DataFrame({"week": [1, 2], "kind": "x", "units": [2, 2], "dollars": [2.0, 8.0]})
    units, price = planning.weekly(sales, 1)
    assert price["x"] == 1 and units["x"].tolist() == [2, 2]


def test_marketing_by_hand():
    assert marketing.cost_per_success(np.array([0.2]), np.array([0.0]), 1000, 0.05) == pytest.approx([0.25])
    table = marketing.split([1, 1], [1, 1], [0, 0], 1)
    assert table["spend"].tolist() == table["equal"].tolist() == [0.5, 0.5]
    lost = marketing.contest(np.array([0.3, 0.1]), np.array([10, 200]), 20, 5)
    assert set(lost) == set(demand.POLICIES)
    assert marketing.means(lost, np.array([10, 200])).query("policy == 'rotation'")["lost"].tolist() == pytest.approx(
        [1, 20]
    )


def test_unknown_names_are_named():
    with pytest.raises(ValueError, match=r"^kinds:"):
        data.goods(["HOVERCRAFT"])
    with pytest.raises(ValueError, match=r"^package:"):
        data.folder("no_such_package")
