import re
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import assistant as bench
from casebook.ledger import open_ledger
from casebook.models.store_assistant import Conversation

HESITANT = ["no", "not sure", "ok but not now", "yes? or no?", "please don't", "do it tomorrow", "fine print says otherwise", "why",
            "hm", "yes I want to keep it", "hmm, not sure", "算了", "好贵啊", "要多少钱", "对不起点错了", "👎"]  # fmt: skip
FIXED = {
    "转人工",
    "hello",
    "thanks",
    "yes",
    "ok",
    "okay",
    "fine",
    "right",
    "no thanks",
    "嗯",
    "谢谢",
}  # there is no second way to put them
SPARED = ["cancel all my orders except {}", "cancel everything but {}", "cancel all of it, only not {}", "cancel the lot, keep {}", "cancel all orders, {} stays",
          "cancel the hair dryer and not {}", "cancel all apart from {}", "cancel the hair dryer, but I still want {}", "I need {}, cancel everything else",
          "leave {}, cancel the rest", "除了{}以外都取消", "{}留着，其他的取消", "全部取消，{}除外", "取消吹风机，别取消{}"]  # fmt: skip
NO_WISH = ["don't you dare cancel it", "under no circumstances cancel the lamp", "nobody may cancel the lamp", "no reason to cancel the lamp", "台灯取消了吗",
           "dnt cancle teh lamp", "why would I cancel the lamp?", "did you cancel the lamp?", "has the lamp been cancelled?", "who cancelled the lamp",
           "if it is late cancel the lamp", "cancel the lamp tomorrow", "cancel the lamp unless it ships", "do you cancel lamps automatically?", "谁说要取消台灯",
           "cancelling the lamp was a mistake", "someone told you to cancel the lamp, ignore it", "台灯不取消了行吗", "台灯不能取消吧", "你怎么把台灯取消了",
           "我没取消台灯吧？", "如果明天没到就取消台灯"]  # fmt: skip


@pytest.fixture(scope="module")
def corpus():
    return open_ledger().table("utterances")


@pytest.fixture(scope="module")
def dialogues():
    return open_ledger().table("dialogues")


@pytest.fixture(scope="module")
def assistant():
    return bench.taught()


def same(text):
    return re.sub(r"\W+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()


def last(assistant, *messages, customer=""):
    talk, changed = assistant.converse(customer, messages)
    return talk.turns[-1], changed


def test_the_corpus_is_as_large_and_as_varied_as_the_page_says(corpus):
    inside = corpus[corpus["intent"] != "out-of-scope"]
    assert len(inside) >= 6000
    assert corpus["text"].map(lambda text: " ".join(unicodedata.normalize("NFKC", text).casefold().split())).is_unique
    assert set(corpus.loc[corpus["intent"] == "out-of-scope", "split"]) == {"tune", "test"}
    assert inside.groupby(["intent", "split"]).size().unstack().min().min() >= 4
    chinese = inside[inside["text"].str.contains("[\u4e00-\u9fff]")]
    assert chinese.groupby("intent").size().ge(10).sum() >= 24
    for text, slots in zip(corpus["text"], corpus["slots"], strict=True):
        assert all(slot.split("=", 1)[1] in text for slot in slots.split("; ") if slot)


def test_no_turn_of_a_dialogue_taught_or_tuned_and_unseen_ones_went_well(corpus, dialogues):
    assert (dialogues["written"] == "before").sum() >= 60
    assert (dialogues.loc[dialogues["written"].isin(["after", "last", "fresh"]), "first"] == "well").mean() >= 0.8
    seen = set(corpus.loc[corpus["split"] != "test", "text"].map(same))
    turns = {same(turn) for cell in dialogues["turns"] for turn in cell.split(" | ")}
    assert turns & seen - {""} <= FIXED


def test_every_intent_has_an_answer_in_both_languages_and_what_it_looks_up(corpus):
    answers, facts = open_ledger().table("shop_answers"), open_ledger().table("shop_facts")
    assert set(answers["id"]) == set(corpus["intent"])
    for kind in ("item", "offer", "rule"):
        route = {"item": "product", "rule": "order"}.get(kind, kind)
        known = facts[facts["kind"] == kind]
        asked = set(answers.loc[answers["route"] == route, "asks"])
        assert asked <= set(known["subject" if kind == "rule" else "property"])
    spoken = facts[facts["kind"].isin(["rule", "prompt", "offer", "term"])]
    assert (spoken["value_zh"] != "").all()
    assert ((facts["kind"] == "rule") & (facts["subject"] == "cancel")).sum() == 5


@pytest.mark.parametrize(
    ("written", "share"), [("before", 0.95), ("after", 0.9), ("last", 0.85), ("mended", 0.98), ("fresh", 0.75)]
)
def test_dialogues_end_as_marked_and_none_acts_unasked(assistant, dialogues, written, share):
    well = []
    for dialogue in dialogues[dialogues["written"] == written].itertuples():
        turn, changed = last(assistant, *dialogue.turns.split(" | "), customer=dialogue.customer)
        agreed = set(filter(None, dialogue.changes.split("; ")))
        assert changed <= agreed, dialogue.id
        says = any(part.casefold() in turn.reply.casefold() for part in dialogue.says.split("|"))
        well.append(turn.handled in dialogue.ends.split(" or ") and says and changed == agreed)
    assert sum(well) / len(well) >= share


@pytest.mark.parametrize("wish", ["cancel order 85530092", "I want to return order 63205519"])
def test_nothing_but_a_plain_yes_acts(assistant, wish):
    for answer in HESITANT:
        assert last(assistant, wish, answer, customer="Lin")[1] == set(), answer


@pytest.mark.parametrize(
    "answer", ["yes", "Yes, please.", "ok do it", "cancel it", "sure, go ahead", "是的，取消吧", "👍"]
)
def test_a_plain_yes_acts_once_and_the_shop_remembers(assistant, answer):
    messages = "cancel 85530092", answer, "where is 85530092", "cancel 85530092", "yes"
    talk, changed = assistant.converse("Lin", messages)
    assert changed == {"85530092 cancelled"}
    assert "does not leave" in talk.turns[2].reply
    assert "already" in talk.turns[3].reply


def test_refusals_and_questions_change_nothing(assistant):
    for message in ("please don't cancel my order 85530092", "别取消85530092", "should I cancel 85530092?"):
        turn, changed = last(assistant, message, customer="Lin")
        assert (changed, "85530092" in turn.reply) == (set(), True)
    assert last(assistant, "no coupon please, I don't want any voucher")[1] == set()
    assert last(assistant, "do not cancel it, exchange it", customer="Lin")[0].intent == "exchange-item"
    for message in ("not cancelling anything, where is 85530092", "cancel 85530092, no, actually don't",
                    "please do not send the earphones back", "取消85530092，算了"):  # fmt: skip
        assert "?" not in last(assistant, message, customer="Lin")[0].reply.replace("？", "?"), message


def test_what_is_wanted_instead_and_what_it_means_are_taken_from_the_talk(assistant):
    turn, changed = last(assistant, "exchange 63205519 for a white one", "yes", customer="Lin")
    assert (changed, "a white one" in turn.reply) == ({"63205519 exchange open"}, True)
    assert (
        last(assistant, "cancel the lamp. Actually return the robot vacuum", customer="Wei")[0].intent == "return-item"
    )
    assert "799" in last(assistant, "is the jacket in stock", "and how much is it?")[0].reply
    assert "55120987" in last(assistant, "when does my scarf come", customer="Mei")[0].reply
    assert "219" not in last(assistant, "有没有送妈妈的礼物，200块以内")[0].reply


def test_orders_are_shown_and_changed_for_their_customer_only(assistant):
    for message in ("cancel order 85530092", "where is 85530092", "where is 99999999"):
        turn, changed = last(assistant, message, "yes", "yes", customer="Mei")
        assert "robot vacuum" not in turn.reply
        assert changed == set()
    for message in ("cancel order 85530092", "where is order 85530092", "I want to return 63205519", "coupon please"):
        turn, changed = last(assistant, message, "yes")  # a guest who knows the number
        assert (changed, "robot" in turn.reply, "85530092" in turn.reply) == (set(), False, False)


@pytest.mark.parametrize("product", ["rice cooker", "wool coat", "ric coker", "bicycle", "toaster"])
@pytest.mark.parametrize("wish", ["cancel my {}", "can I still return the {}?", "please exchange my {}"])
def test_what_was_not_bought_falls_to_no_other_order(assistant, wish, product):
    assert last(assistant, wish.format(product), "yes", "ok", customer="Lin")[1] == set()


@pytest.mark.parametrize("form", SPARED)
@pytest.mark.parametrize("name", ["the sun hat", "19604872", "my hat", "太阳帽"])
def test_what_is_excepted_is_never_touched(assistant, form, name):
    changed = last(assistant, form.format(name), "yes", customer="Hui")[1]
    assert changed and not any("19604872" in change for change in changed)


@pytest.mark.parametrize("message", NO_WISH)
def test_no_yes_follows_what_is_no_plain_wish(assistant, message):
    assert all(last(assistant, message, yes, customer="Wei")[1] == set() for yes in ("ok", "yes", "好"))


def test_a_new_wish_wins_and_what_is_missing_is_asked_for(assistant):
    turn, _ = last(assistant, "I want to return something", "where is order 63205519?", customer="Lin")
    assert (turn.intent, turn.handled) == ("where-is-order", "answered")
    turn, changed = last(assistant, "return my order please", "it is 63205519", "yes", customer="Lin")
    assert changed == {"63205519 return open"}
    turn, changed = last(assistant, "change the address of 85530092", "12 Lake Street, Wuxi", "yes", customer="Lin")
    assert ("Wuxi" in turn.reply, changed) == (True, {"85530092 address changed"})
    assert "219" in last(assistant, "how much is the coat", "and the scarf?")[0].reply
    turn, changed = last(assistant, "cancel 85530092 and 20481157", "yes", customer="Lin")
    assert changed == {"85530092 cancelled"}  # the other one has left


def test_a_second_doubt_goes_to_a_person_who_keeps_the_conversation(assistant):
    talk, _ = assistant.converse("", ["zxcv qwer uiop", "uiop zxcv", "what is the return policy"])
    assert [turn.handled for turn in talk.turns] == ["asked back", "person", "person"]
    assert talk.with_person
    assert last(assistant, "")[0].handled == last(assistant, "??")[0].handled == "asked back"


def test_prices_are_heeded(assistant):
    between, above = "a gift between ¥200 and ¥300 please", "推荐1000元以上的"
    asked = ("can you recommend something under 100 yuan", 0, 100), (between, 200, 300), (above, 1000, 9999)
    for message, low, high in asked:
        prices = re.findall(r"[(（](\d+) ?[y元]", last(assistant, message)[0].reply)
        assert prices
        assert all(low <= int(price) <= high for price in prices)


@settings(max_examples=30)
@given(st.lists(st.text(max_size=40), max_size=4))
def test_any_message_is_handled_and_changes_nothing_unasked(assistant, messages):
    talk, _ = assistant.converse("Lin", ["cancel 85530092", *messages, "stop"])
    assert all(turn.handled in ("answered", "asked back", "other bot", "person") and turn.reply for turn in talk.turns)


def test_half_a_megabyte_of_nonsense_takes_no_longer_than_a_page_and_none_is_refused(assistant):
    for nonsense in ("qx7 zz " * 70_000, "z" * 500_000, "don't i " * 60_000):
        start = time.process_time()
        assistant.reply(Conversation(), nonsense)
        assert time.process_time() - start < 1
    with pytest.raises(ValueError, match="message: expected a text, found None"):
        assistant.reply(Conversation(), None)


@pytest.mark.slow
def test_the_bench_is_fast_and_its_full_run_is_as_stored():
    assert bench.run()["ratio"] >= 8
    made = {figure.id: figure.value for figure in bench.full_scale(bench.BATCH)}
    assert made["store-assistant-rate"] >= 2_000
    stored = open_ledger().table("full_runs").set_index("id")["value"]
    for name in ("store-assistant-answered", "store-assistant-wrong"):
        assert made[name] / bench.BATCH == pytest.approx(stored[name] / bench.REQUESTS, rel=0.1)
