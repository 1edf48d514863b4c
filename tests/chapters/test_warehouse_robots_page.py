import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seeding import chapter, told

from casebook.methods import replicates
from casebook.models import warehouse_robots as wr

page = chapter("singles-day/warehouse-robots")
GIVEN = page.given
SITE = wr.Site(20, 5, 8, stations=4, lane_cells=7, handling_seconds=5, pick_seconds=10, chosen_among=1)
page.times.__globals__.update(cells=page.round_cells(SITE))  # what a cell between the definitions sets
seconds = st.lists(st.floats(0.01, 50), min_size=1, max_size=6)


def mva(demands, think, robots):
    return page.mean_value_analysis(np.array(demands), think, robots)


def test_networks_as_published_by_hand_and_at_their_limits():
    assert mva([1, 1], 0, 5) == pytest.approx([1 / 2, 2 / 3, 3 / 4, 4 / 5, 5 / 6], rel=1e-14)
    assert mva([1], 10, 5)[-1] == pytest.approx(0.436047823144597, abs=1e-15)
    assert mva([0.605, 2.1, 1.35], 15, 3)[-1] == pytest.approx(0.1515, abs=5e-5)
    assert page.bounds([0.605, 2.1, 1.35], 15, 3)[1] == pytest.approx(0.4762, abs=5e-5)
    assert page.knee([0.605, 2.1, 1.35], 15) == pytest.approx(9.07, abs=5e-3)
    # The second finds 0.2 and 0.3 ahead: 2 x 1.2 + 3 x 1.3 = 6.3, with 5 of delay 11.3.
    assert mva([2, 3], 5, 2) == pytest.approx([0.1, 2 / 11.3])
    assert mva([0, 0], 2, 3)[-1] == pytest.approx(1.5)
    assert mva([2], 0, 10_000)[-1] == pytest.approx(0.5)
    assert page.knee([4], 0) == 1


@given(seconds, st.floats(0, 100), st.integers(1, 60))
def test_the_bounds_hold_and_the_order_of_stations_is_nothing(demands, think, robots):
    x, n = mva(demands, think, robots), np.arange(1, robots + 1)
    light, ceiling = page.bounds(demands, think, n)
    assert (x <= np.minimum(light, ceiling) * (1 + 1e-9)).all()
    assert (x >= n / (think + n * sum(demands)) * (1 - 1e-9)).all()
    assert (np.diff(x) >= -1e-12 * x[-1]).all()
    assert mva(demands[::-1], think, robots) == pytest.approx(x, rel=1e-9)


def test_one_robot_the_knee_the_saving_and_a_pick():
    found = replicates.estimate([wr.shift(seed, SITE, 1, 30).picks_per_hour for seed in range(12)], 0.999)
    assert found.low < page.picks(GIVEN, 1)[0] < found.high
    assert page.knee(*page.times(GIVEN)) == pytest.approx(67.14, abs=0.01)
    robots, price = page.cheapest(GIVEN.but(picks_per_visit=2))
    assert (robots, 100 * (1 - price * 80 / 30)) == (33, pytest.approx(14.57, abs=0.01))
    # 4 pickers and 2 carers at 30 RMB and 40 robots at 5 RMB: 380 RMB for 1,000 picks.
    staff = GIVEN.but(stations=4, robots_per_carer=20, wage_rmb=30, robot_rmb=5)
    assert page.cost(staff, 40, 1000) == pytest.approx(0.38)
    assert page.slips(500, 500) == 750


def test_assignment():
    # Sum of 1 / k^2 for k to 200 is 1.639947.
    costs = [np.random.default_rng(seed).standard_exponential((200, 200)) for seed in replicates.spawn(0, 60)]
    found = replicates.estimate([page.best_assignment(cost) for cost in costs], 0.999)
    assert found.low < 1.639947 < found.high
    # The first task takes the robot at 1 and leaves the one at 10; the best is 2 + 2.
    costs = np.array([[1, 2], [2, 10]])
    assert (page.nearest_first(costs), page.best_assignment(costs)) == (11, 4)
    assert (np.diff([page.fetching(seed, SITE, 30) for seed in range(5)], axis=1) >= 0).all()


def test_bad_numbers_are_told():
    for robots in (0, "many"):
        assert told(page, robots, {}).startswith("my_robots")
    for stations in (0, 999, "four"):
        assert "stations" in told(page, 50, {"stations": stations})
    for name, value in {"robot_rmb": -1, "pick_seconds": np.nan, "picks_by_hand": 0, "pickers": 4}.items():
        assert name in told(page, 50, {name: value})
    assert "mine" in told(page, 50, None)
