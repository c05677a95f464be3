"""Files on disk, each sealed under a key of its own: there before anybody is told so.

A file's name tells nothing of what is in it; its row keeps the key, and the SHA-256 that the
contents are held to. Files from before are in the clear, and named by that hash.
"""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from core.sealing.errors import DamagedBox
from core.sealing.file_key import FileKey
from geofence.attachments.errors import FileLost, FileNotKept
from geofence.attachments.stored import Stored


async def keep(folder: Path, content: bytes) -> Stored:
    """Seal contents and store them. On disk when this returns.

    Raises `FileNotKept`.
    """
    key = FileKey.new()
    stored = Stored(hashlib.sha256(content).digest(), key)
    await put(path_of(folder, stored.name), lambda: key.seal(content))
    return stored


async def fetch(folder: Path, stored: Stored, attachment_id: UUID) -> bytes:
    """The contents. Raises `FileLost`, also when they are not what they were."""
    try:
        content = await asyncio.to_thread(_opened, folder, stored)
    except OSError as error:
        raise FileLost(str(attachment_id), error.strerror or str(error)) from error
    if content is None:
        raise FileLost(str(attachment_id), "The file has been changed")
    return content


async def discard(folder: Path, stored: Stored) -> None:
    """Remove a file that no row speaks of."""
    await asyncio.to_thread(path_of(folder, stored.name).unlink, missing_ok=True)


async def put(path: Path, content: Callable[[], bytes]) -> None:
    """Write a file, whole or not at all. On disk when this returns. Raises `FileNotKept`."""
    try:
        await asyncio.to_thread(_put, path, content)
    except OSError as error:
        raise FileNotKept(error.strerror or str(error)) from error


def path_of(folder: Path, name: str) -> Path:
    """Where a file lies; folders of all files would be too large."""
    return folder / name[:2] / name


def _opened(folder: Path, stored: Stored) -> bytes | None:
    content = path_of(folder, stored.name).read_bytes()
    if stored.key:
        try:
            content = stored.key.open(content)
        except DamagedBox:
            return None
    return content if hashlib.sha256(content).digest() == stored.sha256 else None


def _put(path: Path, content: Callable[[], bytes]) -> None:
    _make_folder(path.parent)
    descriptor, unfinished = tempfile.mkstemp(suffix=".new", dir=path.parent)
    new = Path(unfinished)
    try:
        with os.fdopen(descriptor, "wb") as sink:
            sink.write(content())
            sink.flush()
            os.fsync(sink.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    _to_disk(path.parent)


def _make_folder(folder: Path) -> None:
    if not folder.exists():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _to_disk(folder.parent)


def _to_disk(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
