"""Check out from a customer: when the agent says the visit ended, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from collection.gate.decisions.store import tell_conversation
from core.device_time import EXPECTED, is_plausible
from core.errors import IdReused
from core.fix import Fix
from core.geometry import distance_m
from data.live import announce
from data.session import Session
from geofence import store
from geofence.errors import AlreadyCheckedOut, CheckInNotFound, TimeNotPlausible
from geofence.fence import Fence
from geofence.verdict import Reason, judge_check_out
from tracking.store import mark_dirty


class Outcome(StrEnum):
    """What came of a visit."""

    PAID = "paid"
    PART_PAID = "part_paid"
    PROMISED = "promised"
    REFUSED = "refused"
    NOT_HOME = "not_home"
    DOOR_LOCKED = "door_locked"
    MOVED = "moved"
    THIRD_PARTY = "third_party"


CONVERSATIONS = frozenset({Outcome.PAID, Outcome.PART_PAID, Outcome.PROMISED, Outcome.REFUSED})
"""Outcomes that need a talk with the customer."""


@dataclass(frozen=True, slots=True)
class CheckOutReport:
    """What the phone sends when the agent leaves."""

    id: UUID
    check_in_id: UUID
    device_time: datetime
    fix: Fix | None
    outcome: Outcome
    note: str | None
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class CheckOut:
    """A check-out as it was taken down; `stayed_s` is by the phone's clock.

    `distance_m` is to the fence's center, None without a fix; `reasons` say what is odd about it.
    """

    id: UUID
    check_in_id: UUID
    device_time: datetime
    server_time: datetime
    stayed_s: float
    distance_m: float | None
    reasons: tuple[Reason, ...]


async def check_out(
    session: Session, agent_id: UUID, report: CheckOutReport, now: datetime
) -> CheckOut:
    """Take down a check-out of the agent's own check-in.

    The same report again gets the same answer. Raises `IdReused`, `CheckInNotFound`,
    `AlreadyCheckedOut` or `TimeNotPlausible`.
    """
    known = await _known(session, report)
    if known:
        return known
    arrived = await store.check_in(session, report.check_in_id)
    if arrived is None:
        raise CheckInNotFound(str(report.check_in_id))
    if not is_plausible(report.device_time, now):
        raise TimeNotPlausible("device_time", report.device_time, EXPECTED)
    if report.device_time < arrived.device_time:
        raise TimeNotPlausible("device_time", report.device_time, "not before the check-in")
    case = await store.case_with_fence(session, arrived.case_id)
    left = _left(report, arrived.device_time, case.fence if case else None, now)
    if not await store.add_check_out(session, arrived.branch_id, agent_id, report, left):
        # Of two equal reports at once, the database lets one in: the other is a repeat.
        known = await _known(session, report)
        if known:
            return known
        raise AlreadyCheckedOut(str(report.check_in_id))
    await tell_conversation(session, report.check_in_id, report.outcome in CONVERSATIONS)
    await mark_dirty(session, arrived.branch_id, agent_id, report.device_time, now)
    announce(
        session,
        arrived.branch_id,
        "stop",
        {"agent_id": str(agent_id), "case_id": str(arrived.case_id), "status": "left"},
    )
    return left


async def _known(session: Session, report: CheckOutReport) -> CheckOut | None:
    """This check-out if it was taken down already. Raises `IdReused` for another one."""
    known = await store.check_out(session, report.id)
    if known and known.body_hash != report.body_hash:
        raise IdReused("check-out", str(report.id))
    return known.check_out if known else None


def _left(
    report: CheckOutReport, arrived_at: datetime, fence: Fence | None, now: datetime
) -> CheckOut:
    fix = report.fix
    return CheckOut(
        report.id,
        report.check_in_id,
        report.device_time,
        now,
        (report.device_time - arrived_at).total_seconds(),
        distance_m(fence.center, fix.position) if fence and fix else None,
        judge_check_out(fence, fix, report.device_time),
    )
