"""Network expansion: worked cases, conservation, limits, the same bits everywhere, and what is refused."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.methods import replicates
from casebook.methods.location import mean_walk
from casebook.models.network_expansion import (
    Flood,
    Freight,
    Plan,
    cover_curve,
    crowding,
    fleet,
    flights_alone,
    least_walk,
    mean_wait,
    neighbourhood,
    ramp,
    recruits,
    sieve,
    simulated,
    sizes,
    strewn,
    travel_times,
    tried,
    trips,
)

PLAN = Plan(routes=8, shortest_hours=4, longest_hours=12, turn_hours=3, hop_hours=2)
SMALL = Flood(20_000, 100, 0.05, 0.3, 0.6, 45, 160)


def test_the_split_of_the_stated_times():
    # 8.5 to 4 days with 260 to 1,260 flights: 4.5 = w (1 - 260/1260) = 0.793651 w.
    story = flights_alone(8.5, 4, 260, 1260)
    assert (story.wait_before_days, story.wait_after_days, story.other_days) == pytest.approx((5.67, 1.17, 2.83))


def test_wait_by_hand():
    assert mean_wait(2) == 1
    assert mean_wait(2, 1) == 2  # departures at random: the paradox of the waiting time
    assert travel_times(replicates.spawn(0, 1)[0], Freight(2, 0, 0, 0.5, 0)).mean() == pytest.approx(1, abs=0.02)


def test_every_parcel_waits_less_than_a_gap_when_there_is_room():
    times = travel_times(replicates.spawn(1, 1)[0], Freight(3, 2.5, 0, 0.2, 0.1))
    assert 2.5 <= times.min() < times.max() <= 5.5
    assert np.histogram(times, 3)[0] / times.size == pytest.approx([1 / 3] * 3, abs=0.02)


def test_full_aircraft_make_parcels_wait_longer():
    means = [simulated(Freight(2.34, 2.83, load=load), 5, 4)["mean days"].mean for load in (0.5, 0.9, 0.98)]
    assert means == sorted(means)
    assert means[2] > means[0] + 0.5


def test_same_bits_in_every_executor(pool, dask_executor):
    freight = Freight(2.34, 2.83)
    here = simulated(freight, 5, 4)
    assert here == simulated(freight, 5, 4, executor=pool) == simulated(freight, 5, 4, executor=dask_executor)
    for function in (partial(strewn, stations=50), partial(tried, flood=SMALL, interviews_per_post=5)):
        alone, spread, far = (replicates.run(function, replicates.spawn(3, 4), e) for e in (None, pool, dask_executor))
        assert alone == spread == far


@pytest.mark.parametrize("shape", ["steady", "compound", "at the end"])
def test_every_climb_joins_the_stated_ends(shape):
    climb = ramp(260, 1260, 9, shape)
    assert climb["flights"].iloc[[0, -1]].tolist() == pytest.approx([260, 1260])
    assert climb["wait left, per cent"].iloc[-1] == pytest.approx(20.634921)
    assert (np.diff(climb["flights"]) >= 0).all()


def test_half_the_gain_at_the_harmonic_mean():
    # 2 / (1/260 + 1/1260) = 431.05 flights, when 60.3175 per cent of the wait is left.
    climb = ramp(260, 1260, 9, points=9001)
    there = climb.iloc[(climb["flights"] - 431.0526).abs().argmin()]
    assert there["wait left, per cent"] == pytest.approx(60.3175, abs=0.01)
    assert there["month"] == pytest.approx(1.5395, abs=0.001)


def test_one_flight_a_week_needs_one_aircraft():
    assert fleet(trips(PLAN, 1 / 7, 4), PLAN).size == 1


def test_a_fleet_between_its_bounds():
    for rhythm in ("even", "nightly", "weekly"):
        table = trips(PLAN, 1260 / 365, 4, rhythm)
        found = fleet(table, PLAN)
        assert len(table) == 97
        assert sorted(trip for chain in found.chains for trip in chain) == list(range(97))
        assert found.size == len(found.rivals)
        assert found.size >= ((table.end - table.start).sum()) / (table.end.max() - table.start.min())


def test_bunched_departures_never_save_aircraft():
    even, weekly = (fleet(trips(PLAN, 2, 3, rhythm), PLAN).size for rhythm in ("even", "weekly"))
    assert weekly > even


def test_zipf_by_hand():
    assert sizes(4, 1200).tolist() == [1200, 600, 400, 300]
    assert sizes(3, 10, 0).tolist() == [10, 10, 10]


@given(st.integers(1, 40), st.integers(0, 500))
def test_least_walk_gives_all_and_everyone_one(cities, spare):
    people = sizes(cities, 1e7)
    found = least_walk(people, people / 1e4, cities + spare)
    assert sum(found) == cities + spare
    assert min(found) >= 1


def test_no_exchange_of_a_station_shortens_the_walks():
    people, area = np.array([4e6, 1e6, 3e5]), np.array([300.0, 150.0, 20.0])
    found = np.array(least_walk(people, area, 900))

    def walked(shares):
        return float(people @ mean_walk(shares / area))

    for i, j in [(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)]:
        moved = found.copy()
        moved[i] += 3
        moved[j] -= 3
        assert walked(moved) > walked(found)


@pytest.mark.parametrize(("pattern", "law"), [("random", 0.5), ("square", 0.3826)])
def test_the_square_root_law_by_simulation(pattern, law):
    walks = [strewn(seed, 400, pattern) for seed in replicates.spawn(0, 8)]
    assert np.mean(walks) == pytest.approx(law, rel=0.02)


def test_coverage_rises_and_walks_fall():
    homes, walk = neighbourhood(5, 40, 20, 2, 10_000)
    assert homes["people"].sum() == 10_000
    curve = cover_curve(walk, homes["people"], 0.4, [1, 3, 6, 20])
    assert (np.diff(curve["covered"]) >= 0).all()
    assert (np.diff(curve["mean walk, km"]) < 0).all()
    assert curve["covered"].to_numpy() == pytest.approx(curve["bound"].to_numpy())
    free, limited, busiest = crowding(walk, homes["people"], 6, 1.1)
    assert limited >= free
    assert busiest >= 1
    assert crowding(walk, homes["people"], 6, busiest * 1.001)[1] == pytest.approx(free)


def test_the_sieve_by_hand():
    # A thousand, ten fit: nine of them pass, and 99 of the 990 others: one passed in twelve is fit.
    found = sieve(1000, 0.01, 0.9, 0.9)
    assert (found.fit_passed, found.unfit_passed, found.fit_lost) == pytest.approx((9, 99, 1))
    assert found.fit_among_passed == pytest.approx(1 / 12)
    assert sieve(0, 0.5, 1, 1).fit_among_passed == 0
    assert sieve(100, 0.2, 1, 1).fit_among_passed == 1


def test_simulated_recruits_agree_with_the_formula():
    flood = Flood(100_000, 1000, 0.05, 0.3, 0.6, 45, 160)
    many = replicates.estimate([tried(seed, flood, 5) for seed in replicates.spawn(0, 8)], 0.999)
    assert many.low - 0.005 <= recruits(flood, [5])["fit"].item() <= many.high + 0.005


def test_staff_by_hand():
    # 100 posts, 8 interviews of 45 minutes each: 600 hours, which is 3.75 people with 160 hours.
    assert recruits(SMALL, [8])["staff for a month"].item() == pytest.approx(3.75)


def test_a_post_for_everybody_is_no_choice():
    assert recruits(Flood(100, 100, 0.05, 0.3, 0.6, 45, 160), [1])["fit"].item() == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Freight(0, 1), "gap_days: expected a time above 0, found 0"),
        (lambda: Freight(1, -1), "other_days: expected a number of at least 0, found -1"),
        (lambda: Freight(1, 1, load=1), "load: expected a share between 0 and 1, found 1"),
        (lambda: flights_alone(8, 4, 260, 260), "more: expected flights above 260"),
        (lambda: flights_alone(8, 1, 260, 300), "after_days: expected a cut that flights can make of 8 days, found 1"),
        (lambda: flights_alone(4, 8, 260, 1260), "after_days: expected a cut"),
        (lambda: ramp(1, 2, 3, "wavy"), "shape: expected one of 'steady', 'compound', 'at the end', found 'wavy'"),
        (lambda: Plan(0, 4, 12, 3, 2), "routes: expected at least 1, found 0"),
        (lambda: Plan(1, 12, 4, 3, 2), "longest_hours: expected at least 12, above 0, found 4"),
        (lambda: Plan(1, 4, 12, 3, 4), "hop_hours: expected less than 4, found 4"),
        (lambda: trips(PLAN, 0, 2), "flights_per_day: expected at least one flight in 2 weeks, found 0"),
        (lambda: trips(PLAN, 1, 2, "odd"), "rhythm: expected one of 'even', 'nightly', 'weekly', found 'odd'"),
        (lambda: sizes(0, 100), "cities: expected at least 1"),
        (lambda: sizes(100, 10), "largest: expected people in every city, found none in city 100 at 10"),
        (lambda: sieve(10, 2, 0.5, 0.5), "fit_share: expected a share from 0 to 1, found 2"),
        (lambda: Flood(10, 20, 0.1, 0.3, 0.6, 45, 160), "applications: expected at least 20 for the posts, found 10"),
        (lambda: Flood(10, 2, 0, 0.3, 0.6, 45, 160), "fit_share: expected a share between 0 and 1, found 0"),
        (lambda: Flood(10, 2, 0.1, 0.3, 0.6, 45, 0), "staff_hours: expected a time above 0, found 0"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
