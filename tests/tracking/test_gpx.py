"""GPX: whole tracks."""

from datetime import timedelta

import pytest

from tests.conftest import MONDAY_NINE
from tracking.errors import Undecodable
from tracking.ping import Ping, Unusable
from tracking.protocols import gpx

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1"'
    ' xmlns="http://www.topografix.com/GPX/1/1" xmlns:osmand="https://osmand.net">'
    "<trk><name>Walk</name><trkseg>"
)
TAIL = "</trkseg></trk></gpx>"


def point(time: str = "2026-11-23T11:59:00Z", lat: str = "-29.9", inner: str = "") -> str:
    stamp = f"<time>{time}</time>" if time else ""
    return f'<trkpt lat="{lat}" lon="-71.25">{stamp}{inner}</trkpt>'


def decoded(*points: str) -> list[Ping | Unusable]:
    return list(gpx.decode((HEAD + "".join(points) + TAIL).encode(), MONDAY_NINE).items)


def test_a_track_point_with_everything_becomes_a_ping() -> None:
    inner = (
        "<ele>28.5</ele><hdop>0.9</hdop><sat>12</sat><extensions><osmand:speed>1.5</osmand:speed>"
        "<osmand:heading>270</osmand:heading><osmand:accuracy>4.2</osmand:accuracy></extensions>"
    )
    (ping,) = decoded(point(inner=inner))
    at = MONDAY_NINE - timedelta(minutes=1)
    assert ping == Ping(at, -29.9, -71.25, 4.2, 1.5, 270, 28.5, attributes={"hdop": 0.9, "sat": 12})


def test_a_file_of_version_1_0_has_speed_and_course_in_its_points() -> None:
    old = (
        '<gpx version="1.0" xmlns="http://www.topografix.com/GPX/1/0"><trk><trkseg>'
        + point(inner="<course>90</course><speed>2</speed>")
        + TAIL
    )
    (ping,) = gpx.decode(old.encode(), MONDAY_NINE).items
    assert isinstance(ping, Ping)
    assert (ping.heading_deg, ping.speed_mps) == (90, 2)


def test_a_track_keeps_its_order_across_segments() -> None:
    items = decoded(
        point("2026-11-23T11:00:00Z"), "</trkseg><trkseg>", point("2026-11-23T11:00:01.5Z")
    )
    times = [item.captured_at for item in items if isinstance(item, Ping)]
    assert times == [MONDAY_NINE - timedelta(hours=1), MONDAY_NINE - timedelta(seconds=3598.5)]


def test_points_that_cannot_be_used_are_kept_together_and_spare_the_others() -> None:
    ping, refused = decoded(point(""), point(), point(lat="91"), point("2026-01-01T00:00:00Z"))
    assert isinstance(ping, Ping)
    assert isinstance(refused, Unusable)
    assert refused.reason.startswith("3 of 4 points, the first because: time:")
    again = gpx.decode(refused.body, MONDAY_NINE).items
    assert len(again) == 1
    assert isinstance(again[0], Unusable)
    assert again[0].reason.startswith("3 of 3 points")


def test_points_that_were_too_old_can_be_read_as_of_an_earlier_day() -> None:
    (refused,) = decoded(point("2026-01-01T00:00:00Z"))
    assert isinstance(refused, Unusable)
    (ping,) = gpx.decode(refused.body, MONDAY_NINE.replace(month=1, day=2)).items
    assert isinstance(ping, Ping)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_a_file_may_have_another_encoding(encoding: str) -> None:
    name = "latin-1" if encoding == "latin-1" else encoding.removesuffix("-sig")
    body = (HEAD.replace("UTF-8", name).replace("Walk", "Señal") + point() + TAIL).encode(encoding)
    assert gpx.is_xml(body)
    assert len(gpx.decode(body, MONDAY_NINE).items) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<gpx", b"<gpx/>", b"<kml/>", b"{}", b"\xff", b"<a>" * 20_000,
        b'<?xml version="1.0" encoding="klingon"?><gpx/>',
        b'<!DOCTYPE gpx [<!ENTITY a "b">]><gpx>&a;</gpx>',
        b'<!DOCTYPE gpx SYSTEM "http://127.0.0.1/x.dtd"><gpx/>',
    ],
)  # fmt: skip
def test_a_body_without_a_track_is_refused_as_a_whole(body: bytes) -> None:
    with pytest.raises(Undecodable):
        gpx.decode(body, MONDAY_NINE)


@pytest.mark.parametrize("body", [b"", b"id=1&lat=<", b"{}", b"[1]", b"\x00\x01"])
def test_other_bodies_do_not_look_like_xml(body: bytes) -> None:
    assert not gpx.is_xml(body)
