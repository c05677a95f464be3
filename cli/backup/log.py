"""The database's log: received as it is written, sealed as its segments are full.

What has been received and not sealed yet lies in the spool, unsealed, beside the private database's
folder or wherever ROUNDSMAN_WAL_DIR says: best another disk.
"""

import io
import subprocess
import time
import zlib
from pathlib import Path

from cli import parent_death
from cli.backup.errors import ToolFailed
from cli.backup.folder import PARTIAL, SEGMENT, BackupFolder
from cli.backup.source import RECEIVER, Source, run_tool
from core.sealing.box import OpeningKey, SealingKey

START_S = 30


def start_receiver(source: Source, spool: Path, said: Path) -> "subprocess.Popen[bytes]":
    """Have the log received into `spool`; returns when the server streams. Raises `ToolFailed`.

    Each byte is on disk before the server is told so. A slot keeps what is not received yet.
    """
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    tool = str(source.tools / "pg_receivewal")
    to = ["--dbname", f"{conninfo_of(source)} application_name={RECEIVER}", f"--slot={RECEIVER}"]
    run_tool([tool, *to, "--create-slot", "--if-not-exists", "--no-password"])
    with said.open("wb") as log:
        process = parent_death.start(
            [tool, *to, f"--directory={spool}", "--synchronous", "--no-loop", "--no-password",
             "--status-interval=1"],
            cwd=spool, env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}, stdout=log, stderr=log,
        )  # fmt: skip
    deadline = time.monotonic() + START_S
    while not _streams(source):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise ToolFailed("pg_receivewal", said.read_text(errors="replace")[-2000:])
        time.sleep(0.05)
    return process


def conninfo_of(source: Source) -> str:
    """The source's address as words, to which more words can be added."""
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    return make_conninfo("", **conninfo_to_dict(source.conninfo) | {"dbname": "postgres"})


def seal_finished(spool: Path, folder: BackupFolder, key: SealingKey) -> int:
    """Seal the segments and timelines that are complete, and clear them: how many.

    The last one stays in the spool: it tells the receiver where to go on.
    """
    found = sorted(p for p in spool.iterdir() if not p.name.endswith((PARTIAL, ".tmp")))
    last = max((p.name.removesuffix(PARTIAL) for p in _segments(spool)), default="")
    there = set(folder.log())
    for path in found:
        if path.name not in there:
            folder.write(f"wal/{path.name}", key, io.BytesIO(zlib.compress(path.read_bytes(), 1)))
            folder.box(f"wal/{path.name}{PARTIAL}").unlink(missing_ok=True)
        if path.name != last:
            path.unlink()
    return len([path for path in found if path.name not in there])


def seal_part(spool: Path, folder: BackupFolder, key: SealingKey, sealed_ns: int) -> int:
    """Seal what there is of the segment that is being written, if it has grown since `sealed_ns`:
    when that was, in ns."""
    for path in _segments(spool):
        changed_ns = path.stat().st_mtime_ns
        if path.name.endswith(PARTIAL) and changed_ns > sealed_ns:
            folder.write(f"wal/{path.name}", key, io.BytesIO(zlib.compress(path.read_bytes(), 1)))
            return changed_ns
    return sealed_ns


def unseal_log(folder: BackupFolder, key: OpeningKey, from_segment: str, into: Path) -> int:
    """Put the log from a segment on where PostgreSQL can replay it: how many files.

    Of a segment that was never finished, what there is of it. Raises `DamagedBox`.
    """
    names = [
        name for name in folder.log()
        if not SEGMENT.match(name) or name[8:24] >= from_segment[8:24]
    ]  # fmt: skip
    for name in names:
        if name.removesuffix(PARTIAL) in names and name.endswith(PARTIAL):
            continue
        opened = zlib.decompress(b"".join(folder.read(f"wal/{name}", key)))
        (into / name.removesuffix(PARTIAL)).write_bytes(opened)
    return len(names)


def _segments(spool: Path) -> list[Path]:
    return sorted(path for path in spool.iterdir() if SEGMENT.match(path.name))


def _streams(source: Source) -> bool:
    with source.connect() as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_replication"
            " WHERE application_name = %s AND state = 'streaming'",
            [RECEIVER],
        ).fetchone()
    return bool(row and row[0])
