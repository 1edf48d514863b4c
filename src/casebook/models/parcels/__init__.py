"""The parcels of a festival, one by one: order, picking, sorting, line haul and last mile, each of finite capacity.

The country is cut into areas that are alike: each has its warehouses, its hub and its couriers. What an area sends
away is replaced by an equal stream that arrives, so every area can be followed alone and the memory stays flat.
"""

from casebook.models.parcels.first import FirstDelivery, express_for, first_delivery
from casebook.models.parcels.needs import capacity_for, delayed_to, nearby_for
from casebook.models.parcels.network import Country, abroad, flights, roads
from casebook.models.parcels.outcome import QUEUES, STAGES, Outcome, Tally
from casebook.models.parcels.scenario import Scenario, order_curve, rush_minutes
from casebook.models.parcels.simulation import simulate

__all__ = [
    "QUEUES",
    "STAGES",
    "Country",
    "FirstDelivery",
    "Outcome",
    "Scenario",
    "Tally",
    "abroad",
    "capacity_for",
    "delayed_to",
    "express_for",
    "first_delivery",
    "flights",
    "nearby_for",
    "order_curve",
    "roads",
    "rush_minutes",
    "simulate",
]
