"""Checks of what callers pass in; an error is one line that names the quantity, what was expected and what was found."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
MOST = 10**9  # no count of the book is larger; a larger one is a slip that would run for ever


class ArgumentError(ValueError):
    """An argument that a method or a scenario cannot use."""

    def __init__(self, name: str, expected: str, found: object) -> None:
        shown = f"{found:g}" if isinstance(found, float) else str(found)
        super().__init__(f"{name}: expected {expected}, found {shown if len(shown) <= 60 else shown[:57] + '...'}")


def number(
    name: str,
    value: float,
    *,
    least: float = -math.inf,
    above: float = -math.inf,
    most: float = math.inf,
    below: float = math.inf,
) -> float:
    """Return one finite number within bounds; bounds of `least` and `most` belong to it, `above` and `below` do not."""
    array = numbers(name, value, least=least, above=above, most=most, below=below)
    if array.ndim:
        raise ArgumentError(name, "one number", f"{array.size} of them")
    return float(array)


def share(name: str, value: float) -> float:
    """Return one number from zero to one."""
    return number(name, value, least=0, most=1)


def whole(name: str, value: float, *, least: int = 0, most: int = MOST) -> int:
    """Return one whole number; a float such as 50.0 is welcome."""
    array = wholes(name, value, least=least, most=most)
    if array.ndim:
        raise ArgumentError(name, "one whole number", f"{array.size} of them")
    return int(array)


def numbers(
    name: str,
    values: ArrayLike,
    *,
    least: float = -math.inf,
    above: float = -math.inf,
    most: float = math.inf,
    below: float = math.inf,
    shape: tuple[int | None, ...] | None = None,
) -> Array:
    """Return finite numbers within bounds as an array of floats; `shape` may leave lengths open with None."""
    array = _floats(name, values)
    if shape is not None and not _fits(array.shape, shape):
        raise ArgumentError(name, f"numbers of shape {_shape(shape)}", f"shape {_shape(array.shape)}")
    if array.size == 0:
        raise ArgumentError(name, "at least one number", "none")
    wrong = ~(np.isfinite(array) & (array >= least) & (array > above) & (array <= most) & (array < below))
    if wrong.any():
        kind = "a finite number" if array.ndim == 0 else "finite numbers"
        raise ArgumentError(name, kind + _bounds(least, above, most, below), float(array[wrong].flat[0]))
    return array


def wholes(
    name: str, values: ArrayLike, *, least: int = 0, most: int = MOST, shape: tuple[int | None, ...] | None = None
) -> NDArray[np.int64]:
    """Return whole numbers within bounds as an array of integers."""
    array = numbers(name, values, shape=shape)
    wrong = (array != np.floor(array)) | (array < least) | (array > most)
    if wrong.any():
        kind = "a whole number" if array.ndim == 0 else "whole numbers"
        raise ArgumentError(name, f"{kind} from {least:,} to {most:,}", float(array[wrong].flat[0]))
    return array.astype(np.int64)


def one_of(name: str, value: object, allowed: Iterable[object]) -> object:
    """Return a value that is among those allowed."""
    allowed = list(allowed)
    if not any(value is each or (type(value) is type(each) and value == each) for each in allowed):
        raise ArgumentError(name, f"one of {', '.join(map(str, allowed))}", repr(value))
    return value


def _floats(name: str, values: ArrayLike) -> Array:
    try:
        plain = np.asarray(values)
        rows = np.asarray(values, dtype=object).flat if isinstance(values, list | tuple) else ()
        if plain.dtype.kind not in "iuf" or any(isinstance(each, bool | np.bool_) for each in rows):
            raise TypeError  # no flags, no text, no dates, no complex numbers
        return plain.astype(float)
    except (TypeError, ValueError, OverflowError):
        raise ArgumentError(name, "numbers", repr(values)) from None


def _fits(found: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(found) == len(wanted) and all(w in (None, f) for f, w in zip(found, wanted, strict=True))


def _shape(shape: tuple[int | None, ...]) -> str:
    return "(" + ", ".join("any" if n is None else str(n) for n in shape) + ")"


def _bounds(least: float, above: float, most: float, below: float) -> str:
    parts = [f"of at least {least:g}"] if least > -math.inf else [f"above {above:g}"] if above > -math.inf else []
    parts += [f"at most {most:g}"] if most < math.inf else [f"below {below:g}"] if below < math.inf else []
    return "".join([" ", " and ".join(parts)]) if parts else ""
