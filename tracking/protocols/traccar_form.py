"""Traccar Client and OsmAnd: everything in the query, or the same as a form body.

Speed is in knots, the battery in percent. `timestamp` is in seconds, milliseconds, ISO 8601 or
``yyyy-MM-dd HH:mm:ss`` in UTC; without one the server's time stands.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from tracking.message import Decoded, Signal
from tracking.ping import Ping, Unusable
from tracking.protocols.protocol import Protocol
from tracking.protocols.request import MANY_TIMES, fields, keys
from tracking.protocols.scalars import (
    MOST_ATTRIBUTES,
    flag,
    instant,
    number,
    required,
    scalars,
    text,
    typed,
)

KNOTS_PER_MPS = 1.94384
"""The client's own constant, so that what it multiplied is divided again."""

LAT, LON = ("lat", "latitude"), ("lon", "lng", "longitude")
PLACE = frozenset((*LAT, *LON, "location"))
MEASURES = frozenset(("timestamp", "speed", "bearing", "heading", "altitude", "accuracy", "batt"))
DEVICE = ("id", "deviceid")
IN_PING = PLACE | MEASURES | {*DEVICE, "mock"}
"""Fields that a ping has a place of its own for; the others are its attributes."""

SIGNS_OF_LIFE = MEASURES | {"charge", "alarm", "event", "heartbeat", *MANY_TIMES}
"""What a device tells without a position. None of these either, and it is no message of ours."""


def device_keys(form: Mapping[str, Any]) -> tuple[str, ...]:
    """The device that a query or a form names."""
    return keys(*(form.get(name) for name in DEVICE))


def decode(body: bytes, now: datetime) -> Decoded:
    """One ping, or a sign of life when the form holds no position but something else we know."""
    form = fields(body)
    try:
        signal = _signal(form)
        if PLACE.isdisjoint(form) and not SIGNS_OF_LIFE.isdisjoint(form):
            return Decoded((), signal)
        return Decoded((_ping(form, now),), signal)
    except ValueError as error:
        return Decoded((Unusable(str(error), body),))


PROTOCOL = Protocol("traccar", decode, unknown_device=400)


def is_panic(alarm: object) -> bool:
    """Whether an alarm, or one of several in a row, is a call for help."""
    return isinstance(alarm, str) and "sos" in (part.strip() for part in alarm.lower().split(","))


def _signal(form: Mapping[str, Any]) -> Signal | None:
    charge = form.get("charge")
    battery_pct = number(form, "batt")
    panic = "alarm" in form and is_panic(form["alarm"])
    if charge is None and battery_pct is None and not panic:
        return None
    return Signal(
        battery_pct=battery_pct if battery_pct is not None and 0 <= battery_pct <= 100 else None,
        is_charging=None if charge is None else flag(charge),
        panic=panic,
    )


def _ping(form: Mapping[str, Any], now: datetime) -> Ping:
    if "location" in form and "lat" not in form:
        lat, _, lon = form["location"].partition(",")
        form = {**form, "lat": lat.strip(), "lon": lon.strip()}
    speed_kn = number(form, "speed")
    others = form.keys() - IN_PING
    return Ping(
        instant(form["timestamp"]) if "timestamp" in form else now,
        required(form, *LAT),
        required(form, *LON),
        number(form, "accuracy"),
        None if speed_kn is None else speed_kn / KNOTS_PER_MPS,
        number(form, "bearing", "heading"),
        number(form, "altitude"),
        number(form, "batt"),
        "mock" in form and flag(form["mock"]) is True,
        _attributes(form, others) if others else None,
    )


def _attributes(form: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any] | None:
    told: dict[str, Any] = {}
    for name in sorted(names)[:MOST_ATTRIBUTES]:
        known, value = text(name), form[name]
        if name in MANY_TIMES:
            meant: Any = scalars(value)
        elif name == "valid":
            meant = False if flag(value) is False else None
        else:
            # A driver's number is a name: its leading zeros count.
            meant = text(value) if name == "driverUniqueId" else typed(value)
        if known and meant is not None and meant != []:
            told[known] = meant
    return told or None
