"""Correct what a message should have said, so that it can be taken in; what came is kept."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.errors import InvalidField
from core.ids import new_id
from core.said import say
from data.session import Session
from tracking.quarantine import store
from tracking.quarantine.entry import Entry
from tracking.quarantine.resolve import open_entry

MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Correction:
    """The bytes that an entry should have had, and why."""

    body: bytes
    reason: str


async def edit(
    session: Session, staff_id: UUID, entry_id: UUID, correction: Correction, now: datetime
) -> Entry:
    """The entry with the corrected bytes, which are what is read from now on; it still has to be
    replayed. Raises `EntryNotFound`, `AlreadyResolved`, or `InvalidField` for what is no change."""
    entry = await open_entry(session, entry_id)
    if not 0 < len(correction.body) <= MOST_BYTES:
        raise InvalidField("text", say("1 to {most:,} bytes", most=MOST_BYTES))
    if correction.body == entry.body:
        raise InvalidField("text", say("something else than what stands there"))
    await store.add_edit(
        session, new_id(), entry.line, correction.body, correction.reason, staff_id, now
    )
    edited = await store.entry(session, entry_id)
    assert edited is not None
    return edited
