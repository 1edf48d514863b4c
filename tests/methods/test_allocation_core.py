import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from casebook.methods.allocation import assignment, assignment_core, transportation


def test_core_by_hand():
    # The first person could go to the first post for 1 more, so that post keeps at least 1 more than the other.
    core = assignment_core([[10, 9], [8, 1]], [1, 0], [1, 1])
    assert core.low.tolist() == [1, 0]
    assert core.high.tolist() == [8, 7]
    # With a further person who may go anywhere, places keep at least what that person would bring.
    core = assignment_core([[10, 9], [8, 1], [3, 2]], [1, 0, -1], [1, 1])
    assert core.low.tolist() == [3, 2]
    # A place left over keeps nothing, and so does its neighbour who is no better.
    core = assignment_core([[4, 4]], [0], [1, 1])
    assert core.low.tolist() == core.high.tolist() == [0, 0]


def test_shapley_and_shubik_1972():
    # Their market of houses: what each buyer gains from each seller's house, optimum 16.
    gain = [[5, 8, 2], [7, 9, 6], [2, 3, 0]]
    best = assignment(-np.array(gain, dtype=float))
    assert best.cost == -16
    core = assignment_core(gain, best.posts, [1, 1, 1])
    people = [gain[i][post] for i, post in enumerate(best.posts)]
    assert [people[i] - core.high[post] for i, post in enumerate(best.posts)] == [3, 5, 0]
    assert [people[i] - core.low[post] for i, post in enumerate(best.posts)] == [5, 6, 1]


@given(
    hnp.arrays(float, st.tuples(st.integers(1, 5), st.integers(1, 4)), elements=st.integers(0, 30).map(float)),
    st.data(),
)
def test_no_pair_gains_by_leaving(gain, data):
    m, n = gain.shape
    capacity = data.draw(st.lists(st.integers(1, 3), min_size=n, max_size=n))
    found = assignment(-gain, capacity)
    posts = np.array([-1 if post is None else post for post in found.posts])
    core = assignment_core(gain, posts, capacity)
    out = np.flatnonzero(posts >= 0)
    for price in (core.low, core.high, (core.low + core.high) / 2):
        mine = np.zeros(m)
        mine[out] = gain[out, posts[out]] - price[posts[out]]
        assert (mine >= -1e-9).all()
        assert (price >= -1e-9).all()
        assert (mine[:, None] + price >= gain - 1e-9).all()
        assert mine.sum() + price @ capacity == pytest.approx(-found.cost)
    # The dual of the transportation problem is one such split, so it lies between both ends.
    padded = np.column_stack([-gain, np.zeros(m)])
    if m >= sum(capacity):
        plan = transportation(padded, np.ones(m), [*capacity, m - sum(capacity)])
        price = plan.demand_price[-1] - plan.demand_price[:-1]
        assert (price >= core.low - 1e-6).all()
        assert (price <= core.high + 1e-6).all()


def test_limits():
    empty = assignment_core([[-np.inf]], [-1], [1])
    assert empty.low.tolist() == empty.high.tolist() == [0]
    closed = assignment_core([[5.0]], [-1], [0])
    assert closed.low.tolist() == closed.high.tolist() == [5]
    assert assignment_core([[1e12]], [0], [1]).high.tolist() == [1e12]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: assignment_core([[1, 2]], [0], [1, 1]), "posts: expected the assignment of the largest gain"),
        (lambda: assignment_core([[10, 9], [8, 1]], [0, 1], [1, 1]), "posts: expected the assignment of the largest"),
        (lambda: assignment_core([[-1]], [0], [1]), "posts: expected the assignment of the largest gain"),
        (lambda: assignment_core([[1]], [-1], [1]), "posts: expected the assignment of the largest gain"),
        (lambda: assignment_core([[1], [1]], [0, 0], [1]), "posts: expected at most 1 at post 0, found 2"),
        (lambda: assignment_core([[1]], [1], [1]), "posts: expected one of -1 to 0 for each of 1 people"),
        (lambda: assignment_core([[1]], [0, 0], [1]), "posts: expected one of -1 to 0 for each of 1 people"),
        (lambda: assignment_core([[-np.inf]], [0], [1]), "posts: expected pairs that may meet, found person 0"),
        (lambda: assignment_core([[np.nan]], [0], [1]), "gain: expected finite numbers, found nan"),
        (lambda: assignment_core([[1]], [0], [1.5]), "capacity: expected whole numbers of at least 0, found 1.5"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
