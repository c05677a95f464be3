"""SQL of files that are looked through: a row where a file must be, before it is opened."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from data.queue import enqueue
from data.sealed import opened
from data.session import Session, rows, run
from geofence.attachments.scans.errors import FileNotScanned, FileQuarantined
from geofence.attachments.stored import Stored


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that waits, and whose it is."""

    id: UUID
    branch_id: UUID
    agent_id: UUID
    case_id: UUID | None
    stored: Stored


async def ask_scan(
    session: Session, file_id: UUID, branch_id: UUID, agent_id: UUID, now: datetime
) -> None:
    """Have a file be opened by nobody before it was looked through."""
    await run(
        session,
        "INSERT INTO file_scan (file_id, branch_id, agent_id, asked_at)"
        " VALUES (:id, :branch, :agent, :now)",
        id=file_id,
        branch=branch_id,
        agent=agent_id,
        now=now,
    )
    await enqueue(session, "files.scan", once="files.scan")


async def check_scanned(session: Session, file_id: UUID) -> None:
    """Raises `FileNotScanned` or `FileQuarantined` where a file in scope is not to be opened."""
    held = await held_back(session, [file_id])
    if file_id in held:
        found = held[file_id]
        if found is None:
            raise FileNotScanned(str(file_id))
        raise FileQuarantined(str(file_id), found)


async def held_back(session: Session, file_ids: Collection[UUID]) -> dict[UUID, str | None]:
    """Those files that are not to be opened, with what was found; None of one that waits."""
    found = await rows(
        session,
        "SELECT file_id, found FROM file_scan WHERE file_id = ANY (CAST(:ids AS uuid[]))"
        " AND (scanned_at IS NULL OR found IS NOT NULL)",
        ids=list(file_ids),
    )
    return {r.file_id: r.found for r in found}


async def waiting(session: Session, passed_over: Collection[UUID], limit: int) -> Sequence[Waiting]:
    """Files that wait but these, the oldest first, for one worker at a time."""
    found = await rows(
        session,
        """
        SELECT w.file_id, w.branch_id, w.agent_id, a.case_id,
               coalesce(a.stored_sha256, d.stored_sha256) AS sha256,
               coalesce(a.file_key, d.file_key) AS key
        FROM file_scan w LEFT JOIN attachment a ON a.id = w.file_id
        LEFT JOIN deposit_slip d ON d.id = w.file_id
        WHERE w.scanned_at IS NULL AND w.file_id <> ALL (CAST(:passed_over AS uuid[]))
        ORDER BY w.asked_at, w.file_id LIMIT :limit
        FOR NO KEY UPDATE OF w SKIP LOCKED
        """,
        passed_over=list(passed_over),
        limit=limit,
    )
    return [
        Waiting(r.file_id, r.branch_id, r.agent_id, r.case_id, Stored.of(r.sha256, opened(r.key)))
        for r in found
    ]


async def branches_where_files_wait(session: Session) -> Sequence[UUID]:
    """Branches in scope where a file waits."""
    found = await rows(
        session, "SELECT DISTINCT branch_id FROM file_scan WHERE scanned_at IS NULL"
    )  # fmt: skip
    return [r.branch_id for r in found]


async def note_scanned(session: Session, file_id: UUID, found: str | None, now: datetime) -> None:
    """Note what was found in a file, or nothing."""
    await run(
        session,
        "UPDATE file_scan SET scanned_at = :now, found = :found WHERE file_id = :id",
        id=file_id,
        now=now,
        found=found,
    )
