"""Sharing: published optima and shares, every choice tried, invariants, limits, and what is refused."""

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from seeding import named

from casebook.methods.sharing import assignment, shapley, transportation

# Hillier and Lieberman, Introduction to Operations Research: P & T Company.
CANNED = [[464, 513, 654, 867], [352, 416, 690, 791], [995, 682, 388, 685]]

costs = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda shape: hnp.arrays(float, shape, elements=st.integers(-9, 30).map(float))
)


def test_published_transport():
    found = transportation(CANNED, [75, 125, 100], [80, 65, 70, 85])
    assert found.cost == 152_535
    # One load more at a plant, and one more wanted, move the cost by the prices.
    more = transportation(CANNED, [75, 126, 100], [80, 66, 70, 85])
    assert more.cost - 152_535 == pytest.approx(found.supply_price[1] + found.demand_price[1])


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
    assert shapley(lambda group: 3.0 * len(group), ["only"]) == {"only": 3}


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
    for posts in product(range(-1, n), repeat=m):
        taken = [post for post in posts if post >= 0]
        price = sum(cost[person, post] for person, post in enumerate(posts) if post >= 0)
        if all(taken.count(post) <= capacity[post] for post in taken) and np.isfinite(price):
            best = min(best, (-len(taken), price))
    assert (found.posts >= 0).sum() == -best[0]
    assert found.cost == pytest.approx(best[1])


def test_published_market_of_houses():
    # Shapley and Shubik 1972: what each buyer gains from each seller's house; optimum 16, and both ends of the core.
    gain = np.array([[5, 8, 2], [7, 9, 6], [2, 3, 0]])
    plan = transportation(np.vstack([-gain, np.zeros(3)]), [1, 1, 1, 3], [1, 1, 1])
    assert plan.cost == assignment(-gain).cost == -16
    buyers = -plan.supply_price[:-1]
    assert (np.array([3, 5, 0]) - 1e-9 <= buyers).all()
    assert (buyers <= np.array([5, 6, 1]) + 1e-9).all()


@given(hnp.arrays(float, st.tuples(st.integers(1, 5), st.integers(1, 4)), elements=st.integers(0, 30).map(float)))
def test_prices_are_a_split_that_no_pair_would_leave(gain):
    m, n = gain.shape
    plan = transportation(np.vstack([-gain, np.zeros(n)]), [*np.ones(m), n], np.ones(n))
    people, posts = -plan.supply_price[:-1], -plan.demand_price
    assert min(people.min(), posts.min()) >= -1e-9
    assert (people[:, None] + posts >= gain - 1e-9).all()
    assert people.sum() + posts.sum() == pytest.approx(-plan.cost) == pytest.approx(-assignment(-gain).cost)


@given(st.lists(st.floats(-5, 5), min_size=8, max_size=8), st.floats(-3, 3))
def test_shapley_shares_add_up_over_all_orders(values, gift):
    def worth(group):
        return values[sum(2**k for k in group)]

    shares = shapley(worth, range(3))
    assert sum(shares.values()) == pytest.approx(values[7] - values[0], abs=1e-9)
    lifted = shapley(lambda group: worth(group) + gift * (1 in group), range(3))
    assert lifted == pytest.approx({**shares, 1: shares[1] + gift}, abs=1e-9)
    orders = list(permutations(range(3)))
    before = [order[: order.index(2)] for order in orders]
    assert shares[2] == pytest.approx(sum(worth([*group, 2]) - worth(group) for group in before) / 6, abs=1e-9)


def test_limits():
    assert transportation([[3]], [5], [0]).cost == 0
    assert transportation([[3, np.inf], [np.inf, 4]], [1, 9], [1, 9]).cost == 39
    assert transportation([[1e12]], [1e-9], [1e-9]).cost == pytest.approx(1000)
    assert transportation([[0.5, 1.5]], [0.3], [0.1, 0.2]).cost == pytest.approx(0.35)
    assert assignment([[np.inf]]).posts == assignment([[1, 2]], [0, 0]).posts == [-1]
    assert assignment([[5], [4], [3]], [10**9]).cost == 12
    assert assignment([[5], [4], [3]]).posts.tolist() == [-1, -1, 0]


def test_bad_input_is_refused():
    named(
        (lambda: transportation([[1]], [1], [2]), "demand: expected what a supply of 1 .* can meet, found 2"),
        (lambda: transportation([[np.inf]], [2], [2]), "demand: expected what .* the allowed ways can meet, found 2"),
        (lambda: transportation([[np.nan]], [2], [2]), "cost: expected finite numbers .* found nan"),
        (lambda: transportation([1, 2], [2], [2]), r"cost: expected numbers of shape .* found shape \(2\)"),
        (lambda: transportation([[1]], [-1], [0]), "supply: expected finite numbers of at least 0 .* found -1"),
        (lambda: assignment([[1]], [0.5]), "capacity: expected whole numbers from 0 .* found 0.5"),
        (lambda: assignment([["x"]]), "cost: expected numbers, found"),
        (lambda: assignment(np.zeros((0, 2))), "cost: expected at least one number, found none"),
        (lambda: shapley(len, "aa"), "players: expected 1 to 16 different players, found"),
        (lambda: shapley(lambda group: np.nan, "a"), "value: expected finite numbers .* found nan"),
    )
