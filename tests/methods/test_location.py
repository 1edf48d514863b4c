"""Location: values worked out by hand, every choice tried, invariants, limits, and what is refused."""

from itertools import combinations, pairwise
from time import process_time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from casebook.methods.location import (
    coverage,
    expected_distance,
    nearest,
    p_center,
    p_median,
    random_network,
    reliable_p_median,
    try_every_choice,
)
from casebook.methods.location import radius as radius_model
from casebook.methods.location.tree import Tree

# Nine points a unit apart on a line: sites at 1, 4 and 7 leave six points at distance one.
LINE = np.abs(np.subtract.outer(np.arange(9), np.arange(9)))

tables = st.tuples(st.integers(1, 7), st.integers(1, 6)).flatmap(
    lambda shape: (
        hnp.arrays(float, shape, elements=st.integers(0, 9).map(float))
        | hnp.arrays(float, shape, elements=st.floats(0, 100, allow_subnormal=False))
    )
)


@st.composite
def instances(draw):
    table = draw(tables)
    weights = draw(hnp.arrays(float, len(table), elements=st.integers(0, 5).map(float)))
    return table, draw(st.integers(1, table.shape[1])), weights


def choices(table, p):
    return [list(choice) for choice in combinations(range(table.shape[1]), p)]


def median_of(table, sites, weights):
    return float(weights @ table[:, sites].min(axis=1))


def test_line_by_hand():
    median, center = p_median(LINE, 3), p_center(LINE, 3)
    assert (median.sites, median.cost, median.bound) == ([1, 4, 7], 6, 6)
    assert (center.sites, center.cost, center.bound) == ([1, 4, 7], 1, 1)
    assert p_median(LINE, 1).sites == [4]
    assert p_median(LINE, 1).cost == 20
    assert coverage(LINE, 1, 2).cost == 6
    assert coverage(LINE, 1, 3).cost == 9
    assert coverage(LINE, 0, 4).cost == 4
    assert p_median(LINE, 1, [0, 0, 0, 0, 0, 0, 0, 0, 7]).cost == 0
    assert p_median(LINE[:, [0, 8]], 1, np.arange(9)).cost == 84  # 1·7 + 2·6 + 3·5 + 4·4 + 5·3 + 6·2 + 7·1


@given(instances())
def test_every_choice_tried(instance):
    table, p, weights = instance
    median, center = p_median(table, p, weights), p_center(table, p)
    best = min(median_of(table, sites, weights) for sites in choices(table, p))
    assert median.proven
    assert median.cost == pytest.approx(best, rel=1e-9, abs=1e-300)
    assert median_of(table, median.sites, weights) == pytest.approx(median.cost, rel=1e-12)
    assert center.proven
    assert center.cost == min(table[:, sites].min(axis=1).max() for sites in choices(table, p))
    for found in (median, center):
        assert found.sites == sorted(set(found.sites))
        assert len(found.sites) == p


@given(instances(), st.floats(0, 100))
def test_every_cover_tried(instance, radius):
    table, p, weights = instance
    found = coverage(table, radius, p, weights)
    near = table <= radius
    assert found.proven
    assert found.cost == max(weights[near[:, sites].any(axis=1)].sum() for sites in choices(table, p))
    assert found.cost == weights[near[:, found.sites].any(axis=1)].sum()
    assert len(found.sites) == p


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("p", [2, 4])
def test_networks_by_enumeration(seed, p):
    network = random_network(24, 40, seed)
    costs = {tuple(sites): network[:, sites].min(axis=1) for sites in choices(network, p)}
    median, center = p_median(network, p), p_center(network, p)
    assert median.cost == median.bound == min(ways.sum() for ways in costs.values())
    assert center.cost == center.bound == min(ways.max() for ways in costs.values())
    below = np.nextafter(center.cost, 0)
    assert coverage(network, center.cost, p).cost == 24
    assert coverage(network, below, p).cost == max((ways <= below).sum() for ways in costs.values()) < 24


@pytest.mark.parametrize("seed", range(12))
def test_radius_model_agrees_with_the_tree(seed):
    random = np.random.default_rng(seed)
    cost = random.integers(0, 60, (30, 14)).astype(float) if seed % 2 else random.random((30, 14))
    tree = Tree(cost, 3)
    root, limit = tree.root, tree.best * 1.2
    if root is None:
        pytest.skip("proven at the root")
    proven, sites = radius_model.finish(tree.cost, 3, root, limit)
    assert tree.search(float("inf"))
    assert proven
    assert tree.cost[:, sites].min(axis=1).sum() == pytest.approx(tree.best, rel=1e-9)


def test_radius_model_finishes_what_the_tree_leaves(monkeypatch):
    monkeypatch.setattr("casebook.methods.location.median.HAND_OVER_NODES", 0)
    for seed in range(6):
        network = random_network(60, 100, seed)[:, :30]
        found = p_median(network, 4)
        assert found.proven
        assert found.cost == min(network[:, sites].min(axis=1).sum() for sites in choices(network, 4))


@given(instances())
def test_more_sites_never_hurt(instance):
    table, _, weights = instance
    medians = [p_median(table, p, weights).cost for p in range(1, table.shape[1] + 1)]
    centers = [p_center(table, p).cost for p in range(1, table.shape[1] + 1)]
    covers = [coverage(table, 5, p, weights).cost for p in range(1, table.shape[1] + 1)]
    assert all(later <= before * (1 + 1e-9) for before, later in pairwise(medians))
    assert centers == sorted(centers, reverse=True)
    assert covers == sorted(covers)
    assert medians[-1] == pytest.approx(median_of(table, range(table.shape[1]), weights), rel=1e-12)


@given(instances(), st.sampled_from([1e-200, 1e-9, 1e9, 1e200]))
def test_units_do_not_matter(instance, unit):
    table, p, weights = instance
    assert p_median(table * unit, p, weights).cost == pytest.approx(p_median(table, p, weights).cost * unit, rel=1e-8)


@given(instances(), st.randoms(use_true_random=False))
def test_order_and_copies_do_not_matter(instance, random):
    table, p, weights = instance
    rows, columns = (random.sample(range(size), size) for size in table.shape)
    shuffled = p_median(table[np.ix_(rows, columns)], p, weights[rows])
    twice = p_median(np.vstack([table, table]), p, np.r_[weights, weights])
    copies = p_median(np.hstack([table, table]), p, weights)
    best = p_median(table, p, weights).cost
    assert shuffled.cost == pytest.approx(best, rel=1e-9)
    assert twice.cost == pytest.approx(2 * best, rel=1e-9)
    assert copies.cost == pytest.approx(best, rel=1e-9)


@given(instances())
def test_without_proof_the_bound_holds(instance):
    table, p, weights = instance
    hasty, best = p_median(table, p, weights, nodes=0), p_median(table, p, weights)
    assert hasty.bound <= best.cost * (1 + 1e-9)
    assert hasty.cost >= best.cost * (1 - 1e-9)
    assert hasty.bound <= hasty.cost


def test_a_proof_given_up_says_so():
    random = np.random.default_rng(3)
    table = random.integers(1, 1000, (60, 60))
    hasty, more, best = (p_median(table, 6, nodes=nodes) for nodes in (0, 20, None))
    assert hasty.bound < hasty.cost
    assert not hasty.proven
    assert hasty.bound <= more.bound <= best.bound == best.cost <= more.cost <= hasty.cost


def test_mixed_sizes_do_not_spoil_the_proof():
    table = 10.0 ** np.random.default_rng(5).uniform(-12, 12, (12, 8))
    for p in range(1, 9):
        best = min(table[:, sites].min(axis=1).sum() for sites in choices(table, p))
        assert p_median(table, p).cost == pytest.approx(best, rel=1e-9)


def test_limits():
    assert p_median([[0.0]], 1).cost == p_center([[7]], 1).bound - 7 == 0
    assert p_median(np.zeros((3, 4)), 2).cost == 0
    assert p_median(LINE, 9).sites == list(range(9))
    assert p_median(LINE, 2, np.zeros(9)).cost == 0
    assert coverage(LINE, 0, 1, np.zeros(9)).cost == 0
    assert coverage(LINE + 1, 0.5, 2).cost == 0
    assert coverage(LINE, np.inf, 1).cost == 9
    assert p_center(np.full((4, 3), 2.5), 2).cost == 2.5
    assert p_median(1 - np.eye(6), 4).cost == 2


def test_tables_with_labels_and_other_kinds_of_numbers():
    frame = pd.DataFrame(LINE, columns=list("abcdefghi"))
    found = p_median(frame, np.int64(3), pd.Series(np.ones(9)))
    assert list(frame.columns[found.sites]) == ["b", "e", "h"]
    assert frame.iloc[:, found.sites].min(axis=1).sum() == 6
    assert p_median(LINE.astype(np.uint8), 3.0).cost == 6
    assert p_median(LINE.astype(np.float32).T[:, ::-1], 3).cost == 6
    assert p_center(frame, 3).sites == [1, 4, 7]
    assert coverage(LINE.tolist(), 1, 3).cost == 9


def test_nearest():
    sites, ways = nearest(LINE, [7, 1])
    assert sites.tolist() == [1, 1, 1, 1, 1, 7, 7, 7, 7]
    assert ways.tolist() == [1, 0, 1, 2, 3, 2, 1, 0, 1]
    with pytest.raises(ValueError, match="sites: expected at least one open site, found none"):
        nearest(LINE, [])


BAD = {
    "p: expected at most 9 sites, found 10": (LINE, 10),
    "p: expected a number of at least 1, found 0": (LINE, 0),
    "p: expected a number of at least 1, found -2": (LINE, -2),
    "p: expected a number of at least 1, found nan": (LINE, float("nan")),
    "p: expected a whole number, found 2.5": (LINE, 2.5),
    "p: expected a number, found 'two'": (LINE, "two"),
    "p: expected a number, found None": (LINE, None),
    "at least 0, found -1 in row 0, column 1": ([[0, -1], [1, 0]], 1),
    "at least 0, found nan in row 0, column 0": ([[np.nan, 1]], 1),
    "at least 0, found inf in row 1, column 0": ([[1], [np.inf]], 1),
    r"distance: expected at least one demand point and one site, found shape \(0, 3\)": (np.zeros((0, 3)), 1),
    r"found shape \(3, 0\)": (np.zeros((3, 0)), 1),
    r"found shape \(3,\)": (np.zeros(3), 1),
    "distance: expected numbers, found": ([["a", "b"]], 1),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_tables_and_counts_are_refused(message):
    distance, p = BAD[message]
    for method in (p_median, p_center, lambda d, p: coverage(d, 1, p), lambda d, p: reliable_p_median(d, p, 0.5, 1)):
        with pytest.raises(ValueError, match=message):
            method(distance, p)


@pytest.mark.parametrize(
    ("demand", "message"),
    [
        ([], r"demand: expected 9 numbers, one a demand point, found shape \(0,\)"),
        ([1, 2], r"found shape \(2,\)"),
        (np.ones((9, 1)), r"found shape \(9, 1\)"),
        ([np.nan] * 9, "demand: expected finite numbers of at least 0, found nan"),
        ([-1.5] * 9, "found -1.5"),
        ([np.inf] + [1] * 8, "found inf"),
        ([1e308] * 9, "demand: expected a sum that is finite, found 1e[+]308"),
        (["x"] * 9, "demand: expected numbers, found"),
    ],
)
def test_bad_demand_is_refused(demand, message):
    for method in (lambda d: p_median(LINE, 2, d), lambda d: coverage(LINE, 1, 2, d)):
        with pytest.raises(ValueError, match=message):
            method(demand)


def test_other_bad_input_is_refused():
    for wrong in (-1, float("nan"), "near", None):
        with pytest.raises(ValueError, match="radius: expected a number"):
            coverage(LINE, wrong, 2)
    with pytest.raises(ValueError, match="nodes: expected a number of at least 0, found -1"):
        p_median(LINE, 2, nodes=-1)
    with pytest.raises(ValueError, match=r"distance: expected sums .* finite, found 1e[+]308"):
        p_median(np.full((9, 3), 1e308), 2)
    with pytest.raises(ValueError, match="edges: expected at least 9 to connect 10 nodes, found 3"):
        random_network(10, 3, 0)
    with pytest.raises(ValueError, match="seed: expected a number of at least 0, found -1"):
        random_network(10, 20, -1)


def test_expected_distance_by_hand():
    # One point, sites at 1, 3 and 10, each open every other time, staying at home costs 6:
    # 1/2 · 1 + 1/4 · 3 + 1/8 · 6 + 1/8 · 6 = 2.75
    assert expected_distance([[3, 10, 1]], [0, 1, 2], 0.5, 6) == 2.75
    assert expected_distance([[3, 10, 1]], [1], 1, 6) == 6
    assert expected_distance([[3, 10, 1]], [], 1, 6) == 6
    assert expected_distance([[3, 10, 1]], [0, 2], [1, 1, 0], 6, [4]) == 12


@given(instances(), st.floats(0, 1), st.floats(0, 120))
def test_expected_distance_between_its_limits(instance, chance, penalty):
    table, p, weights = instance
    sites = list(range(p))
    certain = float(weights @ np.minimum(table[:, sites].min(axis=1), penalty))
    found = expected_distance(table, sites, chance, penalty, weights)
    slack = 1e-9 * (1 + certain)
    assert certain - slack <= found <= penalty * weights.sum() * (1 + 1e-9) + slack
    assert expected_distance(table, sites, 1, penalty, weights) == pytest.approx(certain)
    assert expected_distance(table, sites, 0, penalty, weights) == pytest.approx(penalty * weights.sum())
    assert expected_distance(table, sites[:-1], chance, penalty, weights) >= found - slack
    assert expected_distance(table, sites, min(1, chance + 0.1), penalty, weights) <= found + slack


def test_expected_distance_is_the_mean_over_all_states():
    random = np.random.default_rng(2)
    table, chance = random.random((6, 4)), random.random(4)
    mean = 0.0
    for state in range(16):
        works = np.array([state >> j & 1 for j in range(4)], dtype=bool)
        probability = np.where(works, chance, 1 - chance).prod()
        ways = np.minimum(table[:, works].min(axis=1, initial=np.inf), 0.8)
        mean += probability * ways.sum()
    assert expected_distance(table, range(4), chance, 0.8) == pytest.approx(mean, rel=1e-12)


@settings(max_examples=50)
@given(instances(), st.floats(0, 1), st.floats(0, 120))
def test_reliable_sites(instance, chance, penalty):
    table, p, weights = instance
    found = reliable_p_median(table, p, chance, penalty, weights)
    best = min(expected_distance(table, sites, chance, penalty, weights) for sites in choices(table, p))
    assert len(found.sites) == p
    assert found.bound <= best * (1 + 1e-9)
    assert found.cost >= best * (1 - 1e-9)
    assert found.cost == pytest.approx(expected_distance(table, found.sites, chance, penalty, weights), rel=1e-12)


def test_reliable_sites_that_never_fail_are_the_p_median():
    network = random_network(40, 80, 1)[:, ::2]
    found = reliable_p_median(network, 4, 1, 10_000)
    assert found.cost == found.bound == p_median(network, 4).cost


def test_a_site_that_is_never_open_is_left_alone():
    chance = np.ones(9)
    chance[[1, 4, 7]] = 0
    assert not {1, 4, 7} & set(reliable_p_median(LINE, 3, chance, 50).sites)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([9], 0.5, 3), "sites: expected whole numbers from 0 to 8, found 9"),
        (([0.5], 0.5, 3), "sites: expected whole numbers from 0 to 8, found 0.5"),
        (([1, 1], 0.5, 3), "sites: expected each site once, found 1 twice"),
        (([[1]], 0.5, 3), "sites: expected indices in a row"),
        (([1], 1.5, 3), "open_probability: expected finite numbers from 0 to 1, found 1.5"),
        (([1], [0.5, 0.5], 3), r"open_probability: expected one number or 9, found shape \(2,\)"),
        (([1], 0.5, -3), "penalty: expected a number of at least 0, found -3"),
        (([1], 0.5, np.inf), "penalty: expected a finite number, found inf"),
    ],
)
def test_bad_chances_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        expected_distance(LINE, *arguments)


@given(st.integers(1, 12), st.integers(0, 10), st.integers(0, 99))
def test_networks_are_connected_and_obey_the_triangle(nodes, more, seed):
    ways = random_network(nodes, nodes - 1 + (more if nodes > 1 else 0), seed)
    assert ways.shape == (nodes, nodes)
    assert np.isfinite(ways).all()
    assert (ways == ways.T).all()
    assert (np.diag(ways) == 0).all()
    assert all((ways <= ways[:, [k]] + ways[k]).all() for k in range(nodes))
    assert (ways == random_network(nodes, nodes - 1 + (more if nodes > 1 else 0), seed)).all()


@pytest.mark.parametrize(("nodes", "edges", "seconds"), [(100, 200, 5), (200, 800, 120)])
def test_sizes_of_the_or_library_are_proven_in_time(nodes, edges, seconds):
    for seed in range(5):
        network = random_network(nodes, edges, seed)
        start = process_time()
        found = p_median(network, 5)
        assert process_time() - start < seconds
        assert found.proven
        assert found.cost == network[:, found.sites].min(axis=1).sum()


def test_every_choice_by_hand():
    assert try_every_choice(LINE, 3).sites == [1, 4, 7]
    assert try_every_choice(LINE, 3).cost == 6
    assert try_every_choice(LINE, 1, np.max).cost == 4
    assert try_every_choice(LINE, 2, lambda ways: -(ways <= 1).sum()).cost == -6
    assert try_every_choice([[5.0]], 1).bound == 5
    with pytest.raises(ValueError, match="p: expected at most 1,000,000 choices of sites, found 1,313,400"):
        try_every_choice(np.zeros((2, 200)), 3)
    with pytest.raises(ValueError, match="p: expected at most 9 sites, found 10"):
        try_every_choice(LINE, 10)


@given(instances())
def test_every_choice_agrees_with_the_methods(instance):
    table, p, weights = instance
    assert p_median(table, p, weights).cost == pytest.approx(
        try_every_choice(table, p, lambda ways: weights @ ways).cost, rel=1e-9, abs=1e-300
    )
    assert p_center(table, p).cost == try_every_choice(table, p, np.max).cost
