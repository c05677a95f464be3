"""What can go wrong with allocation."""

from dataclasses import dataclass
from datetime import date

from core.errors import Conflict, NotFound, Refused
from core.said import say


@dataclass(eq=False)
class AssignedMeanwhile(Conflict):
    """Somebody else moved these cases at the same moment."""

    cases: int

    @property
    def detail(self) -> str:
        return say(
            "Look at the assignments as they are now, then do it again if it still needs doing"
        )


@dataclass(eq=False)
class CaseCannotGoThere(Refused):
    """This agent cannot be given the case."""

    case_id: str
    agent_id: str
    reason: str
    why_not: str

    @property
    def detail(self) -> str:
        return self.why_not


@dataclass(eq=False)
class CaseHasNoOwner(Conflict):
    """Nobody has this case."""

    case_id: str

    @property
    def detail(self) -> str:
        return say("Give it to an agent first; say `pin` to have it stay there")


@dataclass(eq=False)
class NoSuchPlannedMove(NotFound):
    """There is no such move that is still to happen."""

    move_id: str


@dataclass(eq=False)
class CenterNotFound(NotFound):
    """There is no such center in the branch."""

    center: str


@dataclass(eq=False)
class ProposalNotFound(NotFound):
    """There is no such proposal in your branches."""

    proposal_id: str


@dataclass(eq=False)
class ProposalSettled(Conflict):
    """This proposal has been decided on."""

    proposal_id: str
    state: str

    @property
    def detail(self) -> str:
        return say("It was {state}; make another proposal", state=self.state)


@dataclass(eq=False)
class ProposalChangedMeanwhile(Conflict):
    """Somebody else has edited this proposal since you looked at it."""

    proposal_id: str
    revision: int
    yours: int

    @property
    def detail(self) -> str:
        return say(
            "It is at revision {revision} now, and you saw {yours}. Load it again, look at "
            "what changed, then do it again if it still needs doing",
            revision=self.revision,
            yours=self.yours,
        )


@dataclass(eq=False)
class ProposalNotPublished(Conflict):
    """There is nothing to undo: this proposal was not published."""

    proposal_id: str
    state: str

    @property
    def detail(self) -> str:
        return say("It is {state}", state=self.state)


@dataclass(eq=False)
class ScenarioNotFound(NotFound):
    """There is no such scenario in your branches."""

    scenario_id: str


@dataclass(eq=False)
class ProposalOvertaken(Conflict):
    """Some of these cases cannot go there any more, so nothing was changed."""

    proposal_id: str
    rows: list[dict[str, str | int | None]]

    @property
    def detail(self) -> str:
        named = "; ".join(f"row {row['row'] or '-'}: {row['detail']}" for row in self.rows[:20])
        return say(
            "{named}. Say `skip_overtaken` to publish the others, or send a new sheet", named=named
        )


@dataclass(eq=False)
class CityRunNotFound(NotFound):
    """There is no such run in your branches."""

    run_id: str


@dataclass(eq=False)
class CityRunUnderWay(Conflict):
    """All rounds of this branch and day are being improved already."""

    run_id: str

    @property
    def detail(self) -> str:
        return say("Watch or cancel run {run_id}", run_id=self.run_id)


@dataclass(eq=False)
class NobodyAtWork(Refused):
    """No agent of the branch works on that day."""

    day: str

    @property
    def detail(self) -> str:
        return say(
            "Nobody has a shift on {day} that is still to come; set shifts first, on the page "
            "Shifts or with PUT /v1/shifts",
            day=self.day,
        )


@dataclass(eq=False)
class NotAbsent(Conflict):
    """The agent has not dropped out today."""

    agent_id: str
    day: date

    @property
    def detail(self) -> str:
        return say("There is no absence on {day} that could end", day=self.day)
