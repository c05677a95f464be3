"""Write a branch's pings of a day to the archive, so that they may leave the database."""

from datetime import datetime
from pathlib import Path

from data.session import EVERYTHING, Database
from tracking.retention import archive_file, store
from tracking.retention.bring_back import bring_back
from tracking.retention.due import DayPlan, Leaving
from tracking.retention.store import Archived


async def archive(
    database: Database, folder: Path, plan: DayPlan, leaving: Leaving, now: datetime
) -> int:
    """How many pings of a branch's day its file holds: all that the database held a moment ago.

    Breaking off at any point loses nothing, and doing it again does nothing twice. Raises
    `NotArchived`, or `ArchiveMissing` or `ArchiveDamaged` for a former file that is needed.
    """
    day, branch, pings = plan.day, leaving.branch, leaving.pings
    async with database.transaction(EVERYTHING, read_only=True) as session:
        former = await store.archive_of(session, day, branch.branch_id)
    # 1. Late pings of a day that had left: bring the others back, so that one file holds all.
    if former and former.dropped_at:
        pings += await bring_back(database, folder, former)
    # 2. What the file holds already need not be written again; beside it none counts.
    path = archive_file.path_for(day, branch.code, former.path if former else None)
    if (
        former
        and former.pings == pings
        and await archive_file.is_whole(folder / former.path, former.sha256)
    ):
        await archive_file.remove(folder / path)
        return pings
    # 3. Write a new file beside the former one, which counts until the new one is registered.
    async with database.transaction(EVERYTHING) as session:
        texts = store.ping_texts(session, day, branch.branch_id)
        written = await archive_file.write(folder / path, texts)
    archived = Archived(day, branch.branch_id, path, written.sha256, written.pings, now, None)
    async with database.transaction(EVERYTHING) as session:
        await store.register(session, archived)
    if former:
        await archive_file.remove(folder / former.path)
    return written.pings
