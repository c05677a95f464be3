"""SQL of absences: who dropped out of a day, and whose visits changed hands for it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, text

from allocation.absence.absence import Absence, Absent, Outcome, Visit
from core.ids import new_id
from data.session import Session, rows
from data.tables.absence import Absence as AbsenceRow
from data.tables.absence import AbsenceVisit
from routing.rounds.store import REACHED
from routing.underway.relief.decide import Passed, Waits

_ABSENCE = """
SELECT a.id, a.agent_id, s.full_name AS agent, a.branch_id, a.day, a.began_at, a.reason, a.cause,
       b.full_name AS told_by, a.ended_at
FROM absence a JOIN staff s ON s.id = a.agent_id LEFT JOIN staff b ON b.id = a.told_by
"""


async def last_absence(session: Session, agent_id: UUID, day: date) -> Absence | None:
    """The absence of an agent's day that is not over; else the last one."""
    found = await rows(
        session,
        _ABSENCE + " WHERE a.agent_id = :agent AND a.day = :day"
        " ORDER BY a.ended_at DESC NULLS FIRST, a.began_at DESC LIMIT 1",
        agent=agent_id,
        day=day,
    )
    return await _with_visits(session, Absence(*found[0])) if found else None


async def absences_over(session: Session, now: datetime, limit: int) -> list[Absence]:
    """Absences of days that are over by their branch's clock, which are open or of which somebody
    still has a visit; locked, but for those that another worker has."""
    found = await rows(
        session,
        _ABSENCE + " JOIN branch z ON z.id = a.branch_id"
        " WHERE a.day < (CAST(:now AS timestamptz) AT TIME ZONE z.zone)::date"
        " AND (a.ended_at IS NULL OR EXISTS (SELECT FROM absence_visit v WHERE v.absence_id = a.id"
        "      AND v.to_agent_id IS NOT NULL AND v.returned_at IS NULL))"
        " ORDER BY a.began_at LIMIT :limit FOR UPDATE OF a SKIP LOCKED",
        now=now,
        limit=limit,
    )
    return [await _with_visits(session, Absence(*r)) for r in found]


async def _with_visits(session: Session, absence: Absence) -> Absence:
    return replace(absence, visits=await visits(session, absence.id))


async def visits(session: Session, absence_id: UUID) -> tuple[Visit, ...]:
    """The visits of an absence, the most urgent first."""
    found = await rows(
        session,
        """
        SELECT v.case_id, cu.full_name, v.urgency, v.agent_id, a.full_name, v.to_agent_id,
               t.full_name, v.reason, v.outcome, v.returned_at
        FROM absence_visit v JOIN case_file c ON c.id = v.case_id
        JOIN customer cu ON cu.id = c.customer_id JOIN staff a ON a.id = v.agent_id
        LEFT JOIN staff t ON t.id = v.to_agent_id
        WHERE v.absence_id = :absence ORDER BY v.urgency DESC, v.case_id
        """,
        absence=absence_id,
    )
    return tuple(Visit(*r) for r in found)


async def called(
    session: Session, passed: Sequence[Passed], waiting: Sequence[Waits]
) -> tuple[Visit, ...]:
    """Visits with what people call customers and agents, the most urgent first."""
    customers = await rows(
        session,
        "SELECT c.id, cu.full_name FROM case_file c JOIN customer cu ON cu.id = c.customer_id"
        " WHERE c.id = ANY (CAST(:cases AS uuid[]))",
        cases=[*(str(one.case_id) for one in passed), *(str(one.case_id) for one in waiting)],
    )
    people = {one.to_id for one in passed} | {one.from_id for one in passed}
    people |= {one.agent_id for one in waiting}
    agents = await rows(
        session,
        "SELECT id, full_name FROM staff WHERE id = ANY (CAST(:agents AS uuid[]))",
        agents=[str(one) for one in people],
    )
    customer = {r.id: r.full_name for r in customers}
    agent = {r.id: r.full_name for r in agents}
    found = [
        *(
            Visit(one.case_id, customer[one.case_id], one.urgency, one.from_id, agent[one.from_id],
                  one.to_id, agent[one.to_id])
            for one in passed
        ),
        *(
            Visit(one.case_id, customer[one.case_id], one.urgency, one.agent_id,
                  agent[one.agent_id], None, None, one.reason)
            for one in waiting
        ),
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda visit: (-visit.urgency, visit.case_id)))


async def add(
    session: Session,
    absent: Absent,
    branch_id: UUID,
    day: date,
    decided: Sequence[Visit],
    now: datetime,
) -> None:
    """Write an absence down, with what was decided."""
    absence_id = new_id()
    await session.execute(
        insert(AbsenceRow).values(
            id=absence_id, branch_id=branch_id, agent_id=absent.agent_id, day=day, began_at=now,
            reason=absent.reason, cause=absent.cause, told_by=absent.by,
        )
    )  # fmt: skip
    values = [
        {
            "absence_id": absence_id, "case_id": one.case_id, "branch_id": branch_id,
            "agent_id": one.agent_id, "to_agent_id": one.to_agent_id, "urgency": one.urgency,
            "reason": one.reason,
        }
        for one in decided
    ]  # fmt: skip
    if values:
        await session.execute(insert(AbsenceVisit), values)


async def last_change(session: Session, branch_id: UUID, day: date) -> datetime | None:
    """When an agent of a branch last dropped out or came back on `day`."""
    (found,) = await rows(
        session,
        "SELECT greatest(max(began_at), max(ended_at)) AS at FROM absence"
        " WHERE branch_id = :branch AND day = :day",
        branch=branch_id,
        day=day,
    )
    at: datetime | None = found.at
    return at


async def still_with(session: Session, absence_id: UUID) -> set[UUID]:
    """The cases that those who stand in still have."""
    found = await rows(
        session,
        "SELECT v.case_id FROM absence_visit v JOIN assignment a ON a.case_id = v.case_id"
        " AND a.agent_id = v.to_agent_id AND a.channel = 'visit' AND upper_inf(a.during)"
        " JOIN case_file c ON c.id = v.case_id AND c.closed_at IS NULL"
        " WHERE v.absence_id = :absence",
        absence=absence_id,
    )
    return {r.case_id for r in found}


async def reached(session: Session, case_ids: Collection[UUID], day: date) -> set[UUID]:
    """Those of these cases that somebody has been at on `day`."""
    found = await rows(
        session,
        f"WITH {REACHED} SELECT DISTINCT case_id FROM reached"  # noqa: S608
        " WHERE case_id = ANY (CAST(:cases AS uuid[]))",
        day=day,
        cases=[str(case) for case in case_ids],
    )
    return {r.case_id for r in found}


async def end(session: Session, absence_id: UUID, how: str, by: UUID | None, now: datetime) -> None:
    """Write down that an absence is over; one that was over already stays as it was."""
    await session.execute(
        text(
            "UPDATE absence SET ended_at = :now, ended_by = :by, outcome = :how"
            " WHERE id = :absence AND ended_at IS NULL"
        ),
        {"absence": absence_id, "now": now, "by": by, "how": how},
    )


async def settle(
    session: Session,
    absence_id: UUID,
    outcomes: Mapping[UUID, Outcome],
    returned: Collection[UUID],
    now: datetime,
) -> None:
    """Write down what became of visits, and which of them are back where they were from."""
    await session.execute(
        text(
            "UPDATE absence_visit v SET outcome = o.outcome, returned_at = CASE"
            " WHEN v.case_id = ANY (CAST(:returned AS uuid[])) THEN CAST(:now AS timestamptz) END"
            " FROM unnest(CAST(:cases AS uuid[]), CAST(:outcomes AS text[]))"
            " AS o (case_id, outcome)"
            " WHERE v.absence_id = :absence AND v.case_id = o.case_id"
        ),
        {
            "absence": absence_id,
            "now": now,
            "returned": [str(case) for case in returned],
            "cases": [str(case) for case in outcomes],
            "outcomes": list(outcomes.values()),
        },
    )


@dataclass(frozen=True, slots=True)
class Back:
    """An agent who dropped out, and has signed on since. `out` visits are with others."""

    agent_id: UUID
    agent: str
    branch_id: UUID
    zone: str
    signed_on_at: datetime
    out: int


async def signed_on_again(session: Session, now: datetime) -> list[Back]:
    """The agents in scope who dropped out today and have signed on to a phone since."""
    found = await rows(
        session,
        """
        SELECT a.agent_id, s.full_name AS agent, a.branch_id, b.zone, lower(o.during) AS at,
               (SELECT count(*) FROM absence_visit v WHERE v.absence_id = a.id
                AND v.to_agent_id IS NOT NULL AND v.returned_at IS NULL) AS out
        FROM absence a JOIN staff s ON s.id = a.agent_id JOIN branch b ON b.id = a.branch_id
        JOIN sign_on o ON o.agent_id = a.agent_id AND upper_inf(o.during)
             AND lower(o.during) > a.began_at
        JOIN shift h ON h.agent_id = a.agent_id AND h.during @> CAST(:now AS timestamptz)
        WHERE a.ended_at IS NULL AND a.day = (CAST(:now AS timestamptz) AT TIME ZONE b.zone)::date
        ORDER BY a.agent_id
        """,
        now=now,
    )
    return [Back(*r) for r in found]
