"""SQL of uploads."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from core.sealing.file_key import FileKey
from data.sealed import opened
from data.session import Session, rows, run
from data.tables.evidence import Upload as Row
from geofence.attachments.uploads.upload import Upload


def _upload(r: Any) -> Upload:
    key = FileKey.read(opened(r.file_key) or "")
    return Upload(r.id, r.size_bytes, bytes(r.sha256), key, r.began_at, r.expires_at)


async def upload(
    session: Session, upload_id: UUID, now: datetime, *, lock: bool = False
) -> Upload | None:
    """An upload in scope that has not expired; with `lock` one goes on with it at a time."""
    wanted = "SELECT * FROM upload WHERE id = :id AND expires_at > :now"
    locked = f"{wanted} FOR NO KEY UPDATE"
    found = await rows(session, locked if lock else wanted, id=upload_id, now=now)
    return _upload(found[0]) if found else None


async def add(session: Session, branch_id: UUID, agent_id: UUID, begun: Upload) -> bool:
    """Store an upload. False when its id is taken, by whomever."""
    added = await session.execute(
        insert(Row)
        .values(
            id=begun.id,
            branch_id=branch_id,
            agent_id=agent_id,
            size_bytes=begun.size_bytes,
            sha256=begun.sha256,
            file_key=begun.key.text,
            began_at=begun.began_at,
            expires_at=begun.expires_at,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(Row.id)
    )
    return added.scalar_one_or_none() is not None


async def keep_newest(session: Session, agent_id: UUID, most: int) -> None:
    """Forget an agent's oldest uploads, beyond so many."""
    await run(
        session,
        """
        DELETE FROM upload WHERE id IN (
            SELECT id FROM upload WHERE agent_id = :agent
            ORDER BY began_at DESC, id DESC OFFSET :most
        )
        """,
        agent=agent_id,
        most=most,
    )


async def expire_by(session: Session, upload_id: UUID, at: datetime) -> None:
    """Have an upload expire at a time, where it would not do so before."""
    await run(
        session,
        "UPDATE upload SET expires_at = least(expires_at, :at) WHERE id = :id",
        id=upload_id,
        at=at,
    )


async def remove_expired(session: Session, now: datetime) -> None:
    """Forget the uploads in scope that have expired."""
    await run(session, "DELETE FROM upload WHERE expires_at <= :now", now=now)


async def keys(session: Session) -> Sequence[FileKey]:
    """The keys of all uploads in scope."""
    found = await rows(session, "SELECT file_key FROM upload")
    return [FileKey.read(opened(r.file_key) or "") for r in found]
