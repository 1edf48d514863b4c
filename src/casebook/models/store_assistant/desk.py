"""The service desk behind the assistant: what errors and hand-overs cost, and how many people must be there."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from casebook.methods.language import Coverage, reject_below, risk_coverage
from casebook.methods.queueing import erlang_a, staff_for

MINUTES, SECONDS = 60.0, 3600.0


@dataclass(frozen=True)
class Desk:
    """A day of requests and the people behind the assistant.

    Attributes
    ----------
    requests_per_day
        Messages that open a conversation.
    busiest_hour_percent
        Share of them in the busiest hour.
    out_of_scope_percent
        Share of them that no intent covers.
    common_percent
        Share of the others that is put in common words.
    handling_minutes
        A person's time for one conversation that the assistant hands over with all that was said.
    asking_again_minutes
        What that grows by when the customer must say it all again.
    chats_at_once
        Conversations a person holds at a time.
    answer_seconds, in_time_percent
        The promise: such a share of customers finds a person within so many seconds.
    patience_minutes
        Mean time after which a customer gives up waiting.
    wage_rmb_per_hour
        Cost of an hour of a person.
    wrong_answer_rmb
        What a wrong answer costs: the second contact, or the customer.

    Raises
    ------
    ValueError
        When a number is not finite, or outside its range.
    """

    requests_per_day: float
    busiest_hour_percent: float
    out_of_scope_percent: float
    common_percent: float
    handling_minutes: float
    asking_again_minutes: float
    chats_at_once: float
    answer_seconds: float
    in_time_percent: float
    patience_minutes: float
    wage_rmb_per_hour: float
    wrong_answer_rmb: float

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            most = 100 if name.endswith("_percent") else math.inf
            if not (math.isfinite(value) and 0 <= value <= most):
                raise ValueError(f"{name}: expected a finite number from 0 to {most:g}, found {value}")
        for name in ("handling_minutes", "chats_at_once", "patience_minutes", "wrong_answer_rmb"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name}: expected a number above 0, found {getattr(self, name)}")

    @property
    def hand_over_rmb(self) -> float:
        """What one hand-over costs in a person's time."""
        return self.handling_minutes / MINUTES * self.wage_rmb_per_hour / self.chats_at_once

    @property
    def least_chance(self) -> float:
        """Chance of being right below which handing over costs less than answering (Chow's rule)."""
        return reject_below(self.wrong_answer_rmb, self.hand_over_rmb)


def shares(messages: pd.DataFrame, desk: Desk) -> np.ndarray:
    """Weigh messages so that their kinds come as often as at the desk; the weights sum to one.

    Parameters
    ----------
    messages
        Column wording: common, unusual, or empty for what is out of scope; at least one of each kind that comes.
    """
    outside, common = desk.out_of_scope_percent / 100, desk.common_percent / 100
    wanted = {"": outside, "common": (1 - outside) * common, "unusual": (1 - outside) * (1 - common)}
    count = messages["wording"].value_counts()
    missing = [kind or "out-of-scope" for kind, share in wanted.items() if share and kind not in count]
    if missing:
        raise ValueError(f"messages: expected some that are {missing[0]}, found none")
    return messages["wording"].map({kind: wanted[kind] / count[kind] for kind in count.index}).to_numpy(dtype=float)


def cost_curve(score: ArrayLike, right: ArrayLike, weight: ArrayLike, desk: Desk) -> pd.DataFrame:
    """Compute what each bar on the score costs a message: hand-overs below it, wrong answers above.

    Returns
    -------
    DataFrame
        Columns bar, coverage, risk, cost (RMB a message), from everything handed over to everything answered.
    """
    counts = np.asarray(weight, dtype=float)
    counted = counts > 0
    curve = risk_coverage(np.asarray(score)[counted], np.asarray(right)[counted], counts[counted])
    bar, coverage, risk = (np.append(first, getattr(curve, name)) for name, first in _NOTHING.items())
    cost = (1 - coverage) * desk.hand_over_rmb + coverage * risk * desk.wrong_answer_rmb
    return pd.DataFrame({"bar": bar, "coverage": coverage, "risk": risk, "cost": cost})


_NOTHING = dict(zip(Coverage.__dataclass_fields__, (math.inf, 0.0, 0.0), strict=True))


@dataclass(frozen=True)
class Staffing:
    """People for the busiest hour, and how customers fare who give up when they wait too long."""

    load: float
    people: int
    p_wait: float
    p_abandon: float


def staffing(handed: float, desk: Desk, with_conversation: bool = True) -> Staffing:
    """Find the people needed in the busiest hour for a share of requests that is handed over.

    The promise is kept for patient customers (Erlang C); how many of the impatient give up is told by Erlang A.

    Parameters
    ----------
    handed
        Share of requests handed over, from zero to one.
    with_conversation
        Whether the person receives what was said before.
    """
    if not 0 <= handed <= 1:
        raise ValueError(f"handed: expected a share from 0 to 1, found {handed}")
    minutes = desk.handling_minutes + (0 if with_conversation else desk.asking_again_minutes)
    per_hour = desk.requests_per_day * desk.busiest_hour_percent / 100 * handed
    load = per_hour * minutes / MINUTES
    level = desk.in_time_percent / 100
    chats = staff_for(load, level, minutes / MINUTES, desk.answer_seconds / SECONDS)
    people = math.ceil(chats / desk.chats_at_once)
    if people == 0:
        return Staffing(0.0, 0, 0.0, 0.0)
    seats = math.floor(people * desk.chats_at_once)
    queue = erlang_a(per_hour, MINUTES / minutes, MINUTES / desk.patience_minutes, seats)
    return Staffing(load, people, queue.p_wait, queue.p_abandon)
