"""What can go wrong with allocation."""

from dataclasses import dataclass

from core.errors import Conflict


@dataclass(eq=False)
class AssignedMeanwhile(Conflict):
    """Somebody else moved these cases at the same moment."""

    cases: int

    @property
    def detail(self) -> str:
        return "Look at the assignments as they are now, then do it again if it still needs doing"
