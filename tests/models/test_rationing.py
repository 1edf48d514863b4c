import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.methods import replicates
from casebook.methods.inventory import final_size
from casebook.models import rationing
from casebook.models.rationing import Plan, Rule, Shop, hand_out, judge, play, quiet_cap, sell_oldest, supply, trials

SMALL = Shop(households=60, rumour_households=6, rumour_days=14, crunch_days=7)
SEED = replicates.spawn(7, 1)[0]


def test_calm_demand_by_hand():
    # A visit every other day, cover of 2 days: gap 1 with 1/2, 2 with 1/2; per head a mean of 3/4, E[b^2] = 5/4.
    shop = Shop(households=1, largest_household_persons=1, rumour_households=1, calm_cover_days=2)
    mean, sd = shop.calm_demand
    assert mean == pytest.approx(0.75)
    assert sd == pytest.approx(math.sqrt(1.25 - 0.5625))


def test_delivery_is_the_newsvendors():
    mean, sd = SMALL.calm_demand
    # The inverse normal of 0.70/0.88 is (56.603956 - 50) / 8, as Snyder and Shen print it.
    assert SMALL.delivery == pytest.approx(mean + sd * (56.603956 - 50) / 8, abs=1e-4)


def test_two_persons_before_a_shelf_by_hand():
    taken, empty = hand_out(np.array([0, 1]), np.array([0.25, 0.5]), np.array([6.0, 6.0]), np.array([8.0]), 0.0)
    assert taken.tolist() == [6, 2]
    assert empty == pytest.approx(0.5)
    taken, empty = hand_out(np.array([0, 1]), np.array([0.25, 0.5]), np.array([6.0, 6.0]), np.array([4.0, 4.0]), 0.0)
    assert taken.tolist() == [4, 4]
    assert empty == pytest.approx(0.25 + 0.5)


def test_the_oldest_goes_first():
    assert sell_oldest(np.array([2.0, 3.0, 4.0]), 4.0).tolist() == [0, 1, 4]
    assert sell_oldest(np.array([[1.0, 1.0], [5.0, 0.0]]), np.array([1.0, 2.0])).tolist() == [[0, 1], [3, 0]]


def test_the_closed_form_holds_where_the_shelf_never_runs_out():
    # Root of z = 1 - e^(-2z) is 0.7968; a fiftieth of the town hoards at first, and the town is finite.
    shop = Shop(households=2000, rumour_households=40, rumour_days=60)
    hoarded = [play(seed, shop, Rule(stock_multiple=60)).hoarded for seed in replicates.spawn(1, 8)]
    assert np.mean(hoarded) == pytest.approx(0.7968 + 0.0065, abs=0.02)
    assert np.mean(hoarded) == pytest.approx(final_size(2, 0.02), abs=0.02)


def test_a_cap_lowers_the_contagion_and_the_quiet_cap_brings_it_to_one():
    shop = Shop()
    reach = [rationing.visible_contagion(shop, Rule(cap_units=cap)) for cap in (1, 10, 20, 40, 200)]
    assert reach == sorted(reach)
    assert reach[0] == pytest.approx(0.4)  # a fifth of two goes by word of mouth
    assert reach[-1] == pytest.approx(2)
    assert rationing.visible_contagion(shop, Rule(cap_units=quiet_cap(shop))) == pytest.approx(1)
    assert quiet_cap(replace(shop, contagion_households=1)) == math.inf
    assert quiet_cap(replace(shop, word_percent=60)) == 0


def test_quiet_cap_of_a_single_size_by_hand():
    # Calm basket 2, full basket 21; on sight alone half of the excess: 2 + 19/2.
    shop = Shop(largest_household_persons=1, word_percent=0)
    assert quiet_cap(shop) == pytest.approx(11.5)


@settings(max_examples=25, deadline=None)
@given(
    cap=st.floats(0.5, 200),
    price=st.floats(0.5, 3),
    parts=st.integers(1, 6),
    lot=st.booleans(),
    multiple=st.floats(1, 4),
    depot=st.floats(0, 5),
)
def test_units_are_conserved_under_any_rule(cap, price, parts, lot, multiple, depot):
    course = play(SEED, SMALL, Rule(cap, price, parts, lot, multiple, 2, depot))
    assert course.delivered.sum() == pytest.approx(course.sold.sum() + course.shelf_waste.sum() + course.left)
    assert (course.sold <= course.wanted + 1e-9).all()
    assert (course.served <= course.visits).all()
    assert (course.empty_hours >= 0).all()
    assert (course.empty_hours <= SMALL.open_hours_per_day + 1e-9).all()
    assert 0 <= judge(course, SMALL)[3] < 1


def test_before_the_rumour_no_rule_is_felt():
    free, capped = play(SEED, SMALL), play(SEED, SMALL, Rule(cap_units=2, price_factor=2))
    assert np.array_equal(free.sold[:7], capped.sold[:7])
    assert not np.array_equal(free.sold[7:], capped.sold[7:])


def test_equal_supply_except_where_more_is_sent():
    rules = (Rule(), Rule(cap_units=5), Rule(price_factor=2), Rule(deliveries_per_day=4), Rule(in_turn=True))
    supplied = [play(SEED, SMALL, rule).delivered for rule in rules]
    assert all(each == pytest.approx(supplied[0]) for each in supplied)


def test_a_depot_gives_no_more_than_it_has():
    window = slice(2, 8)
    sent = rationing.shipments(Rule(stock_multiple=2, stock_lead_days=4, depot_days=3), 10, window)
    assert sent.tolist() == [1, 1, 2, 2, 2, 1, 2, 2, 1, 1]
    assert rationing.shipments(Rule(stock_multiple=3), 4, slice(1, 3)).tolist() == [1, 3, 3, 1]


def test_what_the_page_says():
    shop = Shop()
    rules = {
        "none": Rule(),
        "cap": Rule(cap_units=10),
        "parts": Rule(deliveries_per_day=4),
        "price": Rule(price_factor=1.5),
    }
    mean = trials(shop, rules, 6).groupby("rule")[list(rationing.MEASURES)].mean()
    assert mean.served["cap"] > 99 > mean.served["price"] > mean.served["parts"] > mean.served["none"]
    assert mean.gini["cap"] < mean.gini["none"]
    assert mean.hoarders["cap"] < 25 < mean.hoarders["none"]
    assert [rule.keeps_the_pledge for rule in rules.values()] == [True, True, True, False]


def test_serial_and_pool_give_the_same_bits(pool):
    rules = {"none": Rule(), "cap": Rule(cap_units=6)}
    pd.testing.assert_frame_equal(trials(SMALL, rules, 3), trials(SMALL, rules, 3, executor=pool), check_exact=True)


def test_stopping_caps_by_hand():
    table = pd.DataFrame(
        {"run": [0, 0, 0, 1, 1, 1, 2, 2, 2], "rule": [4, 8, 12] * 3, "hoarders": [5, 30, 10, 5, 6, 7, 50, 5, 5]}
    )
    assert rationing.stopping_caps(table, 25).tolist() == [4, 12, 0]


def test_nobody_hoards_where_nobody_begins_and_nothing_is_short():
    course = play(SEED, replace(SMALL, rumour_households=0, alarm_percent=0), Rule())
    assert course.hoarded == 0


def test_supply_serves_the_calm_and_follows_the_surge():
    plan = Plan()
    lives = {"greens": 2, "rice": 30}
    kept, learns = (supply(replace(plan, smoothing=alpha), lives) for alpha in (0, 0.5))
    assert kept["demand"].to_numpy() == pytest.approx(learns["demand"].to_numpy())
    assert set(kept["region"]) == set(range(1, 12))
    surge = [t[t["phase"] == "surge"][["served", "demand"]].sum() for t in (kept, learns)]
    assert surge[0].served / surge[0].demand < 0.75 < surge[1].served / surge[1].demand < 0.95
    assert (learns["served"] <= learns["demand"] + 1e-9).all()


def test_certain_demand_is_met_without_waste():
    table = supply(Plan(demand_sd_percent=0, surge_multiple=1), {"greens": 2})
    assert table["served"].to_numpy() == pytest.approx(table["demand"].to_numpy())
    assert table[["waste", "error", "naive_error"]].to_numpy() == pytest.approx(0)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: Shop(households=0), "households"),
        (lambda: Shop(households=10.5), "households"),
        (lambda: Shop(rumour_households=500), "rumour_households"),
        (lambda: Shop(contagion_households=math.nan), "contagion_households"),
        (lambda: Shop(alarm_percent=101), "alarm_percent"),
        (lambda: Shop(calm_visits_per_day=0), "calm_visits_per_day"),
        (lambda: Shop(anxious_cover_days=2), "anxious_cover_days"),
        (lambda: Shop(crunch_days=99), "crunch_days"),
        (lambda: Rule(cap_units=0), "cap_units"),
        (lambda: Rule(price_factor=-1), "price_factor"),
        (lambda: Rule(depot_days=-1), "depot_days"),
        (lambda: Plan(service_percent=100), "service_percent"),
        (lambda: Plan(smoothing=2), "smoothing"),
        (lambda: Plan(regions=0), "regions"),
    ],
)
def test_bad_assumptions_are_named(make, name):
    with pytest.raises(ValueError, match=name):
        make()
