"""An entry of quarantine, and what today's decoders make of it."""

from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tracking.device import Device
from tracking.message import Decoded
from tracking.parcel import Parcel, pack
from tracking.ping import Ping, Unusable
from tracking.plausible import oldest_kept, reason_against
from tracking.protocols import gps

MOST_SHOWN = 20
"""Pings shown of a message that holds more."""


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as a list shows it. `resolution` is ``replayed`` or ``dismissed``, else None."""

    id: UUID
    branch_id: UUID
    device_id: UUID | None
    device: str | None
    protocol: str
    reason: str
    size_bytes: int
    received_at: datetime
    resolution: str | None
    resolved_at: datetime | None
    resolved_by: str | None


@dataclass(frozen=True, slots=True)
class Edit:
    """That somebody has corrected an entry's bytes, and why."""

    edited_by: str
    edited_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry with the bytes to be read: those of the newest of its `edits`, else those that came,
    which are the `original` ones. `edits` are in order."""

    line: Line
    body: bytes
    original: bytes
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What today's decoders make of an entry: pings that can be used, and why others cannot."""

    pings: Sequence[Ping]
    reasons: Sequence[str]


def read(entry: Entry) -> Reading:
    """Decode an entry again; times are judged as of when it came."""
    decoded, received_at = decode(entry), entry.line.received_at
    reasons: Counter[str] = Counter()
    pings: list[Ping] = []
    for item in decoded.items:
        if isinstance(item, Unusable):
            reasons[item.reason] += 1
        elif reason := reason_against(item.captured_at, received_at, oldest_kept(received_at)):
            reasons[reason] += 1
        else:
            pings.append(item)
    return Reading(pings, list(reasons))


def decode(entry: Entry) -> Decoded:
    """The message that an entry holds."""
    return gps.again(entry.line.protocol, entry.body, entry.line.received_at)


def packed(entry: Entry, device: Device) -> Parcel:
    """What an entry comes to, had it been understood when it came."""
    return pack(device, decode(entry).items, entry.line.protocol, entry.line.received_at)


def legible(body: bytes) -> tuple[str | None, str | None]:
    """The bytes as text, or in base64 where a person could not read them."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = ""
    if text and all(character.isprintable() or character in "\t\r\n" for character in text):
        return text, None
    return None, b64encode(body).decode()
