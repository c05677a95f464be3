"""Bring a branch's day back from the archive."""

from datetime import datetime
from pathlib import Path

from data.session import EVERYTHING, Database
from tracking.retention import archive_file, store
from tracking.retention.errors import ArchiveDamaged
from tracking.retention.store import Archived
from tracking.store import ensure_partition


async def bring_back(
    database: Database,
    folder: Path,
    archived: Archived,
    *,
    now: datetime | None = None,
    keep_until: datetime | None = None,
) -> int:
    """Store a file's pings again as they were, or none; how many were not there.

    With `keep_until` (and `now`), retention leaves them alone until then. Raises `ArchiveMissing`
    or `ArchiveDamaged`.
    """
    file = folder / archived.path
    await archive_file.check(file, archived.sha256)
    # By itself: nobody should wait for a partition until all pings are in it.
    async with database.transaction(EVERYTHING) as session:
        await ensure_partition(session, archived.day)
    async with database.transaction(EVERYTHING) as session:
        came, added = await store.take_back(session, archive_file.read(file))
        if came != archived.pings:
            raise ArchiveDamaged(str(file), f"it holds {came:,} pings, not {archived.pings:,}")
        await store.note_dropped(session, archived.day, [archived.branch_id], None)
        if keep_until and now:
            await store.hold(session, archived.day, archived.branch_id, keep_until, now)
    return added
