"""What can go wrong when a case is given an instruction."""

from dataclasses import dataclass
from datetime import date

from core.errors import Conflict, NotFound
from core.said import say


@dataclass(eq=False)
class InstructionNotFound(NotFound):
    """There is no such instruction for this case."""

    instruction_id: str


@dataclass(eq=False)
class InstructionStands(Conflict):
    """Another instruction stands for this case on one of these days."""

    instruction_id: str
    ordered: str
    from_day: date
    until_day: date | None
    made_by_name: str
    reason: str

    @property
    def detail(self) -> str:
        days = f"{self.from_day} to {self.until_day}" if self.until_day else f"{self.from_day} on"
        return say(
            "{made_by_name} ordered {ordered} for {days} ({reason}); end that one first: "
            "DELETE …/instructions/{instruction_id}",
            made_by_name=self.made_by_name,
            ordered=self.ordered,
            days=days,
            reason=self.reason,
            instruction_id=self.instruction_id,
        )


@dataclass(eq=False)
class NotInARound(Conflict):
    """This case is no stop of a round of that day."""

    case_id: str
    day: date

    @property
    def detail(self) -> str:
        return say(
            "No round of {day} has a stop at case {case_id}, so there is no planned time "
            "to keep; order must_visit or fixed_time instead",
            day=self.day,
            case_id=self.case_id,
        )
