from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from seeding import chapter, refused

from casebook.methods import replicates

model = chapter("crunch-time/rationing", began=0.05, stopped=25)
Rule = model.Rule
GIVEN = model.given
SMALL = GIVEN.but(households=60, first_hoarders=6, days=14)
SEED = replicates.spawn(7, 1)[0]


def test_final_size_as_published_and_at_its_limits():
    # The literature prints 58, 80 and 94 per cent for one and a half, two and three.
    assert model.final_size(2, 0) == pytest.approx(0.7968121300, abs=5e-11)
    assert model.final_size(np.array([1.5, 3]), 0) == pytest.approx([0.5828, 0.9405], abs=5e-5)
    assert model.final_size(np.array([0, 0.5, 1]), 0) == pytest.approx([0, 0, 0], abs=1e-7)
    assert [model.final_size(*case) for case in ((1e6, 0), (0, 0.2), (5, 1))] == pytest.approx([1, 0.2, 1])


@pytest.mark.parametrize("first", [0, 0.01, 0.5])
def test_final_size_solves_its_equation_and_grows(first):
    R = np.linspace(0.1, 20, 50)
    z = model.final_size(R, first)
    assert z == pytest.approx(1 - (1 - first) * np.exp(-R * z), abs=1e-7)
    assert (np.diff(z) >= -1e-9).all()


def test_a_cap_lowers_the_contagion_to_what_goes_by_word():
    reach = [model.contagion(cap, GIVEN).mean() for cap in (1, 10, 20, 40, 200)]
    assert reach == sorted(reach)
    assert [reach[0], reach[-1]] == pytest.approx([0.4, 2])  # a fifth of two goes by word
    # Calm basket 2, full basket 21; on sight alone half of the excess: 2 + 19/2.
    alone = GIVEN.but(largest_household=1, word=0)
    assert model.contagion(11.5, alone).mean() == pytest.approx(1)
    # One size: the cap is the usual basket, nothing is seen, so one over two may go by word.
    assert model.word_limit(GIVEN.but(largest_household=1)) == pytest.approx(50)
    assert model.word_limit(GIVEN) == pytest.approx(42.2, abs=0.05)


def test_the_morning_delivery_is_the_newsvendors():
    # One person, a visit every other day, at least every second: ages 1 and 2 weigh 2/3 and 1/3, they come with 1/2 and 1,
    # so demand is 1 on average and its square 1/3 + 4/3; the inverse normal of 0.95 is 1.644854.
    one = GIVEN.but(households=1, largest_household=1, calm_cover=2)
    assert model.delivery(one) == pytest.approx(1 + 1.644854 * np.sqrt(2 / 3), abs=1e-5)


@pytest.mark.parametrize(("hours", "slots", "takes"), [((0.25, 0.5), 1, [6, 2]), ((0.25, 0.5), 2, [4, 4])])
def test_two_persons_before_a_shelf_by_hand(hours, slots, takes):
    nobody = np.array([False, False])
    assert model.hand_out(np.array([6.0, 6.0]), nobody, np.array(hours), 8, slots).tolist() == takes


def test_hoarders_come_first():
    taken = model.hand_out(np.array([6.0, 6.0]), np.array([False, True]), np.array([0.1, 0.9]), 8, 1)
    assert taken.tolist() == [2, 6]


@pytest.mark.parametrize("rule", [Rule(), Rule(cap=5), Rule(price=2), Rule(True, True, 4), Rule(0.5, True, 6, 0.5)])
@pytest.mark.parametrize("sent", [0.0, 1.0, 4.0])
def test_nothing_is_taken_that_was_not_delivered_or_wanted(rule, sent):
    days, home, hoarded = model.town(SEED, SMALL, rule, sent)
    wants, taken, eaten, visits, served, missed = days.T
    assert (taken <= sent * model.delivery(SMALL) + 1e-9).all()
    assert (taken <= wants + 1e-9).all()
    assert (served <= visits).all()
    assert (missed <= visits).all()
    assert eaten.sum() <= taken.sum() + 4 * model.persons(SMALL).sum()  # what is eaten was bought, or in the larder
    assert 0 <= model.gini(home) < 1
    assert 0 <= hoarded <= 1


def test_calm_households_all_eat_and_a_shelf_that_never_runs_out_follows_the_closed_form():
    calm = GIVEN.but(first_hoarders=0, alarm=0)
    visits, units, food, missed, hoarded, _ = model.judge(SEED, calm)
    assert (visits, units, food, missed, hoarded) == pytest.approx((100, 100, 100, 0, 0), abs=0.5)
    # Root of z = 1 - e^(-2z) is 0.7968; a fiftieth of the town hoards at first, and the town is finite.
    large = GIVEN.but(households=2000, first_hoarders=40, days=60)
    hoarded = [model.town(seed, large, sent=60)[2] for seed in replicates.spawn(1, 8)]
    assert np.mean(hoarded) == pytest.approx(0.7968 + 0.0065, abs=0.02)


def test_what_the_page_says():
    rules = {"none": Rule(), "cap": Rule(10), "slots": Rule(lottery=True, slots=4), "price": Rule(price=1.5)}
    by = {name: model.trials(GIVEN, rule, runs=4).mean() for name, rule in rules.items()}
    assert by["cap"].visits > 99 > by["slots"].visits > by["none"].visits
    assert by["cap"].food > 99 > by["slots"].food > by["none"].food > by["price"].food
    assert 65 < by["cap"].units < 80
    assert by["cap"].gini < by["none"].gini
    assert by["cap"].hoarded < 25 < by["none"].hoarded


def test_a_town_is_the_same_serially_and_in_threads():
    seeds, play = replicates.spawn(3, 4), lambda seed: model.judge(seed, SMALL)
    with ThreadPoolExecutor(2) as pool:
        assert replicates.run(play, seeds) == replicates.run(play, seeds, pool)


def test_shipments_stopping_caps_and_gini_by_hand():
    plain = GIVEN.but(far_lead=4, days=6)
    assert model.shipments(2, 3, plain).tolist() == [2, 2, 2, 1, 2, 2]
    assert model.shipments(3, 3, plain).tolist() == [3, 2, 1, 1, 3, 3]
    assert model.shipments(1, 3, plain).tolist() == [1] * 6
    runs = [[5, 30, 10], [5, 6, 7], [50, 5, 5]]
    assert [model.stopping_cap(pd.Series(run, index=[4, 8, 12])) for run in runs] == [4, 12, 0]
    assert [model.gini(x) for x in ([5, 5, 5], [0, 0, 0, 1], [1, 2, 3, 4], [0, 0])] == pytest.approx([0, 0.75, 0.25, 0])
    values = np.array([3.0, 1, 4, 1, 5])
    assert model.gini(values * 7) == pytest.approx(model.gini(values))


def test_certain_demand_is_met_a_surge_is_learnt_and_the_oldest_goes_first():
    served, waste, miss = model.supply(np.ones((3, 20)), 2, 0.5, GIVEN.but(demand_sd=0))
    assert served == pytest.approx(1)
    assert np.array([waste, miss]) == pytest.approx(0)
    demand = np.ones((3, 40))
    demand[:, 20:] = 2
    kept, learns = (model.supply(demand, 30, alpha, GIVEN)[0][:, 20:].sum() / 120 for alpha in (0, 0.5))
    assert kept < 0.75 < learns < 1
    left = model.sell_oldest(np.array([[2.0, 3, 4], [1, 1, 0]]), np.array([4.0, 1]))
    assert left.tolist() == [[0, 1, 4], [0, 1, 0]]


def test_bad_numbers_are_told():
    good = {"my_cap": 10, "my_word": 20, "my_contagion": 2, "my_largest": 5}
    refused(model, good, my_cap=[0, "ten", 1e9], my_word=[101, np.nan], my_contagion=[-1], my_largest=[2.5, None])


@pytest.mark.parametrize("change", [{"my_cap": 1000}, {"my_contagion": 0}, {"my_word": 100}, {"my_largest": 20}])
def test_numbers_at_their_limits_are_drawn(change):
    numbers = {"my_cap": 0.1, "my_word": 0, "my_contagion": 100, "my_largest": 1}
    assert "yours" in model.yours(lambda: model.my_picture(**{**numbers, **change}))._repr_html_()
