import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.methods.queueing import Scalability, fit_scalability, wait_quantile


def test_scalability_of_the_published_case():
    users = [1, 18, 36, 72, 108, 144, 216]
    found = fit_scalability(users, [64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775.0, 1702.2])
    assert found.contention == pytest.approx(0.0277285, abs=1e-6)
    assert found.coherency == pytest.approx(0.0001044, abs=1e-7)
    assert found.rate == pytest.approx(89.995, abs=0.001)
    assert found.peak == pytest.approx(96.5, abs=0.05)


def test_scalability_limits():
    line = Scalability(10, 0, 0)
    assert (line.at(7), line.peak, line.machines_for(65)) == (70, np.inf, 7)
    amdahl = Scalability(10, 0.1, 0)
    assert amdahl.at(1e9) == pytest.approx(100, rel=1e-6)
    assert amdahl.machines_for(101) == np.inf
    falling = Scalability(10, 0.1, 0.01)
    assert falling.machines_for(1) == 1
    assert falling.machines_for(0) == 0
    assert falling.at(falling.peak) >= falling.at(falling.peak + 1)
    assert Scalability(1, 1, 0).machines_for(2) == np.inf


@given(st.floats(0, 0.5), st.floats(0, 0.01), st.floats(1, 50))
def test_so_many_machines_reach_it_and_one_fewer_does_not(contention, coherency, wanted):
    law = Scalability(10, contention, coherency)
    machines = law.machines_for(wanted)
    if np.isfinite(machines):
        assert law.at(machines) >= wanted * (1 - 1e-6) or machines > law.peak
        assert law.at(machines - 1) < wanted * (1 + 1e-6)
    else:
        assert law.at(max(law.peak, 1) if np.isfinite(law.peak) else 1e12) <= wanted * (1 + 1e-6)


@pytest.mark.parametrize(
    ("machines", "throughput", "message"),
    [([1, 2], [1, 2], "machines: expected at least 3"), ([1, 2, 3], [1, 2], "throughput: expected one for each")],
)
def test_bad_measurements_are_named(machines, throughput, message):
    with pytest.raises(ValueError, match=message):
        fit_scalability(machines, throughput)


def test_the_wait_of_a_share_of_customers():
    # M/M/1 at half load: C = 1/2, so the wait of 9 in 10 is ln(5)/(1 - 1/2) mean services
    assert wait_quantile(1, 0.5, 0.9) == pytest.approx(3.218876, abs=1e-6)
    assert wait_quantile(2, 0.5, 0.5) == 0
    assert wait_quantile(1, 1, 0.9) == np.inf
    with pytest.raises(ValueError, match="level: expected shares below 1"):
        wait_quantile(1, 0.5, 1)
