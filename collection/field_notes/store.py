"""SQL of dispositions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from collection.field_notes.disposition import Disposition
from collection.field_notes.values.value_list import ValueList
from core.money import Money
from data.session import Session, rows, run
from data.tables.field_notes import Disposition as DispositionRow


@dataclass(frozen=True, slots=True)
class CaseToNote:
    """What a note must know of its case. `overdue` is what had fallen due and is unpaid."""

    id: UUID
    branch_id: UUID
    zone: str
    currency: str
    overdue: Money
    is_open: bool


async def lock_case(session: Session, case_id: UUID) -> CaseToNote | None:
    """A case in scope; what is noted on it goes one after another until the end."""
    await run(session, "SELECT pg_advisory_xact_lock(hashtextextended(:key, 31))", key=str(case_id))
    found = await rows(
        session,
        "SELECT c.id, c.branch_id, h.zone, a.currency, c.overdue_minor, c.closed_at"
        " FROM case_file c JOIN account a ON a.id = c.account_id"
        " CROSS JOIN LATERAL branch_hours(c.branch_id) h"
        " WHERE c.id = :case",
        case=case_id,
    )
    if not found:
        return None
    r = found[0]
    return CaseToNote(
        r.id, r.branch_id, r.zone, r.currency, Money(r.overdue_minor, r.currency),
        r.closed_at is None,
    )  # fmt: skip


async def hash_of(session: Session, disposition_id: UUID) -> tuple[bytes, UUID] | None:
    """The hash of the body that made a disposition in scope, and who sent it."""
    found = await rows(
        session,
        "SELECT body_hash, recorded_by FROM disposition WHERE id = :id",
        id=disposition_id,
    )
    return (bytes(found[0].body_hash), found[0].recorded_by) if found else None


async def open_promise(session: Session, case_id: UUID) -> UUID | None:
    """The open promise of a case's account."""
    found = await rows(
        session,
        "SELECT p.id FROM promise p JOIN case_file c ON c.account_id = p.account_id"
        " WHERE c.id = :case AND p.state = 'open'",
        case=case_id,
    )
    return found[0].id if found else None


async def add_disposition(
    session: Session,
    case: CaseToNote,
    staff_id: UUID,
    agent_id: UUID | None,
    given: Disposition,
    values: ValueList,
    promise_id: UUID | None,
    body_hash: bytes,
    now: datetime,
) -> bool:
    """Store a disposition. False when its id is taken, by whomever."""
    added = await session.execute(
        insert(DispositionRow)
        .values(
            id=given.id, branch_id=case.branch_id, case_id=case.id, channel=given.channel.value,
            list_id=values.id, contact_code=given.contact, result_code=given.result,
            reason_code=given.reason, person=given.person, person_name=given.person_name,
            intent=given.intent, ability=given.ability, note=given.note, promise_id=promise_id,
            happened_at=given.happened_at, recorded_at=now, agent_id=agent_id,
            recorded_by=staff_id, body_hash=body_hash,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(DispositionRow.id)
    )  # fmt: skip
    return added.scalar_one_or_none() is not None
