"""The p-median against the textbook's model: the same networks, seconds until the best sites are proven.

The networks are of the kind of OR-Library's sixth p-median instance: 200 nodes, 800 edges, five sites.
"""

from __future__ import annotations

from time import process_time

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack, kron
from scipy.sparse.csgraph import floyd_warshall

from casebook.methods.location import p_median

NODES, EDGES, SITES, SEEDS = 200, 800, 5, range(4)


def random_network(nodes: int, edges: int, seed: int, longest: int = 100) -> NDArray[np.float64]:
    """Draw a connected random network with edge lengths from one to `longest` and return its shortest ways.

    With n nodes and n²/50 edges it is of the kind of the p-median instances of the OR-Library: the edges that connect
    it are drawn first, the others between any two nodes; of several edges between two nodes the last counts.

    J. E. Beasley, *A note on solving large p-median problems*, European Journal of Operational Research 21 (1985).
    """
    random = np.random.default_rng(seed)
    order = random.permutation(nodes)
    ends = [(order[k], order[random.integers(k)]) for k in range(1, nodes)]
    others = random.integers(nodes, size=(edges - nodes + 1, 1))
    ends += [tuple(pair) for pair in np.c_[others, (others + random.integers(1, nodes, others.shape)) % nodes]]
    lengths = np.zeros((nodes, nodes))
    for (one, other), length in zip(ends, random.integers(1, longest + 1, edges), strict=True):
        lengths[one, other] = lengths[other, one] = length
    return floyd_warshall(lengths)


def assignment_model(distance: NDArray[np.float64], p: int) -> float:
    """Solve the p-median with HiGHS as ReVelle and Swain (1970) write it, a variable for every pair.

    Parameters
    ----------
    distance
        Shape (n_demand, n_site).
    p
        Number of sites to open.

    Returns
    -------
    float
        The sum of the distances to the nearest open site.
    """
    n, m = distance.shape
    served = hstack([kron(eye_array(n), np.ones((1, m))), csr_array((n, m))])
    opened = hstack([-eye_array(n * m), kron(np.ones((n, 1)), eye_array(m))])
    count = csr_array(np.r_[np.zeros(n * m), np.ones(m)][None, :])
    answer = milp(
        np.r_[distance.ravel(), np.zeros(m)],
        integrality=np.r_[np.zeros(n * m), np.ones(m)],
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(served, 1, 1),
            LinearConstraint(opened, 0, np.inf),
            LinearConstraint(count, p, p),
        ],
        options={"mip_rel_gap": 0},
    )
    return float(answer.fun)


def run() -> dict[str, float | str]:
    """Measure both on a few networks, which both must solve to the same cost.

    Returns
    -------
    dict
        'figure' and 'peer_figure' in 'unit', the name of the 'peer', and the 'ratio' of the peer's figure to ours.
        Time is processor time, so that other programs on the machine do not count.

    Raises
    ------
    RuntimeError
        When the two disagree, or ours is not proven.
    """
    own = peer = 0.0
    for seed in SEEDS:
        network = random_network(NODES, EDGES, seed)
        start = process_time()
        found = p_median(network, SITES)
        own += process_time() - start
        start = process_time()
        expected = assignment_model(network, SITES)
        peer += process_time() - start
        if not found.proven or abs(found.cost - expected) > 1e-6 * expected:
            raise RuntimeError(f"seed {seed}: expected a proven cost of {expected:g}, found {found}")
    return {
        "figure": round(own / len(SEEDS), 4),
        "unit": f"seconds to proof, {NODES} nodes, p = {SITES}",
        "peer": "assignment model with HiGHS",
        "peer_figure": round(peer / len(SEEDS), 2),
        "ratio": round(peer / own, 1),
    }
