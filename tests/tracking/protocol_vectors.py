"""Requests that real apps and Traccar's own tests send, and what they mean in our units.

`source` says where the request stands; the expected values follow from the decoders there (speed in
knots divided by 1.94384, km/h by 3.6). `key` is the device that the request names, or "" when it
names none.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tracking.message import Signal
from tracking.ping import Ping
from tracking.protocols.request import Request

OSMAND_TESTS = "traccar/traccar, OsmAndProtocolDecoderTest.java"
OSMAND = "traccar/traccar, OsmAndProtocolDecoder.java"
ANDROID_TESTS = "traccar/traccar-client-android, ProtocolFormatterTest.kt"
IOS = "traccar/traccar-client-ios, ProtocolFormatter.swift"
SDK = "traccar-client-sdk, HttpUploader.kt"
OWNTRACKS_TESTS = "traccar/traccar, OwnTracksProtocolDecoderTest.java"
OWNTRACKS_ANDROID = "owntracks/android, app/src/test/resources/fixtures"
BOOKLET = "owntracks/booklet, docs/tech"

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
JSON = "application/json"
OWNTRACKS_JSON = "application/json; charset=utf-8"

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Vector:
    """A request, and the ping, signal and answer that it must lead to."""

    id: str
    source: str
    key: str
    ping: Ping | None = None
    query: str = ""
    body: str = ""
    content_type: str = ""
    path: str = "/gps"
    method: str = "POST"
    signal: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    answer: str = ""
    unusable: bool = False

    @property
    def request(self) -> Request:
        return Request(self.query.encode(), self.content_type, "", self.body.encode())

    def with_key(self, key: str) -> "Vector":
        """The same from a device with this key."""
        if not self.key:
            return self
        changed = {name: getattr(self, name).replace(self.key, key) for name in ("query", "body")}
        return Vector(**{**self.__dict__, **changed, "key": key})

    def says(self, signal: Signal | None) -> bool:
        """Whether a signal tells what the request tells of its phone."""
        return all(getattr(signal, name) == value for name, value in self.signal.items())


def at(epoch_ms: int) -> datetime:
    return datetime.fromtimestamp(epoch_ms / 1000, UTC)


def _query(id_: str, source: str, key: str, query: str, ping: Ping | None, **more: Any) -> Vector:
    return Vector(id_, source, key, ping, query=query, method="GET", **more)


def _json(id_: str, source: str, key: str, location: Any, ping: Ping | None, **more: Any) -> Vector:
    body = json.dumps({"location": location, "device_id": key})
    return Vector(id_, source, key, ping, body=body, content_type=JSON, **more)


def _owntracks(
    id_: str, source: str, key: str, message: Any, ping: Ping | None, **more: Any
) -> Vector:
    return Vector(
        id_, source, key, ping, body=json.dumps(message), content_type=OWNTRACKS_JSON,
        path="/gps/pub", answer="[]", **more,
    )  # fmt: skip


KN = 1.94384

QUERIES = (
    _query("Q01", OSMAND_TESTS, "123456", "id=123456&timestamp=1377177267&lat=60.0&lon=30.0",
           Ping(at(1377177267000), 60, 30)),
    _query("Q02", OSMAND_TESTS, "123456", "id=123456&timestamp=1377177267&location=60.0,30.0",
           Ping(at(1377177267000), 60, 30)),
    _query("Q03", OSMAND_TESTS, "902064",
           "id=902064&lat=42.06288&lon=-88.23412&timestamp=2016-01-27T18%3A55%3A47Z&hdop=6.0"
           "&altitude=224.0&speed=0.0",
           Ping(at(1453920947000), 42.06288, -88.23412, None, 0, None, 224,
                attributes={"hdop": 6})),
    _query("milliseconds", OSMAND_TESTS, "902064",
           "id=902064&lat=42.06288&lon=-88.23412&timestamp=1442068686579&hdop=6.0&altitude=224.0"
           "&speed=0.0",
           Ping(at(1442068686579), 42.06288, -88.23412, None, 0, None, 224,
                attributes={"hdop": 6})),
    _query("calendar time", OSMAND_TESTS, "353861053849681",
           "lat=49.60688&lon=6.15788&timestamp=2014-06-04+09%3A10%3A11&altitude=384.7&speed=0.0"
           "&id=353861053849681",
           Ping(at(1401873011000), 49.60688, 6.15788, None, 0, None, 384.7)),
    _query("Q06", OSMAND_TESTS, "123456",
           "id=123456&timestamp=1377177267&lat=60.0&lon=30.0&speed=0.0&bearing=0.0&altitude=0&hdop=0.0",
           Ping(at(1377177267000), 60, 30, None, 0, 0, 0, attributes={"hdop": 0})),
    _query("deviceid and heading", OSMAND_TESTS, "123456",
           "lat=60.0&lon=30.0&speed=0.0&heading=0.0&vacc=0&hacc=0&altitude=0&deviceid=123456",
           Ping(NOW, 60, 30, None, 0, 0, 0, attributes={"vacc": 0, "hacc": 0})),
    _query("Q08", OSMAND_TESTS, "861001000719969",
           "id=861001000719969&lat=41.666667&lon=-0.883333&altitude=350.059479&speed=0.000000"
           "&batt=87",
           Ping(NOW, 41.666667, -0.883333, None, 0, None, 350.059479, 87),
           signal={"battery_pct": 87}),
    _query("Q09", OSMAND_TESTS, "123456789012345",
           "id=123456789012345&timestamp=1504763810&lat=40.7232948571&lon=-74.0061408571"
           "&bearing=7.19889788244&speed=40&ignition=true&rpm=933&fuel=24",
           Ping(at(1504763810000), 40.7232948571, -74.0061408571, None, 40 / KN, 7.19889788244,
                attributes={"ignition": True, "rpm": 933, "fuel": 24})),
    _query("cells and networks only", OSMAND_TESTS, "123456",
           "id=123456&timestamp=1377177267&cell=257,02,16,2224&cell=257,02,16,2223,-90"
           "&wifi=00-14-22-01-23-45,-80&wifi=00-1C-B3-09-85-15,-70", None),
    _query("Q11", OSMAND_TESTS, "", "timestamp=1377177267&lat=60.0&lon=30.0", None, status=400),
    _query("unknown in a query", OSMAND, "no-such-device", "id=no-such-device&lat=1&lon=1", None,
           status=400),
    Vector("Q12", ANDROID_TESTS, "123456789012345",
           Ping(at(619315200000), 0, 0, None, 0, 0, 0, 0),
           "id=123456789012345&timestamp=619315200&lat=0.0&lon=0.0&speed=0.0&bearing=0.0"
           "&altitude=0.0&accuracy=0.0&batt=0.0"),
    Vector("Q13", ANDROID_TESTS, "123456789012345",
           Ping(at(619315200000), 0, 0, None, 0, 0, 0, 0),
           "id=123456789012345&timestamp=619315200&lat=0.0&lon=0.0&speed=0.0&bearing=0.0"
           "&altitude=0.0&accuracy=0.0&batt=0.0", path="/gps/path"),
    Vector("Q14", ANDROID_TESTS, "123456789012345",
           Ping(at(619315200000), 0, 0, None, 0, 0, 0, 0, attributes={"alarm": "alert message"}),
           "id=123456789012345&timestamp=619315200&lat=0.0&lon=0.0&speed=0.0&bearing=0.0"
           "&altitude=0.0&accuracy=0.0&batt=0.0&alarm=alert%20message", path="/gps/path",
           signal={"panic": False}),
    Vector("iOS, nothing known", IOS, "123456",
           Ping(at(1795435200000), -29.902700, -71.252, None, None, None, 28),
           "id=123456&timestamp=1795435200&lat=-29.902700&lon=-71.252000&speed=-1.94384&bearing=-1.0"
           "&altitude=28.0&batt=-100.0"),
    Vector("F01", SDK, "48241179",
           Ping(at(1749995112000), 37.4219983, -122.084, 5, 38.88 / KN, 63, 5, 79),
           body="id=48241179&lat=37.4219983&lon=-122.084&timestamp=1749995112&accuracy=5.0"
           "&altitude=5.0&speed=38.88&bearing=63.0&batt=79", content_type=FORM),
)  # fmt: skip

STILL = {
    "timestamp": "2025-06-15T13:45:12.862Z",
    "coords": {
        "latitude": 37.4219983, "longitude": -122.084, "accuracy": 5, "speed": 0, "heading": -1,
        "altitude": 5,
    },
    "is_moving": False, "odometer": 0, "event": "motionchange",
    "battery": {"level": 1, "is_charging": False}, "activity": {"type": "still"}, "extras": {},
    "_": "&id=48241179&lat=37.4219983&lon=-122.084&timestamp=2025-06-15T13:45:12.862Z&",
}  # fmt: skip
STILL_TOLD = {"event": "motionchange", "motion": False, "odometer": 0, "activity": "still"}
EXTRAS = {
    "device_string_test": "long_device_id", "device_bool_test": True,
    "device_bool_false_test": False, "device_integer_test": 1, "device_integer_twelve_test": 12,
    "device_double_test": 1.345, "device_very_long_double_test": 1763636.3442,
}  # fmt: skip


def _still(**attributes: Any) -> Ping:
    return Ping(
        at(1749995112862), 37.4219983, -122.084, 5, 0, None, 5, 100,
        attributes=STILL_TOLD | attributes,
    )  # fmt: skip


JSONS = (
    _json("J01", OSMAND_TESTS, "48241179", STILL, _still(),
          signal={"battery_pct": 100, "is_charging": False}),
    _json("J02", OSMAND_TESTS, "48241179", STILL | {"extras": EXTRAS}, _still(**EXTRAS)),
    _json("mocked, nothing known", OSMAND_TESTS, "658765", {
        "extras": {}, "mock": True,
        "coords": {"speed_accuracy": -1, "speed": -1, "longitude": -122.406417,
                   "ellipsoidal_altitude": 0, "floor": None, "heading_accuracy": -1,
                   "latitude": 37.785834000000001, "accuracy": 5, "altitude_accuracy": -1,
                   "altitude": 0, "heading": -1},
        "is_moving": False, "age": 188, "odometer": 0,
        "uuid": "2FB04C65-99CF-42AB-8DD3-EBCB4B108BF8", "event": "motionchange",
        "battery": {"level": -1, "is_charging": False},
        "activity": {"type": "unknown", "confidence": 100},
        "timestamp": "2025-05-09T04:11:30.579Z",
    }, Ping(at(1746763890579), 37.785834, -122.406417, 5, None, None, 0, None, True,
            STILL_TOLD | {"activity": "unknown"}), signal={"battery_pct": None}),
    _json("moving", OSMAND_TESTS, "8737767034", {
        "event": "motionchange", "is_moving": False, "timestamp": "2021-07-21T08:06:34.444Z",
        "odometer": 0, "coords": {"latitude": -6.1148096, "longitude": 106.6837015, "accuracy": 3.8,
                                  "speed": 18.67, "heading": 63, "altitude": 35.7},
        "activity": {"type": "still", "confidence": 100},
        "battery": {"is_charging": False, "level": 0.79}, "extras": {},
    }, Ping(at(1626854794444), -6.1148096, 106.6837015, 3.8, 18.67, 63, 35.7, 79,
            attributes=STILL_TOLD)),
    _json("J05", OSMAND, "48241179", {
        "timestamp": "2025-06-15T13:45:12.862Z", "battery": {"level": 0.5, "is_charging": True},
        "extras": {"heartbeat": True},
    }, None, signal={"battery_pct": 50, "is_charging": True}),
    _json("J06", OSMAND, "no-such-device", STILL, None, status=404),
)  # fmt: skip

OWNTRACKS = (
    _owntracks("O01", OWNTRACKS_TESTS, "5t", {
        "_type": "location", "acc": 15, "alt": 440, "batt": 46, "conn": "w", "lat": 46.0681247,
        "lon": 11.1512805, "t": "u", "tid": "5t", "tst": 1551874878, "vac": 2, "vel": 0,
    }, Ping(at(1551874878000), 46.0681247, 11.1512805, 15, 0, None, 440, 46,
            attributes={"trigger": "u", "conn": "w", "vac": 2})),
    _owntracks("O02", OWNTRACKS_TESTS, "JJ", {
        "lon": 2.29513, "lat": 48.85833, "tst": 1497349316, "_type": "location", "tid": "JJ",
    }, Ping(at(1497349316000), 48.85833, 2.29513)),
    _owntracks("O03", OWNTRACKS_TESTS, "JJ", {
        "cog": 271, "lon": 2.29513, "acc": 5, "vel": 61, "vac": 21, "lat": 48.85833,
        "tst": 1497349316, "alt": 167, "_type": "location", "tid": "JJ", "t": "u", "batt": 67,
    }, Ping(at(1497349316000), 48.85833, 2.29513, 5, 61 / 3.6, 271, 167, 67,
            attributes={"trigger": "u", "vac": 21})),
    _owntracks("topic and created_at", OWNTRACKS_TESTS,
               "owntracks/ckrey/22A67880-15C3-41A6-9157-25545C7993AC", {
        "lon": -122, "acc": 5, "created_at": 1736161415, "lat": 37,
        "topic": "owntracks/ckrey/22A67880-15C3-41A6-9157-25545C7993AC", "t": "u", "m": 1,
        "tst": 1736161169, "conn": "w", "alt": 0, "_type": "location", "tid": "AC",
    }, Ping(at(1736161169000), 37, -122, 5, None, None, 0,
            attributes={"trigger": "u", "conn": "w", "m": 1}),
        signal={"sent_at": at(1736161415000), "tracking": "on"}),
    _owntracks("O05", OWNTRACKS_TESTS, "owntracks/qtripp/865284041968706", {
        "topic": "owntracks/qtripp/865284041968706", "lat": 47.420051, "lon": 13.654704, "vel": 0,
        "cog": 113, "tst": 1736519167, "mcc": 232, "mnc": 1, "lac": "4F4D", "cid": "673A",
        "_type": "location", "acc": 10, "alt": 1113, "t": "I", "don": 105, "tid": "CS",
    }, Ping(at(1736519167000), 47.420051, 13.654704, 10, 0, 113, 1113,
            attributes={"trigger": "I", "event": "I", "ignition": False, "mcc": 232, "mnc": 1,
                        "lac": "4F4D", "cid": "673A", "don": 105})),
    _owntracks("O07", OWNTRACKS_ANDROID, "AA", {
        "_type": "location", "acc": 5, "alt": 84, "batt": 34, "bs": 1, "cog": 277, "conn": "m",
        "lat": -25.762245, "lon": 126.074502, "m": 2, "p": 100.477, "tid": "AA", "t": "t",
        "tst": 1721896446, "vac": 3, "vel": 79,
    }, Ping(at(1721896446000), -25.762245, 126.074502, 5, 79 / 3.6, 277, 84, 34,
            attributes={"trigger": "t", "bs": 1, "conn": "m", "m": 2, "p": 100.477, "vac": 3}),
        signal={"battery_pct": 34, "is_charging": False, "tracking": "on"}),
    _owntracks("O08", OWNTRACKS_ANDROID, "aa", {
        "_type": "location", "BSSID": "00:13:10:85:fe:01", "SSID": "AndroidWifi", "acc": 5,
        "alt": 50, "batt": 100, "bs": 0, "conn": "w", "created_at": 1709037052, "lat": 51.0,
        "lon": 0.0, "m": 1, "randomId": 9302, "tid": "aa", "tst": 1709037003, "vac": 0, "vel": 0,
    }, Ping(at(1709037003000), 51, 0, 5, 0, None, 50, 100,
            attributes={"wifi_ssid": "AndroidWifi", "wifi_bssid": "00:13:10:85:fe:01", "bs": 0,
                        "conn": "w", "m": 1, "vac": 0}),
        signal={"sent_at": at(1709037052000), "is_charging": None}),
    _owntracks("O09", OWNTRACKS_ANDROID, "ce", {
        "_type": "transition", "acc": 3, "desc": "myregion", "event": "leave", "lat": 52.71234,
        "lon": -1.61234123, "t": "l", "tid": "ce", "tst": 1603209966, "wtst": 1558351273,
    }, Ping(at(1603209966000), 52.71234, -1.61234123, 3,
            attributes={"trigger": "l", "event": "leave"})),
    _owntracks("waypoint", OWNTRACKS_ANDROID, "ce", {
        "_type": "waypoint", "desc": "mypoint", "lat": 52.0027789, "lon": -1.0829312, "rad": 150,
        "tst": 1558351273, "tid": "ce",
    }, None, signal={"app": "OwnTracks"}),
    Vector("O12", f"{BOOKLET}/http.md", "", query="u=jane&d=phone", content_type=JSON,
           path="/gps/pub", answer="[]"),
    _owntracks("O13", OWNTRACKS_ANDROID, "", {"_type": "encrypted", "data": "TestCipherText"}, None,
               unusable=True),
)  # fmt: skip

VECTORS = (*QUERIES, *JSONS, *OWNTRACKS)
