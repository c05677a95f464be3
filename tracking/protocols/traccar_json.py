"""Traccar Client from version 9 on: JSON with a `device_id` and one location or a list of them.

Speed is in metres a second, the battery a fraction; -1 stands for unknown.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from core.said import say
from tracking.errors import Undecodable
from tracking.message import Decoded, Signal
from tracking.ping import Item, Ping, Unusable
from tracking.protocols.protocol import Protocol
from tracking.protocols.scalars import (
    attributes,
    flag,
    instant,
    lenient_json,
    number,
    required,
    scalar,
    text,
)
from tracking.protocols.traccar_form import is_panic

APP = "Traccar Client"


class _Coords(Struct):
    latitude: float
    longitude: float
    accuracy: float | None = None
    speed: float | None = None
    heading: float | None = None
    altitude: float | None = None


class _Battery(Struct):
    level: float | None = None
    is_charging: bool | None = None


class _Activity(Struct):
    type: str | None = None


class _Location(Struct):
    timestamp: datetime | None = None
    coords: _Coords | None = None
    is_moving: bool | None = None
    odometer: int | float | None = None
    event: str | None = None
    battery: _Battery | None = None
    activity: _Activity | None = None
    mock: bool | None = None
    alarm: str | None = None
    extras: dict[str, Any] | None = None


class _Message(Struct):
    location: _Location | list[_Location]


_MESSAGE = msgspec.json.Decoder(_Message)


def decode(body: bytes, now: datetime) -> Decoded:
    """A ping for each location; one without coordinates is a sign of life and no ping."""
    try:
        location = _MESSAGE.decode(body).location
        locations = location if isinstance(location, list) else [location]
        items = [_ping(location, now) for location in locations if location.coords]
        return Decoded(items, _signal(locations))
    except (ValueError, RecursionError, OverflowError):
        # Nearly every message passes above; what does not is looked at part by part.
        return _decode_with_care(body, now)


PROTOCOL = Protocol("traccar", decode, unknown_device=404)


def _decode_with_care(body: bytes, now: datetime) -> Decoded:
    try:
        content = lenient_json(body)
    except ValueError as error:
        raise Undecodable(say("Send JSON: {error}", error=error)) from None
    stated = content.get("location") if isinstance(content, dict) else None
    items: list[Item] = []
    understood: list[_Location] = []
    for location in stated if isinstance(stated, list) else [stated]:
        try:
            meant = _meant(location)
            if meant.coords:
                items.append(_ping(meant, now))
            understood.append(meant)
        except ValueError as error:
            part = location if isinstance(location, dict) else None
            items.append(Unusable(str(error), _alone(part) if part else body))
    return Decoded(items, _signal(understood))


def _alone(location: Mapping[str, Any]) -> bytes:
    """A message with this location only, so that it can be tried again without its neighbors."""
    try:
        return msgspec.json.encode({"location": location})
    except (ValueError, RecursionError, OverflowError):
        return repr(location).encode("utf-8", "replace")


def _meant(location: object) -> _Location:
    """A location whose members are not quite of the types that they should be."""
    if not isinstance(location, dict):
        raise ValueError(say("location: an object with coords"))
    coords = location.get("coords")
    if coords is not None and not isinstance(coords, dict):
        raise ValueError(say("location: an object with coords"))
    battery = _object(location, "battery")
    moving, mock = location.get("is_moving"), location.get("mock")
    odometer = scalar(location.get("odometer"))
    return _Location(
        timestamp=instant(location["timestamp"]) if location.get("timestamp") else None,
        coords=None if coords is None else _Coords(
            required(coords, "latitude"),
            required(coords, "longitude"),
            number(coords, "accuracy"),
            number(coords, "speed"),
            number(coords, "heading"),
            number(coords, "altitude"),
        ),
        is_moving=None if moving is None else flag(moving),
        odometer=odometer if isinstance(odometer, int | float) else None,
        event=text(location.get("event")),
        battery=_Battery(number(battery, "level"), flag(battery.get("is_charging"))),
        activity=_Activity(text(_object(location, "activity").get("type"))),
        mock=None if mock is None else flag(mock),
        alarm=text(location.get("alarm")),
        extras=_object(location, "extras"),
    )  # fmt: skip


def _object(location: Mapping[str, Any], name: str) -> dict[str, Any]:
    stated = location.get(name)
    return stated if isinstance(stated, dict) else {}


def _ping(location: _Location, now: datetime) -> Ping:
    coords, battery = location.coords, location.battery
    assert coords is not None
    level = battery.level if battery else None
    captured_at = location.timestamp or now
    if captured_at.tzinfo is None:
        captured_at = instant(captured_at.isoformat())
    return Ping(
        captured_at,
        coords.latitude,
        coords.longitude,
        coords.accuracy,
        coords.speed,
        coords.heading,
        coords.altitude,
        None if level is None else _percent(level),
        location.mock is True,
        _attributes(location),
    )


def _signal(locations: Sequence[_Location]) -> Signal | None:
    """What the last location tells of the phone; a call for help may stand in any."""
    if not locations:
        return None
    battery = locations[-1].battery or _Battery()
    level = battery.level
    return Signal(
        battery_pct=_percent(level) if level is not None and 0 <= level <= 1 else None,
        is_charging=battery.is_charging,
        app=APP,
        panic=any(
            is_panic(location.alarm) or is_panic((location.extras or {}).get("alarm"))
            for location in locations
        ),
    )


def _percent(level: float) -> float:
    # Phones compute it in single precision: 0.29 comes as 0.28999999165534973.
    return round(level * 100, 1)


def _attributes(location: _Location) -> dict[str, Any] | None:
    told = (location.extras and attributes(location.extras)) or {}
    if event := text(location.event):
        told["event"] = event
    if location.is_moving is not None:
        told["motion"] = location.is_moving
    if location.odometer is not None:
        told["odometer"] = scalar(location.odometer)
    if location.activity and (activity := text(location.activity.type)):
        told["activity"] = activity
    if alarm := text(location.alarm):
        told["alarm"] = alarm
    if location.battery and location.battery.is_charging:
        told["charge"] = True
    return told or None
