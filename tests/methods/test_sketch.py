import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.methods.sketch import CountMin, HyperLogLog


def count_part(part):
    """Sketch a tenth of a stream; a function of a module, so that another process finds it."""
    return HyperLogLog(12).add_range(part * 20_000, (part + 1) * 20_000)


def union(sketches):
    whole = HyperLogLog(12)
    for each in sketches:
        whole = whole.merge(each)
    return whole


def test_the_error_is_the_stated_one():
    sketch = HyperLogLog(14)
    assert sketch.memory_bytes == 16_384
    assert sketch.error == pytest.approx(0.008125)
    off = [HyperLogLog(12).add_range(k * 10**6, k * 10**6 + 30_000).count() / 30_000 - 1 for k in range(60)]
    assert np.std(off) == pytest.approx(1.04 / 64, rel=0.3)
    assert abs(np.mean(off)) < 3 * 1.04 / 64 / np.sqrt(60)


@pytest.mark.parametrize("few", [0, 1, 2, 10, 100])
def test_small_counts_are_nearly_exact(few):
    assert HyperLogLog(14).add(np.arange(few)).count() == pytest.approx(few, rel=0.02, abs=0.01)


@given(st.lists(st.integers(0, 2**63 - 1), max_size=60), st.lists(st.integers(0, 2**63 - 1), max_size=60))
def test_repeats_order_and_parts_change_nothing(a, b):
    whole = HyperLogLog(8).add(np.array(a + b, dtype=np.int64))
    parts = (
        HyperLogLog(8).add(np.array(b[::-1] + b, dtype=np.int64)).merge(HyperLogLog(8).add(np.array(a, dtype=np.int64)))
    )
    assert np.array_equal(whole.registers, parts.registers)


def test_a_full_sketch_does_not_fail():
    sketch = HyperLogLog(4)
    sketch.registers[:] = 61
    assert sketch.count() > 1e18


def test_the_same_bits_in_every_executor(pool, dask_executor):
    here = union(map(count_part, range(10)))
    assert np.array_equal(here.registers, union(pool.map(count_part, range(10))).registers)
    assert np.array_equal(here.registers, union(dask_executor.map(count_part, range(10))).registers)
    assert np.array_equal(here.registers, HyperLogLog(12).add_range(0, 200_000).registers)


def test_count_min_by_hand():
    # One row of one counter holds everything.
    sketch = CountMin(1, 1).add([3, 3, 8])
    assert sketch.count([3, 8, 99]).tolist() == [3, 3, 3]
    assert sketch.total == 3
    assert sketch.excess == pytest.approx(3 * 2.718281828)
    assert sketch.risk == pytest.approx(0.36787944)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=200), st.integers(1, 40), st.integers(1, 4))
def test_counts_are_never_too_low_and_parts_add_up(ids, width, depth):
    true = np.bincount(ids, minlength=51)
    sketch = CountMin(width, depth).add(np.array(ids))
    assert (sketch.count(np.arange(51)) >= true).all()
    half = len(ids) // 2
    parts = (
        CountMin(width, depth)
        .add(np.array(ids[:half], dtype=int))
        .merge(CountMin(width, depth).add(np.array(ids[half:])))
    )
    assert np.array_equal(parts.counters, sketch.counters)


def test_few_counts_exceed_the_bound():
    rng = np.random.default_rng(2)
    ids = np.minimum(rng.zipf(1.3, 100_000), 5_000)
    sketch = CountMin(500, 3).add(ids)
    over = sketch.count(np.arange(5_001)) - np.bincount(ids, minlength=5_001)
    assert (over > sketch.excess).mean() <= sketch.risk


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: HyperLogLog(3), "bits"),
        (lambda: HyperLogLog(19), "bits"),
        (lambda: HyperLogLog(8).add([0.5]), "ids"),
        (lambda: HyperLogLog(8).add([-1]), "ids"),
        (lambda: HyperLogLog(8).add_range(5, 4), "stop"),
        (lambda: HyperLogLog(8).merge(HyperLogLog(9)), "other"),
        (lambda: CountMin(0), "width"),
        (lambda: CountMin(5, 0), "depth"),
        (lambda: CountMin(5).merge(CountMin(6)), "other"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()
