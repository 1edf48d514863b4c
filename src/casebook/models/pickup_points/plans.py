"""Which doors to choose, how far people walk when some are shut, and what the loss of a whole category costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.random import SeedSequence
from scipy.optimize import brentq

from casebook.methods import replicates
from casebook.methods.location import coverage, expected_distance, p_center, p_median, reliable_p_median
from casebook.models.pickup_points.town import CATEGORIES, Array, Indices, Layout, Town, lay_out

Sites = list[int]


@dataclass(frozen=True)
class Service:
    """What a choice of doors does for the households.

    Attributes
    ----------
    mean_m
        Mean walk; who finds no open door within the longest walk counts with that walk.
    without_percent
        Households that find none.
    near_percent
        Households that find an open door within the distance asked about.
    """

    mean_m: float
    without_percent: float
    near_percent: float


def service(layout: Layout, sites: Sites, near_m: float, chance: Array | None = None) -> Service:
    """Compute the expected walk and the expected shares of households when each door is open by chance.

    Parameters
    ----------
    sites
        Chosen doors, as indices of `layout.doors`.
    near_m
        Walk that counts as near.
    chance
        Chance of each door of the town, shape (doors,); that of the layout where none is given.
    """
    most, people = layout.town.longest_walk_m, layout.households
    opened = layout.chance if chance is None else chance

    def missed(limit: float) -> float:
        far = (layout.distance > limit).astype(float)
        return 100 * expected_distance(far, sites, opened, 1.0, people) / people.sum()

    walk = expected_distance(layout.distance, sites, opened, most, people) / people.sum()
    return Service(float(walk), float(missed(most)), float(100 - missed(near_m)))


def as_if_open(layout: Layout, p: int, allowed: Sequence[int] | None = None) -> Sites:
    """Choose the p-median of the doors allowed, as if all of them were open; proven."""
    among = _among(layout, allowed)
    return among[p_median(layout.distance[:, among], p, layout.households).sites].tolist()


def with_chances(layout: Layout, p: int, allowed: Sequence[int] | None = None, chance: Array | None = None) -> Sites:
    """Choose p of the doors allowed so that the expected walk is short when each may be shut."""
    among = _among(layout, allowed)
    opened = layout.chance if chance is None else chance
    found = reliable_p_median(
        layout.distance[:, among], p, opened[among], layout.town.longest_walk_m, layout.households
    )
    return among[found.sites].tolist()


def by_number(layout: Layout, stages: Mapping[str, Sequence[int]], numbers: Iterable[int]) -> pd.DataFrame:
    """Compute the expected walk by the number of points, for the doors allowed at each stage.

    Returns
    -------
    pandas.DataFrame
        A column points, then one a stage in metres, empty where it has fewer doors; last 'all open': the proven
        p-median of all doors as if none were shut.
    """
    rows = []
    for p in numbers:
        row: dict[str, float] = {"points": p}
        for name, allowed in stages.items():
            if p <= len(allowed):
                row[name] = service(layout, with_chances(layout, p, allowed), 0.0).mean_m
        if p <= len(layout.doors):
            row["all open"] = _certain(layout, as_if_open(layout, p))
        rows.append(row)
    return pd.DataFrame(rows, columns=["points", *stages, "all open"])


def fewest_that_beat(layout: Layout, allowed: Sequence[int], mean_m: float) -> tuple[int, float]:
    """Find the fewest of the doors allowed that bring the expected walk below a value, and the walk they bring."""
    for p in range(1, len(allowed) + 1):
        walk = service(layout, with_chances(layout, p, allowed), 0.0).mean_m
        if walk < mean_m:
            return p, walk
    raise ValueError(f"mean_m: expected a walk that {len(allowed)} doors can undercut, found {mean_m:g}")


def closed(layout: Layout, category: str | None) -> Array:
    """Return the chances when all doors of a category are shut, or those of the layout."""
    return np.where(layout.doors["category"] == category, 0.0, layout.chance)


def closings(layout: Layout, plans: Mapping[str, Sites], near_m: float) -> pd.DataFrame:
    """Close one category after another under each plan: one row a plan and closing, and the measures of `Service`."""
    rows = []
    for name, sites in plans.items():
        for category in (None, *CATEGORIES):
            found = service(layout, sites, near_m, closed(layout, category))
            rows.append((name, category or "none", found.mean_m, found.without_percent, found.near_percent))
    return pd.DataFrame(rows, columns=["plan", "closed", "mean walk, m", "without, per cent", "near, per cent"])


def recovery(layout: Layout, stages: Mapping[str, Sequence[int]], p: int, near_m: float) -> pd.DataFrame:
    """Follow the coverage stage by stage: proven if all doors allowed were open, and expected with their chances.

    Returns
    -------
    pandas.DataFrame
        One row a stage: if all were open (households near, per cent, the proven best of p doors), as open, and the
        mean walk in metres of the plan that knows the chances.
    """
    rows, total = [], layout.households.sum()
    for name, allowed in stages.items():
        best = coverage(layout.distance[:, allowed], near_m, p, layout.households)
        found = service(layout, with_chances(layout, p, allowed), near_m)
        rows.append((name, 100 * best.bound / total, found.near_percent, found.without_percent, found.mean_m))
    return pd.DataFrame(rows, columns=["doors asked", "near if all were open", "near", "without", "mean walk, m"])


def covered_by_radius(layout: Layout, p: int) -> tuple[pd.DataFrame, float]:
    """Cover the households with p doors within each radius, street by street, up to the p-center's radius.

    Returns
    -------
    tuple
        A frame with radius in metres and households covered in per cent, all proven; and the p-center's radius.
    """
    radius = p_center(layout.distance, p).bound
    block, total = layout.town.block_m, layout.households.sum()
    rows = [
        (r, 100 * coverage(layout.distance, r, p, layout.households).bound / total)
        for r in np.arange(0, radius + block / 2, block)
    ]
    return pd.DataFrame(rows, columns=["radius_m", "covered_percent"]), radius


def chance_to_equal(layout: Layout, allowed: Sequence[int], p: int, mean_m: float) -> float:
    """Find the common chance, in per cent, at which the best p of the doors allowed bring the expected walk to a value."""

    def surplus(percent: float) -> float:
        chance = np.full(len(layout.doors), percent / 100)
        return service(layout, with_chances(layout, p, allowed, chance), 0.0, chance).mean_m - mean_m

    if surplus(100.0) > 0:
        raise ValueError(f"mean_m: expected a walk that {p} sure doors can reach, found {mean_m:g}")
    return float(brentq(surplus, 0.0, 100.0, xtol=0.01))


def permission_to_equal(layout: Layout, sites: Sites, mean_m: float, category: str = CATEGORIES[2]) -> float:
    """Find the chance, in per cent, of one permission for a whole category at which a plan only equals a walk.

    Without it all doors of the category are shut together. The expected walk is linear in the chance.
    """
    allowed, refused = (service(layout, sites, 0.0, closed(layout, each)).mean_m for each in (None, category))
    return 100 * (refused - mean_m) / (refused - allowed) if refused != allowed else float("nan")


def across_towns(town: Town, p: int, runs: int = 12, seed: int = 1, executor: Executor | None = None) -> pd.DataFrame:
    """Draw other towns of the same kind: of each the expected walk in metres to p offices and to all its shops."""
    rows = replicates.run(partial(_drawn, town=town, p=p), replicates.spawn(seed, runs), executor)
    return pd.DataFrame(rows, columns=["offices", "all shops"])


def _drawn(seed: SeedSequence, town: Town, p: int) -> tuple[float, float]:
    layout = lay_out(town, seed)
    offices = with_chances(layout, p, layout.of(CATEGORIES[2]))
    shops = layout.of(*CATEGORIES[:2]).tolist()
    return service(layout, offices, 0.0).mean_m, service(layout, shops, 0.0).mean_m


def _certain(layout: Layout, sites: Sites) -> float:
    return service(layout, sites, 0.0, np.ones(len(layout.doors))).mean_m


def _among(layout: Layout, allowed: Sequence[int] | None) -> Indices:
    return np.arange(len(layout.doors)) if allowed is None else np.sort(np.asarray(allowed, dtype=np.int64))
