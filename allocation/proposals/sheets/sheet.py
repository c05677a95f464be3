"""The sheet of a branch's owners: what goes out, and what comes back row by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from allocation.proposals.sheets.workbook import Cell, Sheet
from core.clock import read_day
from core.said import say

COLUMNS = (
    ("case_id", 38), ("account", 16), ("customer", 28), ("locality", 20), ("center", 10),
    ("overdue", 14), ("currency", 9), ("dpd", 6), ("urgency", 8), ("agent", 18),
    ("agent_name", 24), ("pinned", 8), ("new_agent", 18), ("reason", 40), ("pin", 6),
    ("pin_until", 12),
)  # fmt: skip
NEEDED = ("case_id", "agent", "new_agent", "reason")
NOBODY = "-"
MOST_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class OwnedCase:
    """An open case as it goes out. `agent` is a username; `overdue` is in whole currency units."""

    case_id: UUID
    account: str
    customer: str
    locality: str | None
    center: str | None
    overdue: float
    currency: str
    dpd: int
    urgency: float
    agent: str | None
    agent_name: str | None
    pinned: bool


@dataclass(frozen=True, slots=True)
class AgentLine:
    """An agent whom cases can be given to."""

    agent_id: UUID
    username: str
    name: str
    cases: int


@dataclass(frozen=True, slots=True)
class Wish:
    """A row that wants a change: to nobody where `to` is None. `row` counts from 1, with the head.

    `former` is who had the case when the sheet went out.
    """

    row: int
    case_id: UUID
    former: str | None
    to: str | None
    reason: str
    pin: bool
    pin_until: date | None


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell that cannot be used, and what would be right."""

    row: int
    column: str
    value: str
    expected: str


def sheets_of(cases: Sequence[OwnedCase], agents: Sequence[AgentLine]) -> list[Sheet]:
    """The cases with their owners, and who is there to choose from."""
    rows: list[list[Cell]] = [
        [
            str(c.case_id), c.account, c.customer, c.locality, c.center, c.overdue, c.currency,
            c.dpd, round(c.urgency, 1), c.agent, c.agent_name, "yes" if c.pinned else None,
        ]
        for c in cases
    ]  # fmt: skip
    people: list[list[Cell]] = [[a.username, a.name, a.cases] for a in agents]
    return [
        Sheet("Cases", COLUMNS, rows),
        Sheet("Agents", (("agent", 18), ("agent_name", 28), ("cases", 8)), people),
    ]


def wishes_of(cells: Sequence[Sequence[str]]) -> tuple[list[Wish], list[Problem]]:
    """The changes that a sheet wants, and the cells that cannot be used.

    Rows without a new agent want nothing. Of two rows for one case the second is a problem.
    """
    if not cells:
        return [], [Problem(1, "case_id", "", "a sheet with the columns that went out")]
    head = {title.strip().lower(): place for place, title in enumerate(cells[0]) if title.strip()}
    missing = [name for name in NEEDED if name not in head]
    if missing:
        return [], [Problem(1, name, "", "a column of this name") for name in missing]
    wishes: list[Wish] = []
    problems: list[Problem] = []
    seen: dict[UUID, int] = {}
    for row, line in enumerate(cells[1:], 2):
        told = {
            name: line[place].strip() if place < len(line) else "" for name, place in head.items()
        }
        if not told["new_agent"]:
            continue
        found = _wish(row, told)
        if isinstance(found, Problem):
            problems.append(found)
        elif found.case_id in seen:
            expected = say("each case once; row {seen} has it already", seen=seen[found.case_id])
            problems.append(Problem(row, "case_id", told["case_id"], expected))
        else:
            seen[found.case_id] = row
            wishes.append(found)
    return wishes, problems


def _wish(row: int, told: dict[str, str]) -> Wish | Problem:
    try:
        case_id = UUID(told["case_id"])
    except ValueError:
        return Problem(row, "case_id", told["case_id"], "the case_id that went out")
    if not told["reason"]:
        return Problem(row, "reason", "", "why the case is to change hands")
    pin = told.get("pin", "").lower()
    if pin not in ("", "yes", "no"):
        return Problem(row, "pin", told["pin"], "yes, no or nothing")
    until = told.get("pin_until", "")[:10]
    try:
        pin_until = read_day(until) if until else None
    except ValueError:
        return Problem(row, "pin_until", told["pin_until"], "a date such as 2026-12-31")
    to = None if told["new_agent"] == NOBODY else told["new_agent"].lower()
    return Wish(
        row, case_id, told["agent"].lower() or None, to, told["reason"][:1000], pin == "yes",
        pin_until,
    )  # fmt: skip
