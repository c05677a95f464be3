"""What can go wrong while pings are archived, removed and brought back."""

from dataclasses import dataclass

from core.errors import NotFound, Unavailable


class PingsInUse(Unavailable):
    """Somebody reads or writes these pings right now."""

    @property
    def detail(self) -> str:
        return "Nothing was changed; it is tried again later"


class RetentionRuns(Unavailable):
    """Another process archives, removes or restores pings right now."""

    @property
    def detail(self) -> str:
        return "Wait until it is done, then try again"


class ArchiveFault(Unavailable):
    """The archive of pings has a fault."""


@dataclass(eq=False)
class NotArchived(ArchiveFault):
    """Pings could not be written to the archive."""

    file: str
    reason: str

    @property
    def detail(self) -> str:
        return f"{self.file}: {self.reason}. They are still in the database"


@dataclass(eq=False)
class ArchiveMissing(ArchiveFault):
    """A file of the archive is missing."""

    file: str

    @property
    def detail(self) -> str:
        return (
            f"{self.file} cannot be read; put it back, or set ROUNDSMAN_ARCHIVE_DIR to its folder"
        )


@dataclass(eq=False)
class ArchiveDamaged(ArchiveFault):
    """A file of the archive is not as it was written."""

    file: str
    found: str

    @property
    def detail(self) -> str:
        return f"{self.file}: {self.found}; put a copy from your backup in its place"


@dataclass(eq=False)
class NothingArchived(NotFound):
    """There are no archived pings of these days."""

    since: str
    until: str

    @property
    def detail(self) -> str:
        return f"None from {self.since} to {self.until}; `./roundsman pings status` lists the days"
