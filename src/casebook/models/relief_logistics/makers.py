"""Mask makers who share their material, or do not."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from casebook.models.relief_logistics.assumptions import Relief


def masks(case: Relief, together: bool) -> pd.DataFrame:
    r"""Plan the makers' work by a linear programme, with the material shared out by the plan or evenly to each.

    .. math:: \min \sum_t s_t, \quad s_t \ge t\,w - \sum_{u \le t} \sum_j g_j x_{ju}, \quad
        0 \le x_{jt} \le k\,(1 - e^{-t/\tau_j}), \quad \sum_{u \le t} \sum_j x_{ju} \le t\,m

    Apart, the last constraint holds for each maker with an equal part of the material, which it keeps.

    Returns
    -------
    pandas.DataFrame
        One row a day: day, usable masks still owed in the evening, in thousands.
    """
    days, n = np.arange(1, case.mask_days + 1), case.makers
    tau = np.linspace(case.first_return_days, case.last_return_days, n)
    good = np.linspace(case.best_good_percent, case.worst_good_percent, n) / 100
    limit = case.maker_thousand_per_day * (1 - np.exp(-days / np.maximum(tau, 1e-9)[:, None]))
    so_far = np.tril(np.ones((days.size, days.size)))
    owed = np.hstack([-np.kron(good, so_far), -np.eye(days.size)])
    used = np.kron(np.ones(n) if together else np.eye(n), so_far)
    used = np.hstack([used, np.zeros((used.shape[0], days.size))])
    material = np.tile(case.material_thousand_per_day * days / (1 if together else n), 1 if together else n)
    plan = linprog(
        np.concatenate([np.zeros(n * days.size), np.ones(days.size)]),
        A_ub=np.vstack([owed, used]), b_ub=np.concatenate([-case.wanted_thousand_per_day * days, material]),
        bounds=[(0, high) for high in limit.ravel()] + [(0, None)] * days.size, method="highs",
    )  # fmt: skip
    if plan.status != 0:
        raise ValueError(f"case: expected makers that can be planned, found {plan.message}")
    return pd.DataFrame({"day": days, "owed": np.maximum(plan.x[n * days.size :], 0)})
