"""One row of a demand file: its cells, what they mean together, and what is wrong with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, NamedTuple, cast

from collection.portfolio.demand_cells import CellReader, says_nothing
from collection.portfolio.demand_columns import COLUMNS, PARTS, REQUIRED, Column, Kind
from core.errors import InvalidField
from core.geometry import LatLon, position
from core.money import Money

_SHOWN_CHARACTERS = 80
_COLUMN = {column.name: column for column in COLUMNS}
_FIELDS = tuple(
    (f"{column.name}_minor" if column.kind == Kind.AMOUNT else column.name, column.name)
    for column in COLUMNS
    if column.name not in {"lat", "lon"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandRow:
    """One demand. Amounts are minor units of the file's currency; None is a blank cell.

    The four parts add up to `total_due_minor`: what the file gives no head for is principal.
    `line` is the row's first line in the file.
    """

    line: int
    customer_id: str
    customer_name: str
    loan_account_no: str
    branch_code: str
    due_date: date
    total_due_minor: int
    principal_due_minor: int
    interest_due_minor: int
    charges_due_minor: int
    penal_due_minor: int
    address: str | None
    position: LatLon | None
    locality: str | None
    pincode: str | None
    mobile: str | None
    guarantor_name: str | None
    guarantor_mobile: str | None
    co_borrower_name: str | None
    co_borrower_mobile: str | None
    language: str | None
    product_code: str | None
    currency: str
    installment_no: int | None
    emi_amount_minor: int | None
    pos_minor: int | None
    tos_minor: int | None
    dpd: int | None
    last_payment_date: date | None
    last_payment_amount_minor: int | None
    promise_due_date: date | None
    promise_amount_minor: int | None
    preferred_from: time | None
    preferred_to: time | None
    officer_code: str | None


class RowProblem(NamedTuple):
    """A cell that could not be used.

    `line` is the first line of its row in the file, the header being line 1; `expected` says what
    would be right. `row_kept` tells whether the row was taken without the value.
    """

    line: int
    column: str
    value: str
    expected: str
    row_kept: bool = False


class PlannedCell(NamedTuple):
    """Where a column stands in the file and how its cells are read."""

    place: int
    column: Column
    read: CellReader


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row with what is wrong with it. `row` is None when it cannot be used.

    `total_due_minor` is what it adds to the file's total, used or not; None if unreadable.
    """

    row: DemandRow | None
    problems: list[RowProblem]
    total_due_minor: int | None


class _Cells:
    """The values of one row while they are being weighed."""

    __slots__ = ("cells", "faults", "line", "plan", "values")

    def __init__(self, line: int, cells: Sequence[str], plan: Sequence[PlannedCell]) -> None:
        self.line = line
        self.cells = cells
        self.plan = plan
        self.values = values = cast("dict[str, Any]", dict.fromkeys(_COLUMN))
        self.faults: dict[str, str] = {}
        for place, column, read in plan:
            if text := cells[place]:
                try:
                    values[column.name] = read(text)
                except InvalidField as refusal:
                    if not says_nothing(text, column.kind):
                        self.faults[column.name] = refusal.expected

    def fault(self, name: str, expected: str) -> None:
        """Report a column and forget its value; the first thing found wrong with it stays."""
        self.faults.setdefault(name, expected)
        self.values[name] = None

    def problems(self) -> list[RowProblem]:
        """What is wrong, in the order found."""
        kept = not any(_COLUMN[name].essential for name in self.faults)
        shown = {
            column.name: self.cells[place][:_SHOWN_CHARACTERS] for place, column, _ in self.plan
        }
        return [
            RowProblem(self.line, name, shown.get(name, ""), expected, kept)
            for name, expected in self.faults.items()
        ]


def read_row(
    line: int, cells: Sequence[str], plan: Sequence[PlannedCell], currency: str
) -> ReadRow:
    """Read one record of stripped cells, as many as the header has."""
    found = _Cells(line, cells, plan)
    total_due_minor = _weigh_amounts(found, currency)
    place = _weigh_place(found)
    _weigh_pairs(found)
    for name in REQUIRED:
        if found.values[name] is None:
            found.fault(name, f"{_COLUMN[name].meaning}; it cannot be blank")
    problems = found.problems() if found.faults else []
    if problems and not problems[0].row_kept:
        return ReadRow(None, problems, total_due_minor)
    found.values["currency"] = currency
    fields = {field: found.values[name] for field, name in _FIELDS}
    row = DemandRow(line=line, position=place, **fields)
    return ReadRow(row, problems, total_due_minor)


def _weigh_amounts(found: _Cells, currency: str) -> int | None:
    """Fill the total and its parts from each other; return the total, None if unreadable."""
    values = found.values
    if found.faults.keys() & {"total_due", *PARTS}:
        total: int | None = values["total_due"]
        return total
    total, principal = values["total_due"], values["principal_due"]
    parts = {name: values[name] or 0 for name in PARTS}
    given = sum(parts.values())
    if total is None and all(values[name] is None for name in PARTS):
        found.fault("total_due", "what is due, or its parts")
        return None
    if total is None:
        total = given
    elif principal is None and given <= total:
        parts["principal_due"] = total - given
    elif given != total:
        found.fault("total_due", f"{Money(given, currency)}, the sum of its parts")
        return total
    values.update(parts, total_due=total)
    return total


def _weigh_place(found: _Cells) -> LatLon | None:
    """The position, if lat and lon are both there and on the map; an address if they are not."""
    values = found.values
    lat, lon = values["lat"], values["lon"]
    place = None
    if (lat is None) != (lon is None):
        blank = "lat" if lat is None else "lon"
        found.fault(blank, "lat and lon together, or neither")
    elif lat == 0 and lon == 0:
        found.fault("lat", "the customer's position; 0, 0 is in the sea")
    elif lat is not None:
        try:
            place = position(lat, lon)
        except InvalidField as refusal:
            found.fault(refusal.field, refusal.expected)
    if place is None and values["address"] is None:
        found.fault("address", "an address, or lat and lon")
    return place


def _weigh_pairs(found: _Cells) -> None:
    """Values that mean something only together."""
    values = found.values
    day, amount = values["promise_due_date"], values["promise_amount"]
    if (day is None) != (amount is None):
        blank = "promise_due_date" if day is None else "promise_amount"
        found.fault(blank, "a promise has a day and an amount")
    elif amount == 0:
        found.fault("promise_amount", "more than 0")
    start, end = values["preferred_from"], values["preferred_to"]
    if start is not None and end is not None and not start < end:
        found.fault("preferred_to", "later than preferred_from")
        values["preferred_from"] = None
