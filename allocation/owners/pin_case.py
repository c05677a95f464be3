"""Pin a case to the agent who has it, and let it go again."""

from datetime import datetime
from uuid import UUID

from allocation.errors import CaseHasNoOwner, NoSuchPlannedMove
from allocation.owners import store
from collection.errors import CaseNotFound
from core.errors import InvalidField
from core.said import say
from data.session import Session


async def pin_case(
    session: Session, case_id: UUID, reason: str, until: datetime | None, by: UUID, now: datetime
) -> store.Pin:
    """Have a case, and its center's other members, stay with the agent who has it.

    No allocation moves it until then; a manager still can. Pinned as it is already, nothing
    changes. Raises `CaseNotFound`, `CaseHasNoOwner` or `InvalidField`.
    """
    if until is not None and until <= now:
        raise InvalidField("until", say("later than now"))
    if not await store.case_exists(session, case_id):
        raise CaseNotFound(str(case_id))
    had = await store.history(session, case_id)
    if not had or had[0].ended_at is not None:
        raise CaseHasNoOwner(str(case_id))
    agent_id = had[0].agent_id
    known = await store.pin_of(session, case_id, now)
    if known is None or (known.agent_id, known.reason, known.until) != (agent_id, reason, until):
        cases = (await store.with_their_centers(session, [case_id])).get(case_id, [case_id])
        await store.end_pins(session, cases, by, now)
        pairs = [(case, agent_id) for case in cases]
        await store.add_pins(session, pairs, reason, until, by, now)
        known = await store.pin_of(session, case_id, now)
    assert known is not None
    return known


async def unpin_case(session: Session, case_id: UUID, by: UUID, now: datetime) -> None:
    """Let allocations move a case again; nothing happens when it is not pinned.

    Raises `CaseNotFound`.
    """
    if not await store.case_exists(session, case_id):
        raise CaseNotFound(str(case_id))
    cases = (await store.with_their_centers(session, [case_id])).get(case_id, [case_id])
    await store.end_pins(session, cases, by, now)


async def cancel_planned(session: Session, move_id: UUID, now: datetime) -> None:
    """Have a planned move not happen. Raises `NoSuchPlannedMove` when it is settled."""
    if not await store.settle(session, [move_id], "cancelled", now):
        raise NoSuchPlannedMove(str(move_id))
