"""Walking by density: how far the nearest of many sites is when only their number and the area are known."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Mean distance to the nearest site at one site a square kilometre, in kilometres.
PATTERNS = {
    "random": 1 / 2,
    "square": (math.sqrt(2) + math.asinh(1)) / 6,
    "hexagonal": math.sqrt(2 / (3 * math.sqrt(3))) * (1 / 3 + math.log(3) / 4),
}


def mean_walk(density: ArrayLike, pattern: str = "random") -> NDArray[np.float64] | float:
    r"""Return the mean straight distance to the nearest site by the square-root law.

    .. math:: E[D] = c \,/ \sqrt{\lambda}

    with c one half for sites strewn at random, and for regular ones the mean distance to the centre of a cell of unit
    area: :math:`(\sqrt 2 + \operatorname{arsinh} 1)/6 = 0.3826` for squares,
    :math:`\sqrt{2/(3\sqrt 3)}\,(1/3 + \ln 3 / 4) = 0.3772` for hexagons, which nothing can undercut.

    Parameters
    ----------
    density
        Sites per unit area :math:`\lambda`, above zero; a number or any shape.
    pattern
        'random', 'square' or 'hexagonal'.

    Returns
    -------
    array or float
        In the unit of length whose square is the unit of area.

    Raises
    ------
    ValueError
        When a density is not above zero, or the pattern is unknown.

    References
    ----------
    R. C. Larson and A. R. Odoni, *Urban Operations Research*, chapter 3; L. Fejes Tóth, *Lagerungen in der Ebene auf
    der Kugel und im Raum* (1953), for the hexagons.
    """
    sites = np.asarray(density, dtype=float)
    if pattern not in PATTERNS:
        raise ValueError(f"pattern: expected one of {', '.join(map(repr, PATTERNS))}, found {pattern!r}")
    if not (sites > 0).all():
        raise ValueError(f"density: expected numbers above 0, found {sites[~(sites > 0)].ravel()[0]:g}")
    walk = PATTERNS[pattern] / np.sqrt(sites)
    return float(walk) if walk.ndim == 0 else walk
