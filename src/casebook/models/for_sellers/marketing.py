"""Marketing: messages chosen while they are sent, and a budget split over channels that tire."""

from __future__ import annotations

from concurrent.futures import Executor

import numpy as np
import pandas as pd

from casebook.methods import demand
from casebook.methods.replicates import estimate


def contest(
    rates: np.ndarray, marks: np.ndarray, trial: int, replicates: int, seed: int = 0, executor: Executor | None = None
) -> dict[str, np.ndarray]:
    """Send messages under every policy, the same seeds for all; give the regret at the marks, shape (replicates, m)."""
    return {
        policy: demand.regrets(rates, marks, policy, trial=trial, replicates=replicates, seed=seed, executor=executor)
        for policy in demand.POLICIES
    }


def means(lost: dict[str, np.ndarray], marks: np.ndarray) -> pd.DataFrame:
    """Give the mean regret with its interval: policy, messages, lost, low, high."""
    rows = []
    for policy, games in lost.items():
        for mark, values in zip(marks, games.T, strict=True):
            spread = estimate(values)
            rows.append((policy, int(mark), spread.mean, spread.low, spread.high))
    return pd.DataFrame(rows, columns=["policy", "messages", "lost", "low", "high"])


def cost_per_success(rates: np.ndarray, lost: np.ndarray, messages: int, message_cost: float) -> np.ndarray:
    """Give what a success costs in each game: the messages sent over the successes to be expected from them."""
    return messages * message_cost / (messages * np.max(rates) - np.asarray(lost))


def split(ceiling: np.ndarray, scale: np.ndarray, memory: np.ndarray, budget: float) -> pd.DataFrame:
    """Set the best split of a budget beside the equal one: spend, brings, margin, equal, equal brings."""
    best = demand.optimal_split(ceiling, scale, memory, budget)
    even = np.full(best.spend.size, budget / best.spend.size)
    steady = np.asarray(scale) * (1 - np.asarray(memory))
    return pd.DataFrame({
        "spend": best.spend,
        "brings": demand.response(best.spend, ceiling, scale, memory),
        "margin": np.asarray(ceiling) / steady * np.exp(-best.spend / steady),
        "equal": even,
        "equal_brings": demand.response(even, ceiling, scale, memory),
    })  # fmt: skip
