"""Asking a geopy geocoder for addresses."""

from typing import Any

import geopy
from geopy.exc import GeocoderTimedOut

from collection.portfolio.geocode import GeocodeAnswer, geocode_with, nowhere
from core.geometry import LatLon


class Gazetteer:
    """A geocoder that knows three addresses, each in its own way."""

    def geocode(self, text: str) -> Any:
        if text == "away":
            raise GeocoderTimedOut
        raw = {"door": {"quality": "rooftop"}, "online": {"osm_id": 1}}.get(text)
        return geopy.Location(text, (-29.9, -71.25), raw) if raw else None


def test_a_location_keeps_its_quality_and_is_an_area_where_none_is_told() -> None:
    geocode = geocode_with(Gazetteer())
    assert geocode("door") == GeocodeAnswer(LatLon(-29.9, -71.25), "rooftop")
    assert geocode("online") == GeocodeAnswer(LatLon(-29.9, -71.25), "area")


def test_what_is_unknown_or_cannot_be_asked_for_is_nowhere() -> None:
    geocode = geocode_with(Gazetteer())
    assert geocode("unheard of") is None
    assert geocode("away") is None
    assert nowhere("door") is None
