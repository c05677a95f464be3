"""Check in at a customer: the agent's own report, kept as evidence beside the pings."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from collection.gate.decisions.decide import Asking, judge_visit
from collection.gate.decisions.decision import Decision
from collection.gate.decisions.store import of_subject
from collection.gate.facts import Contact
from collection.gate.kinds import PlaceKind
from core.device_time import EXPECTED, is_plausible
from core.errors import IdReused
from core.fix import Fix
from core.geometry import distance_m
from core.said import say
from data.alerts import raise_alert
from data.live import announce
from data.session import Session
from geofence import store
from geofence.errors import CaseNotFound, CaseWithoutFence, ReasonNeeded, TimeNotPlausible
from geofence.fence import Fence
from geofence.verdict import Verdict, judge_check_in, outside, without_reason
from tracking.store import mark_dirty

ASKED_WITHIN = timedelta(minutes=5)
"""How old a check-in may be for its agent to be asked for a reason: they stand there still. An
older one was made offline, and a phone that cannot ask any more must not lose it."""

SHORTEST_REASON = 3

OUTSIDE_RULES = "outside_contact_rules"
"""The kind of the alert about a check-in that contact rules do not allow; its subject is the
check-in."""


class ReasonCode(StrEnum):
    """Why a check-in is made away from the customer's address, for counting; words say the rest."""

    MET_ELSEWHERE = "met_elsewhere"
    ADDRESS_WRONG = "address_wrong"
    POSITION_WRONG = "position_wrong"
    NO_ACCESS = "no_access"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CheckInReport:
    """What the phone sends: its own id for the fact, and the fix that it shows with it."""

    id: UUID
    case_id: UUID
    device_time: datetime
    fix: Fix | None
    reason: str | None
    body_hash: bytes
    reason_code: ReasonCode | None = None


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A check-in as taken down. `distance_m` is to the fence's center, None without a fix.

    `contact` is what contact rules say of it; None where it was made before there were any.
    """

    id: UUID
    case_id: UUID
    device_time: datetime
    server_time: datetime
    distance_m: float | None
    verdict: Verdict
    contact: Decision | None = None


async def check_in(
    session: Session, agent_id: UUID, report: CheckInReport, now: datetime
) -> CheckIn:
    """Take down a check-in and judge it; far outside the fence it is flagged with the distance.

    One that contact rules do not allow is taken down, too: it is flagged, and the supervisor told.

    There it needs a reason: without one it is refused while it is fresh, so that the agent can be
    asked, and later taken down and flagged. The same report again gets the same answer. Raises
    `IdReused` for the same id with another body, `CaseNotFound`, `CaseWithoutFence`,
    `TimeNotPlausible` or `ReasonNeeded`.
    """
    # 1. A repeat is answered from what was stored.
    known = await store.check_in(session, report.id)
    if known:
        return await _repeat(session, known, report)
    # 2. Refuse what cannot be true.
    if not is_plausible(report.device_time, now):
        raise TimeNotPlausible("device_time", report.device_time, EXPECTED)
    case = await store.case_with_fence(session, report.case_id)
    if case is None:
        raise CaseNotFound(str(report.case_id))
    if case.fence is None:
        raise CaseWithoutFence(str(report.case_id))
    # 3. Judge it by the fix.
    verdict = _judged(case.fence, report, now)
    away_m = distance_m(case.fence.center, report.fix.position) if report.fix else None
    taken = CheckIn(report.id, report.case_id, report.device_time, now, away_m, verdict)
    # 4. Keep it. Of two equal reports at once, the database lets one in.
    if not await store.add_check_in(session, case.branch_id, agent_id, report, taken):
        known = await store.check_in(session, report.id)
        if known is None:
            raise IdReused("check-in", str(report.id))
        return await _repeat(session, known, report)
    # 5. Hold it to the contact rules: it is made, so it is only flagged.
    contact = await _contact(session, case.branch_id, agent_id, report, verdict, now)
    # 6. Have the agent's visits looked at again, and tell the map.
    await mark_dirty(session, case.branch_id, agent_id, report.device_time, now)
    announce(
        session,
        case.branch_id,
        "stop",
        {"agent_id": str(agent_id), "case_id": str(report.case_id), "status": "visiting"},
    )
    return replace(taken, contact=contact)


async def _contact(
    session: Session,
    branch_id: UUID,
    agent_id: UUID,
    report: CheckInReport,
    verdict: Verdict,
    now: datetime,
) -> Decision:
    place = PlaceKind.ELSEWHERE if outside(verdict) else PlaceKind.ON_FILE
    contact = Contact(place=place)
    asking = Asking(report.id, report.case_id, agent_id, report.device_time, contact)
    decision = await judge_visit(session, asking, now)
    if not decision.is_allowed:
        await raise_alert(
            session, branch_id, OUTSIDE_RULES, report.id,
            say("A check-in that contact rules do not allow"), "; ".join(decision.reasons), now,
            agent_id=agent_id, case_id=report.case_id,
            facts={
                "check_in_id": str(report.id), "decision_id": str(decision.id),
                "device_time": report.device_time.isoformat(), "flags": decision.flags,
            },
        )  # fmt: skip
    return decision


def _judged(fence: Fence, report: CheckInReport, now: datetime) -> Verdict:
    judged = judge_check_in(fence, report.fix, report.device_time)
    far = outside(judged)
    if far is None or len(report.reason or "") >= SHORTEST_REASON:
        return judged
    if now - report.device_time <= ASKED_WITHIN:
        raise ReasonNeeded(float(far.facts["distance_m"]), float(far.facts["outside_m"]))
    return without_reason(judged)


async def _repeat(session: Session, known: store.StoredCheckIn, report: CheckInReport) -> CheckIn:
    if known.body_hash != report.body_hash:
        raise IdReused("check-in", str(report.id))
    return CheckIn(
        known.id, known.case_id, known.device_time, known.server_time, known.distance_m,
        known.verdict, await of_subject(session, known.id),
    )  # fmt: skip
