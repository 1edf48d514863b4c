from dataclasses import replace

import numpy as np
import pytest

from casebook.models import delivery_capacity as delivery
from casebook.models.delivery_capacity import Network
from casebook.models.delivery_capacity.load import _delay

NETWORK = Network(
    regions=11,
    peak_orders_per_hour=120,
    size_spread_percent=50,
    hours_open=14,
    first_peak_hour=4,
    last_peak_hour=10,
    peak_width_hours=2,
    trough_percent=35,
    utilisation_percent=85,
    road_minutes=16,
    hand_over_minutes=4,
    drop_minutes=2,
    patience_minutes=60,
    detour_minutes=1,
    partner_riders=200,
    partner_drivers=50,
    rider_minutes=24,
    driver_minutes=27,
    partner_shift_hours=8,
    demand_error_percent=25,
    contactless_percent=90,
    together_minutes=2,
    quanta_per_hour=10,
    quanta_shape=1,
    breath_m3_per_hour=0.5,
    air_m3_per_hour=150,
    prevalence_percent=0.2,
    prevalence_weight=2,
    courier_pair_percent=4,
)
SMALL = replace(NETWORK, regions=3, partner_riders=5, partner_drivers=2, hours_open=6)


def test_regions_have_their_own_sizes_and_peaks():
    size = NETWORK.orders.max(axis=0)
    assert NETWORK.orders.shape == (14, 11)
    assert size.min() == pytest.approx(60, rel=0.05)
    assert size.max() == pytest.approx(180, rel=0.05)
    assert len(set(size.round())) == 11
    assert len(set(NETWORK.orders.argmax(axis=0))) == 7
    assert (size / NETWORK.per_hour() <= 0.85 * NETWORK.couriers + 1e-9).all()


def test_minutes_become_orders():
    assert NETWORK.per_hour() == pytest.approx(3)
    assert NETWORK.per_hour(100) == pytest.approx(60 / 18)
    assert NETWORK.per_hour(0, 4) == pytest.approx(2.5)


def test_distance_on_the_ring():
    assert NETWORK.steps[0].tolist() == [0, 1, 2, 3, 4, 5, 5, 4, 3, 2, 1]


def test_the_edge_and_the_fluid_limit():
    edge = delivery.cliff(NETWORK, np.array([0.5, 1, 2, 7]))
    assert (np.diff(edge["wait, %"]) >= 0).all()
    assert edge["wait, %"].iloc[0] < 0.01
    # 119.2 orders an hour, 47 couriers of 3 orders an hour: seven times the load leaves 1 - 141/834.3
    assert edge["give up, %"].iloc[-1] == pytest.approx(83.1, abs=0.05)
    assert edge["give up, %"].to_numpy()[2:] == pytest.approx(edge["fluid, %"].to_numpy()[2:], abs=1e-3)


def test_an_empty_day_loses_nobody():
    assert delivery.cliff(NETWORK, np.array([0.0]))["give up, %"].item() == 0


def test_a_pool_helps_near_the_edge_and_hurts_beyond():
    gain = [delivery.days(NETWORK, m, False).mean() - delivery.days(NETWORK, m, True).mean() for m in (1.5, 3)]
    assert gain[0] > 0.01
    assert gain[1] < -0.03


def test_a_pool_without_detour_never_hurts():
    near = replace(NETWORK, detour_minutes=0)
    for multiple in (1.2, 3):
        assert delivery.days(near, multiple, True).mean() < delivery.days(near, multiple, False).mean() + 0.002


def test_break_even():
    assert delivery.break_even(np.array([2.0, 1.0, -1.0]), np.array([1.0, 2.0, 3.0])) == pytest.approx(2.5)
    assert np.isnan(delivery.break_even(np.array([2.0, 1.0]), np.array([1.0, 2.0])))


def test_policies_account_for_every_order():
    table = delivery.policies(NETWORK, 2, replicates=4)
    assert table[["delivered, %", "refused, %", "given up, %"]].sum(axis=1).to_numpy() == pytest.approx(100, abs=0.11)
    take, refuse, later, helped = table.to_dict("records")
    assert refuse["late wait, min"] < take["late wait, min"]
    assert refuse["delivered, %"] <= later["delivered, %"]
    assert helped["delivered, %"] > take["delivered, %"]


def test_delay_by_hand():
    # 30 orders asked for in the first hour, 10 carried in each of three: the k-th is (k/10 - k/30) hours late.
    assert _delay(np.array([30.0, 0, 0]), np.array([10.0, 10, 10])) == pytest.approx(1, abs=1e-6)


def test_lending_is_between_alone_and_its_bound():
    for multiple in (0.0, 1.0, 1.5, 3.0, 7.0):
        orders = multiple * NETWORK.orders
        plan = delivery.lend(NETWORK, orders)
        assert delivery.alone(NETWORK, orders) <= plan.carried + 1e-6
        assert plan.carried <= plan.bound <= plan.carried + 0.1
        assert np.minimum(orders, plan.capacity).sum() == pytest.approx(plan.carried, abs=1e-4)


def test_lending_by_hand():
    # Two regions of 2 couriers at 3 orders an hour; one asks for 12, the other for none: 6 at home, 60/21 each lent.
    two = replace(NETWORK, regions=2, size_spread_percent=0, peak_orders_per_hour=6, first_peak_hour=0.5)
    two = replace(two, last_peak_hour=0.5, utilisation_percent=100, hours_open=1)
    assert two.couriers.tolist() == [2, 2]
    assert delivery.lend(two, np.array([[12.0, 0.0]])).carried == pytest.approx(6 + 2 * 60 / 21)


def test_partners_add_their_shift_at_most():
    orders = 7 * NETWORK.orders
    more = delivery.lend(NETWORK, orders, partners=("riders",)).carried - delivery.lend(NETWORK, orders).carried
    assert more == pytest.approx(200 * 8 * 2.5)


def test_no_region_and_no_partner():
    assert delivery.lend(NETWORK, NETWORK.orders, members=[]).carried == 0
    assert delivery.worth(NETWORK, NETWORK.orders, ["riders", "drivers"]) == 0
    one = replace(NETWORK, regions=1)
    assert delivery.lend(one, 3 * one.orders).carried == pytest.approx(delivery.alone(one, 3 * one.orders))


def test_a_split_that_holds():
    values = delivery.coalitions(NETWORK, 2.5 * NETWORK.orders)
    hours = delivery.hours_put_in(NETWORK)
    gain = values[frozenset(hours)]
    by_hours = {name: gain * put_in / sum(hours.values()) for name, put_in in hours.items()}
    holds = delivery.nearest_in_core(values, by_hours)
    assert delivery.temptation(values, by_hours)[1] > 100
    assert delivery.temptation(values, holds)[1] < 0.2
    assert sum(holds.values()) == pytest.approx(gain)


def test_a_game_without_a_core_is_named():
    values = {frozenset(s): float(len(s) > 1) for s in ["", "a", "b", "c", "ab", "ac", "bc", "abc"]}
    with pytest.raises(ValueError, match="core"):
        delivery.nearest_in_core(values, dict.fromkeys("abc", 1 / 3))


def test_a_plan_redone_is_never_worse():
    gains = delivery.surprise(NETWORK, 1.5, replicates=4)
    assert (gains["plan redone"] >= gains["plan kept"] - 1e-3).all()
    sure = delivery.surprise(replace(NETWORK, demand_error_percent=0), 1.5, replicates=1)
    assert sure["plan kept"].item() == pytest.approx(sure["plan redone"].item(), abs=0.1)


def test_wells_and_riley():
    # 10 quanta an hour, 0.5 of 150 cubic metres, two minutes: a dose of 1/900
    assert delivery.transmission(NETWORK, 10.0) == pytest.approx(1 - np.exp(-1 / 900))


def test_infections_follow_the_meetings():
    many, few, none = (delivery.infections(NETWORK, 10**6, share)["expected"] for share in (1, 0.1, 0))
    assert few.to_numpy() == pytest.approx(many.to_numpy() / 10)
    assert none.max() == 0
    # a million meetings, about 0.004 of them of an infectious and a healthy one, a mean chance of about 1/900
    assert many.mean() == pytest.approx(4.43, rel=0.1)


def test_meetings_by_hand():
    people, others = delivery.meetings(NETWORK, 1.0).mean(axis=0)
    assert people == pytest.approx(NETWORK.orders.sum() / NETWORK.couriers.sum(), rel=0.02)
    assert others == pytest.approx(people, rel=0.05)
    assert delivery.meetings(NETWORK, 0.0).max() == 0


def test_outbreaks():
    assert delivery.outbreak(1, 0.5, 5).tolist() == [1] * 5
    assert delivery.outbreak(9, 0.0, 5).tolist() == [1] * 5
    assert delivery.outbreak(9, 1.0, 5).tolist() == [9] * 5
    # of two, the second falls ill with the chance itself; of three, 1 + 2b + 2b(1-b)b by hand
    assert delivery.outbreak(2, 0.3, 4000).mean() == pytest.approx(1.3, abs=0.03)
    assert delivery.outbreak(3, 0.3, 4000).mean() == pytest.approx(1 + 0.6 + 2 * 0.3 * 0.7 * 0.3, abs=0.04)


def test_more_teams_serve_fewer_and_protect_more():
    table = delivery.rosters(NETWORK, (1, 2, 4), replicates=200)
    for _, part in table.groupby("rule"):
        assert (np.diff(part["delivered, %"]) < 0).all()
        assert (np.diff(part["couriers infected"]) < 0).all()


def test_the_same_bits_in_a_pool(pool):
    assert (delivery.outbreak(20, 0.05, 8) == delivery.outbreak(20, 0.05, 8, executor=pool)).all()
    assert (delivery.days(SMALL, 2, True, 4) == delivery.days(SMALL, 2, True, 4, executor=pool)).all()
    assert delivery.surprise(SMALL, 2, 3).equals(delivery.surprise(SMALL, 2, 3, executor=pool))
    assert (delivery.meetings(SMALL, 0.5, 3) == delivery.meetings(SMALL, 0.5, 3, executor=pool)).all()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"regions": 0}, "regions"),
        ({"regions": 2.5}, "regions"),
        ({"contactless_percent": 120}, "contactless_percent"),
        ({"patience_minutes": 0}, "patience_minutes"),
        ({"detour_minutes": -1}, "detour_minutes"),
        ({"quanta_per_hour": float("nan")}, "quanta_per_hour"),
    ],
)
def test_bad_assumptions_are_named(change, name):
    with pytest.raises(ValueError, match=name):
        replace(NETWORK, **change)


def test_bad_outbreaks_are_named():
    with pytest.raises(ValueError, match="size, pair"):
        delivery.outbreak(0, 0.5, 1)
