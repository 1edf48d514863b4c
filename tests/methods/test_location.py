"""Location: values worked out by hand, every choice tried, invariants, limits, and what is refused."""

from functools import partial
from itertools import combinations, pairwise
from time import process_time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from seeding import named

from bench.pickup import random_network
from casebook.methods.location import coverage, p_center, p_median

# Nine points a unit apart on a line: sites at 1, 4 and 7 leave six points at distance one.
LINE = np.abs(np.subtract.outer(np.arange(9.0), np.arange(9.0)))
TOWNS, EACH = LINE[:4, :4], 1 - np.eye(4)  # one parcel from each town to each other: twelve, two for each pair


@st.composite
def instances(draw):
    shape = draw(st.integers(1, 7)), draw(st.integers(1, 6))
    elements = st.integers(0, 9).map(float) if draw(st.booleans()) else st.floats(0, 100, allow_subnormal=False)
    weights = draw(hnp.arrays(float, shape[0], elements=st.integers(0, 5).map(float)))
    return draw(hnp.arrays(float, shape, elements=elements)), draw(st.integers(1, shape[1])), weights


def choices(table, p):
    return [list(choice) for choice in combinations(range(table.shape[1]), p)]


def median_of(table, sites, weights):
    return float(weights @ table[:, sites].min(axis=1))


def test_line_by_hand():
    assert p_median(LINE, 3) == p_median(LINE.tolist(), 3.0) == ([1, 4, 7], 6, 6)
    assert p_center(LINE, 3) == ([1, 4, 7], 1, 1)
    assert p_median(LINE, 1) == ([4], 20, 20)
    assert [coverage(LINE, *case).cost for case in ((1, 2), (1, 3), (0, 4))] == [6, 9, 4]
    assert p_median(LINE, 1, [0, 0, 0, 0, 0, 0, 0, 0, 7]).cost == 0
    assert p_median(LINE[:, [0, 8]], 1, np.arange(9)).cost == 84  # 1·7 + 2·6 + 3·5 + 4·4 + 5·3 + 6·2 + 7·1
    assert p_center(LINE, 1).cost == 4


@given(instances(), st.floats(0, 100))
def test_every_choice_tried(instance, radius):
    table, p, weights = instance
    median, center, cover = p_median(table, p, weights), p_center(table, p), coverage(table, radius, p, weights)
    near = table <= radius
    assert median.cost == pytest.approx(
        min(median_of(table, sites, weights) for sites in choices(table, p)), rel=1e-9, abs=1e-300
    )
    assert median_of(table, median.sites, weights) == pytest.approx(median.cost, rel=1e-12)
    assert center.cost == min(table[:, sites].min(axis=1).max() for sites in choices(table, p))
    assert center.cost == table[:, center.sites].min(axis=1).max()
    assert cover.cost == max(weights[near[:, sites].any(axis=1)].sum() for sites in choices(table, p))
    assert cover.cost == weights[near[:, cover.sites].any(axis=1)].sum()
    assert coverage(table, center.cost, p).cost == len(table)
    assert center.cost == 0 or coverage(table, np.nextafter(center.cost, 0), p).cost < len(table)
    for found in (median, center, cover):
        assert found.proven
        assert found.sites == sorted(set(found.sites))
        assert len(found.sites) == p


@settings(max_examples=30)
@given(instances())
def test_more_sites_never_hurt(instance):
    table, _, weights = instance
    counts = range(1, table.shape[1] + 1)
    medians = [p_median(table, p, weights).cost for p in counts]
    assert all(later <= before * (1 + 1e-9) for before, later in pairwise(medians))
    assert medians[-1] == pytest.approx(median_of(table, range(table.shape[1]), weights), rel=1e-12)
    centers = [p_center(table, p).cost for p in counts]
    assert centers == sorted(centers, reverse=True)
    covers = [coverage(table, 5, p, weights).cost for p in counts]
    assert covers == sorted(covers)


@given(instances(), st.sampled_from([1e-90, 1e-9, 1e9, 1e90]), st.randoms(use_true_random=False))
def test_units_order_and_copies_do_not_matter(instance, unit, random):
    table, p, weights = instance
    best = p_median(table, p, weights).cost
    rows, columns = (random.sample(range(size), size) for size in table.shape)
    assert p_median(table * unit, p, weights).cost == pytest.approx(best * unit, rel=1e-8)
    assert p_median(table[np.ix_(rows, columns)], p, weights[rows]).cost == pytest.approx(best, rel=1e-9)
    assert p_median(np.vstack([table, table]), p, np.r_[weights, weights]).cost == pytest.approx(2 * best, rel=1e-9)
    assert p_median(np.hstack([table, table]), p, weights).cost == pytest.approx(best, rel=1e-9)


def test_a_proof_given_up_says_so_and_mixed_sizes_do_not_spoil_one():
    table = np.random.default_rng(3).integers(1, 1000, (60, 60))
    none, hasty, more, best = (p_median(table, 6, nodes=nodes) for nodes in (0, 1, 20, None))
    assert none.bound == 0
    assert hasty.bound < hasty.cost
    assert not hasty.proven
    assert hasty.bound <= more.bound <= best.bound == best.cost <= more.cost <= hasty.cost <= none.cost
    table = 10.0 ** np.random.default_rng(5).uniform(-12, 12, (12, 8))
    for p in range(1, 9):
        best = min(median_of(table, sites, np.ones(12)) for sites in choices(table, p))
        assert p_median(table, p).cost == pytest.approx(best, rel=1e-9)


@pytest.mark.parametrize(
    ("nodes", "edges", "p", "seconds"), [(100, 200, 5, 5), (200, 800, 5, 60), (200, 800, 40, 60), (300, 1800, 60, 60)]
)
def test_sizes_of_the_or_library_are_proven_in_time(nodes, edges, p, seconds):
    for seed in range(3):
        network = random_network(nodes, edges, seed)
        start = process_time()
        found = p_median(network, p)
        assert process_time() - start < seconds
        assert found.proven
        assert found.cost == network[:, found.sites].min(axis=1).sum()


def test_limits():
    assert p_median([[0.0]], 1).cost == p_center([[7]], 1).bound - 7 == 0
    assert p_median(np.zeros((3, 4)), 2).cost == p_median(LINE, 2, np.zeros(9)).cost == 0
    assert p_median(LINE, 9).sites == list(range(9))
    assert p_median(1 - np.eye(6), 4).cost == 2
    assert coverage(LINE, 0, 1, np.zeros(9)).cost == coverage(LINE + 1, 0.5, 2).cost == 0
    assert coverage(LINE, 99, 1).cost == 9
    assert p_center(np.full((4, 3), 2.5), 2).cost == 2.5
    assert p_median([[5.0]], 1).bound == 5


def test_tables_with_labels_and_other_kinds_of_numbers():
    frame = pd.DataFrame(LINE, columns=list("abcdefghi"))
    found = p_median(frame, np.int64(3), pd.Series(np.ones(9)))
    assert list(frame.columns[found.sites]) == ["b", "e", "h"]
    assert p_median(LINE.astype(np.uint8), 3).cost == p_median(LINE.astype(np.float32).T[:, ::-1], 3).cost == 6
    assert p_center(frame, 3).sites == [1, 4, 7]


@given(st.integers(1, 12), st.integers(0, 10), st.integers(0, 99))
def test_networks_are_connected_and_obey_the_triangle(nodes, more, seed):
    edges = nodes - 1 + (more if nodes > 1 else 0)
    ways = random_network(nodes, edges, seed)
    assert np.isfinite(ways).all()
    assert (ways == ways.T).all()
    assert (np.diag(ways) == 0).all()
    assert all((ways <= ways[:, [k]] + ways[k]).all() for k in range(nodes))
    assert (ways == random_network(nodes, edges, seed)).all()


def test_bad_tables_and_counts_are_refused():
    for distance, p, line in (
        *((LINE, p, "p: expected a whole number from 1 to 9, found ") for p in (10, 0, -2, 2.5)),
        *((LINE, p, "p: expected ") for p in (np.nan, np.inf, "two", None, True, [1, 2])),
        *(([[0, wrong]], 1, "distance: expected finite numbers ") for wrong in (-1, np.nan, np.inf, 1e308)),
        *((np.zeros(shape), 1, "distance: expected ") for shape in ((0, 3), (3, 0), 3)),
        *((letters, 1, "distance: expected numbers, found") for letters in ([["a", "b"]], LINE > 1)),
    ):
        named(*((partial(method, distance, p=p), line) for method in (p_median, p_center, partial(coverage, radius=1))))


def test_bad_demand_radius_and_nodes_are_refused():
    uneven = [], [1, 2], np.ones((9, 1)), [np.inf] + [1] * 8
    for demand in (*uneven, *([each] * 9 for each in (np.nan, -1.5, 1e308, "x", True))):
        calls = partial(p_median, LINE, 2, demand), partial(coverage, LINE, 1, 2, demand)
        named(*((call, "demand: expected ") for call in calls))
    named(*((partial(coverage, LINE, radius, 2), "radius: expected ") for radius in (-1, np.nan, "near", None)))
    named((partial(p_median, LINE, 2, nodes=-1), "nodes: expected a whole number from 0 to .*, found -1"))
