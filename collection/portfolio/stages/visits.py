"""What the stage of a case means for visits: whether anybody goes to the door, and who may."""

from dataclasses import dataclass
from enum import StrEnum

from collection.portfolio.stages.stage import Stage
from core.said import say


class Visits(StrEnum):
    """When cases at a stage are visited: as they are due, where somebody asks for it, or never.

    Asked for is a visit that a promise falls due for, or that a supervisor ordered.
    """

    AS_DUE = "as_due"
    WHEN_ASKED = "when_asked"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class StageVisits:
    """What holds at a stage in a branch. Who visits has all `skills`."""

    stage: Stage
    visits: Visits
    skills: tuple[str, ...] = ()

    def held_back(self, *, is_asked: bool) -> str | None:
        """Why a case at this stage is not visited; None where it may be."""
        if self.visits is Visits.NEVER:
            return say("it is at the stage {stage}, at which nobody is visited", stage=self.stage)
        if self.visits is Visits.WHEN_ASKED and not is_asked:
            return say(
                "it is at the stage {stage}: visited only where a promise falls due or a "
                "supervisor orders it",
                stage=self.stage,
            )
        return None

    @property
    def would_help(self) -> str:
        """What would let a case in that is held back."""
        if self.visits is Visits.WHEN_ASKED:
            return say("an order to visit it, or a promise for the day")
        return say(
            "another stage, or another rule of the branch for the stage {stage}", stage=self.stage
        )
