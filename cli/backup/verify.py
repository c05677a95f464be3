"""Whether a backup folder is whole."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from cli.backup.files import index
from cli.backup.folder import BASE, BackupFolder, Base, gaps, object_name
from core.sealing.box import OpeningKey
from core.sealing.errors import DamagedBox


@dataclass
class Report:
    """What is there, and what is wrong with it."""

    bases: list[Base] = field(default_factory=list)
    log_files: int = 0
    objects: int = 0
    faults: list[str] = field(default_factory=list)


def verify(folder: BackupFolder, key: OpeningKey | None) -> Report:
    """Hold the base backups to their hashes and look for gaps in the log; with the key open every
    box and hold every file to its hash."""
    names = folder.log()
    report = Report(folder.bases(), len(names), len(folder.objects()))
    for base in report.bases:
        path = folder.box(f"bases/{base.stamp}/{BASE}")
        if not path.exists() or _sha256(path) != base.sha256:
            report.faults.append(f"base backup {base.stamp} is not as it was written")
    # Without any log of theirs, base backups are still complete in themselves.
    if report.bases and names:
        report.faults += [
            f"segment …{missing} of the log is missing" for missing in gaps(names, report.bases[0])
        ]
    if key is not None:
        report.faults += _opened(folder, key)
    return report


def _opened(folder: BackupFolder, key: OpeningKey) -> list[str]:
    faults = []
    plain = [f"wal/{name}" for name in folder.log()]
    for name in plain:
        try:
            for _ in folder.read(name, key):
                pass
        except DamagedBox as error:
            faults.append(error.detail)
    try:
        wanted = index(folder, key)
    except DamagedBox as error:
        return [*faults, error.detail]
    for file, sha256 in wanted.items():
        try:
            digest = hashlib.sha256()
            for piece in folder.read(object_name(sha256), key):
                digest.update(piece)
        except (DamagedBox, FileNotFoundError):
            faults.append(f"{file} is missing or damaged")
        else:
            if digest.hexdigest() != sha256:
                faults.append(f"{file} is not what it was")
    return faults


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
