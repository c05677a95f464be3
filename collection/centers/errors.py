"""What can go wrong with centers and their sheets."""

from dataclasses import dataclass
from datetime import date

from core.errors import Conflict, NotFound, Refused
from core.said import say


@dataclass(eq=False)
class CenterNotFound(NotFound):
    """There is no such center among yours."""

    center: str


@dataclass(eq=False)
class NoMembersHere(Refused):
    """None of this center's members has a case with you."""

    center: str

    @property
    def detail(self) -> str:
        return say("Load your centers again; the members may have moved to another agent")


@dataclass(eq=False)
class SheetSubmitted(Conflict):
    """The sheet of this meeting was submitted already.

    `meeting_id` is the first one's.
    """

    meeting_id: str
    day: date

    @property
    def detail(self) -> str:
        return say("What was forgotten on it goes in as receipts of their own")


@dataclass(eq=False)
class GroupImageMissing(Refused):
    """This branch wants a picture of the group before a sheet is submitted."""

    center: str

    @property
    def detail(self) -> str:
        return say(
            "Send a picture of the group at one of the members' cases (PUT "
            "/v1/agent/attachments/{id}), and name it as group_image_id"
        )
