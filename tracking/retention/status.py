"""What there is of each day: in the database, in the archive, restored for a while."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from data.session import Session
from tracking.retention import store
from tracking.retention.due import Keeping
from tracking.retention.retain import keepings
from tracking.retention.store import Archived, Partition


@dataclass(frozen=True, slots=True)
class DayStatus:
    """A day's partition (None: there is none), its files, and who keeps it until when."""

    day: date
    partition: Partition | None
    archived: Sequence[Archived]
    held: Mapping[UUID, datetime]


@dataclass(frozen=True, slots=True)
class Status:
    """All days of which there is anything, the oldest first, and how long each branch keeps."""

    days: Sequence[DayStatus]
    branches: Sequence[Keeping]


async def status(session: Session, now: datetime) -> Status:
    """What there is of each day, and by which rules it goes."""
    partitions = {p.day: p for p in await store.partitions(session)}
    archives: dict[date, list[Archived]] = {}
    for one in await store.archives(session, date.min, date.max):
        archives.setdefault(one.day, []).append(one)
    held = await store.held(session, now)
    days = sorted(partitions.keys() | archives.keys())
    return Status(
        [
            DayStatus(day, partitions.get(day), archives.get(day, []), held.get(day, {}))
            for day in days
        ],
        await keepings(session),
    )
