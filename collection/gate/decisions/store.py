"""SQL of decisions and of the contacts that count."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import insert

from collection.gate.asked import CaseToAsk, digest, rulebook_json
from collection.gate.decisions.decision import Decision
from collection.gate.evaluate import Rulebook
from collection.gate.rule import Channel
from data.rows_json import as_json
from data.session import Session, rows
from data.tables.contact_rules import ContactRulebook
from data.tables.contacts import ContactAttempt

_COLUMNS = """
id, branch_id, case_id, agent_id, asked_for, subject_id, channel, place, day, contact_at,
is_allowed, hits, facts, rulebook, evaluated_at
"""


async def keep_rulebooks(
    session: Session, books: Iterable[tuple[UUID, Rulebook]], now: datetime
) -> None:
    """Keep which rules decisions of these branches are made by, once for each set of them."""
    for branch_id, book in books:
        await session.execute(
            insert(ContactRulebook)
            .values(
                branch_id=branch_id,
                digest=digest(book),
                rules=rulebook_json(book),
                first_used_at=now,
            )
            .on_conflict_do_nothing()
        )


async def keep(session: Session, decisions: Sequence[Decision]) -> None:
    """Keep decisions, in one statement."""
    if not decisions:
        return
    await session.execute(
        text(
            f"""
            INSERT INTO contact_decision ({_COLUMNS}) SELECT {_COLUMNS}
            FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS d (id uuid, branch_id uuid,
                 case_id uuid, agent_id uuid, asked_for text, subject_id uuid, channel text,
                 place text, day date, contact_at timestamptz, is_allowed boolean, hits jsonb,
                 facts jsonb, rulebook text, evaluated_at timestamptz)
            """  # noqa: S608 our own constant
        ),
        {"given": as_json([asdict(decision) for decision in decisions])},
    )


async def of_subject(session: Session, subject_id: UUID) -> Decision | None:
    """The decision that was made for a check-in or a contact."""
    found = await rows(
        session,
        f"SELECT {_COLUMNS} FROM contact_decision WHERE subject_id = :subject"  # noqa: S608
        " ORDER BY evaluated_at DESC LIMIT 1",
        subject=subject_id,
    )
    return Decision(*found[0]) if found else None


async def of_case(
    session: Session, case_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[Decision]:
    """The decisions on a case in scope, the newest first, from behind `after` on."""
    before_at, before_id = after or (None, None)
    found = await rows(
        session,
        f"""
        SELECT {_COLUMNS} FROM contact_decision WHERE case_id = :case
          AND (CAST(:before_at AS timestamptz) IS NULL
               OR (evaluated_at, id) < (:before_at, CAST(:before_id AS uuid)))
        ORDER BY evaluated_at DESC, id DESC LIMIT :limit
        """,  # noqa: S608 our own constant
        case=case_id,
        before_at=before_at,
        before_id=before_id,
        limit=limit,
    )
    return [Decision(*r) for r in found]


async def rules_of(session: Session, branch_id: UUID, rulebook: str) -> Sequence[Any]:
    """The versions of rules that a decision of a branch was made by."""
    found = await rows(
        session,
        "SELECT rules FROM contact_rulebook WHERE branch_id = :branch AND digest = :digest",
        branch=branch_id,
        digest=rulebook,
    )
    return list(found[0].rules) if found else []


async def lock_customer_of(session: Session, case_id: UUID) -> bool:
    """Have contacts with a case's customer decided one at a time, until the transaction ends.

    All that is counted together is about one customer. False when the case is not in scope.
    """
    found = await rows(
        session,
        "SELECT pg_advisory_xact_lock(hashtextextended(customer_id::text, 16)) FROM case_file"
        " WHERE id = :case",
        case=case_id,
    )
    return bool(found)


async def add_attempt(
    session: Session,
    attempt_id: UUID,
    case: CaseToAsk,
    decision: Decision,
    at: datetime,
    *,
    is_inbound: bool = False,
    is_conversation: bool | None = None,
) -> None:
    """Keep a contact that counts. The same id again changes nothing."""
    await session.execute(
        insert(ContactAttempt)
        .values(
            id=attempt_id,
            branch_id=case.branch_id,
            customer_id=case.customer_id,
            account_id=case.account_id,
            agent_id=decision.agent_id,
            decision_id=decision.id,
            channel=Channel(decision.channel).value,
            is_inbound=is_inbound,
            at=at,
            is_conversation=is_conversation,
        )
        .on_conflict_do_nothing()
    )


async def tell_conversation(session: Session, attempt_id: UUID, is_conversation: bool) -> None:
    """Say whether a contact was a conversation; what was said once stays."""
    await session.execute(
        update(ContactAttempt)
        .where(ContactAttempt.id == attempt_id, ContactAttempt.is_conversation.is_(None))
        .values(is_conversation=is_conversation)
    )


async def tell_latest(
    session: Session,
    case_id: UUID,
    channel: Channel,
    since: datetime,
    until: datetime,
    is_conversation: bool,
) -> bool:
    """Say whether the latest contact of a case in a time was a conversation, where nobody has said
    so yet; False when there is none."""
    found = await rows(
        session,
        """
        UPDATE contact_attempt SET is_conversation = :is_conversation WHERE id = (
            SELECT t.id FROM case_file c JOIN contact_attempt t
                ON t.customer_id = c.customer_id AND t.account_id = c.account_id
            WHERE c.id = :case AND t.channel = :channel AND t.at BETWEEN :since AND :until
              AND t.is_conversation IS NULL AND NOT t.is_inbound
            ORDER BY t.at DESC LIMIT 1)
        RETURNING 1
        """,
        case=case_id,
        channel=channel.value,
        since=since,
        until=until,
        is_conversation=is_conversation,
    )
    return bool(found)
