"""OwnTracks in HTTP mode."""

import json
from typing import Any

import pytest

from tests.conftest import MONDAY_NINE
from tracking.errors import Undecodable
from tracking.message import Decoded, Signal
from tracking.ping import Ping, Unusable
from tracking.protocols import owntracks

AT = 1795435200
LOCATION = {"_type": "location", "lat": -29.9, "lon": -71.25, "tst": AT}


def decoded(content: Any) -> Decoded:
    return owntracks.decode(json.dumps(content).encode(), MONDAY_NINE)


def signal(**changed: Any) -> Signal:
    found = decoded(LOCATION | changed).signal
    assert found
    return found


def one(**changed: Any) -> Ping:
    (ping,) = decoded(LOCATION | changed).items
    assert isinstance(ping, Ping), ping
    return ping


def test_velocity_is_in_kilometres_an_hour_and_an_accuracy_of_zero_unknown() -> None:
    ping = one(vel=36, acc=0, cog=90, alt=28, batt=87)
    assert ping == Ping(MONDAY_NINE, -29.9, -71.25, None, 10, 90, 28, 87)


def test_numbers_may_be_texts_as_in_old_versions() -> None:
    assert one(lat="-29.9", lon="-71.25", acc="8", tst=str(AT)).accuracy_m == 8


def test_an_array_holds_several_messages_and_a_bad_one_spares_its_neighbors() -> None:
    later = LOCATION | {"tst": AT + 1, "batt": 5}
    first, bad, last = decoded([LOCATION, LOCATION | {"lat": 91}, later]).items
    assert isinstance(first, Ping)
    assert isinstance(bad, Unusable)
    assert json.loads(bad.body) == LOCATION | {"lat": 91}
    assert isinstance(last, Ping)


def test_what_several_messages_tell_of_the_phone_is_told_together() -> None:
    found = decoded([LOCATION | {"batt": 80, "m": 0}, LOCATION | {"batt": 79}]).signal
    assert found == Signal(battery_pct=79, app="OwnTracks", tracking="off_by_user")


@pytest.mark.parametrize(
    ("monitoring", "tracking"),
    [(2, "on"), (1, "on"), (0, "off_by_user"), (-1, "off_by_user"), (None, None)],
)
def test_the_monitoring_mode_tells_whether_the_user_switched_tracking_off(
    monitoring: int | None, tracking: str | None
) -> None:
    assert signal(m=monitoring).tracking == tracking


@pytest.mark.parametrize(("bs", "charging"), [(0, None), (1, False), (2, True), (3, True)])
def test_the_battery_status_tells_whether_it_is_charged(bs: int, charging: bool | None) -> None:
    assert signal(bs=bs, batt=40) == Signal(battery_pct=40, is_charging=charging, app="OwnTracks")


@pytest.mark.parametrize("odd", [{"created_at": "x"}, {"m": "move"}, {"bs": 1e999}, {"bs": []}])
def test_what_it_tells_of_the_phone_does_not_spoil_a_position(odd: dict[str, Any]) -> None:
    assert signal(**odd) == Signal(app="OwnTracks")
    assert one(**odd).lat == -29.9


def test_regions_and_points_of_interest_are_nobodys_business() -> None:
    ping = one(inregions=["Home"], poi="Doctor", tag="x", image="…", t="p", tid="aa", topic="o/u/d")
    assert ping.attributes == {"trigger": "p"}


def test_what_the_phone_makes_of_its_motion_is_kept() -> None:
    assert one(motionactivities=["walking", {}]).attributes == {"motionactivities": ["walking"]}


@pytest.mark.parametrize(
    ("trigger", "told"),
    [("i", {"ignition": True}), ("9", {"alarm": "lowBattery"}), ("e", {"alarm": "powerCut"})],
)
def test_triggers_of_trackers_in_vehicles_are_events(trigger: str, told: dict[str, Any]) -> None:
    assert one(t=trigger).attributes == {"trigger": trigger, "event": trigger, **told}


@pytest.mark.parametrize(
    ("loc", "permission"),
    [
        (0, "always"), (-1, "always"), (-2, "while_in_use"), (-3, "while_in_use"), (-4, "denied"),
        (None, None),
    ],
)  # fmt: skip
def test_an_android_status_tells_of_permission_and_power_saving(
    loc: int | None, permission: str | None
) -> None:
    status = {"_type": "status", "android": {"wifi": 1, "ps": -1, "bo": 0, "hib": 0, "loc": loc}}
    assert decoded(status) == Decoded(
        [], Signal(app="OwnTracks", permission=permission, battery_saver=True)
    )


@pytest.mark.parametrize(
    ("stated", "permission"),
    [("AuthorizedAlways", "always"), ("AuthorizedWhenInUse", "while_in_use"), ("Denied", "denied")],
)
def test_an_ios_status_tells_of_version_and_permission(stated: str, permission: str) -> None:
    ios = {
        "version": "18.5.2",
        "locationManagerAuthorizationStatus": f"kCLAuthorizationStatus{stated}",
    }
    assert decoded({"_type": "status", "iOS": ios}).signal == Signal(
        app="OwnTracks", app_version="18.5.2", permission=permission
    )


@pytest.mark.parametrize(
    "kind",
    [
        "waypoint", "waypoints", "card", "cmd", "status", "dump", "configuration", "steps",
        "beacon", "request", "msg", "unheard of",
    ],
)  # fmt: skip
def test_other_messages_are_signs_of_life_and_no_pings(kind: str) -> None:
    message = {"_type": kind, "lat": 1, "lon": 2, "tst": AT}
    assert decoded(message) == Decoded([], Signal(app="OwnTracks"))


def test_a_last_will_is_no_sign_of_life() -> None:
    assert decoded({"_type": "lwt", "tst": AT}) == Decoded([], None)


def test_a_transition_by_a_beacon_knows_no_place() -> None:
    assert decoded({"_type": "transition", "tst": AT, "event": "enter", "t": "b"}).items == []


@pytest.mark.parametrize("body", [b"", b" \r\n"])
def test_an_empty_body_is_nothing(body: bytes) -> None:
    assert owntracks.decode(body, MONDAY_NINE) == Decoded(())


def test_an_encrypted_message_says_how_to_switch_encryption_off() -> None:
    (item,) = decoded({"_type": "encrypted", "data": "abc"}).items
    assert isinstance(item, Unusable)
    assert "Preferences" in item.reason
    assert "encryption key" in item.reason


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"lat": 91}, "lat: degrees from -90 to 90"),
        ({"lat": None}, "lat: a number, and it is missing"),
        ({"lon": "east"}, "lon: a number"),
        ({"lat": True}, "lat: a number"),
        ({"tst": "soon"}, "tst: seconds or milliseconds"),
        ({"tst": [1]}, "tst: seconds or milliseconds"),
        ({"tst": 1e300}, "tst: seconds or milliseconds"),
        ({"vel": 4000}, "speed_mps: metres a second up to 1000"),
        ({"_type": 5}, "_type: "),
    ],
)
def test_a_location_that_cannot_be_used_says_why(changed: Any, reason: str) -> None:
    (item,) = decoded(LOCATION | changed).items
    assert isinstance(item, Unusable)
    assert item.reason.startswith(reason)


@pytest.mark.parametrize("body", [b"{", b"[" * 5000, b"\xff"])
def test_a_body_that_is_no_json_is_refused_as_a_whole(body: bytes) -> None:
    with pytest.raises(Undecodable):
        owntracks.decode(body, MONDAY_NINE)


def test_an_array_beyond_all_measure_is_refused_as_a_whole() -> None:
    with pytest.raises(Undecodable):
        decoded([LOCATION] * (owntracks.MOST_MESSAGES + 1))
