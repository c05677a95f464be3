"""SQL of assignments, and of what allocation needs to know."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from allocation.errors import AssignedMeanwhile
from allocation.work import Agent, Case
from core.geometry import LatLon
from core.ids import new_id
from data.session import Session, rows
from data.tables.allocation import Assignment
from routing.rounds.store import REACHED

TRAVEL_SHARE_S = 420
"""Travel per visit beside its service time, when work is counted before rounds are planned."""


@dataclass(frozen=True, slots=True)
class Names:
    """What people call branches, customers and agents, for answers."""

    branch: dict[UUID, str]
    customer: dict[UUID, str]
    agent: dict[UUID, str]


async def agents_on(session: Session, day: date, now: datetime) -> list[Agent]:
    """Agents in scope with a shift on `day` that is not over and who are not absent.

    Their capacity is what is left of that shift, less a break that is still to come.
    """
    found = await rows(
        session,
        """
        SELECT a.agent_id, a.branch_id, a.skills, a.languages,
               ST_Y(a.home::geometry) AS lat, ST_X(a.home::geometry) AS lon,
               greatest(0, extract(epoch FROM upper(s.during) - greatest(lower(s.during), :now))
                   - CASE WHEN s.break_from > :now THEN s.break_s ELSE 0 END)::int AS left_s
        FROM shift s JOIN agent_profile a USING (agent_id) JOIN branch b ON b.id = a.branch_id
        WHERE (lower(s.during) AT TIME ZONE b.zone)::date = :day AND upper(s.during) > :now
          AND s.absent_since IS NULL
        ORDER BY a.agent_id
        """,
        day=day,
        now=now,
    )
    return [
        Agent(r.agent_id, r.branch_id, LatLon(r.lat, r.lon), r.left_s, frozenset(r.skills),
              frozenset(r.languages))
        for r in found
    ]  # fmt: skip


async def open_cases(session: Session) -> list[Case]:
    """Open cases in scope that are due a visit, with their present owner."""
    found = await rows(
        session,
        """
        SELECT c.id, c.branch_id, c.service_s + :travel_s AS work_s, c.urgency,
               a.agent_id AS owner,
               coalesce(f.lat, ST_Y(ad.location::geometry)) AS lat,
               coalesce(f.lon, ST_X(ad.location::geometry)) AS lon
        FROM case_file c JOIN address ad ON ad.id = c.address_id
        LEFT JOIN fence f ON f.address_id = c.address_id
        LEFT JOIN assignment a ON a.case_id = c.id AND a.channel = 'visit' AND upper_inf(a.during)
        WHERE c.closed_at IS NULL AND c.overdue_minor > 0
          AND (f.id IS NOT NULL OR ad.location IS NOT NULL)
        ORDER BY c.id
        """,
        travel_s=TRAVEL_SHARE_S,
    )
    return [_case(r) for r in found]


async def todays_cases(session: Session, day: date) -> tuple[list[Case], list[UUID]]:
    """The cases of all stops of `day` with their present owners, and which have been reached."""
    found = await rows(
        session,
        f"""
        WITH {REACHED}
        SELECT c.id, c.branch_id, s.service_s + s.travel_s AS work_s, c.urgency,
               a.agent_id AS owner,
               coalesce(f.lat, ST_Y(ad.location::geometry)) AS lat,
               coalesce(f.lon, ST_X(ad.location::geometry)) AS lon,
               c.id IN (SELECT case_id FROM reached) AS reached
        FROM round r JOIN stop s ON s.round_id = r.id JOIN case_file c ON c.id = s.case_id
        JOIN address ad ON ad.id = c.address_id
        LEFT JOIN fence f ON f.address_id = c.address_id
        JOIN assignment a ON a.case_id = c.id AND a.channel = 'visit' AND upper_inf(a.during)
        WHERE r.day = :day AND r.replaced_at IS NULL
          AND (f.id IS NOT NULL OR ad.location IS NOT NULL)
        ORDER BY c.id
        """,  # noqa: S608 - nothing of a caller's is in it
        day=day,
    )
    return [_case(r) for r in found], [r.id for r in found if r.reached]


def _case(row: "object") -> Case:
    r = row
    return Case(
        id=r.id,  # type: ignore[attr-defined]
        branch_id=r.branch_id,  # type: ignore[attr-defined]
        position=LatLon(r.lat, r.lon),  # type: ignore[attr-defined]
        service_s=r.work_s,  # type: ignore[attr-defined]
        priority=round(r.urgency),  # type: ignore[attr-defined]
        incumbent_id=r.owner,  # type: ignore[attr-defined]
    )


async def hand_over(
    session: Session,
    moves: Iterable[tuple[UUID, UUID]],
    reason: str,
    by: UUID | None,
    now: datetime,
) -> None:
    """Make (case, agent) pairs the owners from `now` on; former assignments end and are kept.

    Raises `AssignedMeanwhile` when the exclusion constraint finds another owner in place.
    """
    pairs = list(moves)
    cases = [str(case) for case, _ in pairs]
    await session.execute(
        text(
            "UPDATE assignment SET during ="
            " tstzrange(lower(during), greatest(:now, lower(during)))"
            " WHERE case_id = ANY(CAST(:cases AS uuid[])) AND channel = 'visit'"
            " AND upper_inf(during)"
        ),
        {"now": now, "cases": cases},
    )
    branch_of = {
        r.id: r.branch_id
        for r in await rows(
            session,
            "SELECT id, branch_id FROM case_file WHERE id = ANY(CAST(:cases AS uuid[]))",
            cases=cases,
        )
    }
    if not pairs:
        return
    try:
        async with session.begin_nested():
            await session.execute(
                insert(Assignment),
                [
                    {
                        "id": new_id(),
                        "branch_id": branch_of[case],
                        "case_id": case,
                        "agent_id": agent,
                        "during": Range(now, None),
                        "reason": reason,
                        "assigned_by": by,
                        "decided_at": now,
                    }
                    for case, agent in pairs
                ],
            )
    except IntegrityError:
        raise AssignedMeanwhile(len(pairs)) from None


async def names(session: Session) -> Names:
    """Names of everything in scope."""
    branches = await rows(session, "SELECT id, name FROM branch")
    customers = await rows(
        session,
        "SELECT c.id, cu.full_name FROM case_file c JOIN customer cu ON cu.id = c.customer_id",
    )
    agents = await rows(
        session,
        "SELECT a.agent_id, s.full_name FROM agent_profile a JOIN staff s ON s.id = a.agent_id",
    )
    return Names(
        {r.id: r.name for r in branches},
        {r.id: r.full_name for r in customers},
        {r.agent_id: r.full_name for r in agents},
    )
