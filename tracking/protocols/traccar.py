"""Traccar Client: the OsmAnd query form, the same as a form body, and the newer client's JSON.

Fields and units as the client sends them: speed in knots in the query form, in metres a second in
JSON; `timestamp` in seconds, in milliseconds or as ISO 8601; the battery in percent, in JSON as a
fraction. The device identifier is the device's key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from tracking.errors import NoDeviceId, Undecodable
from tracking.ping import Item, Ping, Unusable

KNOTS_PER_MPS = 1.94384
"""The client's own constant, so that what it multiplied is divided again."""

SECONDS_BELOW = 2**31
"""A larger number is milliseconds: as seconds it would be after the year 2038."""

MAX_FIELDS = 200
_TIMESTAMP = "timestamp: seconds or milliseconds since 1970, or ISO 8601"
YES = ("true", "1", "yes")


@dataclass(frozen=True, slots=True)
class Message:
    """A message whose device is known, and its positions not yet read."""

    device_key: str
    body: bytes
    fields: Mapping[str, str] | None
    locations: Sequence[Any]


def read(query: bytes, content_type: str, body: bytes) -> Message:
    """Find out who sends. Raises `NoDeviceId`, or `Undecodable` when the device named itself in
    no way that can be found because the message as a whole cannot be read."""
    fields = _form(query)
    if "json" in content_type.lower() and not _key_of(fields):
        return _read_json(body)
    if body and not _key_of(fields):
        fields = {**_form(body), **fields}
    key = _key_of(fields)
    if not key:
        raise NoDeviceId
    return Message(key, body or query, fields, ())


def positions(message: Message, now: datetime) -> Sequence[Item]:
    """The message's pings; `now` stamps one that tells no time. Raises nothing.

    A JSON message without coordinates is a heartbeat: no item.
    """
    if message.fields is not None:
        return [_item(message.body, _of_fields, message.fields, now)]
    return [
        _item(message.body, _of_location, location, now)
        for location in message.locations
        if not (isinstance(location, dict) and location.get("coords") is None)
    ]


def _item(body: bytes, make: Any, source: Any, now: datetime) -> Item:
    try:
        ping: Ping = make(source, now)
    except (ValueError, TypeError, OverflowError) as error:
        return Unusable(str(error), body)
    return ping


def _form(encoded: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            encoded.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS
        )
    except ValueError:
        raise Undecodable(f"Send at most {MAX_FIELDS} fields") from None
    return dict(pairs)


def _key_of(fields: Mapping[str, str]) -> str:
    return fields.get("id") or fields.get("deviceid") or ""


def _read_json(body: bytes) -> Message:
    try:
        content = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Undecodable(f"Send JSON: {error}") from None
    key = content.get("device_id") if isinstance(content, dict) else None
    if not isinstance(key, str) or not key:
        raise NoDeviceId
    location = content.get("location")
    return Message(key, body, None, location if isinstance(location, list) else [location])


def _of_fields(fields: Mapping[str, str], now: datetime) -> Ping:
    if "location" in fields and "lat" not in fields:
        lat, _, lon = fields["location"].partition(",")
        fields = {**fields, "lat": lat, "lon": lon}
    speed_kn = _number(fields, "speed")
    return Ping(
        captured_at=_instant(fields["timestamp"]) if fields.get("timestamp") else now,
        lat=_required(fields, "lat"),
        lon=_required(fields, "lon"),
        accuracy_m=_number(fields, "accuracy"),
        speed_mps=None if speed_kn is None else speed_kn / KNOTS_PER_MPS,
        heading_deg=_number(fields, "bearing", "heading"),
        altitude_m=_number(fields, "altitude"),
        battery_pct=_number(fields, "batt"),
        mock=fields.get("mock", "").lower() in YES,
    )


def _required(fields: Mapping[str, Any], name: str) -> float:
    number = _number(fields, name)
    if number is None:
        raise ValueError(f"{name}: a number, and it is missing")
    return number


def _number(fields: Mapping[str, Any], *names: str) -> float | None:
    for name in names:
        value = fields.get(name)
        if value is None or value == "":
            continue
        try:
            return float(value)
        except (ValueError, TypeError, OverflowError):
            raise ValueError(f"{name}: a number") from None
    return None


def _instant(stated: object) -> datetime:
    try:
        number = float(stated)  # type: ignore[arg-type]
    except OverflowError:
        raise ValueError(_TIMESTAMP) from None
    except (ValueError, TypeError):
        return _calendar_instant(str(stated))
    seconds = number if number < SECONDS_BELOW else number / 1000
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueError(_TIMESTAMP) from None


def _calendar_instant(stated: str) -> datetime:
    try:
        instant = datetime.fromisoformat(stated.strip())
    except ValueError:
        raise ValueError(_TIMESTAMP) from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _of_location(location: Mapping[str, Any], now: datetime) -> Ping:
    if not isinstance(location, dict) or not isinstance(location.get("coords"), dict):
        raise TypeError("location: an object with coords")
    coords, battery = location["coords"], location.get("battery")
    level = _number(battery, "level") if isinstance(battery, dict) else None
    return Ping(
        captured_at=_instant(location["timestamp"]) if location.get("timestamp") else now,
        lat=_required(coords, "latitude"),
        lon=_required(coords, "longitude"),
        accuracy_m=_number(coords, "accuracy"),
        speed_mps=_number(coords, "speed"),
        heading_deg=_number(coords, "heading"),
        altitude_m=_number(coords, "altitude"),
        battery_pct=None if level is None else level * 100,
        mock=location.get("mock") is True,
    )
