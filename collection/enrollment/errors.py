"""What can go wrong with enrolling many."""

from dataclasses import dataclass

from core.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from core.said import say, say_many


@dataclass(eq=False)
class UnreadableRoster(Invalid):
    """The file cannot be read."""

    problem: str
    line: int | None = None

    @property
    def detail(self) -> str:
        if not self.line:
            return self.problem
        return say("line {line}: {problem}", line=self.line, problem=self.problem)


@dataclass(eq=False)
class RowsRefused(Refused):
    """Some rows cannot be enrolled."""

    refused: int
    good: int

    @property
    def detail(self) -> str:
        return say(
            "{refused} of {refused_2} rows; mend the file, or ask for the good ones alone "
            "(`skip_bad`)",
            refused=self.refused,
            refused_2=self.refused + self.good,
        )


class NobodyToEnroll(Refused):
    """No row can be enrolled."""


@dataclass(eq=False)
class EnrollmentNotFound(NotFound):
    """There is no such enrollment among yours."""

    enrollment_id: str


@dataclass(eq=False)
class SheetsPrinted(Conflict):
    """The sheets were printed before."""

    printed_at: str

    @property
    def detail(self) -> str:
        return say(
            "At {printed_at}. Codes and keys are shown once: printing `again` makes new "
            "ones, and the old sheets open nothing any more",
            printed_at=self.printed_at,
        )


class NobodyToPrintFor(Refused):
    """Everybody of this enrollment has chosen a password, or has left."""


class OwnEnrollment(Forbidden):
    """Who has enrolled a file does not take it back."""

    @property
    def detail(self) -> str:
        return say("Ask another administrator")


@dataclass(eq=False)
class SomethingDepends(Refused):
    """Something has come of this file already.

    `dependents` are the first people of whom that is so, each with `what` has come.
    """

    dependents: list[dict[str, str]]
    count: int

    @property
    def detail(self) -> str:
        named = ", ".join(each["person"] for each in self.dependents[:5])
        return say_many(
            "{count} person has begun: {named}. End that account by itself",
            "{count} people have begun: {named}. End those accounts one by one",
            self.count,
            named=named,
        )
