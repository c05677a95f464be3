"""Canonical JSON: of one value one text, byte for byte, after RFC 8785 (JCS)."""

import json
from collections.abc import Iterator, Mapping
from json.encoder import encode_basestring
from typing import Any

EXACT = 2**53
"""Up to here every whole number is a double of its own; JSON numbers are doubles (RFC 7493)."""


def canonical(value: Any) -> bytes:
    """The UTF-8 text of a value: members sorted, no white space, each number in one way only.

    Takes what `json.loads` gives. Raises `ValueError` for a number that is none or is infinite, and
    for text that UTF-8 cannot hold.
    """
    return "".join(_parts(value)).encode()


def parsed(text: bytes) -> Any:
    """The value of a JSON text. Raises `ValueError` when it is none."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _parts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield encode_basestring(value)
    elif value is None:
        yield "null"
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, int | float):
        yield _number(value)
    elif isinstance(value, Mapping):
        yield from _members(value)
    elif isinstance(value, list | tuple):
        between = "["
        for item in value:
            yield between
            yield from _parts(item)
            between = ","
        yield "]" if value else "[]"
    else:
        raise TypeError(f"{type(value).__name__} is no JSON value")


def _members(value: Mapping[str, Any]) -> Iterator[str]:
    # The order is that of UTF-16 code units, which differs from that of characters beyond U+FFFF.
    names = sorted(value, key=None if "".join(value).isascii() else _utf16)
    between = "{"
    for name in names:
        yield f"{between}{encode_basestring(name)}:"
        yield from _parts(value[name])
        between = ","
    yield "}" if value else "{}"


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-be")


def _number(value: float) -> str:
    """As ECMAScript writes it (ECMA-262, Number::toString): the shortest digits that are this
    double, with an exponent only below 1e-6 and from 1e21 on."""
    if isinstance(value, int) and abs(value) <= EXACT:
        return int.__repr__(value)
    try:
        text = float.__repr__(float(value))
    except OverflowError:
        text = "inf"
    if text.lstrip("-") in ("inf", "nan"):
        raise ValueError(f"{text} is no JSON number")
    if text.endswith(".0"):
        return text[:-2] if text != "-0.0" else "0"
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text
    power = int(exponent)
    sign, digits = ("-", mantissa[1:]) if mantissa[0] == "-" else ("", mantissa)
    digits = digits.replace(".", "")
    if -7 < power < 0:
        return f"{sign}0.{'0' * (-power - 1)}{digits}"
    if 0 < power < 21:
        return f"{sign}{digits}{'0' * (power + 1 - len(digits))}"
    return f"{mantissa}e{power:+d}"
