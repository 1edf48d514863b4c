"""Checks of what callers of the language methods pass in; each error names the parameter and its value."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def messages(name: str, texts: Iterable[str], least: int = 0) -> list[str]:
    """Return texts as a list; a single text is refused, since its letters would be taken for messages."""
    if isinstance(texts, str | bytes):
        raise ValueError(f"{name}: expected a list of texts, found one text, {texts!r}")
    result = list(texts)
    for place, text in enumerate(result):
        if not isinstance(text, str):
            raise ValueError(f"{name}: expected texts, found {text!r} at place {place}")
    if len(result) < least:
        raise ValueError(f"{name}: expected at least {least} texts, found {len(result)}")
    return result


def classes(name: str, labels: Iterable[Hashable], length: int) -> tuple[list[Any], NDArray[np.intp]]:
    """Return the different labels in the order they came in, and the place of each text's label among them."""
    if isinstance(labels, str | bytes):
        raise ValueError(f"{name}: expected a label for each text, found one text, {labels!r}")
    found = labels.tolist() if hasattr(labels, "tolist") else list(labels)
    if len(found) != length:
        raise ValueError(f"{name}: expected {length} labels, one a text, found {len(found)}")
    try:
        place = {label: k for k, label in enumerate(dict.fromkeys(found))}
    except TypeError as error:
        raise ValueError(f"{name}: expected labels that can be told apart, found {found[0]!r}") from error
    if any(label is None or (isinstance(label, float) and math.isnan(label)) for label in place):
        raise ValueError(f"{name}: expected a label for each text, found one missing")
    return list(place), np.array([place[label] for label in found], dtype=np.intp)


def plain_array(labels: list[Any]) -> NDArray[Any]:
    """Return labels as an array of their own type; of objects where they are of several."""
    if len({type(label) for label in labels}) == 1 and isinstance(labels[0], str | int | float):
        return np.array(labels)
    array = np.empty(len(labels), dtype=object)
    array[:] = labels
    return array


def finite(name: str, values: ArrayLike, least: int = 1) -> NDArray[np.float64]:
    """Return a row of finite numbers."""
    array = np.asarray(values, dtype=float)
    if array.ndim != 1 or array.size < least:
        raise ValueError(f"{name}: expected at least {least} numbers in a row, found shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name}: expected finite numbers, found {array[~np.isfinite(array)][0]}")
    return array


def truths(name: str, values: ArrayLike, length: int) -> NDArray[np.bool_]:
    """Return a row of yes and no, one for each number it belongs to."""
    array = np.asarray(values)
    if array.shape != (length,) or not np.isin(array, [0, 1]).all():
        raise ValueError(f"{name}: expected {length} of yes or no, found {values!r}")
    return array.astype(bool)
