"""Canonical JSON, held to the samples of RFC 8785."""

import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geofence.evidence.canonical import canonical, parsed

NUMBERS = {  # RFC 8785, appendix B: the double's bits and its one text
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)


@pytest.mark.parametrize("bits", NUMBERS)
def test_a_number_has_the_text_of_the_standard(bits: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical(number).decode() == NUMBERS[bits]


def test_members_stand_in_the_order_of_utf_16() -> None:
    value = {"€": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\x80": 6, "ö": 7}
    assert list(json.loads(canonical(value))) == ["\r", "1", "\x80", "ö", "€", "😀", "\ufb33"]


def test_text_is_escaped_no_more_than_it_must_be() -> None:
    text = '€$\x0f\nA\'B"\\\\"/\x7f'
    assert canonical(text).decode() == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f"'


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_digit_of_a_number_is_lost(number: float) -> None:
    assert float(canonical(number)) == number


@given(VALUES)
def test_what_is_read_again_has_the_same_text(value: Any) -> None:
    try:
        text = canonical(value)
    except ValueError:  # a whole number beyond all doubles
        return
    assert canonical(parsed(text)) == text


NONE_OF_JSON = {"nan": float("nan"), "infinity": -float("inf"), "huge": 10**400, "half": "\ud800"}


@pytest.mark.parametrize("value", NONE_OF_JSON.values(), ids=NONE_OF_JSON)
def test_what_json_cannot_say_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"number|surrogates"):
        canonical(value)


def test_a_text_nested_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="nested"):
        parsed(b"[" * 200_000)
