"""Begin to take in a file in parts."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from core.errors import IdReused
from core.sealing.file_key import FileKey
from data.session import Session
from geofence.attachments.uploads import parts, store
from geofence.attachments.uploads.add_part import add_part
from geofence.attachments.uploads.upload import LASTS, MOST_AT_ONCE, Told, Upload


async def begin_upload(
    session: Session,
    folder: Path,
    owner: tuple[UUID, UUID],
    told: Told,
    first: bytes,
    now: datetime,
) -> tuple[Upload, int]:
    """Note what is to come from an `owner` (a branch and an agent), and take its `first` bytes: the
    upload, and how many bytes have come.

    The same again is the same upload, as far as it has come. Raises `IdReused`, and what `add_part`
    raises.
    """
    branch_id, agent_id = owner
    await store.remove_expired(session, now)
    begun = Upload(told.id, told.size_bytes, told.sha256, FileKey.new(), now, now + LASTS)
    if not await store.add(session, branch_id, agent_id, begun):
        known = await store.upload(session, told.id, now)
        if known is None or (known.size_bytes, known.sha256) != (told.size_bytes, told.sha256):
            raise IdReused("upload", str(told.id))
        begun = known
    await store.keep_newest(session, agent_id, MOST_AT_ONCE)
    offset_bytes = await parts.offset_of(folder, begun.key)
    if first and not offset_bytes:
        begun, offset_bytes = await add_part(session, folder, told.id, 0, first, now)
    return begun, offset_bytes
