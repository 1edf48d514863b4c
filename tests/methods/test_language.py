import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from casebook.methods.language import (
    IntentClassifier,
    SlotFinder,
    auroc,
    calibrate,
    extraction,
    reject_below,
    risk_coverage,
)
from casebook.methods.language.ngrams import all_grams, encode, kinds
from casebook.methods.replicates import run, spawn

TEXTS = [
    "where is my parcel", "has the parcel left", "track my parcel please", "my parcel is late",
    "i want to return it", "how do i return the shirt", "return label please", "send it back for a refund",
    "is it on sale today", "any discount today", "is there a discount on the shirt", "sale prices please",
]  # fmt: skip
LABELS = ["parcel"] * 4 + ["return"] * 4 + ["sale"] * 4

# Hanley and McNeil (1982), table 1: 58 normal and 51 abnormal CT images read on five steps; the area is 0.893.
NORMAL, ABNORMAL = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]

scores = st.lists(st.floats(-5, 5), min_size=1, max_size=40)
texts = st.lists(st.text(max_size=30), min_size=1, max_size=12)


def keys_of(text):
    codes, starts = encode([text])
    keys, [[words, total]] = all_grams(codes, starts, kinds())
    assert len(keys) == total
    return keys[:words].tolist(), keys[words:].tolist()


# ---------------------------------------------------------------- features


def test_words_pairs_and_runs_of_a_short_text():
    words, runs = keys_of("Go on, go")
    go, on = keys_of("go")[0][0], keys_of("on")[0][0]
    assert len(words) == 5
    assert [words[0], words[1], words[3]] == [go, on, go]
    assert words[2] == keys_of("go on")[0][2]
    assert len(runs) == 6 + 10 + 6  # ' go ', ' on, ', ' go ' hold six, ten and six runs of two to five characters


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("  \n ", 0), ("...", 0), ("我要退货", 7), ("😡😡", 3), ("don't", 3), ("ｆｕｌｌ", 1), ("x" * 5000, 1)],
)
def test_signs_are_words_and_other_forms_of_a_letter_are_that_letter(text, words):
    assert len(keys_of(text)[0]) == words
    assert keys_of("ｆｕｌｌ") == keys_of("FULL")


@given(texts)
def test_a_text_has_the_same_keys_alone_and_among_others(many):
    codes, starts = encode(many)
    keys, counts = all_grams(codes, starts, kinds())
    assert len(counts) == len(many)
    together = np.split(keys, np.cumsum(counts[:, 1])[:-1])
    for text, mine in zip(many, together, strict=True):
        words, runs = keys_of(text)
        assert words + runs == mine.tolist()


# ---------------------------------------------------------------- classifier


def test_scores_of_taught_messages_are_those_of_scikit_learn():
    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\w+", sublinear_tf=True)
    runs = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    peer = make_pipeline(make_union(words, runs), LinearSVC(random_state=0, tol=1e-8, max_iter=100_000))
    expected = peer.fit(TEXTS, LABELS).decision_function(TEXTS)
    mine = IntentClassifier().fit(TEXTS, LABELS)
    assert mine.confidence(TEXTS) == pytest.approx(expected.max(axis=1), abs=2e-3)
    assert mine.predict(TEXTS).tolist() == peer.predict(TEXTS).tolist() == LABELS


def test_new_messages_are_understood_and_strange_ones_score_lower():
    taught = IntentClassifier().fit(TEXTS, LABELS)
    assert taught.predict(["parcel?", "can I return this", "discounts"]).tolist() == ["parcel", "return", "sale"]
    inside, strange = taught.confidence(["where is the parcel", "quantum zebra fjord"])
    assert inside > 0 > strange
    assert taught.confidence(["where is the parcel quantum zebra fjord"])[0] < inside


def test_chinese_and_emoji():
    taught = IntentClassifier().fit(
        ["我要退货", "退货怎么办", "我的包裹在哪里", "包裹到了吗", "😡", "👎"], list("rrppuu")
    )
    assert taught.predict(["退货", "包裹", "😡😡", "👎"]).tolist() == ["r", "p", "u", "u"]


@pytest.mark.parametrize(
    ("labels", "kind"),
    [([1, 2], np.int64), (["a", "b"], np.str_), ([True, False], np.bool_), ([(1, 2), "b"], tuple), ([1, "b"], int)],
)
def test_labels_keep_their_type(labels, kind):
    found = IntentClassifier().fit(["left", "right"], labels).predict(["left", "right"])
    assert isinstance(found[0], kind)
    assert list(found) == labels


def test_one_label_one_message_and_nothing_to_go_by():
    alone = IntentClassifier().fit(["where is my parcel"], [7])
    assert alone.predict(["anything", ""]).tolist() == [7, 7]
    near, far = alone.confidence(["is my parcel here", "zzz"])
    assert near > far
    empty = IntentClassifier().fit(["", "", " "], ["b", "a", "a"])
    assert empty.predict(["", "whatever"]).tolist() == ["a", "a"]


def test_no_message_gives_no_answer():
    taught = IntentClassifier().fit(TEXTS, LABELS)
    assert taught.predict([]).shape == taught.confidence([]).shape == (0,)


@settings(max_examples=30)
@given(texts, st.data())
def test_any_texts_and_labels(many, data):
    labels = data.draw(st.lists(st.sampled_from([0, 1, 2]), min_size=len(many), max_size=len(many)))
    taught = IntentClassifier().fit(many, labels)
    found, sure = taught.decide([*many, "", "\ud800", "a\x00b\n"])
    assert set(found.tolist()) <= set(labels)
    assert np.isfinite(sure).all()


@given(texts)
def test_judged_alone_or_together_the_bits_are_the_same(many):
    taught = IntentClassifier().fit(TEXTS, LABELS)
    assert taught.confidence(many).tolist() == [taught.confidence([text])[0] for text in many]


def test_many_messages_are_judged_in_batches():
    taught = IntentClassifier().fit(TEXTS, LABELS)
    many = TEXTS * 2000
    assert taught.predict(many).tolist() == LABELS * 2000


def test_a_taught_classifier_travels():
    taught = IntentClassifier().fit(TEXTS, LABELS)
    copy = pickle.loads(pickle.dumps(taught))
    assert copy.confidence(TEXTS).tolist() == taught.confidence(TEXTS).tolist()


def teach_some(seed):
    chosen = np.random.default_rng(seed).permutation(len(TEXTS))[:9]
    taught = IntentClassifier().fit([TEXTS[k] for k in chosen], [LABELS[k] for k in chosen])
    return taught.confidence(TEXTS).tolist()


def test_same_bits_here_in_a_pool_and_on_a_cluster(pool, dask_executor):
    seeds = spawn(3, 4)
    here = run(teach_some, seeds)
    assert run(teach_some, seeds, pool) == here
    assert run(teach_some, seeds, dask_executor) == here


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: IntentClassifier().fit([], []), "texts: expected at least 1 texts, found 0"),
        (lambda: IntentClassifier().fit("abc", ["a"]), "texts: expected a list of texts, found one text, 'abc'"),
        (lambda: IntentClassifier().fit(["a", None], [1, 2]), "texts: expected texts, found None at place 1"),
        (lambda: IntentClassifier().fit(["a"], [1, 2]), "labels: expected 1 labels, one a text, found 2"),
        (lambda: IntentClassifier().fit(["a"], [None]), "labels: expected a label for each text, found one missing"),
        (lambda: IntentClassifier().fit(["a"], [math.nan]), "labels: .* found one missing"),
        (lambda: IntentClassifier().fit(["a"], [["x"]]), "labels: expected labels that can be told apart"),
        (lambda: IntentClassifier().predict(["a"]), "fit: expected a call before the first message"),
        (lambda: auroc([1, 2], [1, 1]), "inside: expected some of 2 in scope and some not, found 2"),
        (lambda: auroc([1, math.inf], [1, 0]), "score: expected finite numbers, found inf"),
        (lambda: auroc([1, 2], [1, 2]), "inside: expected 2 of yes or no"),
        (lambda: risk_coverage([], []), "score: expected at least 1 numbers in a row"),
        (lambda: risk_coverage([1], [1], [0]), "weight: expected 1 numbers above 0, found 1, least 0"),
        (lambda: calibrate([1, 2], [1]), "right: expected 2 of yes or no"),
        (lambda: calibrate([1, 2], [0, 1]).score(1), "probability: expected a number between 0 and 1, found 1"),
        (lambda: reject_below(0, 1), "error_cost: expected a finite cost above 0, found 0"),
        (lambda: reject_below(1, -1), "hand_on_cost: expected a finite cost of at least 0, found -1"),
        (lambda: extraction([[]], []), "marked: expected the slots of 1 messages, found those of 0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---------------------------------------------------------------- judgement


def test_area_under_the_curve_as_in_hanley_and_mcneil():
    rating = np.repeat(np.tile(np.arange(5), 2), NORMAL + ABNORMAL)
    assert auroc(rating, np.arange(109) >= 58) == pytest.approx(0.893, abs=5e-4)


@given(scores, st.data())
def test_the_area_is_turned_round_with_the_scores(values, data):
    inside = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    if 0 < sum(inside) < len(inside):
        area = auroc(values, inside)
        assert 0 <= area <= 1
        assert auroc([-v for v in values], inside) == pytest.approx(1 - area)


def test_risk_against_coverage_by_hand():
    curve = risk_coverage([0.9, 0.1, 0.5, 0.5], [1, 0, 1, 0])
    assert curve.bar.tolist() == [0.9, 0.5, 0.1]
    assert curve.coverage.tolist() == [0.25, 0.75, 1.0]
    assert curve.risk == pytest.approx([0, 1 / 3, 1 / 2])
    weighted = risk_coverage([0.9, 0.1], [0, 1], [3, 1])
    assert (weighted.coverage.tolist(), weighted.risk.tolist()) == ([0.75, 1.0], [1.0, 0.75])


@given(scores, st.data())
def test_coverage_grows_to_one_and_the_last_risk_is_the_share_wrong(values, data):
    right = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    curve = risk_coverage(values, right)
    assert (np.diff(curve.coverage) > 0).all()
    assert curve.coverage[-1] == pytest.approx(1)
    assert curve.risk[-1] == pytest.approx(1 - np.mean(right))


def test_calibration_of_two_scores_meets_their_targets():
    # Ten cases at each score, 9 and 2 right: with Platt's targets 12/13 and 1/11 the curve meets both means exactly.
    right = [1] * 9 + [0] + [1] * 2 + [0] * 8
    curve = calibrate([2.0] * 10 + [-1.0] * 10, right)
    high = (9 * 12 / 13 + 1 / 11) / 10
    low = (2 * 12 / 13 + 8 / 11) / 10
    assert curve.probability([2.0, -1.0]) == pytest.approx([high, low], abs=1e-8)
    assert curve.score(float(curve.probability(0.3))) == pytest.approx(0.3)


@given(scores, st.data())
def test_calibration_exists_for_anything_and_counts_cases_by_weight(values, data):
    right = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    curve = calibrate(values, right)
    assert np.isfinite([curve.slope, curve.intercept]).all()
    same = calibrate(values, right, [3.0] * len(values))
    assert same.probability(values) == pytest.approx(curve.probability(values), abs=1e-6)


def test_chow_by_hand():
    assert reject_below(6, 1.5) == 0.75
    assert reject_below(6, 0) == 1
    assert reject_below(1, 2) == 0


@given(st.floats(0.01, 100), st.floats(0, 100), st.floats(0, 1))
def test_chow_is_the_cheaper_choice(wrong, person, right):
    answer = right >= reject_below(wrong, person)
    cheaper = (1 - right) * wrong <= person + 1e-9
    assert answer == cheaper or (1 - right) * wrong == pytest.approx(person, abs=1e-6)


# ---------------------------------------------------------------- slots


def test_slots_by_list_and_by_form():
    finder = SlotFinder({"order": r"\d{8}"}).fit(
        [[("product", "rice cooker"), ("colour", "red")], [("product", "rice")]]
    )
    assert finder.find(["The RED rice cooker of 12345678", "reddish rice", ""]) == [
        [("colour", "RED"), ("product", "rice cooker"), ("order", "12345678")],
        [("product", "rice")],
        [],
    ]


def test_a_mask_hides_the_value_and_keeps_the_rest():
    finder = SlotFinder({"order": r"\d{8}"}).fit([[("product", "coat")]])
    assert finder.mask(["Coat of 12345678, and 87654321!", "", "coats"]) == [
        "anyproduct of anyorder, and anyorder!",
        "",
        "coats",
    ]


def test_precision_and_recall_by_hand():
    found = [[("size", "m"), ("size", "M"), ("colour", "red")], []]
    marked = [[("size", "M"), ("product", "coat")], [("size", "L")]]
    result = extraction(found, marked)
    assert (result.precision, result.recall) == (1 / 3, 1 / 3)
    assert math.isnan(extraction([[]], [[]]).precision)


@given(st.text(max_size=60))
def test_found_slots_stand_in_the_message(text):
    finder = SlotFinder({"number": r"\d+"}).fit([[("word", "a"), ("word", "b c")]])
    assert all(value in text for _, value in finder.find([text])[0])
