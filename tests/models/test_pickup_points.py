import json
import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.methods.location import coverage, expected_distance, p_center, try_every_choice
from casebook.models import pickup_points as model
from casebook.models.pickup_points import Counter, Effort, Goods, Records, Town
from casebook.models.pickup_points.crowds import arrivals, serve
from casebook.models.pickup_points.records import alike
from casebook.models.pickup_points.town import bridge_rows, nearest_corner, walks

SMALL = Town(streets_east=6, streets_north=5, block_m=100, bridges=1, households=300, convenience_stores=5, bakeries=3,
             offices=6, longest_walk_m=500)  # fmt: skip
STORES, BAKERIES, OFFICES = model.CATEGORIES
HOURS = dict.fromkeys(model.IN_TURN, (1.0, 2.0, 3.0))


@pytest.fixture(scope="module")
def layout():
    return model.lay_out(SMALL, 3)


def test_a_town_by_hand():
    # Four streets north, three east, one bridge, in the middle row: the river runs between the columns 1 and 2.
    town = Town(streets_east=4, streets_north=3, block_m=100, bridges=1, households=12, offices=1, convenience_stores=0,
                bakeries=0)  # fmt: skip
    assert bridge_rows(town).tolist() == [1]
    from_south_west = walks(town, np.array([0]))[:, 0]
    assert from_south_west.tolist() == [0, 100, 400, 500, 100, 200, 300, 400, 200, 300, 400, 500]
    assert town.area_km2 == pytest.approx(0.06)
    assert nearest_corner(town, np.array([[149.0, 51.0], [-900, 900]])).tolist() == [5, 8]


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 7), st.integers(1, 6), st.integers(1, 6), st.integers(0, 99))
def test_towns_keep_their_promises(east, north, bridges, seed):
    town = Town(streets_east=east, streets_north=north, bridges=min(bridges, north), households=500, convenience_stores=2,
                bakeries=1, offices=min(2, east * north))  # fmt: skip
    drawn = model.lay_out(town, seed)
    assert drawn.households.sum() == 500
    assert drawn.households.min() >= 1
    assert (
        drawn.doors.groupby("category")["corner"].nunique().to_dict()
        == drawn.doors["category"].value_counts().to_dict()
    )
    straight = np.abs(drawn.corners[:, None] - drawn.doors[["east_m", "north_m"]].to_numpy()).sum(axis=2)
    assert np.isfinite(drawn.distance).all()
    assert (drawn.distance >= straight - 1e-9).all()
    same_bank = (drawn.corners[:, :1] < drawn.river_east_m) == (drawn.doors["east_m"].to_numpy() < drawn.river_east_m)
    assert np.allclose(drawn.distance[same_bank], straight[same_bank])
    assert (model.lay_out(town, seed).distance == drawn.distance).all()


def test_plans_against_every_choice(layout):
    people = layout.households
    median, center = model.as_if_open(layout, 3), p_center(layout.distance, 3)
    best = try_every_choice(layout.distance, 3, lambda ways: people @ ways)
    assert people @ layout.distance[:, median].min(axis=1) == best.cost
    assert center.bound == try_every_choice(layout.distance, 3, np.max).cost
    choices = [list(choice) for choice in combinations(range(14), 3)]
    costs = [expected_distance(layout.distance, sites, layout.chance, 500, people) for sites in choices]
    found = model.service(layout, model.with_chances(layout, 3), 200).mean_m * people.sum()
    assert min(costs) <= found * (1 + 1e-9)
    assert found <= min(costs) * 1.02


def test_coverage_is_complete_at_the_radius_of_the_center_and_not_before(layout):
    for p in range(1, 8):
        frame, radius = model.covered_by_radius(layout, p)
        assert frame["radius_m"].iloc[-1] == radius
        assert frame["covered_percent"].iloc[-1] == 100
        assert (frame["covered_percent"].iloc[:-1] < 100).all()
        assert coverage(layout.distance, radius - 1, p, layout.households).bound < layout.households.sum()


def test_service_by_hand(layout):
    one = layout.doors["category"].eq(OFFICES).idxmax()
    ways = layout.distance[:, one]
    found = model.service(layout, [one], 200)
    near, far = (layout.households[ways <= m].sum() / 300 for m in (200, 500))
    assert found.near_percent == pytest.approx(90 * near)
    assert found.without_percent == pytest.approx(100 * (1 - 0.9 * far))
    assert found.mean_m == pytest.approx(0.9 * np.minimum(ways, 500) @ layout.households / 300 + 50)


def test_more_points_and_surer_doors_shorten_the_walk(layout):
    stages = {"stores": layout.of(STORES), "all": layout.of(*model.CATEGORIES)}
    frame = model.by_number(layout, stages, range(1, 9))
    for name in ("stores", "all", "all open"):
        walked = frame[name].dropna()
        assert (walked.diff().dropna() <= 1e-9).all()
    assert frame["stores"].isna().tolist() == [False] * 5 + [True] * 3
    assert (frame["all"] >= frame["all open"]).all()
    surer = [model.service(layout, [0, 5, 9], 200, np.full(14, q)).mean_m for q in (0, 0.3, 0.9, 1)]
    assert surer == sorted(surer, reverse=True)
    assert surer[0] == 500


def test_closing_a_category_takes_its_doors_only(layout):
    plans = {"offices": layout.of(OFFICES).tolist(), "shops": layout.of(STORES, BAKERIES).tolist()}
    frame = model.closings(layout, plans, 200).set_index(["plan", "closed"])
    assert frame.loc[("offices", OFFICES), "without, per cent"] == 100
    assert frame.loc[("offices", STORES)].equals(frame.loc[("offices", "none")])
    assert frame.loc[("shops", STORES), "mean walk, m"] > frame.loc[("shops", "none"), "mean walk, m"]


def test_recovery_by_stage(layout):
    stages = {"stores": layout.of(STORES), "shops": layout.of(STORES, BAKERIES), "all": layout.of(*model.CATEGORIES)}
    frame = model.recovery(layout, stages, 3, 200)
    assert frame["near if all were open"].is_monotonic_increasing
    assert (frame["near"] <= frame["near if all were open"] + 1e-9).all()
    assert frame["mean walk, m"].iloc[-1] < frame["mean walk, m"].iloc[0]


def test_break_even_values_break_even(layout):
    offices, shops = layout.of(OFFICES).tolist(), layout.of(STORES, BAKERIES).tolist()
    plan = model.with_chances(layout, 3, offices)
    goal = model.service(layout, plan, 0).mean_m
    percent = model.chance_to_equal(layout, shops, 5, goal)
    chance = np.full(14, percent / 100)
    again = model.service(layout, model.with_chances(layout, 5, shops, chance), 0, chance).mean_m
    assert again == pytest.approx(goal, rel=1e-3)
    shops_m = model.service(layout, shops, 0).mean_m
    permitted = model.permission_to_equal(layout, plan, shops_m) / 100
    assert permitted * goal + (1 - permitted) * 500 == pytest.approx(shops_m)
    fewest, walk = model.fewest_that_beat(layout, offices, shops_m)
    assert walk < shops_m
    assert fewest == 1 or model.service(layout, model.with_chances(layout, fewest - 1, offices), 0).mean_m >= shops_m
    with pytest.raises(ValueError, match="mean_m: expected a walk that 6 doors can undercut, found 1"):
        model.fewest_that_beat(layout, offices, 1)
    with pytest.raises(ValueError, match="mean_m: expected a walk that 1 sure doors"):
        model.chance_to_equal(layout, shops, 1, 1)


def test_service_at_a_counter_by_hand():
    came, work = np.array([[0.0, 1, 2, 10]]), np.array([[3.0, 3, 3, 3]])
    found, stay = serve(came, work, 1)
    assert found.tolist() == [[0, 1, 2, 0]]
    assert stay.tolist() == [[3, 5, 7, 3]]
    found, stay = serve(came, work, 2)
    assert found.tolist() == [[0, 1, 2, 0]]
    assert stay.tolist() == [[3, 3, 4, 3]]


def test_one_helper_waits_as_the_queue_with_constant_service_does():
    # M/D/1 with load 0.5: mean wait is half a service (Pollaczek-Khinchine), so the mean stay is 1.5 services.
    counter = Counter(handover_minutes=1, handover_variation=0, rush_percent=0, open_hours=24)
    found = model.crowding(counter, 720, slots=False, days=6, runs=6)
    assert found["minutes"] == pytest.approx(1.5, abs=0.04)


def test_slots_fill_evenly_and_late_visitors_do_not_keep_them():
    counter = Counter(on_time_percent=100)
    came = arrivals(counter, 100, True, 3, np.random.default_rng(0))
    assert (np.sort(came, axis=1) == came).all()
    for row in came:
        assert np.bincount((row // 30).astype(int), minlength=20).tolist() == [5] * 20
    rush = arrivals(Counter(rush_percent=100), 50, False, 2, np.random.default_rng(0))
    assert rush.min() >= 480


def test_capacity_is_where_the_crowd_begins():
    counter = Counter(open_hours=4)
    most = model.capacity(counter, slots=True, days=5, runs=4)
    assert model.crowding(counter, most, True, days=5, runs=4)["crowded"] <= counter.crowded_percent
    assert model.crowding(counter, most + 5, True, days=5, runs=4)["crowded"] > counter.crowded_percent
    assert most > model.capacity(counter, slots=False, days=5, runs=4)
    assert model.capacity(Counter(crowd_limit=1000), slots=True, days=1, runs=2) == 401


def test_shared_out_respects_the_room_and_loses_nobody(layout):
    sites = layout.of(OFFICES).tolist()
    free, tight = (model.shared_out(layout, sites, 20, most) for most in (1000, 11))
    assert free["nearest"].sum() == pytest.approx(60)
    assert free["limited_m"][0] == pytest.approx(free["nearest_m"][0])
    assert tight["limited"].sum() == pytest.approx(60)
    assert tight["limited"].max() <= 11 + 1e-9
    assert tight["limited_m"][0] >= tight["nearest_m"][0]
    with pytest.raises(ValueError, match="supply: expected at least 60 in all, found 6"):
        model.shared_out(layout, sites, 20, 1)


def test_hours_by_hand():
    effort = Effort(courier_speed_km_per_hour=10, stop_minutes=6, orders_per_tour=10, depot_km=1,
                    van_speed_km_per_hour=20, unload_minutes=0.6, counter_hours=5, walking_speed_km_per_hour=4)  # fmt: skip
    row = model.hours(effort, 100, 4, 1.0, 500).iloc[0]
    # 0.92 · √100 = 9.2 km and ten ways of 2 km at 10 km/h, and 100 · 6 minutes: 2.92 + 10
    assert row["couriers"] == pytest.approx(12.92)
    # 0.92 · √4 = 1.84 km and 2 km at 20 km/h, and 100 · 0.6 minutes: 0.192 + 1
    assert row["van"] == pytest.approx(1.192)
    assert row["counters"] == 20
    assert row["walking"] == 25
    even = model.orders_to_equal(effort, 4, 1.0)
    row = model.hours(effort, even, 4, 1.0, 0).iloc[0]
    assert row["couriers"] == pytest.approx(row["van"] + row["counters"])
    never = Effort(stop_minutes=0, depot_km=0, unload_minutes=10)
    assert model.orders_to_equal(never, 4, 1.0) == math.inf


def test_sure_doors_spoil_less(layout):
    goods = Goods(buyers_percent=50)
    sure = model.lay_out(Town(**{**vars(SMALL), "office_open_percent": 100}), 3)
    sites = layout.of(OFFICES).tolist()
    certain, doubtful = (model.spoilage(drawn, sites, goods, states=10, runs=2) for drawn in (sure, layout))
    # All offices open and all households within reach: 150 of 300 want a box.
    reached = layout.households[layout.distance[:, sites].min(axis=1) <= 500].sum() / 2
    assert certain["demand"].sum() == pytest.approx(reached)
    assert certain["spoilt"].sum() / certain["stock"].sum() < doubtful["spoilt"].sum() / doubtful["stock"].sum()
    for frame in (certain, doubtful):
        assert np.allclose(frame["sold"] + frame["spoilt"], frame["stock"])
        assert (frame["sold"] <= frame["demand"] + 1e-9).all()


def test_the_launch_by_hand():
    frame = model.in_time(HOURS, 100).set_index("asked")
    # In turn: decide, stores, bakeries, officials, offices, stock, open. At once two of them go together.
    assert frame["most likely"].tolist() == [14, 10]
    assert frame["simulated"].tolist() == [100, 100]
    assert model.in_time(HOURS, 1)["simulated"].tolist() == [0, 0]
    bars = model.bars(HOURS, model.IN_TURN).set_index("activity")
    assert bars.loc["open", ["start", "finish"]].tolist() == [12, 14]
    assert bars.index[~bars["critical"]].tolist() == [
        "find suppliers", "build the ordering", "borrow staff"]  # fmt: skip
    assert model.working_hours(2, 5) == 38
    with pytest.raises(ValueError, match="sleep_hours"):
        model.working_hours(2, 25)


def test_names_are_compared_by_their_pairs_of_letters():
    # night: ni ig gh ht, nacht: na ac ch ht; one of four in common.
    assert alike("night", "Nacht") == 0.25
    assert alike("", "") == 1
    assert alike("a", "b") == 0
    assert alike("East Lotus Market", "East Lotus Market") == 1


def test_lists_without_errors_are_linked_without_errors(layout):
    clean = Records(markets=20, payment_percent=80, typing_error_percent=0, place_error_m=0, search_m=0)
    frame = model.quality(clean, layout, [0.0, 0.5], runs=3)
    assert frame["precision"].iloc[1] == 1
    lists = model.draw_lists(clean, layout, 2)
    pairs = model.pair_up(lists["payment"], lists["map"], 0)
    assert pairs["one"].is_unique
    assert pairs["other"].is_unique
    assert pairs["same"].sum() == len(set(lists["payment"]["market"]) & set(lists["map"]["market"]))
    linked, truth = model.in_every_list(lists, 0, 0)
    in_all = set.intersection(*(set(frame["market"]) for frame in lists.values()))
    assert len(in_all) == truth
    assert in_all <= set(linked["market"])


def test_a_higher_threshold_finds_less(layout):
    frame = model.quality(Records(), layout, [0.2, 0.5, 0.8, 1.1], runs=5)
    assert frame["recall"].is_monotonic_decreasing
    assert frame.iloc[-1][["precision", "recall", "f1"]].tolist() == [1, 0, 0]


def test_lists_may_be_empty(layout):
    nothing = Records(markets=3, payment_percent=0)
    assert model.quality(nothing, layout, [0.5], runs=2).iloc[0].tolist() == [0.5, 1, 1, 1]
    lists = model.draw_lists(nothing, layout)
    linked, truth = model.in_every_list(lists, 300, 0.5)
    assert (len(linked), truth, model.reach_percent(layout, linked, 400)) == (0, 0, 0)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000), st.integers(0, 99))
def test_the_index_drops_nobody_within_reach(walk, seed):
    drawn = model.lay_out(SMALL, 3)
    places = pd.DataFrame(np.random.default_rng(seed).uniform(0, 500, (4, 2)), columns=["east_m", "north_m"])
    snapped = nearest_corner(SMALL, places.to_numpy())
    direct = drawn.households[walks(SMALL, snapped).min(axis=1) <= walk].sum() / 3
    assert model.reach_percent(drawn, places, walk) == pytest.approx(direct)


def test_geojson_is_what_the_format_asks_for(layout):
    points = model.positions(layout, [0, 13])
    file = json.loads(json.dumps(model.geojson(points)))
    assert file["type"] == "FeatureCollection"
    first = file["features"][0]
    assert first["geometry"]["type"] == "Point"
    east, north = first["geometry"]["coordinates"]
    assert east == pytest.approx(points["east_m"][0] / 111_320, abs=1e-6)
    assert north == pytest.approx(points["north_m"][0] / 111_320, abs=1e-6)
    assert set(first["properties"]) == {"category", "corner", "open_chance", "households"}
    assert sum(each["properties"]["households"] for each in file["features"]) == 300


def test_same_bits_in_every_executor(layout, pool, dask_executor):
    counter, sites = Counter(open_hours=2), layout.of(OFFICES).tolist()

    def results(executor):
        return [
            model.crowding(counter, 40, True, days=3, runs=4, executor=executor),
            model.by_orders(counter, [20], executor, days=2, runs=3).to_numpy().tolist(),
            model.spoilage(layout, sites, Goods(), states=4, runs=3, executor=executor).to_numpy().tolist(),
            model.quality(Records(markets=10), layout, [0.3], runs=4, executor=executor).to_numpy().tolist(),
            model.in_time(HOURS, 12, executor=executor).to_numpy().tolist(),
            model.across_towns(SMALL, 2, runs=3, executor=executor).to_numpy().tolist(),
        ]

    alone = results(None)
    assert all(results(executor) == alone for executor in (pool, dask_executor))


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        (Town, {"offices": 281}, "offices: expected a finite number from 0 to 280, found 281"),
        (Town, {"bakeries": 2.5}, "bakeries: expected a whole number, found 2.5"),
        (Town, {"households": 5}, "households: expected a finite number from 280"),
        (Town, {"bridges": 0}, "bridges: expected a finite number from 1 to 14, found 0"),
        (Town, {"office_open_percent": 101}, "office_open_percent: expected a finite number from 0 to 100"),
        (Town, {"block_m": math.nan}, "block_m: expected a finite number"),
        (Town, {"convenience_stores": 0, "bakeries": 0, "offices": 0}, "offices: expected at least 1 door"),
        (Counter, {"helpers": 0}, "helpers: expected a finite number from 1 to 1000, found 0"),
        (Counter, {"slot_minutes": 601}, "slot_minutes: expected a finite number"),
        (Counter, {"rush_percent": -1}, "rush_percent: expected a finite number from 0 to 100, found -1"),
        (Effort, {"courier_speed_km_per_hour": 0}, "courier_speed_km_per_hour"),
        (Effort, {"stop_minutes": math.inf}, "stop_minutes"),
        (Goods, {"underage_cost_rmb": 0}, "underage_cost_rmb"),
        (Records, {"markets": 101}, "markets: expected a finite number from 1 to 100, found 101"),
        (Records, {"map_percent": 200}, "map_percent"),
    ],
)
def test_bad_assumptions_are_named(kind, change, message):
    with pytest.raises(ValueError, match=message):
        kind(**change)


def test_bad_input_is_named(layout):
    with pytest.raises(ValueError, match=r"categories: expected some of .*, found kiosk"):
        layout.of("kiosk")
    with pytest.raises(ValueError, match="orders: expected a whole number from 1 to inf, found 0"):
        model.crowding(Counter(), 0, True)
    with pytest.raises(ValueError, match="p: expected at most 5 sites, found 6"):
        model.with_chances(layout, 6, layout.of(STORES))


def test_limits():
    one = model.lay_out(Town(streets_east=2, streets_north=1, bridges=1, households=2, convenience_stores=0, bakeries=0,
                             offices=1, office_open_percent=100))  # fmt: skip
    assert model.service(one, [0], 0).near_percent == 50
    assert model.service(one, [0], 200).mean_m == 100
    nobody_walks = Town(**{**vars(SMALL), "longest_walk_m": 0})
    at_home = model.service(model.lay_out(nobody_walks), [0, 1], 0)
    assert at_home.mean_m == 0
    assert at_home.without_percent > 90
