"""GeoJSON (RFC 7946) from people's drawing programs: polygons, and what is wrong with them."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.errors import InvalidField
from core.said import say
from geofence.polygon import Polygon, fault_in, polygon_of

KEYS = ("address_id", "customer_id", "loan_account_no")
"""Which of its `properties` says whose premises a feature is; named as in a demand file."""

MOST_FEATURES = 20_000


@dataclass(frozen=True, slots=True)
class NamedPolygon:
    """A feature that can be read: its place in the file, whose premises it is, and the polygon.

    `key` is one of `KEYS` and `value` what it says; `rings` are as in the file.
    """

    index: int
    key: str
    value: str
    polygon: Polygon


@dataclass(frozen=True, slots=True)
class FeatureFault:
    """A feature that cannot be used: its place in the file (from 0), the member, and what would
    be right."""

    index: int
    field: str
    expected: str


class NotRight(ValueError):
    """A member is not as it should be. The arguments are its name and what would be right."""


def polygon_in(geometry: Any, prefix: str = "geometry.") -> Polygon:
    """The polygon of a GeoJSON geometry, whichever way its rings turn; heights are left out.

    A MultiPolygon of one part is that part. `prefix` is how its members are named. Raises
    `NotRight`.
    """
    if not isinstance(geometry, dict):
        raise NotRight(prefix.rstrip(".") or "body", 'a GeoJSON geometry of type "Polygon"')
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "MultiPolygon" and isinstance(coordinates, list) and len(coordinates) == 1:
        kind, coordinates = "Polygon", coordinates[0]
    if kind != "Polygon":
        expected = '"Polygon"'
        if kind == "MultiPolygon":
            expected = say(
                '"Polygon"; an address has one shape, so draw one outline around all parts'
            )
        raise NotRight(f"{prefix}type", expected)
    where = f"{prefix}coordinates"
    if not isinstance(coordinates, list) or not coordinates:
        raise NotRight(where, "an outer ring, and its holes behind it")
    rings = [_ring(ring, f"{where}[{n}]") for n, ring in enumerate(coordinates)]
    fault = fault_in(rings)
    if fault is not None:
        raise NotRight(where, fault)
    return polygon_of(rings)


def _ring(ring: Any, name: str) -> list[tuple[float, float]]:
    if not isinstance(ring, list):
        raise NotRight(name, "a ring: a list of [longitude, latitude]")
    return [_position(at, f"{name}[{n}]") for n, at in enumerate(ring)]


def _position(at: Any, name: str) -> tuple[float, float]:
    numbers = isinstance(at, list) and len(at) in (2, 3) and all(map(_is_number, at))
    if not numbers:
        raise NotRight(name, "[longitude, latitude] in degrees")
    lon, lat = float(at[0]), float(at[1])
    if not -180 <= lon <= 180:
        raise NotRight(name, "a longitude from -180 to 180, before the latitude")
    if not -90 <= lat <= 90:
        raise NotRight(name, "a latitude from -90 to 90, behind the longitude: are they swapped?")
    return lon, lat


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= 1e9 and math.isfinite(value)


def read_collection(content: bytes) -> tuple[list[NamedPolygon], list[FeatureFault]]:
    """The polygons of a FeatureCollection and what is wrong with the other features.

    Raises `InvalidField` for what is no FeatureCollection at all.
    """
    features = _features(content)
    read: list[NamedPolygon] = []
    faults: list[FeatureFault] = []
    for index, feature in enumerate(features):
        try:
            key, value = _whose(feature)
            read.append(NamedPolygon(index, key, value, polygon_in(feature.get("geometry"))))
        except NotRight as fault:
            faults.append(FeatureFault(index, *fault.args))
    return read, faults


def _features(content: bytes) -> Sequence[Any]:
    try:
        document = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise InvalidField("body", say("GeoJSON: one FeatureCollection, in UTF-8")) from None
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise InvalidField("type", say('"FeatureCollection"'))
    if (
        "crs" in document
        and "CRS84" not in str(document["crs"])
        and "4326" not in str(document["crs"])
    ):
        raise InvalidField("crs", say("longitudes and latitudes of WGS84; export the file again"))
    features = document.get("features")
    if not isinstance(features, list) or not 1 <= len(features) <= MOST_FEATURES:
        raise InvalidField(
            "features",
            say("a list of 1 to {most_features:,} features", most_features=MOST_FEATURES),
        )
    return features


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _whose(feature: Any) -> tuple[str, str]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise NotRight("type", '"Feature"')
    properties = feature.get("properties")
    given = properties if isinstance(properties, dict) else {}
    named = [key for key in KEYS if given.get(key) not in (None, "")]
    if len(named) != 1:
        raise NotRight("properties", f"one of {', '.join(KEYS)}, to say whose premises these are")
    key, value = named[0], given[named[0]]
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise NotRight(f"properties.{key}", "a text")
    text = str(value).strip()
    if not 1 <= len(text) <= 200 or not text.isprintable():
        raise NotRight(f"properties.{key}", "1 to 200 printable characters")
    if key != "address_id":
        return key, text
    try:
        return key, str(UUID(text))
    except ValueError:
        raise NotRight(f"properties.{key}", "the id of an address") from None
