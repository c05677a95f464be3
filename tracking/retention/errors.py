"""What can go wrong while pings are archived, removed and brought back."""

from dataclasses import dataclass

from core.errors import NotFound, Unavailable
from core.said import say


class PingsInUse(Unavailable):
    """Somebody reads or writes these pings right now."""

    @property
    def detail(self) -> str:
        return say("Nothing was changed; it is tried again later")


class RetentionRuns(Unavailable):
    """Another process archives, removes or restores pings right now."""

    @property
    def detail(self) -> str:
        return say("Wait until it is done, then try again")


class ArchiveFault(Unavailable):
    """The archive of pings has a fault."""


@dataclass(eq=False)
class NotArchived(ArchiveFault):
    """Pings could not be written to the archive."""

    file: str
    reason: str

    @property
    def detail(self) -> str:
        return say(
            "{file}: {reason}. They are still in the database", file=self.file, reason=self.reason
        )


@dataclass(eq=False)
class ArchiveMissing(ArchiveFault):
    """A file of the archive is missing."""

    file: str

    @property
    def detail(self) -> str:
        return say(
            "{file} cannot be read; put it back, or set ROUNDSMAN_ARCHIVE_DIR to its folder",
            file=self.file,
        )


@dataclass(eq=False)
class ArchiveDamaged(ArchiveFault):
    """A file of the archive is not as it was written."""

    file: str
    found: str

    @property
    def detail(self) -> str:
        return say(
            "{file}: {found}; put a copy from your backup in its place",
            file=self.file,
            found=self.found,
        )


@dataclass(eq=False)
class NothingArchived(NotFound):
    """There are no archived pings of these days."""

    since: str
    until: str

    @property
    def detail(self) -> str:
        return say(
            "None from {since} to {until}; `./roundsman pings status` lists the days",
            since=self.since,
            until=self.until,
        )
