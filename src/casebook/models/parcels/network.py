"""A made-up country, and who of it can be reached in time by road, by air and across the border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from casebook.methods.location import HubNetwork, p_hub_cover


@dataclass(frozen=True)
class Country:
    """A map of cities that no atlas has, drawn from a seed; nothing on it is a place of the company.

    Attributes
    ----------
    cities
        Number of cities; the sizes fall as in Zipf's law, the n-th having 1/n of the first.
    width_km, height_km
        Extent of the map. Roads are a quarter longer than the straight line.
    truck_kmh
        Speed of a line haul, stops included.
    air_kmh, airport_hours
        Speed of a flight, and the hours it costs at both airports together.
    hub_hours
        Hours in each hub.
    door_hours
        Hours from order to truck and from station to door together.
    customs_hours, departures_per_week
        Hours at the border, and flights a week to each destination abroad.
    seed
        Seed of the map.
    """

    cities: int = 24
    width_km: float = 3000
    height_km: float = 2400
    truck_kmh: float = 65
    air_kmh: float = 700
    airport_hours: float = 5
    hub_hours: float = 2
    door_hours: float = 6
    customs_hours: float = 24
    departures_per_week: float = 7
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse a country without cities, or with speeds of nought."""
        if not 2 <= self.cities <= 40:
            raise ValueError(f"cities: expected from 2 to 40, found {self.cities}")
        for name in ("width_km", "height_km", "truck_kmh", "air_kmh", "departures_per_week"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name}: expected a number above 0, found {getattr(self, name)}")

    def places(self) -> NDArray[np.float64]:
        """Return the cities' places in km, shape (cities, 2); the largest lie in the eastern half."""
        rng = np.random.default_rng(self.seed)
        east = np.where(np.arange(self.cities) < self.cities / 2, 0.5, 0.0)
        return np.column_stack(
            [(east + (1 - east) * rng.random(self.cities)) * self.width_km, rng.random(self.cities) * self.height_km]
        )

    def distances(self) -> NDArray[np.float64]:
        """Return the straight lines between cities in km, shape (cities, cities)."""
        places = self.places()
        return np.linalg.norm(places[:, None] - places[None], axis=2)

    def flows(self) -> NDArray[np.float64]:
        """Return the share of the parcels by origin and destination, in proportion to both sizes."""
        size = 1 / np.arange(1, self.cities + 1)
        shares = np.outer(size, size)
        return shares / shares.sum()


def roads(country: Country, hubs: int, hours: float) -> HubNetwork:
    """Place hubs by road so that most parcels come within the hours from order to door."""
    drive = 1.25 * country.distances() / country.truck_kmh
    return p_hub_cover(drive, country.flows(), hubs, hours - country.door_hours, handling=country.hub_hours)


def flights(country: Country, network: HubNetwork, hours: float) -> pd.DataFrame:
    """Fly what the roads bring too late, the shortest flights first.

    Parameters
    ----------
    country
        The map.
    network
        Its hubs by road, as `roads` gives them.
    hours
        The promise, from order to door.

    Returns
    -------
    DataFrame
        One row a pair of cities that the roads fail and a flight saves: 'origin', 'destination', 'km' flown, 'share'
        of all parcels, 'percent in time' with this and all shorter flights, 'flown km' a parcel of the country.
    """
    distance, flow = country.distances(), country.flows()
    fly = distance / country.air_kmh + country.airport_hours + country.door_hours
    origin, destination = np.nonzero((network.times + country.door_hours > hours) & (fly <= hours))
    pairs = pd.DataFrame(
        {
            "origin": origin,
            "destination": destination,
            "km": distance[origin, destination],
            "share": flow[origin, destination],
        }
    ).sort_values(["km", "origin"], ignore_index=True)
    pairs["percent in time"] = 100 * (network.covered + pairs["share"].cumsum())
    pairs["flown km"] = (pairs["km"] * pairs["share"]).cumsum()
    return pairs


def abroad(country: Country, hours: float, kilometres: NDArray[np.float64]) -> pd.DataFrame:
    """Compute how long a parcel takes to destinations abroad, on average over the wait for the next flight.

    Parameters
    ----------
    country
        Its speeds, its customs and its departures a week.
    hours
        The promise, from order to door.
    kilometres
        Distances to try, shape (n,).

    Returns
    -------
    DataFrame
        'km', 'hours' on average, and 'percent in time', since a parcel finds its flight's day at random.
    """
    headway = 168 / country.departures_per_week
    fixed = country.door_hours + country.hub_hours + country.airport_hours + country.customs_hours
    least = fixed + np.asarray(kilometres, dtype=float) / country.air_kmh
    in_time = 100 * np.clip((hours - least) / headway, 0, 1)
    return pd.DataFrame({"km": kilometres, "hours": least + headway / 2, "percent in time": in_time})
