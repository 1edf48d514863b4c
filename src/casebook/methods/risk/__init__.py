"""Risk: how much a portfolio may have to pay, claims that infect each other, and intervals for a share."""

from casebook.methods.risk.aggregate import Binomial, Loss, NegativeBinomial, Poisson, panjer
from casebook.methods.risk.shares import beta_binomial, wilson

__all__ = ["Binomial", "Loss", "NegativeBinomial", "Poisson", "beta_binomial", "panjer", "wilson"]
