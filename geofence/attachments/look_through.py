"""Look through the files of attachments and slips: whether each is there as it was stored."""

from pathlib import Path
from uuid import UUID

from data.session import Session
from geofence.attachments import files, store
from geofence.attachments.errors import FileLost

AT_ONCE = 500


async def look_through(session: Session, folder: Path) -> tuple[int, list[FileLost]]:
    """How many have their file, and those that have not."""
    whole, lost = 0, []
    for table in store.TABLES:
        after = UUID(int=0)
        while found := await store.files_behind(session, table, after, AT_ONCE):
            for id_, stored in found:
                try:
                    await files.fetch(folder, stored, id_)
                    whole += 1
                except FileLost as error:
                    lost.append(error)
            after = found[-1][0]
    return whole, lost
