"""OwnTracks in HTTP mode: one JSON message, or an array of them, told apart by ``_type``.

Speed (`vel`) is in km/h, times in seconds since 1970. A ``location`` and a ``transition`` are pings
(a transition is where the phone was when it crossed the border of a region). Everything else the
app sends tells only that the phone lives, a ``status`` how it is set up besides. What an app
encrypted cannot be read here.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import structs

from core.said import say
from tracking.errors import Undecodable
from tracking.message import Decoded, Signal
from tracking.parcel import ItemAnswer
from tracking.ping import Item, Ping, Unusable
from tracking.protocols.protocol import Protocol
from tracking.protocols.scalars import (
    flag,
    instant,
    lenient_json,
    number,
    required,
    scalar,
    scalars,
    text,
)

KMH_PER_MPS = 3.6
MOST_MESSAGES = 1000
"""Messages of one array; the app sends them one by one."""

ENCRYPTED = say(
    "the message is encrypted, and the server has no key: in OwnTracks open "
    "Preferences, Connection (iOS: Settings), and clear the secret encryption key; "
    "the connection itself is protected by HTTPS"
)

NO_MESSAGES = b"[]"
"""What the app expects as an answer: messages for it, of which there are none."""

ATTRIBUTES = {
    "t": "trigger", "conn": "conn", "bs": "bs", "m": "m", "vac": "vac", "p": "p",
    "SSID": "wifi_ssid", "BSSID": "wifi_bssid", "motionactivities": "motionactivities",
    "source": "source", "ign": "ignition", "motion": "motion", "rpm": "rpm", "odometer": "odometer",
    "uext": "power", "ubatt": "battery", "don": "don", "doff": "doff", "mcc": "mcc", "mnc": "mnc",
    "lac": "lac", "cid": "cid", "hdop": "hdop", "rty": "rty",
}  # fmt: skip
"""Members of a location that become attributes, and under which name. Regions and points of
interest are the bearer's own affair, so they are not among them."""

TRACKER_TRIGGERS: Mapping[str, Mapping[str, Any]] = {
    "i": {"ignition": True}, "I": {"ignition": False}, "1": {"alarm": "powerOn"},
    "9": {"alarm": "lowBattery"}, "e": {"alarm": "powerCut"}, "E": {"alarm": "powerRestored"},
    "!": {"alarm": "tow"}, "s": {"alarm": "overspeed"}, "h": {},
}  # fmt: skip
"""Triggers that only trackers in vehicles send, and what each says."""

ALWAYS_FROM = -1
IN_USE_FROM = -3
"""Android's permission as a number: from -1 on in the background too, from -3 on in use only."""

IOS_PERMISSIONS = {
    "kCLAuthorizationStatusAuthorizedAlways": "always",
    "kCLAuthorizationStatusAuthorizedWhenInUse": "while_in_use",
    "kCLAuthorizationStatusDenied": "denied",
    "kCLAuthorizationStatusRestricted": "denied",
}
CHARGING: Mapping[float, bool] = {1: False, 2: True, 3: True}
"""`bs`: unplugged, charging, full; 0 is unknown."""

APP = "OwnTracks"


def decode(body: bytes, now: datetime) -> Decoded:
    """Pings of a body, and what the last message that tells something says of the phone."""
    if not body.strip():
        return Decoded(())
    try:
        content = lenient_json(body)
    except ValueError as error:
        raise Undecodable(say("Send JSON: {error}", error=error)) from None
    messages = content if isinstance(content, list) else [content]
    if len(messages) > MOST_MESSAGES:
        raise Undecodable(
            say("Send at most {most_messages} messages at once", most_messages=MOST_MESSAGES)
        )
    items: list[Item] = []
    signal: Signal | None = None
    for message in messages:
        try:
            item, told = _read(message, now)
        except ValueError as error:
            items.append(Unusable(str(error), _alone(message, body)))
            continue
        if item:
            items.append(item)
        signal = _merged(signal, told)
    return Decoded(items, signal)


def _answer(_: Sequence[ItemAnswer]) -> bytes:
    return NO_MESSAGES


PROTOCOL = Protocol("owntracks", decode, answer=_answer)


def _alone(message: object, body: bytes) -> bytes:
    try:
        return msgspec.json.encode(message)
    except (ValueError, TypeError, RecursionError, OverflowError):
        return body


def _read(message: object, now: datetime) -> tuple[Ping | None, Signal | None]:
    kind = message.get("_type") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(kind, str):
        raise ValueError(say("_type: what kind of message this is"))
    if kind == "encrypted":
        raise ValueError(ENCRYPTED)
    return _KINDS.get(kind, _sign_of_life)(message, now)


def _sign_of_life(_: Mapping[str, Any], __: datetime) -> tuple[Ping | None, Signal | None]:
    return None, Signal(app=APP)


def _last_will(_: Mapping[str, Any], __: datetime) -> tuple[Ping | None, Signal | None]:
    """A broker speaks for a phone that it has lost: no sign of life."""
    return None, None


def _location(message: Mapping[str, Any], now: datetime) -> tuple[Ping | None, Signal | None]:
    speed_kmh = number(message, "vel")
    ping = Ping(
        instant(message["tst"], "tst") if message.get("tst") else now,
        required(message, "lat"),
        required(message, "lon"),
        number(message, "acc"),
        None if speed_kmh is None else speed_kmh / KMH_PER_MPS,
        number(message, "cog"),
        number(message, "alt"),
        number(message, "batt"),
        flag(message.get("mock")) is True,
        _attributes(message),
    )
    monitoring = _told(message, "m")
    signal = Signal(
        sent_at=_sent_at(message),
        battery_pct=ping.battery_pct,
        is_charging=CHARGING.get(_told(message, "bs") or 0),
        app=APP,
        tracking=None if monitoring is None else "on" if monitoring > 0 else "off_by_user",
    )
    return ping, signal


def _told(message: Mapping[str, Any], name: str) -> float | None:
    """A number that is not worth losing a position for when it is none."""
    value = scalar(message.get(name))
    return value if isinstance(value, int | float) else None


def _sent_at(message: Mapping[str, Any]) -> datetime | None:
    try:
        return instant(message.get("created_at") or message.get("sent"))
    except ValueError:
        return None


def _transition(message: Mapping[str, Any], now: datetime) -> tuple[Ping | None, Signal | None]:
    if message.get("lat") is None or message.get("lon") is None:
        return _sign_of_life(message, now)  # a beacon knows no place
    ping, _ = _location(message, now)
    assert ping is not None
    told = (ping.attributes or {}) | {"event": text(message.get("event"))}
    return structs.replace(ping, attributes=told), Signal(app=APP)


def _status(message: Mapping[str, Any], _: datetime) -> tuple[Ping | None, Signal | None]:
    android, ios = message.get("android"), message.get("iOS")
    if isinstance(android, dict):
        saver, permission = _told(android, "ps"), _told(android, "loc")
        return None, Signal(
            app=APP,
            permission=None if permission is None else _android_permission(permission),
            battery_saver=None if saver is None else saver != 0,
        )
    if isinstance(ios, dict):
        stated = text(ios.get("locationManagerAuthorizationStatus"))
        return None, Signal(
            app=APP,
            app_version=text(ios.get("version")),
            permission=IOS_PERMISSIONS.get(stated or ""),
        )
    return None, Signal(app=APP)


def _android_permission(stated: float) -> str:
    if stated >= ALWAYS_FROM:
        return "always"
    return "while_in_use" if stated >= IN_USE_FROM else "denied"


_KINDS: Mapping[str, Callable[[Mapping[str, Any], datetime], tuple[Ping | None, Signal | None]]] = {
    "location": _location,
    "transition": _transition,
    "status": _status,
    "lwt": _last_will,
}


def _attributes(message: Mapping[str, Any]) -> dict[str, Any] | None:
    told: dict[str, Any] = {}
    for name in ATTRIBUTES.keys() & message.keys():
        stated = message[name]
        value = scalars(stated) if isinstance(stated, list) else scalar(stated)
        if value is not None:
            told[ATTRIBUTES[name]] = value
    trigger = told.get("trigger")
    if isinstance(trigger, str) and trigger in TRACKER_TRIGGERS:
        told |= {"event": trigger, **TRACKER_TRIGGERS[trigger]}
    return told or None


def _merged(former: Signal | None, told: Signal | None) -> Signal | None:
    """Two signals of one body as one: what the later one says counts."""
    if former is None or told is None:
        return told or former
    said = {
        name: value for name, value in structs.asdict(told).items() if value not in (None, False)
    }
    return structs.replace(former, **said)
