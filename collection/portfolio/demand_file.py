"""The daily demand file of a lender's core banking, from bytes to rows: CSV, nothing guessed.

The columns are in `demand_columns`. The file may end with a trailer
``#TRAILER,row_count,sum_total_due``; then the whole file must agree with it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, cast

from collection.portfolio.demand_cells import CellReader, cell_readers
from collection.portfolio.demand_columns import (
    PARTS,
    REQUIRED,
    Column,
    Kind,
    as_mapped,
    column_of,
    template_csv,
)
from collection.portfolio.demand_dates import DateCell, DateOrder, may_depend_on_order, order_of
from collection.portfolio.demand_row import DemandRow, PlannedCell, RowProblem, read_row
from collection.portfolio.demand_text import decoded, delimiter_of, records
from collection.portfolio.errors import MissingColumns, TrailerMismatch, UnreadableDemandFile
from core.errors import InvalidField
from core.money import Money
from core.said import say

__all__ = [
    "Correction",
    "DemandFile",
    "DemandRow",
    "RowProblem",
    "Totals",
    "Trailer",
    "read_demand_file",
    "template_csv",
]


class Correction(NamedTuple):
    """What a cell should have said. `line` is the first line of its row, as a problem has it, and
    `column` one of ours."""

    line: int
    column: str
    value: str


class Trailer(NamedTuple):
    """What the sender says the file holds."""

    line: int
    rows: int
    total_due_minor: int


class Totals(NamedTuple):
    """What the file holds. `rows` and `total_due_minor` count refused rows too."""

    rows: int
    rows_kept: int
    total_due_minor: int
    total_due_kept_minor: int


@dataclass(frozen=True, slots=True)
class DemandFile:
    """A demand file that was read. `ignored_columns` are headers that mean nothing here, and
    `dates` is what comes first in dates of numbers, None where the file has none."""

    rows: tuple[DemandRow, ...]
    problems: tuple[RowProblem, ...]
    totals: Totals
    trailer: Trailer | None
    currency: str
    encoding: str
    delimiter: str
    dates: DateOrder | None
    ignored_columns: tuple[str, ...]


def read_demand_file(
    content: bytes,
    *,
    currency: str,
    dates: DateOrder | None = None,
    columns: Mapping[str, str] | None = None,
    corrections: Sequence[Correction] = (),
) -> DemandFile:
    """Read a demand file in UTF-8 or Windows-1252, delimited by comma, semicolon or tab.

    `columns` says which of the file's columns is which of ours (our name to its header), where its
    own name does not tell; an empty header says that a column of ours is not there.

    `corrections` are read in the place of what the cells say; of two of one cell the later one.

    `currency` is the branch's; a row in another is refused. `dates` says what comes first in dates
    of numbers (`demand_dates`); without it the file must make it clear. Rows that cannot be used
    are reported and left out, the others are kept. Raises `UnreadableDemandFile`,
    `MissingColumns`, `UnclearDates`, `MixedDates` or `TrailerMismatch`, all of them
    `DemandFileRefused`, when the file as a whole cannot be trusted, and `InvalidField` when
    `currency` itself cannot be used, or a correction is of no cell of the file.
    """
    currency = Money(0, currency).currency
    text, encoding = decoded(content)
    delimiter = delimiter_of(text)
    all_records = records(text, delimiter)
    line, header = next(all_records, (1, []))
    if header is None:
        raise UnreadableDemandFile("the header's quotes or cells are not those of a CSV file", line)
    header = as_mapped(header, columns or {})
    places = _places(line, header)
    if dates is None and may_depend_on_order(text):
        dates = order_of(_dates(text, delimiter, places))
    readers = cell_readers(currency, dates)
    plan = tuple(PlannedCell(at, column, readers[column.kind]) for at, column in places)
    intake = _Intake(plan, len(header), currency)
    corrected = _Corrected(corrections, plan)
    trailer: Trailer | None = None
    for line, cells in all_records:
        if trailer:
            raise UnreadableDemandFile(f"a row after the trailer on line {trailer.line}", line)
        if cells and cells[0].lstrip("#").casefold() == "trailer":
            trailer = _trailer(line, cells, readers[Kind.AMOUNT])
        else:
            intake.take(line, corrected.cells(line, cells))
    corrected.check_all_used()
    if trailer:
        intake.agree_with(trailer)
    return DemandFile(
        rows=tuple(intake.rows),
        problems=tuple(intake.problems),
        totals=intake.totals(),
        trailer=trailer,
        currency=currency,
        encoding=encoding,
        delimiter=delimiter,
        dates=dates,
        ignored_columns=tuple(name for name in header if name and not column_of(name)),
    )


def _places(line: int, header: Sequence[str]) -> tuple[tuple[int, Column], ...]:
    """Where each known column stands. Raises when one is missing or there twice."""
    if not header:
        raise UnreadableDemandFile("the file is empty")
    places: dict[str, int] = {}
    found: list[tuple[int, Column]] = []
    for index, name in enumerate(header):
        column: Column | None = column_of(name)
        if column is None:
            continue
        if column.name in places:
            twice = f"{header[places[column.name]]!r} and {name!r} are both {column.name}"
            raise UnreadableDemandFile(f"columns {twice}; leave one out", line)
        places[column.name] = index
        found.append((index, column))
    missing = [name for name in REQUIRED if name not in places]
    if "address" not in places and not {"lat", "lon"} <= places.keys():
        missing.append("address (or lat and lon)")
    if "total_due" not in places and not places.keys() & set(PARTS):
        missing.append(f"total_due (or {', '.join(PARTS)})")
    if missing:
        raise MissingColumns(tuple(missing), tuple(name[:80] for name in header))
    return tuple(found)


def _dates(text: str, delimiter: str, places: Sequence[tuple[int, Column]]) -> Iterator[DateCell]:
    """The cells of all columns of dates, below the header."""
    of_dates = [(at, column.name) for at, column in places if column.kind is Kind.DATE]
    all_records = records(text, delimiter)
    next(all_records)
    for line, cells in all_records:
        for at, name in of_dates:
            if cells and at < len(cells):
                yield DateCell(line, name, cells[at])


def _trailer(line: int, cells: Sequence[str], read_amount: CellReader) -> Trailer:
    rows, total, *rest = [*cells[1:], "", ""]
    expected = say("#TRAILER, the number of rows, the sum of total_due (quoted if it has commas)")
    if any(rest) or not re.fullmatch(r"\d{1,9}", rows, re.ASCII):
        raise UnreadableDemandFile(f"the trailer should be {expected}", line)
    try:
        total_due_minor = cast("int", read_amount(total))
    except InvalidField as refusal:
        problem = f"the trailer's sum should be {refusal.expected}"
        raise UnreadableDemandFile(problem, line) from None
    return Trailer(line, int(rows), total_due_minor)


class _Corrected:
    """The corrections that wait for their rows."""

    def __init__(self, corrections: Sequence[Correction], plan: Sequence[PlannedCell]) -> None:
        places = {cell.column.name: cell.place for cell in plan}
        self._of_line: dict[int, dict[int, str]] = {}
        for line, column, value in corrections:
            if column not in places:
                raise InvalidField("corrections", say("columns that the file has, by our names"))
            self._of_line.setdefault(line, {})[places[column]] = value.strip()

    def cells(self, line: int, cells: list[str] | None) -> list[str] | None:
        """A record with what is corrected in it."""
        if not self._of_line or cells is None:
            return cells
        instead = self._of_line.pop(line, {})
        if any(place >= len(cells) for place in instead):
            raise InvalidField("corrections", say("lines of rows that have all cells"))
        return [instead.get(place, cell) for place, cell in enumerate(cells)]

    def check_all_used(self) -> None:
        """Raises `InvalidField` when one was of a line that is no row."""
        if self._of_line:
            raise InvalidField("corrections", say("lines of rows that have all cells"))


class _Intake:
    """The rows so far, and what they say about each other."""

    def __init__(self, plan: tuple[PlannedCell, ...], width: int, currency: str) -> None:
        self.plan = plan
        self.width = width
        self.currency = currency
        self.rows: list[DemandRow] = []
        self.problems: list[RowProblem] = []
        self.read = 0
        self.total_due_minor = 0
        self.unreadable: list[int] = []
        self.demand_line: dict[tuple[str, date], int] = {}
        self.account_row: dict[str, DemandRow] = {}

    def take(self, line: int, cells: list[str] | None) -> None:
        """Read one record into a row, or into what is wrong with it."""
        self.read += 1
        wrong = self._misshapen(line, cells)
        if cells is None or wrong:
            self.problems += wrong
            self.unreadable.append(line)
            return
        read = read_row(line, cells, self.plan, self.currency)
        self.problems += read.problems
        if read.total_due_minor is None:
            self.unreadable.append(line)
        else:
            self.total_due_minor += read.total_due_minor
        if read.row and not (clash := self._clash(read.row)):
            self.rows.append(read.row)
        elif read.row and clash:
            self.problems.append(clash)

    def _misshapen(self, line: int, cells: list[str] | None) -> list[RowProblem]:
        if cells is None:
            return [RowProblem(line, "", "", 'quotes that close; one inside a cell is written ""')]
        if len(cells) < self.width or any(cells[self.width :]):
            expected = say(
                "{width} cells, as in the header; quote cells with a delimiter", width=self.width
            )
            return [RowProblem(line, "", f"{len(cells)} cells", expected)]
        return []

    def _clash(self, row: DemandRow) -> RowProblem | None:
        """The problem with a good row that an earlier one contradicts; remembers it otherwise."""
        account = row.loan_account_no
        first = self.account_row.setdefault(account, row)
        if first.customer_id != row.customer_id:
            owner = f"{first.customer_id}, whose account {account} is on line {first.line}"
            return RowProblem(row.line, "customer_id", row.customer_id, owner)
        line = self.demand_line.setdefault((account, row.due_date), row.line)
        if line != row.line:
            once = f"each account once per due_date; line {line} has {row.due_date} already"
            return RowProblem(row.line, "loan_account_no", account, once)
        return None

    def agree_with(self, trailer: Trailer) -> None:
        """Raise `TrailerMismatch` unless rows and sum are as the trailer says."""
        if (trailer.rows, trailer.total_due_minor) != (self.read, self.total_due_minor):
            raise TrailerMismatch(
                line=trailer.line,
                stated_rows=trailer.rows,
                found_rows=self.read,
                stated_total=Money(trailer.total_due_minor, self.currency),
                found_total=Money(self.total_due_minor, self.currency),
                unreadable_lines=tuple(self.unreadable),
            )

    def totals(self) -> Totals:
        """Sums over all rows and over the kept ones."""
        kept_minor = sum(row.total_due_minor for row in self.rows)
        return Totals(self.read, len(self.rows), self.total_due_minor, kept_minor)
