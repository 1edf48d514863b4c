"""The parcels: conservation, closed forms and limits, SimPy on the same model, the same bits everywhere."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.bench.parcels import distances
from casebook.ledger import open_ledger
from casebook.methods.queueing import md1
from casebook.models.parcels import (
    STAGES,
    Country,
    Scenario,
    abroad,
    capacity_for,
    delayed_to,
    express_for,
    first_delivery,
    flights,
    nearby_for,
    order_curve,
    roads,
    rush_minutes,
    simulate,
)

SMALL = Scenario().sample(1e-4)  # 77,700 parcels
FREE = dict.fromkeys(("picked_per_day", "sorted_per_day", "hauled_per_day", "delivered_per_day"), math.inf)
EVEN = {"counted_minutes": (1440,), "counted_parcels": (1.0,)}
ROUND_THE_CLOCK = {"opens_hour": 0, "closes_hour": 24}


def same(a, b):
    return (
        np.array_equal(a.tally.passed, b.tally.passed)
        and np.array_equal(a.tally.ages, b.tally.ages)
        and a.tally.waits.tobytes() == b.tally.waits.tobytes()
        and a.first_minute == b.first_minute
    )


def test_the_same_bits_on_one_core_in_threads_in_a_pool_and_on_a_cluster(pool, dask_executor):
    scenario = replace(SMALL, area_parcels=900)
    here = simulate(scenario)
    with ThreadPoolExecutor(1) as one:
        assert same(simulate(scenario, one), here)
    for executor in (pool, dask_executor):
        assert same(simulate(scenario, executor), here)
    assert not same(simulate(replace(scenario, seed=1)), here)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    st.integers(0, 5000),
    st.integers(1, 3000),
    st.floats(0, 100),
    st.floats(0, 1),
    st.floats(1e2, 1e7),
    st.floats(0, 60),
)
def test_every_parcel_passes_every_stage_in_order(parcels, area, nearby, call, capacity, spread):
    scenario = Scenario(
        parcels=parcels, area_parcels=area, nearby_percent=nearby, express_percent=nearby * call,
        delivered_per_day=capacity, sorted_per_day=2 * capacity, spread_percent=spread,
    )  # fmt: skip
    outcome = simulate(scenario)
    assert outcome.tally.passed.sum(axis=1).tolist() == [parcels] * len(STAGES)
    assert outcome.tally.ages.sum() == parcels
    running = np.cumsum(outcome.tally.passed, axis=1)
    assert (np.diff(running, axis=0) <= 0).all()
    assert (outcome.backlog(48).iloc[:, 1:] >= 0).all(axis=None)


def test_the_orders_follow_the_running_counts():
    curve = order_curve(Scenario())
    assert 812 * curve[[0, 576, 1129, 1245, 1320, 1440]] == pytest.approx([0, 467, 657, 700, 750, 812])
    assert (np.diff(curve) > 0).all()
    # By hand: 190 million in 553 minutes go on before the first count as well; 19.5 million a minute at the start.
    tau = rush_minutes(Scenario())
    steady = 190 / 553
    assert (19.5 - steady) * tau == pytest.approx(467 - 576 * steady, rel=1e-6)
    assert 812e6 * curve[1] / 60 == pytest.approx(325_000, rel=0.05)
    ordered = simulate(Scenario().sample(0.001)).by_hour(24)["ordered"]
    assert ordered.iloc[-1] == 777_000
    assert ordered[16] / 777_000 == pytest.approx(np.interp(960, np.arange(1441), curve), abs=0.002)


def test_an_even_day_has_no_rush():
    assert order_curve(Scenario(**EVEN)) == pytest.approx(np.arange(1441) / 1440)


@pytest.mark.parametrize("load", [0.5, 0.8, 0.9])
def test_a_single_station_waits_as_the_queue_of_even_services_does(load):
    n = 400_000
    scenario = Scenario(parcels=n, area_parcels=n, spread_percent=0, **(FREE | EVEN | {"picked_per_day": n / load}))
    theory = md1(n / 1440, n / load / 1440)
    assert simulate(scenario).mean_waits()["picking"] == pytest.approx(theory.wq, rel=0.08)


def test_a_flood_clears_as_a_liquid_does():
    # A million ordered evenly in a day, half a million a day delivered around the clock: the last after two days.
    even = FREE | EVEN | ROUND_THE_CLOCK
    still = {"pick_minutes": 0, "sort_minutes": 0, "trip_least_hours": 0, "trip_most_hours": 0}
    scenario = Scenario(
        parcels=10**6, spread_percent=0, express_percent=0, **(even | still | {"delivered_per_day": 5e5})
    )
    outcome = simulate(scenario)
    assert outcome.day_of(10**6) == pytest.approx(2, abs=0.002)
    assert outcome.day_of(5 * 10**5) == pytest.approx(1, abs=0.002)
    assert outcome.passed_by(1.5) == pytest.approx(750_000, rel=0.003)
    # the parcel ordered at time x comes at 2x: half come within half a day, all within a day
    assert outcome.share_within(12) == pytest.approx(0.5, abs=0.003)
    assert outcome.hours_to_door(0.25) == pytest.approx(6, abs=0.05)


def test_without_limits_only_the_trip_and_the_shift_remain():
    outcome = simulate(replace(SMALL, nearby_percent=0, express_percent=0, **FREE))
    assert outcome.share_within(12 + 70 / 60 - 0.1) == 0
    assert outcome.day_of(77_700) <= 1 + 70 / 1440 + 60 / 24 + 11 / 24 + 0.01
    delivered = outcome.tally.passed[-1].reshape(-1)
    minutes = np.nonzero(delivered)[0] * outcome.bin_minutes % 1440
    assert minutes.min() >= 480 and minutes.max() <= 1260


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.floats(1.05, 4), st.integers(0, 3))
def test_more_of_everything_is_never_slower(multiple, seed):
    small = replace(SMALL, parcels=20_000, seed=seed)
    assert simulate(small.enlarged(multiple)).day_of_share(0.9) <= simulate(small).day_of_share(0.9) + 1e-9


def test_the_first_hundred_million_tell_nothing_of_how_many_were_ordered():
    days = [simulate(Scenario(parcels=int(n * 1e5), **capacities(1e-3))).day_of(1e5) for n in (6.57, 7.77, 16)]
    assert max(days) - min(days) < 0.05


def capacities(share):
    sample = Scenario().sample(share)
    return {name: getattr(sample, name) for name in FREE}


def test_none_and_one():
    none = simulate(Scenario(parcels=0))
    assert none.first_minute == math.inf and math.isnan(none.share_within(24))
    with pytest.raises(ValueError, match="parcels: expected from 1 to 0"):
        none.day_of(1)
    one = simulate(Scenario(parcels=1))
    assert one.day_of(1) > 0 and one.tally.ages.sum() == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"parcels": -1}, "parcels: expected a whole number of at least 0, found -1"),
        ({"parcels": 7.5}, "parcels: .* found 7.5"),
        ({"area_parcels": 0}, "area_parcels: .* found 0"),
        ({"seed": -1}, "seed: .* found -1"),
        ({"nearby_percent": 101}, "nearby_percent: expected a number from 0 to 100, found 101"),
        ({"express_percent": 6}, "express_percent: expected a number from 0 to 5, found 6"),
        ({"sorted_per_day": 0}, "sorted_per_day: expected parcels a day above 0, found 0"),
        ({"delivered_per_day": math.nan}, "delivered_per_day: .* found nan"),
        ({"trip_most_hours": 1}, "trip_most_hours: expected a number from 12"),
        ({"closes_hour": 8}, "closes_hour: expected later than 8, found 8"),
        ({"ride_minutes": -1}, "ride_minutes: .* found -1"),
        ({"counted_minutes": (1, 2)}, "counted_parcels: expected one for each of 2 times, found 5"),
        ({"counted_minutes": (2, 1, 3, 4, 1440)}, "counted_minutes: expected numbers above 0 that rise"),
        ({"counted_minutes": (1, 2, 3, 4, 5)}, "counted_minutes: expected the last at the day's end"),
        ({"counted_parcels": (1, 1, 2, 3, 4)}, "counted_parcels: expected numbers above 0 that rise"),
        ({"delivered_per_day": 1}, "parcels: expected as many as the network clears in ten years"),
    ],
)
def test_bad_assumptions_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        Scenario(**change)


def test_a_peak_too_low_for_the_counts_is_refused():
    with pytest.raises(ValueError, match="peak_per_second: expected more than 13513 for the counts, found 9000"):
        simulate(Scenario(parcels=10, peak_per_second=9000))


def test_a_stage_that_is_none_is_refused():
    with pytest.raises(ValueError, match=r"stage: expected one of ordered, .* found lost"):
        simulate(Scenario(parcels=10)).passed_by(1, "lost")


def test_the_defaults_are_the_numbers_of_the_ledger():
    ledger, default = open_ledger(), Scenario()
    assert default.parcels == ledger.value("sd-parcels-on-the-day")
    assert default.peak_per_second == ledger.value("sd-transactions-per-second")
    running = ledger.series("singles-day-2017-running-parcels")
    assert [1e6 * count for count in running["value"]] == list(default.counted_parcels)
    published = ledger.series("parcels-per-day").set_index("as_of")["value"]
    assert 1e6 * published["2017-03"] == default.delivered_per_day
    handled = 1e6 * ledger.series("singles-day-2017-all-carriers-handled")["value"].item()
    assert handled == default.sorted_per_day == default.hauled_per_day
    for name in ("nearby_percent", "express_percent", "pick_minutes", "sort_minutes", "trip_least_hours",
                 "trip_most_hours", "opens_hour", "closes_hour", "ride_minutes", "spread_percent", "area_parcels",
                 "picked_per_day"):  # fmt: skip
        assert ledger.assumption(f"parcels-{name.replace('_', '-')}") == getattr(default, name), name
    country = Country()
    for name in ("cities", "width_km", "height_km", "truck_kmh", "air_kmh", "airport_hours", "hub_hours", "door_hours",
                 "customs_hours", "departures_per_week"):  # fmt: skip
        assert ledger.assumption(f"parcels-map-{name.replace('_', '-')}") == getattr(country, name), name


def test_the_first_hundred_million_take_as_long_as_published():
    published = open_ledger().series("days-to-deliver-first-100m-parcels").set_index("as_of")["value"]["2017"]
    assert simulate(Scenario().sample(0.01)).day_of(1e6) == pytest.approx(published, abs=0.06)


def test_simpy_says_the_same_at_a_small_scale():
    # The critical distance of two independent samples of 10,000 at one in a hundred: 1.63 * sqrt(2 / 10,000) = 0.023.
    assert max(distances(parcels=10_000, areas=4)) < 0.023


def test_the_first_delivery_is_weibull_while_picking_is_busy():
    # 0.1 per cent of 400 million a day leave: 277.8 a minute; rides of 40 minutes on average, scale 45.135.
    # Expected by t after ten minutes: 277.8 t^3 / (3 * 2037.2); mean 10 + (22.0)^(1/3) * 0.89298 = 12.50.
    law = first_delivery(Scenario())
    assert law.mean == pytest.approx(12.50, abs=0.03)
    assert law.quantile(0.5) == pytest.approx(10 + (math.log(2) * 22.0) ** (1 / 3), abs=0.03)
    assert law.probability(10) == pytest.approx(0, abs=1e-6)


def test_the_simulated_first_deliveries_follow_their_law():
    small = Scenario().sample(0.001)
    found = np.array([simulate(replace(small, seed=seed)).first_minute for seed in range(60)])
    law = first_delivery(small)
    assert found.mean() == pytest.approx(law.mean, abs=3.5 * found.std() / math.sqrt(60))
    assert np.mean(found < law.quantile(0.5)) == pytest.approx(0.5, abs=0.2)


def test_nobody_on_call_means_no_delivery_by_night():
    nobody = replace(SMALL, express_percent=0)
    assert first_delivery(nobody).mean == math.inf
    assert simulate(nobody).first_minute >= 480
    with pytest.raises(ValueError, match="share: expected a probability"):
        first_delivery(nobody).quantile(1)


def test_the_share_on_call_is_found_from_the_first_delivery():
    assert express_for(Scenario(), first_delivery(Scenario()).mean) == pytest.approx(0.1, rel=0.02)
    with pytest.raises(ValueError, match="minutes: expected a time that some share on call gives, found 9"):
        express_for(Scenario(), 9)


def test_what_a_promise_needs():
    tiny = replace(SMALL, parcels=7770, spread_percent=0, **capacities(1e-5))
    near = nearby_for(tiny.enlarged(100), 24, 0.9)
    assert simulate(replace(tiny.enlarged(100), nearby_percent=near)).share_within(24) >= 0.9
    assert near > 50
    multiple = capacity_for(replace(tiny, nearby_percent=100), 24, 0.99)
    assert simulate(replace(tiny, nearby_percent=100).enlarged(multiple)).share_within(24) >= 0.99
    assert 5 < multiple < 40
    with pytest.raises(ValueError, match=r"share: expected one that can be reached, found 0\.9"):
        capacity_for(tiny, 24, 0.9)


def test_slower_trips_meet_the_milestone():
    fast = replace(Scenario(), delivered_per_day=100e6).sample(1e-4)
    slow = delayed_to(fast, 1e4, 2.8)
    assert simulate(slow).day_of(1e4) == pytest.approx(2.8, abs=0.03)
    assert slow.trip_most_hours - slow.trip_least_hours == pytest.approx(48)
    with pytest.raises(ValueError, match="day: expected later"):
        delayed_to(fast, 1e4, 0.5)


def test_the_map_is_reached_by_road_then_by_air():
    country = Country(cities=10)
    network = roads(country, 2, 24)
    saved = flights(country, network, 24)
    assert saved["percent in time"].is_monotonic_increasing
    assert 100 * network.covered < saved["percent in time"].iloc[-1] <= 100 + 1e-9
    assert country.flows().sum() == pytest.approx(1)
    with pytest.raises(ValueError, match="cities: expected from 2 to 40, found 1"):
        Country(cities=1)
    with pytest.raises(ValueError, match="truck_kmh: expected a number above 0, found 0"):
        Country(truck_kmh=0)


def test_abroad_by_hand():
    # 6 + 2 + 5 + 24 hours and 7,000 km at 700 km/h: 47 at least, and up to a day more until the flight leaves.
    far = abroad(Country(), 72, np.array([7000.0, 8400.0, 30_000.0]))
    assert far["hours"].tolist() == pytest.approx([59, 61, 37 + 30_000 / 700 + 12])
    assert far["percent in time"].tolist() == pytest.approx([100, 100 * 23 / 24, 0])
    assert abroad(Country(departures_per_week=1), 72, np.array([7000.0]))["percent in time"][0] == pytest.approx(
        100 * 25 / 168
    )


@pytest.fixture(scope="module")
def figures():
    from casebook.bench import parcels as bench

    return {figure.id: figure.value for figure in bench.full_scale()}


@pytest.mark.slow
def test_the_day_runs_at_full_scale(figures):
    assert figures["parcels-day"] <= 2 * 30  # processor seconds: half a minute on two cores that do nothing else
    assert figures["parcels-memory"] <= 1000 and figures["parcels-large-memory"] <= 1000
    assert figures["parcels-ratio"] >= 1000


@pytest.mark.slow
def test_the_work_grows_in_line_with_the_parcels(figures):
    assert figures["parcels-large"] / figures["parcels-day"] == pytest.approx(10, rel=0.25)
    assert figures["parcels-day"] / figures["parcels-small"] == pytest.approx(100, rel=0.35)


@pytest.mark.slow
def test_workers_share_it(figures):
    assert figures["parcels-sharing"] >= 1.5


@pytest.mark.slow
def test_simpy_says_the_same_at_a_hundred_thousand(figures):
    # 1.63 * sqrt(2 / 100,000) in per cent: the critical distance at one in a hundred.
    assert max(figures["parcels-ks-minute"], figures["parcels-ks-age"]) < 0.729


@pytest.mark.slow
def test_the_stored_day_is_this_day(figures):
    stored = {row["id"]: float(row["value"]) for row in open_ledger().tables["full_runs"]}
    for key in ("first", "hundred", "half", "ninety", "ninety-nine"):
        assert figures[f"parcels-{key}"] == pytest.approx(stored[f"parcels-{key}"], rel=1e-5), key
