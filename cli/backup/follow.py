"""Keep a backup folder current for as long as it runs: the log, the files, base backups."""

import subprocess
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cli.backup import files, log
from cli.backup.errors import ToolFailed
from cli.backup.files import FilesBackup
from cli.backup.folder import BASE, BackupFolder, Base, outdated, unneeded_log
from cli.backup.source import Source
from cli.backup.take_base import take_base
from core.sealing.box import SealingKey

LOOK_EVERY_S = 0.5
PART_EVERY_S = 10.0
FILES_EVERY_S = 20.0
STOP_S = 10.0


@dataclass(frozen=True, slots=True)
class Rules:
    """How often a base backup is taken, how long one can go back, and whether commits wait until
    the receiver has them."""

    base_every: timedelta
    keep: timedelta
    commits_wait: bool


class Follower:
    """Everything that is done again and again."""

    def __init__(
        self, source: Source, folder: BackupFolder, key: SealingKey, spool: Path, rules: Rules
    ) -> None:
        self._source, self._folder, self._key = source, folder, key
        self._spool, self._rules = spool, rules
        self._files = FilesBackup(folder, files.roots())
        self._part_ns = 0
        self._next_part_s = self._next_files_s = 0.0
        self._thread = ThreadPoolExecutor(1)
        self._base: Future[Base] | None = None

    def run(self, told: Callable[[str], None]) -> None:
        """Follow until interrupted; then everything received is sealed, and nobody waits."""
        self._folder.prepare()
        receiver = log.start_receiver(self._source, self._spool, self._spool.with_suffix(".log"))
        try:
            self._source.wait_for_receiver(wait=self._rules.commits_wait)
            told("Following: what is committed from now on is received.")
            while True:
                self._step(told)
                if receiver.poll() is not None:
                    said = self._spool.with_suffix(".log").read_text(errors="replace")
                    raise ToolFailed("pg_receivewal", said[-2000:])
                time.sleep(LOOK_EVERY_S)
        finally:
            self._end(receiver)

    def _step(self, told: Callable[[str], None]) -> None:
        now_s = time.monotonic()
        log.seal_finished(self._spool, self._folder, self._key)
        if now_s >= self._next_part_s:
            self._next_part_s = now_s + PART_EVERY_S
            self._part_ns = log.seal_part(self._spool, self._folder, self._key, self._part_ns)
        if now_s >= self._next_files_s:
            self._next_files_s = now_s + FILES_EVERY_S
            self._files.take(self._key)
        if self._base is None and self._is_base_due():
            told("Taking a base backup.")
            self._base = self._thread.submit(take_base, self._source, self._folder, self._key)
        if self._base is not None and self._base.done():
            base, self._base = self._base.result(), None
            told(f"Base backup {base.stamp}: {base.size_bytes / 2**20:,.0f} MiB.")
            keep_since = datetime.now(UTC) - self._rules.keep
            went = prune(self._folder, keep_since) + self._files.prune(keep_since)
            if went:
                told(f"Removed {went:,} boxes that nothing needs any more.")

    def _is_base_due(self) -> bool:
        bases = self._folder.bases()
        if not bases or datetime.now(UTC) - bases[-1].ended_at >= self._rules.base_every:
            return True
        with self._source.connect() as connection:
            row = connection.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchone()
        return bool(row) and str(row and row[0])[:8] != bases[-1].first_segment[:8]

    def _end(self, receiver: "subprocess.Popen[bytes]") -> None:
        with suppress(Exception):  # the server may be gone; what is here is sealed all the same
            self._source.wait_for_receiver(wait=False)
        receiver.terminate()
        with suppress(subprocess.TimeoutExpired):
            receiver.wait(STOP_S)
        receiver.kill()
        self._thread.shutdown(wait=True)
        seal_spool(self._spool, self._folder, self._key)
        self._files.take(self._key)


def seal_spool(spool: Path, folder: BackupFolder, key: SealingKey) -> None:
    """Seal everything that was received."""
    if spool.exists():
        folder.prepare()
        log.seal_finished(spool, folder, key)
        log.seal_part(spool, folder, key, 0)


def prune(folder: BackupFolder, keep_since: datetime) -> int:
    """Remove base backups and log that no restore to a time since `keep_since` needs: how many
    boxes."""
    old = outdated(folder.bases(), keep_since)
    for base in old:
        home = folder.path / "bases" / base.stamp
        for part in (home / "manifest.json", folder.box(f"bases/{base.stamp}/{BASE}")):
            part.unlink(missing_ok=True)
        home.rmdir()
    log_boxes = [folder.box(f"wal/{name}") for name in unneeded_log(folder.log(), folder.bases())]
    for path in log_boxes:
        path.unlink(missing_ok=True)
    return len(old) + len(log_boxes)
