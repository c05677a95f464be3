"""What can go wrong with allocation."""

from dataclasses import dataclass

from core.errors import Conflict, NotFound


@dataclass(eq=False)
class AssignedMeanwhile(Conflict):
    """Somebody else moved these cases at the same moment."""

    cases: int

    @property
    def detail(self) -> str:
        return "Look at the assignments as they are now, then do it again if it still needs doing"


@dataclass(eq=False)
class CaseNotFound(NotFound):
    """There is no such case in your branches."""

    case_id: str


@dataclass(eq=False)
class CaseHasNoOwner(Conflict):
    """Nobody has this case."""

    case_id: str

    @property
    def detail(self) -> str:
        return "Give it to an agent first; say `pin` to have it stay there"


@dataclass(eq=False)
class NoSuchPlannedMove(NotFound):
    """There is no such move that is still to happen."""

    move_id: str


@dataclass(eq=False)
class CustomerNotFound(NotFound):
    """There is no such customer in your branches."""

    customer_id: str


@dataclass(eq=False)
class CenterNotFound(NotFound):
    """There is no such center in the branch."""

    code: str
