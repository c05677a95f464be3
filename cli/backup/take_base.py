"""Take a base backup of a running server, sealed while it is read."""

import subprocess
from datetime import UTC, datetime

from cli.backup.errors import ToolFailed
from cli.backup.folder import BASE, BackupFolder, Base
from cli.backup.source import Source
from core.sealing.box import SealingKey


def take_base(source: Source, folder: BackupFolder, key: SealingKey) -> Base:
    """A base backup in `folder`, complete in itself. Nobody has to wait for it.

    Nothing of it is ever on disk unsealed. Raises `ToolFailed`.
    """
    folder.prepare()
    with source.connect() as connection:
        row = connection.execute(
            "SELECT pg_walfile_name(pg_current_wal_insert_lsn()),"
            " current_setting('server_version_num')::int / 10000, clock_timestamp()"
        ).fetchone()
    assert row is not None
    segment, major, began_at = row
    assert isinstance(segment, str)
    assert isinstance(major, int)
    assert isinstance(began_at, datetime)
    stamp = f"{began_at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"
    tool = str(source.tools / "pg_basebackup")
    process = subprocess.Popen(
        [tool, "--dbname", source.conninfo, "--pgdata=-", "--format=tar", "--wal-method=fetch",
         "--compress=1", "--checkpoint=fast", f"--label={stamp}", "--no-password"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        sealed = folder.write(f"bases/{stamp}/{BASE}", key, process.stdout)
        said = process.stderr.read().decode(errors="replace")
    if process.returncode != 0:
        folder.box(f"bases/{stamp}/{BASE}").unlink()
        folder.box(f"bases/{stamp}/{BASE}").parent.rmdir()
        raise ToolFailed("pg_basebackup", said.strip()[-2000:])
    with source.connect() as connection:
        ended = connection.execute("SELECT clock_timestamp()").fetchone()
    assert ended is not None
    assert isinstance(ended[0], datetime)
    base = Base(
        stamp, major, segment, began_at.astimezone(UTC), ended[0].astimezone(UTC),
        sealed.size_bytes, sealed.sha256,
    )  # fmt: skip
    folder.finish(base)
    return base
