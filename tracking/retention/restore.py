"""Restore archived days, for a while."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from data.session import EVERYTHING, Database
from tracking.retention import archive_file, store
from tracking.retention.alone import alone
from tracking.retention.bring_back import bring_back
from tracking.retention.errors import NothingArchived
from tracking.retention.store import Archived

Told = Callable[[str, float], None]
"""Told what is being done, and which share is done."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A branch's day that is back until then, and how many of its pings were not there."""

    archived: Archived
    added: int
    keep_until: datetime


async def restore(
    database: Database,
    folder: Path,
    since: date,
    until: date,
    keep_until: datetime,
    now: datetime,
    *,
    branch_id: UUID | None = None,
    told: Told = lambda _what, _share: None,
) -> Sequence[Restored]:
    """Bring the pings of these UTC days (both included) back as they were; twice is once.

    Retention leaves them alone until `keep_until`. Raises `NothingArchived`, `RetentionRuns`, or
    `ArchiveMissing` or `ArchiveDamaged` before anything is restored.
    """
    async with alone(database):
        # 1. What there is to restore.
        async with database.transaction(EVERYTHING, read_only=True) as session:
            found = await store.archives(session, since, until)
        wanted = [a for a in found if branch_id in (None, a.branch_id)]
        if not wanted:
            raise NothingArchived(str(since), str(until))
        # 2. All files, before the first ping.
        for number, archived in enumerate(wanted):
            told(f"Checking {archived.path}", 0.2 * number / len(wanted))
            await archive_file.check(folder / archived.path, archived.sha256)
        # 3. A branch's day comes back as a whole, together with how long it stays.
        restored = []
        for number, archived in enumerate(wanted):
            told(f"Restoring {archived.path}", 0.2 + 0.8 * number / len(wanted))
            added = await bring_back(database, folder, archived, now=now, keep_until=keep_until)
            restored.append(Restored(archived, added, keep_until))
        return restored
