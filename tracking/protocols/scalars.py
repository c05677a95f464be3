"""Numbers, times, flags and texts as devices write them, and JSON that is not quite JSON."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any

import msgspec

from core.said import say

SECONDS_BELOW = 2**31
"""A larger number is milliseconds: as seconds it would be after the year 2038."""

MOST_ATTRIBUTES = 60
"""Attributes kept of one ping; a device that tells more tells nothing that anybody reads."""

MOST_CHARACTERS = 500
"""Kept of one attribute's text."""

MOST_IN_LIST = 20
"""Kept of one attribute that is a list."""

_TIME = "seconds or milliseconds since 1970, or ISO 8601"
_YES = ("true", "1", "yes", "on")
_NO = ("false", "0", "no", "off")


def number(fields: Mapping[str, Any], *names: str) -> float | None:
    """The first of these fields that is there, as a number; None when none is.

    ValueError names the field that is none. NaN and infinity are left to whoever knows the range.
    """
    for name in names:
        value = fields.get(name)
        if value is None or value == "":
            continue
        try:
            # Python reads 1_000 as a number; no device means that.
            if not isinstance(value, bool) and not (isinstance(value, str) and "_" in value):
                return float(value)
        except (ValueError, TypeError, OverflowError):
            pass
        raise ValueError(say("{name}: a number", name=name))
    return None


def required(fields: Mapping[str, Any], *names: str) -> float:
    """The same, and ValueError when it is missing."""
    found = number(fields, *names)
    if found is None:
        raise ValueError(say("{names}: a number, and it is missing", names=names[0]))
    return found


def instant(stated: object, field: str = "timestamp") -> datetime:
    """A time in seconds or milliseconds since 1970, or in ISO 8601 (UTC when it tells no zone).

    ValueError names `field`.
    """
    expected = say("{field}: {time}", field=field, time=_TIME)
    if isinstance(stated, str):
        if not stated.isdigit() and not stated.lstrip("-").replace(".", "", 1).isdigit():
            return _calendar_instant(stated.strip(), expected)
    elif isinstance(stated, bool) or not isinstance(stated, int | float):
        raise ValueError(expected)
    try:
        seconds = float(stated)
        if seconds >= SECONDS_BELOW:
            seconds /= 1000
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueError(expected) from None


def _calendar_instant(stated: str, expected: str) -> datetime:
    if "T" in stated and " " in stated:
        stated, _, zone = stated.partition(" ")
        # A form turns the plus sign of a zone into a space unless the app escapes it.
        stated += zone.strip() if zone.strip()[:1] in ("+", "-") else f"+{zone.strip()}"
    try:
        found = datetime.fromisoformat(stated)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ValueError(expected) from None


def flag(stated: object) -> bool | None:
    """Yes or no, however it is written; None when it is neither."""
    if isinstance(stated, bool):
        return stated
    word = str(stated).strip().lower()
    return True if word in _YES else False if word in _NO else None


def text(stated: object) -> str | None:
    """A short text that any database stores; None when it is no text, or empty."""
    if not isinstance(stated, str):
        return None
    return stated[:MOST_CHARACTERS].encode("utf-8", "replace").decode().replace("\0", "") or None


def typed(stated: str) -> bool | int | float | str | None:
    """A field of a form as what it looks like: a truth, a number or a text."""
    if stated in ("true", "false"):
        return stated == "true"
    try:
        found = float(stated)
    except ValueError:
        return text(stated)
    if not isfinite(found) or "_" in stated:
        return text(stated)
    return int(found) if found.is_integer() and stated.isdigit() else found


def scalar(stated: object) -> bool | int | float | str | None:
    """A member of a JSON object if it is a truth, a number or a text, else None."""
    if isinstance(stated, bool):
        return stated
    if isinstance(stated, int):
        return stated if -(2**63) <= stated < 2**63 else None
    if isinstance(stated, float):
        return stated if isfinite(stated) else None
    return text(stated)


def attributes(members: Mapping[Any, Any]) -> dict[str, Any] | None:
    """The members that an attribute can be made of: truths, numbers, texts, and lists of them."""
    told: dict[str, Any] = {}
    for name, value in members.items():
        known, meant = text(name), scalars(value) if isinstance(value, list) else scalar(value)
        if known and meant is not None and meant != [] and len(told) < MOST_ATTRIBUTES:
            told[known] = meant
    return told or None


def scalars(stated: list[Any]) -> list[Any]:
    """Those of the values that are truths, numbers or texts."""
    return [each for each in map(scalar, stated[:MOST_IN_LIST]) if each is not None]


def lenient_json(body: bytes) -> Any:
    """JSON as phones write it: NaN, control characters and stray bytes are let through.

    ValueError says what is wrong with the rest.
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return json.loads(body.decode("utf-8-sig", "replace"), strict=False)
    except RecursionError:
        raise ValueError(say("it is nested too deep")) from None
