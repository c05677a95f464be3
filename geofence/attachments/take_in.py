"""Take in a photo, a signature or a document from an agent's phone."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from core.device_time import EXPECTED, is_plausible
from core.errors import IdReused
from data.session import Session
from geofence.attachments import files, store
from geofence.attachments.attachment import Attachment, FileKind, Form, clean
from geofence.attachments.scans.store import ask_scan
from geofence.errors import CaseNotFound, CheckInNotFound, TimeNotPlausible
from geofence.store import check_in
from tracking.store import mark_dirty


@dataclass(frozen=True, slots=True)
class AttachmentReport:
    """What the phone sends: a file, taken at a check-in or (`case_id`) at a case."""

    id: UUID
    kind: FileKind
    check_in_id: UUID | None
    case_id: UUID | None
    device_time: datetime
    content: bytes
    form: Form | None = None

    def body_hash(self) -> bytes:
        """SHA-256 of all of it but the id."""
        about: tuple[object, ...] = (
            self.kind, self.check_in_id, self.case_id, self.device_time.timestamp(),
        )  # fmt: skip
        if self.form:
            about = (*about, self.form.number, self.form.date.isoformat())
        return hashlib.sha256(f"{about}\n".encode() + self.content).digest()


async def take_in(
    session: Session,
    folder: Path,
    agent_id: UUID,
    report: AttachmentReport,
    now: datetime,
    *,
    to_scan: bool = False,
) -> Attachment:
    """Keep a file without what the camera wrote into it, and what that said beside it.

    Where files are looked through for malware (`to_scan`), nobody opens it before it was.
    The same report again gets the same answer. Raises `IdReused`, `CheckInNotFound`,
    `CaseNotFound`, `TimeNotPlausible`, `FileNotUsable` or `FileNotKept`.
    """
    # 1. A repeat is answered from what was stored.
    body_hash = await asyncio.to_thread(report.body_hash)
    known = await store.attachment(session, report.id)
    if known:
        return _repeat(report, known, body_hash)
    # 2. Refuse what cannot be true, or used.
    if not is_plausible(report.device_time, now):
        raise TimeNotPlausible("device_time", report.device_time, EXPECTED)
    branch_id, case_id = await _subject(session, report)
    cleaned = await asyncio.to_thread(clean, report.kind, report.content)
    # 3. The file first: a row never speaks of one that is not there.
    stored = await files.keep(folder, cleaned.content)
    taken = Attachment(
        report.id, report.kind, case_id, report.check_in_id, report.device_time, now,
        cleaned.media_type, len(cleaned.content), hashlib.sha256(report.content).digest(),
        stored, cleaned.exif, report.form,
    )  # fmt: skip
    if not await store.add(session, branch_id, agent_id, taken, body_hash):
        await files.discard(folder, stored)
        known = await store.attachment(session, report.id)
        if known is None:
            raise IdReused("attachment", str(report.id))
        return _repeat(report, known, body_hash)
    # 4. Have it looked through, and sealed.
    if to_scan:
        await ask_scan(session, report.id, branch_id, agent_id, now)
    await mark_dirty(session, branch_id, agent_id, report.device_time, now)
    return taken


async def _subject(session: Session, report: AttachmentReport) -> tuple[UUID, UUID]:
    """The branch and the case that a file belongs to."""
    if report.check_in_id:
        arrived = await check_in(session, report.check_in_id)
        if arrived is None:
            raise CheckInNotFound(str(report.check_in_id))
        return arrived.branch_id, arrived.case_id
    branch_id = await store.case_branch(session, report.case_id) if report.case_id else None
    if branch_id is None or report.case_id is None:
        raise CaseNotFound(str(report.case_id))
    return branch_id, report.case_id


def _repeat(
    report: AttachmentReport, known: tuple[Attachment, bytes], body_hash: bytes
) -> Attachment:
    taken, first_hash = known
    if first_hash != body_hash:
        raise IdReused("attachment", str(report.id))
    return taken
