"""Work on a root cause: something is done about it, then it is closed."""

from datetime import datetime
from uuid import UUID

from collection.field_notes.causes import store
from collection.field_notes.causes.cause import State
from collection.field_notes.errors import CauseElsewhere, CauseNotFound
from data.session import Session


async def act_on_cause(
    session: Session, cause_id: UUID, words: str, by: UUID, now: datetime
) -> None:
    """Say what is done about an open cause. Raises `CauseNotFound` or `CauseElsewhere`."""
    await _step(session, cause_id, State.OPEN)
    await store.set_action(session, cause_id, words, by, now)


async def close_cause(
    session: Session, cause_id: UUID, words: str, by: UUID, now: datetime
) -> None:
    """Say what came of it. Raises `CauseNotFound` or `CauseElsewhere`."""
    await _step(session, cause_id, State.IN_ACTION)
    await store.set_closed(session, cause_id, words, by, now)


async def _step(session: Session, cause_id: UUID, expected: State) -> None:
    state = await store.lock_state(session, cause_id)
    if state is None:
        raise CauseNotFound(str(cause_id))
    if state is not expected:
        raise CauseElsewhere(str(cause_id), state.value)
