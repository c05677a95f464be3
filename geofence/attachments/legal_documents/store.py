"""SQL of the documents of proceedings."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from collection.legal.legal_case import DocumentKind
from data.session import Session
from data.tables.legal import LegalDocument as Row
from geofence.attachments.legal_documents.legal_document import LegalDocument
from geofence.attachments.stored import Stored


async def legal_document(session: Session, document_id: UUID) -> LegalDocument | None:
    """A document in scope."""
    r = await session.scalar(select(Row).where(Row.id == document_id))
    if r is None:
        return None
    return LegalDocument(
        r.id, r.legal_case_id, DocumentKind(r.kind), r.title, r.dated_on, r.media_type,
        r.size_bytes, Stored.of(r.stored_sha256, r.file_key), r.kept_at, r.kept_by, r.body_hash,
    )  # fmt: skip


async def add(session: Session, taken: LegalDocument) -> bool:
    """Store a document. False when its id is taken, by whomever."""
    assert taken.stored.key is not None, "files are sealed as they are kept"
    added = await session.execute(
        insert(Row)
        .values(
            id=taken.id, legal_case_id=taken.legal_case_id, kind=taken.kind.value,
            title=taken.title, dated_on=taken.dated_on, media_type=taken.media_type,
            size_bytes=taken.size_bytes, stored_sha256=taken.stored.sha256,
            file_key=taken.stored.key.text, kept_at=taken.kept_at, kept_by=taken.kept_by,
            body_hash=taken.body_hash,
        )
        .on_conflict_do_nothing()
        .returning(Row.id)
    )  # fmt: skip
    return added.scalar_one_or_none() is not None
