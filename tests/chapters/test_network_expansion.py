import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seeding import chapter, refused

# What the cells take from the ledger, typed from the roundup and the newspaper.
model = chapter("june-2020/network-expansion", n0=260, n1=1260, width=3, posts=30_000, cities=100)
GIVEN = model.given

# Census of 1880, people of the 38 states from Alabama to Wisconsin; together 49,371,340.
CENSUS = [
    1262505, 802525, 864694, 194327, 622700, 146608, 269493, 1542180, 3077871, 1978301, 1624615, 996096, 1648690,
    939946, 648936, 934943, 1783085, 1636937, 780773, 1131597, 2168380, 452402, 62266, 346991, 1131116, 5082871,
    1399750, 3198062, 174768, 4282891, 276531, 995577, 1542359, 1591749, 332286, 1512565, 618457, 1315497,
]  # fmt: skip
ALABAMA, ILLINOIS, TEXAS = 0, 8, 33
RULES = {
    "Hamilton": lambda v, q, n: q - n,
    "Webster": model.webster,
    "Huntington-Hill": lambda v, q, n: v / np.sqrt(n * (n + 1)),
}


def test_intervals_the_wait_and_sizes_by_hand():
    assert model.interval(lambda before, after: before - after, (7, 10), (3, 5)) == (2, 7)
    # 2 to 7 days = h/2 (1 - 260/1260) = 0.396825 h.
    assert model.interval(lambda cut: cut / model.saved(1, 260, 1260), (2, 7)) == pytest.approx((5.04, 17.64))
    assert model.interval(lambda: 3) == (3, 3)
    assert model.saved(3, 260, 1260) == pytest.approx(1.190476)
    assert model.saved(3, 260, 260) == model.saved(0, 260, 1260) == 0
    assert model.saved(2, 1, 1e12) == pytest.approx(1)  # never more than the wait there was
    assert model.sizes(GIVEN.but(largest_city=1200, zipf_exponent=1))[:4].tolist() == [1200, 600, 400, 300]
    assert set(model.sizes(GIVEN, 0)) == {24_000_000}


def test_what_flights_make_of_the_cut():
    # 8.5 to 4 days: a wait of 5.67, then 1.17, and 2.83 days for the rest.
    at = model.times(2 * 5.67, 8.5, 260, 1260)
    assert at.loc["before"].tolist() == pytest.approx([2.83, 14.17])
    assert at.loc["after"].mean() == pytest.approx(4)
    assert model.inside(at, "before", 7, 10) == pytest.approx(100 * 3 / 11.34)
    assert model.inside(at, "before", 20, 30) == 0
    assert model.by_flights(GIVEN) == pytest.approx(29.394474)
    assert model.by_flights(GIVEN.but(in_range=100)) < model.by_flights(GIVEN)


@given(st.floats(0.1, 16), st.floats(1.01, 100))
def test_the_quickest_parcel_gains_nothing(gap, times):
    at = model.times(gap, 8.5, 1, times)
    assert at.loc["before", "from"] == at.loc["after", "from"] <= at.loc["after", "to"] < at.loc["before", "to"]


@pytest.mark.parametrize("way", ["steady", "compound", "at the end"])
def test_every_climb_joins_the_stated_ends(way):
    flights = model.climbed(np.linspace(0, 1, 91), way)
    assert flights[[0, -1]] == pytest.approx([260, 1260])
    assert (np.diff(flights) >= 0).all()


def test_half_the_gain_at_the_harmonic_mean():
    # 431.05 flights, when 60.3175 per cent of the wait is left; on a steady climb after 1.54 of nine months.
    assert model.climbed(1.5395 / 9, "steady") == pytest.approx(431.05, abs=0.01)
    assert pytest.approx((100 + 100 * 260 / 1260) / 2, abs=1e-4) == 100 * 260 / 431.0526


def test_fleets_by_hand():
    # One hour between flights. At hour 2.5 the first three are in the air, so three are needed, and three suffice.
    assert model.fleet(*model.PAPER.T, gap=1) == 3
    start = np.arange(1000)
    assert model.fleet(start, start + 1) == 1
    assert model.fleet(start, start + 1e-9, 1e9) == 1000
    # An empty run of an hour before another trip misses the second and reaches the third.
    assert model.fleet(start[:3], start[:3] + 1, np.array([[0, 1, 1], [0, 0, 1], [0, 0, 0]])) == 2


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), min_size=1, max_size=12))
def test_the_fleet_is_the_most_that_are_away_at_once(trips):
    start, away = np.array(trips).T
    sizes = [model.fleet(start, start + away, gap) for gap in (0, 1, 2, 100)]
    assert sizes[0] == max(((start <= now) & (now < start + away)).sum() for now in start)
    assert sizes == sorted(sizes)
    assert sizes[-1] == len(trips)


def test_bunched_departures_never_save_aircraft():
    assert model.departures(2, 7, 7).tolist() == [0, 0, 168, 168]
    assert model.departures(2, 7, 0).tolist() == [0, 84, 168, 252]
    assert model.aircraft(1260, 365) == (2, 25)
    assert model.aircraft(1260, 7) == (91, 1260)


def test_apportionment_as_published_by_hand_and_the_alabama_paradox():
    six = [27_744, 25_178, 19_951, 14_610, 9_225, 3_292]  # Balinski and Young, Fair Representation
    assert model.apportion(six, 36, RULES["Hamilton"]).tolist() == [10, 9, 7, 5, 4, 1]
    assert model.apportion(six, 36).tolist() == [10, 9, 8, 5, 3, 1]
    assert model.apportion(six, 36, RULES["Huntington-Hill"]).tolist() == [10, 9, 7, 6, 3, 1]
    # One seat more in all, one less for the smallest: quotas 4.29, 4.29, 1.43 and 4.71, 4.71, 1.57.
    found = [model.apportion([6, 6, 2], seats, RULES["Hamilton"]).tolist() for seats in (10, 11)]
    assert found == [[4, 4, 2], [5, 5, 1]]
    assert sum(CENSUS) == 49_371_340
    fewer, more = (model.apportion(CENSUS, seats, RULES["Hamilton"]) for seats in (299, 300))
    assert fewer[[ALABAMA, ILLINOIS, TEXAS]].tolist() == [8, 18, 9]
    assert more[[ALABAMA, ILLINOIS, TEXAS]].tolist() == [7, 19, 10]
    for rule, claim in RULES.items():
        lost = np.diff([model.apportion(CENSUS, seats, claim) for seats in range(290, 311)], axis=0) < 0
        assert lost.any() == (rule == "Hamilton")


@given(st.integers(1, 40), st.integers(0, 300), st.sampled_from(list(RULES)))
def test_apportionment_gives_all_and_everyone_one(cities, spare, rule):
    people = np.rint(1e7 / np.arange(1, cities + 1))
    found = model.apportion(people, cities + spare, RULES[rule])
    assert found.sum() == cities + spare
    assert found.min() >= 1
    assert (np.diff(found) <= 0).all()


def test_no_exchange_of_a_station_shortens_the_walks():
    people, area = np.array([4e6, 1e6, 3e5]), np.array([300.0, 150.0, 20.0])
    found = model.apportion(people ** (2 / 3) * area ** (1 / 3), 900)
    for one, other in np.argwhere(~np.eye(3, dtype=bool)):
        moved = found.copy()
        moved[[one, other]] += [3, -3]
        assert people @ model.walk(moved / area) > people @ model.walk(found / area)


def test_the_square_root_law():
    # Larson and Odoni, chapter 3: one half at random, 0.3826 for squares; Fejes Tóth: 0.3772 for hexagons.
    assert model.walk(1) == 0.5
    assert model.walk(np.array([1.0, 4.0])).tolist() == [0.5, 0.25]
    assert pytest.approx(0.3772, abs=5e-5) == model.HONEYCOMB
    axis = np.arange(20) + 0.5
    square = np.column_stack([part.ravel() for part in np.meshgrid(axis, axis)])
    assert model.simulated_walk(square, 20) == pytest.approx(0.3826, rel=0.01)
    strewn = [20 * np.random.default_rng(seed).random((400, 2)) for seed in range(1, 9)]
    assert np.mean([model.simulated_walk(points, 20) for points in strewn]) == pytest.approx(0.5, rel=0.02)


def test_selection_by_the_table_of_taylor_and_russell_and_in_the_limit():
    # Validity 0.50, base rate 0.50, Journal of Applied Psychology 23 (1939).
    shares = {0.05: 0.88, 0.10: 0.84, 0.20: 0.78, 0.30: 0.74, 0.50: 0.67, 0.95: 0.52}
    assert {chosen: round(model.fit_among([0.5], [chosen], 0.5), 2) for chosen in shares} == shares
    assert model.fit_among([0.5], [0.5], 0.5) == pytest.approx(2 / 3, abs=1e-3)
    assert model.fit_among([0, 0], [0.1, 0.01], 0.05) == pytest.approx(0.05, abs=1e-3)  # a lottery
    assert 0.5 < model.fit_among([0.3, 0.6], [1e-6, 1e-9], 0.001) < 1
    assert model.fit_among([0.7], [1], 0.2) == pytest.approx(0.2, abs=1e-3)  # a post for everybody is no choice
    assert model.hired(1, 30_000, GIVEN) == pytest.approx(0.01, abs=1e-3)


@given(st.floats(0.01, 0.9), st.floats(0.001, 0.5), st.floats(0.01, 0.5))
def test_a_better_judgement_chooses_better(validity, chosen, base):
    worse, better = (model.fit_among([rho], [chosen], base) for rho in (validity * 0.8, validity))
    assert better >= worse


def test_the_formula_against_every_applicant():
    rng, found = np.random.default_rng(0), []
    for _ in range(8):
        quality = rng.standard_normal(100_000)
        form, talk = (rho * quality + np.sqrt(1 - rho**2) * rng.standard_normal(100_000) for rho in (0.3, 0.6))
        invited = np.argsort(-form)[:5000]
        chosen = invited[np.argsort(-talk[invited])[:1000]]
        found.append((quality[chosen] > 1.6448536).mean())  # the best twentieth
    assert model.fit_among([0.3, 0.6], [0.05, 0.01], 0.05) == pytest.approx(np.mean(found), abs=0.015)


def test_a_larger_flood_is_fitter():
    few, many = (model.hired(12, count, GIVEN) for count in (1e6, 1e8))
    assert few < many
    assert model.hired(5, 1e8, GIVEN) < many


def test_bad_numbers_are_told():
    refused(
        model,
        {"my_flights": (260, 1260), "my_before": (7, 10), "my_after": (3, 5)},
        my_flights=[(260, "x"), (1260, 260), (0, 260)],
        my_before=[(7,), (7, np.nan), (7, np.inf), (-7, 10)],
        my_after=[(13, 15), None, (5, 5)],
    )
