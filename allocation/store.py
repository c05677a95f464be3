"""SQL of assignments, and of what allocation needs to know."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from allocation.errors import AssignedMeanwhile
from allocation.problem import Agent, Case
from core.geometry import LatLon
from core.ids import new_id
from data.session import Session, rows
from data.tables.allocation import Assignment
from identity.language import language_code
from routing.reach.store import SPOT
from routing.rounds.store import REACHED
from streets.profile import Profile

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
        SELECT a.agent_id, a.branch_id, a.skills, a.vehicle,
               -- Who has no languages entered is taken to manage.
               CASE WHEN a.languages = '{}' THEN (SELECT array_agg(DISTINCT language) FROM customer
                                                  WHERE language IS NOT NULL)
                    ELSE a.languages END AS languages,
               ST_Y(a.home::geometry) AS lat, ST_X(a.home::geometry) AS lon,
               greatest(0, extract(epoch FROM upper(s.during) - greatest(lower(s.during), :now))
                   - coalesce((SELECT sum(k.length_s) FROM shift_break k
                               WHERE k.shift_id = s.id AND k.begins_at > :now), 0))::int AS left_s
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
              frozenset(map(language_code, r.languages or ())), Profile(r.vehicle))
        for r in found
    ]  # fmt: skip


async def open_cases(session: Session) -> list[Case]:
    """Open cases in scope that are due a visit, with their present owner."""
    found = await rows(
        session,
        f"""
        WITH {SPOT}
        SELECT c.id, c.branch_id, c.service_s + :travel_s AS work_s, c.urgency,
               a.agent_id AS owner, s.lat, s.lon, c.needs, cu.language
        FROM case_file c JOIN spot s ON s.address_id = c.address_id
        JOIN customer cu ON cu.id = c.customer_id
        LEFT JOIN assignment a ON a.case_id = c.id AND a.channel = 'visit' AND upper_inf(a.during)
        WHERE c.closed_at IS NULL AND c.overdue_minor > 0 AND s.lat IS NOT NULL
        ORDER BY c.id
        """,  # noqa: S608 - nothing of a caller's is in it
        travel_s=TRAVEL_SHARE_S,
    )
    return [_case(r) for r in found]


async def todays_cases(session: Session, day: date) -> tuple[list[Case], list[UUID]]:
    """The cases of all stops of `day` with their present owners, and which have been reached."""
    found = await rows(
        session,
        f"""
        WITH {REACHED}, {SPOT}
        SELECT c.id, c.branch_id, t.service_s + t.travel_s AS work_s, c.urgency,
               a.agent_id AS owner, s.lat, s.lon, c.needs, cu.language,
               c.id IN (SELECT case_id FROM reached) AS reached
        FROM round r JOIN stop t ON t.round_id = r.id JOIN case_file c ON c.id = t.case_id
        JOIN customer cu ON cu.id = c.customer_id
        JOIN spot s ON s.address_id = c.address_id
        JOIN assignment a ON a.case_id = c.id AND a.channel = 'visit' AND upper_inf(a.during)
        WHERE r.day = :day AND r.replaced_at IS NULL AND s.lat IS NOT NULL
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
        skills=frozenset(r.needs),  # type: ignore[attr-defined]
        language=language_code(r.language) if r.language else None,  # type: ignore[attr-defined]
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
