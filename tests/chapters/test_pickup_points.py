from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seeding import chapter, refused

from casebook.methods.inventory import newsvendor_poisson

model = chapter("sars-to-covid/pickup-points")
assumed = model.given
tables = st.integers(0, 10_000).map(lambda seed: 2000 * np.random.default_rng(seed).random((6, 5)))


@pytest.fixture(scope="module")
def drawn():
    return model.town(assumed)


def test_the_walk_by_hand():
    # Doors at 1, 3 and 10, each open every other time, staying at home costs 6: 1/2 · 1 + 1/4 · 3 + 1/8 · 6 + 1/8 · 6
    even = np.full(3, 0.5)
    assert model.walk(np.array([[3.0, 10, 1]]), even, 6) == 2.75
    assert model.walk(np.array([[10.0]]), np.ones(1), 6) == 6
    assert model.walk(np.array([[3.0, 1]]), np.array([1.0, 0]), 6) == 3


@settings(max_examples=30)
@given(tables, st.floats(0, 1), st.floats(0, 2500))
def test_the_walk_meets_every_state_and_its_limits(ways, chance, longest):
    q = np.full(5, chance)
    walked = model.walk(ways, q, longest)
    assert walked == pytest.approx(model.every_state(ways, q, longest))
    assert model.walk(ways, np.zeros(5), longest) == pytest.approx(longest)
    nearest = np.minimum(ways.min(axis=1), longest)
    assert model.walk(ways, np.ones(5), longest) == pytest.approx(nearest)
    assert (walked >= nearest - 1e-9).all()
    assert (walked <= model.walk(ways[:, 1:], q[1:], longest) + 1e-9).all()  # a further door never hurts


@settings(max_examples=20)
@given(tables, st.integers(1, 5))
def test_no_choice_is_below_the_bound(ways, p):
    q = np.linspace(0.2, 1, 5)
    choices = [list(sites) for sites in combinations(range(5), p)]
    best = min(model.walk(ways[:, sites], q[sites], 1600).mean() for sites in choices)
    assert model.bound(ways, q, p, 1600) <= best + 1e-9
    sure = min(model.walk(ways[:, sites], np.ones(p), 1600).mean() for sites in choices)
    assert model.bound(ways, np.ones(5), p, 1600) == pytest.approx(sure)


def test_a_town_keeps_its_promises(drawn):
    homes, doors, kind, ways = drawn
    assert ways.shape == (300, 60)
    assert dict(Counter(kind.tolist())) == {"store": 24, "bakery": 14, "office": 22}
    assert ((homes >= 0) & (homes <= 3000)).all()
    assert ways[0, 0] == pytest.approx(abs(homes[0] - doors[0]).sum())
    assert (ways.min(axis=0) == 0).all()  # each door stands where somebody lives
    assert (model.town(assumed)[3] == ways).all()
    assert (model.town(assumed, 1)[3] != ways).any()
    twice = model.town(assumed.but(side=2 * assumed.side))[3]
    assert twice == pytest.approx(2 * ways)


def test_a_common_cause_closes_as_many_doors_but_lengthens_the_walk(drawn):
    *_, kind, ways = drawn
    shops = kind != "office"
    walks = [
        model.expected(ways[:, shops], kind[shops], assumed.but(shut_together=shut)) for shut in (0, 10, 25, 45, 70)
    ]
    assert walks == sorted(walks)
    assert [round(walk) for walk in (walks[0], walks[2])] == [505, 717]
    for shut in (0, 25, 70):
        open_at_all = model.chances(kind[shops], assumed.but(shut_together=shut)) * (1 - shut / 100)
        assert open_at_all == pytest.approx(0.3)
    # With 70 days of 100 shut all shops are open on the others: the walk is theirs, or the longest.
    on_others = np.minimum(ways[:, shops].min(axis=1), 1600).mean()
    assert walks[-1] == pytest.approx(0.3 * on_others + 0.7 * 1600)


def test_a_refusal_shuts_the_offices_only(drawn):
    *_, kind, ways = drawn
    offices = model.best(ways, kind, ["office"], 10)
    assert set(kind[offices]) == {"office"}
    assert model.chances(kind, assumed, refused=True)[kind == "office"].max() == 0
    never, always = (model.expected(ways[:, offices], kind[offices], assumed.but(permission=c)) for c in (0, 100))
    assert never == 1600
    half = model.expected(ways[:, offices], kind[offices], assumed.but(permission=50))
    assert half == pytest.approx((never + always) / 2)


def test_crowds_names_alike_and_boxes_behind_a_doubtful_door():
    came = np.array([0.0, 1, 2, 10])  # hand-over takes 3: they leave at 3, 6, 9, 13 and find 0, 1, 2, 0 before them
    assert [model.crowded(came, 3, limit) for limit in (1, 2, 3)] == [50, 25, 0]
    assert model.crowded(came, 0.5, 1) == 0
    assert model.meet_a_crowd(300, True, assumed) < model.meet_a_crowd(300, False, assumed)
    assert model.meet_a_crowd(1, False, assumed) == 0
    assert model.alike("night", "Nacht") == 0.25  # ni ig gh ht and na ac ch ht
    assert model.alike("Old Gate Market", "Old Gate Market") == 1
    sure, doubtful = model.boxes(1, assumed), model.boxes(0.3, assumed)
    assert sure.stock == newsvendor_poisson(1, 2, 180).stock
    assert doubtful.stock == 0
    assert model.boxes(0.5, assumed).left > sure.left


def test_bad_numbers_are_told():
    good = {"shop_open": 30, "shut_together": 10, "permission": 80}
    refused(model, good, shop_open=["often", 95], shut_together=[100, np.nan], permission=[-1, None])
