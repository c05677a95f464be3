"""Deal with an entry of quarantine: take it in after all, or let it go."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.said import say
from data.session import Session
from tracking.ingest import PingWriter
from tracking.parcel import DROPPED, STORED, Parcel
from tracking.quarantine import store
from tracking.quarantine.entry import Entry, packed, read
from tracking.quarantine.errors import AlreadyResolved, EntryNotFound, StillUnusable
from tracking.store import device_by_id

REPLAYED = "replayed"
DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Resolved:
    """How an entry ended. The figures are of a replay: as for a message that comes in."""

    id: UUID
    resolution: str
    resolved_at: datetime
    stored: int = 0
    quarantined: int = 0
    dropped: int = 0


async def replay(
    session: Session, writer: PingWriter, staff_id: UUID, entry_id: UUID, now: datetime
) -> Resolved:
    """Decode an entry with today's decoder and take its pings in, as of when it came.

    Parts that still cannot be used become entries of their own. Raises `EntryNotFound`,
    `AlreadyResolved`, `StillUnusable` when there is nothing to take in, or `PingsNotStored`.
    """
    # 1. Of two who replay it at once, one waits here and then finds it resolved.
    entry = await open_entry(session, entry_id)
    if entry.line.device_id is None:
        raise StillUnusable(str(entry_id), say("Nobody knows which device it is from"))
    # 2. Sort it by who carried the device then.
    pings = read(entry).pings
    since = min([entry.line.received_at, *(ping.captured_at for ping in pings)])
    device = await device_by_id(session, entry.line.device_id, since)
    parcel = packed(entry, device)
    if parcel.answers and STORED not in parcel.answers:
        raise StillUnusable(str(entry_id), _reason(parcel))
    # 3. Store it the way of all pings. They are once each, so a replay that breaks off after this
    #    may be done again.
    await writer.write(parcel)
    taken = [ping for carried in parcel.carried for ping in carried.pings]
    if taken and not await store.stored(session, device.id, taken):
        # The writer has set it aside once more, for what the database refuses nobody can help.
        raise StillUnusable(
            str(entry_id), say("The database refuses it: {reason}", reason=entry.line.reason)
        )
    # 4. Done.
    await store.resolve(session, entry_id, REPLAYED, staff_id, now)
    counts = Counter(answer.status for answer in parcel.answers)
    return Resolved(
        entry_id, REPLAYED, now, counts["stored"], counts["quarantined"], counts["dropped"]
    )


async def dismiss(session: Session, staff_id: UUID, entry_id: UUID, now: datetime) -> Resolved:
    """Let an entry go. Raises `EntryNotFound` or `AlreadyResolved`."""
    await open_entry(session, entry_id)
    await store.resolve(session, entry_id, DISMISSED, staff_id, now)
    return Resolved(entry_id, DISMISSED, now)


async def open_entry(session: Session, entry_id: UUID) -> Entry:
    """An entry that waits, locked. Raises `EntryNotFound` or `AlreadyResolved`."""
    entry = await store.entry(session, entry_id, lock=True)
    if entry is None:
        raise EntryNotFound(str(entry_id))
    line = entry.line
    if line.resolution and line.resolved_at:
        raise AlreadyResolved(str(entry_id), line.resolution, line.resolved_at)
    return entry


def _reason(parcel: Parcel) -> str:
    """Why nothing can be taken in; that nobody carried the device says least, so it comes last."""
    answer = next((answer for answer in parcel.answers if answer != DROPPED), DROPPED)
    return str(answer.reason)
