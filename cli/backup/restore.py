"""``./roundsman restore``: the database and its files as they were at a time, or at the end."""

import os
import re
import shutil
import signal
import tarfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

import psycopg

from cli import cluster, locks, ports, state
from cli.backup import files, log
from cli.backup.errors import DataInTheWay, NoBackup, NotRestored, ServiceRuns
from cli.backup.folder import BASE, BackupFolder, Base, base_for
from cli.backup.follow import seal_spool
from cli.backup.source import run_tool
from cli.service_user import service_user
from core.sealing.box import OpeningKey
from core.settings import settings

LOOK_EVERY_S = 0.2
LAST_TRANSACTION = re.compile(r"last completed transaction was at log time (.+)")
SETTING = re.compile(r"^(\w+) setting: +(\d+)$", re.MULTILINE)
ROOM = {
    "max_connections": "max_connections",
    "max_worker_processes": "max_worker_processes",
    "max_wal_senders": "max_wal_senders",
    "max_prepared_xacts": "max_prepared_transactions",
    "max_locks_per_xact": "max_locks_per_transaction",
}
"""The names of settings, as a data folder's control file has them."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: from which base backup, up to the last transaction at `until`."""

    base: Base
    until: str | None
    log_files: int
    files: int
    took_s: float


def restore_private(
    folder: BackupFolder,
    key: OpeningKey,
    until: datetime | None,
    told: Callable[[str], None],
    *,
    replace: bool = False,
) -> Restored:
    """Restore the private database and the files beside it; nothing may use it meanwhile.

    What the spool still holds of the log is taken into the backup first. Raises `ServiceRuns`,
    `DataInTheWay`, `NoBackup`, `DamagedBox` and `NotRestored`; until the end nothing is replaced.
    """
    began_s, its = time.monotonic(), settings()
    home = state.prepare(its.state_dir) / "postgres"
    home.mkdir(mode=0o755, exist_ok=True)
    data = home / "data"
    lock = locks.try_exclusive(home / "keeper.lock")
    if lock is None:
        raise ServiceRuns
    try:
        if data.exists() and not replace:
            raise DataInTheWay(str(data))
        seal_spool(its.wal_dir, folder, key.sealing)
        base = _base(folder, until)
        told("Bringing the files back.")
        count = files.put_back(folder, key, files.roots(), over=files.PASSWORDS)
        workshop = home / "restore"
        shutil.rmtree(workshop, ignore_errors=True)
        user = service_user("postgres")
        user.own_folder(workshop)
        told(f"Unsealing base backup {base.stamp} and the log since.")
        log_files = lay_out(folder, key, base, until, workshop)
        _hand_over(workshop)
        told("Replaying the log.")
        last = _replay(home, workshop)
        if data.exists():
            data.rename(home / f"data.before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
        (workshop / "data").rename(data)
        shutil.rmtree(workshop)
        shutil.rmtree(its.wal_dir, ignore_errors=True)
    finally:
        os.close(lock)
    return Restored(base, last, log_files, count, time.monotonic() - began_s)


def restore_into(
    folder: BackupFolder, key: OpeningKey, until: datetime | None, place: Path
) -> Restored:
    """Lay a data folder out in `place` that a PostgreSQL of your own brings up to the time when it
    is started with it. Files beside the database are not touched. Raises as `restore_private`."""
    began_s, place = time.monotonic(), place.resolve()
    if place.exists() and any(place.iterdir()):
        raise DataInTheWay(str(place))
    base = _base(folder, until)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    count = lay_out(folder, key, base, until, place)
    return Restored(base, None, count, 0, time.monotonic() - began_s)


def lay_out(
    folder: BackupFolder, key: OpeningKey, base: Base, until: datetime | None, place: Path
) -> int:
    """``data/`` and ``wal/`` in `place`, ready to be replayed: how many files of the log.

    The base backup is held to its own manifest, file by file. Raises `DamagedBox`, `ToolFailed`.
    """
    data, wal = place / "data", place / "wal"
    data.mkdir(mode=0o700)
    wal.mkdir(mode=0o700)
    _unpack(folder.read(f"bases/{base.stamp}/{BASE}", key), data)
    tools = cluster.binaries_for(data).folder
    run_tool([str(tools / "pg_verifybackup"), "--no-parse-wal", "--quiet", str(data)])
    count = log.unseal_log(folder, key, base.first_segment, wal)
    wanted = {
        "restore_command": f'cp "{wal}/%f" "%p"',
        "recovery_target_timeline": "latest",
        "recovery_target_action": "promote",
    }
    wanted |= _room_of(data, tools)
    if until is not None:
        wanted["recovery_target_time"] = until.astimezone(UTC).isoformat()
    # What was set while the server ran is left out: commits must not wait for a receiver.
    lines = (f"{name} = '{value}'\n" for name, value in wanted.items())
    (data / "postgresql.auto.conf").write_text("".join(lines))
    (data / "recovery.signal").touch()
    return count


def _room_of(data: Path, tools: Path) -> dict[str, str]:
    """What the log was written with room for: with less of it a server does not replay it
    (PostgreSQL's manual, "Hot Standby", administrator's overview)."""
    told = run_tool([str(tools / "pg_controldata"), str(data)])
    return {ROOM[name]: value for name, value in SETTING.findall(told) if name in ROOM}


def _base(folder: BackupFolder, until: datetime | None) -> Base:
    base = base_for(folder.bases(), until)
    if base is None:
        raise NoBackup(str(folder.path), until.isoformat() if until else None)
    return base


def _replay(home: Path, workshop: Path) -> str | None:
    """Have PostgreSQL replay the log in the workshop and stop again: the last transaction's time.

    Raises `NotRestored`.
    """
    data, said = workshop / "data", workshop / "restore.log"
    port = ports.free_port()
    quiet = {"logging_collector": "on", "log_directory": workshop, "log_filename": said.name}
    command = [
        str(cluster.binaries_for(data).folder / "postgres"), "-D", str(data),
        *cluster.server_settings(port, durable=True),
        *(word for name, value in quiet.items() for word in ("-c", f"{name}={value}")),
    ]  # fmt: skip
    process = service_user("postgres").start(command, data, signal.SIGINT)
    password = (home / "superuser.password").read_text()
    conninfo = f"host=127.0.0.1 port={port} user=postgres password={password} dbname=postgres"
    try:
        while process.poll() is None and not _is_restored(conninfo):
            time.sleep(LOOK_EVERY_S)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait()
        elif (data / "recovery.signal").exists():
            raise NotRestored(str(said), state.tail(said))
    (data / "postgresql.auto.conf").write_text("")
    times = LAST_TRANSACTION.findall(said.read_text(errors="replace"))
    return times[-1] if times else None


def _is_restored(conninfo: str) -> bool:
    try:
        with psycopg.connect(conninfo, connect_timeout=10) as connection:
            row = connection.execute("SELECT NOT pg_is_in_recovery()").fetchone()
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise
        return False  # not consistent yet
    return bool(row and row[0])


class _Pieces:
    """An iterator of bytes as something to read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, b""

    def read(self, size: int) -> bytes:
        """So many bytes, or fewer at the end."""
        parts = [self._left]
        while sum(map(len, parts)) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            parts.append(piece)
        whole = b"".join(parts)
        self._left = whole[size:]
        return whole[:size]


def _unpack(pieces: Iterator[bytes], into: Path) -> None:
    """Unpack a tar of plain files and folders, and nothing that would lie elsewhere."""
    source = cast("BinaryIO", _Pieces(pieces))  # a stream is only read
    with tarfile.open(fileobj=source, mode="r|gz", bufsize=2**18) as packed:
        for member in packed:
            target = (into / member.name).resolve()
            if not target.is_relative_to(into.resolve()) or not (member.isdir() or member.isfile()):
                continue
            if member.isdir():
                target.mkdir(mode=0o700, parents=True, exist_ok=True)
                continue
            content = packed.extractfile(member)
            assert content is not None
            with target.open("wb") as out:
                shutil.copyfileobj(content, out, 2**20)
            target.chmod(0o600)


def _hand_over(workshop: Path) -> None:
    """Give everything in the workshop to the user whom the workshop belongs to."""
    owner = workshop.stat()
    for path in workshop.rglob("*"):
        os.chown(path, owner.st_uid, owner.st_gid)
