"""Our own protocol: ``{"pings": [{"captured_at": …, "lat": …, "lon": …, …}, …]}`` as JSON.

Beside the pings a batch may tell when it was sent (`sent_at`) and how the phone is (`status`).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct, structs

from core.said import plain, say
from tracking.errors import Undecodable
from tracking.message import Decoded, Signal
from tracking.parcel import ItemAnswer
from tracking.ping import Item, Ping, Unusable
from tracking.protocols.protocol import Protocol
from tracking.protocols.scalars import attributes, text

TRACKING = ("on", "off_by_user")
GPS = ("on", "off")
PERMISSIONS = ("always", "while_in_use", "denied")


class _Body(Struct):
    pings: list[Ping]
    sent_at: Any = None
    status: Any = None


class _RawBody(Struct):
    pings: list[msgspec.Raw]
    sent_at: Any = None
    status: Any = None


class BatchAnswer(Struct):
    """What became of a batch: how many, and each in the batch's order."""

    stored: int
    quarantined: int
    dropped: int
    results: Sequence[ItemAnswer]


_BODY = msgspec.json.Decoder(_Body)
_RAW_BODY = msgspec.json.Decoder(_RawBody)
_PING = msgspec.json.Decoder(Ping)
_REFUSALS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError)


def decode(body: bytes) -> Decoded:
    """The pings of a body, in its order; one that cannot be used does not spoil its neighbors.

    Members that are not known are left alone, so that a newer phone can talk to an older server;
    a `status` that is not as it should be tells nothing. Raises `Undecodable` when the body as a
    whole is not of this shape.
    """
    try:
        whole = _BODY.decode(body)
        pings = [_tidy(ping) if ping.attributes else ping for ping in whole.pings]
        return Decoded(pings, _signal(whole.sent_at, whole.status))
    except _REFUSALS:
        pass
    try:
        parts = _RAW_BODY.decode(body)
    except _REFUSALS as error:
        raise Undecodable(
            say('Send one JSON object {{"pings": […]}}: {error}', error=error)
        ) from None
    items = [_item(bytes(part)) for part in parts.pings]
    return Decoded(items, _signal(parts.sent_at, parts.status))


def ping(part: bytes) -> Ping:
    """One ping as it stands in a batch. ValueError says why it is none."""
    try:
        return _tidy(_PING.decode(part))
    except _REFUSALS as error:
        raise ValueError(str(error)) from None


def answer(results: Sequence[ItemAnswer]) -> bytes:
    """What became of each ping, as the body of the 200."""
    counts = Counter(result.status for result in results)
    return msgspec.json.encode(
        BatchAnswer(counts["stored"], counts["quarantined"], counts["dropped"], results),
        enc_hook=plain,
    )


def _tidy(sent: Ping) -> Ping:
    """The same ping with attributes that any database stores."""
    return structs.replace(sent, attributes=sent.attributes and attributes(sent.attributes))


def _decode(body: bytes, _: datetime) -> Decoded:
    return decode(body)


PROTOCOL = Protocol("batch", _decode, answer=answer)


def _item(part: bytes) -> Item:
    try:
        return ping(part)
    except ValueError as error:
        return Unusable(str(error), part)


def _signal(sent_at: object, status: object) -> Signal | None:
    if sent_at is None and status is None:
        return None
    told = status if isinstance(status, dict) else {}
    battery_pct = told.get("battery_pct")
    if isinstance(battery_pct, bool) or not isinstance(battery_pct, int | float):
        battery_pct = None
    signal = Signal(
        sent_at=_instant(sent_at),
        battery_pct=battery_pct if battery_pct is not None and 0 <= battery_pct <= 100 else None,
        is_charging=_truth(told, "is_charging"),
        app=text(told.get("app")),
        app_version=text(told.get("app_version")),
        tracking=_one_of(told, "tracking", TRACKING),
        gps=_one_of(told, "gps", GPS),
        permission=_one_of(told, "permission", PERMISSIONS),
        battery_saver=_truth(told, "battery_saver"),
        panic=_truth(told, "panic") is True,
    )
    return signal if signal != Signal() else None


def _instant(stated: object) -> datetime | None:
    try:
        found = msgspec.convert(stated, datetime)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _truth(told: dict[str, Any], name: str) -> bool | None:
    value = told.get(name)
    return value if isinstance(value, bool) else None


def _one_of(told: dict[str, Any], name: str, words: Sequence[str]) -> str | None:
    value = told.get(name)
    return value if isinstance(value, str) and value in words else None
