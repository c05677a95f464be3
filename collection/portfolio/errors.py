"""What can go wrong with the portfolio."""

from dataclasses import dataclass

from core.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from core.money import Money
from core.said import say, say_all, say_many

MOST_SAID = 5
"""As many of what stands in a way are told in a sentence."""


class DemandFileRefused(Invalid):
    """The demand file cannot be taken in; nothing of it was."""


@dataclass(eq=False)
class UnreadableDemandFile(DemandFileRefused):
    """The demand file cannot be read.

    `line` is the line of the file, from 1, where reading stopped, if there is one.
    """

    problem: str
    line: int | None = None

    @property
    def detail(self) -> str:
        if self.line is None:
            return self.problem
        return say("line {line}: {problem}", line=self.line, problem=self.problem)


@dataclass(eq=False)
class MissingColumns(DemandFileRefused):
    """The demand file lacks columns.

    `missing` are the names that must be there, `found` the header as it was read.
    """

    missing: tuple[str, ...]
    found: tuple[str, ...]

    @property
    def detail(self) -> str:
        found = ", ".join(self.found) or "nothing"
        return say(
            "the header lacks {missing}. It has: {found}",
            missing="; ".join(self.missing),
            found=found,
        )


@dataclass(eq=False)
class UnclearDates(DemandFileRefused):
    """The demand file does not tell whether days or months come first.

    `value` is one of its dates: the day `day_first` or the day `month_first`.
    """

    line: int
    column: str
    value: str
    day_first: str
    month_first: str

    @property
    def detail(self) -> str:
        return say(
            "line {line}, {column}: {value} is {day_first} where days come first, and {month_first}"
            " where months do. Say which it is.",
            line=self.line, column=self.column, value=self.value, day_first=self.day_first,
            month_first=self.month_first,
        )  # fmt: skip


@dataclass(eq=False)
class MixedDates(DemandFileRefused):
    """The demand file has dates with the day first, and others with the month first.

    `value` on `line` makes sense with the day first only, `other_value` with the month first only.
    """

    line: int
    column: str
    value: str
    other_line: int
    other_value: str

    @property
    def detail(self) -> str:
        return say(
            "{value} on line {line} has the day first, {other_value} on line {other_line} the"
            " month: a spreadsheet may have turned some around. Have the file made anew, or say"
            " which is right.",
            value=self.value, line=self.line, other_value=self.other_value,
            other_line=self.other_line,
        )  # fmt: skip


@dataclass(eq=False)
class TrailerMismatch(DemandFileRefused):
    """The demand file is not what its trailer says.

    `unreadable_lines` are rows whose amount could not be read and so is not in `found_total`.
    """

    line: int
    stated_rows: int
    found_rows: int
    stated_total: Money
    found_total: Money
    unreadable_lines: tuple[int, ...]

    @property
    def detail(self) -> str:
        lost = ", ".join(str(line) for line in self.unreadable_lines[:10])
        return (
            f"the trailer on line {self.line} says {self.stated_rows} rows and"
            f" {self.stated_total}; the file has {self.found_rows} rows and {self.found_total}"
            + (f" (no amount could be read on lines {lost})" if lost else "")
        )


@dataclass(eq=False)
class DemandFileNotFound(NotFound):
    """There is no such demand file among yours."""

    import_id: str


@dataclass(eq=False)
class DemandFileTakenBack(Conflict):
    """The demand file was taken back before."""

    import_id: str


@dataclass(eq=False)
class TooLateToTakeBack(Refused):
    """The demand file came in too long ago to be taken back."""

    import_id: str
    kept_days: int

    @property
    def detail(self) -> str:
        return say(
            "What a file has changed is kept for {days} days. Load a corrected file, which updates"
            " its figures.",
            days=self.kept_days,
        )


@dataclass(eq=False)
class ActedUpon(Refused):
    """Something has come of this demand file already.

    `in_the_way` are the first such things, of `count`.
    """

    in_the_way: tuple[str, ...]
    count: int

    @property
    def detail(self) -> str:
        return say_many(
            "One thing stands in the way: {them}. Undo that first, or load a corrected file.",
            "{count} things stand in the way: {them}. Undo those first, or load a corrected file.",
            self.count,
            them=say_all(self.in_the_way[:MOST_SAID]),
        )


class NotTheWholeLender(Forbidden):
    """Product types are the whole lender's."""

    @property
    def detail(self) -> str:
        return say("Somebody of the branch above all others can change them")


@dataclass(eq=False)
class ProductTypeNotFound(NotFound):
    """There is no such product type."""

    product_type: str


@dataclass(eq=False)
class StageNotReachable(Refused):
    """The case cannot go to that stage from where it is."""

    stage: str
    asked: str
    reachable: tuple[str, ...]

    @property
    def detail(self) -> str:
        return say(
            "It is {stage}; from there it may go to {reachable}",
            stage=self.stage,
            reachable=", ".join(self.reachable),
        )


@dataclass(eq=False)
class ProceedingMissing(Refused):
    """No proceeding about this case is on record, and its branch asks for one at this stage."""

    case_id: str

    @property
    def detail(self) -> str:
        return say("Put on record at the case what is before the court, then move it")
