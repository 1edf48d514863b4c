"""The square-root law of walking: published constants, scale, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.methods.location import mean_walk


def test_published_constants():
    # Larson and Odoni, chapter 3, for random and square; 0.3772 is 2^(1/2) 3^(-3/4) (1/3 + ln 3 / 4) for hexagons.
    assert mean_walk(1) == 0.5
    assert mean_walk(1, "square") == pytest.approx(0.3826, abs=5e-5)
    assert mean_walk(1, "hexagonal") == pytest.approx(0.3772, abs=5e-5)


def test_the_square_by_sampling():
    points = np.random.default_rng(0).random((400_000, 2)) - 0.5
    assert mean_walk(1, "square") == pytest.approx(np.hypot(*points.T).mean(), abs=1e-3)


@given(st.floats(1e-9, 1e9))
def test_four_times_the_sites_make_half_the_walk(density):
    assert mean_walk(4 * density) == pytest.approx(mean_walk(density) / 2)
    assert mean_walk(density, "hexagonal") < mean_walk(density, "square") < mean_walk(density)


def test_shapes_are_kept():
    assert mean_walk([[1.0, 4.0]]).tolist() == [[0.5, 0.25]]


@pytest.mark.parametrize("density", [0, -1, np.nan, [1, 0]])
def test_bad_density_is_refused(density):
    with pytest.raises(ValueError, match="density: expected numbers above 0, found"):
        mean_walk(density)


def test_unknown_pattern_is_refused():
    with pytest.raises(ValueError, match="pattern: expected one of 'random', 'square', 'hexagonal', found 'oval'"):
        mean_walk(1, "oval")
