"""Traccar Client's messages, in every form that the app has sent over the years."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import MONDAY_NINE
from tracking.errors import NoDeviceId, Undecodable
from tracking.ping import Ping, Unusable
from tracking.protocols import traccar

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
JSON = "application/json"
AT = datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC)


def items(query: str = "", content_type: str = "", body: bytes = b"") -> list[Any]:
    message = traccar.read(query.encode(), content_type, body)
    return list(traccar.positions(message, MONDAY_NINE))


def one(query: str) -> Ping:
    (ping,) = items(query)
    assert isinstance(ping, Ping), ping
    return ping


def location(**changed: Any) -> dict[str, Any]:
    coords = {
        "latitude": -29.9, "longitude": -71.25, "accuracy": 5, "speed": 1.5, "heading": 90,
        "altitude": 28,
    }  # fmt: skip
    return {
        "timestamp": "2026-11-23T12:00:05.000Z",
        "coords": coords,
        "battery": {"level": 0.87, "is_charging": False},
    } | changed


def in_json(content: Any) -> list[Any]:
    return items("", JSON, json.dumps(content).encode())


def test_a_query_with_everything_becomes_a_ping_in_our_units() -> None:
    ping = one(
        "id=rd_1&timestamp=1795435205&lat=-29.9&lon=-71.25&speed=2.9&bearing=271.5&altitude=28"
        "&accuracy=6.5&batt=87.0&charge=false&mock=true"
    )
    assert ping.captured_at == AT
    assert (ping.lat, ping.lon) == (-29.9, -71.25)
    assert ping.speed_mps == pytest.approx(1.4919, abs=1e-4)
    assert (ping.heading_deg, ping.altitude_m) == (271.5, 28)
    assert (ping.accuracy_m, ping.battery_pct, ping.mock) == (6.5, 87, True)


@pytest.mark.parametrize(
    "timestamp",
    [
        "1795435205",
        "1795435205000",
        "1795435205.0",
        "2026-11-23T12%3A00%3A05Z",
        "2026-11-23T09:00:05-03:00",
        "2026-11-23%2012:00:05",
    ],
)
def test_a_timestamp_may_be_seconds_milliseconds_or_iso(timestamp: str) -> None:
    assert one(f"id=rd_1&lat=1&lon=2&timestamp={timestamp}").captured_at == AT


def test_without_a_timestamp_the_server_time_stands() -> None:
    assert one("id=rd_1&lat=1&lon=2").captured_at == MONDAY_NINE


def test_an_accuracy_of_zero_means_unknown() -> None:
    assert one("id=rd_1&lat=1&lon=2&accuracy=0.0").accuracy_m is None


def test_both_coordinates_may_come_in_one_field() -> None:
    ping = one("id=rd_1&location=60.5,30.25")
    assert (ping.lat, ping.lon) == (60.5, 30.25)


def test_the_body_may_be_a_form() -> None:
    body = b"id=rd_1&lat=37.4219983&lon=-122.084&timestamp=1795435205&accuracy=5.0&speed=38.88"
    (ping,) = items("", FORM, body)
    assert ping.speed_mps == pytest.approx(20.0016, abs=1e-4)


def test_a_post_with_everything_in_its_address_needs_no_body() -> None:
    (ping,) = items("id=rd_1&lat=1&lon=2", FORM, b"")
    assert ping.lat == 1


def test_the_newer_client_sends_json_with_speed_in_metres_a_second() -> None:
    (ping,) = in_json({"device_id": "rd_1", "location": location(mock=True)})
    assert ping == Ping(AT, -29.9, -71.25, 5, 1.5, 90, 28, 87, True)


def test_minus_one_is_how_json_says_unknown() -> None:
    coords = location()["coords"] | {"heading": -1, "speed": -1}
    (ping,) = in_json({"device_id": "rd_1", "location": location(coords=coords)})
    assert (ping.heading_deg, ping.speed_mps) == (None, None)


def test_a_heartbeat_without_coordinates_holds_no_ping() -> None:
    beat = {"timestamp": "2026-11-23T12:00:05Z", "battery": {"level": 0.5}}
    assert in_json({"device_id": "rd_1", "location": beat}) == []


def test_several_locations_in_one_message_are_several_pings() -> None:
    found = in_json({"device_id": "rd_1", "location": [location(), location(coords=5)]})
    assert [type(item) for item in found] == [Ping, Unusable]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("lat=91&lon=2", "lat: degrees from -90 to 90"),
        ("lat=nan&lon=2", "lat: degrees from -90 to 90"),
        ("lat=north&lon=2", "lat: a number"),
        ("lon=2", "lat: a number, and it is missing"),
        ("lat=1", "lon: a number, and it is missing"),
        ("lat=1&lon=2&speed=fast", "speed: a number"),
        ("lat=1&lon=2&accuracy=1e9", "accuracy_m: metres up to 1,000,000"),
        ("lat=1&lon=2&batt=1e999", "battery_pct: percent from 0 to 100"),
        (
            "lat=1&lon=2&timestamp=yesterday",
            "timestamp: seconds or milliseconds",
        ),
        ("lat=1&lon=2&timestamp=1e300", "timestamp: seconds or milliseconds"),
    ],
)
def test_a_position_that_cannot_be_used_says_why(query: str, reason: str) -> None:
    (item,) = items("id=rd_1&" + query)
    assert isinstance(item, Unusable)
    assert item.reason.startswith(reason)
    assert query.encode() in item.body


@pytest.mark.parametrize(
    ("query", "content_type", "body"),
    [
        ("lat=1&lon=2", "", b""),
        ("id=&lat=1&lon=2", "", b""),
        ("", FORM, b"lat=1"),
        ("", JSON, b"{}"),
        ("", JSON, b"[1]"),
        ("", JSON, b'{"device_id": 7}'),
    ],
)
def test_a_message_that_names_no_device_is_told_apart(
    query: str, content_type: str, body: bytes
) -> None:
    with pytest.raises(NoDeviceId):
        items(query, content_type, body)


CONTENT_TYPES = st.sampled_from(["", FORM, JSON])


@given(st.binary(max_size=300), CONTENT_TYPES, st.binary(max_size=300))
def test_no_bytes_raise_anything_but_the_decoders_own_errors(
    query: bytes, content_type: str, body: bytes
) -> None:
    try:
        message = traccar.read(query, content_type, body)
    except (NoDeviceId, Undecodable):
        return
    for item in traccar.positions(message, MONDAY_NINE):
        assert isinstance(item, Ping | Unusable)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["coords", "timestamp", "battery", "level", "latitude", "longitude"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_no_json_raises_anything(value: Any) -> None:
    for item in in_json({"device_id": "rd_1", "location": value}):
        assert isinstance(item, Ping | Unusable)


@given(st.dictionaries(
    st.sampled_from(["lat", "lon", "location", "timestamp", "speed", "accuracy", "batt", "mock"]),
    st.text(max_size=20) | st.floats().map(str) | st.integers().map(str),
))  # fmt: skip
def test_no_field_raises_anything(fields: dict[str, str]) -> None:
    message = traccar.Message("rd_1", b"", fields, ())
    (item,) = traccar.positions(message, MONDAY_NINE)
    assert isinstance(item, Ping | Unusable)
