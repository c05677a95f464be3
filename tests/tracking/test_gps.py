"""Whichever app a request is from: its protocol, and the device that it names."""

import json
from base64 import b64encode
from typing import Any

import pytest

from identity.errors import UnknownDevice
from tests.conftest import MONDAY_NINE
from tests.tracking.protocol_vectors import FORM, JSON, NOW
from tracking.errors import NoDeviceId, Undecodable
from tracking.ping import Ping, Unusable
from tracking.protocols import gps
from tracking.protocols.request import MOST_FIELDS, Request

KEY = "rd_0123456789"
LOCATION = {"_type": "location", "lat": -29.9, "lon": -71.25, "tst": 1795435200}
POINT = b'<trkpt lat="1" lon="2"><time>2026-11-23T11:00:00Z</time></trkpt>'
GPX = b"<gpx><trk><trkseg>" + POINT + b"</trkseg></trk></gpx>"


def basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def as_json(content: Any, **more: Any) -> Request:
    return Request(body=json.dumps(content).encode(), content_type=JSON, **more)


@pytest.mark.parametrize(
    ("request_", "protocol"),
    [
        (Request(f"id={KEY}&lat=1&lon=2".encode()), "traccar"),
        (Request(f"deviceid={KEY}".encode(), FORM, body=b"lat=1&lon=2"), "traccar"),
        (Request(body=f"id={KEY}&lat=1&lon=2".encode()), "traccar"),
        (as_json({"device_id": KEY, "location": {}}), "traccar"),
        (as_json({"location": {}}, query=f"id={KEY}".encode()), "traccar"),
        (Request(body=b'  {"_type":"card","tid":"rd_0123456789"}'), "owntracks"),
        (as_json([LOCATION], authorization=basic("anna", KEY)), "owntracks"),
        (as_json(LOCATION, authorization=basic(KEY, "")), "owntracks"),
        (as_json(LOCATION, authorization=f"Bearer {KEY}"), "owntracks"),
        (as_json(LOCATION, limit_device=KEY), "owntracks"),
        (as_json(LOCATION, query=f"u=anna&d={KEY}".encode()), "owntracks"),
        (as_json(LOCATION | {"tid": KEY}), "owntracks"),
        (as_json({"pings": []}, authorization=f"Bearer {KEY}"), "batch"),
        (as_json({"pings": []}, query=f"id={KEY}".encode()), "batch"),
        (
            Request(content_type="application/gpx+xml", body=GPX, authorization=basic("x", KEY)),
            "gpx",
        ),
        (Request(f"id={KEY}".encode(), body=b"\xef\xbb\xbf<?xml version='1.0'?>" + GPX), "gpx"),
    ],
)
def test_a_request_is_told_apart_and_names_its_device(request_: Request, protocol: str) -> None:
    message = gps.read(request_)
    assert message.protocol.name == protocol
    assert message.keys[0] == KEY


def test_a_topic_may_hold_the_key_at_its_end_or_before_its_suffix() -> None:
    for topic in (f"owntracks/anna/{KEY}", f"owntracks/anna/{KEY}/event", KEY):
        assert KEY in gps.read(as_json(LOCATION | {"topic": topic})).keys


def test_credentials_count_more_than_what_the_body_names() -> None:
    asked = as_json(LOCATION | {"tid": KEY}, authorization=basic("anna", "rd_other"))
    assert gps.read(asked).keys == ("rd_other", "anna")


def test_a_complete_position_in_the_address_needs_nothing_of_the_body() -> None:
    message = gps.read(Request(f"id={KEY}&lat=1&lon=2".encode(), JSON, body=b"{"))
    (ping,) = message.decode(NOW).items
    assert isinstance(ping, Ping)


@pytest.mark.parametrize(
    "request_",
    [
        Request(b"lat=1&lon=2"),
        Request(b"id=&lat=1&lon=2"),
        Request(),
        Request(content_type=FORM, body=b"lat=1"),
        as_json({}),
        as_json([1]),
        as_json({"device_id": None, "location": {}}),
        as_json(None),
    ],
)
def test_a_traccar_message_that_names_no_device_is_told_apart(request_: Request) -> None:
    with pytest.raises(NoDeviceId):
        gps.read(request_)


@pytest.mark.parametrize(
    "request_",
    [
        as_json(LOCATION),
        as_json(LOCATION, authorization="Basic ?"),
        as_json({"pings": []}),
        Request(content_type="text/xml", body=GPX),
        Request(content_type=JSON, authorization="Basic ?"),
    ],
)
def test_an_app_with_credentials_is_asked_for_them(request_: Request) -> None:
    with pytest.raises(UnknownDevice):
        gps.read(request_)


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 5000, b'{"location": {"coords'])
def test_broken_json_of_nobody_names_nobody(body: bytes) -> None:
    assert gps.read(Request(content_type=JSON, body=body)).keys == ()


@pytest.mark.parametrize(
    "body",
    [
        b'{"device_id": "rd_0123456789", "location": {"coords',
        b'{"location":' + b"[" * 3000 + b'"device_id": "rd_0123456789"',
        b'{"_type": "location", "tid": "rd_0123456789", "lat": \x00',
    ],
)
def test_broken_json_that_tells_whose_it_is_can_be_kept_aside_without_its_key(body: bytes) -> None:
    message = gps.read(Request(content_type=JSON, body=body))
    assert message.keys == (KEY,)
    (item,) = message.decode(NOW).items
    assert isinstance(item, Unusable)
    assert KEY.encode() not in item.body


def test_a_user_agent_tells_the_app_and_its_version() -> None:
    for agent, app in (
        ("Owntracks-Android/gms/420504000", ("Owntracks-Android", "420504000")),
        ("OwnTracks/18.4.2 CFNetwork/1492 Darwin/23.3.0", ("OwnTracks", "18.4.2")),
        ("Traccar Client/9.7 CFNetwork/1492", ("Traccar Client", "9.7")),
    ):
        message = gps.read(Request(f"id={KEY}&lat=1&lon=2".encode(), user_agent=agent))
        signal = message.decode(NOW).signal
        assert signal
        assert (signal.app, signal.app_version) == app


@pytest.mark.parametrize("agent", ["", "Dalvik/2.1.0 (Linux)", "okhttp/4.12.0", "\udcff" * 3])
def test_another_user_agent_tells_nothing(agent: str) -> None:
    message = gps.read(Request(f"id={KEY}&lat=1&lon=2".encode(), user_agent=agent))
    assert message.decode(NOW).signal is None


def test_a_query_with_too_many_fields_is_not_read() -> None:
    with pytest.raises(Undecodable):
        gps.read(Request(b"&" * MOST_FIELDS))


def test_a_quarantined_ping_of_any_protocol_is_read_as_our_own() -> None:
    kept = b'{"captured_at":"2026-11-23T12:00:00Z","lat":1.0,"lon":2.0}'
    for protocol in ("traccar", "owntracks", "gpx", "refused"):
        assert gps.again(protocol, kept, MONDAY_NINE).items == (Ping(MONDAY_NINE, 1, 2),)


def test_what_cannot_be_read_again_says_why() -> None:
    for protocol in ("traccar", "owntracks", "batch", "gpx", "refused", "unheard of"):
        (item,) = gps.again(protocol, b"\xff{", MONDAY_NINE).items
        assert isinstance(item, Unusable)
        assert item.reason
