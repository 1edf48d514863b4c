"""The simulated surge: against formulas, a differential equation, SimPy and NumPy; invariants, limits and bad input."""

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from seeding import named

from bench import surge as bench
from casebook.methods.arguments import ArgumentError
from casebook.methods.queues import erlang_a, service_level
from casebook.methods.replicates import estimate
from casebook.methods.surge import simulate_surge


def holds(values, truth):
    """Say whether the mean of replicates agrees with a formula; one agreeing test in a thousand would fail."""
    found = estimate(values, 0.999)
    return found.low < truth < found.high


def settled(rates, servers, mu, theta=0.0, **options):
    """Simulate six long intervals of constant rates and leave out the first."""
    found = simulate_surge(np.tile(rates, (6, 1)), servers, mu, theta, replicates=20, **options)
    return replace(found, tally=found.tally[:, 1:])


class TestAgreement:
    def test_with_erlang_a_three_servers_and_cobham(self):
        found, truth = settled([48.0], 50, 1, 0.5, width=300.0, seed=1).by("replicate"), erlang_a(48, 1, 0.5, 50)
        for name in ("p_wait", "p_abandon", "mean_wait"):
            assert holds(getattr(found, name), getattr(truth, name)), name
        assert found.arrivals.sum() == pytest.approx(20 * 5 * 300 * 48, rel=0.005)
        found = settled([6.0], 3, 3, width=3000.0, target=0.1, seed=2).by("replicate")
        assert holds(found.p_wait, 4 / 9)
        assert holds(found.mean_wait, 8 / 9 / 6)
        assert holds(found.in_time, service_level(3, 2, 1 / 3, 0.1))
        waits = settled([0.2, 0.6, 1.2], 2, 3, width=10000.0, seed=3).by("replicate", "class").mean_wait
        for c, truth in enumerate([0.028736, 0.033156, 0.048077]):
            assert holds(waits[:, c], truth), c

    def test_of_a_large_day_with_the_fluid_one(self):
        scale, rates, staff, mu, theta = 200, [20, 90, 140, 60, 10, 0], np.array([50, 60, 60, 50, 50, 50]), 1.2, 0.4
        found = simulate_surge(scale * np.array(rates), scale * staff, mu, theta, replicates=2, seed=4).by()

        def flow(time, state, rate, n):
            waiting = max(state[0] - n, 0)
            return [rate - mu * min(state[0], n) - theta * waiting, theta * waiting, waiting]

        state = [0.0, 0.0, 0.0]
        for rate, n in zip([*rates, *[0] * 30], [*staff, *[50] * 30], strict=True):
            state = solve_ivp(flow, (0, 1), state, args=(rate, n), rtol=1e-8, atol=1e-8, max_step=0.1).y[:, -1]
        assert found.given_up / (2 * scale) == pytest.approx(state[1], rel=0.02)
        assert found.mean_wait == pytest.approx(state[2] / sum(rates), rel=0.02)

    @pytest.mark.parametrize("peer", ["SimPy", "NumPy"])
    def test_with_others(self, peer):
        day = bench.DAY[14:22]
        mine = simulate_surge(day, 50, 1, 0.5, replicates=400, seed=5).by("replicate")
        if peer == "SimPy":
            come, waited, given_up, wait = np.array([simpy_day(day, 50, 1, 0.5, seed) for seed in range(60)]).T
        else:
            come, waited, given_up, wait = bench.side_by_side(day, 50, 1, 0.5, 400, 7)
        theirs = {"arrivals": come, "p_wait": waited / come, "p_abandon": given_up / come, "mean_wait": wait / come}
        for name, values in theirs.items():
            ours = getattr(mine, name)
            spread = math.hypot(np.std(ours) / math.sqrt(len(ours)), np.std(values) / math.sqrt(len(values)))
            assert abs(np.mean(ours) - np.mean(values)) < 3.5 * spread, name


def simpy_day(rates, servers, mu, theta, seed):
    """Simulate hours with SimPy, one process a customer: customers, those who waited and gave up, and all waits."""
    rng, world, counts = np.random.default_rng(seed), simpy.Environment(), np.zeros(4)
    staff = simpy.Resource(world, servers)

    def customer():
        came = world.now
        counts[:2] += 1, staff.count == servers
        with staff.request() as turn:
            yield turn | world.timeout(rng.standard_exponential() / theta)
            counts[2:] += not turn.triggered, world.now - came
            if turn.triggered:
                yield world.timeout(rng.standard_exponential() / mu)

    def arrivals():
        for hour, rate in enumerate(rates):
            now = float(hour)
            while (now := now + rng.standard_exponential() / rate) < hour + 1:
                yield world.timeout(now - world.now)
                world.process(customer())

    world.process(arrivals())
    world.run()
    return counts


class TestInvariants:
    @given(
        st.lists(st.tuples(st.floats(0, 90), st.floats(0, 90)), min_size=1, max_size=6),
        st.lists(st.integers(0, 60), min_size=6, max_size=6),
        st.floats(0.2, 4),
        st.tuples(st.floats(0.2, 5), st.floats(0.2, 5)),
        st.integers(0, 2**32),
    )
    def test_conservation(self, rates, staff, mu, theta, seed):
        found = simulate_surge(rates, staff[: len(rates)], mu, theta, replicates=2, target=0.1, seed=seed)
        assert np.array_equal(found.arrivals, found.served + found.given_up)
        assert (found.tally >= 0).all()
        assert np.array_equal(found.by("class").arrivals, found.by("interval", "class").arrivals.sum(axis=0))
        assert found.by().arrivals == found.by("replicate").arrivals.sum()

    @given(st.floats(10, 90), st.integers(1, 60), st.floats(0.05, 3), st.integers(0, 2**32))
    def test_the_same_customers_wait_no_more_with_more_staff(self, rate, n, theta, seed):
        few, more = (simulate_surge([rate] * 4, k, 1, theta, seed=seed).by() for k in (n, n + 5))
        assert few.arrivals == more.arrivals
        assert more.p_wait <= few.p_wait or few.arrivals == 0

    def test_a_line_longer_than_the_first_ring_is_served_and_a_starved_class_gives_up(self):
        found = simulate_surge([20000, 0], 5000, 1, seed=8).by("interval")
        assert found.served[0] == found.arrivals[0]
        # By hand: all couriers are busy after ln(4/3) hours; from then on the wait grows by three hours an hour.
        assert found.mean_wait[0] == pytest.approx(1.5 * (1 - math.log(4 / 3)) ** 2, rel=0.02)
        found = simulate_surge(np.tile([90.0, 10.0], (500, 1)), 50, 1, 0.5, seed=12).by("class")
        assert found.p_abandon[0] == pytest.approx(4 / 9, abs=0.01)
        assert found.p_abandon[1] > 0.95

    def test_a_shift_that_ends_finishes_its_service_and_one_that_comes_takes_those_who_wait(self):
        ended = simulate_surge([1000, 0, 0], [10, 0, 0], 1, 0.5, seed=9).by()
        assert 10 <= ended.served == ended.arrivals - ended.given_up
        found = simulate_surge([2000, 0], [0, 10**6], 1, 1e-9, target=1, seed=12).by()
        assert (found.served, found.in_time) == (found.arrivals, 1)
        assert found.mean_wait == pytest.approx(0.5, abs=0.03)

    @pytest.mark.filterwarnings("error")
    def test_nobody_comes_and_nobody_serves(self):
        nobody = simulate_surge([0, 0], 3, 1, 1).by()
        assert nobody.arrivals == 0
        assert math.isnan(nobody.p_wait)
        found = simulate_surge([50, 50], 0, 1, 2, replicates=200, seed=10)
        assert found.by().p_abandon == found.by().p_wait == 1
        assert holds(found.by("replicate").mean_wait, 0.5)
        patient = simulate_surge([50, 50], 0, 1).by()
        assert patient.served == patient.given_up == 0 < patient.arrivals
        assert math.isnan(patient.mean_wait)

    def test_axes(self):
        found = simulate_surge([[1, 2], [3, 4]], 3, 1, 1, replicates=3)
        assert found.p_wait.shape == (3, 2, 2)
        assert found.by("class", "replicate").arrivals.shape == (3, 2)
        assert isinstance(found.by().p_wait, float)
        with pytest.raises(ArgumentError, match="axes: expected one of replicate, interval, class, found 'hour'"):
            found.by("hour")


@pytest.mark.filterwarnings("error")
def test_bad_input_is_named():
    def day(**options):
        return partial(simulate_surge, **{"rates": [1, 1], "servers": 1, "mu": 1} | options)

    named(
        (day(rates=[1, -1]), "rates: .* found -1"),
        (day(rates=[[[1]]]), r"rates: expected shape \(intervals,\) or \(intervals, classes\), found shape \(1,"),
        (day(servers=[1, 2, 3]), r"servers: expected one number or 2, found shape \(3,\)"),
        (day(servers=1.5), "servers: .* found 1.5"),
        (day(mu=0), "mu: .* found 0"),
        (day(theta=[1, 1]), r"theta: expected one number or 1, found shape \(2,\)"),
        (day(width=0), "width: .* found 0"),
        (day(target=math.nan), "target: .* found nan"),
        (day(replicates=10**6), "replicates times intervals times classes: .* found 2e"),
        (day(rates=[1e8, 0]), "expected customers of a replicate, times classes: .* found 1e"),
        (day(rates=[1e7, 0], replicates=200), "expected customers: .* found 2e"),
        (day(rates=np.ones((2, 1000))), "classes: .* found 1000"),
    )
