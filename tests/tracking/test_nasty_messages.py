"""No bytes raise anything: random ones, real requests gone wrong, and a corpus of nasty ones."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from identity.errors import UnknownDevice
from identity.secret import hash_secret
from tests.conftest import MONDAY_NINE
from tests.tracking.protocol_vectors import FORM, JSON, VECTORS
from tracking.errors import NoDeviceId, Undecodable
from tracking.message import Signal
from tracking.ping import Ping, Unusable
from tracking.protocols import gps
from tracking.protocols.request import Request

CORPUS = sorted((Path(__file__).parent / "corpus").iterdir())
CONTENT_TYPES = st.sampled_from(["", FORM, JSON, "application/gpx+xml", "text/plain"])
AUTHORIZATIONS = st.sampled_from(["", "Basic cmQ6cmRfMQ==", "Bearer rd_1", "Basic \xff", "x"])


def assert_harmless(request: Request) -> None:
    """The request is decoded, or refused as naming no device; what comes out can be stored."""
    try:
        message = gps.read(request)
    except (NoDeviceId, UnknownDevice, Undecodable):
        return
    for key in message.keys:
        hash_secret(key)
    decoded = message.decode(MONDAY_NINE)
    assert decoded.signal is None or isinstance(decoded.signal, Signal)
    if decoded.signal:
        msgspec.json.encode(decoded.signal)
    for item in decoded.items:
        if isinstance(item, Ping):
            assert item.captured_at.tzinfo
            assert "\\u0000" not in msgspec.json.encode(item.attributes).decode()
        else:
            assert isinstance(item, Unusable)
            assert item.reason.encode()
            assert isinstance(item.body, bytes)
            gps.again(message.protocol.name, item.body, MONDAY_NINE)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
@pytest.mark.parametrize("content_type", ["", FORM, JSON, "application/gpx+xml"])
def test_a_nasty_message_does_no_harm(path: Path, content_type: str) -> None:
    body = path.read_bytes()
    for request in (
        Request(content_type=content_type, body=body),
        Request(b"id=rd_1", content_type, body=body),
        Request(body, content_type),
        Request(content_type=content_type, authorization="Bearer rd_1", body=body),
        Request(content_type=content_type, body=body, limit_device="rd_1"),
    ):
        assert_harmless(request)
    for protocol in gps.PROTOCOLS:
        gps.again(protocol, body, MONDAY_NINE)


BYTES = (st.binary(max_size=300), CONTENT_TYPES, AUTHORIZATIONS, st.binary(max_size=300))


@given(*BYTES)
def test_random_bytes_do_no_harm(
    query: bytes, content_type: str, authorization: str, body: bytes
) -> None:
    assert_harmless(Request(query, content_type, authorization, body, "x", "x"))


@st.composite
def mutated(draw: st.DrawFn) -> Request:
    """A real request with some of its bytes cut out, repeated or replaced."""
    request = draw(st.sampled_from(VECTORS)).request
    parts = {}
    for name in ("query", "body"):
        content = bytearray(getattr(request, name))
        for _ in range(draw(st.integers(0, 3))):
            start = draw(st.integers(0, len(content)))
            end = min(len(content), start + draw(st.integers(0, 12)))
            content[start:end] = draw(
                st.binary(max_size=8) | st.just(bytes(content[start:end]) * 2)
            )
        parts[name] = bytes(content)
    authorization = draw(AUTHORIZATIONS)
    return Request(parts["query"], request.content_type, authorization, parts["body"])


@given(mutated())
def test_real_requests_gone_wrong_do_no_harm(request: Request) -> None:
    assert_harmless(request)


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["2026-11-23T12:00:00Z", "location", "status", "transition", 1795435200])
)  # fmt: skip
NAMES = st.sampled_from([
    "_type", "tid", "topic", "tst", "lat", "lon", "acc", "vel", "t", "m", "bs", "batt",
    "created_at", "android", "iOS", "ps", "loc", "device_id", "location", "coords", "timestamp",
    "latitude", "longitude", "battery", "level", "is_charging", "extras", "activity", "type",
    "alarm", "event", "odometer", "mock", "pings", "captured_at", "attributes",
    "status", "sent_at", "app",
])  # fmt: skip
JSON_VALUES: Any = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=25,
)


def _of_the_right_shape(kind: Any, value: Any) -> Request:
    content = {"_type": kind, **value} if isinstance(value, dict) and kind else value
    return Request(
        content_type=JSON, authorization="Bearer rd_1", body=json.dumps(content).encode()
    )


KINDS = st.sampled_from([None, "location", "transition", "status", "lwt", "encrypted", 5])


@given(KINDS, JSON_VALUES)
def test_json_of_the_right_shape_does_no_harm(kind: Any, value: Any) -> None:
    assert_harmless(_of_the_right_shape(kind, value))
    assert_harmless(
        Request(
            content_type=JSON, body=json.dumps({"device_id": "rd_1", "location": value}).encode()
        )
    )


FORM_NAMES = st.sampled_from([
    "lat", "lon", "location", "timestamp", "speed", "accuracy", "batt", "mock", "valid", "cell",
    "wifi", "charge", "alarm", "hdop", "driverUniqueId", "x",
])  # fmt: skip


@given(
    st.lists(
        st.tuples(FORM_NAMES, st.text(max_size=20) | st.floats().map(str) | st.integers().map(str))
    )
)
def test_a_form_of_the_right_shape_does_no_harm(fields: list[tuple[str, str]]) -> None:
    form = "&".join(f"{name}={value}" for name, value in [("id", "rd_1"), *fields])
    assert_harmless(Request(body=form.encode("utf-8", "surrogatepass")))


POINTS = st.lists(st.tuples(*[st.text(max_size=12) | st.floats().map(str)] * 4), max_size=4)


@given(POINTS)
def test_tracks_of_the_right_shape_do_no_harm(points: list[tuple[str, ...]]) -> None:
    inside = "".join(
        f'<trkpt lat="{lat}" lon="{lon}"><time>{time}</time><speed>{speed}</speed></trkpt>'
        for lat, lon, time, speed in points
    )
    body = f"<gpx>{inside}</gpx>".encode("utf-8", "surrogatepass")
    assert_harmless(Request(b"id=rd_1", "text/xml", body=body))


@pytest.mark.deep
@settings(max_examples=20_000)
@given(st.one_of(mutated(), st.builds(_of_the_right_shape, KINDS, JSON_VALUES), st.builds(
    Request, st.binary(max_size=2000), CONTENT_TYPES, AUTHORIZATIONS, st.binary(max_size=5000)
)))  # fmt: skip
def test_a_great_many_messages_do_no_harm(request: Request) -> None:
    assert_harmless(request)
