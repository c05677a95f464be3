"""SQL of pins, planned moves, and who had a case when and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, text

from core.ids import new_id
from data.session import Session, rows
from data.tables.allocation import CasePin, PlannedMove


@dataclass(frozen=True, slots=True)
class BranchOfCases:
    """A branch with cases that are asked about."""

    id: UUID
    zone: str
    case_ids: list[UUID]


@dataclass(frozen=True, slots=True)
class Had:
    """Somebody who had, or has, a case. `by` is None where an allocation decided."""

    agent_id: UUID
    agent: str
    began_at: datetime
    ended_at: datetime | None
    reason: str
    by: str | None
    lent_to: str | None


@dataclass(frozen=True, slots=True)
class Pin:
    """A case that stays with an agent."""

    agent_id: UUID
    agent: str
    reason: str
    pinned_at: datetime
    pinned_by: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Planned:
    """A change of owner that is to happen; to nobody where `agent_id` is None."""

    id: UUID
    case_id: UUID
    agent_id: UUID | None
    due_at: datetime
    reason: str


async def with_their_centers(session: Session, case_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """Each open case in scope, and the open cases that move with it, itself among them."""
    found = await rows(
        session,
        """
        SELECT c.id, coalesce(array_agg(m.id ORDER BY m.id) FILTER (WHERE m.id IS NOT NULL),
                              ARRAY[c.id]) AS together
        FROM case_file c JOIN customer u ON u.id = c.customer_id
        LEFT JOIN center n ON n.id = u.center_id AND n.split_at IS NULL
        LEFT JOIN customer mu ON mu.center_id = n.id
        LEFT JOIN case_file m ON m.customer_id = mu.id AND m.closed_at IS NULL
        WHERE c.id = ANY (CAST(:cases AS uuid[])) AND c.closed_at IS NULL
        GROUP BY c.id
        """,
        cases=[str(case) for case in case_ids],
    )
    return {r.id: list(r.together) for r in found}


async def branches_of(session: Session, case_ids: Sequence[UUID]) -> list[BranchOfCases]:
    """The branches that own these cases, by id. Lent cases of others are not ours to move."""
    found = await rows(
        session,
        "SELECT b.id, b.zone, array_agg(c.id) AS cases FROM case_file c"
        " JOIN branch b ON b.id = c.branch_id WHERE c.id = ANY (CAST(:cases AS uuid[]))"
        " GROUP BY b.id, b.zone ORDER BY b.id",
        cases=[str(case) for case in case_ids],
    )
    return [BranchOfCases(r.id, r.zone, list(r.cases)) for r in found]


async def cases_with(session: Session, agent_id: UUID) -> list[UUID]:
    """The open cases of the caller's branches that an agent has."""
    found = await rows(
        session,
        "SELECT c.id FROM assignment a JOIN case_file c ON c.id = a.case_id"
        " JOIN branch b ON b.id = c.branch_id"
        " WHERE a.agent_id = :agent AND a.channel = 'visit' AND upper_inf(a.during)"
        " AND c.closed_at IS NULL ORDER BY c.id",
        agent=agent_id,
    )
    return [r.id for r in found]


async def end_pins(
    session: Session, case_ids: Sequence[UUID], by: UUID, now: datetime
) -> list[UUID]:
    """End the pins of cases; the cases that had one."""
    found = await rows(
        session,
        "UPDATE case_pin SET ended_at = :now, ended_by = :by"
        " WHERE case_id = ANY (CAST(:cases AS uuid[])) AND ended_at IS NULL RETURNING case_id",
        now=now,
        by=by,
        cases=[str(case) for case in case_ids],
    )
    return [r.case_id for r in found]


async def restore_pins(
    session: Session, case_ids: Sequence[UUID], ended_at: datetime, now: datetime
) -> None:
    """Pin cases again as they were until `ended_at`; they must have no pin."""
    await session.execute(
        text(
            "INSERT INTO case_pin (id, branch_id, case_id, agent_id, reason, pinned_at, pinned_by,"
            " until) SELECT uuid_v7(:now), branch_id, case_id, agent_id, reason, pinned_at,"
            " pinned_by, until FROM case_pin WHERE case_id = ANY (CAST(:cases AS uuid[]))"
            " AND ended_at = :ended_at AND pinned_at < :ended_at"
            " AND (until IS NULL OR until > :now)"
        ),
        {"cases": [str(case) for case in case_ids], "ended_at": ended_at, "now": now},
    )


async def add_pins(
    session: Session,
    pairs: Sequence[tuple[UUID, UUID]],
    reason: str,
    until: datetime | None,
    by: UUID,
    now: datetime,
) -> None:
    """Pin cases to agents, pair by pair; they must have no pin."""
    branch = await _branch_of(session, [case for case, _ in pairs])
    values = [
        {
            "id": new_id(), "branch_id": branch[case], "case_id": case, "agent_id": agent,
            "reason": reason, "pinned_at": now, "pinned_by": by, "until": until,
        }
        for case, agent in pairs
    ]  # fmt: skip
    if values:
        await session.execute(insert(CasePin), values)


async def plan(
    session: Session,
    moves: Sequence[tuple[UUID, UUID | None]],
    due_at: datetime,
    reason: str,
    by: UUID,
    now: datetime,
) -> None:
    """Have (case, agent) pairs moved at `due_at`; to nobody where the agent is None."""
    branch = await _branch_of(session, [case for case, _ in moves])
    values = [
        {
            "id": new_id(), "branch_id": branch[case], "case_id": case, "agent_id": agent,
            "due_at": due_at, "reason": reason, "planned_at": now, "planned_by": by,
        }
        for case, agent in moves
    ]  # fmt: skip
    if values:
        await session.execute(insert(PlannedMove), values)


async def _branch_of(session: Session, case_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    found = await rows(
        session,
        "SELECT id, branch_id FROM case_file WHERE id = ANY (CAST(:cases AS uuid[]))",
        cases=[str(case) for case in case_ids],
    )
    return {r.id: r.branch_id for r in found}


@dataclass(frozen=True, slots=True)
class Due:
    """A planned move whose time has come. `possible` is False when case or agent are gone."""

    id: UUID
    case_id: UUID
    agent_id: UUID | None
    former_id: UUID | None
    reason: str
    by: UUID
    possible: bool


async def take_due(session: Session, now: datetime, limit: int) -> list[Due]:
    """Planned moves that are due, the earliest first, locked; not those that another has taken."""
    found = await rows(
        session,
        """
        SELECT p.id, p.case_id, p.agent_id, a.agent_id AS former_id, p.reason, p.planned_by,
               c.closed_at IS NULL AND (p.agent_id IS NULL OR coalesce(s.is_active, false))
                   AS possible
        FROM planned_move p JOIN case_file c ON c.id = p.case_id
        LEFT JOIN staff s ON s.id = p.agent_id
        LEFT JOIN assignment a ON a.case_id = p.case_id AND upper_inf(a.during)
            AND a.channel = 'visit'
        WHERE p.settled_at IS NULL AND p.due_at <= :now
        ORDER BY p.due_at, p.id LIMIT :limit FOR UPDATE OF p SKIP LOCKED
        """,
        now=now,
        limit=limit,
    )
    return [Due(*r) for r in found]


async def settle(session: Session, move_ids: Sequence[UUID], outcome: str, now: datetime) -> int:
    """Say what became of planned moves that are still open; how many there were."""
    found = await rows(
        session,
        "UPDATE planned_move SET settled_at = :now, outcome = :outcome"
        " WHERE id = ANY (CAST(:ids AS uuid[])) AND settled_at IS NULL RETURNING id",
        now=now,
        outcome=outcome,
        ids=[str(id_) for id_ in move_ids],
    )
    return len(found)


async def on_rounds(
    session: Session, agent_ids: Sequence[UUID], now: datetime
) -> list[tuple[UUID, UUID, str]]:
    """(agent, branch, day) of agents who have a round today, by their branch's zone."""
    found = await rows(
        session,
        "SELECT r.agent_id, r.branch_id, r.day FROM round r JOIN branch b ON b.id = r.branch_id"
        " WHERE r.agent_id = ANY (CAST(:agents AS uuid[])) AND r.replaced_at IS NULL"
        " AND r.day = (CAST(:now AS timestamptz) AT TIME ZONE b.zone)::date ORDER BY r.agent_id",
        agents=[str(agent) for agent in agent_ids],
        now=now,
    )
    return [(r.agent_id, r.branch_id, r.day.isoformat()) for r in found]


async def history(session: Session, case_id: UUID) -> list[Had]:
    """Who had a case in scope when and why, the newest first."""
    found = await rows(
        session,
        """
        SELECT a.agent_id, coalesce(s.full_name, 'an agent of another branch'), lower(a.during),
               upper(a.during), a.reason, m.full_name, b.name
        FROM assignment a LEFT JOIN staff s ON s.id = a.agent_id
        LEFT JOIN staff m ON m.id = a.assigned_by LEFT JOIN branch b ON b.id = a.lent_to_branch_id
        WHERE a.case_id = :case AND NOT isempty(a.during) ORDER BY lower(a.during) DESC, a.id DESC
        """,
        case=case_id,
    )
    return [Had(*r) for r in found]


async def pin_of(session: Session, case_id: UUID, now: datetime) -> Pin | None:
    """The pin in force of a case in scope."""
    found = await rows(
        session,
        "SELECT p.agent_id, coalesce(s.full_name, 'an agent of another branch'), p.reason,"
        " p.pinned_at, coalesce(m.full_name, 'another branch'), p.until FROM case_pin p"
        " LEFT JOIN staff s ON s.id = p.agent_id LEFT JOIN staff m ON m.id = p.pinned_by"
        " WHERE p.case_id = :case AND p.ended_at IS NULL AND (p.until IS NULL OR p.until > :now)",
        case=case_id,
        now=now,
    )
    return Pin(*found[0]) if found else None


async def planned(session: Session, case_id: UUID) -> list[Planned]:
    """The moves of a case in scope that are still to happen, the earliest first."""
    found = await rows(
        session,
        "SELECT id, case_id, agent_id, due_at, reason FROM planned_move"
        " WHERE case_id = :case AND settled_at IS NULL ORDER BY due_at, id",
        case=case_id,
    )
    return [Planned(*r) for r in found]


async def case_exists(session: Session, case_id: UUID) -> bool:
    """Whether there is such a case in scope."""
    found = await session.execute(
        text("SELECT 1 FROM case_file WHERE id = :case"), {"case": case_id}
    )
    return found.scalar_one_or_none() is not None
