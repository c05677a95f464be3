"""Take in the next part of a file."""

import hashlib
from datetime import datetime
from pathlib import Path
from uuid import UUID

from core.errors import InvalidField
from data.session import Session
from geofence.attachments.uploads import parts, store
from geofence.attachments.uploads.errors import OffsetDiffers, UploadDamaged, UploadNotFound
from geofence.attachments.uploads.upload import Upload


async def add_part(
    session: Session, folder: Path, upload_id: UUID, at_bytes: int, content: bytes, now: datetime
) -> tuple[Upload, int]:
    """Take the bytes that come at `at_bytes`: the upload, and how many have come. On disk when this
    returns, whatever becomes of the transaction, which only lets one at a time do so.

    Raises `UploadNotFound`, `OffsetDiffers`, `InvalidField`, `FileNotKept`, and `UploadDamaged`
    where all has come and is another file.
    """
    upload = await store.upload(session, upload_id, now, lock=True)
    if upload is None:
        raise UploadNotFound(str(upload_id))
    offset_bytes = await parts.offset_of(folder, upload.key)
    if at_bytes != offset_bytes:
        raise OffsetDiffers(str(upload_id), offset_bytes)
    left = upload.size_bytes - offset_bytes
    if len(content) > left:
        raise InvalidField("body", f"at most {left:,} bytes, which are still to come")
    if content:
        await parts.keep_part(folder, upload.key, offset_bytes, content)
    if content and len(content) == left:
        come = await parts.whole(folder, upload.key)
        if come is None or hashlib.sha256(come).digest() != upload.sha256:
            await parts.forget(folder, upload.key)
            raise UploadDamaged(str(upload_id))
    return upload, offset_bytes + len(content)
