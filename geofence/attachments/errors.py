"""What can go wrong with attachments."""

from dataclasses import dataclass

from core.errors import Invalid, NotFound, Unavailable
from core.said import say


@dataclass(eq=False)
class FileNotUsable(Invalid):
    """This file cannot be taken in."""

    expected: str
    found: str

    @property
    def detail(self) -> str:
        return say("Expected {expected}; {found}", expected=self.expected, found=self.found)


@dataclass(eq=False)
class AttachmentNotFound(NotFound):
    """There is no such attachment in your branches."""

    id: str


@dataclass(eq=False)
class FileNotKept(Unavailable):
    """The file cannot be stored right now."""

    reason: str

    @property
    def detail(self) -> str:
        return say("Send it again later ({reason})", reason=self.reason)


@dataclass(eq=False)
class FileLost(Unavailable):
    """The attachment's file is not as it was stored."""

    id: str
    reason: str

    @property
    def detail(self) -> str:
        return say(
            "{reason}: ask your administrator to bring it back from a backup", reason=self.reason
        )
