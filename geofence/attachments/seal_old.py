"""Seal the files that have lain in the clear since before files were sealed."""

import asyncio
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

from data.session import EVERYTHING, Database
from geofence.attachments import files, store
from geofence.attachments.errors import FileLost
from geofence.attachments.stored import Stored

AT_ONCE = 32
_CLEAR = re.compile(r"[0-9a-f]{64}")
"""The name of a file in the clear."""

Told = Callable[[str, int], None]
"""Hears what is being sealed, and how many files have been so far."""


async def seal_old(database: Database, folder: Path, told: Told) -> int:
    """Seal each file in the clear and remove it: how many were sealed.

    A file that is lost or damaged is left to `verify-evidence` to tell of. Broken off, it goes on
    the next time. Raises `FileNotKept`.
    """
    total = 0
    for table in store.TABLES:
        after: UUID | None = UUID(int=0)
        while after is not None:
            count, after = await _some(database, folder, table, after)
            total += count
            told(f"{table} files", total)
    async with database.transaction(EVERYTHING, read_only=True) as session:
        wanted = await store.clear_names(session)
    await asyncio.to_thread(_remove_clear, folder, wanted)
    return total


async def _some(
    database: Database, folder: Path, table: str, after: UUID
) -> tuple[int, UUID | None]:
    """Seal some behind an id: how many were, and the last that was looked at."""
    async with database.transaction(EVERYTHING) as session:
        found = await store.in_the_clear(session, table, after, AT_ONCE)
        sealed = await _sealed(folder, found)
        await store.note_sealed(session, table, sealed)
    return len(sealed), found[-1][0] if found else None


async def _sealed(folder: Path, found: Sequence[tuple[UUID, Stored]]) -> dict[UUID, Stored]:
    async def anew(id_: UUID, old: Stored) -> Stored | None:
        try:
            content = await files.fetch(folder, old, id_)
        except FileLost:
            return None
        return await files.keep(folder, content)

    each = await asyncio.gather(*(anew(id_, old) for id_, old in found))
    return {id_: new for (id_, _), new in zip(found, each, strict=True) if new}


def _remove_clear(folder: Path, wanted: set[str]) -> None:
    for path in folder.glob("??/*"):
        if _CLEAR.fullmatch(path.name) and path.name not in wanted:
            path.unlink(missing_ok=True)
