"""From situations of silent phones to verdicts, while they are silent and afterwards."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ids import new_id
from tests.conftest import MONDAY_NINE
from tracking.health.duty import Phone
from tracking.health.silence import (
    Cause,
    Diagnosis,
    Evidence,
    Likelihood,
    PastSilence,
    Reason,
    diagnose,
    look_back,
)

CERTAIN, LIKELY, POSSIBLE = Likelihood
SOON, LATER = (MONDAY_NINE + timedelta(minutes=m) for m in (1, 6))
PHONE = Phone(new_id(), "Phone 1", heard_at=MONDAY_NINE, battery_pct=64)
QUIET = Evidence(MONDAY_NINE, PHONE, position_received_at=MONDAY_NINE)


def told(evidence: Evidence = QUIET, **phone: object) -> Evidence:
    """The situation of `QUIET`, but for what the phone told."""
    return replace(evidence, phone=replace(PHONE, **phone))  # type: ignore[arg-type]


ENTRIES = replace(QUIET, requested_at=LATER)
SITUATIONS = [
    ("nothing is known", QUIET, Cause.NO_NETWORK, POSSIBLE),
    ("nobody signed on", Evidence(MONDAY_NINE, None), Cause.NOT_SIGNED_ON, CERTAIN),
    (
        "signed off in mid-shift",
        Evidence(MONDAY_NINE, None, signed_off_at=LATER),
        Cause.SWITCHED_OFF, CERTAIN,
    ),
    (
        "a colleague took the phone",
        Evidence(MONDAY_NINE, None, signed_off_at=LATER, phone_taken=True),
        Cause.NOT_SIGNED_ON, CERTAIN,
    ),
    ("switched off in the app", told(tracking="off_by_user"), Cause.SWITCHED_OFF, CERTAIN),
    ("permission taken away", told(permission="denied"), Cause.PERMISSION_LOST, CERTAIN),
    ("location switched off", told(gps="off"), Cause.GPS_OFF, CERTAIN),
    ("3 % left", told(battery_pct=3), Cause.DEAD_BATTERY, LIKELY),
    ("3 % left, charging", told(battery_pct=3, is_charging=True), Cause.NO_NETWORK, POSSIBLE),
    (
        "5 % left and falling",
        replace(told(battery_pct=5), battery_before_pct=9),
        Cause.DEAD_BATTERY, LIKELY,
    ),
    ("5 % left, no trend", told(battery_pct=5), Cause.NO_NETWORK, POSSIBLE),
    (
        "5 % left and rising",
        replace(told(battery_pct=5), battery_before_pct=4),
        Cause.NO_NETWORK, POSSIBLE,
    ),
    ("8 % left", replace(told(battery_pct=8), battery_before_pct=12), Cause.NO_NETWORK, POSSIBLE),
    ("entries arrive", ENTRIES, Cause.STOPPED_BY_PHONE, LIKELY),
    (
        "entries arrive, battery saver on",
        told(ENTRIES, battery_saver=True),
        Cause.STOPPED_BY_PHONE, CERTAIN,
    ),
    ("entries arrive at 3 %", told(ENTRIES, battery_pct=3), Cause.STOPPED_BY_PHONE, LIKELY),
    ("an entry came with the last ping", replace(QUIET, requested_at=SOON), Cause.NO_NETWORK,
     POSSIBLE),
    ("entries arrive, switched off", told(ENTRIES, tracking="off_by_user"), Cause.SWITCHED_OFF,
     CERTAIN),
    ("battery saver on", told(battery_saver=True), Cause.STOPPED_BY_PHONE, POSSIBLE),
    ("heard without a position", told(heard_at=LATER), Cause.GPS_OFF, POSSIBLE),
    (
        "the last ping itself came late",
        replace(told(heard_at=LATER), position_received_at=LATER),
        Cause.NO_NETWORK, POSSIBLE,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("evidence", "cause", "likelihood"),
    [situation[1:] for situation in SITUATIONS],
    ids=[situation[0] for situation in SITUATIONS],
)
def test_a_silence_is_explained_by_the_best_evidence(
    evidence: Evidence, cause: Cause, likelihood: Likelihood
) -> None:
    found = diagnose(evidence)
    assert (found.cause, found.likelihood) == (cause, likelihood)
    assert all(reason.code and reason.text for reason in found.reasons)
    assert found.reasons


def test_how_sure_a_verdict_is_can_be_read() -> None:
    verdicts = [Diagnosis(Cause.STOPPED_BY_PHONE, likelihood, ()).text for likelihood in Likelihood]
    stopped = "the phone stopped the app"
    assert verdicts == [stopped, f"probably {stopped}", f"perhaps {stopped}"]


LONGEST = timedelta(minutes=10)


def past(minutes: float, cause: Cause, likelihood: Likelihood) -> PastSilence:
    diagnosis = Diagnosis(cause, likelihood, (Reason("before", "known before"),))
    return PastSilence(MONDAY_NINE, MONDAY_NINE + timedelta(minutes=minutes), diagnosis)


AFTERWARDS = [
    ("none taken", Cause.NO_NETWORK, POSSIBLE, (), Cause.STOPPED_BY_PHONE, CERTAIN),
    ("taken all the while", Cause.NO_NETWORK, POSSIBLE, range(1, 31), Cause.NO_NETWORK, CERTAIN),
    ("entries came", Cause.STOPPED_BY_PHONE, LIKELY, (), Cause.STOPPED_BY_PHONE, CERTAIN),
    ("a wrong guess", Cause.STOPPED_BY_PHONE, LIKELY, range(1, 31), Cause.NO_NETWORK, CERTAIN),
    ("switched off", Cause.SWITCHED_OFF, CERTAIN, (), Cause.SWITCHED_OFF, CERTAIN),
    ("battery empty", Cause.DEAD_BATTERY, LIKELY, (), Cause.DEAD_BATTERY, LIKELY),
    ("location perhaps off", Cause.GPS_OFF, POSSIBLE, (), Cause.STOPPED_BY_PHONE, CERTAIN),
    ("one fix in half an hour", Cause.NO_NETWORK, POSSIBLE, (5,), Cause.STOPPED_BY_PHONE, CERTAIN),
]  # fmt: skip


@pytest.mark.parametrize(
    ("cause", "likelihood", "taken", "then", "sure"),
    [situation[1:] for situation in AFTERWARDS],
    ids=[situation[0] for situation in AFTERWARDS],
)
def test_afterwards_the_positions_tell_what_it_was(
    cause: Cause, likelihood: Likelihood, taken: tuple[int, ...], then: Cause, sure: Likelihood
) -> None:
    taken_at = [MONDAY_NINE + timedelta(minutes=minute) for minute in taken]
    found = look_back(past(31, cause, likelihood), taken_at, LONGEST, 64).diagnosis
    assert (found.cause, found.likelihood) == (then, sure)


def test_a_supervisor_reads_from_when_to_when_and_why() -> None:
    found = look_back(past(31, Cause.NO_NETWORK, POSSIBLE), (), LONGEST, 64.2)
    reasons = "; ".join(reason.text for reason in found.diagnosis.reasons)
    assert (found.began_at, found.ended_at) == (MONDAY_NINE, MONDAY_NINE + timedelta(minutes=31))
    assert f"{found.diagnosis.text} ({reasons})" == (
        "the phone stopped the app (no fixes were taken; the phone was on 64 % battery)"
    )


def test_what_was_recorded_offline_is_no_part_of_the_silence() -> None:
    taken_at = [MONDAY_NINE + timedelta(minutes=minute) for minute in range(1, 15)]
    found = look_back(past(31, Cause.NO_NETWORK, POSSIBLE), taken_at, LONGEST, None)
    assert found.diagnosis.cause is Cause.STOPPED_BY_PHONE
    assert found.began_at == taken_at[-1]


@given(st.lists(st.integers(1, 3599), unique=True, max_size=60))
def test_what_looking_back_calls_silent_has_no_position_in_it(seconds: list[int]) -> None:
    taken_at = [MONDAY_NINE + timedelta(seconds=s) for s in sorted(seconds)]
    silence = past(60, Cause.NO_NETWORK, POSSIBLE)
    found = look_back(silence, taken_at, LONGEST, 50)
    inside = [at for at in taken_at if found.began_at < at < found.ended_at]
    if found.diagnosis.cause is Cause.NO_NETWORK:
        times = [silence.began_at, *taken_at, silence.ended_at]
        assert all(end - begin <= LONGEST for begin, end in pairwise(times))
    else:
        assert inside == []
        assert found.ended_at - found.began_at > LONGEST
