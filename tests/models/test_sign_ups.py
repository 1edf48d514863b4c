import numpy as np
import pytest

from casebook.models.sign_ups import Cover, contagion, cost, curves

POINTS = [(1, 10_000), (4, 100_000), (72, 1_000_000)]
SMALL = Cover(people=1000, diagnosis_rate=0.002, death_share=0.25)


def test_every_curve_passes_through_the_stated_totals():
    at = curves(POINTS, np.array([1.0, 4.0, 72.0]))
    for _, curve in at.groupby("curve"):
        assert curve["people"].to_numpy() == pytest.approx([10_000, 100_000, 1_000_000], rel=1e-6)


def test_the_envelope_at_a_day_and_at_half_a_day():
    at = curves(POINTS, np.array([12.0, 24.0])).groupby("hour")["people"].agg(["min", "max"])
    assert at.loc[24.0].to_numpy() == pytest.approx([364_706, 999_872], abs=1)
    assert at.loc[12.0].to_numpy() == pytest.approx([205_882, 911_871], abs=1)


def test_mean_cost_is_claims_times_mean_benefit():
    # 1,000 people, 2 in 1,000 diagnosed: 2 claims; three in four cost 1 step, one in four costs 5: a mean of 2 steps.
    assert cost(SMALL).mean == pytest.approx(2 * 2 * 100_000)
    assert cost(SMALL, deaths_only=True).mean == pytest.approx(0.5 * 500_000)
    assert contagion(SMALL, 0.01).mean == pytest.approx(2 * 2 * 100_000, rel=1e-6)


def test_nobody_ill_costs_nothing_with_the_poisson_probability():
    assert cost(SMALL).pmf[0] == pytest.approx(np.exp(-2))


def test_one_claim_of_a_step():
    # one claim, and it is a diagnosis: e^-2 * 2 * 3/4
    assert cost(SMALL).pmf[1] == pytest.approx(0.13533528 * 2 * 0.75, rel=1e-6)


def test_clusters_widen_the_tail_and_not_the_mean():
    near, far = contagion(SMALL, 0.0001), contagion(SMALL, 0.05)
    assert near.mean == pytest.approx(far.mean, rel=1e-6)
    assert far.reserve() > near.reserve()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"diagnosis_rate": 1.2}, "diagnosis_rate"),
        ({"death_share": -0.1}, "death_share"),
        ({"pay_on_death_rmb": 123}, "pay_on_death"),
    ],
)
def test_bad_assumptions_are_named(change, name):
    with pytest.raises(ValueError, match=name):
        Cover(**({"people": 10, "diagnosis_rate": 0.1, "death_share": 0.1} | change))


def test_limits():
    assert cost(Cover(0, 0.5, 0.5)).mean == 0
    assert cost(Cover(1000, 0.0, 0.5)).reserve() == 0
