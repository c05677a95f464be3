"""SQL of cases that change hands while the day runs."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from data.session import Session, rows
from routing.rounds.store import REACHED


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An open case and whoever visits it; None while nobody does."""

    case_id: UUID
    agent_id: UUID | None


async def open_case_owner(session: Session, case_id: UUID) -> OpenCase | None:
    """An open case of the caller's branches with its owner; None where there is none."""
    found = await rows(
        session,
        "SELECT c.id, a.agent_id FROM case_file c JOIN branch b ON b.id = c.branch_id"
        " LEFT JOIN assignment a ON a.case_id = c.id"
        " AND a.channel = 'visit' AND upper_inf(a.during)"
        " WHERE c.id = :case AND c.closed_at IS NULL",
        case=case_id,
    )
    return OpenCase(*found[0]) if found else None


async def visits_from(session: Session, agent_id: UUID, day: date, at: datetime) -> list[UUID]:
    """The cases that an agent's round in force visits from `at` on, which nobody has been at.

    Not those that another branch has lent: only that branch gives them on.
    """
    found = await rows(
        session,
        f"""
        WITH {REACHED}
        SELECT s.case_id FROM round r JOIN stop s ON s.round_id = r.id
        JOIN assignment a ON a.case_id = s.case_id AND a.agent_id = r.agent_id
             AND a.channel = 'visit' AND upper_inf(a.during) AND a.lent_to_branch_id IS NULL
        WHERE r.agent_id = :agent AND r.day = :day AND r.replaced_at IS NULL
          AND s.begins_at >= :at AND s.case_id NOT IN (SELECT case_id FROM reached)
        ORDER BY s.seq
        """,  # noqa: S608 nothing of a caller's is in it
        agent=agent_id,
        day=day,
        at=at,
    )
    return [r.case_id for r in found]
