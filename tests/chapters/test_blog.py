import numpy as np
import pytest
from seeding import chapter

model = chapter("singles-day/account")


def test_the_share_lost_at_any_scale_and_slowness_that_compounds():
    # With patience as long as a service every customer leaves the system at the same rate, so their number is
    # Poisson's, and the share lost is e^-n n^n / n!: 0.3679, 0.1251, 0.0399 by the tables of Poisson's law.
    lost = [model.lost(n, 1) for n in (1, 10, 100)]
    assert lost == pytest.approx([0.36788, 0.12511, 0.03986], abs=5e-6)
    assert model.lost(1000, 1.25) == pytest.approx(0.2, abs=0.002)  # a fifth of the work has no server
    assert model.gone_after(10, 0.05) == pytest.approx(0.4012631, abs=1e-7)


def test_a_parabola_is_fitted_by_a_cubic_and_missed_by_a_line():
    years = np.arange(2009, 2020)
    squares = (years - 2008.0) ** 2
    assert model.fitted(years, squares, 3)[0] == pytest.approx(1)
    quality, miss = model.fitted(years, squares, 1)
    assert quality == pytest.approx(0.9482, abs=5e-4)
    assert miss[0] == pytest.approx(-15, abs=1e-9)  # the line is 12 k - 26: it has -14 where 1 is
