"""Queues: published digits, exact arithmetic, invariants, limits and bad input."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from seeding import named

from casebook.methods import queues as q
from casebook.methods.arguments import ArgumentError

loads = st.floats(0.01, 300)
servers = st.integers(1, 300)
times = st.lists(st.floats(0.01, 50), min_size=1, max_size=6)


def digits(value, places=6):
    return pytest.approx(value, abs=0.51 * 10.0**-places, rel=0)  # what the printed decimals can hide


class TestPublishedDigits:
    @pytest.mark.parametrize(("n", "a", "places"), [(10, 4.4612, 6), (20, 12.0306, 6), (50, 37.90, 5), (100, 84.06, 4)])
    def test_one_per_cent_of_the_traffic_tables(self, n, a, places):
        assert q.erlang_b(n, a) == digits(0.01, places)

    def test_stations_with_and_without_patience(self):
        assert q.mmc(2, 3, 1) == pytest.approx((2 / 3, 2 / 3, 4 / 3, 1, 2, 2 / 3))  # County Hospital
        assert q.mmc(2, 3, 2)[:3] == pytest.approx((1 / 6, 1 / 24, 1 / 12))
        assert q.mmc(6, 3, 3)[:3] == pytest.approx((4 / 9, 4 / 27, 8 / 9))
        assert 60 * q.mmc(6, 3, 3).wq == digits(8.8889, 4)
        result = q.erlang_a(48, 1, 0.5, 50)
        assert (result.p_wait, result.p_abandon) == digits((0.467774, 0.030912))
        assert q.erlang_a(96, 1, 0.5, 50).p_abandon == digits(0.479167)

    @pytest.mark.parametrize(("n", "lost"), [(1, 0.368), (10, 0.125), (100, 0.040), (1000, 0.013)])
    def test_a_larger_station_loses_fewer(self, n, lost):
        assert q.erlang_a(n, 1, 1, n).p_abandon == digits(lost, 3)

    def test_four_sites_one_pool_and_halfin_whitt(self):
        assert (q.erlang_c(10, 8), q.erlang_c(40, 32)) == digits((0.409180, 0.121183))
        assert q.staff_for(32, 1 - 0.40918) == 36
        assert q.erlang_c(110, 100) == digits(0.237008)
        near, nearer = q.erlang_c(10**4 + 100, 1e4), q.erlang_c(10**6 + 1000, 1e6)
        assert (10 * nearer - near) / 9 == digits(0.223361, 5)  # the error falls with the root of the load
        assert q.staff_for(1e6, 1 - 0.223361) == pytest.approx(1e6 + 1e3, abs=1)


class TestErlang:
    @pytest.mark.parametrize(("n", "a"), [(1, Fraction(1, 2)), (3, Fraction(7, 2)), (40, 32), (60, 90), (120, 15)])
    def test_equals_the_exact_sum_of_states(self, n, a):
        states = [Fraction(a) ** k / math.factorial(k) for k in range(n + 1)]
        assert q.erlang_b(n, float(a)) == pytest.approx(float(states[n] / sum(states)), rel=1e-13)
        if a < n:
            waiting = states[n] * n / (n - a)
            assert q.erlang_c(n, float(a)) == pytest.approx(float(waiting / (sum(states[:n]) + waiting)), rel=1e-13)

    @pytest.mark.parametrize(("n", "a"), [(5000, 5000.0), (5000, 4700.0), (4000, 5000.0), (900, 5000.0)])
    def test_equals_the_recursion_over_thousands_of_servers(self, n, a):
        chance = 1.0
        for k in range(1, n + 1):
            chance = a * chance / (k + a * chance)
        assert q.erlang_b(n, a) == pytest.approx(chance, rel=1e-13)

    @given(servers, loads)
    def test_more_servers_block_less_and_more_load_blocks_more(self, n, a):
        assert 0 <= q.erlang_b(n + 1, a) <= q.erlang_b(n, a) <= q.erlang_b(n, a * 1.1) <= 1
        assert q.erlang_b(n, a) <= q.erlang_c(n, a) * (1 + 1e-12) <= 1 + 1e-12
        assert q.erlang_c(n + 1, a) <= q.erlang_c(n, a) * (1 + 1e-12)

    @given(loads, st.floats(0, 0.999), st.floats(0.1, 10), st.floats(0, 10))
    def test_staff_is_enough_and_one_fewer_is_not(self, a, level, service, target):
        n = q.staff_for(a, level, service, target)
        assert n > a
        assert q.service_level(n, a, service, target) >= level - 1e-12
        assert n == math.floor(a) + 1 or q.service_level(n - 1, a, service, target) < level

    @given(st.integers(1, 60), st.floats(0.05, 0.99), st.floats(0, 1))
    def test_staff_invert_the_service_level(self, n, rho, target):
        level = q.service_level(n, n * rho, 1.0, target)
        if level < 1 - 1e-9:
            assert q.staff_for(n * rho, level, 1.0, target) == n

    def test_arrays_broadcast_and_limits(self):
        table = q.erlang_b([[10], [20]], [4.4612, 12.0306])
        assert table.shape == (2, 2)
        assert table[1, 1] == q.erlang_b(20, 12.0306)
        assert type(q.erlang_b(10, 4.0)) is float
        assert q.erlang_b(0, 3) == q.erlang_b(0, 0) == q.erlang_c(3, 3) == q.erlang_c(3, 1e99) == q.erlang_c(0, 0) == 1
        assert q.erlang_b(3, 0) == q.erlang_c(3, 0) == q.staff_for(0, 0.99) == q.erlang_b(10**6, 5.0) == 0
        assert (q.erlang_b(1, 1), q.erlang_b(10, 1e99)) == (0.5, 1)
        assert (q.service_level(3, 4, 1, 100), q.service_level(3, 2, 1, 1e6), q.service_level(3, 0)) == (0, 1, 1)
        # As many servers as load block the root of two over pi times the load.
        assert q.erlang_b(10**7, 1e7) == pytest.approx(math.sqrt(2 / (math.pi * 1e7)), rel=1e-3)


class TestStations:
    @given(st.floats(0.01, 50), st.floats(0.1, 5), st.integers(1, 40))
    def test_littles_law(self, lam, mu, c):
        station = q.mmc(lam, mu, c)
        if station.utilisation < 1:
            assert (station.lq, station.l) == pytest.approx((lam * station.wq, lam * station.w))
        else:
            assert station.wq == station.lq == math.inf

    def test_limits(self):
        assert q.mmc(0, 1, 3).lq == 0
        assert q.mmc(5, 3, 1).wq == q.mmc(3, 3, 1).wq == math.inf

    @given(st.lists(st.tuples(st.floats(0.1, 20), st.integers(1, 30)), min_size=1, max_size=5))
    def test_a_pool_serves_no_worse(self, sites):
        if all(load < staff for load, staff in sites):
            a, n = map(sum, zip(*sites, strict=True))
            apart = sum(q.mmc(load, 1, staff).lq for load, staff in sites)
            assert q.mmc(a, 1, n).lq <= apart * (1 + 1e-9)
            assert q.erlang_c(n, a) <= sum(load * q.erlang_c(staff, load) for load, staff in sites) / a * (1 + 1e-9)


def stationary(lam, mu, theta, n, states):
    """Solve the birth-death chain state by state: shares of waiting and giving up, mean queue."""
    k = np.arange(1, states)
    logs = np.concatenate([[0], np.cumsum(np.log(lam) - np.log(mu * np.minimum(k, n) + theta * np.maximum(k - n, 0)))])
    p = np.exp(logs - logs.max())
    p /= p.sum()
    waiting = np.maximum(np.arange(states) - n, 0)
    return p[n:].sum(), theta * (p @ waiting) / lam, p @ waiting


class TestErlangA:
    @pytest.mark.parametrize(
        ("lam", "mu", "theta", "n"), [(48, 1, 0.5, 50), (96, 1, 0.5, 50), (3, 2, 0.01, 2), (5, 1, 7, 3), (90, 2, 3, 1)]
    )
    def test_equals_the_chain_solved_state_by_state(self, lam, mu, theta, n):
        assert q.erlang_a(lam, mu, theta, n)[:3] == pytest.approx(stationary(lam, mu, theta, n, 4000), rel=1e-10)

    @given(st.floats(0.1, 200), st.integers(0, 200))
    def test_patience_as_long_as_service_means_a_poisson_number_of_customers(self, a, n):
        assert q.erlang_a(2 * a, 2, 2, n).p_wait == pytest.approx(stats.poisson.sf(n - 1, a), rel=1e-9, abs=1e-290)

    @given(st.floats(0.1, 500), st.floats(0.1, 5), st.floats(1e-3, 100), st.integers(1, 200))
    def test_conservation_and_bounds(self, lam, mu, theta, n):
        result = q.erlang_a(lam, mu, theta, n)
        assert result.p_abandon * lam == pytest.approx(theta * result.mean_queue)
        assert 1 - n * mu / lam - 1e-12 <= result.p_abandon <= q.erlang_b(n, lam / mu) + 1e-12
        assert result.p_abandon <= result.p_wait <= q.erlang_c(n, lam / mu) + 1e-12
        assert result.utilisation * n * mu == pytest.approx(lam * (1 - result.p_abandon))
        assert q.erlang_a(lam, mu, theta, n + 1).p_abandon <= result.p_abandon * (1 + 1e-9)
        assert q.erlang_a(lam * 1.1, mu, theta, n).p_abandon >= result.p_abandon * (1 - 1e-9)
        assert q.erlang_a(lam, mu, theta * 1.1, n).p_wait <= result.p_wait * (1 + 1e-9)

    def test_between_erlang_c_and_erlang_b(self):
        assert q.erlang_a(6, 3, 0, 3).mean_queue == pytest.approx(8 / 9)
        assert q.erlang_a(6, 3, 1e-12, 3).p_wait == pytest.approx(4 / 9)
        assert q.erlang_a(6, 3, 1e9, 3).p_abandon == pytest.approx(q.erlang_b(3, 2), rel=1e-6)
        assert (q.erlang_a(9, 3, 0, 3).mean_queue, q.erlang_a(9, 3, 0, 3).p_abandon) == (math.inf, 0)

    def test_limits(self):
        assert q.erlang_a(0, 1, 1, 5)[:4] == (0, 0, 0, 0)
        assert q.erlang_a(7, 1, 0.5, 0)[:3] == pytest.approx((1, 1, 14))
        assert q.erlang_a(1e-99, 1, 1, 5).p_wait == pytest.approx(0)
        # Overload hides how patient customers are.
        assert [q.erlang_a(96, 1, theta, 50).p_abandon for theta in (0.1, 1)] == pytest.approx([46 / 96] * 2, rel=1e-5)
        # At full load the chance of waiting has the limit 1 / (1 + sqrt(theta / mu)).
        assert q.erlang_a(1e7, 1, 0.5, 10**7).p_wait == pytest.approx(1 / (1 + math.sqrt(0.5)), rel=1e-3)

    @pytest.mark.parametrize("lam", [1e4, 1e9, 1e15, 1e99])
    def test_enormous_load_is_the_fluid_answer(self, lam):
        result = q.erlang_a(lam, 1, 0.5, 50)
        assert result[:3] == pytest.approx((1, 1 - 50 / lam, (lam - 50) / 0.5), rel=1e-14)


GOOD = {
    q.erlang_b: (10, 4.0),
    q.erlang_c: (10, 4.0),
    q.service_level: (10, 4.0, 1.0, 1.0),
    q.staff_for: (4.0, 0.5, 1.0, 1.0),
    q.mmc: (2.0, 3.0, 1),
    q.erlang_a: (48.0, 1.0, 0.5, 50),
}
PLACES = [(function, place) for function, good in GOOD.items() for place in range(len(good))]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("function", "place"), PLACES)
@pytest.mark.parametrize("strange", ["many", None, True, math.nan, math.inf, -1, 1e300, [], [[1], [2, 3]], [-1, -2]])
def test_strange_arguments_are_refused_in_one_line(function, place, strange):
    values = [strange if k == place else value for k, value in enumerate(GOOD[function])]
    with pytest.raises(ArgumentError, match=r"^[^\n]*: expected [^\n]*, found [^\n]*$"):
        function(*values)


def test_bad_input_is_named():
    named(
        (lambda: q.erlang_b(2.5, 1), "servers: expected a whole number from 0 to 10,000,000, found 2.5"),
        (lambda: q.erlang_c([1, 2], [1, 2, 3]), r"arguments: expected shapes that fit, found \(2,\), \(3,\)"),
        (lambda: q.staff_for(8, 1), "level: .* below 1, found 1"),
        (lambda: q.mmc(2, 0, 1), "mu: .* found 0"),
        (lambda: q.mmc(2, 3, 0), "c: .* found 0"),
        (lambda: q.erlang_a(50, 1, 1e-99, 50), "theta: .* told from endless, found 1e-99"),
    )
