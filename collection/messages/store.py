"""SQL of messages to customers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from collection.gate.rule import Channel
from collection.messages.message import Message, Purpose, State
from core.money import Money
from data.sealed import opened
from data.session import Session, rows
from data.tables.messages import Message as MessageRow

_COLUMNS = (
    "id, branch_id, case_id, purpose, subject_id, channel, sent_to, language, body, state,"
    " refused_by, attempts, provider_ref, problem, made_at, settled_at, sending"
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a message about a case is for. `phone` is the lender's own, never one that an agent
    entered; `email` is one that somebody else verified; `lender` is what the branch is called."""

    branch_id: UUID
    case_id: UUID
    customer: str
    phone: str | None
    email: str | None
    language: str | None
    lender: str
    country: str
    zone: str


# The source's number first, then those that were added and verified by somebody else; none that a
# word keeps from being used.
_RECIPIENT = """
SELECT c.branch_id, c.id AS case_id, u.full_name AS customer, (
    SELECT n.value FROM (
        SELECT u.phone AS value, u.phone_index AS value_index, NULL::timestamptz AS verified_at
        WHERE u.phone IS NOT NULL
        UNION ALL
        SELECT p.value, p.value_index, p.verified_at FROM contact_point p
        WHERE p.customer_id = u.id AND p.kind = 'phone' AND p.relation = 'customer'
          AND p.verified_at IS NOT NULL AND p.ended_at IS NULL
    ) n WHERE NOT EXISTS (
        SELECT FROM number_tag t WHERE t.customer_id = u.id AND t.value_index = n.value_index
          AND t.lifted_at IS NULL
          AND (t.until IS NULL OR t.until >= (CAST(:now AS timestamptz) AT TIME ZONE b.zone)::date)
    ) ORDER BY n.verified_at NULLS FIRST LIMIT 1
) AS phone, (
    SELECT p.value FROM contact_point p
    WHERE p.customer_id = u.id AND p.kind = 'email' AND p.relation = 'customer'
      AND p.verified_at IS NOT NULL AND p.ended_at IS NULL
    ORDER BY p.verified_at DESC LIMIT 1
) AS email, u.language, b.name AS lender, b.country, b.zone
FROM case_file c JOIN customer u ON u.id = c.customer_id
JOIN branch b ON b.id = c.branch_id WHERE c.id = :case
"""


async def recipient(session: Session, case_id: UUID, now: datetime) -> Recipient | None:
    """The customer of a case in scope, as messages address them: by a number that may be used."""
    found = await rows(session, _RECIPIENT, case=case_id, now=now)
    if not found:
        return None
    its = found[0]
    return Recipient(**{**its._asdict(), "phone": opened(its.phone), "email": opened(its.email)})


async def overdue(session: Session, case_id: UUID) -> Money:
    """What had fallen due on a case in scope and is unpaid."""
    (found,) = await rows(
        session,
        "SELECT c.overdue_minor, a.currency FROM case_file c JOIN account a ON a.id = c.account_id"
        " WHERE c.id = :case",
        case=case_id,
    )
    return Money(found.overdue_minor, found.currency)


async def add(session: Session, message: Message) -> bool:
    """Put a message down. False when there is one of its purpose, subject and sending."""
    added = await session.execute(
        insert(MessageRow)
        .values(
            id=message.id,
            branch_id=message.branch_id,
            case_id=message.case_id,
            purpose=message.purpose.value,
            subject_id=message.subject_id,
            sending=message.sending,
            channel=message.channel.value,
            sent_to=message.sent_to,
            language=message.language,
            body=message.body,
            state=message.state.value,
            problem=message.problem,
            made_at=message.made_at,
            settled_at=message.settled_at,
        )
        .on_conflict_do_nothing(index_elements=["purpose", "subject_id", "sending"])
        .returning(MessageRow.id)
    )
    return added.scalar_one_or_none() is not None


async def waiting(session: Session, message_id: UUID) -> Message | None:
    """A message that is still to be sent."""
    found = await rows(
        session,
        f"SELECT {_COLUMNS} FROM message WHERE id = :id AND state = 'waiting'",  # noqa: S608
        id=message_id,
    )
    return _message(found[0]) if found else None


async def message(session: Session, message_id: UUID) -> Message | None:
    """A message in scope."""
    found = await rows(
        session,
        f"SELECT {_COLUMNS} FROM message WHERE id = :id",  # noqa: S608
        id=message_id,
    )
    return _message(found[0]) if found else None


async def about(session: Session, purpose: Purpose, subject_id: UUID) -> Message | None:
    """The last message of a purpose about a subject."""
    found = await rows(
        session,
        f"SELECT {_COLUMNS} FROM message WHERE purpose = :purpose AND subject_id = :subject"  # noqa: S608
        " ORDER BY sending DESC LIMIT 1",
        purpose=purpose.value,
        subject=subject_id,
    )
    return _message(found[0]) if found else None


async def messages(
    session: Session,
    *,
    case_id: UUID | None,
    state: State | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Message]:
    """Messages in scope, the newest first, behind the one at `after`."""
    made_at, message_id = after or (None, None)
    found = await rows(
        session,
        f"""SELECT {_COLUMNS} FROM message
        WHERE (CAST(:case AS uuid) IS NULL OR case_id = :case)
          AND (CAST(:state AS text) IS NULL OR state = :state)
          AND (CAST(:made_at AS timestamptz) IS NULL
               OR (made_at, id) < (:made_at, CAST(:id AS uuid)))
        ORDER BY made_at DESC, id DESC LIMIT :limit""",  # noqa: S608
        case=case_id,
        state=None if state is None else state.value,
        made_at=made_at,
        id=message_id,
        limit=limit,
    )
    return [_message(r) for r in found]


async def note_attempt(session: Session, message_id: UUID) -> None:
    """Count an attempt at a message that waits on."""
    await session.execute(
        update(MessageRow)
        .where(MessageRow.id == message_id)
        .values(attempts=MessageRow.attempts + 1)
    )


async def settle(
    session: Session,
    message: Message,
    state: State,
    now: datetime,
    *,
    refused_by: Sequence[Any] = (),
    provider_ref: str | None = None,
    problem: str | None = None,
) -> None:
    """Note what became of a message. What was in one with a code is forgotten."""
    await session.execute(
        update(MessageRow)
        .where(MessageRow.id == message.id)
        .values(
            state=state.value,
            settled_at=now,
            refused_by=list(refused_by),
            attempts=MessageRow.attempts + int(state is not State.REFUSED),
            provider_ref=provider_ref,
            problem=problem,
            body="" if message.purpose is Purpose.ONE_TIME_CODE else message.body,
        )
    )


def _message(r: Any) -> Message:
    return Message(
        r.id, r.branch_id, r.case_id, Purpose(r.purpose), r.subject_id, Channel(r.channel),
        opened(r.sent_to) or "", r.language, opened(r.body) or "", State(r.state), r.refused_by,
        r.attempts, r.provider_ref, r.problem, r.made_at, r.settled_at, r.sending,
    )  # fmt: skip
