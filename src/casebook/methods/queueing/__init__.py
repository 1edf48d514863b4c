"""Queues: Erlang's formulas, priorities, pools, closed networks, large and overloaded systems, and a simulated surge.

Rates and times are in any one unit of time, load is in erlangs: the number of servers that the arrivals keep busy.
"""

from casebook.methods.queueing.closed import Bounds, ClosedNetwork, asymptotic_bounds, mean_value_analysis
from casebook.methods.queueing.erlang import erlang_b, erlang_c, mean_wait, service_level, staff_for, wait_quantile
from casebook.methods.queueing.fluid import FluidDay, fluid_day, fluid_overload
from casebook.methods.queueing.impatience import Impatience, erlang_a
from casebook.methods.queueing.scalability import Scalability, fit_scalability
from casebook.methods.queueing.scale import Pooling, halfin_whitt, pooling, square_root_staffing
from casebook.methods.queueing.simulation import Surge, simulate_surge
from casebook.methods.queueing.stations import Priorities, Station, md1, mg1, mm1, mmc, priorities

__all__ = [
    "Bounds",
    "ClosedNetwork",
    "FluidDay",
    "Impatience",
    "Pooling",
    "Priorities",
    "Scalability",
    "Station",
    "Surge",
    "asymptotic_bounds",
    "erlang_a",
    "erlang_b",
    "erlang_c",
    "fit_scalability",
    "fluid_day",
    "fluid_overload",
    "halfin_whitt",
    "md1",
    "mean_value_analysis",
    "mean_wait",
    "mg1",
    "mm1",
    "mmc",
    "pooling",
    "priorities",
    "service_level",
    "simulate_surge",
    "square_root_staffing",
    "staff_for",
    "wait_quantile",
]
