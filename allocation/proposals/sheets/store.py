"""SQL of sheets of owners: what goes out, and whom rows name."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from allocation.proposals.sheets.sheet import AgentLine, OwnedCase
from core.money import exponent
from data.session import Session, rows


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
