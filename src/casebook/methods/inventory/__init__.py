"""Stock: what to order once, what to hold along a chain, how a shelf is shared out, how a rumour empties it."""

from casebook.methods.inventory.loss import discrete_loss, normal_loss, poisson_loss, scarf_loss
from casebook.methods.inventory.newsvendor import (
    DistributionFree,
    Newsvendor,
    newsvendor_discrete,
    newsvendor_distribution_free,
    newsvendor_normal,
    newsvendor_poisson,
)
from casebook.methods.inventory.rumour import Hoarding, cascades, final_size, hoarding
from casebook.methods.inventory.serial import SerialSystem, serial_system
from casebook.methods.inventory.service import (
    LeadTimeDemand,
    base_stock,
    fill_rate,
    fill_rate_poisson,
    lead_time_demand,
    pooled_sd,
    pooling_ratio,
)
from casebook.methods.inventory.shelf import Perishable, Ration, fair_cap, gini, perishable, ration

__all__ = [
    "DistributionFree",
    "Hoarding",
    "LeadTimeDemand",
    "Newsvendor",
    "Perishable",
    "Ration",
    "SerialSystem",
    "base_stock",
    "cascades",
    "discrete_loss",
    "fair_cap",
    "fill_rate",
    "fill_rate_poisson",
    "final_size",
    "gini",
    "hoarding",
    "lead_time_demand",
    "newsvendor_discrete",
    "newsvendor_distribution_free",
    "newsvendor_normal",
    "newsvendor_poisson",
    "normal_loss",
    "perishable",
    "poisson_loss",
    "pooled_sd",
    "pooling_ratio",
    "ration",
    "scarf_loss",
    "serial_system",
]
