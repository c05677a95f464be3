"""What cameras write into their files: when and where a picture was taken (Exif 2.32, TIFF 6.0)."""

import struct
from collections.abc import Mapping
from typing import Any

HEADER = b"Exif\0\0"

_ORIENTATION, _DATE_TIME, _EXIF_IFD, _GPS_IFD = 0x0112, 0x0132, 0x8769, 0x8825
_TAKEN_AT, _TAKEN_OFFSET = 0x9003, 0x9011
_LAT_REF, _LAT, _LON_REF, _LON, _GPS_TIME, _GPS_DATE = 1, 2, 3, 4, 7, 29
_MOST_ENTRIES = 500

_ASCII, _SHORT, _LONG, _RATIONAL = 2, 3, 4, 5
_SIZES = {_ASCII: 1, _SHORT: 2, _LONG: 4, _RATIONAL: 8}

Tags = Mapping[int, Any]


def exif_facts(tiff: bytes) -> dict[str, Any]:
    """What a file tells of itself, as far as it can be read: `taken_at` (the camera's local time,
    with its offset where it is told), `lat` and `lon` in degrees, `located_at` (UTC) and
    `orientation` (1 to 8). What cannot be read is left out.
    """
    main = _tags(tiff, _first_ifd(tiff))
    inner = _tags(tiff, main.get(_EXIF_IFD))
    gps = _tags(tiff, main.get(_GPS_IFD))
    facts = {
        "taken_at": _time(inner.get(_TAKEN_AT) or main.get(_DATE_TIME), inner.get(_TAKEN_OFFSET)),
        "lat": _degrees(gps.get(_LAT), gps.get(_LAT_REF), "NS", 90),
        "lon": _degrees(gps.get(_LON), gps.get(_LON_REF), "EW", 180),
        "located_at": _located_at(gps.get(_GPS_DATE), gps.get(_GPS_TIME)),
        "orientation": _orientation(main.get(_ORIENTATION)),
    }
    if facts["lat"] is None or facts["lon"] is None:
        facts["lat"] = facts["lon"] = None
    return {name: value for name, value in facts.items() if value is not None}


def orientation_only(orientation: int) -> bytes:
    """An Exif block that says nothing but how to turn the picture."""
    return HEADER + b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)


def _first_ifd(tiff: bytes) -> int | None:
    order = _order(tiff)
    if order is None or len(tiff) < 8 or struct.unpack_from(f"{order}H", tiff, 2)[0] != 42:
        return None
    offset: int = struct.unpack_from(f"{order}I", tiff, 4)[0]
    return offset


def _order(tiff: bytes) -> str | None:
    return {b"II": "<", b"MM": ">"}.get(tiff[:2])


def _tags(tiff: bytes, offset: object) -> dict[int, Any]:
    """The tags of a directory; those that lead out of the file are left out."""
    order = _order(tiff)
    if order is None or not isinstance(offset, int) or offset + 2 > len(tiff):
        return {}
    (count,) = struct.unpack_from(f"{order}H", tiff, offset)
    found: dict[int, Any] = {}
    for number in range(min(count, _MOST_ENTRIES)):
        at = offset + 2 + 12 * number
        if at + 12 > len(tiff):
            break
        tag, kind, values = struct.unpack_from(f"{order}HHI", tiff, at)
        size = _SIZES.get(kind, 0) * values
        where = at + 8 if size <= 4 else struct.unpack_from(f"{order}I", tiff, at + 8)[0]
        if 0 < size <= 1000 and where + size <= len(tiff):
            found[tag] = _value(tiff[where : where + size], kind, values, order)
    return found


def _value(data: bytes, kind: int, count: int, order: str) -> Any:
    if kind == _ASCII:
        return data.split(b"\0")[0].decode("ascii", "replace").strip()
    if kind == _RATIONAL:
        parts = struct.unpack(f"{order}{2 * count}I", data)
        return [a / b if b else None for a, b in zip(parts[::2], parts[1::2], strict=True)]
    letter = "H" if kind == _SHORT else "I"
    numbers = struct.unpack(f"{order}{count}{letter}", data)
    return numbers[0] if count == 1 else list(numbers)


def _time(text: Any, offset: Any) -> str | None:
    """``2026:11:23 09:41:05`` as ``2026-11-23T09:41:05``, with its offset where there is one."""
    if not isinstance(text, str) or len(text) != 19 or not text[:4].isdecimal():
        return None
    told = f"{text[:10].replace(':', '-')}T{text[11:]}"
    if (
        not told.isascii()
        or not told.replace("-", "").replace(":", "").replace("T", "").isdecimal()
    ):
        return None
    return told + (offset if isinstance(offset, str) and _is_offset(offset) else "")


def _is_offset(text: str) -> bool:
    return (
        len(text) == 6 and text[0] in "+-" and text[3] == ":" and (text[1:3] + text[4:]).isdecimal()
    )


def _degrees(parts: Any, side: Any, sides: str, most: float) -> float | None:
    if not isinstance(parts, list) or len(parts) != 3 or None in parts:
        return None
    if not isinstance(side, str) or side not in tuple(sides):
        return None
    value: float = parts[0] + parts[1] / 60 + parts[2] / 3600
    if not value <= most:
        return None
    return round(-value if side == sides[1] else value, 7)


def _located_at(day: Any, time: Any) -> str | None:
    if not isinstance(day, str) or not isinstance(time, list) or len(time) != 3 or None in time:
        return None
    hour, minute, second = (int(part) for part in time)
    told = _time(f"{day} {hour:02}:{minute:02}:{second:02}", None)
    return f"{told}Z" if told else None


def _orientation(value: Any) -> int | None:
    return value if isinstance(value, int) and 1 <= value <= 8 else None
