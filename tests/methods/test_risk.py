"""Risk: the published digits of Newcombe, exact relations, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seeding import named

from casebook.methods.risk import wilson


class TestWilson:
    @pytest.mark.parametrize(
        ("k", "n", "low", "high"),
        [(81, 263, 0.25529, 0.36621), (15, 148, 0.06239, 0.16049), (0, 20, 0, 0.16113), (1, 29, 0.00611, 0.17176)],
    )
    def test_newcombes_digits(self, k, n, low, high):
        assert wilson(k, n) == pytest.approx((low, high), abs=5.1e-6)

    @given(st.integers(0, 10**9), st.integers(1, 10**9), st.floats(0.01, 0.9999))
    def test_holds_the_share_and_mirrors(self, k, n, level):
        k = min(k, n)
        low, high = wilson(k, n, level)
        assert 0 <= low <= k / n * (1 + 1e-12) <= high * (1 + 1e-9) <= 1 + 1e-8
        assert wilson(n - k, n, level) == pytest.approx((1 - high, 1 - low), rel=1e-9, abs=1e-12)

    def test_ends_are_exact_and_arrays_broadcast(self):
        low, high = wilson([0, 5, 10], 10)
        assert (low[0], high[-1]) == (0, 1)
        assert (np.diff(low) > 0).all()


def test_bad_input_is_named():
    named(
        (lambda: wilson(5, 4), "k: expected at most n = 4, found 5"),
        (lambda: wilson(0, 0), "n: .* found 0"),
        (lambda: wilson([1, 2], [3, 4, 5]), r"n: expected one number or shape \(2,\), as k has"),
        (lambda: wilson(1, 4, 95), "level: .* found 95"),
    )
