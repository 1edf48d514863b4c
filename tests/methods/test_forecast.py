import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.methods.forecast import (
    AIR_PASSENGERS,
    first_piece_mean,
    fit_airline,
    mixed_loss,
    mixed_quantile,
    pinball,
    rmsse,
)
from casebook.methods.inventory import newsvendor_poisson

HISTORY, ACTUAL, FORECAST = (10, 12, 9, 13, 11), (12, 10, 14, 9, 13), (11, 11, 12, 10, 12)


@pytest.fixture(scope="module")
def passengers():
    return fit_airline(np.log(AIR_PASSENGERS))


def test_the_published_airline_model(passengers):
    assert passengers.ma == pytest.approx(-0.4018, abs=0.00005)
    assert passengers.sma == pytest.approx(-0.5569, abs=0.00005)
    assert passengers.log_likelihood == pytest.approx(244.70, abs=0.005)
    assert passengers.aic == pytest.approx(-483.39, abs=0.005)
    assert passengers.variance == pytest.approx(0.0013481, abs=5e-8)


def test_the_series_is_the_published_one():
    # First and last year, and the total, as Box and Jenkins list them.
    assert AIR_PASSENGERS[:3] == (112, 118, 132)
    assert AIR_PASSENGERS[-3:] == (461, 390, 432)
    assert len(AIR_PASSENGERS) == 144
    assert sum(AIR_PASSENGERS) == 40363


def test_the_outlook_keeps_the_season_and_widens(passengers):
    ahead = passengers.forecast(24)
    assert np.argmax(ahead.mean[:12]) == 6
    assert (np.diff(ahead.sd) > 0).all()
    assert ahead.sd[0] == pytest.approx(math.sqrt(0.0013481), rel=1e-4)
    # One shock moves the next step by 1 + theta: sqrt(1 + 0.5982^2) times the first spread.
    assert ahead.sd[1] / ahead.sd[0] == pytest.approx(1.16529, rel=1e-4)
    assert (ahead.quantile(0.9) > ahead.mean).all()


def test_the_likelihood_is_that_of_the_normal_law(passengers):
    # An independent way: the covariance of the moving average written out, and the multivariate normal density.
    change = np.diff(np.log(AIR_PASSENGERS)[12:] - np.log(AIR_PASSENGERS)[:-12])
    weights = np.zeros(14)
    weights[[0, 1, 12, 13]] = 1, passengers.ma, passengers.sma, passengers.ma * passengers.sma
    lags = [weights[: 14 - k] @ weights[k:] for k in range(14)] + [0.0] * (change.size - 14)
    cover = passengers.variance * np.array([[lags[abs(i - j)] for j in range(131)] for i in range(131)])
    _, log_det = np.linalg.slogdet(cover)
    density = -0.5 * (131 * math.log(2 * math.pi) + log_det + change @ np.linalg.solve(cover, change))
    assert passengers.log_likelihood == pytest.approx(density, rel=1e-9)


def test_a_shifted_series_has_the_same_model(passengers):
    moved = fit_airline(np.log(AIR_PASSENGERS) + 5)
    assert (moved.ma, moved.sma) == pytest.approx((passengers.ma, passengers.sma), abs=1e-4)


def test_bad_series_are_named():
    with pytest.raises(ValueError, match="series: expected at least 26"):
        fit_airline(range(25))
    with pytest.raises(ValueError, match="series"):
        fit_airline([1.0] * 40)
    with pytest.raises(ValueError, match="series"):
        fit_airline([math.nan] * 40)
    with pytest.raises(ValueError, match="season"):
        fit_airline(AIR_PASSENGERS, 1)
    with pytest.raises(ValueError, match="steps"):
        fit_airline(AIR_PASSENGERS).forecast(0)


def test_rmsse_by_hand():
    # Squared changes of the history 4, 9, 16, 4: mean 8.25. Squared errors 1, 1, 4, 1, 1: mean 1.6.
    assert rmsse(HISTORY, ACTUAL, FORECAST) == pytest.approx(0.440386, abs=5e-7)


def test_pinball_by_hand():
    # Errors 1, -1, 2, -1, 1 at 0.75: 0.75 + 0.25 + 1.5 + 0.25 + 0.75 = 3.5.
    assert pinball(ACTUAL, FORECAST, 0.75) == pytest.approx(0.7)


def test_scores_at_their_limits():
    assert rmsse(HISTORY, ACTUAL, ACTUAL) == 0
    assert rmsse([5, 5, 5], [5], [6]) == math.inf
    assert rmsse([5, 5, 5], [5], [5]) == 0
    assert pinball(ACTUAL, ACTUAL, 0.9) == 0


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: rmsse(HISTORY, ACTUAL, FORECAST[:3]), "forecast"),
        (lambda: rmsse(HISTORY, ACTUAL, FORECAST, 5), "season"),
        (lambda: rmsse([], ACTUAL, FORECAST), "history"),
        (lambda: pinball(ACTUAL, FORECAST, 1), "probability"),
        (lambda: pinball(ACTUAL, FORECAST[:2], 0.5), "quantile"),
        (lambda: mixed_quantile([-1], 0.5, 0.5), "mean"),
        (lambda: mixed_quantile([1], -0.5, 0.5), "log_sd"),
        (lambda: mixed_quantile([1], 0.5, 0), "probability"),
        (lambda: mixed_loss([1], math.inf, 0.5), "mean"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()


@given(st.floats(-50, 50), st.floats(0.05, 0.95))
def test_the_sample_quantile_has_the_least_pinball_loss(moved, probability):
    values = np.arange(101.0)
    best = np.quantile(values, probability, method="inverted_cdf")
    assert (
        pinball(values, np.full(101, best), probability)
        <= pinball(values, np.full(101, best + moved), probability) + 1e-9
    )


def test_without_error_the_quantile_is_the_newsvendors():
    assert mixed_quantile(50, 0, 0.70 / 0.88) == 56
    means = np.array([0.1, 0.5, 1, 3, 10, 30, 80])
    exact = [newsvendor_poisson(1, 3, mean).stock for mean in means]
    assert mixed_quantile(means, 0, 0.75).tolist() == exact


def test_the_quantile_against_draws():
    rng = np.random.default_rng(4)
    for mean, sd, probability in ((0.7, 0.5, 0.75), (20, 1.0, 0.6), (5000, 0.4, 0.9)):
        drawn = rng.poisson(mean * np.exp(sd * rng.standard_normal(200_000) - sd**2 / 2))
        assert mixed_quantile(mean, sd, probability) == pytest.approx(np.quantile(drawn, probability), rel=0.02)


def test_where_the_exact_part_ends_nothing_jumps():
    # Stocks against a mixture of 400,000 draws would differ by two parts in a hundred at most; so must neighbours.
    means = np.linspace(40, 400, 721)
    for sd in (0.2, 0.6, 1.2):
        placed = mixed_quantile(means, sd, 0.8)
        assert (np.diff(placed) >= 0).all()
        assert np.diff(placed).max() <= 6


@given(st.floats(0, 1e7), st.floats(0, 1.5), st.floats(0.02, 0.98))
def test_quantiles_are_whole_and_grow_with_mean_and_probability(mean, sd, probability):
    low, more, surer = (
        float(mixed_quantile(m, sd, p))
        for m, p in ((mean, probability), (2 * mean, probability), (mean, min(probability + 0.015, 0.99)))
    )
    assert low == int(low) >= 0
    assert more >= low
    assert surer >= low


def test_the_first_piece():
    # With no error P(D = 0) = e^-m, so that nothing is stocked up to m = -ln 0.75 = 0.287682.
    assert first_piece_mean(0, 0.75) == pytest.approx(0.287682, abs=1e-6)
    edge = first_piece_mean(0.6, 0.75)
    assert mixed_quantile([0.999 * edge, 1.001 * edge], 0.6, 0.75).tolist() == [0, 1]


def test_pieces_short():
    assert mixed_loss(0, 7, 0.8) == pytest.approx(7, rel=1e-6)
    assert mixed_loss(1e9, 7, 0.8) == pytest.approx(0, abs=1e-9)
    assert (np.diff(mixed_loss(np.arange(40), 7, 0.8)) <= 0).all()
