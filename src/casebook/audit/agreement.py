"""How far two readers agree who judged the same rows, the second blind to the first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple


class Agreement(NamedTuple):
    """Rows judged by both, the share on which they agree, and Cohen's kappa: agreement beyond what chance gives."""

    rows: int
    share: float
    kappa: float


def agreement(first: Sequence[str], second: Sequence[str]) -> Agreement:
    r"""Compare two readers: $\kappa = (p_o - p_e)/(1 - p_e)$ with the agreement expected by chance (Cohen, 1960)."""
    rows = len(first)
    same = sum(one == other for one, other in zip(first, second, strict=True)) / rows
    ours, theirs = Counter(first), Counter(second)
    chance = sum(ours[verdict] * theirs[verdict] for verdict in ours) / rows**2
    return Agreement(rows, same, (same - chance) / (1 - chance) if chance < 1 else 1.0)
