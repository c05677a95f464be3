"""GPX: a whole track, uploaded as a file. Each track point with a time is a ping.

Speed (GPX 1.0, or an extension of any name space) is in metres a second.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, tostring

import msgspec
from defusedxml.ElementTree import fromstring

from core.said import say
from tracking.errors import Undecodable
from tracking.message import Decoded
from tracking.parcel import ItemAnswer
from tracking.ping import Item, Ping, Unusable
from tracking.plausible import oldest_kept, reason_against
from tracking.protocols.protocol import Protocol
from tracking.protocols.scalars import instant, number, required

NO_TRACK = "Send a GPX file with track points (trkpt)"
ATTRIBUTES = ("hdop", "sat")
BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class TrackAnswer(msgspec.Struct):
    """What became of the points of a track. Those that cannot be used are quarantined as one."""

    stored: int
    quarantined: int
    dropped: int


def is_xml(body: bytes) -> bool:
    """Whether a body looks like XML by its first bytes."""
    for mark in BYTE_ORDER_MARKS:
        body = body.removeprefix(mark)
    return body[:100].lstrip(b"\0 \t\r\n").startswith(b"<")


def decode(body: bytes, now: datetime) -> Decoded:
    """The track points of a file, in its order. Those that cannot be used (or are too old at `now`
    to be kept) are one part, a file of their own with the first one's reason.

    Raises `Undecodable` when the body is no GPX with track points.
    """
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (SyntaxError, ValueError, LookupError, RecursionError) as error:
        raise Undecodable(say("{no_track}: {error}", no_track=NO_TRACK, error=error)) from None
    points = [element for element in root.iter() if _name(element) == "trkpt"]
    if not points:
        raise Undecodable(NO_TRACK)
    items: list[Item] = []
    refused: list[tuple[Element, str]] = []
    kept_from = oldest_kept(now)
    for point in points:
        try:
            ping = _ping(point)
        except ValueError as error:
            refused.append((point, str(error)))
            continue
        if reason := reason_against(ping.captured_at, now, kept_from):
            refused.append((point, reason))
        else:
            items.append(ping)
    if refused:
        items.append(_as_one(refused, len(points)))
    return Decoded(items)


def _answer(results: Sequence[ItemAnswer]) -> bytes:
    counts = Counter(result.status for result in results)
    return msgspec.json.encode(
        TrackAnswer(counts["stored"], counts["quarantined"], counts["dropped"])
    )


PROTOCOL = Protocol("gpx", decode, answer=_answer)


def _name(element: Element) -> str:
    """An element's name without its name space. A comment has none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _ping(point: Element) -> Ping:
    told: dict[str, Any] = {
        _name(inner): inner.text.strip()
        for inner in point.iter()
        if inner.text and inner.text.strip()
    }
    if "time" not in told:
        raise ValueError(say("time: when the device was there, and it is missing"))
    attributes = {name: value for name in ATTRIBUTES if (value := number(told, name)) is not None}
    return Ping(
        instant(told["time"], "time"),
        required(point.attrib, "lat"),
        required(point.attrib, "lon"),
        number(told, "accuracy"),
        number(told, "speed"),
        number(told, "course", "bearing", "heading"),
        number(told, "ele"),
        attributes=attributes or None,
    )


def _as_one(refused: Sequence[tuple[Element, str]], of: int) -> Unusable:
    _, first = refused[0]
    points = b"".join(tostring(point) for point, _ in refused)
    reason = say(
        "{refused} of {of} points, the first because: {first}",
        refused=len(refused),
        of=of,
        first=first,
    )
    return Unusable(reason, b"<gpx>" + points + b"</gpx>")
