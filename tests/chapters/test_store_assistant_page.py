import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seeding import chapter

from casebook.methods.arguments import ArgumentError

model = chapter("singles-day/store-assistant")
GIVEN = model.ledger.assumptions(model.CHAPTER)
model.people.__globals__.update(given=GIVEN, requests=1e6)  # what cells between the definitions set
HELD = pd.DataFrame({"wording": ["common", "common", "unusual", "", "", ""]})


@pytest.fixture
def guesses(monkeypatch):
    """Six messages: three in scope, of which one asks for a person and one is misread, and three strange ones."""
    for name, value in {
        "test": HELD,
        "chance": np.array([0.9, 0.8, 0.9, 0.75, 0.3, 0.1]),
        "right": np.array([True, False, True, False, False, False]),
        "wants_person": np.array([False, False, True, False, False, False]),
    }.items():
        monkeypatch.setitem(model.shares.__globals__, name, value)


def desk(**changes):
    """Two hundred arrivals an hour when all are handed over, six minutes each."""
    return GIVEN.but(period=1, busiest_hour_percent=0.02, handling_minutes=6, chats_at_once=1, **changes)


def test_the_mix_and_the_costs_of_the_desk_by_hand():
    weight = model.mix(HELD, GIVEN)
    assert (weight.sum(), weight[3:].sum(), weight[:2].sum()) == pytest.approx((1, 0.1, 0.63))
    plain = GIVEN.but(handling_minutes=6, wage_rmb_per_hour=30, chats_at_once=3, wrong_answer_rmb=4)
    assert model.person_costs(plain) == pytest.approx(1.0)
    assert model.chow(plain) == pytest.approx(0.75)
    assert model.chow(plain.but(wrong_answer_rmb=0.5)) == 0  # an error is cheaper than a person: answer everything
    assert model.chow(plain.but(wage_rmb_per_hour=0)) == 1  # people are free: answer only what is certain


def test_what_becomes_of_six_messages_by_hand(guesses):
    assert model.shares(0.7, GIVEN) == pytest.approx([0.315, 0.315 + 0.1 / 3, 0.27 + 0.2 / 3])
    assert model.shares(0.0, GIVEN) == pytest.approx([0.315, 0.415, 0.27])  # who asks for a person gets one
    assert model.shares(1.0, GIVEN) == pytest.approx([0, 0, 1])
    assert model.error(0.85, GIVEN) == 0
    assert model.cost(1.0, GIVEN) == pytest.approx(model.person_costs(GIVEN))


@settings(max_examples=25)
@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_bar_hands_over_no_less_and_errs_in_no_more(one, other):
    messages = model.ledger.open_ledger().table("utterances").query("split == 'test'")
    rng = np.random.default_rng(1)
    n = len(messages)
    made = {"test": messages, "chance": rng.random(n), "right": rng.random(n) < 0.5, "wants_person": np.zeros(n, bool)}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in made.items():
            patch.setitem(model.shares.__globals__, name, value)
        low, high = (model.shares(bar, GIVEN) for bar in sorted((one, other)))
    assert low.sum() == pytest.approx(1) and high.sum() == pytest.approx(1)
    assert low[2] <= high[2] + 1e-12 and low[1] >= high[1] - 1e-12


def test_people_for_a_desk_of_two_erlangs():
    # Customers without patience leave at once, as in Erlang's loss system: two erlangs and three servers lose 4/19.
    hasty = desk(patience_minutes=1e-6)
    assert model.people(0.1, hasty.but(lost_percent=21.1)) == 3
    assert model.people(0.1, hasty.but(lost_percent=21.0)) == 4
    assert model.people(0.1, hasty.but(lost_percent=21.1, chats_at_once=2)) == 2
    assert model.people(0.0, hasty) == 0


@settings(max_examples=15)
@given(st.floats(0, 1), st.floats(0, 1))
def test_more_handed_over_needs_no_fewer_people(one, other):
    low, high = sorted((one, other))
    assert model.people(low, GIVEN) <= model.people(high, GIVEN)
    assert model.people(low, GIVEN.but(patience_minutes=9)) <= model.people(low, GIVEN)


def test_neighbours_by_hand():
    before = np.array([[1.0, 1, 0], [1, 0, 1], [1, 0, 0]])
    # The third household has the first kind, which three have; each other kind is bought once, beside it.
    assert model.neighbours(before)[2] == pytest.approx([0, 1 / 3, 1 / 3])


def test_the_watch_rings_with_the_change():
    doubt, new = np.array([0, 0, 0, 1] * 10 + [1] * 10, dtype=float), np.arange(50) >= 40
    rng = np.random.default_rng(model.replicates.spawn(0, 1)[0])
    assert 30 <= min(model.watch(doubt, new, 60, 30, rng, GIVEN)) <= 34


@pytest.mark.parametrize("price", [0, -1, float("nan"), "much"])
def test_a_strange_price_gives_one_line(price):
    with pytest.raises(ArgumentError, match="wrong_answer_rmb"):
        model.my_picture("hello", wrong_answer_rmb=price)
