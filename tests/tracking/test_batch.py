"""Our own batch of pings."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.errors import Undecodable
from tracking.message import Signal
from tracking.ping import Ping, Unusable
from tracking.protocols import batch

GOOD = {"captured_at": "2026-11-23T12:00:00Z", "lat": -29.9, "lon": -71.25}


def decoded(*pings: Any) -> list[Any]:
    return list(batch.decode(json.dumps({"pings": pings}).encode()).items)


def test_a_ping_with_everything_keeps_everything() -> None:
    full = GOOD | {
        "accuracy_m": 4.5, "speed_mps": 1.2, "heading_deg": 270, "altitude_m": 28,
        "battery_pct": 87, "mock": True,
    }  # fmt: skip
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert decoded(full) == [Ping(at, -29.9, -71.25, 4.5, 1.2, 270, 28, 87, True)]


def test_members_that_are_not_known_are_left_alone() -> None:
    assert decoded(GOOD | {"provider": "fused"}) == decoded(GOOD)


@pytest.mark.parametrize("unknown", [{"accuracy_m": 0}, {"speed_mps": -1}, {"heading_deg": -1}])
def test_zero_accuracy_and_negative_measures_mean_unknown(unknown: dict[str, float]) -> None:
    assert decoded(GOOD | unknown) == decoded(GOOD)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"lat": 91}, "lat: degrees from -90 to 90"),
        ({"lon": -180.1}, "lon: degrees from -180 to 180"),
        ({"lat": "north"}, "Expected `float`, got `str` - at `$.lat`"),
        ({"captured_at": "2026-11-23T12:00:00"}, "captured_at: a time with its zone"),
        ({"captured_at": "yesterday"}, "Invalid RFC3339"),
        ({"heading_deg": 361}, "heading_deg: degrees from 0 to 360"),
        ({"battery_pct": 101}, "battery_pct: percent from 0 to 100"),
    ],
)
def test_a_ping_that_cannot_be_used_says_why_and_spares_its_neighbours(
    changed: dict[str, Any], said: str
) -> None:
    first, bad, last = decoded(GOOD, GOOD | changed, GOOD)
    assert isinstance(bad, Unusable)
    assert said in bad.reason
    assert json.loads(bad.body) == GOOD | changed
    assert isinstance(first, Ping)
    assert isinstance(last, Ping)


def test_anything_may_stand_in_the_place_of_a_ping() -> None:
    found = decoded(None, 7, "x", [], {}, GOOD)
    assert [type(item) for item in found] == [Unusable] * 5 + [Ping]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"pings": 3}', b"\xff\xfe", b"[" * 10_000]
)
def test_a_body_that_is_no_batch_is_refused_as_a_whole(body: bytes) -> None:
    with pytest.raises(Undecodable):
        batch.decode(body)


@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_but_the_decoders_own_error(body: bytes) -> None:
    try:
        items = batch.decode(body).items
    except Undecodable:
        return
    assert all(isinstance(item, Ping | Unusable) for item in items)


@given(st.binary(max_size=200))
def test_no_bytes_inside_a_batch_raise_anything_else(part: bytes) -> None:
    test_no_bytes_raise_anything_but_the_decoders_own_error.hypothesis.inner_test(  # type: ignore[attr-defined]
        b'{"pings":[{"captured_at":"' + part + b'"},' + part + b"]}"
    )


def signal(**members: Any) -> Signal | None:
    return batch.decode(json.dumps({"pings": [], **members}).encode()).signal


def test_a_batch_may_tell_when_it_was_sent_and_how_the_phone_is() -> None:
    status = {
        "battery_pct": 40, "is_charging": True, "app": "Roundsman", "app_version": "1.2",
        "tracking": "off_by_user", "gps": "off", "permission": "while_in_use",
        "battery_saver": False, "panic": True, "mood": "good",
    }  # fmt: skip
    told = signal(sent_at="2026-11-23T09:00:00-03:00", status=status)
    assert told == Signal(
        datetime(2026, 11, 23, 12, tzinfo=UTC), 40, True, "Roundsman", "1.2", "off_by_user", "off",
        "while_in_use", False, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"status": {}},
        {"status": "fine"},
        {"status": {"tracking": "maybe", "gps": 1, "permission": [], "battery_pct": 101}},
        {"status": {"battery_pct": True, "is_charging": "yes", "app": 5, "panic": 1}},
        {"sent_at": "soon"},
        {"sent_at": "2026-11-23T09:00:00"},
        {"sent_at": {}},
    ],
)
def test_a_status_that_is_not_as_it_should_be_tells_nothing(members: dict[str, Any]) -> None:
    assert signal(**members) is None


def test_a_bad_ping_does_not_silence_the_status() -> None:
    body = json.dumps({"pings": [{}], "status": {"gps": "off"}}).encode()
    assert batch.decode(body).signal == Signal(gps="off")


def test_attributes_hold_what_any_database_stores() -> None:
    (found,) = decoded(GOOD | {"attributes": {"a": "x\0", "b": [1, {}], "c": {"d": 1}, "e": 1.5}})
    assert found.attributes == {"a": "x", "b": [1], "e": 1.5}
    (found,) = decoded(GOOD | {"attributes": {"b": []}})
    assert found.attributes is None
