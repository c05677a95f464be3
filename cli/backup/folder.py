"""A backup folder: what lies where in it, and what of it may go.

``bases/STAMP/base.tar.gz.box`` is a base backup, ``manifest.json`` beside it tells of it and is
written last; ``wal/NAME.box`` is a stretch of the database's own log; ``objects/ab/SHA256.box`` a
file beside the database, and ``index.box`` which of them is which. Nothing is readable without the
key but names, times and sizes.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from core.sealing import box
from core.sealing.box import OpeningKey, Sealed, SealingKey

SEGMENT = re.compile(r"[0-9A-F]{24}")
BASE = "base.tar.gz"
INDEX = "index"
BOX = ".box"
PARTIAL = ".partial"


@dataclass(frozen=True, slots=True)
class Base:
    """A complete base backup. `first_segment` is the oldest of the log that it may need;
    `ended_at` the earliest time to which it can be restored."""

    stamp: str
    postgres: int
    first_segment: str
    began_at: datetime
    ended_at: datetime
    size_bytes: int
    sha256: str


class BackupFolder:
    """Where backups are kept: a disk or a mounted share that the database does not lie on."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def prepare(self) -> None:
        """Make what is missing of it, readable by nobody else."""
        for name in ("bases", "wal", "objects"):
            (self.path / name).mkdir(mode=0o700, parents=True, exist_ok=True)

    def write(self, name: str, key: SealingKey, source: box.Reader) -> Sealed:
        """Seal `source` as ``NAME.box``: all of it on disk, or nothing under that name."""
        target = self.box(name)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = target.with_name(f"{target.name}.new")
        with _own_file(unfinished) as out:
            sealed = box.seal(source, out, key, name)
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(target)
        _sync_folder(target.parent)
        return sealed

    def read(self, name: str, key: OpeningKey) -> Iterator[bytes]:
        """What is in ``NAME.box``. Raises `DamagedBox`."""
        with self.box(name).open("rb") as source:
            yield from box.unseal(source, key, name)

    def box(self, name: str) -> Path:
        """The file of the box with this name."""
        return self.path / f"{name}{BOX}"

    def finish(self, base: Base) -> None:
        """Say that a base backup is complete."""
        told = asdict(base) | {
            "began_at": base.began_at.isoformat(), "ended_at": base.ended_at.isoformat(),
        }  # fmt: skip
        manifest = self.path / "bases" / base.stamp / "manifest.json"
        unfinished = manifest.with_name("manifest.new")
        unfinished.write_text(json.dumps(told, indent=2) + "\n")
        unfinished.replace(manifest)

    def bases(self) -> list[Base]:
        """The complete base backups, oldest first."""
        return [_base(path) for path in sorted(self.path.glob("bases/*/manifest.json"))]

    def log(self) -> list[str]:
        """The names of what there is of the log (segments, timelines, the last part), in order."""
        return sorted(path.name.removesuffix(BOX) for path in self.path.glob(f"wal/*{BOX}"))

    def objects(self) -> dict[str, Path]:
        """The boxes of files by the SHA-256 of what is in them."""
        return {path.name.removesuffix(BOX): path for path in self.path.glob(f"objects/*/*{BOX}")}


def object_name(sha256: str) -> str:
    """The name of a file's box."""
    return f"objects/{sha256[:2]}/{sha256}"


def base_for(bases: list[Base], until: datetime | None) -> Base | None:
    """The newest base backup from which `until` can be reached; None when there is none."""
    reaching = [base for base in bases if until is None or base.ended_at <= until]
    return max(reaching, key=lambda base: base.ended_at, default=None)


def outdated(bases: list[Base], keep_since: datetime) -> list[Base]:
    """Base backups that nothing since `keep_since` needs: the newest of those before it is where
    a restore to that time begins, so it stays."""
    older = [base for base in bases if base.ended_at < keep_since]
    return sorted(older, key=lambda base: base.ended_at)[:-1]


def unneeded_log(log: list[str], kept: list[Base]) -> list[str]:
    """What of the log comes before all base backups that are kept.

    Timelines go on counting where the one before them ended, so their numbers are left out.
    """
    if not kept:
        return []
    first = min(base.first_segment[8:] for base in kept)
    return [name for name in log if SEGMENT.match(name) and name[8:24] < first]


def gaps(log: list[str], base: Base, segment_bytes: int = 2**24) -> list[str]:
    """The segments that are missing between a base backup and the end of the log."""
    per_file = 2**32 // segment_bytes
    has = {_number(name, per_file) for name in log if SEGMENT.match(name)}
    first = _number(base.first_segment, per_file)
    there = [number for number in has if number >= first]
    missing = set(range(first, max(there, default=first - 1) + 1)) - has
    return [f"{number // per_file:08X}{number % per_file:08X}" for number in sorted(missing)]


def _number(name: str, per_file: int) -> int:
    return int(name[8:16], 16) * per_file + int(name[16:24], 16)


def _base(manifest: Path) -> Base:
    told = json.loads(manifest.read_text())
    times = {name: datetime.fromisoformat(told[name]).astimezone(UTC)
             for name in ("began_at", "ended_at")}  # fmt: skip
    return Base(**told | times)


def _own_file(path: Path) -> BinaryIO:
    """A new file that nobody else may read."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
