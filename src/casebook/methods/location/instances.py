"""Instances of the kind on which location methods are compared: a random network and its shortest ways."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from casebook.methods.location import arguments


def random_network(nodes: int, edges: int, seed: int, longest: int = 100) -> NDArray[np.float64]:
    """Draw a connected random network with edge lengths from one to `longest` and return its shortest ways.

    With n nodes and n²/50 edges it is of the kind of the p-median instances of the OR-Library. The edges that connect
    the network are drawn first, the others between any two nodes; of several edges between two nodes the last counts.

    Parameters
    ----------
    nodes, edges
        Numbers of nodes, at least one, and of edges, at least nodes - 1.
    seed
        Seed of the random numbers, at least zero.
    longest
        Largest edge length, at least one.

    Returns
    -------
    array of shape (nodes, nodes)
        Whole, symmetric, zero from a node to itself.

    Raises
    ------
    ValueError
        When an argument is out of its range.

    References
    ----------
    J. E. Beasley, *A note on solving large p-median problems*, European Journal of Operational Research 21 (1985);
    R. W. Floyd, *Algorithm 97: shortest path*, Communications of the ACM 5 (1962).
    """
    counts = {"nodes": (nodes, 1), "edges": (edges, 0), "seed": (seed, 0), "longest": (longest, 1)}
    n, m, start, most = (arguments.whole(name, value, least) for name, (value, least) in counts.items())
    if m < n - 1 or (n == 1 and m > 0):
        raise ValueError(f"edges: expected at least {n - 1} to connect {n} nodes, found {m}")
    random = np.random.default_rng(start)
    order = random.permutation(n)
    ends = [(order[k], order[random.integers(k)]) for k in range(1, n)]
    others = random.integers(n, size=(m - n + 1, 1))
    ends += [tuple(pair) for pair in np.c_[others, (others + random.integers(1, max(n, 2), others.shape)) % n]]
    ways = np.full((n, n), np.inf)
    for (one, other), length in zip(ends, random.integers(1, most + 1, m), strict=True):
        ways[one, other] = ways[other, one] = length
    np.fill_diagonal(ways, 0)
    for k in range(n):
        np.minimum(ways, ways[:, k, None] + ways[k], out=ways)
    return ways
