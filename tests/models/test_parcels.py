"""The parcels: conservation, closed forms and limits, numpy and SimPy on the same model, the same bits everywhere."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp
from seeding import named

from bench import parcels as bench
from casebook.models import parcels as model
from casebook.models.parcels import CAPACITIES, DAY, STAGES, TICKS, Scenario, order_curve, simulate

SMALL = Scenario().sample(1e-4)  # 77,700 parcels
FREE = dict.fromkeys(CAPACITIES, math.inf)
EVEN = {"counted_minutes": (1440,), "counted_parcels": (1.0,)}
NO_REST = {"pick_minutes": 0, "sort_minutes": 0, "trip_least_hours": 0, "trip_most_hours": 0}


def capacities(share):
    sample = Scenario().sample(share)
    return {name: getattr(sample, name) for name in CAPACITIES}


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def test_the_same_bits_on_one_core_in_threads_in_a_pool_and_on_a_cluster(pool, dask_executor):
    scenario = replace(SMALL, area_parcels=900)
    here = simulate(scenario)
    with ThreadPoolExecutor(1) as one:
        assert all(same(simulate(scenario, executor), here) for executor in (one, pool, dask_executor))
    assert not same(simulate(replace(scenario, seed=1)), here)


drawn = st.builds(
    lambda call, capacity, **given: Scenario(
        express_percent=given["nearby_percent"] * call, sorted_per_day=2 * capacity, delivered_per_day=capacity, **given
    ),
    call=st.floats(0, 1), capacity=st.floats(1e2, 1e7), parcels=st.integers(0, 5000),
    area_parcels=st.integers(1, 3000), nearby_percent=st.floats(0, 100), spread_percent=st.floats(0, 60),
)  # fmt: skip


@settings(max_examples=30)
@given(drawn)
def test_every_parcel_passes_every_stage_in_order(scenario):
    outcome = simulate(scenario)
    assert outcome.passed.sum(axis=1).tolist() == [scenario.parcels] * len(STAGES)
    assert outcome.ages.sum() == scenario.parcels
    assert (np.diff(np.cumsum(outcome.passed, axis=1), axis=0) <= 0).all()
    assert (outcome.backlog(48).iloc[:, 1:] >= 0).all(axis=None)


@settings(max_examples=20)
@given(drawn)
def test_numpy_finds_the_same_counts(scenario):
    assert bench.compare(scenario, 3).apart == 0


def test_the_orders_follow_the_running_counts():
    curve = order_curve(Scenario())
    assert 812 * curve[[0, 576, 1129, 1245, 1320, 1440]] == pytest.approx([0, 467, 657, 700, 750, 812])
    assert (np.diff(curve) > 0).all()
    # By hand: 190 million in 553 minutes go on before the first count as well; 19.5 million a minute at the start.
    steady = 190 / 553
    assert (19.5 - steady) * model.rush_minutes(Scenario()) == pytest.approx(467 - 576 * steady, rel=1e-6)
    assert 812e6 * curve[1] / 60 == pytest.approx(325_000, rel=0.05)
    ordered = simulate(Scenario().sample(0.001)).passed_by(np.arange(25) / 24, "ordered")
    assert ordered[-1] == 777_000
    assert ordered / 777_000 == pytest.approx(curve[::60], abs=0.002)
    assert order_curve(Scenario(**EVEN)) == pytest.approx(np.arange(1441) / 1440)


@pytest.mark.parametrize(("load", "waiting"), [(0.5, 0.25), (0.8, 1.6), (0.9, 4.05)])
def test_a_single_station_waits_as_the_queue_of_even_services_does(load, waiting):
    n = 400_000
    scenario = Scenario(parcels=n, area_parcels=4000, spread_percent=0, **FREE | EVEN | NO_REST)
    outcome = simulate(replace(scenario, picked_per_day=n / load))
    wait = outcome.mean_minute("picked") - outcome.mean_minute("ordered") - 1440 * load / 4000
    assert wait == pytest.approx(waiting * 1440 / 4000, rel=0.05)


def test_a_flood_clears_as_a_liquid_does():
    # A million ordered evenly in a day, half a million a day delivered around the clock: the last after two days.
    still = FREE | EVEN | NO_REST | {"opens_hour": 0, "closes_hour": 24, "delivered_per_day": 5e5}
    outcome = simulate(Scenario(parcels=10**6, spread_percent=0, express_percent=0, **still))
    assert [outcome.day_of(n) for n in (5e5, 1e6)] == pytest.approx([1, 2], abs=0.002)
    assert outcome.passed_by(1.5) == pytest.approx(750_000, rel=0.003)
    # the parcel ordered at time x comes at 2x: half come within half a day, all within a day
    assert outcome.share_within(12) == pytest.approx(0.5, abs=0.003)
    assert outcome.hours_to_door(0.25) == pytest.approx(6, abs=0.05)


def test_without_limits_only_the_trip_and_the_shift_remain():
    outcome = simulate(replace(SMALL, nearby_percent=0, express_percent=0, **FREE))
    assert outcome.share_within(12 + 70 / 60 - 0.1) == 0
    assert outcome.day_of(77_700) <= 1 + 70 / 1440 + 60 / 24 + 11 / 24 + 0.01
    minutes = np.nonzero(outcome.passed[-1])[0] % 1440
    assert minutes.min() >= 480 and minutes.max() < 1260


@settings(max_examples=15)
@given(st.floats(1.05, 4), st.integers(0, 3))
def test_more_of_everything_is_never_slower(multiple, seed):
    small = replace(SMALL, parcels=20_000, seed=seed)
    assert simulate(small.enlarged(multiple)).day_of_share(0.9) <= simulate(small).day_of_share(0.9) + 1e-9


def test_the_first_hundred_million_take_as_long_as_published_and_tell_nothing_of_how_many_were_ordered(ledger):
    published = ledger.series("days-to-deliver-first-100m-parcels").set_index("as_of")["value"]["2017"]
    assert simulate(Scenario().sample(0.01)).day_of(1e6) == pytest.approx(published, abs=0.06)
    days = [simulate(Scenario(parcels=int(n * 1e5), **capacities(1e-3))).day_of(1e5) for n in (6.57, 7.77, 16)]
    assert max(days) - min(days) < 0.05


def test_bad_assumptions_are_named():
    def day(**change):
        return lambda: simulate(Scenario(**{"parcels": 777_000} | capacities(1e-3) | change))

    wrong = {"parcels": (-1, 7.5, "many"), "area_parcels": (0,), "seed": (-1,), "closes_hour": (8,), "nearby_percent": (101,),
             "express_percent": (6,), "sorted_per_day": (0,), "delivered_per_day": (math.nan,), "trip_most_hours": (1,),
             "ride_minutes": (-1,)}  # fmt: skip
    named(
        *((day(**{key: bad}), f"{key}: expected .*found {bad!r}$") for key, values in wrong.items() for bad in values)
    )
    named(
        (day(parcels=10**10, area_parcels=1), "areas: expected a whole number from 0 to 1,000,000"),
        (day(counted_minutes=(1, 2)), r"counted_parcels: expected numbers of shape \(2\), found shape \(5\)"),
        (
            day(counted_minutes=(2, 1, 3, 4, 1440)),
            "steps of counted_minutes: expected finite numbers above 0, found -1",
        ),
        (day(counted_minutes=(1, 2, 3, 4, 5)), "counted_minutes: expected the last at the day's end"),
        (day(counted_parcels=(1, 1, 2, 3, 4)), "steps of counted_parcels: expected finite numbers above 0, found 0"),
        (day(delivered_per_day=1), "days until the last parcel: .* at most 366, found"),
        (day(peak_per_second=9000), "peak_per_second: expected more than 13513 for the counts, found 9000"),
    )


def test_none_and_one_and_questions_without_an_answer():
    none, one = simulate(Scenario(parcels=0)), simulate(Scenario(parcels=1))
    assert none.first_minute == math.inf and math.isnan(none.share_within(24))
    assert one.day_of(1) > 0 and one.ages.sum() == 1
    with pytest.raises(ValueError, match=r"stage: expected one of ordered, .* found 'lost'"):
        one.passed_by(1, "lost")
    with pytest.raises(ValueError, match="parcels: expected a finite number above 0 and at most 1, found 2"):
        one.day_of(2)


def test_the_defaults_are_the_numbers_of_the_ledger(ledger):
    default = Scenario()
    assert default.parcels == ledger.value("sd-parcels-on-the-day")
    assert default.peak_per_second == ledger.value("sd-transactions-per-second")
    running = ledger.series("singles-day-2017-running-parcels")
    assert [1e6 * count for count in running["value"]] == list(default.counted_parcels)
    published = ledger.series("parcels-per-day").set_index("as_of")["value"]
    assert 1e6 * published["2017-03"] == default.delivered_per_day
    handled = 1e6 * ledger.series("singles-day-2017-all-carriers-handled")["value"].item()
    assert handled == default.sorted_per_day == default.hauled_per_day
    for name in ("nearby_percent", "express_percent", "pick_minutes", "sort_minutes", "trip_least_hours",
                 "trip_most_hours", "opens_hour", "closes_hour", "ride_minutes", "spread_percent",
                 "picked_per_day", "delivered_per_day"):  # fmt: skip
        assert ledger.assumption(f"parcels-{name.replace('_', '-')}") == getattr(default, name), name


def by_simpy(scenario, parcels, rng):
    """Simulate one area with SimPy, a process for each parcel; return the minutes of delivery and the ages."""
    pace = model.area_pace(scenario, parcels, rng)
    ordered = np.interp(np.sort(rng.random(parcels)), order_curve(scenario), np.arange(DAY + 1.0))
    draws, minutes, world = rng.integers(2**32, size=parcels), np.empty(parcels), simpy.Environment()
    pickers, hub, dock, couriers = (simpy.Resource(world) for _ in range(4))

    def serve(station, spell, rest=0.0):
        with station.request() as turn:
            yield turn
            yield world.timeout(spell / TICKS)
        yield world.timeout(rest / TICKS)

    def deliver():
        with couriers.request() as turn:
            yield turn
            day, minute = divmod(world.now, DAY)
            worked = day * pace.shift + min(max(minute - pace.opens, 0), pace.shift) + pace.door_spell / TICKS
            day, minute = divmod(worked, pace.shift)
            yield world.timeout(max(0.0, day * DAY + pace.opens + minute - world.now))

    def parcel(number):
        yield world.timeout(ordered[number])
        yield from serve(pickers, pace.pick_spell, pace.pick_rest)
        if draws[number] < pace.express:
            yield world.timeout(rng.rayleigh(pace.ride_scale / math.sqrt(2)) / TICKS)
        else:
            yield from serve(hub, pace.sort_spell, pace.sort_rest)
            if draws[number] >= pace.nearby:
                span = pace.trip_slope * (2**32 - pace.nearby) * rng.random()
                yield from serve(dock, pace.haul_spell, pace.trip_least + span)
            yield world.timeout(math.ceil(world.now) - world.now)
            yield from deliver()
        minutes[number] = world.now

    for number in range(parcels):
        world.process(parcel(number))
    world.run()
    return minutes, minutes - ordered


@pytest.mark.parametrize(("parcels", "areas"), [(10_000, 4), pytest.param(100_000, 10, marks=pytest.mark.slow)])
def test_simpy_says_the_same(parcels, areas):
    # The areas are alike, so that only chance differs: 1.63 * sqrt(2 / n) is the distance at one in a hundred.
    scenario = replace(Scenario().sample(parcels / 777e6), area_parcels=parcels // areas, spread_percent=0)
    ours, rng = simulate(scenario), np.random.default_rng(1)
    peers = zip(*(by_simpy(scenario, parcels // areas, rng) for _ in range(areas)), strict=True)
    for counts, peer in zip((ours.passed[-1], ours.ages), peers, strict=True):
        mine, theirs = np.repeat(np.arange(counts.size), counts), np.floor(np.concatenate(peer))
        assert ks_2samp(mine, theirs, method="asymp").statistic < 1.63 * math.sqrt(2 / parcels)


@pytest.mark.slow
def test_the_day_runs_at_full_scale(ledger):
    stored = {row["id"]: float(row["value"]) for row in ledger.tables["full_runs"]}
    figures = {figure.id: figure.value for figure in bench.full_scale()}
    assert figures["parcels-day"] <= 2 * 8  # processor seconds: eight on two cores that do nothing else
    assert figures["parcels-ratio"] >= 8
    assert max(figures["parcels-memory"], figures["parcels-large-memory"]) <= 600
    assert figures["parcels-large"] / figures["parcels-day"] == pytest.approx(10, rel=0.25)
    assert figures["parcels-day"] / figures["parcels-small"] == pytest.approx(100, rel=0.35)
    assert figures["parcels-sharing"] >= 1.5
    for key in ("first", "hundred", "half", "ninety", "ninety-nine"):
        assert figures[f"parcels-{key}"] == pytest.approx(stored[f"parcels-{key}"], rel=1e-5), key
