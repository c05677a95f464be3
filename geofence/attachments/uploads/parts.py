"""The parts of uploads on disk: a folder for each upload, a sealed file for each part.

A part is named by the byte that it begins at, so parts tell by themselves how far an upload has
come: whatever was killed in the middle, a part is there whole, or not at all.
"""

import asyncio
import shutil
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from core.sealing.errors import DamagedBox
from core.sealing.file_key import OVERHEAD_BYTES, FileKey
from geofence.attachments.files import path_of, put

INCOMING = "incoming"
"""The folder of parts, in that of attachments."""
UNUSED_S = 3600
"""So long a folder that no upload is known of stays: its upload may be about to be."""


async def offset_of(folder: Path, key: FileKey) -> int:
    """How many bytes have come, without a gap."""
    return await asyncio.to_thread(lambda: sum(size for _, _, size in _chain(folder, key)))


async def keep_part(folder: Path, key: FileKey, at_bytes: int, content: bytes) -> None:
    """Store a part. On disk when this returns. Raises `FileNotKept`."""
    await put(_folder(folder, key) / str(at_bytes), lambda: key.seal(content, at_bytes))


async def whole(folder: Path, key: FileKey) -> bytes | None:
    """All that has come; None where a part is damaged."""
    return await asyncio.to_thread(_whole, folder, key)


async def forget(folder: Path, key: FileKey) -> None:
    """Remove all parts of an upload."""
    await asyncio.to_thread(shutil.rmtree, _folder(folder, key), ignore_errors=True)


async def sweep(folder: Path, known: Collection[str]) -> int:
    """Remove the parts of uploads whose names are not `known`: of how many uploads."""
    return await asyncio.to_thread(_sweep, folder, known)


def _chain(folder: Path, key: FileKey) -> Iterator[tuple[Path, int, int]]:
    """Each part with the byte that it begins at and how many there are in it."""
    at_bytes, its = 0, _folder(folder, key)
    while True:
        path = its / str(at_bytes)
        try:
            size = path.stat().st_size - OVERHEAD_BYTES
        except FileNotFoundError:
            return
        yield path, at_bytes, size
        at_bytes += size


def _whole(folder: Path, key: FileKey) -> bytes | None:
    try:
        return b"".join(key.open(path.read_bytes(), at) for path, at, _ in _chain(folder, key))
    except DamagedBox:
        return None


def _sweep(folder: Path, known: Collection[str]) -> int:
    count = 0
    for path in (folder / INCOMING).glob("??/*"):
        if path.name not in known and time.time() - path.stat().st_mtime > UNUSED_S:
            shutil.rmtree(path, ignore_errors=True)
            count += 1
    return count


def _folder(folder: Path, key: FileKey) -> Path:
    return path_of(folder / INCOMING, key.name)
