import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seeding import chapter, told

model = chapter("midnight-memo/market-value", rival=185.5, reads=3_800_000, sessions=np.arange(1.0, 22), b=0.046)
POST = SimpleNamespace(gap=194.3 - 185.5, leader_volatility=35, rival_volatility=45, correlation=60)


def test_distance_and_movement_by_hand_and_what_two_moves_leave_open():
    # ln 1.047439 = 0.046348; sqrt(0.35^2 + 0.45^2 - 2 x 0.6 x 0.35 x 0.45) = sqrt(0.136) = 0.368782
    assert model.distance(POST) == pytest.approx(0.046348, abs=1e-6)
    assert model.movement(POST) * math.sqrt(252) == pytest.approx(0.368782, abs=1e-6)
    assert model.days_of_movement(POST) == pytest.approx(0.046348**2 * 252 / 0.136, rel=1e-4)
    # sqrt(2 / 7.377759) and sqrt(2 / 0.0506356) for two moves of one each; chi-square table, two degrees
    assert model.volatility_interval([1, 1]) == pytest.approx([0.520662, 6.284773], rel=1e-4)


def test_simulated_paths_agree_with_both_chances():
    b, sigma, fine = 0.046, 0.0232, 200
    steps = np.random.default_rng(1).normal(0, sigma / math.sqrt(fine), (4000, 5 * fine))
    paths = steps.cumsum(axis=1)
    touched = (paths >= b).any(axis=1).mean()
    closed = (paths[:, fine - 1 :: fine] >= b).any(axis=1).mean()
    assert closed == pytest.approx(model.passed_at_closes(b, sigma, 5)[-1], abs=0.025)
    assert touched == pytest.approx(model.passed(b, sigma, 5), abs=0.03)


@given(st.floats(0.001, 0.5), st.floats(0.005, 0.2))
def test_closes_see_at_most_what_a_watcher_sees_and_half_of_it_at_first(b, sigma):
    watched, closes = model.passed(b, sigma, np.arange(1, 7)), model.passed_at_closes(b, sigma, 6)
    assert closes[0] == pytest.approx(watched[0] / 2, abs=1e-9)
    assert (closes <= watched + 1e-9).all()
    assert (np.diff(closes) >= -1e-9).all()


def test_from_the_level_it_is_counting_and_without_drift_the_simple_chance():
    # 1 less C(2n, n) / 4^n
    assert model.passed_at_closes(0, 1, 5) == pytest.approx([1 / 2, 5 / 8, 11 / 16, 93 / 128, 193 / 256], abs=1e-8)
    assert model.passed_with_drift(0.05, 0.02, 5, 0) == pytest.approx(model.passed(0.05, 0.02, 5))
    assert model.passed_with_drift(0.05, 0.02, 5, 0.01) < model.passed(0.05, 0.02, 5)  # the leader pulls away


def test_mean_reads_are_the_integral_and_every_ratio_gives_the_count():
    # dN/dt = m beta n e^{-(1-n) beta t} for first reads at once: summed in small steps
    m, n, beta, t = 100, 0.9, 0.5, np.linspace(0, 24, 200_001)
    rate = m * n * beta * np.exp(-(1 - n) * beta * t)
    assert model.mean_reads(24, m, n, beta) == pytest.approx(m + np.trapezoid(rate, t), rel=1e-6)
    assert model.mean_reads(1e9, m, n, beta) == pytest.approx(1000)  # m / (1 - n) in the end
    assert model.mean_reads(24, m, 1, beta) == pytest.approx(model.mean_reads(24, m, 1 + 1e-9, beta), rel=1e-6)
    some = SimpleNamespace(count_hours=24, delay=2)
    for n in (0, 0.5, 0.99, 1, 1.2):
        assert model.mean_reads(24, model.first_reads(some, n), n, 0.5) == pytest.approx(3_800_000)


def test_bad_numbers_are_told():
    mine = {"leader": 194.3, "chaser": 185.5, "a_percent": 50, "p_percent": 70, "correlation": 30}
    for name, wrong, line in (
        ("leader", "much", "leader: expected numbers"),
        ("chaser", 200, "chaser: expected a value below the leader's"),
        ("chaser", 0, "chaser: expected a finite number above 0"),
        ("a_percent", math.nan, "your numbers, field leader_volatility"),
        ("correlation", 101, "correlation: expected a finite number"),
    ):
        assert told(model, **mine | {name: wrong}).startswith(line)
    still = mine | {"a_percent": 0, "p_percent": 0}
    assert told(model, **still).startswith("movement of the ratio: expected a finite number above 0")
