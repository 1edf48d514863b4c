import math
import unicodedata
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.bench import assistant as bench
from casebook.ledger import open_ledger
from casebook.methods.language import Calibration, IntentClassifier, SlotFinder
from casebook.methods.replicates import spawn
from casebook.models.store_assistant import (
    PATTERNS,
    Assistant,
    Baskets,
    Conversation,
    Desk,
    Season,
    Shop,
    cost_curve,
    draw,
    gain_at,
    marked_slots,
    mistype,
    neighbours,
    outcomes,
    popularity,
    shares,
    split_new,
    staffing,
    teach,
    telling_words,
    watch,
)

DESK = Desk(
    requests_per_day=1_000_000,
    busiest_hour_percent=10,
    out_of_scope_percent=10,
    common_percent=70,
    handling_minutes=6,
    asking_again_minutes=2,
    chats_at_once=2,
    answer_seconds=30,
    in_time_percent=80,
    patience_minutes=3,
    wage_rmb_per_hour=40,
    wrong_answer_rmb=8,
)


@pytest.fixture(scope="module")
def corpus():
    return open_ledger().table("utterances")


@pytest.fixture(scope="module")
def assistant(corpus):
    ledger = open_ledger()
    train = corpus[corpus["split"] == "train"]
    finder = SlotFinder(PATTERNS).fit(marked_slots(train["slots"]))
    shop = Shop.of(ledger.table("shop_answers"), ledger.table("shop_facts"), 7)
    taught = IntentClassifier().fit(finder.mask(train["text"]), train["intent"])
    return Assistant(taught, finder, Calibration(4.0, 1.3), 0.8, shop)


def talk(assistant, *messages, customer=""):
    conversation = Conversation(customer)
    return [assistant.reply(conversation, text) for text in messages], conversation


# ---------------------------------------------------------------- the corpus


def test_the_corpus_is_as_large_and_as_varied_as_the_page_says(corpus):
    inside = corpus[corpus["intent"] != "out-of-scope"]
    assert inside["intent"].nunique() >= 40
    assert len(inside) >= 1500
    assert len(corpus) - len(inside) >= 150
    plain = corpus["text"].map(lambda text: " ".join(unicodedata.normalize("NFKC", text).casefold().split()))
    assert plain.is_unique
    assert set(corpus.loc[corpus["intent"] == "out-of-scope", "split"]) == {"tune", "test"}
    assert inside.groupby(["intent", "split"]).size().unstack().min().min() >= 4


def test_marked_slots_stand_in_their_message(corpus):
    for text, slots in zip(corpus["text"], corpus["slots"], strict=True):
        assert all(slot.split("=", 1)[1] in text for slot in slots.split("; ") if slot)


def test_every_intent_has_an_answer_and_what_it_looks_up(corpus):
    ledger = open_ledger()
    answers, facts = ledger.table("shop_answers"), ledger.table("shop_facts")
    assert set(answers["id"]) == set(corpus["intent"])
    for kind in ("item", "offer", "rule"):
        route = {"item": "product", "rule": "order"}.get(kind, kind)
        known = facts[facts["kind"] == kind].groupby("subject" if kind == "rule" else "property").size()
        asked = set(answers.loc[answers["route"] == route, "asks"])
        assert asked <= set(known.index)
    states = facts[facts["kind"] == "rule"].groupby("subject")["property"].nunique()
    assert (states == 4).all()


# ---------------------------------------------------------------- the assistant at work


def test_a_return_with_an_order_number_given_later(assistant):
    (first, second), conversation = talk(assistant, "I want to return my order", "it is 20481157")
    assert (first.intent, first.handled) == ("return-item", "asked back")
    assert (second.intent, second.handled) == ("return-item", "answered")
    assert "20481157" in second.reply
    assert conversation.named["order"] == ["20481157"]


def test_a_return_after_its_time_and_an_unknown_order(assistant):
    facts = assistant.shop.facts
    late = next(order for order in assistant.shop.subjects("order") if int(facts["order", order, "days"]) > 7)
    [turn], _ = talk(assistant, f"I want to return order {late}")
    assert "over" in turn.reply
    [turn], _ = talk(assistant, "I want to return order 99999999")
    assert turn.handled == "asked back"
    assert "99999999" in turn.reply


@pytest.mark.parametrize(
    ("message", "handled", "holds"),
    [
        ("what is the wool coat made of", "answered", "cashmere"),
        ("what does fill power mean", "answered", "ounce"),
        ("do you have a coupon", "answered", "coupon"),
        ("what is the return policy", "answered", "Seven days"),
        ("can you embroider a name", "answered", "ten letters"),
        ("I forgot my password", "other bot", "account bot"),
        ("I want to talk to a human", "person", "person"),
        ("😡😡", "answered", "sticker"),
        ("hello 👋", "answered", "👋"),
        ("my payment failed", "other bot", "payment bot"),
        ("which one is better, the wool coat or the down jacket", "answered", "1299"),
        ("zxcv qwer uiop", "person", "new to me"),
    ],
)
def test_each_ability(assistant, message, handled, holds):
    [turn], _ = talk(assistant, message)
    assert turn.handled == handled
    assert holds in turn.reply


def test_recommendations_follow_wish_purse_and_purchases(assistant):
    shop = assistant.shop
    assert shop.suggest(["backpack"], "", 1e9)[0] == "thermos"  # outdoor and travel, as the backpack is
    assert set(shop.suggest([], "something for winter", 1e9, 2)) == {"down jacket", "wool coat"}
    assert all(float(shop.facts["item", item, "price"]) <= 150 for item in shop.suggest([], "", 150))
    assert shop.suggest([], "", 1) == []
    [turn], _ = talk(assistant, "can you recommend something for me under 100 yuan", customer="Mei")
    assert "sun hat" in turn.reply


def test_after_a_hand_over_the_person_keeps_the_conversation(assistant):
    turns, conversation = talk(assistant, "I want to talk to a human", "what is the return policy")
    assert [turn.handled for turn in turns] == ["person", "person"]
    assert conversation.with_person
    assert len(conversation.turns) == 2


@settings(max_examples=30)
@given(st.lists(st.text(max_size=40), max_size=4))
def test_any_message_is_handled(assistant, messages):
    turns, _ = talk(assistant, *messages)
    assert all(turn.handled in ("answered", "asked back", "other bot", "person") and turn.reply for turn in turns)


def test_a_bar_of_one_hands_everything_over_and_nought_nothing_but_what_is_for_people(assistant, corpus):
    test = corpus[corpus["split"] == "test"]
    closed = outcomes(replace(assistant, bar=1.0), test)
    assert (closed["outcome"] == "person").all()
    opened = outcomes(replace(assistant, bar=0.0), test)
    right = opened["understood"] == opened["intent"]
    assert (opened.loc[~right & (opened["handled"] != "person"), "outcome"] == "wrong").all()
    assert right.mean() > 0.5


# ---------------------------------------------------------------- the desk


def test_costs_by_hand():
    assert DESK.hand_over_rmb == 2.0
    assert DESK.least_chance == 0.75
    curve = cost_curve([3, 2, 1], [1, 1, 0], [1, 1, 2], DESK)
    assert curve["coverage"].tolist() == [0, 0.25, 0.5, 1]
    assert curve["cost"].tolist() == [2, 1.5, 1, 4]


def test_shares_come_to_one_and_to_the_mix_of_the_desk():
    messages = pd.DataFrame({"wording": ["common", "common", "unusual", "", "", ""]})
    weight = shares(messages, DESK)
    assert weight.sum() == pytest.approx(1)
    assert weight[3:].sum() == pytest.approx(0.1)
    assert weight[:2].sum() == pytest.approx(0.63)
    with pytest.raises(ValueError, match="messages: expected some that are unusual, found none"):
        shares(messages[messages["wording"] != "unusual"], DESK)


def test_people_for_a_desk_of_two_erlangs():
    # Two erlangs: Erlang C gives 4/9 with three servers, so 55.6 per cent wait nothing; two servers never suffice.
    small = replace(
        DESK, requests_per_day=200, handling_minutes=6, chats_at_once=1, answer_seconds=0, in_time_percent=55
    )
    found = staffing(1.0, small)
    assert (found.load, found.people) == (pytest.approx(2.0), 3)
    assert found.p_wait < 4 / 9
    assert staffing(1.0, replace(small, in_time_percent=56)).people == 4


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_handed_over_needs_no_fewer_people(one, other):
    low, high = sorted((one, other))
    assert staffing(low, DESK).people <= staffing(high, DESK).people
    assert staffing(low, DESK).people <= staffing(low, DESK, with_conversation=False).people


def test_nobody_for_nothing():
    assert staffing(0.0, DESK).people == 0
    assert staffing(1.0, replace(DESK, requests_per_day=0)).people == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"handling_minutes": 0}, "handling_minutes: expected a number above 0, found 0"),
        ({"common_percent": 101}, "common_percent: expected a finite number from 0 to 100, found 101"),
        ({"wage_rmb_per_hour": math.nan}, "wage_rmb_per_hour: expected a finite number"),
    ],
)
def test_a_desk_that_cannot_be(change, message):
    with pytest.raises(ValueError, match=message):
        replace(DESK, **change)


def test_a_share_that_cannot_be():
    with pytest.raises(ValueError, match="handed: expected a share from 0 to 1, found 2"):
        staffing(2, DESK)


# ---------------------------------------------------------------- learning


def test_the_watch_stays_quiet_without_change_and_rings_with_it():
    doubt, new = pd.Series([0, 0, 0, 1] * 10 + [1] * 10), pd.Series([False] * 40 + [True] * 10)
    season = Season(hours=60, change=30, messages_per_hour=100, new_percent=40, allowance=0.5, limit=5)
    stream = watch(doubt, new, season, spawn(0, 1)[0])
    first = stream.loc[stream["alarm"], "hour"].min()
    assert 30 <= first <= 34
    quiet = watch(doubt, new, replace(season, new_percent=0, limit=20), spawn(0, 1)[0])
    assert not quiet["alarm"].any()


def test_words_that_tell():
    usual = ["where is the parcel", "send the parcel back", "the shirt is late"]
    assert telling_words(["the coupon fails", "my coupon please", "coupon"], usual, 1) == ["coupon"]
    assert telling_words([], usual) == []


def test_teaching_helps_and_is_repeatable(corpus):
    some = corpus[corpus["intent"].isin(["get-coupon", "coupon-fails", "where-is-order", "return-item", "invoice"])]
    known, fresh = split_new(some, ["get-coupon"])
    assert len(known) + len(fresh) == len(some)
    result = teach(spawn(5, 1)[0], some, ["get-coupon"], [0, 40], 60)
    before, after = (result[result["labels"] == count]["right_new"] for count in (0, 40))
    assert (before == 0).all()
    assert (after > 0).all()
    pd.testing.assert_frame_equal(result, teach(spawn(5, 1)[0], some, ["get-coupon"], [0, 40], 60))


# ---------------------------------------------------------------- recommendations


def test_gain_by_hand():
    baskets = Baskets(np.array([[1.0, 0, 0, 0]]), np.array([[0, 1.0, 0, 1.0]]))
    score = np.array([[9.0, 1, 3, 2]])  # the first is known already; then come the third, the fourth, the second
    assert gain_at(score, baskets, 1).tolist() == [0]
    ideal = 1 + 1 / math.log2(3)
    assert gain_at(score, baskets, 2) == pytest.approx([(1 / math.log2(3)) / ideal])
    assert gain_at(score, baskets, 3) == pytest.approx([(1 / math.log2(3) + 1 / 2) / ideal])
    with pytest.raises(ValueError, match="k: expected from 1 to 4 recommendations, found 5"):
        gain_at(score, baskets, 5)


def test_neighbours_by_hand():
    before = np.array([[1.0, 1, 0], [1, 0, 1], [1, 0, 0]])
    score = neighbours(before)
    # The third household has the first kind, which three have; each other kind is bought once, beside it.
    assert score[2] == pytest.approx([0, 1 / math.sqrt(3) / math.sqrt(3), 1 / math.sqrt(3) / math.sqrt(3)])
    assert popularity(before)[0].tolist() == [3, 1, 1]


def test_baskets_are_parted_by_time():
    baskets = Baskets.of(["a", "a", "a", "b", "b"], [0, 1, 2, 0, 0], [False, False, True, False, True], 1)
    assert (baskets.before.tolist(), baskets.after.tolist()) == ([[1, 1, 0]], [[0, 0, 1]])


# ---------------------------------------------------------------- traffic


@given(st.text(max_size=50), st.integers(0, 2**32))
def test_slips_leave_a_text_a_text(text, seed):
    assert mistype(text, 0, np.random.default_rng(seed)) == text
    assert len(mistype(text, 1, np.random.default_rng(seed))) <= 2 * len(text)
    assert mistype(text, 0.5, np.random.default_rng(seed)) == mistype(text, 0.5, np.random.default_rng(seed))


def test_messages_are_drawn_as_often_as_their_chances_say():
    sent, places = draw(["a", "b", "c"], [1, 3, 0], 4000, 0.0, 1)
    assert sent.count("c") == 0
    assert sent.count("b") / 4000 == pytest.approx(0.75, abs=0.03)
    assert [("a", "b")[place] for place in places] == sent
    with pytest.raises(ValueError, match="slips: expected a chance from 0 to 1, found 2"):
        mistype("a", 2, np.random.default_rng(0))


# ---------------------------------------------------------------- full scale


@pytest.mark.slow
def test_the_bench_is_fast_enough():
    result = bench.run()
    assert result["figure"] >= 10_000
    assert result["ratio"] >= 2


@pytest.mark.slow
def test_a_million_messages_are_judged_as_stored():
    made = {figure.id: figure.value for figure in bench.full_scale()}
    stored = open_ledger().table("full_runs").set_index("id")["value"]
    assert made["store-assistant-rate"] >= 10_000
    for name in ("store-assistant-messages", "store-assistant-answered", "store-assistant-wrong"):
        assert f"{made[name]:.6g}" == f"{stored[name]:.6g}"
