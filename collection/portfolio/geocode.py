"""Addresses to positions, as an import asks for them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from geopy.exc import GeopyError

from core.geometry import LatLon


@dataclass(frozen=True, slots=True)
class GeocodeAnswer:
    """Where an address is. `quality` is ``rooftop``, ``street`` or ``area``; `spread_m` is how far
    from there the house may be, None where the geocoder does not say."""

    position: LatLon
    quality: str
    spread_m: float | None = None


Geocode = Callable[[str], GeocodeAnswer | None]
"""Finds an address ("Street 123, Locality") on the map, or None."""


def nowhere(_: str) -> GeocodeAnswer | None:
    """For an installation without a map: every address waits to be pinned."""
    return None


def geocode_with(geocoder: Any) -> Geocode:
    """Ask a geopy geocoder.

    One that does not say how finely it found an address is taken to know its area only; one that
    cannot be reached knows nothing, and the address waits.
    """

    def geocode(text: str) -> GeocodeAnswer | None:
        try:
            found = geocoder.geocode(text)
        except GeopyError:
            return None
        if found is None:
            return None
        told = found.raw or {}
        position = LatLon(found.latitude, found.longitude)
        return GeocodeAnswer(position, told.get("quality", "area"), told.get("spread_m"))

    return geocode
