"""What a supervisor should be told of a phone: what happened, what it means, what to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from core.said import say, say_all, say_many
from tracking.health.duty import Duty, Phone
from tracking.health.silence import CLEARLY_LATER, Cause, Diagnosis, Likelihood


class Kind(StrEnum):
    """The kinds of alert about a phone; their subject is the agent."""

    NO_POSITION = "no_position"
    TRACKING_STOPPED = "tracking_stopped"
    TRACKING_SWITCHED_OFF = "tracking_switched_off"
    BATTERY_LOW = "battery_low"
    GPS_OFF = "gps_off"
    PERMISSION_LOST = "permission_lost"
    MOCK_PROVIDER = "mock_provider"
    CLOCK_SKEW = "clock_skew"


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alert that an agent's phone deserves now."""

    kind: Kind
    title: str
    detail: str
    facts: dict[str, Any]


SILENT_KINDS = {
    Cause.STOPPED_BY_PHONE: Kind.TRACKING_STOPPED,
    Cause.SWITCHED_OFF: Kind.TRACKING_SWITCHED_OFF,
    Cause.GPS_OFF: Kind.GPS_OFF,
    Cause.PERMISSION_LOST: Kind.PERMISSION_LOST,
}
"""One silence is one alert: of these kinds where its cause is known, else `NO_POSITION`."""


def alarms(
    duty: Duty, silence: Diagnosis | None, open_kinds: frozenset[str], now: datetime
) -> dict[Kind, Alarm]:
    """The alerts that an agent on duty deserves now, at most one of a kind.

    `silence` is why the agent's phone is silent, None while it is not. `open_kinds` are those that
    are open: a low battery stays one until it has clearly recovered.
    """
    found: list[Alarm | None] = []
    if duty.phone:
        found += [
            _switched_off(duty, duty.phone, silence, now),
            _gps_off(duty, duty.phone),
            _permission_lost(duty, duty.phone),
            _battery_low(duty, duty.phone, Kind.BATTERY_LOW in open_kinds),
            _mock_provider(duty, duty.phone, now),
            _clock_skew(duty, duty.phone),
        ]
    if silence:
        found.append(_silent(duty, silence, now))
    return {alarm.kind: alarm for alarm in found if alarm}


def _silent(duty: Duty, silence: Diagnosis, now: datetime) -> Alarm:
    is_known = silence.likelihood is not Likelihood.POSSIBLE
    kind = SILENT_KINDS.get(silence.cause, Kind.NO_POSITION) if is_known else Kind.NO_POSITION
    facts = {
        "silent_since": duty.silent_since.isoformat(),
        "cause": silence.cause,
        "likelihood": silence.likelihood,
        "reasons": [{"code": r.code, "text": r.text} for r in silence.reasons],
    }
    advice = say(_ADVICE[silence.cause].text, name=duty.name)
    told = say_all([_sentence(silence), advice], " ")
    return Alarm(
        kind, say("No position for {now}", now=_length(now - duty.silent_since)), told, facts
    )


def _sentence(silence: Diagnosis) -> str:
    if silence.likelihood is Likelihood.POSSIBLE and silence.cause is Cause.NO_NETWORK:
        return say("The phone may have no network, or may have stopped the app.")
    because = say_all(reason.text for reason in silence.reasons)
    cause = f"{silence.text[0].upper()}{silence.text[1:]}"
    return say("{cause} ({because}).", cause=cause, because=because)


_ADVICE = {
    Cause.SWITCHED_OFF: say(
        "Visits cannot be proven meanwhile. Call {name} and ask to switch it on."
    ),
    Cause.NOT_SIGNED_ON: say("Nobody sees where {name} is. Call and ask to sign on."),
    Cause.PERMISSION_LOST: say("Call {name} and ask to allow the location again, at all times."),
    Cause.GPS_OFF: say("Call {name} and ask to switch location on, or to step outside."),
    Cause.DEAD_BATTERY: say(
        "Nobody sees where {name} is until the phone is charged. Try to call; else ask "
        "a colleague nearby to look."
    ),
    Cause.STOPPED_BY_PHONE: say(
        "Call {name} to open the app, then set the phone up by the battery guide so "
        "that it stays alive."
    ),
    Cause.NO_NETWORK: say("Call {name} or open the battery guide."),
}


def _switched_off(
    duty: Duty, phone: Phone, silence: Diagnosis | None, now: datetime
) -> Alarm | None:
    # Positions that go on prove the word outdated, and a silence is an alert of its own.
    if phone.tracking != "off_by_user" or silence or now - duty.silent_since <= CLEARLY_LATER:
        return None
    return Alarm(
        Kind.TRACKING_SWITCHED_OFF,
        say("Tracking was switched off"),
        say(
            "{name} switched tracking off during the shift. Visits cannot be proven "
            "meanwhile. Call and ask to switch it on.",
            name=duty.name,
        ),
        {"cause": Cause.SWITCHED_OFF, "likelihood": Likelihood.CERTAIN},
    )


def _gps_off(duty: Duty, phone: Phone) -> Alarm | None:
    if phone.gps != "off":
        return None
    return Alarm(
        Kind.GPS_OFF,
        say("Location is switched off"),
        say(
            "{label} no longer knows where it is, so visits cannot be proven. Call "
            "{name} and ask to switch location on in the phone's settings.",
            label=phone.label,
            name=duty.name,
        ),
        {},
    )


def _permission_lost(duty: Duty, phone: Phone) -> Alarm | None:
    if phone.permission != "denied":
        return None
    return Alarm(
        Kind.PERMISSION_LOST,
        say("The app may not use the location"),
        say(
            "Its permission was taken away on {label}, so visits cannot be proven. Call "
            "{name} and ask to allow the location again, at all times.",
            label=phone.label,
            name=duty.name,
        ),
        {},
    )


def _battery_low(duty: Duty, phone: Phone, is_open: bool) -> Alarm | None:
    limits = duty.thresholds
    if phone.battery_pct is None or phone.is_charging:
        return None
    below = limits.battery_low_pct + (limits.battery_recovered_by_pct if is_open else 0)
    if phone.battery_pct >= below:
        return None
    return Alarm(
        Kind.BATTERY_LOW,
        say("Battery at {battery_pct:.0f} %", battery_pct=phone.battery_pct),
        say(
            "When {label} is empty, nobody sees where {name} is and visits cannot be "
            "proven. Ask to charge it.",
            label=phone.label,
            name=duty.name,
        ),
        {"battery_pct": round(phone.battery_pct, 1)},
    )


def _mock_provider(duty: Duty, phone: Phone, now: datetime) -> Alarm | None:
    if phone.mock_at is None or now - phone.mock_at > duty.thresholds.mock_for:
        return None
    return Alarm(
        Kind.MOCK_PROVIDER,
        say("Position may be made up"),
        say(
            "{label} marks its positions as coming from an app that invents them. They "
            "prove no visit. Ask {name} to remove that app, and look at today's "
            "visits.",
            label=phone.label,
            name=duty.name,
        ),
        {"mock_at": phone.mock_at.isoformat()},
    )


def _clock_skew(duty: Duty, phone: Phone) -> Alarm | None:
    if phone.skew_s is None or abs(phone.skew_s) <= duty.thresholds.skew.total_seconds():
        return None
    # A position that arrives late looks like a slow clock; only the phone's own word tells.
    if phone.skew_s < 0 and not phone.skew_stated:
        return None
    side = "ahead" if phone.skew_s > 0 else "behind"
    amount = _length(timedelta(seconds=abs(phone.skew_s)))
    if not phone.skew_stated:
        amount = say("at least {amount}", amount=amount)
    return Alarm(
        Kind.CLOCK_SKEW,
        say("The phone's clock is {amount} ahead", amount=amount)
        if phone.skew_s > 0
        else say("The phone's clock is {amount} behind", amount=amount),
        say(
            "Times of visits and receipts from {label} are off by as much. Ask "
            "{name} to set date and time to automatic.",
            label=phone.label,
            name=duty.name,
        ),
        {"skew_s": round(phone.skew_s), "side": side, "is_stated": phone.skew_stated},
    )


def _length(duration: timedelta) -> str:
    minutes = int(duration.total_seconds() // 60)
    if minutes < 120:
        return say_many("{count} minute", "{count} minutes", minutes)
    hours = minutes // 60
    if hours < 48:
        return say_many("{count} hour", "{count} hours", hours)
    return say_many("{count} day", "{count} days", hours // 24)
