"""Allocation: published optima, every choice tried, invariants, limits, and what is refused."""

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from casebook.methods.allocation import (
    apportion,
    assignment,
    blocking_pairs,
    gini,
    shapley,
    shift_cover,
    stable_matching,
    transportation,
)

# Hillier and Lieberman, Introduction to Operations Research: P & T Company, and Union Airways.
CANNED = [[464, 513, 654, 867], [352, 416, 690, 791], [995, 682, 388, 685]]
SHIFT_COST = [170, 160, 175, 180, 195]
SHIFTS = [
    [1, 0, 0, 0, 0], [1, 1, 0, 0, 0], [1, 1, 0, 0, 0], [1, 1, 1, 0, 0], [0, 1, 1, 0, 0],
    [0, 0, 1, 1, 0], [0, 0, 1, 1, 0], [0, 0, 0, 1, 0], [0, 0, 0, 1, 1], [0, 0, 0, 0, 1],
]  # fmt: skip
REQUIRED = [48, 79, 65, 87, 64, 73, 82, 43, 52, 15]

costs = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda shape: hnp.arrays(float, shape, elements=st.integers(-9, 30).map(float))
)


def test_published_transport():
    found = transportation(CANNED, [75, 125, 100], [80, 65, 70, 85])
    assert found.cost == 152_535
    assert found.flow.sum(axis=0).tolist() == [80, 65, 70, 85]
    assert found.flow.sum(axis=1).tolist() == [75, 125, 100]
    assert found.supply_price @ [75, 125, 100] + found.demand_price @ [80, 65, 70, 85] == pytest.approx(152_535)
    # One load more at a plant, and one more wanted, move the cost by the prices.
    more = transportation(CANNED, [75, 126, 100], [80, 66, 70, 85])
    assert more.cost - 152_535 == pytest.approx(found.supply_price[1] + found.demand_price[1])


def test_published_shifts():
    found = shift_cover(SHIFT_COST, SHIFTS, REQUIRED)
    assert (found.cost, found.bound, found.staff) == (30_610, 30_610, [48, 31, 39, 43, 15])
    assert found.spare == [0, 0, 14, 31, 6, 9, 0, 0, 6, 0]


def test_published_apportionment():
    # Balinski and Young, Fair Representation: six states, 36 seats.
    people = [27_744, 25_178, 19_951, 14_610, 9_225, 3_292]
    assert apportion(people, 36, "hamilton") == [10, 9, 7, 5, 4, 1]
    assert apportion(people, 36, "webster") == [10, 9, 8, 5, 3, 1]


def test_alabama_paradox():
    # One seat more in all, one less for the smallest: quotas 4.29, 4.29, 1.43 and 4.71, 4.71, 1.57.
    assert apportion([6, 6, 2], 10, "hamilton") == [4, 4, 2]
    assert apportion([6, 6, 2], 11, "hamilton") == [5, 5, 1]
    assert apportion([6, 6, 2], 10, "webster")[2] <= apportion([6, 6, 2], 11, "webster")[2]


def test_published_shares():
    gloves = shapley(lambda group: float("R" in group and bool(group & {"L", "M"})), "LMR")
    assert gloves == pytest.approx({"L": 1 / 6, "M": 1 / 6, "R": 2 / 3})
    # The airport game of Littlechild and Owen: runways of length 1, 2 and 4 cost 1/3, 5/6 and 17/6.
    runway = shapley(lambda group: float(max(group, default=0)), [1, 2, 4])
    assert runway == pytest.approx({1: 1 / 3, 2: 5 / 6, 4: 17 / 6})
    # The UN Security Council: five with a veto, nine of fifteen to pass.
    council = shapley(lambda group: float(len(group) >= 9 and group >= set(range(5))), range(15))
    assert council[0] == pytest.approx(0.196270, abs=5e-7)
    assert council[14] == pytest.approx(0.001865, abs=5e-7)


def test_gini_by_hand():
    assert gini([1, 2, 3, 4, 5]) == pytest.approx(4 / 15)
    assert gini([0, 0, 0, 8]) == 0.75
    assert gini([3, 3, 3]) == gini([0, 0]) == gini([7]) == 0


def test_matching_by_hand():
    # Gale and Shapley's three women and men in a circle of wishes: each side can have its first choice.
    women = {"a": "ABC", "b": "BCA", "c": "CAB"}
    men = {"A": "bca", "B": "cab", "C": "abc"}
    assert stable_matching(women, men) == {"a": "A", "b": "B", "c": "C"}
    assert stable_matching(men, women) == {"A": "b", "B": "c", "C": "a"}
    assert blocking_pairs({"a": "A", "b": "C", "c": "B"}, women, men) == [("c", "A")]
    assert blocking_pairs({}, {"a": "A"}, {"A": "a"}) == [("a", "A")]
    # One shop with two places takes the two it likes best; who is not acceptable stays without.
    staff = {name: ["shop"] for name in "uvwx"}
    assert stable_matching(staff, {"shop": "wvu"}, 2) == {"u": None, "v": "shop", "w": "shop", "x": None}


@given(costs, st.data())
def test_transport_is_optimal(cost, data):
    m, n = cost.shape
    supply = data.draw(st.lists(st.integers(0, 20), min_size=m, max_size=m))
    demand = data.draw(st.lists(st.integers(0, 9), min_size=n, max_size=n))
    assume(sum(supply) >= sum(demand))
    found = transportation(cost, supply, demand)
    assert (found.flow >= 0).all()
    assert found.flow.sum(axis=0).tolist() == demand
    assert (found.flow.sum(axis=1) <= supply).all()
    reduced = cost - found.supply_price[:, None] - found.demand_price
    assert (reduced >= -1e-6).all()
    assert (np.abs(reduced[found.flow > 0]) <= 1e-6).all()
    assert found.cost == pytest.approx(found.supply_price @ supply + found.demand_price @ demand, abs=1e-6)


@given(costs, st.data())
def test_every_assignment_tried(cost, data):
    m, n = cost.shape
    cost[data.draw(hnp.arrays(bool, cost.shape))] = np.inf
    capacity = data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    found = assignment(cost, capacity)
    best = (1, 0.0)
    for posts in product([None, *range(n)], repeat=m):
        taken = [post for post in posts if post is not None]
        price = sum(cost[person, post] for person, post in enumerate(posts) if post is not None)
        if all(taken.count(post) <= capacity[post] for post in taken) and np.isfinite(price):
            best = min(best, (-len(taken), price))
    assert sum(post is not None for post in found.posts) == -best[0]
    assert found.cost == pytest.approx(best[1])


@given(
    hnp.arrays(float, 3, elements=st.integers(0, 9).map(float)),
    hnp.arrays(int, (3, 3), elements=st.integers(0, 1)),
    hnp.arrays(int, 3, elements=st.integers(0, 4)),
)
def test_every_staff_tried(cost, covers, required):
    required = np.where(covers.any(axis=1), required, 0)
    found = shift_cover(cost, covers, required)
    enough = [staff for staff in product(range(5), repeat=3) if (covers @ staff >= required).all()]
    assert found.cost == found.bound == min(cost @ staff for staff in enough)
    assert (covers @ found.staff - required).tolist() == found.spare
    assert min(found.spare) >= 0


@st.composite
def markets(draw):
    people, posts = "abcd"[: draw(st.integers(1, 4))], "XYZ"[: draw(st.integers(1, 3))]

    def wishes(names, others):
        return {name: draw(st.permutations(others).map(list))[: draw(st.integers(0, len(others)))] for name in names}

    return wishes(people, posts), wishes(posts, people), {post: draw(st.integers(0, 3)) for post in posts}


@given(markets())
def test_matchings_are_stable_and_best_for_applicants(market):
    applicants, posts, capacity = market
    found = stable_matching(applicants, posts, capacity)
    assert blocking_pairs(found, applicants, posts, capacity) == []
    assert stable_matching(dict(reversed(applicants.items())), posts, capacity) == found
    for other in stable_ones(applicants, posts, capacity):
        for name, wished in applicants.items():
            order = [*wished, None]
            assert order.index(found[name]) <= order.index(other[name])
            # Whoever is without a post in one stable matching is so in all (rural hospitals theorem).
            assert (found[name] is None) == (other[name] is None)


def stable_ones(applicants, posts, capacity):
    for chosen in product(*([*wished, None] for wished in applicants.values())):
        matching = dict(zip(applicants, chosen, strict=True))
        mutual = all(name in posts[post] for name, post in matching.items() if post is not None)
        if mutual and all(chosen.count(post) <= places for post, places in capacity.items()):
            pairs = blocking_pairs(matching, applicants, posts, capacity)
            if not pairs:
                yield matching


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=9), st.integers(0, 500))
def test_seats_add_up_and_stay_near_the_quota(votes, seats):
    assume(any(votes))
    for method in ("hamilton", "webster"):
        given_seats = apportion(votes, seats, method)
        assert sum(given_seats) == seats
        assert all(got == 0 for got, vote in zip(given_seats, votes, strict=True) if vote == 0)
        seats_by_vote = sorted(zip(votes, given_seats, strict=True))
        assert [got for _, got in seats_by_vote] == sorted(given_seats)
    quotas = [seats * vote / sum(votes) for vote in votes]
    hamilton = apportion(votes, seats, "hamilton")
    assert all(abs(got - quota) < 1 + 1e-9 for got, quota in zip(hamilton, quotas, strict=True))
    webster, more = apportion(votes, seats), apportion(votes, seats + 1)
    assert all(one <= two <= one + 1 for one, two in zip(webster, more, strict=True))
    # Webster's condition: no transfer of a seat brings two nearer to equal seats a vote.
    for i, j in permutations(range(len(votes)), 2):
        assert webster[i] == 0 or votes[j] * (2 * webster[i] - 1) <= votes[i] * (2 * webster[j] + 1)


@given(st.lists(st.floats(-5, 5), min_size=8, max_size=8), st.floats(-3, 3))
def test_shares_add_up(values, gift):
    def worth(group):
        return values[sum(2**k for k in group)]

    shares = shapley(worth, range(3))
    assert sum(shares.values()) == pytest.approx(values[7] - values[0], abs=1e-9)
    lifted = shapley(lambda group: worth(group) + gift * (1 in group), range(3))
    assert lifted[1] == pytest.approx(shares[1] + gift, abs=1e-9)
    assert lifted[0] == pytest.approx(shares[0], abs=1e-9)
    orders = [
        sum(worth(order[: k + 1]) - worth(order[:k]) for k in range(3) if order[k] == 2)
        for order in permutations(range(3))
    ]
    assert shares[2] == pytest.approx(sum(orders) / 6, abs=1e-9)


@given(st.lists(st.floats(0, 1e300), min_size=1, max_size=20), st.sampled_from([1e-8, 3.0]))
def test_inequality(values, unit):
    found = gini(values)
    assert 0 <= found <= 1 - 1 / len(values) + 1e-12
    assert gini([value * unit for value in values]) == pytest.approx(found, abs=1e-9)
    assert gini(values + values) == pytest.approx(found, abs=1e-9)
    assert gini([value + max(values) + 1 for value in values]) <= found + 1e-12


def test_limits():
    assert transportation([[3]], [5], [0]).cost == 0
    assert transportation([[3, np.inf], [np.inf, 4]], [1, 9], [1, 9]).cost == 39
    assert transportation([[1e12]], [1e-9], [1e-9]).cost == pytest.approx(1000)
    assert transportation([[0.5, 1.5]], [0.3], [0.1, 0.2]).cost == pytest.approx(0.35)
    assert assignment([[np.inf]]).posts == [None]
    assert assignment([[1, 2]], [0, 0]).posts == [None]
    assert assignment([[5], [4], [3]], [10**15]).cost == 12
    assert assignment([[5], [4], [3]]).posts == [None, None, 0]
    assert shift_cover([5], [[1]], [0]).cost == 0
    assert shift_cover([0], [[1]], [7]).cost == 0
    assert stable_matching({}, {}) == {}
    assert apportion([0, 1], 0) == [0, 0]
    assert apportion([1, 1, 1], 2, "hamilton") == apportion([1, 1, 1], 2) == [1, 1, 0]
    assert apportion([1e300, 1e-300], 10**12)[0] == 10**12
    assert shapley(lambda group: 3.0 * len(group), ["only"]) == {"only": 3}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: transportation([[1]], [1], [2]), "supply: expected at least 2 in all, found 1"),
        (lambda: transportation([[np.inf]], [2], [2]), "demand: expected what the allowed ways can carry, found 2"),
        (lambda: transportation([[np.nan]], [2], [2]), "cost: expected finite numbers or inf, found nan in row 0"),
        (lambda: transportation([1, 2], [2], [2]), r"cost: expected at least one row .* found shape \(2,\)"),
        (lambda: transportation([[1]], [-1], [0]), "supply: expected finite numbers of at least 0, found -1"),
        (lambda: transportation([[1]], [1], [1, 1]), r"demand: expected 1 numbers in a row, found shape \(2,\)"),
        (lambda: assignment([[-np.inf]]), "cost: expected finite numbers or inf, found -inf in row 0, column 0"),
        (lambda: assignment([[1]], [0.5]), "capacity: expected whole numbers of at least 0, found 0.5"),
        (lambda: assignment([["x"]]), "cost: expected numbers, found"),
        (lambda: assignment(np.zeros((0, 2))), r"cost: expected at least one row .* found shape \(0, 2\)"),
        (lambda: shift_cover([1], [[0]], [2]), "required: expected 0 in period 0, when no shift works, found 2"),
        (lambda: shift_cover([1], [[2]], [2]), "covers: expected zeros and ones for 1 shifts, found"),
        (lambda: shift_cover([1], [[1]], [1.5]), "required: expected whole numbers of at least 0, found 1.5"),
        (lambda: shift_cover([-1], [[1]], [1]), "cost: expected finite numbers of at least 0, found -1"),
        (lambda: stable_matching({"a": "X"}, {}), "applicants: expected names of the other side for 'a', found 'X'"),
        (lambda: stable_matching({"a": "XX"}, {"X": "a"}), "applicants: expected each name once for 'a', found"),
        (lambda: stable_matching({}, {"X": ""}, -1), "capacity: expected a whole number of at least 0, found -1"),
        (lambda: stable_matching({}, {"X": ""}, {}), "capacity: expected one for every post, found none for 'X'"),
        (lambda: blocking_pairs({"a": "X"}, {"a": ""}, {"X": "a"}), "matching: expected two who accept each other"),
        (
            lambda: blocking_pairs({"a": "X", "b": "X"}, {"a": "X", "b": "X"}, {"X": "ab"}),
            "matching: expected at most 1 at 'X', found 2",
        ),
        (lambda: apportion([0, 0], 3), "votes: expected at least one above 0, found"),
        (lambda: apportion([], 3), r"votes: expected one or more numbers in a row, found shape \(0,\)"),
        (lambda: apportion([1], -3), "seats: expected a whole number of at least 0, found -3"),
        (lambda: apportion([1], 2.5), "seats: expected a whole number of at least 0, found 2.5"),
        (
            lambda: apportion([1], 3, "dhondt"),
            "method: expected one of 'hamilton', 'webster', 'huntington-hill', found 'dhondt'",
        ),
        (lambda: shapley(len, []), r"players: expected 1 to 16 different players, found \[\]"),
        (lambda: shapley(len, "aa"), "players: expected 1 to 16 different players, found"),
        (lambda: shapley(lambda group: np.nan, "a"), "value: expected finite numbers, found nan"),
        (lambda: gini([]), r"values: expected one or more numbers in a row, found shape \(0,\)"),
        (lambda: gini([1, -1]), "values: expected finite numbers of at least 0, found -1"),
        (lambda: gini([np.nan]), "values: expected finite numbers of at least 0, found nan"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
