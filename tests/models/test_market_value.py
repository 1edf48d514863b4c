import math
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.methods import growth
from casebook.models import market_value as model
from casebook.models.market_value import Leak, Race

POST = Race(194.3, 185.5, 35, 45, 0.6)
LEAK = Leak(3_800_000, 24, 2)


@pytest.fixture(scope="module")
def pool():
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        yield executor


def test_distance_and_volatility_by_hand():
    # ln 1.047439 = 0.046348; sqrt(0.35^2 + 0.45^2 - 2 x 0.6 x 0.35 x 0.45) = sqrt(0.136) = 0.368782
    assert POST.distance == pytest.approx(0.046348, abs=1e-6)
    assert POST.daily_volatility * math.sqrt(252) == pytest.approx(0.368782, abs=1e-6)
    assert POST.ordinary_sessions == pytest.approx(0.046348**2 * 252 / 0.136, rel=1e-4)
    assert model.scaled(POST, 2).ordinary_sessions == pytest.approx(POST.ordinary_sessions / 4)


def test_the_covariance_is_that_of_the_ratio():
    a, b, c = POST.covariance[0, 0], POST.covariance[1, 1], POST.covariance[0, 1]
    assert a + b - 2 * c == pytest.approx(POST.daily_volatility**2)


def test_simulated_pairs_agree_with_the_closed_forms():
    exact, seen = model.passed(POST, 10), model.simulate(POST, 10, paths=4000, runs=12)
    for name in ("watched", "at closes"):
        off = (seen[name] - exact[name]).abs() / (seen[f"{name}, give or take"] + 1e-9)
        assert off.max() < 2.5
    assert (exact["watched"] > exact["at closes"]).all()


def test_the_same_bits_in_a_pool(pool):
    here = model.simulate(POST, 5, paths=200, runs=6)
    assert here.equals(model.simulate(POST, 5, paths=200, runs=6, executor=pool))


@settings(deadline=None, derandomize=True, max_examples=30)
@given(st.floats(0.05, 1), st.floats(5, 120), st.floats(5, 120), st.floats(-0.9, 0.9))
def test_what_hangs_together(share, one, other, rho):
    race = Race(200, 200 * share, one, other, rho)
    table = model.passed(race, 6)
    assert table["watched"].is_monotonic_increasing
    assert (table["at closes"] <= table["watched"] + 1e-12).all()
    assert Race(200, 200 * share, other, one, rho).daily_volatility == pytest.approx(race.daily_volatility)
    # At the volatility that makes it an even bet, it is one.
    if race.distance > 1e-6:
        times = model.volatility_needed(race.distance, 6) / race.daily_volatility
        assert model.passed(model.scaled(race, times), 6)["watched"].iloc[-1] == pytest.approx(0.5)


def test_cone_starts_at_the_ratio_and_widens_like_a_root():
    cone = model.cone(POST, 4)
    assert cone.loc[0, ["low", "middle", "high"]].to_numpy() == pytest.approx(np.full(3, 100 * 185.5 / 194.3))
    reach = np.log(cone["high"] / cone["middle"])
    assert reach[4] == pytest.approx(2 * reach[1])
    assert reach[1] == pytest.approx(1.644854 * POST.daily_volatility, rel=1e-6)


def test_volatility_interval_from_the_table_of_chi_square():
    # 3 degrees of freedom: 9.348 and 0.2158; squares 1 + 4 + 4 = 9
    low, high = model.volatility_interval([0.01, -0.02, 0.02])
    assert (low, high) == pytest.approx((0.03 / math.sqrt(9.3484), 0.03 / math.sqrt(0.215795)), rel=1e-4)


def test_all_explanations_give_the_count():
    table = model.explanations(LEAK, [0, 0.5, 1, 1.3], [6, 24])
    for ratio, hours, seeds in table.to_numpy():
        assert growth.cascade_mean(hours, seeds, ratio, 1 / 2) == pytest.approx(3_800_000)
    assert table.loc[table["branching ratio"] == 0, "first reads"].to_numpy() == pytest.approx([3_800_000] * 2)
    # At one each read sets off one more after 2 hours on average: 3,800,000 / (1 + 24 / 2)
    assert table.loc[6, "first reads"] == pytest.approx(3_800_000 / 13)


def test_courses_end_at_the_count_and_never_fall():
    table = model.courses(LEAK, 0.9, 12, np.linspace(0, 24, 49)).drop(columns="hour")
    assert table.iloc[-1].to_numpy() == pytest.approx(np.full(3, 3_800_000))
    assert (table.diff().iloc[1:] >= 0).all().all()


def test_ratio_interval_holds_the_mean_answer_and_agrees_with_the_exact_law():
    low, high = model.ratio_interval(3_800_000, 38_000)
    assert low < 0.99 < high
    low, high = model.ratio_interval(1000, 400)
    k = np.arange(400, 1001)
    assert growth.borel_tanner(k, 400, low).sum() == pytest.approx(0.975, abs=0.004)
    assert growth.borel_tanner(k, 400, high).sum() == pytest.approx(0.025, abs=0.004)


def test_limits():
    assert Race(5, 5, 10, 10, 0).ordinary_sessions == 0
    assert model.passed(Race(5, 5, 10, 10, 0), 2)["watched"].tolist() == [1, 1]
    assert model.passed(Race(1e6, 1, 10, 10, 0), 3)["watched"].max() == 0
    assert Leak(1, 1e9, 2).seeds(0.5) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Race(185, 190, 35, 45, 0.6), "rival_billion_usd: .* found 190"),
        (lambda: Race(190, 185, -1, 45, 0.6), "one: .* found -0.01"),
        (lambda: Race(190, 185, 35, 45, 1.5), "rho: .* found 1.5"),
        (lambda: Race(190, 185, 35, 45, 0.6, 0), "sessions_per_year: .* found 0"),
        (lambda: model.ratio_interval(10, 11), "seeds: .* found 11"),
        (lambda: Leak(10, 24, 0), "delay_hours: .* found 0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
