import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seeding import named
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from casebook.methods.language import IntentClassifier, SlotFinder, Spelling, plain, runs, words

TEXTS = [
    "where is my parcel", "has the parcel left", "track my parcel please", "my parcel is late",
    "i want to return it", "how do i return the shirt", "return label please", "send it back for a refund",
    "is it on sale today", "any discount today", "is there a discount on the shirt", "sale prices please",
]  # fmt: skip
LABELS = ["parcel"] * 4 + ["return"] * 4 + ["sale"] * 4
texts = st.lists(st.text(max_size=30), min_size=1, max_size=12)


def test_words_pairs_and_runs_of_a_short_text():
    assert words("go on, go") == ["", "go", "on", "go", "go on", "on go"]
    assert sorted(runs("go")) == sorted(["", " ", "g", "o", " ", " g", "go", "o ", " go", "go ", " go "])
    assert words("退货😡😡") == ["", "退", "货", "😡", "😡", "退 货", "货 😡", "😡 😡"]
    assert words(plain("ｆｕｌｌ")) == words(plain("FULL"))


def test_scores_of_taught_messages_are_those_of_scikit_learn():
    features = make_union(*(TfidfVectorizer(analyzer=kind, sublinear_tf=True) for kind in (words, runs)))
    peer = make_pipeline(features, LinearSVC(random_state=0, max_iter=5000))
    expected = peer.fit(TEXTS, LABELS).decision_function(TEXTS)
    mine = IntentClassifier().fit(TEXTS, LABELS)
    assert mine.confidence(TEXTS) == pytest.approx(expected.max(axis=1), abs=1e-5)
    assert mine.predict(TEXTS).tolist() == peer.predict(TEXTS).tolist() == LABELS


def test_new_messages_are_understood_and_strange_ones_score_lower():
    taught = IntentClassifier().fit(TEXTS, LABELS)
    assert taught.predict(["parcel?", "can I return this", "discounts"]).tolist() == ["parcel", "return", "sale"]
    chinese = IntentClassifier().fit(["我要退货", "退货怎么办", "包裹在哪里", "包裹到了吗", "😡", "👎"], list("rrppuu"))
    assert chinese.predict(["退货", "包裹", "😡😡", "👎"]).tolist() == ["r", "p", "u", "u"]
    inside, strange = taught.confidence(["where is the parcel", "quantum zebra fjord"])
    assert inside > 0 > strange
    assert taught.confidence(["where is the parcel quantum zebra fjord"])[0] < inside


@pytest.mark.parametrize("labels", [[1, 2], ["a", "b"], [True, False], [(1, 2), "b"], [7, 7]])
def test_labels_of_any_kind_two_or_one(labels):
    taught = IntentClassifier().fit(["left", "right"], labels)
    assert taught.predict(["left", "right"]).tolist() == labels
    assert taught.predict([]).shape == taught.confidence([]).shape == (0,)
    assert IntentClassifier().fit(["", "", " "], ["b", "a", "a"]).predict(["", "whatever"]).tolist() == ["a", "a"]


@settings(max_examples=30)
@given(texts, st.data())
def test_any_texts_and_labels(many, data):
    labels = data.draw(st.lists(st.sampled_from([0, 1, 2]), min_size=len(many), max_size=len(many)))
    found, sure = IntentClassifier().fit(many, labels).decide([*many, "", "\ud800", "a\x00b\n"])
    assert set(found.tolist()) <= set(labels)
    assert np.isfinite(sure).all()


@given(texts)
def test_judged_alone_together_or_again_the_bits_are_the_same(many):
    taught = IntentClassifier().fit(TEXTS, LABELS)
    copy = pickle.loads(pickle.dumps(taught))
    assert taught.confidence(many).tolist() == [copy.confidence([text])[0] for text in many]
    assert taught.confidence(many).tolist() == copy.confidence(many).tolist()


def test_bad_input_is_named():
    named(
        (lambda: IntentClassifier().fit([], []), "labels: expected one for each of 0 texts, which are some, found 0"),
        (lambda: IntentClassifier().fit("abc", ["a"]), "texts: expected a list of texts, found 'abc'"),
        (lambda: IntentClassifier().fit(["a", None], [1, 2]), r"texts: expected a list of texts, found \['a', None\]"),
        (lambda: IntentClassifier().fit(["a"], [1, 2]), "labels: expected one for each of 1 texts"),
        (lambda: IntentClassifier().fit(["a"], [math.nan]), "labels: expected a label for each text, found one miss"),
        (lambda: IntentClassifier().predict(["a"]), "fit: expected a call before the first message is judged"),
    )


def test_slips_are_mended_and_slots_found():
    spelling = Spelling(["where is my order please", "the wool coat", "return it"])
    assert spelling.mend("Wher is my ordr plaese") == "where is my order please"
    assert spelling.mend("wool cot, zebra!") == "wool coat, zebra!"
    finder = SlotFinder({"order": r"(?<!\d)\d{8}(?!\d)"}, {"product": ["rice cooker", "rice", "台灯"]})
    slots, masked = finder.read("The RICE cookers of 12345678, 台灯多少 priced")
    assert slots == (("product", "RICE cooker"), ("order", "12345678"), ("product", "台灯"))
    assert masked.split() == ["The", "anyproduct", "of", "anyorder", ",", "anyproduct", "多少", "priced"]


@given(st.text(max_size=60))
def test_found_slots_stand_in_the_message(text):
    finder = SlotFinder({"number": r"\d+"}, {"word": ["a", "b c"]})
    assert all(value in text for _, value in finder.read(text)[0])
