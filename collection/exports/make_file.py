"""Make the files that are due: what waits for a target, numbered without a gap."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.exports import store
from collection.exports.errors import ExportTargetNotFound
from collection.exports.file import ControlTotal, write_file
from collection.exports.record import RECORDS, Record
from collection.exports.waiting.store import waiting
from core.ids import new_id
from data.session import EVERYTHING, Database, Session

MOST_RECORDS = 20_000
"""In one file; what waits beyond it goes into the next."""


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that was just made."""

    id: UUID
    target: str
    number: int
    name: str
    records: int
    totals: tuple[ControlTotal, ...]


async def make_file(
    session: Session, target_id: UUID, now: datetime, most: int = MOST_RECORDS
) -> MadeFile | None:
    """Put what waits for a target into its next file; None when nothing waits, or it is closed.

    Records are claimed, the file written and its number counted in one transaction: after a crash
    there is all of it or nothing. Two at once wait for each other, and the second finds what the
    first left. Raises `ExportTargetNotFound`.
    """
    # 1. One at a time.
    known = await store.target(session, target_id, lock=True)
    if known is None:
        raise ExportTargetNotFound(str(target_id))
    target, branch_id = known
    if target.closed_at is not None:
        return None
    # 2. What waits; what undoes something stands behind it.
    records: list[Record] = []
    for kind in RECORDS[target.kind]:
        taken = [record.id for record in records]
        room = most - len(records)
        records += await waiting(session, target, branch_id, kind, taken, room)
    if not records:
        return None
    # 3. The file, with the claim of each of its records.
    file_id = new_id()
    written = write_file(target, target.next_number, records, now)
    await store.add_file(
        session, file_id, target.id, branch_id, target.next_number, written, records, now
    )
    return MadeFile(
        file_id, target.code, target.next_number, written.name, len(records), written.totals
    )


async def make_all_files(database: Database, now: datetime) -> list[MadeFile]:
    """Make the files of all open targets until nothing waits, each in a transaction of its own."""
    async with database.transaction(EVERYTHING, read_only=True) as session:
        targets = [view.target for view in await store.targets(session)]
    made = []
    for target in targets:
        more = True
        while more:
            async with database.transaction(EVERYTHING) as session:
                file = await make_file(session, target.id, now)
            made += [file] if file else []
            more = file is not None and file.records >= MOST_RECORDS
    return made
