"""Take in a document of a proceeding, from the desk."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from collection.legal.errors import LegalCaseNotFound
from collection.legal.legal_case import DocumentKind, check_past
from collection.legal.store import locked
from core.clock import local_day
from core.errors import IdReused
from data.session import Session
from geofence.attachments import files
from geofence.attachments.attachment import FileKind, clean
from geofence.attachments.legal_documents import store
from geofence.attachments.legal_documents.legal_document import LegalDocument


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What the desk sends: a paper of a proceeding, with what it is and the day that it bears."""

    id: UUID
    legal_case_id: UUID
    kind: DocumentKind
    title: str
    dated_on: date | None
    content: bytes

    def body_hash(self) -> bytes:
        """SHA-256 of all of it but the id."""
        about = (self.legal_case_id, self.kind.value, self.title, self.dated_on)
        return hashlib.sha256(f"{about}\n".encode() + self.content).digest()


async def keep_legal_document(
    session: Session, folder: Path, new: NewDocument, by: UUID, now: datetime
) -> None:
    """Keep it, also once the proceeding is closed: orders come late. The same again changes
    nothing. Whether there is malware in it was looked at before.

    Raises `LegalCaseNotFound`, `IdReused`, `InvalidField`, `FileNotUsable` or `FileNotKept`.
    """
    proceeding = await locked(session, new.legal_case_id)
    if proceeding is None:
        raise LegalCaseNotFound(str(new.legal_case_id))
    body_hash = await asyncio.to_thread(new.body_hash)
    if known := await store.legal_document(session, new.id):
        _check_same(known, body_hash)
        return
    check_past("dated_on", new.dated_on, local_day(now, proceeding.zone))
    cleaned = await asyncio.to_thread(clean, FileKind.DOCUMENT, new.content)
    # The file first: a row never speaks of one that is not there.
    stored = await files.keep(folder, cleaned.content)
    taken = LegalDocument(
        new.id, new.legal_case_id, new.kind, new.title, new.dated_on, cleaned.media_type,
        len(cleaned.content), stored, now, by, body_hash,
    )  # fmt: skip
    if not await store.add(session, taken):
        await files.discard(folder, stored)
        raise IdReused("legal document", str(new.id))


def _check_same(known: LegalDocument, body_hash: bytes) -> None:
    if known.body_hash != body_hash:
        raise IdReused("legal document", str(known.id))
