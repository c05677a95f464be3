"""Why a phone is silent: the best guess while it is, and what the pings say once it is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from core.said import say
from tracking.health.duty import Phone


class Cause(StrEnum):
    """What may keep an agent's position from us."""

    SWITCHED_OFF = "switched_off"
    NOT_SIGNED_ON = "not_signed_on"
    PERMISSION_LOST = "permission_lost"
    GPS_OFF = "gps_off"
    DEAD_BATTERY = "dead_battery"
    STOPPED_BY_PHONE = "stopped_by_phone"
    NO_NETWORK = "no_network"


class Likelihood(StrEnum):
    """How sure a diagnosis is, from a fact that was told down to one guess among several."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Reason:
    """A piece of evidence: its name for programs, and a clause in plain words."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why a phone is, or was, silent."""

    cause: Cause
    likelihood: Likelihood
    reasons: tuple[Reason, ...]

    @property
    def text(self) -> str:
        """The verdict in words, such as "the phone stopped the app"."""
        words = _WORDS[self.cause]
        match self.likelihood:
            case Likelihood.CERTAIN:
                return words
            case Likelihood.LIKELY:
                return say("probably {words}", words=words)
            case Likelihood.POSSIBLE:
                return say("perhaps {words}", words=words)


_WORDS = {
    Cause.SWITCHED_OFF: say("the agent switched tracking off"),
    Cause.NOT_SIGNED_ON: say("the agent has not signed on to a phone"),
    Cause.PERMISSION_LOST: say("the app may not use the location"),
    Cause.GPS_OFF: say("location was off"),
    Cause.DEAD_BATTERY: say("the battery was empty"),
    Cause.STOPPED_BY_PHONE: say("the phone stopped the app"),
    Cause.NO_NETWORK: say("the phone had no network"),
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a silent phone. None is unknown; times are ours, aware.

    `began_at` is the newest position's time, or when duty began. `phone` is the one the agent
    carries; without one, `signed_off_at` tells when that ended in this shift, and `phone_taken`
    that a colleague's sign-on did it. `requested_at` is the agent's own newest entry (check-in,
    receipt, promise, …), `position_received_at` the phone's newest message with a position,
    `battery_before_pct` its charge within the hour before.
    """

    began_at: datetime
    phone: Phone | None
    signed_off_at: datetime | None = None
    phone_taken: bool = False
    requested_at: datetime | None = None
    position_received_at: datetime | None = None
    battery_before_pct: float | None = None


NEARLY_EMPTY_PCT = 3.0
LAST_CHARGE_PCT = 5.0
"""Phones switch themselves off between these two; the upper one counts when the charge fell."""

CLEARLY_LATER = timedelta(minutes=2)
"""A word this much after the last position was not sent together with it."""


def diagnose(evidence: Evidence) -> Diagnosis:
    """The best explanation of a silence that goes on. What was told goes before what is guessed."""
    phone = evidence.phone
    if phone is None:
        return _without_phone(evidence)
    return _told(phone) or _inferred(phone, evidence) or _guessed(phone)


_BATTERY_SAVER_IS_ON = Reason("battery_saver", say("the phone's battery saver is on"))


def _without_phone(evidence: Evidence) -> Diagnosis:
    if evidence.signed_off_at is None or evidence.phone_taken:
        reason = Reason("no_sign_on", say("there was no sign-on since the shift began"))
        if evidence.phone_taken:
            reason = Reason("phone_taken", say("a colleague signed on to the phone the agent had"))
        return Diagnosis(Cause.NOT_SIGNED_ON, Likelihood.CERTAIN, (reason,))
    reason = Reason("signed_off", say("the agent signed off in mid-shift"))
    return Diagnosis(Cause.SWITCHED_OFF, Likelihood.CERTAIN, (reason,))


def _told(phone: Phone) -> Diagnosis | None:
    """What the phone said of itself; that needs no guess."""
    if phone.tracking == "off_by_user":
        reason = Reason(
            "off_by_user", say("the app's last word was that tracking was switched off")
        )
        return Diagnosis(Cause.SWITCHED_OFF, Likelihood.CERTAIN, (reason,))
    if phone.permission == "denied":
        reason = Reason("permission", say("the app lost its permission to use the location"))
        return Diagnosis(Cause.PERMISSION_LOST, Likelihood.CERTAIN, (reason,))
    if phone.gps == "off":
        reason = Reason("gps", say("location is switched off on the phone"))
        return Diagnosis(Cause.GPS_OFF, Likelihood.CERTAIN, (reason,))
    return None


def _inferred(phone: Phone, evidence: Evidence) -> Diagnosis | None:
    """What follows from what still arrives, and from the last charge."""
    if _came_after(evidence.requested_at, evidence.began_at):
        return _stopped(phone)
    if _came_after(phone.heard_at, evidence.position_received_at or evidence.began_at):
        reason = Reason(
            "heard_without_position", say("the app still reports, but without a position")
        )
        return Diagnosis(Cause.GPS_OFF, Likelihood.POSSIBLE, (reason,))
    if _is_nearly_empty(phone, evidence.battery_before_pct):
        reason = Reason(
            "battery_left",
            say("the last charge told was {battery_pct:.0f} %", battery_pct=phone.battery_pct),
        )
        return Diagnosis(Cause.DEAD_BATTERY, Likelihood.LIKELY, (reason,))
    return None


def _guessed(phone: Phone) -> Diagnosis:
    nothing = Reason("nothing_heard", say("nothing at all arrives from the agent"))
    if phone.battery_saver:
        reasons = (nothing, _BATTERY_SAVER_IS_ON)
        return Diagnosis(Cause.STOPPED_BY_PHONE, Likelihood.POSSIBLE, reasons)
    return Diagnosis(Cause.NO_NETWORK, Likelihood.POSSIBLE, (nothing,))


def _stopped(phone: Phone) -> Diagnosis:
    """There is network, for the agent's own entries come through it; so the tracker is dead."""
    reasons = [Reason("requests_arrive", say("the agent's own entries arrive, but no position"))]
    if phone.permission == "while_in_use":
        reasons.append(
            Reason("permission", say("the app may use the location only while it is open"))
        )
    if phone.battery_saver:
        reasons.append(_BATTERY_SAVER_IS_ON)
    sure = Likelihood.CERTAIN if phone.battery_saver else Likelihood.LIKELY
    return Diagnosis(Cause.STOPPED_BY_PHONE, sure, tuple(reasons))


def _came_after(at: datetime | None, than: datetime) -> bool:
    return at is not None and at - than > CLEARLY_LATER


def _is_nearly_empty(phone: Phone, before_pct: float | None) -> bool:
    left_pct = phone.battery_pct
    if left_pct is None or phone.is_charging:
        return False
    fell = before_pct is not None and before_pct > left_pct
    return left_pct <= NEARLY_EMPTY_PCT or (left_pct <= LAST_CHARGE_PCT and fell)


@dataclass(frozen=True, slots=True)
class PastSilence:
    """A silence that is over: from when to when, and why."""

    began_at: datetime
    ended_at: datetime
    diagnosis: Diagnosis


_KNOWN_WITHOUT_PINGS = {
    Cause.SWITCHED_OFF, Cause.NOT_SIGNED_ON, Cause.PERMISSION_LOST, Cause.GPS_OFF,
    Cause.DEAD_BATTERY,
}  # fmt: skip


def look_back(
    silence: PastSilence,
    taken_at: Sequence[datetime],
    longest: timedelta,
    battery_pct: float | None,
) -> PastSilence:
    """A silence in the light of the positions that were taken during it, in order, and came late.

    Taken all the while, with no gap above `longest`: the phone was only offline. Else nothing was
    taken during the longest gap, which is then the silence; `battery_pct` is the charge after it.
    """
    times = [silence.began_at, *taken_at, silence.ended_at]
    gap_s, begin, end = max(
        ((end - begin).total_seconds(), begin, end) for begin, end in pairwise(times)
    )
    before = silence.diagnosis
    if taken_at and gap_s <= longest.total_seconds():
        late = Reason(
            "taken_meanwhile",
            say("{taken_at} fixes were taken and arrived late", taken_at=len(taken_at)),
        )
        offline = Diagnosis(Cause.NO_NETWORK, Likelihood.CERTAIN, (late,))
        return PastSilence(silence.began_at, silence.ended_at, offline)
    reasons = [Reason("none_taken", say("no fixes were taken"))]
    if battery_pct is not None:
        reasons.append(
            Reason(
                "battery_left",
                say("the phone was on {battery_pct:.0f} % battery", battery_pct=battery_pct),
            )
        )
    if before.cause in _KNOWN_WITHOUT_PINGS and before.likelihood is not Likelihood.POSSIBLE:
        found = Diagnosis(before.cause, before.likelihood, (*before.reasons, *reasons))
    else:
        found = Diagnosis(Cause.STOPPED_BY_PHONE, Likelihood.CERTAIN, tuple(reasons))
    return PastSilence(begin, end, found)
