"""SQL of attachments."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from data.sealed import opened, sealed
from data.session import Session, rows
from data.tables.evidence import Attachment as Row
from geofence.attachments.attachment import Attachment, FileKind, Form
from geofence.attachments.stored import Stored

TABLES = ("attachment", "deposit_slip", "legal_document")
"""The tables whose rows speak of files."""


def _attachment(row: Row) -> Attachment:
    form = Form(row.form_number, row.form_date) if row.form_number and row.form_date else None
    return Attachment(
        row.id, FileKind(row.kind), row.case_id, row.check_in_id, row.device_time,
        row.server_time, row.media_type, row.size_bytes, row.original_sha256,
        Stored.of(row.stored_sha256, row.file_key), row.exif, form,
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
            stored_sha256=taken.stored.sha256,
            file_key=taken.stored.key.text if taken.stored.key else None,
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


async def stored_files(session: Session, attachment_ids: Sequence[UUID]) -> Mapping[UUID, Stored]:
    """Where the files of these attachments and documents of proceedings lie, of those in scope."""
    found = await rows(
        session,
        " UNION ALL ".join(
            f"SELECT id, stored_sha256, file_key FROM {table}"  # noqa: S608
            " WHERE id = ANY (CAST(:ids AS uuid[]))"
            for table in ("attachment", "legal_document")
        ),
        ids=list(attachment_ids),
    )
    return {r.id: Stored.of(r.stored_sha256, opened(r.file_key)) for r in found}


async def files_behind(
    session: Session, table: str, after: UUID, limit: int
) -> Sequence[tuple[UUID, Stored]]:
    """Where files lie that rows of one of `TABLES` in scope speak of, behind an id."""
    found = await rows(
        session,
        f"SELECT id, stored_sha256, file_key FROM {table} WHERE id > :after"  # noqa: S608
        " ORDER BY id LIMIT :limit",
        after=after,
        limit=limit,
    )
    return [(r.id, Stored.of(r.stored_sha256, opened(r.file_key))) for r in found]


async def in_the_clear(
    session: Session, table: str, after: UUID, limit: int
) -> Sequence[tuple[UUID, Stored]]:
    """Likewise those that are in the clear, for one sealing at a time."""
    found = await rows(
        session,
        f"SELECT id, stored_sha256 FROM {table} WHERE id > :after AND file_key IS NULL"  # noqa: S608
        " ORDER BY id LIMIT :limit FOR NO KEY UPDATE",
        after=after,
        limit=limit,
    )
    return [(r.id, Stored.of(r.stored_sha256, None)) for r in found]


async def note_sealed(session: Session, table: str, stored: Mapping[UUID, Stored]) -> None:
    """Say where files lie that were in the clear before."""
    await rows(
        session,
        f"UPDATE {table} t SET file_key = n.key"  # noqa: S608
        " FROM unnest(CAST(:ids AS uuid[]), CAST(:keys AS bytea[])) AS n (id, key)"
        " WHERE t.id = n.id RETURNING 1",
        ids=list(stored),
        keys=[sealed(each.key.text if each.key else None) for each in stored.values()],
    )


async def clear_names(session: Session) -> set[str]:
    """The names of all files that are in the clear."""
    parts = " UNION ".join(
        f"SELECT stored_sha256 FROM {table} WHERE file_key IS NULL"  # noqa: S608
        for table in TABLES
    )
    return {bytes(r.stored_sha256).hex() for r in await rows(session, parts)}
