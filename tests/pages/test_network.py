"""Centralities and communities against published digits; the layout; the same answer whatever the order."""

import itertools
import os
import subprocess
import sys

import networkx as nx
import pandas as pd
import pytest

from casebook.pages import network


@pytest.fixture
def chain():
    """Give a path a-b-c-d, with the middle stated twice, once in each direction."""
    rows = [("b", "a", 1), ("b", "c", 2), ("c", "b", 3), ("d", "c", 4)]
    return pd.DataFrame(rows, columns=["from", "to", "line"])


def test_karate_club_and_medici_as_published():
    club = nx.karate_club_graph()
    between = network.centrality(club).set_index("name")["betweenness"]
    assert between[0] == pytest.approx(0.437635, abs=5e-7)
    assert between[33] == pytest.approx(0.304075, abs=5e-7)
    assert list(between.index[:2]) == [0, 33]
    groups = network.communities(club)
    assert network.modularity(club, groups) == pytest.approx(0.380671, abs=5e-7)
    assert [len(group) for group in groups] == [17, 9, 8]
    between = network.centrality(nx.florentine_families_graph()).set_index("name")["betweenness"]
    assert between.index[0] == "Medici"
    assert between["Medici"] == pytest.approx(0.521978, abs=5e-7)


def test_a_graph_counts_a_pair_once_and_leaves_out_a_relation_to_itself(chain):
    tied = network.graph(chain)
    assert list(tied) == ["a", "b", "c", "d"]
    assert tied.number_of_edges() == 3
    assert tied.edges["b", "c"]["relations"] == 2
    middle = 0.666666666667
    rows = network.centrality(tied).to_numpy().tolist()
    assert rows == [["b", 2, middle], ["c", 2, middle], ["a", 1, 0], ["d", 1, 0]]
    tied = network.graph(pd.DataFrame({"from": ["a", "a"], "to": ["a", "b"]}))
    assert list(tied.edges) == [("a", "b")]


def test_leaving_out_a_line_keeps_the_nodes_and_breaks_the_path(chain):
    frame = network.leave_one_out(chain, ["line"]).set_index(["line", "name"])
    assert len(frame) == 16
    assert frame.loc[(1, "b")].tolist() == [0, 2]
    assert frame.loc[(1, "c")].tolist() == [pytest.approx(1 / 3), 1]
    assert frame.loc[(2, "b")].tolist() == [pytest.approx(2 / 3), 1]


@pytest.mark.parametrize("count", [1, 2, 7, 24])
def test_a_ring_stands_on_the_circle_at_distinct_heights_and_runs_clockwise(count):
    places = network.ring(range(count))
    assert len(places) == count
    assert all(x**2 + y**2 == pytest.approx(1) for x, y in places.values())
    for side in (1, -1):
        heights = sorted(y for x, y in places.values() if x * side > 0)
        gaps = {round(two - one, 9) for one, two in itertools.pairwise(heights)}
        assert len(gaps) <= 1
    places = network.ring("abcd")
    assert [(x > 0, y > 0) for x, y in places.values()] == [(True, True), (True, False), (False, False), (False, True)]


def test_neither_the_order_of_rows_nor_the_seed_of_hashes_matters(ledger):
    ties = ledger.table("relations")
    one, two = network.graph(ties), network.graph(ties[::-1])
    assert network.centrality(one).equals(network.centrality(two))
    assert network.communities(one) == network.communities(two)
    code = (
        "from casebook.pages import network; from casebook.ledger import open_ledger;"
        "g = network.graph(open_ledger().table('relations'));"
        "print(network.communities(g), network.centrality(g).to_csv())"
    )
    worlds = [os.environ | {"PYTHONHASHSEED": seed} for seed in ("1", "2")]
    one, two = (subprocess.run([sys.executable, "-c", code], env=world, stdout=-1, check=True) for world in worlds)
    assert one.stdout == two.stdout != b""
