"""Take what has come in parts as the contents of a file."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from data.session import Session
from geofence.attachments.uploads import parts, store
from geofence.attachments.uploads.errors import UploadDamaged, UploadIncomplete, UploadNotFound
from geofence.attachments.uploads.upload import LASTS_ON


async def take_upload(session: Session, folder: Path, upload_id: UUID, now: datetime) -> bytes:
    """The contents of an upload of one's own, which expires soon afterwards.

    Raises `UploadNotFound`, `UploadIncomplete`, or `UploadDamaged` where a part is.
    """
    upload = await store.upload(session, upload_id, now)
    if upload is None:
        raise UploadNotFound(str(upload_id))
    content = await parts.whole(folder, upload.key)
    if content is None:
        await parts.forget(folder, upload.key)
        raise UploadDamaged(str(upload_id))
    if len(content) < upload.size_bytes:
        raise UploadIncomplete(str(upload_id), len(content), upload.size_bytes)
    await store.expire_by(session, upload_id, now + LASTS_ON)
    return content
