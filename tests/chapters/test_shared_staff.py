from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from seeding import chapter, told

model = chapter("sars-to-covid/shared-staff")
GIVEN = model.given


def test_published_waits():
    # Cooper, Introduction to Queueing Theory, chapter 3: four sites apart, one pool, and the pool that serves as well.
    assert model.wait(10, 8) == pytest.approx(0.409180, abs=5e-7)
    assert model.wait(40, 32) == pytest.approx(0.121183, abs=5e-7)
    assert model.wait(36, 32) <= model.wait(10, 8) < model.wait(35, 32)


@pytest.mark.parametrize(("rho", "ratio"), [(0, 0.5), (0.25, 0.6614), (0.5, 0.7906), (1, 1), (-1 / 3, 0)])
def test_spare_hands_of_one_pool_over_four_apart(rho, ratio):
    # Eppen 1979, where loads vary so much that chance within a day does not count.
    assert model.spread(4, 1e12, 0.3, rho) / (4 * model.spread(1, 1e12, 0.3, 0)) == pytest.approx(ratio, abs=5e-5)


@given(st.integers(1, 50), st.floats(0.1, 100), st.floats(0, 2), st.floats(0, 1))
def test_a_pool_needs_no_more_spare_hands_and_less_when_peaks_part(n, a, v, rho):
    apart = n * model.spread(1, a, v, 0)
    assert model.spread(n, a, v, rho / 2) <= model.spread(n, a, v, rho) * (1 + 1e-12) <= apart * (1 + 1e-12)


def test_what_a_pool_saves():
    # 4 x 32 hands of load; z = 1.644854, spread apart 4 x 11.10495, in one pool of loads of 35.84 24.6265.
    assert model.saved(GIVEN, 0) == pytest.approx(8.677, abs=1e-3)
    assert model.saved(GIVEN.but(sites=1, detour=0), 0) == pytest.approx(0)
    assert model.saved(GIVEN.but(variation=0, detour=0), 1) == model.saved(GIVEN.but(variation=0, detour=0), 0) > 0
    assert np.all(np.diff(model.saved(GIVEN, np.linspace(-0.3, 1, 20))) < 0)
    assert model.saved(GIVEN.but(detour=100), 0) < 0


def test_weeks_of_loads_correlates_as_told():
    assert model.days(4, 32, 0.3, -1 / 3).mean(axis=1).to_numpy() == pytest.approx(32)
    assert np.ptp(model.days(4, 32, 0.3, 1).to_numpy(), axis=1) == pytest.approx(0)
    many = np.corrcoef(np.concatenate([model.days(4, 32, 0.3, 0.5, seed) for seed in range(300)]).T)
    assert many[np.triu_indices(4, 1)] == pytest.approx(0.5, abs=0.05)
    assert np.array_equal(model.days(4, 32, 0.3, 0.5), model.days(4, 32, 0.3, 0.5))


def test_payback_trust_and_the_first_days_by_hand():
    # 20 hours a week: 16 hours of training and 8 of a mentor are worked off after 24/20 of a week
    assert model.payback(GIVEN, 16) == pytest.approx(8.4)
    assert model.payback(GIVEN, 0) == 0

    def heads(day):
        return np.interp(day, [0, 3, 7], [400, 500, 1800], left=0)

    # after 7 days those of day 3 are trained in 12 hours at 3 hours a day
    assert model.of_use(7, heads, 12, 0.5, 3) == 500 - 0.5 * 1300
    assert model.of_use(0, heads, 12, 0.5, 3) == -200
    assert model.of_use(7, heads, 0, 0.5, 3) == model.of_use(50, heads, 12, 0.5, 3) == 1800
    assert [model.trust(123, 492, w) for w in (0, 0.2, 0.25, 0.5, 1)] == [None, None, 1, 0.5, 0.25]
    assert model.trust(0, 492, 0.1) == 0


def test_published_shifts():
    # Hillier and Lieberman, Introduction to Operations Research: Union Airways.
    first, last = np.array([0, 1, 3, 5, 8]), np.array([3, 5, 6, 8, 9])
    t = np.arange(10)[:, None]
    pay, required = [170, 160, 175, 180, 195], [48, 79, 65, 87, 64, 73, 82, 43, 52, 15]
    found = model.cover(pay, (first <= t) & (t <= last), required)
    assert (found.tolist(), found @ pay) == ([48, 31, 39, 43, 15], 30_610)
    assert model.cover([1], [[1]], [0]).tolist() == [0]


@given(
    hnp.arrays(float, 3, elements=st.integers(1, 9).map(float)),
    hnp.arrays(int, (3, 3), elements=st.integers(0, 1)),
    hnp.arrays(int, 3, elements=st.integers(0, 4)),
)
def test_every_staff_tried(cost, works, required):
    required = np.where(works.any(axis=1), required, 0)
    enough = [staff for staff in product(range(5), repeat=3) if (works @ staff >= required).all()]
    assert cost @ model.cover(cost, works, required) == min(cost @ staff for staff in enough)


def test_a_normal_day_needs_nobody_and_a_surge_covers_its_gap():
    assert model.shifts(GIVEN.but(surge=1), 8).sum() == 0
    counts = [model.shifts(GIVEN.but(surge=times), 24).sum() for times in (1.5, 2, 3)]
    assert counts == sorted(set(counts))


@pytest.fixture(scope="module")
def city():
    town, posts = model.draw_town(5, 120), model.draw_posts(GIVEN.but(stores=3))
    return town, posts, model.gains(GIVEN, town, posts)


def test_the_city_is_as_stated_and_nobody_is_placed_at_a_loss(city):
    town, posts, gain = city
    assert town["people"].sum() == 120
    assert model.draw_town(32, 1800)["people"].sum() == 1800
    assert town.loc[town["trade"] == 1, "rides"].all()
    barred = ~np.isfinite(gain)
    picking = (posts["role"] == "picking").to_numpy()
    assert barred[np.ix_(town["certified"] == 0, picking)].all()
    assert barred[np.ix_(town["rides"] == 0, ~picking)].all()
    assert barred[np.ix_(town["night"] == 0, posts["night"] == 1)].all()
    town, posts, _ = city
    short = model.gains(GIVEN.but(loan_days=1), town, posts)
    assert model.place(short, town["people"], posts["places"])[0].sum() == 0


def test_the_best_plan_is_proved_by_prices_at_which_nobody_would_leave(city):
    town, posts, gain = city
    plan, more, room = model.place(gain, town["people"], posts["places"])
    assert (plan.sum(axis=1) <= town["people"]).all()
    assert (plan.sum(axis=0) <= posts["places"]).all()
    assert (gain[plan > 0] >= 0).all()
    assert min(more.min(), room.min()) >= -1e-9
    assert (more[:, None] + room >= gain - 1e-6).all()
    worth = (plan * np.where(plan > 0, gain, 0)).sum()
    assert more @ town["people"] + room @ posts["places"] == pytest.approx(worth)
    waived = model.gains(GIVEN, town.assign(certified=1, rides=1, night=1), posts)
    free = model.place(waived, town["people"], posts["places"])[0]
    assert (free * np.where(free > 0, waived, 0)).sum() > worth


def test_published_matching():
    # Gale and Shapley 1962, three women and men in a circle of wishes: each side can have its first choice.
    women = {"a": "ABC", "b": "BCA", "c": "CAB"}
    men = {"A": "bca", "B": "cab", "C": "abc"}
    assert model.settle(women, men, 1) == {"a": "A", "b": "B", "c": "C"}
    assert model.settle(men, women, 1) == {"A": "b", "B": "c", "C": "a"}
    # One shop with two places takes the two it likes best; who is not acceptable stays without.
    assert model.settle({name: ["shop"] for name in "uvwx"}, {"shop": "wvu"}, 2) == {"w": "shop", "v": "shop"}
    assert model.settle({}, {}, 1) == {}


@given(
    st.lists(st.permutations("ABC"), min_size=3, max_size=3), st.lists(st.permutations("abc"), min_size=3, max_size=3)
)
def test_no_two_would_leave_a_matching_and_none_suits_applicants_better(wishes, ranks):
    wishes, ranks = dict(zip("abc", wishes, strict=True)), dict(zip("ABC", ranks, strict=True))
    found = model.settle(wishes, ranks, 1)

    def stable(match):
        back = {post: who for who, post in match.items()}
        return not any(
            wishes[who].index(post) < wishes[who].index(match[who])
            and ranks[post].index(who) < ranks[post].index(back[post])
            for who, post in product("abc", "ABC")
        )

    assert stable(found)
    for other in (dict(zip("abc", posts, strict=True)) for posts in permutations("ABC")):
        if stable(other):
            assert all(wishes[who].index(found[who]) <= wishes[who].index(other[who]) for who in "abc")


def test_bad_numbers_are_told():
    for rho in (np.nan, "much"):
        assert told(model, rho).startswith("my_correlation")
    assert told(model, -0.5).startswith("my_correlation: expected a finite number of at least")
    for name, wrong in {"sites": 0, "detour": -1, "variation": np.nan, "level": 100, "riders": 3}.items():
        assert name in told(model, 0, **{name: wrong})
    assert "picking and delivery" in told(model, 0, picking=0, delivery=0)
