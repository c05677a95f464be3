"""Look through the files of attachments: whether each is there as it was stored."""

from pathlib import Path
from uuid import UUID

from data.session import Session
from geofence.attachments import files, store
from geofence.attachments.errors import FileLost

AT_ONCE = 500


async def look_through(session: Session, folder: Path) -> tuple[int, list[FileLost]]:
    """How many attachments have their file, and those that have not."""
    whole, lost, after = 0, [], UUID(int=0)
    while found := await store.stored_files(session, after, AT_ONCE):
        for row in found:
            try:
                await files.fetch(folder, bytes(row.stored_sha256), row.id)
                whole += 1
            except FileLost as error:
                lost.append(error)
        after = found[-1].id
    return whole, lost
