"""The files beside the database: attachments, archived pings, and the keys of columns.

Each is sealed once, under the SHA-256 of what is in it; an index says which file it is.
"""

import hashlib
import io
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cli.backup.folder import INDEX, BackupFolder, object_name
from core.sealing.box import OpeningKey, SealingKey
from core.sealing.errors import DamagedBox
from core.settings import settings
from geofence.attachments.uploads.parts import INCOMING

UNFINISHED = (".new", ".tmp", ".lock")


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was when it was sealed."""

    size_bytes: int
    changed_ns: int
    sha256: str


class FilesBackup:
    """Keeps the files of `roots` (a name and a folder or a file each) sealed in a backup folder."""

    def __init__(self, folder: BackupFolder, roots: dict[str, Path]) -> None:
        self._folder = folder
        self._roots = roots
        self._seen: dict[str, Seen] = {}
        self._sealed: set[str] | None = None

    def take(self, key: SealingKey) -> int:
        """Seal what is new or has changed: how many files."""
        if self._sealed is None:
            self._sealed = set(self._folder.objects())
        now = self._look()
        for name, (seen, path) in list(now.items()):
            if seen.sha256 in self._sealed:
                continue
            try:
                with path.open("rb") as source:
                    self._folder.write(object_name(seen.sha256), key, source)
            except FileNotFoundError:  # removed meanwhile
                del now[name]
            else:
                self._sealed.add(seen.sha256)
        before, self._seen = self._seen, {name: seen for name, (seen, _) in now.items()}
        if before != self._seen or not self._folder.box(INDEX).exists():
            told = {name: seen.sha256 for name, seen in self._seen.items()}
            self._folder.write(INDEX, key, io.BytesIO(json.dumps(told).encode()))
        return len(self._seen.keys() - before.keys())

    def prune(self, keep_since: datetime) -> int:
        """Remove what no file here has been since `keep_since`: how many boxes."""
        in_use = {seen.sha256 for seen in self._seen.values()}
        gone = [
            path for sha256, path in self._folder.objects().items()
            if sha256 not in in_use and path.stat().st_mtime < keep_since.timestamp()
        ]  # fmt: skip
        for path in gone:
            path.unlink()
        self._sealed = None
        return len(gone)

    def _look(self) -> dict[str, tuple[Seen, Path]]:
        found = {}
        for root, place in self._roots.items():
            for path in _paths(place):
                inner = "" if path == place else f"/{path.relative_to(place)}"
                name = f"{root}{inner}"
                with suppress(FileNotFoundError):  # removed meanwhile
                    found[name] = (self._as_seen(name, path), path)
        return found

    def _as_seen(self, name: str, path: Path) -> Seen:
        status, before = path.stat(), self._seen.get(name)
        if before and (before.size_bytes, before.changed_ns) == (
            status.st_size, status.st_mtime_ns,
        ):  # fmt: skip
            return before
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Seen(status.st_size, status.st_mtime_ns, digest)


def _paths(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    for parent, folders, names in os.walk(place):
        if INCOMING in folders:
            folders.remove(INCOMING)  # whoever sends those parts still has them
        yield from (Path(parent, name) for name in names if not name.endswith(UNFINISHED))


def index(folder: BackupFolder, key: OpeningKey) -> dict[str, str]:
    """The files that a backup has: their SHA-256 by name. Raises `DamagedBox`."""
    if not folder.box(INDEX).exists():
        return {}
    told: dict[str, str] = json.loads(b"".join(folder.read(INDEX, key)))
    return told


def put_back(
    folder: BackupFolder, key: OpeningKey, roots: dict[str, Path], *, over: frozenset[str]
) -> int:
    """Write the files of a backup that are missing here, and those of the roots `over` in any case:
    how many. Raises `DamagedBox`."""
    written = 0
    for name, sha256 in index(folder, key).items():
        root, _, inner = name.partition("/")
        if root not in roots:
            continue
        target = roots[root] / inner if inner else roots[root]
        if target.exists() and root not in over:
            continue
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = target.with_name(f"{target.name}.new")
        unfinished.unlink(missing_ok=True)
        digest = hashlib.sha256()
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            for piece in folder.read(object_name(sha256), key):
                digest.update(piece)
                out.write(piece)
        if digest.hexdigest() != sha256:
            raise DamagedBox(object_name(sha256))
        unfinished.replace(target)
        written += 1
    return written


def roots() -> dict[str, Path]:
    """What lies beside the database of this installation."""
    its = settings()
    postgres = its.state_dir / "postgres"
    return {
        "attachments": its.attachment_dir,
        "archive": its.archive_dir,
        "keys": its.key_file,
        "password": postgres / "password",
        "superuser.password": postgres / "superuser.password",
    }


PASSWORDS = frozenset({"password", "superuser.password"})
"""They belong to the data of the private database, so they come back with it."""
