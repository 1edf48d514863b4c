"""Who is tied to whom: the graph of stated relations, its centralities, its communities, and a layout to read.

Everything here gives the same digits on every run: nodes and edges are put in order before anything is computed, and
names are replaced by their rank, because the order of a set of texts changes from run to run.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

import networkx as nx
import pandas as pd


def graph(ties: pd.DataFrame) -> nx.Graph:
    """Return the undirected graph of the columns 'from' and 'to'.

    Several relations between a pair are one edge, whose `relations` counts them. A relation of a thing to itself is
    left out.
    """
    pairs = [sorted(pair) for pair in ties[["from", "to"]].to_numpy().tolist()]
    result = nx.Graph()
    result.add_nodes_from(sorted({name for pair in pairs for name in pair}))
    for one, two in sorted(pairs):
        if one != two:
            count = result.edges[one, two]["relations"] if result.has_edge(one, two) else 0
            result.add_edge(one, two, relations=count + 1)
    return result


def _numbered(network: nx.Graph) -> tuple[nx.Graph, list[Hashable]]:
    """Return the graph with its nodes named by their rank in sorted order, and the names in that order."""
    names = sorted(network)
    place = {name: number for number, name in enumerate(names)}
    result = nx.Graph()
    result.add_nodes_from(range(len(names)))
    result.add_edges_from(sorted(tuple(sorted((place[one], place[two]))) for one, two in network.edges))
    return result, names


def centrality(network: nx.Graph) -> pd.DataFrame:
    """Return name, degree and betweenness of every node, the highest betweenness first.

    Degree counts neighbours. Betweenness (Freeman 1977) is the share of all pairs of other nodes whose shortest paths
    run through the node; where several paths are shortest, each counts in part. Edges have no weight.
    """
    numbered, names = _numbered(network)
    between = nx.betweenness_centrality(numbered)
    rows = [(name, numbered.degree[k], round(between[k], 12)) for k, name in enumerate(names)]
    frame = pd.DataFrame(rows, columns=["name", "degree", "betweenness"])
    return frame.sort_values(["betweenness", "degree", "name"], ascending=[False, False, True], ignore_index=True)


def communities(network: nx.Graph) -> list[list[Hashable]]:
    """Return the communities that greedy modularity finds (Clauset, Newman and Moore 2004), the largest first.

    Members stand in order of degree, then of name. Edges have no weight.
    """
    numbered, names = _numbered(network)
    found = nx.community.greedy_modularity_communities(numbered)
    groups = [sorted(group, key=lambda k: (-numbered.degree[k], k)) for group in found]
    groups.sort(key=lambda group: (-len(group), group[0]))
    return [[names[k] for k in group] for group in groups]


def modularity(network: nx.Graph, groups: Sequence[Sequence[Hashable]]) -> float:
    """Return the modularity of a division: edges inside groups, less what chance would put there, as a share."""
    return nx.community.modularity(network, [set(group) for group in groups], weight=None)


def leave_one_out(ties: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return how betweenness moves when one line, one text or another group of relations is left out.

    `ties`: Relations with the columns 'from' and 'to'. `by`: Columns that name the group, such as source and line.
    """
    nodes = list(graph(ties))
    groups = list(ties[list(by)].itertuples(index=False, name=None))
    frames = []
    for key in sorted(set(groups)):
        kept = graph(ties[[group != key for group in groups]])
        kept.add_nodes_from(nodes)
        frame = centrality(kept)[["name", "betweenness"]].assign(**dict(zip(by, key, strict=True)))
        frame["rank"] = frame["betweenness"].rank(ascending=False, method="min").astype(int)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)[[*by, "name", "betweenness", "rank"]]


def ring(names: Sequence[Hashable]) -> dict[Hashable, tuple[float, float]]:
    """Place names clockwise on the unit circle, at equal heights on its right side and then on its left.

    Labels written outward from such places stand one line apart and cannot meet, whatever their length, and no edge
    between two places crosses a label.
    """
    half = math.ceil(len(names) / 2)
    places = {}
    for side, part in ((1, names[:half]), (-1, names[half:][::-1])):
        for k, name in enumerate(part):
            height = 1 - (2 * k + 1) / len(part)
            places[name] = (side * math.sqrt(1 - height**2), height)
    return {name: places[name] for name in names}
