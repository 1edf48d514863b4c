"""Repeat buying without a contract: customers buy at their own pace until they silently stop (BG/NBD)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from casebook.methods.demand import arguments
from casebook.methods.demand.arguments import Array


@dataclass(frozen=True)
class RepeatBuying:
    """The BG/NBD law of a crowd of customers.

    Attributes
    ----------
    r, alpha
        Shape and rate of the gamma law of purchase rates; the mean rate is r / alpha per unit of time.
    a, b
        Parameters of the beta law of the chance to stop after a purchase.
    log_likelihood
        Of the data the law was fitted to; nan where it was not fitted.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = np.nan

    def __post_init__(self) -> None:
        for name in ("r", "alpha", "a", "b"):
            arguments.number(name, getattr(self, name), above=True)

    def alive(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Array:
        r"""Give the probability that customers have not stopped.

        .. math:: \left[1 + 1_{x>0}\, \frac{a}{b+x-1} \left(\frac{\alpha+T}{\alpha+t_x}\right)^{r+x}\right]^{-1}

        Parameters
        ----------
        x, t_x, T
            Repeat purchases, time of the last of them and length of the watch, shape (n,) each.
        """
        x, t_x, T = _histories(x, t_x, T)
        odds = self.a / (self.b + np.maximum(x, 1) - 1) * ((self.alpha + T) / (self.alpha + t_x)) ** (self.r + x)
        return 1 / (1 + np.where(x > 0, odds, 0.0))

    def expected(self, t: ArrayLike) -> Array:
        r"""Give the mean number of repeat purchases of a new customer in time t.

        .. math:: \frac{a+b-1}{a-1}\left[1 - \left(\frac{\alpha}{\alpha+t}\right)^{r}
            {}_2F_1\!\left(r, b; a+b-1; \tfrac{t}{\alpha+t}\right)\right]

        Parameters
        ----------
        t
            Times since the first purchase, shape (n,).
        """
        times = arguments.row("t", t, low=0)
        return self._mean(np.zeros_like(times), np.zeros_like(times), times)

    def predicted(self, t: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Array:
        r"""Give the mean number of purchases in the time t after the watch, for customers with known histories.

        .. math:: P(\text{alive})\, \frac{a+b+x-1}{a-1}\left[1 - \left(\frac{\alpha+T}{\alpha+T+t}\right)^{r+x}
            {}_2F_1\!\left(r+x, b+x; a+b+x-1; \tfrac{t}{\alpha+T+t}\right)\right]

        Parameters
        ----------
        t
            Length of the time ahead.
        x, t_x, T
            As in `alive`.
        """
        x, t_x, T = _histories(x, t_x, T)
        ahead = np.full_like(x, arguments.number("t", t))
        return self.alive(x, t_x, T) * self._mean(x, T, ahead)

    def _mean(self, x: Array, T: Array, t: Array) -> Array:
        a = self.a if self.a != 1 else 1 + 1e-9  # the formula has a removable gap at one
        r, b, start = self.r + x, self.b + x, self.alpha + T
        series = special.hyp2f1(r, b, a + b - 1, t / (start + t))
        return (a + b - 1) / (a - 1) * (1 - (start / (start + t)) ** r * series)


def fit_repeat_buying(x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> RepeatBuying:
    r"""Fit the BG/NBD law by maximum likelihood.

    .. math:: L = \frac{\Gamma(r+x)\,\alpha^r}{\Gamma(r)}\, \frac{B(a, b+x)}{B(a, b)} \left[(\alpha+T)^{-(r+x)} +
        1_{x>0}\, \frac{a}{b+x-1}\, (\alpha+t_x)^{-(r+x)}\right]

    Parameters
    ----------
    x
        Repeat purchases of each customer in the watch, whole, shape (n,); the first purchase does not count.
    t_x
        Time of the last of them since the first purchase; zero where there is none, shape (n,).
    T
        Length of the watch since the first purchase, shape (n,).

    Returns
    -------
    RepeatBuying
        With its log-likelihood; `log_likelihood` computes that of other parameters.

    Raises
    ------
    ValueError
        When shapes differ, a count is not whole, a last purchase lies outside the watch, or nobody came back.

    References
    ----------
    P. S. Fader, B. G. S. Hardie and K. L. Lee, *"Counting your customers" the easy way: an alternative to the
    Pareto/NBD model*, Marketing Science 24 (2005).
    """
    x, t_x, T = _histories(x, t_x, T)
    if not x.any():
        raise ValueError(f"x: expected at least one repeat purchase, found none among {x.size} customers")

    def loss(logs: Array) -> float:
        return -log_likelihood(RepeatBuying(*np.exp(logs)), x, t_x, T) / x.size

    start = np.log([0.5, max(float(np.median(T)) / 4, 1e-6), 1.0, 2.0])
    bounds = [(-12, 12)] * 4
    found = optimize.minimize(loss, start, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-13, "gtol": 1e-8})
    r, alpha, a, b = (float(value) for value in np.exp(found.x))
    return RepeatBuying(r, alpha, a, b, -float(found.fun) * x.size)


def log_likelihood(law: RepeatBuying, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> float:
    """Compute the log-likelihood of purchase histories; parameters and formula as in `fit_repeat_buying`.

    Parameters
    ----------
    law
        The parameters.
    x, t_x, T
        Repeat purchases, time of the last of them and length of the watch, shape (n,) each.
    """
    x, t_x, T = _histories(x, t_x, T)
    power = law.r + x
    pace = special.gammaln(power) - special.gammaln(law.r) + law.r * np.log(law.alpha)
    stay = special.betaln(law.a, law.b + x) - special.betaln(law.a, law.b)
    still = -power * np.log(law.alpha + T)
    gone = np.log(law.a) - np.log(law.b + np.maximum(x, 1) - 1) - power * np.log(law.alpha + t_x)
    return float(np.sum(pace + stay + np.where(x > 0, np.logaddexp(still, gone), still)))


def _histories(x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> tuple[Array, Array, Array]:
    bought = arguments.row("x", x, low=0)
    if (bought != np.floor(bought)).any():
        raise ValueError(f"x: expected whole numbers, found {bought[bought != np.floor(bought)][0]:g}")
    last, watch = arguments.row("t_x", t_x, bought.size, low=0), arguments.row("T", T, bought.size, low=0)
    if (last > watch).any():
        raise ValueError(f"t_x: expected a time inside the watch, found {last[last > watch][0]:g}")
    return bought, last, watch
