"""Files by their contents: named by their SHA-256, on disk before anybody is told so."""

import asyncio
import hashlib
import os
import tempfile
from pathlib import Path
from uuid import UUID

from geofence.attachments.errors import FileLost, FileNotKept


async def keep(folder: Path, content: bytes) -> bytes:
    """Store contents and give their SHA-256; twice is once. On disk when this returns.

    Raises `FileNotKept`.
    """
    sha256 = hashlib.sha256(content).digest()
    try:
        await asyncio.to_thread(_keep, _path(folder, sha256), content)
    except OSError as error:
        raise FileNotKept(error.strerror or str(error)) from error
    return sha256


async def fetch(folder: Path, sha256: bytes, attachment_id: UUID) -> bytes:
    """The contents with this SHA-256. Raises `FileLost`, also when they are not what they were."""
    try:
        content = await asyncio.to_thread(_path(folder, sha256).read_bytes)
    except OSError as error:
        raise FileLost(str(attachment_id), error.strerror or str(error)) from error
    if hashlib.sha256(content).digest() != sha256:
        raise FileLost(str(attachment_id), "The file has been changed")
    return content


def _path(folder: Path, sha256: bytes) -> Path:
    name = sha256.hex()
    return folder / name[:2] / name


def _keep(path: Path, content: bytes) -> None:
    if _is_whole(path, content):
        return
    _make_folder(path.parent)
    # A name of its own for each: a phone that does not wait sends the same file twice at once.
    descriptor, unfinished = tempfile.mkstemp(suffix=".new", dir=path.parent)
    new = Path(unfinished)
    try:
        with os.fdopen(descriptor, "wb") as sink:
            sink.write(content)
            sink.flush()
            os.fsync(sink.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    _to_disk(path.parent)


def _is_whole(path: Path, content: bytes) -> bool:
    try:
        whole = path.read_bytes() == content
    except OSError:
        return False
    if whole:  # somebody else may have put it there a moment ago
        _to_disk(path.parent)
    return whole


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
