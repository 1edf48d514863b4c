"""Risk: how much a portfolio may have to pay, claims that infect each other, shares, and values that pass each other."""

from casebook.methods.risk.aggregate import Binomial, Loss, NegativeBinomial, Poisson, panjer
from casebook.methods.risk.passage import (
    passage_at_closes,
    passage_probability,
    passage_time,
    relative_volatility,
    simulate_passage,
)
from casebook.methods.risk.shares import beta_binomial, wilson

__all__ = [
    "Binomial",
    "Loss",
    "NegativeBinomial",
    "Poisson",
    "beta_binomial",
    "panjer",
    "passage_at_closes",
    "passage_probability",
    "passage_time",
    "relative_volatility",
    "simulate_passage",
    "wilson",
]
