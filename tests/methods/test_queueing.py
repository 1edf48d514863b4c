"""Queues: published digits, exact arithmetic, invariants, limits, and simulation against formula and SimPy."""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from casebook.bench import surge as bench
from casebook.methods.queueing import (
    erlang_a,
    erlang_b,
    erlang_c,
    fluid_day,
    fluid_overload,
    halfin_whitt,
    md1,
    mean_wait,
    mg1,
    mm1,
    mmc,
    pooling,
    priorities,
    service_level,
    simulate_surge,
    square_root_staffing,
    staff_for,
)
from casebook.methods.replicates import estimate

DIGITS = {"abs": 5e-7, "rel": 0}  # what six printed decimals can hide

loads = st.floats(0.01, 300)
servers = st.integers(1, 300)


def holds(values, truth):
    """Say whether the mean of replicates agrees with a formula; one agreeing test in a thousand would fail."""
    found = estimate(values, 0.999)
    return found.low < truth < found.high


class TestPublishedDigits:
    @pytest.mark.parametrize(("n", "a"), [(10, 4.4612), (20, 12.0306)])
    def test_erlang_b_traffic_tables(self, n, a):
        assert erlang_b(n, a) == pytest.approx(0.01, abs=5e-7)

    def test_county_hospital_with_one_doctor(self):
        for station in (mmc(2, 3, 1), mm1(2, 3)):
            assert station.wq == pytest.approx(2 / 3)
            assert station.lq == pytest.approx(4 / 3)
            assert station.w == pytest.approx(1)
            assert station.l == pytest.approx(2)

    def test_county_hospital_with_two_doctors(self):
        station = mmc(2, 3, 2)
        assert station.p_wait == pytest.approx(1 / 6)
        assert station.wq == pytest.approx(1 / 24)
        assert station.lq == pytest.approx(1 / 12)

    def test_three_servers(self):
        station = mmc(6, 3, 3)
        assert station.p_wait == pytest.approx(4 / 9)
        assert station.lq == pytest.approx(8 / 9)
        assert 60 * station.wq == pytest.approx(8.8889, abs=5e-5)

    def test_cobham_with_one_server(self):
        result = priorities([0.2, 0.6, 1.2], 3)
        assert result.wq == pytest.approx([5 / 21, 25 / 77, 10 / 11])
        assert result.lq.sum() == pytest.approx(4 / 3)

    def test_cobham_with_two_servers(self):
        assert priorities([0.2, 0.6, 1.2], 3, 2).wq == pytest.approx([0.028736, 0.033156, 0.048077], **DIGITS)

    def test_erlang_a(self):
        result = erlang_a(48, 1, 0.5, 50)
        assert result.p_wait == pytest.approx(0.467774, **DIGITS)
        assert result.p_abandon == pytest.approx(0.030912, **DIGITS)
        assert erlang_a(96, 1, 0.5, 50).p_abandon == pytest.approx(0.479167, **DIGITS)

    def test_pooling(self):
        result = pooling([8, 8, 8, 8], [10, 10, 10, 10])
        assert result.separate == pytest.approx([0.409180] * 4, **DIGITS)
        assert result.pooled == pytest.approx(0.121183, **DIGITS)
        assert result.staff_same_share == 36
        assert staff_for(32, 1 - 0.40918) == 36

    def test_halfin_whitt(self):
        assert halfin_whitt(1) == pytest.approx(0.223361, **DIGITS)
        assert square_root_staffing(100, 1) == 110
        assert erlang_c(110, 100) == pytest.approx(0.237008, **DIGITS)

    def test_constant_services_halve_the_wait(self):
        assert md1(2, 3).wq == pytest.approx(1 / 3)  # lambda / (2 mu (mu - lambda)), by hand
        assert mg1(2, 3, 0.5).wq == pytest.approx(0.5)


class TestErlang:
    @pytest.mark.parametrize(("n", "a"), [(1, Fraction(1, 2)), (3, Fraction(7, 2)), (40, 32), (60, 90), (120, 15)])
    def test_equals_the_exact_sum_of_states(self, n, a):
        states = [Fraction(a) ** k / math.factorial(k) for k in range(n + 1)]
        blocked = states[n] / sum(states)
        assert erlang_b(n, float(a)) == pytest.approx(float(blocked), rel=1e-13)
        if a < n:
            waiting = states[n] * n / (n - a)
            assert erlang_c(n, float(a)) == pytest.approx(float(waiting / (sum(states[:n]) + waiting)), rel=1e-13)

    @pytest.mark.parametrize(("n", "a"), [(5000, 5000.0), (5000, 4700.0), (4000, 5000.0), (900, 5000.0)])
    def test_starting_close_below_the_load_forgets_nothing(self, n, a):
        chance = 1.0
        for k in range(1, n + 1):
            chance = a * chance / (k + a * chance)
        assert erlang_b(n, a) == pytest.approx(chance, rel=1e-13)

    @given(servers, loads)
    def test_more_servers_block_less_and_more_load_blocks_more(self, n, a):
        assert 0 <= erlang_b(n + 1, a) <= erlang_b(n, a) <= erlang_b(n, a * 1.1) <= 1
        assert erlang_b(n, a) <= erlang_c(n, a) <= 1
        assert erlang_c(n + 1, a) <= erlang_c(n, a) * (1 + 1e-12)
        assert mean_wait(n + 1, a) <= mean_wait(n, a)

    @given(loads, st.floats(0, 0.999), st.floats(0.1, 10), st.floats(0, 10))
    def test_staff_is_enough_and_one_fewer_is_not(self, a, level, service, target):
        n = staff_for(a, level, service, target)
        assert n > a
        assert service_level(n, a, service, target) >= level - 1e-12
        assert n == math.floor(a) + 1 or service_level(n - 1, a, service, target) < level

    @given(st.integers(1, 60), st.floats(0.05, 0.99), st.floats(0, 1))
    def test_staff_for_inverts_the_service_level(self, n, rho, target):
        a = n * rho
        level = service_level(n, a, 1.0, target)
        if level < 1 - 1e-9:
            assert staff_for(a, level, 1.0, target) == n

    def test_arrays_broadcast(self):
        table = erlang_b([[10], [20]], [4.4612, 12.0306])
        assert table.shape == (2, 2)
        assert table[1, 1] == erlang_b(20, 12.0306)
        assert isinstance(erlang_b(10, 4.0), float)
        assert mean_wait(10, [5, 20]).tolist()[1] == math.inf

    def test_limits(self):
        assert erlang_b(0, 3) == erlang_b(0, 0) == erlang_c(3, 3) == erlang_c(3, 1e300) == 1
        assert erlang_b(3, 0) == erlang_c(3, 0) == mean_wait(3, 0) == staff_for(0, 0.99) == 0
        assert erlang_b(1, 1) == 0.5
        assert erlang_b(10, 1e300) == pytest.approx(1)
        assert erlang_b(10**12, 5.0) == 0
        assert mean_wait(3, 3) == math.inf
        assert service_level(3, 4, 1, 100) == 0
        assert service_level(3, 2, 1, 1e6) == 1

    def test_enormous_stations(self):
        # A station with as many servers as load blocks the share sqrt(2 / (pi a)), to first order.
        assert erlang_b(10**10, 1e10) == pytest.approx(math.sqrt(2 / (math.pi * 1e10)), rel=2e-5)
        assert erlang_c(10**8 + 10**4, 1e8) == pytest.approx(0.223361, abs=2e-5)
        assert staff_for(1e8, 1 - 0.223361) == pytest.approx(1e8 + 1e4, abs=2)

    def test_square_root_staffing_approaches_its_limit(self):
        gaps = [abs(erlang_c(square_root_staffing(a, 1), a) - 0.223361) for a in (1e2, 1e4, 1e6)]
        assert gaps[0] > gaps[1] > gaps[2]
        assert halfin_whitt([0, 60]).tolist() == [1, 0]


class TestStations:
    @given(st.floats(0.01, 50), st.floats(0.1, 5), st.integers(1, 40))
    def test_littles_law(self, lam, mu, c):
        station = mmc(lam, mu, c)
        if station.utilisation < 1:
            assert station.lq == pytest.approx(lam * station.wq)
            assert station.l == pytest.approx(lam * station.w)
        else:
            assert station.wq == math.inf

    @given(
        st.lists(st.floats(0, 2), min_size=1, max_size=6).filter(lambda rates: sum(rates) > 0.01),
        st.floats(0.5, 4),
        st.integers(1, 5),
    )
    def test_somebody_goes_first_and_somebody_else_waits(self, lam, mu, c):
        result = priorities(lam, mu, c)
        assert np.all(np.diff(result.wq[np.isfinite(result.wq)]) >= 0)
        if sum(lam) < 0.999 * c * mu:
            assert result.lq.sum() == pytest.approx(mmc(sum(lam), mu, c).lq, rel=1e-9)

    def test_an_overloaded_class_leaves_those_before_it_alone(self):
        result = priorities([1, 1, 9], 3)
        assert result.wq == pytest.approx([1 / 2, 3 / 2, math.inf])  # by hand: (1/3) / (2/3), (1/3) / (2/3 x 1/3)
        assert result.mean_wq == math.inf

    def test_one_class_and_no_class(self):
        assert priorities(2, 3).wq == pytest.approx([2 / 3])
        assert priorities([0, 2], 3).wq[1] == pytest.approx(2 / 3)
        assert priorities([0, 0], 3).mean_wq == 0

    def test_an_empty_station(self):
        assert mmc(0, 1, 3).lq == mm1(0, 1).wq == md1(0, 1).lq == 0
        assert mm1(5, 3).wq == md1(3, 3).wq == math.inf

    @given(st.lists(st.tuples(st.floats(0.1, 20), st.integers(1, 30)), min_size=1, max_size=5))
    def test_a_pool_serves_no_worse(self, sites):
        a, n = zip(*sites, strict=True)
        result = pooling(a, n)
        if all(load < staff for load, staff in sites):
            assert result.pooled <= result.mean_separate * (1 + 1e-9)
            assert result.pooled_wait <= result.mean_separate_wait * (1 + 1e-9)
            assert result.staff_same_share <= sum(n)
        assert result.staff_same_share > sum(a)

    def test_a_site_alone_gains_nothing(self):
        result = pooling([8], [10])
        assert result.pooled == result.separate[0]
        assert result.staff_same_share == result.staff_same_wait == 10

    def test_a_site_without_work_lends_its_staff(self):
        assert pooling([8, 0], [10, 10]).pooled == erlang_c(20, 8)


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
        result = erlang_a(lam, mu, theta, n)
        assert [result.p_wait, result.p_abandon, result.mean_queue] == pytest.approx(
            stationary(lam, mu, theta, n, 4000), rel=1e-10
        )

    @given(st.floats(0.1, 200), st.integers(0, 200))
    def test_patience_as_long_as_service_means_a_poisson_number_of_customers(self, a, n):
        result = erlang_a(2 * a, 2, 2, n)
        assert result.p_wait == pytest.approx(stats.poisson.sf(n - 1, a), rel=1e-9, abs=1e-290)

    @given(st.floats(0.1, 500), st.floats(0.1, 5), st.floats(1e-3, 100), st.integers(1, 200))
    def test_conservation_and_bounds(self, lam, mu, theta, n):
        result = erlang_a(lam, mu, theta, n)
        assert result.p_abandon * lam == pytest.approx(theta * result.mean_queue)
        assert fluid_overload(lam, mu, n) - 1e-12 <= result.p_abandon <= erlang_b(n, lam / mu) + 1e-12
        assert result.p_abandon <= result.p_wait <= erlang_c(n, lam / mu) + 1e-12
        assert result.utilisation * n * mu == pytest.approx(lam * (1 - result.p_abandon))

    @given(st.floats(1, 300), st.floats(0.01, 10), st.integers(1, 200))
    def test_monotone(self, lam, theta, n):
        one = erlang_a(lam, 1, theta, n)
        assert erlang_a(lam, 1, theta, n + 1).p_abandon <= one.p_abandon * (1 + 1e-9)
        assert erlang_a(lam * 1.1, 1, theta, n).p_abandon >= one.p_abandon * (1 - 1e-9)
        assert erlang_a(lam, 1, theta * 1.1, n).p_wait <= one.p_wait * (1 + 1e-9)

    def test_between_erlang_c_and_erlang_b(self):
        assert erlang_a(6, 3, 0, 3).mean_queue == pytest.approx(8 / 9)
        assert erlang_a(6, 3, 1e-12, 3).p_wait == pytest.approx(4 / 9)
        assert erlang_a(6, 3, 1e9, 3).p_abandon == pytest.approx(erlang_b(3, 2), rel=1e-6)
        assert erlang_a(9, 3, 0, 3).mean_queue == math.inf
        assert erlang_a(9, 3, 0, 3).p_abandon == 0

    def test_limits(self):
        assert erlang_a(0, 1, 1, 5).p_wait == erlang_a(0, 1, 1, 5).p_abandon == 0
        nobody = erlang_a(7, 1, 0.5, 0)
        assert (nobody.p_wait, nobody.p_abandon, nobody.mean_queue) == pytest.approx((1, 1, 14))
        assert erlang_a(1e-300, 1, 1, 5).p_wait == 0

    @pytest.mark.parametrize("lam", [1e4, 1e9, 1e15, 1e300])
    def test_enormous_load_is_the_fluid_answer(self, lam):
        result = erlang_a(lam, 1, 0.5, 50)
        assert result.p_wait == 1
        assert result.p_abandon == pytest.approx(1 - 50 / lam, rel=1e-15)
        assert result.mean_queue == pytest.approx((lam - 50) / 0.5, rel=1e-14)

    def test_enormous_stations(self):
        large, larger = erlang_a(1e8, 1, 0.5, 10**8), erlang_a(1e10, 1, 0.5, 10**10)
        # At full load the chance of waiting has the limit 1 / (1 + sqrt(theta / mu)).
        assert larger.p_wait == pytest.approx(1 / (1 + math.sqrt(0.5)), rel=1e-4)
        assert large.p_abandon / larger.p_abandon == pytest.approx(10, rel=1e-3)

    def test_overload_hides_how_patient_customers_are(self):
        assert [erlang_a(96, 1, theta, 50).p_abandon for theta in (0.1, 1)] == pytest.approx([46 / 96] * 2, rel=1e-5)


class TestFluid:
    def test_overload(self):
        assert fluid_overload(96, 1, 50) == pytest.approx(0.479167, **DIGITS)
        assert fluid_overload([0, 50, 100], 1, 50).tolist() == [0, 0, 0.5]
        assert fluid_overload(5, 1, 0) == 1

    @given(
        st.lists(st.floats(0, 300), min_size=1, max_size=12),
        st.lists(st.integers(0, 100), min_size=12, max_size=12),
        st.floats(0.1, 4),
        st.one_of(st.just(0.0), st.floats(1e-6, 8)),
        st.floats(0, 200),
    )
    def test_conservation(self, rates, staff, mu, theta, present):
        day = fluid_day(rates, staff[: len(rates)], mu, theta, present=present)
        came, left = present + day.arrivals.cumsum(), (day.served + day.given_up).cumsum()
        assert came == pytest.approx(left + day.present, rel=1e-9, abs=1e-7)
        for values in (day.served, day.given_up, day.present, day.queue, day.mean_queue, day.wait):
            assert (values >= -1e-12).all()
        most = np.maximum.accumulate(staff[: len(rates)])
        assert (day.served <= mu * most + 1e-9).all()
        assert day.given_up == pytest.approx(theta * day.mean_queue)

    def test_agrees_with_a_solver_of_differential_equations(self):
        rates, n, mu, theta = [20, 90, 140, 60, 10, 0], 50, 1.2, 0.4
        day = fluid_day(rates, n, mu, theta)

        def flow(time, state):
            waiting = max(state[0] - n, 0)
            return [rates[min(int(time), 5)] - mu * min(state[0], n) - theta * waiting, waiting]

        state = [0.0, 0.0]
        for hour in range(6):
            state = integrate.solve_ivp(flow, (hour, hour + 1 - 1e-12), state, rtol=1e-10, atol=1e-10).y[:, -1]
            assert day.present[hour] == pytest.approx(state[0], rel=1e-6)
        assert day.mean_queue.sum() == pytest.approx(state[1], rel=1e-6)

    def test_long_overload_settles(self):
        day = fluid_day(np.full(100, 96.0), 50, 1, 0.5)
        assert day.queue[-1] == pytest.approx(92)
        assert day.given_up[-1] / day.arrivals[-1] == pytest.approx(0.479167, **DIGITS)
        assert day.wait[-1] == pytest.approx(2 * math.log(1 + 0.5 * 92 / 50))

    def test_patient_customers_wait_in_line(self):
        day = fluid_day([80, 80, 0], 50, 1, 0, present=50)
        assert day.queue == pytest.approx([30, 60, 10])
        assert day.wait == pytest.approx([0.6, 1.2, 0.2])
        assert day.mean_queue == pytest.approx([15, 45, 35])

    def test_a_rate_function_is_followed(self):
        def rate(time):
            return 60 + 40 * np.sin(np.pi * time / 12)

        fine, finer = (fluid_day(rate, 50, 1, 0.5, steps=steps) for steps in (60, 600))
        assert fine.queue == pytest.approx(finer.queue, abs=2e-3)
        assert finer.arrivals.sum() == pytest.approx(24 * 60)
        constant = fluid_day(lambda time: 96.0, 50, 1, 0.5, intervals=3)
        assert constant.present == pytest.approx(fluid_day([96, 96, 96], 50, 1, 0.5).present)

    def test_a_shift_that_ends_finishes_the_services_in_hand(self):
        day = fluid_day([0, 0], [50, 20], 1, 0, present=100)
        # 50 wait; after an hour 50 are served and none waits; then 50 in hand fall to 20 in ln 2.5 hours.
        assert day.present == pytest.approx([50, 50 / math.e])
        assert day.served[1] == pytest.approx(50 - 50 / math.e)
        waiting = fluid_day([0], [20], 1, 0, present=10)
        assert waiting.present == pytest.approx([10 / math.e])
        later = fluid_day([0, 0], [50, 20], 1, 0, present=130)
        assert later.queue == pytest.approx([30, 30 - 20 * (1 - math.log(2.5))])
        assert later.wait[1] == pytest.approx(later.queue[1] / 20)

    def test_limits(self):
        assert fluid_day([0, 0], 5, 1, 1).present.tolist() == [0, 0]
        closed = fluid_day([10, 0], 0, 1, 0)
        assert closed.queue == pytest.approx([10, 10])
        assert closed.wait.tolist() == [math.inf, math.inf]
        assert fluid_day([10], 0, 1, 1e-300).queue == pytest.approx([10])
        enormous = fluid_day([1e15, 0], 50, 1, 0.5)
        assert enormous.given_up[0] > 1e14


class TestSimulation:
    def test_agrees_with_erlang_a(self):
        run = simulate_surge(np.full(6, 48.0), 50, 1, 0.5, width=300.0, replicates=20, seed=1)
        settled = replace(run, tally=run.tally[:, 1:]).by("replicate")
        truth = erlang_a(48, 1, 0.5, 50)
        for name in ("p_wait", "p_abandon", "mean_wait", "mean_queue"):
            assert holds(getattr(settled, name), getattr(truth, name)), name
        assert settled.arrivals.sum() == pytest.approx(20 * 5 * 300 * 48, rel=0.005)

    def test_agrees_with_three_servers(self):
        run = simulate_surge(np.full(6, 6.0), 3, 3, width=3000.0, target=0.1, replicates=20, seed=2)
        settled = replace(run, tally=run.tally[:, 1:]).by("replicate")
        assert holds(settled.p_wait, 4 / 9)
        assert holds(settled.mean_wait, 8 / 9 / 6)
        assert holds(settled.mean_queue, 8 / 9)
        assert holds(settled.in_time, service_level(3, 2, 1 / 3, 0.1))

    def test_agrees_with_cobham(self):
        run = simulate_surge(np.tile([0.2, 0.6, 1.2], (6, 1)), 2, 3, width=10000.0, replicates=20, seed=3)
        waits = replace(run, tally=run.tally[:, 1:]).by("replicate", "class").mean_wait
        for c, truth in enumerate([0.028736, 0.033156, 0.048077]):
            assert holds(waits[:, c], truth), c

    def test_a_large_day_is_the_fluid_day(self):
        scale, rates, staff = 200, np.array([20, 90, 140, 60, 10, 0]), [50, 60, 60, 50, 40, 40]
        run = simulate_surge(scale * rates, scale * np.array(staff), 1.2, 0.4, replicates=2, seed=4).by("interval")
        day = fluid_day(rates, staff, 1.2, 0.4)
        assert run.mean_queue / scale == pytest.approx(day.mean_queue, rel=0.03, abs=0.1)
        assert np.nanmax(run.p_abandon) > 0.3

    def test_agrees_with_simpy(self):
        day = bench.DAY[14:22]
        ours = simulate_surge(day, 50, 1, 0.5, replicates=400, seed=5).by("replicate")
        peers = [bench.simpy_surge(day, 50, 1, 0.5, seed) for seed in range(60)]
        for mine, theirs in (
            (ours.arrivals, [p.arrivals for p in peers]),
            (ours.p_wait, [p.waited / p.arrivals for p in peers]),
            (ours.p_abandon, [p.given_up / p.arrivals for p in peers]),
            (ours.mean_wait, [p.wait / p.arrivals for p in peers]),
        ):
            spread = math.hypot(np.std(mine) / math.sqrt(len(mine)), np.std(theirs) / math.sqrt(len(theirs)))
            assert abs(np.mean(mine) - np.mean(theirs)) < 3.5 * spread

    def test_the_same_bits_serially_in_a_pool_and_on_dask(self, pool, dask_executor):
        def run(executor):
            rates = np.array([[5.0, 20.0], [30.0, 60.0], [0.0, 10.0]])
            return simulate_surge(rates, [40, 50, 45], 1, [0.2, 0.7], replicates=5, seed=6, executor=executor).tally

        serial = run(None)
        assert np.array_equal(serial, run(None))
        assert np.array_equal(serial, run(pool))
        assert np.array_equal(serial, run(dask_executor))
        assert not np.array_equal(serial[0], serial[1])

    @given(
        st.lists(st.tuples(st.floats(0, 90), st.floats(0, 90)), min_size=1, max_size=6),
        st.lists(st.integers(0, 60), min_size=6, max_size=6),
        st.floats(0.2, 4),
        st.tuples(st.floats(0.2, 5), st.floats(0.2, 5)),
        st.integers(0, 2**32),
    )
    def test_conservation(self, rates, staff, mu, theta, seed):
        run = simulate_surge(rates, staff[: len(rates)], mu, theta, replicates=2, target=0.1, seed=seed)
        assert np.array_equal(run.arrivals, run.served + run.given_up)
        assert (run.tally >= 0).all()
        assert np.array_equal(run.by("class").arrivals, run.by("interval", "class").arrivals.sum(axis=0))
        assert run.by().arrivals == run.by("replicate").arrivals.sum()
        later = simulate_surge([*rates, *[(0, 0)] * 200], [*staff[: len(rates)]] + [1] * 200, mu, theta, seed=seed)
        queued = later.by("class").mean_queue * 1.0 * (len(rates) + 200)
        waits = np.nan_to_num(later.by("class").mean_wait) * later.by("class").arrivals
        assert queued == pytest.approx(waits, rel=1e-9, abs=1e-9)

    @given(st.floats(10, 90), st.integers(1, 60), st.floats(0.05, 3), st.integers(0, 2**32))
    def test_more_staff_never_lets_more_give_up_of_the_same_customers(self, rate, n, theta, seed):
        few, more = (simulate_surge([rate] * 4, k, 1, theta, seed=seed).by() for k in (n, n + 5))
        assert few.arrivals == more.arrivals
        assert more.p_wait <= few.p_wait or few.arrivals == 0

    def test_a_line_longer_than_the_first_ring(self):
        run = simulate_surge([20000, 0], 5000, 1, 0, seed=8).by("interval")
        day = fluid_day([20000, 0], 5000, 1, 0)
        assert run.served[0] == run.arrivals[0]
        assert run.mean_queue == pytest.approx(day.mean_queue, rel=0.03)

    def test_a_shift_that_ends_finishes_the_service_in_hand(self):
        run = simulate_surge([1000, 0, 0], [10, 0, 0], 1, 0.5, seed=9).by()
        assert run.served >= 10
        assert run.served + run.given_up == run.arrivals

    def test_nobody_comes(self):
        run = simulate_surge([0, 0], 3, 1, 1).by()
        assert run.arrivals == 0
        assert math.isnan(run.p_wait)

    def test_nobody_serves(self):
        run = simulate_surge([50, 50], 0, 1, 2, replicates=200, seed=10)
        assert run.by().p_abandon == run.by().p_wait == 1
        assert holds(run.by("replicate").mean_wait, 0.5)
        patient = simulate_surge([50, 50], 0, 1).by()
        assert patient.served == patient.given_up == 0
        assert patient.arrivals > 0
        assert math.isnan(patient.mean_wait)
        assert patient.mean_queue > 0

    def test_a_starved_class(self):
        run = simulate_surge(np.tile([90.0, 10.0], (500, 1)), 50, 1, 0.5, seed=12).by("class")
        assert run.p_abandon[0] == pytest.approx(4 / 9, abs=0.01)
        assert run.p_abandon[1] > 0.95

    def test_staff_that_comes_takes_those_who_wait(self):
        run = simulate_surge([2000, 0], [0, 10**6], 1, 1e-9, target=1, seed=12)
        assert run.by().served == run.by().arrivals
        assert run.by().wait_served == pytest.approx(0.5, abs=0.03)
        assert run.by().in_time == 1

    def test_axes(self):
        run = simulate_surge([[1, 2], [3, 4]], 3, 1, 1, replicates=3)
        assert run.p_wait.shape == (3, 2, 2)
        assert run.by("class", "replicate").arrivals.shape == (3, 2)
        assert isinstance(run.by().p_wait, float)
        with pytest.raises(ValueError, match="axes: expected some of replicate, interval, class, found 'hour'"):
            run.by("hour")


def test_the_bench_reports_both_figures(monkeypatch):
    for name, value in {"DAYS": 30, "PEER_DAYS": 1, "ROUNDS": 1}.items():
        monkeypatch.setattr(bench, name, value)
    result = bench.run()
    assert set(result) == {"figure", "unit", "peer", "peer_figure", "ratio"}
    assert result["peer"] == "SimPy"
    assert result["ratio"] == pytest.approx(result["figure"] / result["peer_figure"], rel=0.01)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: erlang_b(2.5, 1), "servers: expected whole numbers, found 2.5"),
        (lambda: erlang_b(-1, 1), "servers: expected numbers of at least 0, found -1"),
        (lambda: erlang_b(2, math.nan), "load: expected finite numbers, found nan"),
        (lambda: erlang_c(2, [1, -3]), "load: expected numbers of at least 0, found -3"),
        (lambda: erlang_c(2, "many"), "load: expected numbers, found 'many'"),
        (lambda: erlang_b(10**13, 1), "servers: expected 0 to 1e"),
        (lambda: mean_wait(2, 1, 0), "mean_service: expected numbers above 0, found 0"),
        (lambda: service_level(2, 1, 1, -1), "target: expected numbers of at least 0, found -1"),
        (lambda: staff_for(8, 1), "level: expected a share below 1, found 1"),
        (lambda: staff_for(8, 80), "level: expected a share below 1, found 80"),
        (lambda: staff_for([8, 9], 0.8), "load: expected one number, found 2"),
        (lambda: staff_for(math.inf, 0.8), "load: expected finite numbers, found inf"),
        (lambda: mmc(2, 0, 1), "mu: expected numbers above 0, found 0"),
        (lambda: mmc(2, 3, 0), "c: expected 1 to 1e.* found 0"),
        (lambda: mg1(2, 3, -0.1), "scv: expected numbers of at least 0, found -0.1"),
        (lambda: priorities([], 3), "lam: expected at least one number, found none"),
        (lambda: priorities([[1, 2]], 3), r"lam: expected one rate a class, found shape \(1, 2\)"),
        (lambda: pooling([8, 8], [10]), r"staff: expected one number a site, shape \(2,\), found shape \(1,\)"),
        (lambda: pooling([0, 0], [1, 1]), "load: expected at least one site with work"),
        (lambda: halfin_whitt(-1), "beta: expected numbers of at least 0, found -1"),
        (lambda: erlang_a(1, 1, -1, 1), "theta: expected numbers of at least 0, found -1"),
        (lambda: erlang_a(50, 1, 1e-200, 50), "theta: .* told from endless, found 1e-200"),
        (lambda: fluid_day([1, 2], [1, 2, 3], 1, 1), r"servers: expected one number or 2, found shape \(3,\)"),
        (lambda: fluid_day([1, math.inf], 1, 1, 1), "rate: expected finite numbers, found inf"),
        (lambda: fluid_day([[1]], 1, 1, 1), "rate: expected one number an interval"),
        (lambda: fluid_day(lambda t: -t, 1, 1, 1), "rate: expected numbers of at least 0"),
        (lambda: simulate_surge([1, -1], 1, 1), "rates: expected numbers of at least 0, found -1"),
        (lambda: simulate_surge([[[1]]], 1, 1), "rates: expected shape"),
        (lambda: simulate_surge([1, 1], [1], 1), r"servers: expected one number or 2, found shape \(1,\)"),
        (lambda: simulate_surge([1, 1], 1, 1, [1, 1]), r"theta: expected one number or 1, found shape \(2,\)"),
        (lambda: simulate_surge([1], 1, 0), "mu: expected numbers above 0, found 0"),
        (lambda: simulate_surge([1], 1, 1, width=0), "width: expected numbers above 0, found 0"),
        (lambda: simulate_surge([1], 1, 1, replicates=0), "replicates: .* found 0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
