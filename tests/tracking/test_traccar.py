"""Traccar Client's messages, in every form that the app has sent over the years."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import MONDAY_NINE
from tracking.errors import Undecodable
from tracking.message import Decoded, Signal
from tracking.ping import Ping, Unusable
from tracking.protocols import traccar_form, traccar_json
from tracking.protocols.scalars import MOST_ATTRIBUTES, MOST_CHARACTERS

AT = datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC)


def form(query: str) -> Decoded:
    return traccar_form.decode(query.encode(), MONDAY_NINE)


def one(query: str) -> Ping:
    (ping,) = form(query).items
    assert isinstance(ping, Ping), ping
    return ping


def attributes(query: str) -> dict[str, Any] | None:
    return one(f"id=rd_1&lat=1&lon=2&{query}").attributes


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


def in_json(location: Any) -> Decoded:
    content = {"device_id": "rd_1", "location": location}
    return traccar_json.decode(json.dumps(content).encode(), MONDAY_NINE)


def one_in_json(location: Any) -> Ping:
    (ping,) = in_json(location).items
    assert isinstance(ping, Ping), ping
    return ping


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
        "2026-11-23T13:00:05%2B01:00",
        "2026-11-23T13:00:05+01:00",
        "2026-11-23%2012:00:05",
        "2026-11-23+12:00:05",
        "20261123T120005Z",
    ],
)
def test_a_timestamp_may_be_seconds_milliseconds_or_iso(timestamp: str) -> None:
    assert one(f"id=rd_1&lat=1&lon=2&timestamp={timestamp}").captured_at == AT


@pytest.mark.parametrize("query", ["id=rd_1&lat=1&lon=2", "id=rd_1&lat=1&lon=2&timestamp="])
def test_without_a_timestamp_the_server_time_stands(query: str) -> None:
    assert one(query).captured_at == MONDAY_NINE


def test_an_accuracy_of_zero_means_unknown() -> None:
    assert one("id=rd_1&lat=1&lon=2&accuracy=0.0").accuracy_m is None


@pytest.mark.parametrize(
    "query",
    [
        "location=60.5,30.25", "location=60.5%2C+30.25", "latitude=60.5&longitude=30.25",
        "lat=60.5&lng=30.25",
    ],
)  # fmt: skip
def test_coordinates_go_by_several_names(query: str) -> None:
    ping = one(f"id=rd_1&{query}")
    assert (ping.lat, ping.lon) == (60.5, 30.25)


def test_what_a_ping_has_no_place_for_becomes_an_attribute_of_its_kind() -> None:
    assert attributes("hdop=1.5&ignition=true&door=false&rpm=933&driverUniqueId=007&event=tow") == {
        "hdop": 1.5, "ignition": True, "door": False, "rpm": 933, "driverUniqueId": "007",
        "event": "tow",
    }  # fmt: skip
    assert attributes("cell=257,2,16,2224&wifi=00-14-22,-80&wifi=00-1C-B3,-70") == {
        "cell": ["257,2,16,2224"],
        "wifi": ["00-14-22,-80", "00-1C-B3,-70"],
    }


@pytest.mark.parametrize("valid", ["false", "0"])
def test_a_position_that_its_device_calls_invalid_says_so(valid: str) -> None:
    assert attributes(f"valid={valid}") == {"valid": False}


@pytest.mark.parametrize("valid", ["true", "1"])
def test_a_valid_position_is_nothing_to_tell(valid: str) -> None:
    assert attributes(f"valid={valid}") is None


@pytest.mark.parametrize("value", ["nan", "inf", "-Infinity", "1e999", "1_000"])
def test_what_looks_like_a_number_and_is_none_stays_a_text(value: str) -> None:
    assert attributes(f"x={value}") == {"x": value}


def test_attributes_hold_what_any_database_stores() -> None:
    assert attributes("a=x%00y&%00=1&b=%ff") == {"a": "xy", "b": "\ufffd"}
    many = attributes("&".join(f"a{n}=1" for n in range(100)))
    assert many
    assert len(many) == MOST_ATTRIBUTES
    long = attributes("a=" + "x" * 5000)
    assert long == {"a": "x" * MOST_CHARACTERS}


@pytest.mark.parametrize("alarm", ["sos", "SOS", "lowBattery,sos"])
def test_an_alarm_of_this_kind_is_a_call_for_help(alarm: str) -> None:
    signal = form(f"id=rd_1&lat=1&lon=2&alarm={alarm}").signal
    assert signal
    assert signal.panic
    for told in (location(alarm=alarm), location(extras={"alarm": alarm})):
        signal = in_json(told).signal
        assert signal
        assert signal.panic


def test_a_call_for_help_is_heard_whichever_of_several_locations_it_is_in() -> None:
    signal = in_json([location(alarm="sos"), location(battery={"level": 0.29})]).signal
    assert signal == Signal(battery_pct=29, app="Traccar Client", panic=True)
    signal = in_json([location(alarm="sos"), location(coords=5), location()]).signal
    assert signal
    assert signal.panic


def test_another_alarm_is_none() -> None:
    assert form("id=rd_1&lat=1&lon=2&alarm=lowBattery").signal is None


def test_a_query_tells_of_the_battery() -> None:
    assert form("id=rd_1&lat=1&lon=2&batt=40&charge=true").signal == Signal(
        battery_pct=40, is_charging=True
    )
    assert form("id=rd_1&lat=1&lon=2&batt=-100").signal == Signal()


@pytest.mark.parametrize(
    "query", ["batt=50", "timestamp=1795435205", "cell=1,2,3,4", "lat=&lon=&batt=1"]
)
def test_a_query_without_a_position_is_a_sign_of_life(query: str) -> None:
    assert form(f"id=rd_1&{query}").items == ()


def test_json_has_the_speed_in_metres_a_second() -> None:
    ping = one_in_json(location(mock=True))
    assert ping == Ping(AT, -29.9, -71.25, 5, 1.5, 90, 28, 87, True)


def test_minus_one_is_how_json_says_unknown() -> None:
    coords = location()["coords"] | {"heading": -1, "speed": -1}
    decoded = in_json(location(coords=coords, battery={"level": -1, "is_charging": True}))
    (ping,) = decoded.items
    assert isinstance(ping, Ping)
    assert (ping.heading_deg, ping.speed_mps, ping.battery_pct) == (None, None, None)
    assert decoded.signal == Signal(is_charging=True, app="Traccar Client")


def test_a_heartbeat_without_coordinates_holds_no_ping() -> None:
    beat = {"timestamp": "2026-11-23T12:00:05Z", "battery": {"level": 0.5}}
    decoded = in_json(beat)
    assert list(decoded.items) == []
    assert decoded.signal == Signal(battery_pct=50, app="Traccar Client")


def test_several_locations_in_one_message_are_several_pings() -> None:
    good, bad = location(), location(coords=5)
    first, refused, last = in_json([good, bad, good]).items
    assert first == last == one_in_json(good)
    assert isinstance(refused, Unusable)
    assert json.loads(refused.body) == {"location": bad}
    assert traccar_json.decode(refused.body, MONDAY_NINE).items == [refused]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"timestamp": 1795435205000}, AT),
        ({"timestamp": "1795435205"}, AT),
        ({"timestamp": "2026-11-23T12:00:05"}, AT),
        ({"timestamp": None}, MONDAY_NINE),
        ({"timestamp": ""}, MONDAY_NINE),
    ],
)
def test_json_may_tell_its_time_in_other_ways(changed: Any, expected: datetime) -> None:
    assert one_in_json(location(**changed)).captured_at == expected


def test_json_of_other_types_is_read_with_care() -> None:
    odd = location(
        coords={"latitude": "-29.9", "longitude": "-71.25", "accuracy": "5", "speed": None},
        battery=[], activity="walking", is_moving="yes", extras=[1], odometer="12", event=5,
    )  # fmt: skip
    assert one_in_json(odd) == Ping(AT, -29.9, -71.25, 5, attributes={"motion": True})


def test_extras_that_are_no_scalars_are_left_out() -> None:
    extras: dict[str, Any] = {
        "a": [{}],
        "b": {"c": 1},
        "d": None,
        "e": 1,
        "f": True,
        "": 1,
        "g": "x\0",
    }
    assert one_in_json(location(extras=extras)).attributes == {"e": 1, "f": True, "g": "x"}


def test_nan_in_json_spoils_its_own_location_only() -> None:
    bad = json.dumps(location(coords=location()["coords"] | {"latitude": float("nan")}))
    body = f'{{"device_id":"rd_1","location":[{bad},{json.dumps(location())}]}}'
    refused, ping = traccar_json.decode(body.encode(), MONDAY_NINE).items
    assert isinstance(refused, Unusable)
    assert refused.reason == "lat: degrees from -90 to 90"
    assert isinstance(ping, Ping)


def test_json_that_is_none_is_refused_as_a_whole() -> None:
    with pytest.raises(Undecodable):
        traccar_json.decode(b"{", MONDAY_NINE)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("lat=91&lon=2", "lat: degrees from -90 to 90"),
        ("lat=nan&lon=2", "lat: degrees from -90 to 90"),
        ("lat=north&lon=2", "lat: a number"),
        ("lat=1_0&lon=2", "lat: a number"),
        ("lon=2", "lat: a number, and it is missing"),
        ("lat=1", "lon: a number, and it is missing"),
        ("location=1", "lon: a number, and it is missing"),
        ("", "lat: a number, and it is missing"),
        ("x=1", "lat: a number, and it is missing"),
        ("lat=1&lon=2&speed=fast", "speed: a number"),
        ("lat=1&lon=2&accuracy=1e9", "accuracy_m: metres up to 1,000,000"),
        ("lat=1&lon=2&batt=1e999", "battery_pct: percent from 0 to 100"),
        ("lat=1&lon=2&timestamp=yesterday", "timestamp: seconds or milliseconds"),
        ("lat=1&lon=2&timestamp=1e300", "timestamp: seconds or milliseconds"),
        ("lat=1&lon=2&timestamp=2026-99-01T00:00:00", "timestamp: seconds or milliseconds"),
        ("lat=1&lon=2&timestamp=²", "timestamp: seconds or milliseconds"),
    ],
)
def test_a_position_that_cannot_be_used_says_why(query: str, reason: str) -> None:
    (item,) = form("id=rd_1&" + query).items
    assert isinstance(item, Unusable)
    assert item.reason.startswith(reason)
    assert query.encode() in item.body
