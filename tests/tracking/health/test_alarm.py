"""What a phone's state is worth telling a supervisor."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.ids import new_id
from tests.conftest import MONDAY_NINE
from tracking.health.alarm import Kind, alarms
from tracking.health.duty import Duty, Phone, Thresholds
from tracking.health.silence import Cause, Diagnosis, Likelihood, Reason

NOTHING: frozenset[str] = frozenset()
MINUTE = timedelta(minutes=1)
PHONE = Phone(new_id(), "Phone 1", heard_at=MONDAY_NINE, battery_pct=64)
DUTY = Duty(
    new_id(), new_id(), "Sofía Rojas", MONDAY_NINE - 60 * MINUTE, PHONE, MONDAY_NINE, MONDAY_NINE,
    Thresholds(),
)  # fmt: skip


def kinds(
    phone: dict[str, Any], open_kinds: frozenset[str] = NOTHING, *, after_min: float = 0
) -> set[Kind]:
    duty = replace(DUTY, phone=replace(PHONE, **phone))
    return set(alarms(duty, None, open_kinds, MONDAY_NINE + after_min * MINUTE))


BATTERY = frozenset({"battery_low"})


@pytest.mark.parametrize(
    ("phone", "open_kinds", "is_low"),
    [
        ({"battery_pct": 15}, NOTHING, False),
        ({"battery_pct": 14.9}, NOTHING, True),
        ({"battery_pct": 14.9, "is_charging": True}, NOTHING, False),
        ({"battery_pct": 19.9}, BATTERY, True),
        ({"battery_pct": 20}, BATTERY, False),
        ({"battery_pct": 12, "is_charging": True}, BATTERY, False),
        ({"battery_pct": None}, BATTERY, False),
    ],
)
def test_a_battery_is_low_until_it_has_clearly_recovered(
    phone: dict[str, Any], open_kinds: frozenset[str], is_low: bool
) -> None:
    assert (Kind.BATTERY_LOW in kinds(phone, open_kinds)) is is_low


@pytest.mark.parametrize(
    ("skew_s", "stated", "title"),
    [
        (120, True, None),
        (-120, True, None),
        (310, True, "The phone's clock is 5 minutes ahead"),
        (-310, True, "The phone's clock is 5 minutes behind"),
        (310, False, "The phone's clock is at least 5 minutes ahead"),
        (-310, False, None),
        (3 * 86400, True, "The phone's clock is 3 days ahead"),
    ],
)
def test_a_wrong_clock_is_told_with_its_side_but_never_a_late_delivery(
    skew_s: float, stated: bool, title: str | None
) -> None:
    phone = replace(PHONE, skew_s=skew_s, skew_stated=stated)
    found = alarms(replace(DUTY, phone=phone), None, NOTHING, MONDAY_NINE)
    alarm = found.get(Kind.CLOCK_SKEW)
    assert (alarm and alarm.title) == title
    if alarm:
        assert alarm.facts["skew_s"] == skew_s


@pytest.mark.parametrize(
    ("phone", "kind"),
    [
        ({"gps": "off"}, Kind.GPS_OFF),
        ({"permission": "denied"}, Kind.PERMISSION_LOST),
        ({"mock_at": MONDAY_NINE - 29 * MINUTE}, Kind.MOCK_PROVIDER),
    ],
)
def test_what_a_phone_tells_is_an_alert_of_its_own(phone: dict[str, Any], kind: Kind) -> None:
    assert kinds(phone) == {kind}


def test_a_healthy_phone_is_quiet() -> None:
    healthy: dict[str, Any] = {
        "gps": "on", "permission": "always", "tracking": "on", "battery_saver": True,
        "mock_at": MONDAY_NINE - 31 * MINUTE, "skew_s": 3.0, "skew_stated": True,
    }  # fmt: skip
    assert kinds(healthy) == set()
    assert kinds({"permission": "while_in_use"}) == set()


def test_switched_off_is_believed_once_positions_have_ended() -> None:
    assert kinds({"tracking": "off_by_user"}, after_min=1) == set()
    assert kinds({"tracking": "off_by_user"}, after_min=3) == {Kind.TRACKING_SWITCHED_OFF}


def silent(cause: Cause, likelihood: Likelihood) -> tuple[Kind, str, str]:
    diagnosis = Diagnosis(cause, likelihood, (Reason("a", "a reason"),))
    (alarm,) = alarms(DUTY, diagnosis, NOTHING, MONDAY_NINE + 11 * MINUTE).values()
    assert alarm.facts["cause"] == cause
    return alarm.kind, alarm.title, alarm.detail


def test_a_silence_says_what_happened_what_it_means_and_what_to_do() -> None:
    assert silent(Cause.NO_NETWORK, Likelihood.POSSIBLE) == (
        Kind.NO_POSITION,
        "No position for 11 minutes",
        "The phone may have no network, or may have stopped the app. Call Sofía Rojas or"
        " open the battery guide.",
    )
    kind, _, detail = silent(Cause.STOPPED_BY_PHONE, Likelihood.LIKELY)
    assert kind is Kind.TRACKING_STOPPED
    assert detail.startswith("Probably the phone stopped the app (a reason). Call Sofía")


@pytest.mark.parametrize(
    ("cause", "likelihood", "kind"),
    [
        (Cause.STOPPED_BY_PHONE, Likelihood.CERTAIN, Kind.TRACKING_STOPPED),
        (Cause.STOPPED_BY_PHONE, Likelihood.POSSIBLE, Kind.NO_POSITION),
        (Cause.SWITCHED_OFF, Likelihood.CERTAIN, Kind.TRACKING_SWITCHED_OFF),
        (Cause.GPS_OFF, Likelihood.CERTAIN, Kind.GPS_OFF),
        (Cause.GPS_OFF, Likelihood.POSSIBLE, Kind.NO_POSITION),
        (Cause.PERMISSION_LOST, Likelihood.CERTAIN, Kind.PERMISSION_LOST),
        (Cause.DEAD_BATTERY, Likelihood.LIKELY, Kind.NO_POSITION),
        (Cause.NOT_SIGNED_ON, Likelihood.CERTAIN, Kind.NO_POSITION),
    ],
)
def test_one_silence_is_one_alert_of_the_kind_of_its_cause(
    cause: Cause, likelihood: Likelihood, kind: Kind
) -> None:
    assert silent(cause, likelihood)[0] is kind


def test_how_long_somebody_is_silent_goes_by_our_clock() -> None:
    ahead = replace(PHONE, skew_s=600.0, skew_stated=True)
    fast = replace(DUTY, phone=ahead, position_at=MONDAY_NINE + 10 * MINUTE)
    assert fast.silent_since == MONDAY_NINE
    assert replace(fast, phone=PHONE).silent_since == MONDAY_NINE, "never after it arrived"
    slow = replace(fast, phone=replace(ahead, skew_s=-600.0), position_at=MONDAY_NINE - 10 * MINUTE)
    assert slow.silent_since == MONDAY_NINE
    early = replace(DUTY, position_at=DUTY.since - 60 * MINUTE)
    assert early.silent_since == DUTY.since, "what came before the shift does not count"
