"""Risk: an interval for a share."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from casebook.methods.arguments import ArgumentError, Array, number, wholes


def wilson(k: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Array, Array] | tuple[float, float]:
    r"""Compute Wilson's score interval for a share, k of n; k may be an array, and n as well.

    $(k + z^2/2 \pm z \sqrt{z^2/4 + k\,(1 - k/n)})/(n + z^2)$. R. G. Newcombe, *Two-sided confidence intervals for the
    single proportion*, Statistics in Medicine 17 (1998), method 3.
    """
    asked, having = wholes("n", n, least=1), wholes("k", k)
    if asked.shape not in ((), having.shape):
        raise ArgumentError("n", f"one number or shape {having.shape}, as k has", f"shape {asked.shape}")
    if (having > asked).any():
        raise ArgumentError("k", f"at most n = {asked.max()}", having.max())
    z = float(special.ndtri((1 + number("level", level, above=0, below=1)) / 2))
    half = z * np.sqrt(z * z / 4 + having * (1 - having / asked))
    low = np.where(having == 0, 0.0, (having + z * z / 2 - half) / (asked + z * z))
    high = np.where(having == asked, 1.0, (having + z * z / 2 + half) / (asked + z * z))
    return low[()], high[()]
