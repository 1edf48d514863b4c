"""The parcels' page: its recursion against the compiled model, the queue of even services, the first delivery, hubs."""

import math
from dataclasses import replace

import numpy as np
import pytest
from seeding import chapter, refused, told

from casebook.models.parcels import simulate

page = chapter("singles-day/parcels")
GIVEN = page.given


def test_a_line_by_hand_and_the_queue_of_even_services():
    # three minutes each: the second and third wait, the fourth finds nobody
    assert page.leave(np.array([0.0, 1, 2, 10]), 3).tolist() == [3, 6, 9, 13]
    assert page.leave(np.array([]), 3).size == 0
    assert page.leave(np.array([1.0, 1, 5]), 0).tolist() == [1, 1, 5]
    # Hillier and Lieberman, chapter 17: 1/4 waits at a load of a half, 1.6 at 0.8; 2/3 in an hour of three: 2/3
    assert [page.waiting(load) for load in (0, 0.5, 0.8)] == pytest.approx([0, 0.25, 1.6])
    assert page.waiting(2 / 3) / 2 == pytest.approx(1 / 3)
    assert page.waiting_found(0.5) == pytest.approx(0.25, abs=0.01)
    assert page.waiting_found(0.8) == pytest.approx(1.6, abs=0.05)


def test_the_shown_recursion_finds_the_compiled_days_within_the_couriers_hours():
    alike = GIVEN.but(spread_percent=0)
    shown, compiled = page.doors(100_000, alike), simulate(page.network(alike, 100_000))
    for share in (0.1, 0.5, 0.9, 0.99):
        assert np.quantile(shown, share) / 1440 == pytest.approx(compiled.day_of_share(share), rel=0.01)
    days = page.doors(50_000, GIVEN)
    assert (days % 1440).min() >= 480 and (days % 1440).max() <= 1260
    per_day = np.bincount((days // 1440).astype(int))
    assert per_day[5] == pytest.approx(50_000 * 42 / 777, rel=0.001)


def test_the_first_delivery_is_weibull():
    # 0.1 per cent of 400 million a day: 277.8 a minute; rides of 40 minutes on average, scale 45.135.
    # Expected by t after ten minutes: 277.8 t^3 / (3 * 2037.2); mean 10 + (22.0)^(1/3) * 0.89298 = 12.50.
    assert page.first_minute(GIVEN) == pytest.approx(12.50, abs=0.03)
    assert page.first_minute(GIVEN, 1 / 8) - 10 == pytest.approx(2 * (page.first_minute(GIVEN) - 10))
    small = page.network(GIVEN, 777_000, 8)
    firsts = np.array([simulate(replace(small, seed=seed)).first_minute for seed in range(40)])
    assert firsts.mean() == pytest.approx(page.first_minute(GIVEN, 0.001), abs=1 + 3.5 * firsts.std() / math.sqrt(40))


def test_how_far_a_truck_comes():
    page.reach.__globals__["given"] = GIVEN.but(map_door_hours=6, map_hub_hours=2, map_truck_kmh=65)
    assert page.reach(24) == pytest.approx(832)  # sixteen hours at 65 km/h, a quarter longer than the crow flies
    assert page.reach(8) == 0


def test_bad_numbers_are_told():
    good = {"my_parcels": 1e6, "my_doors_a_day": 1e6, "my_nearby_percent": 30}
    refused(page, good, my_parcels=[0, "many"], my_doors_a_day=[0, math.nan], my_nearby_percent=[101])
    assert told(page, 1e9, 1, 30).startswith("days that my_parcels ask")
