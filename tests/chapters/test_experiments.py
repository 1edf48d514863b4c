import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from seeding import chapter, refused

model = chapter("singles-day/experiments")
FEAST = pd.Timestamp("2017-11-20")


def test_by_hand_and_on_days_that_shift_nothing():
    # One in five, moved by half of itself: chance of 10 people is .8/(.2 * 10) = .4, the shift .25.
    assert model.error(10, 0.2, 0.5) == pytest.approx(0.65**0.5)
    assert model.most(0.2, 0.5) == pytest.approx(16)
    assert model.worth(10, 0.2, 0.5) == pytest.approx(0.4 / 0.65 * 10)
    assert model.most(0.03, 0) == np.inf
    assert model.worth(5e8, 0.03, 0) == pytest.approx(5e8)


@given(st.integers(1, 10**9), st.floats(0.001, 0.999), st.floats(0.001, 10))
def test_no_crowd_is_worth_more_than_itself_or_than_its_day_allows(n, p, tau):
    here = model.worth(n, p, tau)
    assert 0 < here <= min(n, model.most(p, tau)) * (1 + 1e-9)
    # as many people on days that shift nothing miss by as much
    assert model.error(here, p, 0) == pytest.approx(model.error(n, p, tau))


def test_simulated_festivals_miss_by_the_error_and_large_enough_tests_find_the_effect():
    random = np.random.default_rng(3)
    shifted = 0.1 * (1 + 0.3 * random.choice([-1, 1], 200_000))
    seen = random.binomial(500, shifted) / 500
    assert np.sqrt(np.mean((seen / 0.1 - 1) ** 2)) == pytest.approx(model.error(500, 0.1, 0.3), rel=0.01)
    random, n = np.random.default_rng(4), round(model.per_group(1, 0.25))
    gap = 0.25 + random.standard_normal((20_000, 2)) @ [1, -1] / np.sqrt(n)
    assert (gap / np.sqrt(2 / n) > norm.ppf(0.975)).mean() == pytest.approx(0.8, abs=0.01)


def test_repeated_looks_of_armitage_and_others():
    published = {1: 0.050, 2: 0.083, 3: 0.107, 4: 0.126, 5: 0.142, 10: 0.193}
    found = {looks: model.false_alarms(norm.ppf(0.975), looks) for looks in published}
    assert found == pytest.approx(published, abs=5e-4)


def test_the_shift_by_hand_and_what_chance_alone_would_show(monkeypatch):
    monkeypatch.setitem(model.shift.__globals__, "feast", (pd.Series([1, 1], ["tea", "ink"]), 2))
    ordinary = [(pd.Series([400, 100], ["tea", "ink"]), 1000), (pd.Series([400, 100], ["tea", "ink"]), 1000)]
    doubled = pd.Series([800, 200], ["tea", "ink"]), 1000
    chance = (0.2 / 800 + 0.8 / 200) / 2 + (0.6 / 800 + 0.9 / 200) / 2
    assert model.shift(doubled, ordinary, 3) == pytest.approx(np.sqrt(np.log(2) ** 2 - chance))
    assert model.shift(ordinary[0], ordinary, 3) == 0


def test_halves_of_the_households_agree_with_the_formula(monkeypatch):
    # Chance is independent between halves: the covariance of the log ratios is the shift, without its variance.
    lines = model.baskets()
    mondays = pd.date_range("2017-09-18", periods=8, freq="7D")
    feast, weeks = model.bought(lines, FEAST), [model.bought(lines, day) for day in mondays]
    monkeypatch.setitem(model.shares.__globals__, "feast", feast)
    known, found = model.shares(feast, weeks, 3)[2].index, []
    first = lines["household_id"] % 2 == 0
    for half in (lines[first], lines[~first]):
        f, _, o, _ = model.shares(model.bought(half, FEAST), [model.bought(half, day) for day in mondays], 0.01)
        found.append(np.log(f / o).reindex(known))
    assert np.sqrt(np.mean(found[0] * found[1])) == pytest.approx(model.shift(feast, weeks, 3), abs=0.04)


def test_bad_numbers_are_told():
    good = {"my_share": 3, "my_shift": 40, "my_people": 100}
    refused(model, good, my_share=[0, 100, "3"], my_shift=[-1, np.nan], my_people=[1])
