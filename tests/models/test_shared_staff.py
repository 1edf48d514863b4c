from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from casebook.models import shared_staff as staff
from casebook.models.shared_staff import Sharing, Units

SHARING = Sharing(
    lenders=32,
    people=1800,
    stores=16,
    city_km=16,
    home_km=3,
    speed_km_per_hour=15,
    food_percent=60,
    wheels_percent=10,
    certified_food_percent=90,
    certified_other_percent=20,
    rider_percent=50,
    peak_orders_per_hour=60,
    size_spread_percent=40,
    hours_open=12,
    first_rush_hour=2,
    last_rush_hour=9,
    rush_width_hours=1.5,
    trough_percent=50,
    store_minutes=10,
    delivery_minutes=24,
    wait_minutes=5,
    in_time_percent=90,
    shift_hours=4,
    shifts_per_week=5,
    full_time_hours_per_week=40,
    skilled_training_hours=4,
    other_training_hours=16,
    learning_spread_percent=50,
    mentor_share=0.5,
    loan_days=28,
    worth_rmb_per_hour=40,
    reserve_rmb_per_hour=15,
    travel_rmb_per_hour=20,
    unloved_minutes=10,
    sites=4,
    staff_per_site=10,
    load_per_site=8,
    load_variation_percent=30,
    detour_percent=12,
)
SMALL = replace(SHARING, lenders=5, people=120, stores=3, peak_orders_per_hour=25)
UNITS = Units(("Hema", "Cainiao"), 12, 10, (70, 90), 100, 60)


@pytest.fixture(scope="module")
def small():
    posts, town = staff.need(SMALL, 2), staff.city(SMALL)
    gain = staff.surplus(SMALL, town, posts)
    return town, posts, gain, posts["places"].to_numpy()


def test_a_normal_day_needs_nobody():
    assert staff.need(SMALL, 1)["places"].sum() == 0
    assert staff.left_undone(SMALL, 1) == 0


def test_the_need_grows_with_the_load():
    hands = staff.hands(SMALL, [1, 1.5, 2, 4])
    assert (np.diff(hands[[staff.STORE, staff.DELIVERY]], axis=0) > 0).all()
    # a head is half a post: 5 shifts of 4 hours in a week of 40
    assert hands["full posts"].iloc[2] == pytest.approx(staff.need(SMALL, 2)["places"].sum() / 2)


def test_shifts_cover_the_gap():
    posts = staff.need(SMALL, 2)
    works = staff.covers(SMALL)
    assert works.sum(axis=0).tolist() == [2] * 5
    for (store, role), part in posts.groupby(["store", "role"]):
        gap = (staff.required(SMALL, 2, role) - staff.required(SMALL, 1, role))[store]
        assert (works @ part["shifts"].to_numpy() >= gap).all()
    assert (posts["places"] >= 1.4 * posts["shifts"]).all()


def test_the_city_is_as_stated():
    town = staff.city(SHARING)
    size = np.bincount(town.lender)
    assert (size.size, size.sum(), size.min() > 0) == (32, 1800, True)
    assert [town.trade.count(name) for name in dict.fromkeys(town.trade)] == [19, 3, 10]
    assert town.rides[town.wheels].all()


def test_nobody_works_without_a_certificate_or_a_vehicle(small):
    town, posts, _, places = small
    for name, plan in staff.plans(SMALL, town, posts).items():
        out = np.flatnonzero(plan != staff.HOME)
        role = posts["role"].to_numpy()[plan[out]]
        assert (np.bincount(plan[out], minlength=len(posts)) <= places).all()
        assert town.rides[out[role == staff.DELIVERY]].all()
        if "certified" not in name:
            assert town.certified[out[role == staff.STORE]].all()


def test_plans_rank_as_they_must(small):
    town, posts, _, _ = small
    found = {name: staff.measures(SMALL, town, posts, plan) for name, plan in staff.plans(SMALL, town, posts).items()}
    key = "gain a week, RMB"
    assert found["nobody lends"][key] == 0
    for other in ("store work only", "first come, nearest post"):
        assert found[other][key] < found["assignment"][key]
    assert found["assignment"][key] <= found["assignment, all certified"][key]
    week = posts["shifts"].sum()
    for row in found.values():
        assert row["open shifts a day"] + row["placed"] * 5 / 7 == pytest.approx(posts["places"].sum() * 5 / 7)
        assert row["open shifts a day"] >= week - row["placed"]


def test_the_best_plan_beats_every_other():
    gain = np.array([[10, 9], [8, 1], [-1, -2]], dtype=float)
    assert staff.best(gain, np.array([1, 1])).tolist() == [1, 0, staff.HOME]
    assert staff.best(gain, np.array([0, 0])).tolist() == [staff.HOME] * 3
    assert staff.best(-gain, np.array([9, 9])).tolist() == [staff.HOME, staff.HOME, 1]
    assert staff.best(np.full((2, 1), -np.inf), np.array([5])).tolist() == [staff.HOME] * 2


def test_a_stable_matching_tempts_nobody(small):
    town, posts, gain, places = small
    lists = staff.preferences(SMALL, town, posts)
    matched = staff.stable(lists, places)
    best = staff.best(gain, places)
    assert staff.leavers(lists, places, matched) == (0, 0)
    assert staff.leavers(lists, places, best)[0] > 0
    value = [gain[np.flatnonzero(p != staff.HOME), p[p != staff.HOME]].sum() for p in (matched, best)]
    assert value[0] < value[1]


def test_pay_by_place_tempts_nobody(small):
    _, posts, gain, places = small
    best = staff.best(gain, places)
    shared = staff.split(SMALL, gain, best, places)
    out = best != staff.HOME
    assert (shared["lowest"] <= shared["highest"] + 1e-9).all()
    assert (shared["lowest"] >= -1e-9).all()
    assert (shared["highest"] <= shared["gain"] + 1e-9).all()
    assert (shared[~out] == 0).all().all()
    store = np.zeros(len(posts))
    store[best[out]] = (shared["gain"] - shared["highest"])[out] * SMALL.shift_hours
    full = np.bincount(best[out], minlength=len(posts)) == places
    pairs = gain - shared["highest"].to_numpy()[:, np.newaxis] * SMALL.shift_hours - store
    assert (pairs[:, ~full | (places > 0)] <= 1e-6).all()


def test_the_scarce_side_gains():
    town = staff.city(SMALL)
    pay = staff.wages(SMALL, town, [1.2, 2, 3])
    assert (pay["placed"] <= np.minimum(pay["places"], 120)).all()
    part = pay["highest"] / pay["gain"]
    assert part.iloc[0] < 0.5 < part.iloc[-1]


def test_trades_and_routes_count_everybody(small):
    town, posts, gain, places = small
    plan = staff.best(gain, places)
    trades = staff.by_trade(town, posts, plan, staff.split(SMALL, gain, plan, places))
    assert trades["people"].sum() == 120
    assert trades["home"].sum() == (plan == staff.HOME).sum()
    assert staff.routes(town, posts, plan)["people"].sum() == (plan != staff.HOME).sum()


def test_payback_by_hand():
    # 20 hours a week: 16 hours of training and 8 of a mentor are worked off after 24/20 of a week
    assert staff.payback_days(SHARING, 16) == pytest.approx(8.4)
    assert staff.useful_hours(SHARING, 16, 8.4) == pytest.approx(0)
    assert staff.useful_hours(SHARING, 16, [0, 7]).tolist() == pytest.approx([0, -4])
    assert staff.useful_hours(SHARING, 0, 7) == pytest.approx(20)


def test_a_loan_that_may_end_any_day():
    # one that pays on average, and the mean of many loans of exponential length
    mean = staff.mean_loan_that_pays(SHARING, 16)
    assert mean == pytest.approx(5.6 / np.log(3))
    assert staff.recalled_hours(SHARING, 16, mean) == pytest.approx(0)
    lengths = np.random.default_rng(1).exponential(9, 200_000)
    drawn = staff.useful_hours(SHARING, 16, lengths).mean()
    assert staff.recalled_hours(SHARING, 16, 9) == pytest.approx(drawn, abs=0.2)
    assert staff.recalled_hours(SHARING, 16, 0) == 0
    assert staff.mean_loan_that_pays(SHARING, 0) == 0


def test_the_ramp():
    week = staff.ramp(SHARING, [0, 3, 7], [400, 500, 1800], 16, last_day=14).set_index("day")
    assert week["heads"].to_dict() | {0: 400, 3: 500, 7: 1800, 14: 1800} == week["heads"].to_dict()
    assert week["full posts"][7] == 900
    assert week["of use"][0] == -100
    assert week["of use"][14] == pytest.approx(900)
    assert (week["of use"] <= week["full posts"] + 1e-9).all()
    ready = staff.ramp(SHARING, [0, 7], [0, 1800], 0, last_day=7)
    assert ready["of use"].to_numpy() == pytest.approx(ready["full posts"].to_numpy())
    kinds = [staff.ramp(SHARING, [0, 7], [0, 1800], hours, last_day=14)["of use"] for hours in (4, 16, [4, 16])]
    assert kinds[2].to_numpy() == pytest.approx((kinds[0] + kinds[1]).to_numpy() / 2)


def test_the_longest_way():
    # 20 shifts; (4 - 24/20) hours of 40 RMB less 60 asked leave 52 RMB, worth 2.6 hours there and back
    assert staff.longest_way(SHARING, 16) == pytest.approx(2.6 * 15 / 2)
    assert staff.longest_way(replace(SHARING, loan_days=7), 16) == 0


def test_the_textbook_pool_returns():
    still = replace(SHARING, load_variation_percent=0, detour_percent=0)
    row = staff.waiting(still, [0.0, 1.0], replicates=2)
    assert row["apart"].to_numpy() == pytest.approx(40.9180, abs=1e-4)
    assert row["one pool"].to_numpy() == pytest.approx(12.1183, abs=1e-4)


def test_correlation_eats_the_gain():
    waits = staff.waiting(SHARING, [-1 / 3, 0, 0.5, 1], replicates=4)
    assert (np.diff(waits["one pool"]) > 0).all()
    assert np.ptp(waits["apart"]) < 3
    assert 0 < staff.break_even(waits) < 1
    assert np.isnan(staff.break_even(waits.assign(**{"one pool, with detour": 0.0})))
    assert staff.break_even(
        pd.DataFrame({"correlation": [0.0, 1.0], "apart": [2.0, 2.0], "one pool, with detour": [1.0, 5.0]})
    ) == pytest.approx(0.25)


def test_the_group_by_hand():
    # Hema's four least tasks are worth 8.3, 16.7, 25 and 33.3 and bring 42 each; the fifth would cost 41.7.
    crew = staff.lend(UNITS).set_index("unit")
    assert crew["lent"].to_dict() == {"Hema": 4, "Cainiao": 6}
    assert crew["own loss"].tolist() == pytest.approx([100 / 12 * 10, 100 / 12 * 21])
    assert crew["gain"].tolist() == pytest.approx([168, 324])


def test_targets_of_its_own_keep_a_unit_from_lending():
    loss, gain = [83.3, 175], 492
    assert staff.equilibria(loss, gain, 0) == [(False, False)]
    assert staff.equilibria(loss, gain, 0.3) == [(False, False)]
    assert staff.equilibria(loss, gain, 1) == [(False, False), (True, True)]
    assert staff.trust_needed(123, 492, [0.25, 0.5, 1]).tolist() == [1, 0.5, 0.25]
    assert np.isnan(staff.trust_needed(123, 492, [0, 0.2])).all()
    assert staff.trust_needed(0, 492, 0.1) == 0


def test_the_same_bits_in_every_executor(pool, dask_executor):
    here = staff.waiting(SHARING, [0, 0.5], replicates=4)
    for executor in (pool, dask_executor):
        assert here.equals(staff.waiting(SHARING, [0, 0.5], replicates=4, executor=executor))


def test_limits():
    one = replace(SMALL, lenders=1, people=1, stores=1, sites=1)
    posts, town = staff.need(one, 3), staff.city(one)
    assert (staff.best(staff.surplus(one, town, posts), posts["places"].to_numpy()) != staff.HOME).sum() <= 1
    dear = replace(SMALL, reserve_rmb_per_hour=1000)
    town, posts = staff.city(dear), staff.need(dear, 2)
    plan = staff.best(staff.surplus(dear, town, posts), posts["places"].to_numpy())
    assert (plan == staff.HOME).all()
    assert staff.measures(dear, town, posts, plan)["placed"] == 0
    assert staff.stable(staff.preferences(dear, town, posts), posts["places"].to_numpy()).tolist() == plan.tolist()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"people": 0}, "people: expected a number above 0, found 0"),
        ({"stores": 2.5}, "stores: expected a whole number, found 2.5"),
        ({"loan_days": float("nan")}, "loan_days: expected a number above 0, found nan"),
        ({"food_percent": 101}, "food_percent: expected at most 100, found 101"),
        ({"wheels_percent": 50}, "wheels_percent: expected at most 40, found 50"),
        ({"shift_hours": 3}, "shift_hours: expected a multiple of 2, found 3"),
        ({"shift_hours": 14}, "shifts_per_week, shift_hours: expected to fit"),
        ({"shifts_per_week": 8}, "shifts_per_week, shift_hours: expected to fit"),
        ({"in_time_percent": 100}, "in_time_percent: expected below 100, found 100"),
        ({"travel_rmb_per_hour": -1}, "travel_rmb_per_hour: expected a number above 0, found -1"),
    ],
)
def test_bad_assumptions_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        replace(SHARING, **change)


def test_bad_calls_are_named():
    with pytest.raises(ValueError, match=r"correlations: expected numbers from -0\.333333 to 1, found -0\.5"):
        staff.waiting(SHARING, [-0.5])
    with pytest.raises(ValueError, match="crew: expected 1 to 24 people, found 25"):
        replace(UNITS, crew=25)
    with pytest.raises(ValueError, match="fit_percent: expected 2 numbers, found"):
        replace(UNITS, fit_percent=(70,))
