"""Growth of a total: Bass and other saturation curves, a fit, and what a few points leave open."""

from casebook.methods.growth.curves import bass, bass_peak, bass_rate, gompertz, hill, logistic, weibull
from casebook.methods.growth.fitting import BassFit, fit_bass
from casebook.methods.growth.identified import (
    Curve,
    Envelope,
    average_rates,
    bass_through,
    curves_through,
    envelope,
    loglog_slopes,
)
from casebook.methods.growth.limits import Bounds, bounds

__all__ = [
    "BassFit",
    "Bounds",
    "Curve",
    "Envelope",
    "average_rates",
    "bass",
    "bass_peak",
    "bass_rate",
    "bass_through",
    "bounds",
    "curves_through",
    "envelope",
    "fit_bass",
    "gompertz",
    "hill",
    "logistic",
    "loglog_slopes",
    "weibull",
]
