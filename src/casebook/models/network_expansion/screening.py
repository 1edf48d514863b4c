"""Screening a flood of applications with error: what passes, who must read it, and how good the chosen are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import SeedSequence
from scipy.special import ndtri

from casebook.methods.allocation import select


@dataclass(frozen=True)
class Flood:
    """Applications for posts, and what it takes to judge them.

    Attributes
    ----------
    applications, posts
        How many.
    fit_share
        Share of the applications that come from the fit.
    form_validity, interview_validity
        Correlation of the form's score, and of the interview's, with how good a candidate is.
    interview_minutes
        Time of one interview.
    staff_hours
        Hours one member of staff gives in the month.

    Raises
    ------
    ValueError
        When there are fewer applications than posts, a share is not between zero and one, or a time is not above zero.
    """

    applications: float
    posts: float
    fit_share: float
    form_validity: float
    interview_validity: float
    interview_minutes: float
    staff_hours: float

    def __post_init__(self) -> None:
        if not 0 < self.posts <= self.applications < np.inf:
            raise ValueError(f"applications: expected at least {self.posts} for the posts, found {self.applications}")
        if not 0 < self.fit_share < 1:
            raise ValueError(f"fit_share: expected a share between 0 and 1, found {self.fit_share}")
        for name in ("interview_minutes", "staff_hours"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name}: expected a time above 0, found {getattr(self, name)}")


@dataclass(frozen=True)
class Sieve:
    """What a test with two stated errors lets through."""

    fit_passed: float
    unfit_passed: float
    fit_lost: float

    @property
    def passed(self) -> float:
        """How many pass."""
        return self.fit_passed + self.unfit_passed

    @property
    def fit_among_passed(self) -> float:
        """Share of the fit among those who pass; zero where nobody does."""
        return self.fit_passed / self.passed if self.passed else 0.0


def sieve(applications: float, fit_share: float, sensitivity: float, specificity: float) -> Sieve:
    """Put applications through a yes-or-no test by Bayes' rule.

    Raises
    ------
    ValueError
        When a share is not from zero to one.
    """
    for name, share in {"fit_share": fit_share, "sensitivity": sensitivity, "specificity": specificity}.items():
        if not 0 <= share <= 1:
            raise ValueError(f"{name}: expected a share from 0 to 1, found {share}")
    fit = applications * fit_share
    return Sieve(fit * sensitivity, (applications - fit) * (1 - specificity), fit * (1 - sensitivity))


def recruits(flood: Flood, interviews_per_post: list[float]) -> pd.DataFrame:
    """Return the quality of the hired by the number interviewed for a post, and the staff it takes for a month.

    The form ranks everybody; the best are interviewed; the best of these are hired.
    """
    rows = []
    for each in interviews_per_post:
        invited = min(1.0, each * flood.posts / flood.applications)
        hired = flood.posts / flood.applications
        chosen = select([flood.form_validity, flood.interview_validity], [invited, hired], flood.fit_share)
        staff = invited * flood.applications * flood.interview_minutes / 60 / flood.staff_hours
        rows.append((each, chosen.fit, chosen.quality, staff))
    return pd.DataFrame(rows, columns=["interviews a post", "fit", "quality", "staff for a month"])


def tried(seed: SeedSequence, flood: Flood, interviews_per_post: float) -> float:
    """Simulate every application: the share of the fit among the hired."""
    generator = np.random.default_rng(seed)
    size = round(flood.applications)
    quality = generator.standard_normal(size)
    form = _score(generator, quality, flood.form_validity)
    invited = np.argsort(-form)[: min(size, round(interviews_per_post * flood.posts))]
    interview = _score(generator, quality[invited], flood.interview_validity)
    hired = invited[np.argsort(-interview)[: round(flood.posts)]]
    return float((quality[hired] > -ndtri(flood.fit_share)).mean())


def _score(generator: np.random.Generator, quality: np.ndarray, validity: float) -> np.ndarray:
    return validity * quality + np.sqrt(1 - validity**2) * generator.standard_normal(quality.size)
