"""A supervisor decides on a suspicion. The decision is kept and changes nothing else."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from data.alerts import clear_alert
from data.session import Session
from geofence.suspicions import store
from geofence.suspicions.errors import AlreadyReviewed, EvidenceChanged, SuspicionNotFound
from geofence.suspicions.judge_days import ALERT
from geofence.suspicions.store import Review


class Decision(StrEnum):
    """`accepted`: the suspicion is right. `rejected`: there is an honest explanation."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Decided:
    """What a supervisor sends: on which version, why, and which earlier decision it replaces."""

    version: int
    decision: Decision
    note: str
    replaces_id: UUID | None = None


async def review(
    session: Session, suspicion_id: UUID, staff_id: UUID, decided: Decided, now: datetime
) -> Review:
    """Keep a decision and clear the alert; the same again gets the same answer.

    Neither visits, nor verdicts, nor fences, nor scores change by it. Raises `SuspicionNotFound`,
    `EvidenceChanged` when the version is not the newest, or `AlreadyReviewed` when another decision
    stands that it does not name.
    """
    # 1. Of two supervisors at once, one waits here and then finds the other's decision.
    suspicion = await store.line(session, suspicion_id, lock=True)
    if suspicion is None:
        raise SuspicionNotFound(str(suspicion_id))
    # 2. A repeat, or a decision that nobody knew of.
    current = next(iter(await store.reviews(session, suspicion_id)), None)
    if current and _is_same(current, staff_id, decided):
        return current
    if current and decided.replaces_id != current.id:
        raise AlreadyReviewed(str(suspicion_id), current.decision, current.id)
    if decided.version != suspicion.version or (current is None and decided.replaces_id):
        raise EvidenceChanged(str(suspicion_id), suspicion.version)
    # 3. Keep it. Nothing else follows from it.
    await store.add_review(
        session, suspicion, decided.decision.value, decided.note, staff_id, decided.replaces_id, now
    )
    await clear_alert(session, suspicion.branch_id, ALERT, suspicion_id, now)
    return (await store.reviews(session, suspicion_id))[0]


def _is_same(current: Review, staff_id: UUID, decided: Decided) -> bool:
    return (current.version, current.decision, current.note, current.decided_by) == (
        decided.version, decided.decision.value, decided.note, staff_id
    ) and decided.replaces_id in (current.replaces_id, current.id)  # fmt: skip
