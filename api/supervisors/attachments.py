"""The files that agents have sent in."""

from uuid import UUID

from fastapi import Response

from api.deps import Evidence, Read
from api.routing import Router
from api.saved_file import saved_file
from core.settings import settings
from geofence.attachments import store
from geofence.attachments.errors import AttachmentNotFound
from geofence.attachments.files import fetch
from geofence.attachments.scans.store import check_scanned

router = Router(prefix="/v1", tags=["supervisors: attachments"])


@router.get("/attachments/{id}")
async def get_attachment(
    id: UUID,  # noqa: A002
    caller: Evidence,
    session: Read,
) -> Response:
    """A photo, a signature or a document, to save. One that waits for the malware scanner, or has
    malware in it, nobody opens."""
    found = await store.attachment(session, id)
    if found is None:
        raise AttachmentNotFound(str(id))
    attachment, _ = found
    await check_scanned(session, id)
    content = await fetch(settings().attachment_dir, attachment.stored, id)
    return saved_file(content, attachment.media_type, attachment.file_name)
