import math

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from seeding import chapter, refused

model = chapter("sars-to-covid/organisation")
given = model.given
CLOSED = given.but(newcomers=0)


@pytest.mark.parametrize(("people", "share"), [(1, 1 / 3), (2, 5 / 9), (3, 19 / 27), (5, 211 / 243)])
def test_one_fact_by_hand(people, share):
    # The code can only turn right, and it does if anybody was right at first.
    ends = model.companies(0.5, CLOSED.but(facts=1, people=people), 60, size=8000)[-1]
    assert ends.mean() == pytest.approx(share, abs=0.02)


def test_a_round_by_hand_and_one_with_a_blank_code():
    # The code is wrong on both facts. The first person knows one, the second two, the third none.
    facts, code = np.array([[1, 1]]), np.array([[-1, -1]])
    people = np.array([[[1, -1], [1, 1], [-1, -1]]])
    learned, turned = model.learn(np.random.default_rng(0), people, code, facts, 1, 1)
    assert learned.tolist() == [[[-1, -1]] * 3]  # everybody follows the code as it was
    assert turned.tolist() == [[1, -1]]  # two votes for the first fact, a tie on the second
    kept, stays = model.learn(np.random.default_rng(0), people, code, facts, 0, 0)
    assert (kept == people).all()
    assert (stays == code).all()
    facts, people = np.ones((40_000, 1), int), np.ones((40_000, 2, 1), int)
    people[:, 0] = 0
    learned, code = model.learn(np.random.default_rng(1), people, np.zeros_like(facts), facts, 1, 0.3)
    assert (learned == people).all()
    assert code.mean() == pytest.approx(0.3, abs=0.01)


def test_march_slow_learning_ends_higher_and_none_stays_at_a_third():
    # Organization Science 2 (1991), figure 1: the order of the curves.
    ends = [model.companies(p1, CLOSED, 150)[-1].mean() for p1 in (0.1, 0.5, 0.9)]
    assert ends == sorted(ends, reverse=True)
    assert ends[0] > ends[-1] + 0.1
    assert model.companies(0, CLOSED, 20).mean() == pytest.approx(1 / 3, abs=0.005)


def test_a_shock_costs_what_it_turns_over_and_a_closed_company_keeps_the_loss():
    path = model.companies(0.9, CLOSED.but(overturned=100), 60, shock=50).mean(axis=1)
    # Everybody agrees and everything turns: what was wrong is right and the other way about.
    assert path[51] == pytest.approx(1 - path[50], abs=1e-9)
    assert path[60] == path[51]


def test_approval_as_published_and_at_its_limits():
    published = {(2, 2, 0.8): 0.64, (1, 2, 0.8): 0.96, (1, 2, 0.2): 0.36, (2, 3, 0.6): 0.648}
    limits = {(0, 3, 0.5): 1, (4, 3, 0.5): 0}
    assert {case: model.approves(*case) for case in published | limits} == pytest.approx(published | limits)


@drawn(st.integers(1, 12), st.floats(0.5, 0.95), st.floats(0.05, 0.45), st.floats(0.01, 100))
def test_the_best_number_of_yeses_against_trying_all(n, good, bad, beta):
    def worth(k):
        yes = [sum(math.comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(int(k), n + 1)) for p in (good, bad)]
        return yes[0] - beta * yes[1]

    best = max(worth(k) for k in range(n + 2))
    assert worth(model.best_k(n, good, bad, beta)) == pytest.approx(best, abs=1e-9)


@settings(max_examples=50)
@drawn(st.floats(0.51, 0.99), st.floats(0.1, 10))
def test_flat_beats_a_chain_of_two_when_harm_is_less_than_gain(p, beta):
    flat, chain = (model.approves(k, 2, p) - beta * model.approves(k, 2, 1 - p) for k in (1, 2))
    assert flat - chain == pytest.approx(2 * p * (1 - p) * (1 - beta), abs=1e-9)


def test_bad_numbers_are_told():
    good = {"my_people": 30, "my_rounds": 25, "my_newcomers": 4, "my_code": 0.5}
    refused(model, good, my_people=[0, 10**6], my_rounds=[0, 2.5], my_newcomers=[-1], my_code=[1.5])
