"""The same fresh markets in several lists: which rows mean the same place, who can walk there, and a file for a map."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.random import Generator, SeedSequence
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree

from casebook.methods import replicates
from casebook.models.pickup_points import checks
from casebook.models.pickup_points.town import Layout, nearest_corner, walks

Array = NDArray[np.float64]

FIRST = ("East", "West", "North", "South", "Upper", "Lower", "Old", "New", "Long", "Great")
SECOND = ("Lotus", "Bridge", "Willow", "Temple", "River", "Plum", "Garden", "Spring", "Crane", "Orchid")
KINDS = ("Market", "Fresh Market", "Wet Market", "Mkt")
LISTS = ("payment", "delivery", "map")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
METRES_A_DEGREE = 111_320.0


@dataclass(frozen=True)
class Records:
    """Lists of the same markets, each kept by somebody else.

    Attributes
    ----------
    markets
        Fresh markets in the town, at most one of a name.
    payment_percent, delivery_percent, map_percent
        Share of the markets that each list knows, each by itself.
    typing_error_percent
        Letters of a name that are wrong in a list.
    place_error_m
        Standard deviation of a list's position, east and north each.
    search_m
        Rows farther apart than this are never taken for the same market.

    Raises
    ------
    ValueError
        When a number is out of range, or not whole where it counts.
    """

    markets: float = 40
    payment_percent: float = 60
    delivery_percent: float = 70
    map_percent: float = 85
    typing_error_percent: float = 6
    place_error_m: float = 60
    search_m: float = 300

    def __post_init__(self) -> None:
        ranges: dict[str, tuple[float, float]] = {"markets": (1, len(FIRST) * len(SECOND))}
        ranges |= dict.fromkeys(("typing_error_percent", *(f"{each}_percent" for each in LISTS)), (0, 100))
        checks.each(self, ranges | {"place_error_m": (0, 1e6), "search_m": (0, 1e6)}, ("markets",))


def draw_lists(records: Records, layout: Layout, seed: int | SeedSequence = 0) -> dict[str, pd.DataFrame]:
    """Draw the lists: of each a frame with market (the truth, which no list knows), name, east_m and north_m."""
    random = np.random.default_rng(seed)
    n = int(records.markets)
    corners = random.choice(len(layout.corners), n, p=layout.households / layout.households.sum())
    names = random.choice(len(FIRST) * len(SECOND), n, replace=False)
    found = {}
    for each in LISTS:
        known = np.flatnonzero(random.random(n) < getattr(records, f"{each}_percent") / 100)
        places = layout.corners[corners[known]] + records.place_error_m * random.standard_normal((known.size, 2))
        written = [_written(int(names[k]), records.typing_error_percent / 100, random) for k in known]
        found[each] = pd.DataFrame({"market": known, "name": written, "east_m": places[:, 0], "north_m": places[:, 1]})
    return found


def _written(name: int, error: float, random: Generator) -> str:
    """Write a market's name as a list might: its own word for market, and wrong letters here and there."""
    text = f"{FIRST[name // len(SECOND)]} {SECOND[name % len(SECOND)]} {KINDS[random.integers(len(KINDS))]}"
    wrong = random.random(len(text)) < error
    others = random.integers(len(LETTERS), size=len(text))
    pairs = zip(text, wrong, others, strict=True)
    return "".join(LETTERS[k] if bad and letter != " " else letter for letter, bad, k in pairs)


def alike(one: str, other: str) -> float:
    r"""Compare two names by the pairs of neighbouring letters they share, from zero to one (Dice's coefficient).

    .. math:: s = \frac{2\,n_{xy}}{n_x + n_y}

    References
    ----------
    L. R. Dice, *Measures of the amount of ecologic association between species*, Ecology 26 (1945).
    """
    pairs = [Counter(a + b for a, b in zip(text.lower(), text.lower()[1:], strict=False)) for text in (one, other)]
    total = sum(pair.total() for pair in pairs)
    return 2 * (pairs[0] & pairs[1]).total() / total if total else float(one == other)


def pair_up(one: pd.DataFrame, other: pd.DataFrame, search_m: float) -> pd.DataFrame:
    """Pair rows of two lists, each at most once, so that the names of the pairs are alike as much as can be.

    A spatial index finds the rows within the search distance; the pairs are an assignment (Kuhn 1955).

    Returns
    -------
    pandas.DataFrame
        Columns one and other (row numbers), alike, and same: whether both mean the same market.
    """
    columns = ["east_m", "north_m"]
    score = np.zeros((len(one), len(other)))
    if score.size:
        trees = [cKDTree(frame[columns].to_numpy()) for frame in (one, other)]
        for i, near in enumerate(trees[0].query_ball_tree(trees[1], search_m)):
            for j in near:
                score[i, j] = alike(one["name"].iat[i], other["name"].iat[j])
    rows, others = linear_sum_assignment(score, maximize=True)
    kept = score[rows, others] > 0
    rows, others = rows[kept], others[kept]
    same = one["market"].to_numpy()[rows] == other["market"].to_numpy()[others]
    return pd.DataFrame({"one": rows, "other": others, "alike": score[rows, others], "same": same})


def _quality(seed: SeedSequence, records: Records, layout: Layout, thresholds: tuple[float, ...]) -> Array:
    lists = draw_lists(records, layout, seed)
    one, other = lists["payment"], lists["map"]
    pairs = pair_up(one, other, records.search_m)
    true = len(set(one["market"]) & set(other["market"]))
    rows = []
    for threshold in thresholds:
        taken = pairs[pairs["alike"] >= threshold]
        right = int(taken["same"].sum())
        rows.append((right, len(taken), true))
    return np.array(rows, dtype=float)


def quality(
    records: Records, layout: Layout, thresholds: list[float], runs: int = 40, seed: int = 0,
    executor: Executor | None = None,
) -> pd.DataFrame:  # fmt: skip
    r"""Judge the pairs of payment and map by the truth, over many drawn towns' lists: one row a threshold.

    .. math:: \text{precision} = \frac{\text{right}}{\text{taken}}, \qquad \text{recall} = \frac{\text{right}}{\text{true}}

    Returns
    -------
    pandas.DataFrame
        Columns threshold, precision, recall, f1 (their harmonic mean); nothing taken or nothing to find counts as one.
    """
    one = partial(_quality, records=records, layout=layout, thresholds=tuple(thresholds))
    right, taken, true = np.sum(replicates.run(one, replicates.spawn(seed, runs), executor), axis=0).T
    precision, recall = (np.divide(right, x, out=np.ones_like(right), where=x > 0) for x in (taken, true))
    both = precision + recall
    f1 = np.divide(2 * precision * recall, both, out=np.zeros_like(both), where=both > 0)
    return pd.DataFrame({"threshold": thresholds, "precision": precision, "recall": recall, "f1": f1})


def in_every_list(lists: dict[str, pd.DataFrame], search_m: float, threshold: float) -> tuple[pd.DataFrame, int]:
    """Find the rows of the map that both other lists pair with, and count how many markets truly are in all lists."""
    found = set(range(len(lists["map"])))
    for each in ("payment", "delivery"):
        pairs = pair_up(lists[each], lists["map"], search_m)
        found &= set(pairs.loc[pairs["alike"] >= threshold, "other"])
    truth = set.intersection(*(set(frame["market"]) for frame in lists.values()))
    return lists["map"].iloc[sorted(found)].reset_index(drop=True), len(truth)


def reach_percent(layout: Layout, places: pd.DataFrame, walk_m: float) -> float:
    """Compute the share of households, per cent, within a walk of some place.

    A spatial index first drops the corners that are too far even as the crow flies; the streets decide on the rest.
    """
    if places.empty:
        return 0.0
    points = places[["east_m", "north_m"]].to_numpy()
    snapped = np.unique(nearest_corner(layout.town, points))
    near, _ = cKDTree(layout.corners[snapped]).query(layout.corners, distance_upper_bound=walk_m * (1 + 1e-9) + 1e-9)
    candidates = np.isfinite(near)
    ways = walks(layout.town, snapped)[candidates].min(axis=1)
    return 100 * float(layout.households[candidates][ways <= walk_m].sum() / layout.households.sum())


def geojson(places: pd.DataFrame) -> dict[str, object]:
    """Write places as a GeoJSON collection of points; the columns east_m and north_m become degrees, the rest properties.

    The invented town lies where the equator meets the first meridian, in the ocean, so that nobody takes it for a
    real one.

    References
    ----------
    H. Butler and others, *The GeoJSON format*, RFC 7946 (2016): longitude before latitude.
    """
    rest = places.drop(columns=["east_m", "north_m"])
    degrees = (places[["east_m", "north_m"]] / METRES_A_DEGREE).round(6).to_numpy().tolist()
    features = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": point}, "properties": properties}
        for point, properties in zip(degrees, rest.to_dict("records"), strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}
