"""SQL of attachments."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from data.session import Session, rows
from data.tables.evidence import Attachment as Row
from geofence.attachments.attachment import Attachment, FileKind, Form


def _attachment(row: Row) -> Attachment:
    form = Form(row.form_number, row.form_date) if row.form_number and row.form_date else None
    return Attachment(
        row.id, FileKind(row.kind), row.case_id, row.check_in_id, row.device_time,
        row.server_time, row.media_type, row.size_bytes, row.original_sha256, row.stored_sha256,
        row.exif, form,
    )  # fmt: skip


async def attachment(session: Session, attachment_id: UUID) -> tuple[Attachment, bytes] | None:
    """An attachment in scope, and the hash of the body that made it."""
    row = await session.scalar(select(Row).where(Row.id == attachment_id))
    return (_attachment(row), row.body_hash) if row else None


async def add(
    session: Session, branch_id: UUID, agent_id: UUID, taken: Attachment, body_hash: bytes
) -> bool:
    """Store an attachment. False when its id is taken, by whomever."""
    added = await session.execute(
        insert(Row)
        .values(
            id=taken.id,
            branch_id=branch_id,
            agent_id=agent_id,
            case_id=taken.case_id,
            check_in_id=taken.check_in_id,
            kind=taken.kind.value,
            form_number=taken.form.number if taken.form else None,
            form_date=taken.form.date if taken.form else None,
            media_type=taken.media_type,
            size_bytes=taken.size_bytes,
            original_sha256=taken.original_sha256,
            stored_sha256=taken.stored_sha256,
            exif=dict(taken.exif),
            device_time=taken.device_time,
            server_time=taken.server_time,
            body_hash=body_hash,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(Row.id)
    )
    return added.scalar_one_or_none() is not None


async def case_branch(session: Session, case_id: UUID) -> UUID | None:
    """The branch of a case in scope."""
    found = await rows(session, "SELECT branch_id FROM case_file WHERE id = :case", case=case_id)
    return found[0].branch_id if found else None


async def stored_files(session: Session, after: UUID, limit: int) -> Sequence[Any]:
    """`id` and `stored_sha256` of attachments in scope behind an id."""
    return await rows(
        session,
        "SELECT id, stored_sha256 FROM attachment WHERE id > :after ORDER BY id LIMIT :limit",
        after=after,
        limit=limit,
    )
