"""Clear away uploads that nobody goes on with."""

from datetime import datetime
from pathlib import Path

from data.session import Session
from geofence.attachments.uploads import parts, store


async def clear_uploads(session: Session, folder: Path, now: datetime) -> int:
    """Forget what has expired, and remove parts that no upload is known of: of how many uploads."""
    await store.remove_expired(session, now)
    known = {key.name for key in await store.keys(session)}
    return await parts.sweep(folder, known)
