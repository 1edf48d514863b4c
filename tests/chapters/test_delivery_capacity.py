import numpy as np
import pytest
from scipy.optimize import linprog
from seeding import chapter, told

from casebook.methods.queues import erlang_a

model = chapter("crunch-time/delivery-capacity")
GIVEN = model.given.but(
    peak_orders=120, couriers=47, open_hours=14, peak_spread=6, trough=35, road=16, between_doors=50, hand_over=4,
    drop=2, patience=60, detour=3, drivers=50, rider_time=24, driver_time=27, shift=8,
)  # fmt: skip
ROAD_IS_FIXED, ROAD_IS_DENSE = GIVEN.but(between_doors=0), GIVEN.but(between_doors=100)


def test_minutes_give_ups_and_the_edge_by_hand():
    # 16 minutes of road and 4 at the door; at four times the load the way between neighbours is half as long
    assert [model.minutes(GIVEN, m) for m in (1, 4)] == pytest.approx([20, 16])
    assert [model.minutes(ROAD_IS_FIXED, m) for m in (1, 4)] == pytest.approx([20, 20])
    assert [model.minutes(ROAD_IS_DENSE, m) for m in (1, 4)] == pytest.approx([20, 12])
    assert model.minutes(model.at_the_door(GIVEN.but(left_at_door=100))) == pytest.approx(18)
    assert model.minutes(model.at_the_door(GIVEN.but(left_at_door=0))) == pytest.approx(20)
    # 47 couriers of 3 orders an hour against 240: 1 - 141/240; with all the road between doors 23 per cent remain
    assert model.lost_at_double_load(ROAD_IS_FIXED) == pytest.approx(41.25, abs=0.01)
    assert model.lost_at_double_load(ROAD_IS_DENSE) == pytest.approx(23.3, abs=0.1)
    assert chapter("index").given_up(GIVEN, 0.5) == pytest.approx(model.lost_at_double_load(GIVEN))  # the cover's
    # 141/120 where the road is fixed; else 4x² + 16x = 23.5 with x the root of the load
    assert model.edge(ROAD_IS_FIXED) == pytest.approx(1.175)
    assert model.edge(ROAD_IS_DENSE) == pytest.approx((-2 + np.sqrt(4 + 23.5 / 4)) ** 2)


def test_waiting_rises_and_give_ups_meet_the_fluid_limit():
    shares = model.curves(GIVEN, [0.5, 1, 1.5, 2, 7])
    assert (np.diff(shares["wait, %"]) >= 0).all()
    assert (np.diff(shares["give up, %"]) >= 0).all()
    assert shares["wait, %"].iloc[0] < 0.1
    fluid = 1 - 47 * 60 / model.minutes(GIVEN, 7) / 840  # nobody idles: what 47 cannot carry is given up
    assert shares["give up, %"].iloc[-1] == pytest.approx(100 * fluid, abs=0.01)


def test_regions_peak_at_their_own_hours():
    orders = model.day(GIVEN)
    assert orders.shape == (14, 11)
    assert orders.max() <= 120
    assert orders.min() >= 0.35 * 120
    assert len(set(orders.argmax(axis=0))) == 7
    assert np.ptp(model.day(GIVEN.but(peak_spread=0)), axis=1) == pytest.approx(0)


def test_a_simulated_day_is_the_queue_of_the_formula_and_holds_at_its_limits():
    # 48 an hour, 50 couriers, an hour an order, two hours' patience: 0.467774 wait, 0.030912 give up
    rng = np.random.default_rng(1)
    waits = model.ride(np.full(20_000, 48.0), 50, 60, 120, rng)
    assert 1 - len(waits) / (20_000 * 48) == pytest.approx(0.030912, abs=0.005)
    assert np.mean(np.array(waits) > 0) == pytest.approx((0.467774 - 0.030912) / (1 - 0.030912), abs=0.03)
    assert max(waits) < 24 * 60
    rng = np.random.default_rng(1)
    assert model.ride(np.zeros(14), 3, 20, 60, rng) == []
    assert max(model.ride(np.full(14, 50.0), 3, 20, 1e-9, rng)) == pytest.approx(0, abs=1e-6)


def test_later_hours_by_hand_and_promises_that_account_for_every_order():
    assert model.later([30, 0, 0, 0], 10).tolist() == [10, 10, 10, 0]
    assert model.later([5, 5], 10).tolist() == [5, 5]
    table = {name: row for _, name, *row in model.promises(GIVEN, 2, days=4)}
    take, refuse, later, helped = (table[name] for name in ("take all", "refuse", "later hour", "partners"))
    assert refuse[3] < take[3]  # the late wait
    assert refuse[0] <= later[0] <= take[0] < helped[0]  # delivered
    assert take[1] == helped[1] == 0  # refused
    assert later[1] < refuse[1]
    for delivered, refused, median, late in table.values():
        assert 0 < delivered + refused <= 101  # chance of a few days
        assert 0 <= median <= late


def every_route(asked, given, m, riders, drivers):
    """Carry as much as can be with every courier's hours a variable of its own, home or away."""
    hours, regions = asked.shape
    own, away = 60 / model.minutes(given, m), 60 / (model.minutes(given, m) + given.detour)
    cells, one = hours * regions, np.eye(hours * regions)
    per_hour, none = np.kron(np.eye(hours), np.ones(regions)), np.zeros((hours, hours * regions))
    paces = (own, away, 60 / given.rider_time, 60 / given.driver_time)  # at home, received, riders, drivers; then lent
    rows = [
        np.hstack([*(pace * one for pace in paces), 0 * one]),
        np.hstack([one, 0 * one, 0 * one, 0 * one, one]),
        np.hstack([none, per_hour, none, none, -per_hour]),
        np.hstack([none, none, per_hour, none, none]),
        np.hstack([none, none, none, per_hour, none]),
        np.repeat([[0, 0, 1, 0, 0], [0, 0, 0, 1, 0]], cells, axis=1),
    ]
    most = [asked.ravel(), [given.couriers] * cells, [0] * hours, [riders] * hours, [drivers] * hours]
    right = np.concatenate([*most, [given.shift * riders, given.shift * drivers]])
    return -linprog(-np.repeat([*paces, 0], cells), np.vstack(rows), right).fun


@pytest.mark.parametrize("m", [1.0, 1.5, 2.0, 3.0])
def test_the_cover_is_the_best_of_all_routes_and_the_dual_proves_it(m):
    given = GIVEN.but(open_hours=5, shift=3)
    asked = m * model.day(given)
    alone = np.minimum(asked, given.couriers * 60 / model.minutes(given, m)).sum()
    carried, bound, _ = model.lend(asked, given, m, 200, 50)
    assert carried == pytest.approx(bound)
    assert alone + carried == pytest.approx(every_route(asked, given, m, 200, 50))


@pytest.mark.parametrize(("m", "worth"), [(1.0, 0), (2.0, 0), (3.0, 20)])
def test_the_price_is_what_the_next_rider_adds_to_those_who_are_there(m, worth):
    asked = m * model.day(GIVEN)
    carried, _, price = model.lend(asked, GIVEN, m, 200, 50)
    assert model.lend(asked, GIVEN, m, 201, 50)[0] - carried == pytest.approx(worth, abs=1e-6)
    assert price == pytest.approx(worth, abs=1e-6)


def test_what_the_first_rider_all_riders_and_regions_that_peak_together_add():
    assert model.lend(2 * model.day(GIVEN), GIVEN, 2, 0, 0)[2] == pytest.approx(20)
    asked = 7 * model.day(GIVEN)
    more = model.lend(asked, GIVEN, 7, 200, 0)[0] - model.lend(asked, GIVEN, 7, 0, 0)[0]
    assert more == pytest.approx(200 * 8 * 2.5)
    same = GIVEN.but(peak_spread=0)
    assert model.lend(2 * model.day(same), same, 2, 0, 0)[0] == pytest.approx(0, abs=1e-6)


def test_a_plan_made_anew_is_never_worse():
    kept, anew = np.array([model.shaken(GIVEN, 1.5, np.random.default_rng(seed)) for seed in range(6)]).T
    assert (anew >= kept - 1e-6).all()
    sure = model.shaken(GIVEN.but(forecast_error=0), 1.5, np.random.default_rng(1))
    assert sure[0] == pytest.approx(sure[1], abs=1e-3)


def test_infections_averted_meetings_and_outbreaks_by_hand():
    # 10 quanta an hour, two minutes, one part in 300 of the air: a dose of 1/900; 2 · 0.002 · 0.998 meetings can infect
    known = GIVEN.but(quanta=10, together=2, dilution=300, infectious=0.2, left_at_door=100)
    assert model.averted(known) == pytest.approx(1e6 * 0.003992 * (1 - np.exp(-1 / 900)))
    assert model.averted(known.but(left_at_door=50)) == pytest.approx(model.averted(known) / 2)
    assert model.averted(known.but(left_at_door=0)) == 0
    people = model.meetings(GIVEN, 1, np.random.default_rng(2))
    assert people.size == 47
    assert people.mean() == pytest.approx(model.day(GIVEN)[:, 5].sum() / 47, rel=0.1)
    assert model.meetings(GIVEN, 0, np.random.default_rng(2)).max() == 0
    rng = np.random.default_rng(6)
    assert [model.outbreak(1, 0.5, rng), model.outbreak(9, 0.0, rng), model.outbreak(9, 1.0, rng)] == [1, 1, 9]
    # of two, the second falls ill with the chance itself; of three, 1 + 2b + 2b(1-b)b by hand
    for size, mean in ((2, 1.3), (3, 1 + 0.6 + 2 * 0.3 * 0.7 * 0.3)):
        assert np.mean([model.outbreak(size, 0.3, rng) for _ in range(4000)]) == pytest.approx(mean, abs=0.04)


def test_more_teams_serve_fewer_and_protect_more_at_every_risk():
    table = np.array([model.teams(GIVEN, count, [1, 4, 12]) for count in (1, 2, 4)])
    assert (np.diff(table, axis=0) < 0).all()
    assert table[0, 0] == pytest.approx(100 - 100 * erlang_a(120, 3, 1, 47).p_abandon)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("couriers", 0.4), ("couriers", -1), ("couriers", 1e9), ("patience", 0), ("patience", "long"),
     ("between_doors", 120), ("road", np.nan), ("riders", 3)],
)  # fmt: skip
def test_a_bad_number_is_told(name, wrong):
    line = str(model.yours(lambda: model.my_picture(GIVEN.but(**{name: wrong}), 2)))
    assert name in line and "expected" in line and "\n" not in line


def test_a_bad_load_is_told():
    for load in ("twice", 0):
        assert "load: expected" in told(model, GIVEN, load)
