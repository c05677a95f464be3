"""The database server that is backed up: the private one, or one of your own."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg

from cli import cluster, state
from cli.backup.errors import BackupNotSetUp, KeyExists, NoReplicationRole, ToolFailed
from core.sealing.box import OpeningKey, SealingKey
from core.settings import settings

RECEIVER = "roundsman_wal"
"""As whom the receiver of the log is known to the server, and the name of its slot."""

STANDBYS = "synchronous_standby_names"


@dataclass(frozen=True, slots=True)
class Source:
    """A running server. `conninfo` is libpq's, with a role that may replicate; `is_private` says
    that we may change its settings; `tools` is where its programs lie."""

    conninfo: str
    is_private: bool
    tools: Path

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection for plain statements."""
        return psycopg.connect(self.conninfo, dbname="postgres", autocommit=True)

    def wait_for_receiver(self, *, wait: bool) -> None:
        """Have commits wait until the receiver has them on disk, or no longer.

        On a server of your own that is yours to set.
        """
        if not self.is_private:
            return
        with self.connect() as connection:
            connection.execute(f"ALTER SYSTEM SET {STANDBYS} = '{RECEIVER if wait else ''}'")
            connection.execute("SELECT pg_reload_conf()")

    def commits_wait(self) -> bool:
        """Whether commits wait for the receiver at this moment."""
        with self.connect() as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_replication"
                " WHERE application_name = %s AND sync_state IN ('sync', 'quorum')",
                [RECEIVER],
            ).fetchone()
        return bool(row and row[0])


def running_source(database_url: str) -> Source:
    """The server that answers at `database_url`. Raises `NoReplicationRole`."""
    its = settings()
    if its.backup_url:
        conninfo = re.sub(r"^postgres(ql)?\+psycopg:", "postgresql:", its.backup_url)
        return Source(conninfo, is_private=False, tools=cluster.installed()[0].folder)
    folder = its.state_dir / "postgres"
    if not (folder / "port").exists() or f":{(folder / 'port').read_text()}/" not in database_url:
        raise NoReplicationRole
    binaries = cluster.binaries_for(folder / "data")
    return Source(cluster.superuser_of(folder), is_private=True, tools=binaries.folder)


def run_tool(command: list[str]) -> str:
    """Run one of PostgreSQL's programs to its end; what it said, in English. Raises
    `ToolFailed`."""
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env=os.environ | {"LC_ALL": "C"}
    )
    if done.returncode != 0:
        raise ToolFailed(Path(command[0]).name, done.stderr.strip()[-2000:])
    return done.stdout


def sealing_key() -> SealingKey:
    """The key that this installation seals backups for. Raises `BackupNotSetUp`."""
    path = _sealing_key_file()
    if not path.exists():
        raise BackupNotSetUp(str(path))
    return SealingKey.read(path.read_text())


def new_key() -> OpeningKey:
    """A new key: its public half is kept here, the private one is the caller's to take away.
    Raises `KeyExists`."""
    path = _sealing_key_file()
    if path.exists():
        raise KeyExists(str(path))
    key = OpeningKey.new()
    state.write_private(path, key.sealing.text + "\n")
    return key


def _sealing_key_file() -> Path:
    return state.prepare(settings().state_dir) / "backup.key"
