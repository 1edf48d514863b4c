"""Apportionment and selection: published digits, every rule by brute force, invariants, limits, and what is refused."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from casebook.methods.allocation import apportion, select

# Census of 1880, people of the 38 states from Alabama to Wisconsin; together 49,371,340.
CENSUS = [
    1262505, 802525, 864694, 194327, 622700, 146608, 269493, 1542180, 3077871, 1978301, 1624615, 996096, 1648690,
    939946, 648936, 934943, 1783085, 1636937, 780773, 1131597, 2168380, 452402, 62266, 346991, 1131116, 5082871,
    1399750, 3198062, 174768, 4282891, 276531, 995577, 1542359, 1591749, 332286, 1512565, 618457, 1315497,
]  # fmt: skip
ALABAMA, ILLINOIS, TEXAS = 0, 8, 33
RULES = ("hamilton", "webster", "huntington-hill")

votes_and_seats = st.tuples(st.lists(st.integers(1, 500), min_size=1, max_size=5), st.integers(5, 30))


def test_the_alabama_paradox_of_1880():
    assert sum(CENSUS) == 49_371_340
    fewer, more = (apportion(CENSUS, seats, "hamilton", least=1) for seats in (299, 300))
    assert [fewer[k] for k in (ALABAMA, ILLINOIS, TEXAS)] == [8, 18, 9]
    assert [more[k] for k in (ALABAMA, ILLINOIS, TEXAS)] == [7, 19, 10]


def test_six_states_by_huntington_and_hill():
    # Balinski and Young, Fair Representation: six states, 36 seats, where the classical rules disagree.
    assert apportion([27_744, 25_178, 19_951, 14_610, 9_225, 3_292], 36, "huntington-hill") == [10, 9, 7, 6, 3, 1]


@pytest.mark.parametrize("rule", RULES)
def test_more_seats_take_none_away_except_by_hamilton(rule):
    given_seats = [apportion(CENSUS, seats, rule, least=1) for seats in range(290, 311)]
    lost = any((np.diff(given_seats, axis=0) < 0).ravel())
    assert lost == (rule == "hamilton")


@given(votes_and_seats, st.sampled_from(RULES), st.integers(0, 1))
def test_seats_add_up_and_follow_votes(drawn, rule, least):
    votes, seats = drawn
    found = apportion(votes, seats, rule, least)
    assert sum(found) == seats
    assert min(found) >= least
    order = np.argsort(votes, kind="stable")
    ranked = np.array(votes)[order]
    seated = np.array(found)[order]
    assert all(seated[k] <= seated[k + 1] for k in range(len(votes) - 1) if ranked[k] < ranked[k + 1])


@given(st.lists(st.integers(1, 60), min_size=2, max_size=3), st.integers(3, 9))
def test_each_rule_is_the_best_by_its_own_measure(votes, seats):
    assume(len(set(votes)) == len(votes))
    choices = [c for c in product(range(seats + 1), repeat=len(votes)) if sum(c) == seats]
    total = sum(votes)

    def worth(choice, measure):
        return sum(measure(v, a) for v, a in zip(votes, choice, strict=True))

    measures = {
        "hamilton": lambda v, a: (a - v * seats / total) ** 2,
        "webster": lambda v, a: (a - v * seats / total) ** 2 / v,
        "huntington-hill": lambda v, a: v * v / a if a else 1e9,
    }
    for rule, measure in measures.items():
        best = min(worth(choice, measure) for choice in choices)
        assert worth(apportion(votes, seats, rule), measure) == pytest.approx(best)


def test_least_is_given_even_to_nobody():
    assert apportion([5, 0, 0], 3, "webster", least=1) == [1, 1, 1]
    assert apportion([5, 0], 3, "huntington-hill") == [3, 0]
    assert apportion([1, 1], 0, "huntington-hill") == [0, 0]
    assert apportion([10**12, 1], 10**9, "huntington-hill", least=1) == [10**9 - 1, 1]


def test_thirty_thousand_over_a_hundred():
    people = [24_000_000 // rank for rank in range(1, 101)]
    assert all(sum(apportion(people, 30_000, rule, least=1)) == 30_000 for rule in RULES)


@pytest.mark.parametrize(
    ("chosen", "share"), [(0.05, 0.88), (0.10, 0.84), (0.20, 0.78), (0.30, 0.74), (0.50, 0.67), (0.95, 0.52)]
)
def test_the_table_of_taylor_and_russell(chosen, share):
    # Validity 0.50, base rate 0.50, Journal of Applied Psychology 23 (1939).
    assert round(select([0.5], [chosen], 0.5).fit, 2) == share


def test_validity_one_half_at_the_median():
    # The orthant probability of Sheppard: 1/2 + arcsin(0.5)/pi = 2/3; the mean of the upper half is sqrt(2/pi) * 0.5.
    assert select([0.5], [0.5], 0.5).fit == pytest.approx(2 / 3, abs=1e-9)
    assert select([0.5], [0.5], 0.5).quality == pytest.approx(0.3989422804, abs=1e-9)


def test_useless_judgement_is_a_lottery():
    drawn = select([0, 0], [0.1, 0.01], 0.05)
    assert (drawn.fit, drawn.found, drawn.quality) == pytest.approx((0.05, 0.01, 0), abs=1e-9)
    everybody = select([0.7], [1], 0.2)
    assert (everybody.fit, everybody.found) == pytest.approx((0.2, 1))


@given(st.floats(0.01, 0.9), st.floats(0.001, 0.5), st.floats(0.01, 0.5))
def test_a_better_judgement_chooses_better(validity, chosen, base):
    worse, better = (select([rho], [chosen], base) for rho in (validity * 0.8, validity))
    assert better.quality > worse.quality
    assert better.fit >= worse.fit
    assert better.found * base == pytest.approx(better.fit * chosen)


def test_one_in_a_thousand_million():
    rare = select([0.3, 0.6], [1e-6, 1e-9], 0.001)
    assert 0.5 < rare.fit < 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: apportion([1, 2], 1, least=1), "seats: expected a whole number of at least 2, found 1"),
        (lambda: apportion([1], 1, least=2), "least: expected a whole number from 0 to 1, found 2"),
        (lambda: select([1.0], [0.1], 0.5), "validities: expected numbers from 0 to 0.99, found 1"),
        (lambda: select([0.5], [0.0], 0.5), r"kept: expected shares above 0 that do not rise from 1, found \[0.0\]"),
        (lambda: select([0.5, 0.5], [0.1, 0.2], 0.5), "kept: expected shares above 0"),
        (lambda: select([0.5], [0.1], 1), "base: expected a share between 0 and 1, found 1"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
