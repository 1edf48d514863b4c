import numpy as np
import pytest
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st
from seeding import chapter

from casebook import ledger

model = chapter("june-2020/learning")
GIVEN = ledger.assumptions("june-2020/learning")
errors, gaps = st.floats(0, 0.49), st.floats(-8, 8)


@pytest.fixture(autouse=True)
def constants(monkeypatch):
    monkeypatch.setitem(model.questions.__globals__, "given", GIVEN)


def test_what_an_answer_tells_by_hand():
    assert [model.information(0, eps) for eps in (0, 0.1, 0.2)] == pytest.approx([0.25, 0.16, 0.09])
    # Only right answers spoilt, a tenth: heard right 0.45, slope 0.225.
    assert model.information(0, 0.1, 0) == pytest.approx(0.225**2 / (0.45 * 0.55))
    assert model.information(0, 0.5) == 0


@settings(max_examples=40, deadline=None)
@over(gaps, errors, st.floats(0, 1))
def test_information_is_the_curvature_of_the_likelihood(gap, eps, even):
    h = 1e-4
    low, here, high = (model.heard_right(gap + d, eps, even) for d in (-h, 0, h))
    slope = (high - low) / (2 * h)
    assert model.information(gap, eps, even) == pytest.approx(slope**2 / (here * (1 - here)), rel=1e-3, abs=1e-9)


@settings(max_examples=40, deadline=None)
@over(gaps, errors)
def test_mishearing_loses_at_least_its_square(gap, eps):
    assert model.information(gap, eps) <= (1 - 2 * eps) ** 2 * model.information(gap, 0) + 1e-12


def test_answers_needed_by_hand():
    # (2 * 1.281552)^2 - 1/2.25 = 6.125063, at information 0.25, 0.16 and 0.09.
    found = [model.questions(GIVEN.but(misheard=eps)) for eps in (0, 10, 20)]
    assert found == pytest.approx([24.50, 38.28, 68.06], abs=0.01)
    assert model.questions(GIVEN.but(course=20)) == 0
    for eps, n in zip((0, 10, 20), found, strict=True):
        assert model.well_placed(n, GIVEN.but(misheard=eps)) == pytest.approx(80)


@pytest.mark.parametrize(("eps", "n"), [(0, 25), (10, 38), (20, 68)])
def test_simulated_pupils_come_near_what_the_formula_says(eps, n):
    assert model.lesson(n, GIVEN.but(misheard=eps), pupils=3000, seed=5) == pytest.approx(78, abs=3)


def test_no_question_leaves_what_was_known_before():
    # Within half a level of the mean when the spread is one and a half: 2 Phi(1/3) - 1.
    assert model.well_placed(0, GIVEN) == pytest.approx(26.11, abs=0.01)
    assert model.lesson(0, GIVEN, pupils=5_000) == pytest.approx(26.11, abs=2)


def test_asking_again_against_asking_anew():
    assert model.again(0, 0.1) == pytest.approx(1 / (2 * 0.82))
    assert model.again(0, 1e-9) == pytest.approx(0.5)
    assert [model.turn(eps) for eps in (0.02, 0.1, 0.2)] == pytest.approx([3.93, 2.40, 1.81], abs=0.005)


def test_asking_again_by_drawing_answers():
    random, gap, eps, n = np.random.default_rng(3), 3.0, 0.1, 400_000
    low, high = [], []
    for level, kept in ((gap - 0.5, low), (gap + 0.5, high)):
        truth = random.random(n) < 1 / (1 + np.exp(-level))
        twice = truth ^ (random.random((2, n)) < eps)
        agree = twice[0] == twice[1]
        kept += [twice[0, agree].mean(), agree.mean()]
    p, slope = (low[0] + high[0]) / 2, high[0] - low[0]
    drawn = low[1] * slope**2 / (p * (1 - p)) / 2
    assert drawn / model.information(gap, eps) == pytest.approx(model.again(gap, eps), rel=0.15)


def test_funnel_and_bell_by_hand():
    assert model.pupils(846e6, 1e-3, 0.01) == pytest.approx(8460)
    assert [model.bell(1200, 60, rate) for rate in (10, 20, 40)] == [60, 0, 0]


@pytest.mark.parametrize(
    "change",
    [{"my_misheard": 50}, {"my_course": 0}, {"my_spread": "wide"}, {"my_questions": 2.5}, {"my_questions": -1}],
)
def test_a_bad_number_gives_one_line(change):
    numbers = {"my_misheard": 5, "my_course": 1, "my_spread": 1, "my_questions": 10}
    told = str(model.yours(lambda: model.my_picture(**{**numbers, **change})))
    assert told.startswith(next(iter(change)))
    assert "\n" not in told


@pytest.mark.parametrize(
    "change", [{"my_misheard": 0}, {"my_misheard": 49.9}, {"my_questions": 0}, {"my_spread": 0.01}]
)
def test_numbers_at_their_limits_are_drawn(change):
    numbers = {"my_misheard": 5, "my_course": 1, "my_spread": 1, "my_questions": 10}
    assert "yours" in model.yours(lambda: model.my_picture(**{**numbers, **change}))._repr_html_()
