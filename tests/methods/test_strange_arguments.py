"""Every public method under arguments that nobody means: a line that names the quantity, or a finite answer, and soon."""

import importlib
import inspect
import pkgutil
import random
import signal
import warnings

import numpy as np
import pytest

import casebook.methods
from casebook.methods.arguments import ArgumentError, numbers

CALLS, SECONDS = 40, 20
APART = ("arguments", "language")  # they take texts and rules, and have tests of their own
STRANGE = [
    None, True, "text", "", float("nan"), float("inf"), -1, 0, 1, 2, 3, 0.5, 1e300, 1e-300, 10**9, -1e-9,
    [], [0.0], [1, 2], [float("nan")], [[1, 2], [3, 4]], {}, {"a": 1}, b"x", np.int64(4),
]  # fmt: skip


def public():
    for module in pkgutil.iter_modules(casebook.methods.__path__):
        if module.name not in APART:
            there = importlib.import_module(f"casebook.methods.{module.name}")
            for name, found in vars(there).items():
                if inspect.isfunction(found) and not name.startswith("_") and found.__module__ == there.__name__:
                    yield pytest.param(found, id=f"{module.name}.{name}")


def too_long(*_):
    raise TimeoutError


@pytest.mark.parametrize("given", [[1, True], (1.5, np.True_), [[1, 2], [3, False]]])
def test_a_flag_among_numbers_is_no_number(given):
    with pytest.raises(ArgumentError, match="share: expected numbers, found"):
        numbers("share", given)


@pytest.mark.parametrize("function", list(public()))
def test_strange_arguments_are_named_or_answered(function):
    rng, parameters = random.Random(function.__name__), inspect.signature(function).parameters.values()
    signal.signal(signal.SIGALRM, too_long)
    for _ in range(CALLS):
        given = {p.name: rng.choice(STRANGE) for p in parameters if p.default is p.empty or rng.random() < 0.4}
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                answer = function(**given)
            if isinstance(answer, float | np.ndarray):
                assert not np.isnan(answer).any(), given
        except ValueError as error:
            assert "expected" in str(error), (given, error)
            assert "\n" not in str(error)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
