from itertools import combinations

import numpy as np
import pytest
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import gamma
from seeding import chapter

from casebook import ledger
from casebook.methods.queues import erlang_b

model = chapter("june-2020/livestream-economics")
GIVEN = ledger.assumptions("june-2020/livestream-economics")


@pytest.fixture(autouse=True)
def constants(monkeypatch):
    values = {"given": GIVEN, "views": 620_000.0, "athletes": 350, "show": 180, "brands": 15.0, "bound": 1e8}
    for name, value in values.items():
        monkeypatch.setitem(model.watching.__globals__, name, value)


def test_arrivals_that_swing_give_the_published_audience():
    # Eick, Massey and Whitt: 10 + 6/(1 + g^2) (sin gt - g cos gt) with g = 2 pi/24 is 15.6151 and 11.4700.
    def swing(s):
        return 10 * s - 6 * 24 / (2 * np.pi) * np.cos(2 * np.pi * s / 24)

    found = [model.watching(t, swing, model.stay(1, 1), since=t - 30) for t in (6, 12)]
    assert found == pytest.approx([15.6151, 11.4700], abs=5e-4)


def test_an_even_hour_by_hand():
    even = GIVEN.but(
        rush=0, view_minutes=10
    )  # exponential: 620,000/60 * 10 (1 - e^-6); equal stays: 10 minutes' arrivals
    assert model.audience(even, [60], 620_000)[0] == pytest.approx(103_333.3 * (1 - 0.00247875), rel=1e-3)
    assert model.audience(even.but(shape=1e5), [60], 620_000)[0] == pytest.approx(103_333.3, rel=5e-3)


@settings(max_examples=15, deadline=None)
@over(st.floats(0.5, 200), st.floats(0, 8), st.floats(0.5, 20), st.floats(1, 60))
def test_an_audience_is_the_integral_and_never_more_than_came(w, theta, shape, t):
    mine = GIVEN.but(view_minutes=w, rush=theta, shape=shape)
    found = model.audience(mine, [t], 1.0)[0]
    came = model.rush(1.0, 60, theta)
    late = quad(lambda x: came(t - x) * gamma.pdf(x, shape, scale=w / shape), 0, t, epsabs=1e-9, limit=300)[0]
    exact = came(t) - late  # of those who came, they are gone whose stay has passed
    assert found == pytest.approx(exact, abs=1e-4)
    assert 0 <= found <= model.rush(1.0, 60, theta)(t) + 1e-12


@pytest.mark.parametrize(("load", "lines"), [(4.461, 10), (12.03, 20), (37.90, 50), (84.06, 100)])
def test_places_are_those_of_the_loss_table(load, lines):
    assert model.places(load, 0.0100001) == lines
    assert model.lost_share(lines, load) == pytest.approx(erlang_b(lines, load))


def test_chance_by_size():
    assert [model.extra(a, 0.001) for a in (10, 100, 1000)] == pytest.approx([110, 28, 7.2])
    assert model.extra(20_667, 0.001) == pytest.approx(1.03, abs=0.005)


def test_rooms_and_brands_by_hand():
    assert [model.rooms(m) for m in (1, 2, 5, 15)] == [2, 4, 10, 30]  # 180 minutes hold 180, 90, 36, 12 of 350
    assert [model.brands_over(1e7, a) for a in (0.8, 1.6)] == pytest.approx([94.64, 597.16], abs=0.01)
    assert model.top_sales(1.6) == pytest.approx(4e9)
    assert model.top_sales(1) == np.inf


def test_what_a_feast_borrows_by_hand():
    # Twice the usual hundred before; seventy of the usual hundred and twenty after: fifty of the hundred gained.
    assert model.borrowed(np.array([[200.0, 70], [90, 110], [110, 130]])) == pytest.approx((100, 50))


@pytest.mark.parametrize("K", [1, 2, 3])
def test_the_best_ladder_against_all_ladders(K):
    rates = np.geomspace(0.5, 32, 14)
    u, G = np.log(rates / rates[0]), model.bears(rates)
    worth = [
        sum((u[j] - (u[i] if i else 0)) * G[j] for i, j in zip((0, *c), c, strict=False))
        for c in combinations(range(1, 14), K)
    ]
    assert model.ladder(K, rates) == pytest.approx(max(worth))


@pytest.mark.parametrize(
    "change", [{"my_views": 0}, {"my_span": -1}, {"my_stay": 0}, {"my_rush": "hard"}, {"my_bit_rate": float("nan")}]
)
def test_a_bad_number_gives_one_line(change):
    numbers = {"my_views": 500, "my_span": 60, "my_stay": 5, "my_rush": 2, "my_bit_rate": 2}
    told = str(model.yours(lambda: model.my_picture(**{**numbers, **change})))
    assert told.startswith(next(iter(change)))
    assert "\n" not in told


@pytest.mark.parametrize("change", [{"my_views": 1}, {"my_stay": 1440}, {"my_rush": 0}, {"my_span": 0.5}])
def test_numbers_at_their_limits_are_drawn(change):
    numbers = {"my_views": 500, "my_span": 60, "my_stay": 5, "my_rush": 2, "my_bit_rate": 2}
    assert "yours" in model.yours(lambda: model.my_picture(**{**numbers, **change}))._repr_html_()
