"""Forecasts: a seasonal series by the airline model, demand that comes in whole pieces, and scores of both."""

from casebook.methods.forecast.airline import AIR_PASSENGERS, Airline, Outlook, fit_airline
from casebook.methods.forecast.counts import first_piece_mean, mixed_loss, mixed_quantile
from casebook.methods.forecast.scores import pinball, rmsse

__all__ = [
    "AIR_PASSENGERS",
    "Airline",
    "Outlook",
    "first_piece_mean",
    "fit_airline",
    "mixed_loss",
    "mixed_quantile",
    "pinball",
    "rmsse",
]
