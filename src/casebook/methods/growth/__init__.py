"""Growth of a total: saturation curves, a fit, what a few points leave open, and cascades that excite themselves."""

from casebook.methods.growth.cascade import (
    CascadeTotal,
    borel_tanner,
    cascade_mean,
    cascade_seeds,
    cascade_total,
    simulate_cascade,
)
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
    "CascadeTotal",
    "Curve",
    "Envelope",
    "average_rates",
    "bass",
    "bass_peak",
    "bass_rate",
    "bass_through",
    "borel_tanner",
    "bounds",
    "cascade_mean",
    "cascade_seeds",
    "cascade_total",
    "curves_through",
    "envelope",
    "fit_bass",
    "gompertz",
    "hill",
    "logistic",
    "loglog_slopes",
    "simulate_cascade",
    "weibull",
]
