"""A file of the archive: a branch's pings of a day as Parquet, whole or not there at all."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
from pyarrow import parquet

from tracking.retention.errors import ArchiveDamaged, ArchiveMissing, NotArchived
from tracking.retention.ping_text import SCHEMA, table_of, text_of

# Sorted by device and time, so neighbors are alike: times and positions are stored as differences
# and byte by byte, the rest by number of its value.
_ENCODINGS = {
    "captured_at": "DELTA_BINARY_PACKED",
    "received_at": "DELTA_BINARY_PACKED",
    "lat": "BYTE_STREAM_SPLIT",
    "lon": "BYTE_STREAM_SPLIT",
}
_BY_NUMBER = [
    name
    for name in SCHEMA.names
    if name not in _ENCODINGS and SCHEMA.field(name).type != pa.bool_()
]


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """What was written, and read back."""

    sha256: str
    pings: int


def path_for(day: date, code: str, former: str | None) -> str:
    """Where a branch's day goes, relative to the archive's folder.

    Never to where the `former` file lies, which is the only one until the new one counts.
    """
    first = f"pings/day={day}/branch={quote(code, safe='')}"
    return f"{first}.parquet" if former != f"{first}.parquet" else f"{first}.again.parquet"


async def write(file: Path, texts: AsyncIterator[bytes]) -> WrittenFile:
    """Write pings, given as whole lines of text, to a file; in place only once read back.

    Each of the `texts` becomes a row group and must fit into memory. Raises `NotArchived`; then
    what was at `file` before is still there.
    """
    unfinished = file.with_name(f"{file.name}.new")
    try:
        with _errors_of(file):
            await asyncio.to_thread(_make_folder, file.parent)
            written = await _write(unfinished, texts)
            if await asyncio.to_thread(_read_back, unfinished) != written:
                raise NotArchived(str(file), "it reads otherwise than it was written")
            return await asyncio.to_thread(_put_in_place, unfinished, file, written[0])
    finally:
        await remove(unfinished)


async def check(file: Path, sha256: str) -> None:
    """Raises `ArchiveMissing`, or `ArchiveDamaged` when a file is not as it was written."""
    try:
        found = await asyncio.to_thread(_sha256, file)
    except OSError:
        raise ArchiveMissing(str(file)) from None
    if found != sha256:
        raise ArchiveDamaged(str(file), f"its SHA-256 is {found[:12]}…, not {sha256[:12]}…")


async def is_whole(file: Path, sha256: str) -> bool:
    """Whether a file is there as it was written."""
    try:
        await check(file, sha256)
    except (ArchiveMissing, ArchiveDamaged):
        return False
    return True


async def read(file: Path) -> AsyncIterator[bytes]:
    """The pings of a file that `check` has passed, as texts of whole lines."""
    groups = _groups(file)
    while (table := await asyncio.to_thread(next, groups, None)) is not None:
        yield await asyncio.to_thread(text_of, table)


async def remove(file: Path) -> None:
    """Remove a file that does not count; nothing happens when it is gone, or cannot be removed."""
    with suppress(OSError):
        await asyncio.to_thread(file.unlink, missing_ok=True)


@contextmanager
def _errors_of(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NotArchived(str(file), error.strerror or str(error)) from error
    except pa.ArrowException as error:
        raise NotArchived(str(file), str(error)) from error


async def _write(file: Path, texts: AsyncIterator[bytes]) -> tuple[int, str]:
    pings, contents = 0, hashlib.sha256()
    with (
        os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as sink,
        parquet.ParquetWriter(
            sink, SCHEMA, compression="zstd", use_dictionary=_BY_NUMBER,
            column_encoding=_ENCODINGS, write_page_checksum=True,
        ) as writer,
    ):  # fmt: skip
        async for text in texts:
            pings += await asyncio.to_thread(_append, writer, text, contents)
    return pings, contents.hexdigest()


def _append(writer: Any, text: bytes, contents: Any) -> int:
    table = table_of(text)
    writer.write_table(table, row_group_size=len(table))
    contents.update(text_of(table))
    return len(table)


def _read_back(file: Path) -> tuple[int, str]:
    pings, contents = 0, hashlib.sha256()
    for table in _groups(file):
        pings += len(table)
        contents.update(text_of(table))
    return pings, contents.hexdigest()


def _groups(file: Path) -> Iterator[pa.Table]:
    with parquet.ParquetFile(file, page_checksum_verification=True) as source:
        for group in range(source.num_row_groups):
            yield source.read_row_group(group)


def _put_in_place(unfinished: Path, file: Path, pings: int) -> WrittenFile:
    sha256 = _sha256(unfinished)
    _to_disk(unfinished)
    unfinished.replace(file)
    _to_disk(file.parent)
    return WrittenFile(sha256, pings)


def _make_folder(folder: Path) -> None:
    if not folder.exists():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _to_disk(folder.parent)


def _to_disk(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
