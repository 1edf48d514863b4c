from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st
from seeding import chapter

from casebook import ledger

model = chapter("june-2020/export-summit")
GIVEN = ledger.assumptions("june-2020/export-summit")


@pytest.fixture(autouse=True)
def constants(monkeypatch):
    monkeypatch.setitem(model.buyers_needed.__globals__, "firms", 7000)


def test_buyers_by_hand():
    assert [model.buyers_needed(GIVEN.but(slots=s)) for s in (8, 24)] == [875, 292]
    assert model.buyers_needed(GIVEN.but(slots=8, meetings=3, no_show=20)) == 3282  # 21,000 over 6.4
    assert [float(model.share_met(B, 24, 7000)) for B in (0, 100, 292)] == pytest.approx([0, 0.342857, 1])


pairs = st.lists(st.tuples(st.integers(0, 8), st.integers(-6, -1)), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None)
@over(pairs)
def test_a_timetable_has_no_clash_and_no_slot_too_many(meetings):
    at = model.timetable(meetings)
    busiest = max(Counter(p for pair in meetings for p in pair).values())
    assert max(s for met in at.values() for s in met) + 1 <= busiest
    held = Counter((u, v) for u, met in at.items() for v in met.values() if u >= 0)
    assert held == Counter(meetings)  # a slot holds one meeting of a person, for it is a key
    assert all(at[v][s] == u for u, met in at.items() for s, v in met.items())


def test_both_meet_in_the_same_slot_at_full_scale():
    drawn = np.random.default_rng(4).integers(1, 901, (7000, 3))
    at = model.timetable([(f, -int(b)) for f, row in enumerate(drawn) for b in row])
    assert all(at[v][s] == u for u, met in at.items() for s, v in met.items())


@settings(max_examples=30, deadline=None)
@over(st.integers(1, 25), st.integers(1, 6), st.integers(1, 4), st.floats(0, 3), st.integers(0, 10**6))
def test_deferred_acceptance_is_stable_and_fills_what_it_can(F, B, seats, beta, seed):
    wishes, worth = model.market(F, B, beta, seed)
    match = model.deferred(wishes.tolist(), worth.tolist(), seats)
    assert (match >= 0).sum() == min(F, B * seats)
    assert max(Counter(match[match >= 0].tolist()).values()) <= seats
    assert model.blocking(wishes, worth, match, seats) == 0


def test_a_swapped_pair_is_found_out():
    # Both firms and both buyers want their namesake; crossed over, each of the two pairs would break away.
    wishes, worth = np.array([[0, 1], [1, 0]]), np.array([[2.0, 1], [1, 2]])
    assert [model.blocking(wishes, worth, np.array(m), 1) for m in ([0, 1], [1, 0])] == [0, 2]
    assert model.place(wishes, np.array([0, 1])) == 50
    assert model.place(wishes, np.array([1, -1])) == 100


def test_the_mean_number_of_stable_matchings():
    # Knuth's integral gives 9/8 for two a side; here it is the mean over all sixteen markets.
    orders = list(permutations([1, 2]))
    every = [model.stable([a, b], [c, d]) for a in orders for b in orders for c in orders for d in orders]
    assert np.mean(every) == pytest.approx(9 / 8)


def test_who_answered_by_hand():
    assert [model.truth(0.65, r) for r in (0.5, 1, 13 / 7, 3)] == pytest.approx([0.78788, 0.65, 0.5, 0.38235], abs=5e-6)
    assert model.least_sample(0.65) == 17
    assert model.least_sample(0.5) == 2


def test_places_by_sector_when_none_is_better():
    cost, seen = model.shelf(0)
    assert 0 < cost < 1.5
    assert seen == pytest.approx(100 / 3, abs=1.5)
    assert model.shelf(2)[0] > model.shelf(1)[0] > cost


@pytest.mark.parametrize(
    "change", [{"my_firms": 0}, {"my_buyers": -1}, {"my_slots": 0}, {"my_meetings": 1.5}, {"my_no_show": 100}]
)
def test_a_bad_number_gives_one_line(change):
    numbers = {"my_firms": 50, "my_buyers": 5, "my_slots": 10, "my_meetings": 1, "my_no_show": 0}
    told = str(model.yours(lambda: model.my_picture(**{**numbers, **change})))
    assert told.startswith(next(iter(change)))
    assert "\n" not in told


@pytest.mark.parametrize("change", [{"my_buyers": 0}, {"my_firms": 1}, {"my_no_show": 99.9}])
def test_numbers_at_their_limits_are_drawn(change):
    numbers = {"my_firms": 50, "my_buyers": 5, "my_slots": 10, "my_meetings": 1, "my_no_show": 0}
    assert "yours" in model.yours(lambda: model.my_picture(**{**numbers, **change}))._repr_html_()
