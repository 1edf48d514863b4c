from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom
from seeding import chapter, refused

model = chapter("sars-to-covid/relief-logistics", shares=np.arange(0, 91, 10.0))
case = model.given


# Hillier and Lieberman, County Hospital: 0.2, 0.6 and 1.2 arrivals an hour, three served an hour
@pytest.mark.parametrize(("doctors", "hours"), [(1, [5 / 21, 25 / 77, 10 / 11]), (2, [0.028736, 0.033156, 0.048077])])
def test_cobhams_waits_as_published(doctors, hours):
    found = model.waits([0.2, 0.6, 1.2], 3, doctors)
    assert found == pytest.approx(hours, abs=5e-7)
    if doctors == 1:
        assert np.dot([0.2, 0.6, 1.2], found) == pytest.approx(4 / 3)  # waiting customers, whoever goes first


@given(st.floats(0, 100), st.floats(1, 99), st.floats(0.1, 60))
def test_what_is_saved_is_paid_minute_for_minute(green, load, minutes):
    post = SimpleNamespace(inspection_minutes=minutes, checkpoint_load_percent=load)
    first, others, usual = model.at_a_post(post, green)
    assert green * first + (100 - green) * others == pytest.approx(100 * usual)
    assert others / usual == pytest.approx(1 / (1 - green * load / 10_000))


def test_office_hours_and_a_share_of_trucks_by_hand():
    # open 8 to 18: work of 4 hours begun at 9, at 16, at 20 and at 2 o'clock
    done = model.in_office(np.array([9.0, 16.0, 20.0, 2.0]), 4.0, 10.0)
    assert done.tolist() == [13, 24 + 10, 24 + 12, 12]
    assert model.in_office(np.array([20.0]), 0.0, 10.0).tolist() == [32]
    assert model.in_office(np.array([8.0]), 25.0, 10.0).tolist() == [48 + 13]  # two full days and half of the third
    k = np.arange(81)
    by_hand = 100 / 40 * (np.minimum(k, 40) @ binom.pmf(k, 80, 0.7))
    assert model.carried(80, 100, case) == pytest.approx(by_hand)
    assert model.carried(0, 100, case) == 0
    assert model.carried(100, 10_000, case) == pytest.approx(100)


def test_a_journey_is_the_sum_of_stages_that_never_run_backwards():
    loads = model.journey(case)
    assert (loads >= 0).all().all()
    assert loads["driving"].iloc[0] == pytest.approx(500 / 60)
    assert loads.equals(model.journey(case))
    slower = model.journey(case.but(handovers=4))
    assert slower["depots"].mean() > loads["depots"].mean() + 2 * 6


def test_lost_callers_are_fewer_than_lost_attempts():
    attempts, given_up, lost = model.lost_callers(case, 150, 11)
    # every attempt is a first call or a redial: 150 = attempts (1 - r P), and who is lost gave up for the last time
    assert attempts * (1 - 0.6 * given_up) == pytest.approx(150)
    assert lost == pytest.approx(0.4 * given_up * attempts / 150)
    assert lost < given_up
    assert model.lost_callers(case.but(redial_percent=0), 150, 11)[2] == pytest.approx(
        model.lost_callers(case.but(redial_percent=0), 150, 11)[1]
    )


def test_the_savings_of_a_skipped_warehouse():
    assert model.saving(case) > model.saving(case, level=True) > model.saving(case, level=True, parcels=True) > 0
    doors = np.array([1.0, 1.5, 2.0])
    whole = model.chain(0, doors, model.HOLDING)
    # Snyder and Shen, example 6.1: cost 47.65 by an exact recursion (47.67 in print, from a grid); lead times 1, 1 and 2
    assert whole[0] == pytest.approx(47.6687, abs=0.02)
    assert whole[2] == 4 + 1


def test_sharing_owes_no_more_and_assigning_together_drives_less():
    together, apart = model.owed(case, True), model.owed(case, False)
    assert together.sum() <= apart.sum() + 1e-6
    assert (together >= -1e-9).all()
    together, one_by_one = model.empty_km()
    assert together < one_by_one


def test_bad_numbers_are_told():
    refused(model, {"green": 25, "busy": 85}, green=["many", -1, 101], busy=[100, np.nan])
