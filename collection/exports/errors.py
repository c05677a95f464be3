"""What can go wrong with files that go out."""

from dataclasses import dataclass

from core.errors import Conflict, NotFound, Refused
from core.said import say


@dataclass(eq=False)
class ExportTargetNotFound(NotFound):
    """There is no such export target among yours."""

    target: str


@dataclass(eq=False)
class ExportFileNotFound(NotFound):
    """There is no such export file among yours."""

    file: str


@dataclass(eq=False)
class ExportTargetTaken(Conflict):
    """There is another export target by this id or this code."""

    target_code: str


@dataclass(eq=False)
class NotRejected(Refused):
    """Only what was rejected is sent again."""

    line: int
    state: str

    @property
    def detail(self) -> str:
        return say(
            "Line {line} is {state}; wait for its answer, or choose another",
            line=self.line,
            state=self.state,
        )
