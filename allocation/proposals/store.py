"""SQL of sheets of owners, and of the proposals that come of them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from allocation.proposals.sheet import AgentLine, OwnedCase, Problem
from core.ids import new_id
from core.money import exponent
from data.session import Session, rows
from data.tables.allocation import AssignmentProposal


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a manager weighs. `changes` and `problems` are lists as they are told."""

    id: UUID
    branch_id: UUID
    file_name: str
    rows_read: int
    changes: list[dict[str, Any]]
    problems: list[dict[str, Any]]
    state: str
    made_at: datetime
    made_by: UUID
    settled_at: datetime | None


async def owned_cases(session: Session, branch_id: UUID, now: datetime) -> list[OwnedCase]:
    """A branch's open cases with their owners, the most urgent first."""
    found = await rows(
        session,
        """
        SELECT c.id, ac.source_ref, cu.full_name, ad.locality, n.code, c.overdue_minor,
               ac.currency, c.dpd, c.urgency, s.username, s.full_name AS agent_name,
               p.id IS NOT NULL AS pinned
        FROM case_file c JOIN account ac ON ac.id = c.account_id
        JOIN customer cu ON cu.id = c.customer_id JOIN address ad ON ad.id = c.address_id
        LEFT JOIN center n ON n.id = cu.center_id
        LEFT JOIN assignment a ON a.case_id = c.id AND a.channel = 'visit' AND upper_inf(a.during)
        LEFT JOIN staff s ON s.id = a.agent_id
        LEFT JOIN case_pin p ON p.case_id = c.id AND p.ended_at IS NULL
            AND (p.until IS NULL OR p.until > :now)
        WHERE c.branch_id = :branch AND c.closed_at IS NULL ORDER BY -c.urgency, c.id
        """,
        branch=branch_id,
        now=now,
    )
    return [
        OwnedCase(
            r.id, r.source_ref, r.full_name, r.locality, r.code,
            r.overdue_minor / 10 ** exponent(r.currency), r.currency, r.dpd, r.urgency,
            r.username, r.agent_name, r.pinned,
        )
        for r in found
    ]  # fmt: skip


async def agent_lines(session: Session, branch_id: UUID) -> list[AgentLine]:
    """A branch's agents, by username."""
    found = await rows(
        session,
        "SELECT s.id, s.username, s.full_name, (SELECT count(*) FROM assignment a"
        "     WHERE a.agent_id = s.id AND a.channel = 'visit' AND upper_inf(a.during)) AS cases"
        " FROM staff s JOIN agent_profile p ON p.agent_id = s.id"
        " WHERE p.branch_id = :branch AND s.is_active ORDER BY s.username",
        branch=branch_id,
    )
    return [AgentLine(*r) for r in found]


async def staff_ids(session: Session, usernames: Sequence[str]) -> dict[str, UUID]:
    """The agents in scope by username."""
    found = await rows(
        session,
        "SELECT s.username, s.id FROM staff s JOIN agent_profile p ON p.agent_id = s.id"
        " WHERE s.username = ANY (CAST(:names AS text[]))",
        names=list(usernames),
    )
    return {r.username: r.id for r in found}


async def usernames(session: Session, agent_ids: Sequence[UUID]) -> dict[UUID, str]:
    """What agents in scope sign in as."""
    found = await rows(
        session,
        "SELECT id, username FROM staff WHERE id = ANY (CAST(:ids AS uuid[]))",
        ids=[str(agent) for agent in agent_ids],
    )
    return {r.id: r.username for r in found}


async def add(
    session: Session,
    branch_id: UUID,
    file_name: str,
    file_hash: bytes,
    rows_read: int,
    changes: list[dict[str, Any]],
    problems: Sequence[Problem],
    by: UUID,
    now: datetime,
) -> UUID:
    """Keep a proposal."""
    proposal_id = new_id()
    await session.execute(
        insert(AssignmentProposal).values(
            id=proposal_id,
            branch_id=branch_id,
            file_name=file_name,
            file_hash=file_hash,
            rows_read=rows_read,
            changes=changes,
            problems=[asdict(problem) for problem in problems],
            made_at=now,
            made_by=by,
        )
    )
    return proposal_id


PROPOSAL = (
    "SELECT id, branch_id, file_name, rows_read, changes, problems, state, made_at, made_by,"
    " settled_at FROM assignment_proposal WHERE id = :id"
)


async def proposal(session: Session, proposal_id: UUID, *, lock: bool = False) -> Proposal | None:
    """A proposal in scope; locked until the end of the transaction where that is asked."""
    statement = PROPOSAL + (" FOR UPDATE" if lock else "")
    found = await rows(session, statement, id=proposal_id)
    return Proposal(*found[0]) if found else None


async def settle(session: Session, proposal_id: UUID, state: str, by: UUID, now: datetime) -> None:
    """Say that a proposal was published or discarded."""
    await rows(
        session,
        "UPDATE assignment_proposal SET state = :state, settled_at = :now, settled_by = :by"
        " WHERE id = :id RETURNING 1",
        id=proposal_id,
        state=state,
        now=now,
        by=by,
    )
