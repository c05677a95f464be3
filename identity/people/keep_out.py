"""Keep a person out for a time, and let them in again."""

from datetime import datetime
from uuid import UUID

from data.session import Session
from identity.bearers.store import end_sessions
from identity.errors import OwnAccount, PersonNotFound
from identity.openings.store import is_a_hand
from identity.people import store


async def suspend(session: Session, staff_id: UUID, by: UUID, now: datetime) -> datetime:
    """End a person's sign-ins and open no new ones, by whatever means: since when.

    What they have stays theirs: cases, cash, the phone. The same again changes nothing. Raises
    `PersonNotFound` or `OwnAccount`.
    """
    if staff_id == by:
        raise OwnAccount
    since = await store.suspend(session, staff_id, now)
    if since is None:
        raise PersonNotFound(str(staff_id))
    await end_sessions(session, staff_id, now)
    return since


async def let_in(session: Session, staff_id: UUID, by: UUID) -> None:
    """Let a person sign in again who was suspended, or locked out by wrong passwords.

    The same again changes nothing. Raises `PersonNotFound` or `OwnAccount`: nobody does it for
    themselves, through an account that they have opened neither.
    """
    if await is_a_hand(session, staff_id, of=by):
        raise OwnAccount
    if not await store.let_in(session, staff_id):
        raise PersonNotFound(str(staff_id))
