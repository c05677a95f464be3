"""Verdicts: one line for each situation."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fix import Fix
from core.geometry import METRES_PER_DEGREE, LatLon
from geofence.fence import Fence
from geofence.verdict import (
    CEILING,
    Level,
    Reason,
    StayEvidence,
    at_shared_place,
    judge_check_in,
    judge_check_out,
    judge_stay,
    outside,
    verdict,
    without_reason,
)
from tests.geofence.shapes.outlines import at, box, drawn

DOOR = LatLon(-29.9, -71.25)
FENCE = Fence(UUID(int=1), DOOR, 50)
NOON = datetime(2025, 6, 16, 12, tzinfo=UTC)


def fix(
    away_m: float = 0, accuracy_m: float | None = 10, age_s: float = 5, mock: bool = False
) -> Fix:
    north = LatLon(DOOR.lat + away_m / METRES_PER_DEGREE, DOOR.lon)
    return Fix(north, accuracy_m, NOON - timedelta(seconds=age_s), mock)


CHECK_INS = [
    ("at the door", fix(), "probable", "inside-fence"),
    ("just inside the fence", fix(away_m=49), "probable", "inside-fence"),
    ("just outside, within the accuracy", fix(away_m=70), "probable", "edge-within-accuracy"),
    ("just outside, beyond the accuracy", fix(away_m=80), "unverified", "outside-fence"),
    ("a street away", fix(away_m=462), "unverified", "outside-fence"),
    ("a coarse fix buys no wide fence", fix(160, accuracy_m=90), "unverified", "outside-fence"),
    ("a coarse fix at the door", fix(accuracy_m=150), "unverified", "fix-coarse"),
    ("accuracy not stated", fix(accuracy_m=None), "probable", "accuracy-unknown"),
    ("accuracy of zero", fix(accuracy_m=0), "probable", "accuracy-unknown"),
    ("a fix of two minutes ago", fix(age_s=120), "probable", "inside-fence"),
    ("a fix of three minutes ago", fix(age_s=180), "unverified", "fix-stale"),
    ("a fix shortly after", fix(age_s=-20), "probable", "inside-fence"),
    ("a fix long after", fix(age_s=-180), "unverified", "fix-stale"),
    ("a mock position", fix(mock=True), "unverified", "mock-location"),
    ("no position", None, "unverified", "no-fix"),
]


@pytest.mark.parametrize(
    ("given_fix", "level", "code"), [c[1:] for c in CHECK_INS], ids=[c[0] for c in CHECK_INS]
)
def test_check_in(given_fix: Fix | None, level: str, code: str) -> None:
    judged = judge_check_in(FENCE, given_fix, NOON)
    assert judged.level == level
    assert code in [reason.code for reason in judged.reasons]


def test_a_check_in_outside_the_fence_tells_the_distance() -> None:
    judged = judge_check_in(FENCE, fix(away_m=462), NOON)
    outside = next(reason for reason in judged.reasons if reason.code == "outside-fence")
    assert outside.facts["distance_m"] == 462
    assert outside.facts["outside_m"] == 412
    assert "412 m outside" in outside.text


def test_every_doubt_is_listed_not_only_the_first() -> None:
    judged = judge_check_in(FENCE, fix(away_m=462, accuracy_m=150, age_s=600, mock=True), NOON)
    assert [reason.code for reason in judged.reasons] == [
        "manual-check-in", "outside-fence", "fix-stale", "fix-coarse", "mock-location",
    ]  # fmt: skip


@given(
    away_m=st.floats(0, 1_000),
    accuracy_m=st.none() | st.floats(0, 500),
    age_s=st.floats(-600, 600),
    mock=st.booleans(),
)
def test_a_check_in_alone_never_verifies(
    away_m: float, accuracy_m: float | None, age_s: float, mock: bool
) -> None:
    judged = judge_check_in(FENCE, fix(away_m, accuracy_m, age_s, mock), NOON)
    assert judged.level is not Level.VERIFIED


@given(st.lists(st.sampled_from(sorted(CEILING)), min_size=1))
def test_one_more_reason_never_makes_a_verdict_better(codes: list[str]) -> None:
    reasons = tuple(Reason(code, code, {}) for code in codes)
    order = tuple(Level)
    growing = [order.index(verdict(reasons[: n + 1]).level) for n in range(len(reasons))]
    assert all(earlier <= later for earlier, later in pairwise(growing))


STAY = StayEvidence(
    posterior=0.97, unvouched=0.9, ends_sure=1.0, distance_m=12, uncertainty_m=5, dwell_s=420,
    silence_s=31, pings=22,
    mock_pings=0, check_in=None,
)  # fmt: skip

STAYS = [
    ("seven minutes at a clear place", STAY, "verified", "stayed-at-place"),
    ("a likely place", replace(STAY, posterior=0.7), "probable", "place-likely"),
    ("one of two neighbors", replace(STAY, posterior=0.45), "unverified", "place-doubtful"),
    ("a minute and a half", replace(STAY, dwell_s=90), "probable", "short-stay"),
    ("the half of a stay, or two", replace(STAY, ends_sure=0.9), "probable", "ends-doubtful"),
    ("the agent's word decides", replace(STAY, unvouched=0.5), "probable", "check-in-decides"),
    ("two pings", replace(STAY, pings=2), "probable", "few-pings"),
    ("silent for five of seven minutes", replace(STAY, silence_s=300), "probable", "silent-gap"),
    ("silent for a minute", replace(STAY, silence_s=60), "verified", "stayed-at-place"),
    ("one mock ping", replace(STAY, mock_pings=1), "unverified", "mock-location"),
    ("checked in here too", replace(STAY, check_in=True), "verified", "checked-in-here"),
    ("where only this agent says it is", replace(STAY, own_point=True), "probable", "own-point"),
    ("checked in elsewhere", replace(STAY, check_in=False), "probable", "checked-in-elsewhere"),
]


@pytest.mark.parametrize(
    ("stay", "level", "code"), [s[1:] for s in STAYS], ids=[s[0] for s in STAYS]
)
def test_stay(stay: StayEvidence, level: str, code: str) -> None:
    judged = judge_stay(stay)
    assert judged.level == level
    assert code in [reason.code for reason in judged.reasons]


def test_a_check_in_on_premises_is_inside_wherever_the_address_is() -> None:
    market = replace(FENCE, polygon=drawn(box(400, 100)))
    far_corner = replace(fix(), position=at(190, 40))
    (_, reason) = judge_check_in(market, far_corner, NOON).reasons
    assert reason.code == "inside-fence"
    beside = replace(fix(), position=at(190, 100))
    (_, reason) = judge_check_in(market, beside, NOON).reasons
    assert reason.code == "outside-fence"
    assert reason.facts["outside_m"] == pytest.approx(50, abs=0.1)


def test_a_check_in_does_not_lift_a_doubtful_stay() -> None:
    doubtful = replace(STAY, posterior=0.45, check_in=True)
    assert judge_stay(doubtful).level is Level.UNVERIFIED


@pytest.mark.parametrize(("customers", "is_told"), [(0, False), (1, False), (2, True), (40, True)])
def test_a_shared_place_is_told_and_changes_no_level(customers: int, is_told: bool) -> None:
    for stay in (STAY, replace(STAY, posterior=0.7)):
        judged = judge_stay(stay)
        told = at_shared_place(judged, customers)
        assert told.level is judged.level
        assert (told == judged) is not is_told
        if is_told:
            assert told.reasons[:-1] == judged.reasons
            assert told.reasons[-1].facts == {"customers": customers}
            assert told == verdict(told.reasons)


def test_a_missing_reason_is_one_more_reason() -> None:
    far = judge_check_in(FENCE, fix(200.0, 8.0), NOON)
    assert outside(far) is not None
    flagged = without_reason(far)
    assert [r.code for r in flagged.reasons] == [*(r.code for r in far.reasons), "reason-missing"]
    assert flagged.level is Level.UNVERIFIED
    assert outside(judge_check_in(FENCE, fix(10.0, 8.0), NOON)) is None


def test_a_check_outs_fix_is_told_with_what_is_odd_about_it() -> None:
    def codes(given: Fix | None, fence: Fence | None = FENCE) -> list[str]:
        return [reason.code for reason in judge_check_out(fence, given, NOON)]

    assert codes(None) == ["no-fix"]
    assert codes(fix(10.0, 8.0)) == ["inside-fence"]
    assert codes(fix(200.0, 8.0)) == ["outside-fence"]
    assert codes(fix(200.0, 8.0), None) == []
