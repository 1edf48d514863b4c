import numpy as np
import pytest
from scipy.stats import poisson
from seeding import chapter, told

model = chapter("sars-to-covid/sign-ups", benefit=[100_000, 500_000])
HOURS, PEOPLE = np.array([1.0, 4.0, 72.0]), np.array([10_000.0, 100_000.0, 1_000_000.0])


def test_curves_pass_through_the_totals_and_leave_an_envelope():
    at = model.between(HOURS, HOURS, PEOPLE)
    assert list(at) == ["straight lines", "Bass", "Hill", "Weibull"]
    for curve in at:
        assert at[curve].to_numpy() == pytest.approx(PEOPLE, rel=1e-6)
    at = model.between(np.array([12.0, 24.0]), HOURS, PEOPLE).agg(["min", "max"], axis=1)
    assert at.loc[24.0].to_numpy() == pytest.approx([364_706, 999_872], abs=1)
    assert at.loc[12.0].to_numpy() == pytest.approx([205_882, 911_871], abs=1)
    left = model.between(HOURS, np.array([1, 4, 24, 72]), np.array([1e4, 1e5, 3e5, 1e6]))
    assert list(left) == ["straight lines"]


# 1,000 people, 2 in 1,000 diagnosed, one in four of them dies: 2 claims of 1 or 5 steps, a mean of 2 steps of 100,000.
def law(transform):
    return np.fft.ifft(transform).real


@pytest.fixture
def z():
    return model.cost_of_a_claim(0.25)


def test_costs_in_the_mean_and_by_the_compound_poisson_law(z):
    for transform in (
        model.chance(z, 1000, 0.002),
        model.wards(z, 1000, 0.002, 20, 0.1),
        model.common_shock(z, 1000, 0.002, 0.0001),
    ):
        assert model.reserve(transform)[0] == pytest.approx(2 * 2 * 100_000, rel=2e-3)
    by_hand = law(model.chance(z, 1000, 0.002))
    assert by_hand[0] == pytest.approx(0.13533528, rel=1e-6)  # nobody ill: e^-2
    assert by_hand[1] == pytest.approx(0.13533528 * 2 * 0.75, rel=1e-6)  # one claim, and it is a diagnosis
    # A ward of one cannot cluster: the number ill is binomial, which is Poisson's law for a rate so small.
    ill = law(model.wards(np.fft.fft(np.eye(1, 2**15, 1)[0]), 1000, 0.002, 1, 0.1))
    assert ill[:6] == pytest.approx(poisson.pmf(range(6), 2), abs=1e-3)


def test_what_is_shared_widens_the_tail(z):
    kept = [
        model.reserve(transform)[1]
        for transform in (
            model.chance(z, 1000, 0.002),
            model.wards(z, 1000, 0.002, 20, 0.3),
            model.common_shock(z, 1000, 0.002, 0.01),
        )
    ]
    assert kept == sorted(kept)
    assert kept[0] < kept[-1]


def test_bad_totals_are_told():
    for hours, people in (
        ([1, "four"], [1, 2]), ([1, 2], [1, np.nan]), ([1, 2], [2, 1]), ([0, 2], [1, 2]), ([1], [1, 2])
    ):  # fmt: skip
        assert told(model, hours, people).startswith(("my_hours", "my_people"))
