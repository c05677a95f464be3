"""What can go wrong with a backup or a restore."""

from dataclasses import dataclass

from core.errors import Conflict, NotFound, Refused, Unavailable
from core.said import say


@dataclass(eq=False)
class BackupNotSetUp(Refused):
    """There is no key yet to seal backups with."""

    key_file: str

    @property
    def detail(self) -> str:
        return say(
            "{key_file} is missing; type `./roundsman backup key` first", key_file=self.key_file
        )


@dataclass(eq=False)
class KeyExists(Conflict):
    """Backups are sealed for a key already."""

    key_file: str

    @property
    def detail(self) -> str:
        return say(
            "{key_file}; remove it to have backups from now on sealed for another key",
            key_file=self.key_file,
        )


@dataclass(eq=False)
class NoReplicationRole(Refused):
    """A database server of your own needs a role that may replicate."""

    @property
    def detail(self) -> str:
        return say(
            "set ROUNDSMAN_BACKUP_URL to the server's address as a role made by CREATE "
            "ROLE … LOGIN REPLICATION, with a line for `replication` in pg_hba.conf"
        )


@dataclass(eq=False)
class ToolFailed(Unavailable):
    """A program of PostgreSQL has failed."""

    tool: str
    said: str

    @property
    def detail(self) -> str:
        return say("{tool} ended with:\n{said}", tool=self.tool, said=self.said)


@dataclass(eq=False)
class NoBackup(NotFound):
    """There is no complete backup from which this could be restored."""

    folder: str
    until: str | None

    @property
    def detail(self) -> str:
        of = f" that had ended by {self.until}" if self.until else ""
        return say("{folder} has no complete base backup{of}", folder=self.folder, of=of)


@dataclass(eq=False)
class DataInTheWay(Conflict):
    """There is a database where the restored one would go."""

    data: str

    @property
    def detail(self) -> str:
        return say(
            "{data} exists; with --replace it is put aside, and nothing of it is lost",
            data=self.data,
        )


@dataclass(eq=False)
class ServiceRuns(Conflict):
    """The private database is running."""

    @property
    def detail(self) -> str:
        return say("stop every command that uses it first, such as `./roundsman serve`")


@dataclass(eq=False)
class NotRestored(Unavailable):
    """PostgreSQL could not bring the backup up to the time that was asked for."""

    log_file: str
    log_tail: str

    @property
    def detail(self) -> str:
        return say(
            "{log_file} ends with:\n{log_tail}", log_file=self.log_file, log_tail=self.log_tail
        )
