"""Say what comes next on a case."""

from datetime import datetime
from uuid import UUID

from collection.errors import CaseNotFound
from collection.field_notes import store as notes
from collection.field_notes.disposition import NextAction, check_next_action
from collection.field_notes.next_actions import store
from core.clock import local_day
from core.errors import InvalidField
from core.said import say
from data.session import Session


async def set_next_action(
    session: Session, case_id: UUID, action: NextAction, by: UUID, now: datetime
) -> NextAction:
    """Say what comes next on an open case, in place of what was to come.

    Raises `CaseNotFound` or `InvalidField`.
    """
    case = await notes.lock_case(session, case_id)
    if case is None:
        raise CaseNotFound(str(case_id))
    if not case.is_open:
        raise InvalidField("case_id", say("an open case: nothing comes next on one that is closed"))
    check_next_action(action, local_day(now, case.zone), "due_on")
    await put_next_action(session, case.branch_id, case_id, action, by, now)
    return action


async def put_next_action(
    session: Session,
    branch_id: UUID,
    case_id: UUID,
    action: NextAction,
    by: UUID,
    at: datetime,
    *,
    disposition_id: UUID | None = None,
) -> None:
    """Keep what comes next; what was decided later, though it came in before, stays what holds."""
    is_late = await store.is_decided_after(session, case_id, at)
    if not is_late:
        await store.replace_open(session, case_id, at)
    await store.add(session, branch_id, case_id, action, by, at, disposition_id, is_late=is_late)
