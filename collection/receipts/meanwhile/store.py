"""SQL of what happened to a case meanwhile; but for `branch_of_former` the session sees the branch,
not only one agent."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from collection.receipts.meanwhile.news import HandedOn, Paid, Way
from core.money import Money
from data.session import Session, rows


async def payments_of_others(
    session: Session, case_id: UUID, agent_id: UUID, since: datetime, until: datetime
) -> Sequence[Paid]:
    """What others than this agent took on a case's account, by when it came in."""
    found = await rows(
        session,
        "SELECT r.received_at, r.amount_minor, r.advance_minor, r.currency,"
        " CASE WHEN r.agent_id IS NOT NULL THEN 'agent'"
        " WHEN r.online_payment_id IS NOT NULL THEN 'online' ELSE 'desk' END AS way"
        " FROM receipt r WHERE r.account_id = (SELECT account_id FROM case_file WHERE id = :case)"
        " AND r.agent_id IS DISTINCT FROM :agent"
        " AND r.received_at > :since AND r.received_at <= :until ORDER BY r.received_at, r.id",
        case=case_id,
        agent=agent_id,
        since=since,
        until=until,
    )
    return [
        Paid(
            r.received_at, Money(r.amount_minor, r.currency),
            Money(r.amount_minor - r.advance_minor, r.currency), Way(r.way),
        )
        for r in found
    ]  # fmt: skip


async def handed_on(
    session: Session, case_id: UUID, agent_id: UUID, since: datetime, until: datetime
) -> HandedOn | None:
    """To whom a case went between two instants, where the last to get it is another agent."""
    found = await rows(
        session,
        "SELECT lower(a.during) AS at, a.agent_id, s.full_name FROM assignment a"
        " JOIN staff s ON s.id = a.agent_id WHERE a.case_id = :case AND a.channel = 'visit'"
        " AND lower(a.during) > :since AND lower(a.during) <= :until"
        " ORDER BY lower(a.during) DESC LIMIT 1",
        case=case_id,
        since=since,
        until=until,
    )
    if not found or found[0].agent_id == agent_id:
        return None
    return HandedOn(found[0].at, found[0].full_name)


async def branch_of_former(session: Session, case_id: UUID, at: datetime) -> UUID | None:
    """The branch that has a case which was this session's agent's to visit at an instant, whether
    it is in scope or not; None where it was not."""
    [found] = await rows(
        session,
        "SELECT branch_of_former_case(:case, CAST(:at AS timestamptz)) AS id",
        case=case_id,
        at=at,
    )
    branch_id: UUID | None = found.id
    return branch_id
