"""SQL of the calendars of branches, and of what is declared of their days."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from collection.gate.calendars import Holiday
from collection.gate.closed_days.calendar import BranchCalendar
from collection.gate.kinds import DAY_S
from collection.gate.store import second_of
from data.session import Session, rows
from data.tables.contact_rules import BranchCalendar as BranchCalendarRow


async def calendars(
    session: Session, branch_ids: Collection[UUID], first: date, last: date
) -> Mapping[UUID, BranchCalendar]:
    """The calendar of each branch, with what holds for it of the days from `first` to `last`."""
    branches = list(branch_ids)
    found = await rows(
        session,
        """
        SELECT DISTINCT ON (b.id, h.day) b.id, h.day, h.name, h.kind, h.closed_from, h.closed_to
        FROM branch b LEFT JOIN branch_calendar k ON k.branch_id = b.id
        CROSS JOIN LATERAL branch_line(b.id) l
        JOIN holiday h ON h.branch_id = l.branch_id AND h.calendar IN (b.country, k.calendar)
        WHERE b.id = ANY (CAST(:branches AS uuid[])) AND h.day BETWEEN :first AND :last
        ORDER BY b.id, h.day, l.steps, h.declared_at DESC, h.id DESC
        """,
        branches=branches,
        first=first,
        last=last,
    )
    told: dict[UUID, dict[date, Holiday | None]] = defaultdict(dict)
    for r in found:
        closed_s = second_of(r.closed_from, 0), second_of(r.closed_to, DAY_S)
        told[r.id][r.day] = None if r.kind == "working_day" else Holiday(r.name, closed_s)
    codes = await rows(
        session,
        "SELECT b.id, coalesce(k.calendar, b.country) AS calendar FROM branch b"
        " LEFT JOIN branch_calendar k ON k.branch_id = b.id"
        " WHERE b.id = ANY (CAST(:branches AS uuid[]))",
        branches=branches,
    )
    return {
        r.id: BranchCalendar(
            r.calendar, {(r.calendar, day): what for day, what in told[r.id].items()}
        )
        for r in codes
    }


async def set_calendar(session: Session, branch_id: UUID, calendar: str | None) -> None:
    """Set the calendar that a branch in scope goes by; None: its country's."""
    if calendar is None:
        await session.execute(
            delete(BranchCalendarRow).where(BranchCalendarRow.branch_id == branch_id)
        )
        return
    await session.execute(
        insert(BranchCalendarRow)
        .values(branch_id=branch_id, calendar=calendar)
        .on_conflict_do_update(index_elements=["branch_id"], set_={"calendar": calendar})
    )
