"""SQL of root causes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from collection.field_notes.causes.cause import RootCause, State, Step, state_of
from core.money import Money
from data.sealed import opened
from data.session import Session, rows
from data.tables.field_notes import RootCause as RootCauseRow
from identity.policies.policy import DEFAULTS


@dataclass(frozen=True, slots=True)
class ReceiptToExplain:
    """What a cause must know of a receipt: what had fallen due, and what was paid."""

    case_id: UUID
    branch_id: UUID
    zone: str
    agent_id: UUID | None
    taken_at: datetime
    demanded: Money
    paid: Money


async def receipt(session: Session, receipt_id: UUID) -> ReceiptToExplain | None:
    """A receipt in scope."""
    found = await rows(
        session,
        "SELECT r.*, h.zone, receipt_demanded(r.id) AS demanded_minor FROM receipt r"
        " CROSS JOIN LATERAL branch_hours(r.branch_id) h WHERE r.id = :id",
        id=receipt_id,
    )
    if not found:
        return None
    r = found[0]
    return ReceiptToExplain(
        r.case_id, r.branch_id, r.zone, r.agent_id, r.taken_at,
        Money(r.demanded_minor, r.currency), Money(r.amount_minor, r.currency),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReceiptToAsk:
    """What is to be known of a receipt that may not be what was due; `asks` is the branch's
    policy ``receipt_cause``."""

    receipt_id: UUID
    case_id: UUID
    branch_id: UUID
    zone: str
    agent: str | None
    taken_at: datetime
    demanded: Money
    paid: Money
    asks: str
    cause_id: UUID | None


async def receipt_to_ask(session: Session, receipt_id: UUID) -> ReceiptToAsk:
    """What is to be known of a receipt in scope to ask for its cause."""
    [r] = await rows(
        session,
        "SELECT r.*, h.zone, s.full_name, receipt_demanded(r.id) AS demanded_minor,"
        " coalesce(branch_policy(r.branch_id, 'receipt_cause') #>> '{}', :asks) AS asks,"
        " (SELECT c.id FROM root_cause c WHERE c.receipt_id = r.id) AS cause_id"
        " FROM receipt r CROSS JOIN LATERAL branch_hours(r.branch_id) h"
        " LEFT JOIN staff s ON s.id = r.agent_id WHERE r.id = :id",
        id=receipt_id,
        asks=DEFAULTS["receipt_cause"],
    )
    return ReceiptToAsk(
        r.id, r.case_id, r.branch_id, r.zone, r.full_name, r.taken_at,
        Money(r.demanded_minor, r.currency), Money(r.amount_minor, r.currency), r.asks, r.cause_id,
    )  # fmt: skip


_OPEN = "(r.outstanding_minor + r.amount_minor - r.advance_minor - r.suspense_minor)"

IS_OFF = f"(r.amount_minor < d.minor OR ({_OPEN} > 0 AND {_OPEN} < r.amount_minor))"
"""Whether a receipt `r` is less than what had fallen due (`d.minor`), or more than all that was
open on the account, as `Receipt.is_over` has it."""


async def asking_cause(session: Session, receipt_ids: Sequence[UUID]) -> set[UUID]:
    """Those of some receipts in scope that are not what was due, and of which their branch asks for
    a cause that nobody has given."""
    found = await rows(
        session,
        "SELECT r.id FROM receipt r"  # noqa: S608 our own constants
        " CROSS JOIN LATERAL (SELECT receipt_demanded(r.id) AS minor) d"
        " WHERE r.id = ANY (CAST(:ids AS uuid[]))"
        " AND coalesce(branch_policy(r.branch_id, 'receipt_cause') #>> '{}', :asks) <> 'off'"
        " AND NOT EXISTS (SELECT FROM root_cause c WHERE c.receipt_id = r.id)"
        f" AND {IS_OFF}",
        ids=list(receipt_ids),
        asks=DEFAULTS["receipt_cause"],
    )
    return {r.id for r in found}


async def hash_of(session: Session, cause_id: UUID) -> tuple[bytes, UUID] | None:
    """The hash of the body that made a cause in scope, and who sent it."""
    found = await rows(
        session, "SELECT body_hash, opened_by FROM root_cause WHERE id = :id", id=cause_id
    )
    return (bytes(found[0].body_hash), found[0].opened_by) if found else None


async def cause_of(
    session: Session, receipt_id: UUID | None, disposition_id: UUID | None
) -> UUID | None:
    """The cause in scope of a receipt, or of a disposition."""
    found = await rows(
        session,
        "SELECT id FROM root_cause WHERE receipt_id = :receipt OR disposition_id = :disposition",
        receipt=receipt_id,
        disposition=disposition_id,
    )
    return found[0].id if found else None


async def add_cause(session: Session, **values: Any) -> bool:
    """Store a cause. False when its id, or what it is about, is taken."""
    added = await session.execute(
        insert(RootCauseRow).values(**values).on_conflict_do_nothing().returning(RootCauseRow.id)
    )
    return added.scalar_one_or_none() is not None


async def lock_state(session: Session, cause_id: UUID) -> State | None:
    """How far the work on a cause in scope has come; nobody else moves it until the end."""
    found = await rows(
        session,
        "SELECT action_at, closed_at FROM root_cause WHERE id = :id FOR UPDATE",
        id=cause_id,
    )
    if not found:
        return None
    r = found[0]
    return state_of(is_acted_on=r.action_at is not None, is_closed=r.closed_at is not None)


async def set_action(session: Session, cause_id: UUID, words: str, by: UUID, at: datetime) -> None:
    """Note what is done about a cause."""
    await session.execute(
        update(RootCauseRow)
        .where(RootCauseRow.id == cause_id)
        .values(action=words, action_at=at, action_by=by)
    )


async def set_closed(session: Session, cause_id: UUID, words: str, by: UUID, at: datetime) -> None:
    """Note what came of a cause."""
    await session.execute(
        update(RootCauseRow)
        .where(RootCauseRow.id == cause_id)
        .values(outcome=words, closed_at=at, closed_by=by)
    )


CAUSES = """
    SELECT c.*, u.full_name AS customer, s.full_name AS agent, a.product_code, b.code AS branch,
           v.label, coalesce(g.label, v.label) AS group_label,
           coalesce(v.parent_code, v.code) AS group_code,
           CASE WHEN c.closed_at IS NOT NULL THEN 'closed'
                WHEN c.action_at IS NOT NULL THEN 'in_action' ELSE 'open' END AS state
    FROM root_cause c
    JOIN case_file k ON k.id = c.case_id
    JOIN account a ON a.id = k.account_id
    JOIN customer u ON u.id = k.customer_id
    JOIN branch b ON b.id = c.branch_id
    JOIN listed_value v ON v.list_id = c.list_id AND v.code = c.cause_code
    LEFT JOIN listed_value g ON g.list_id = c.list_id AND g.code = v.parent_code
    LEFT JOIN staff s ON s.id = c.agent_id
"""
"""What a root cause is, in one place: lists and sums are made of this."""


async def causes(
    session: Session,
    state: State | None,
    case_id: UUID | None,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[RootCause]:
    """Causes in scope, the newest first, behind the one at `after`."""
    at, cause_id = after or (None, None)
    found = await rows(
        session,
        f"""
        SELECT * FROM ({CAUSES}) x
        WHERE (CAST(:state AS text) IS NULL OR state = :state)
          AND (CAST(:case AS uuid) IS NULL OR case_id = :case)
          AND (CAST(:at AS timestamptz) IS NULL OR (opened_at, id) < (:at, CAST(:id AS uuid)))
        ORDER BY opened_at DESC, id DESC LIMIT :limit
        """,  # noqa: S608 our own constant
        state=state,
        case=case_id,
        at=at,
        id=cause_id,
        limit=limit,
    )
    return [_cause(r) for r in found]


@dataclass(frozen=True, slots=True)
class Unexplained:
    """How many receipts of an agent, or of a branch's desk, wait for a root cause."""

    branch_id: UUID
    agent_id: UUID | None
    agent: str | None
    receipts: int


UNEXPLAINED = f"""
    SELECT r.id, r.branch_id, r.case_id, r.agent_id, r.taken_at, r.amount_minor, r.currency,
           d.minor AS demanded_minor
    FROM receipt r CROSS JOIN LATERAL (SELECT receipt_demanded(r.id) AS minor) d
    WHERE r.taken_at BETWEEN CAST(:now AS timestamptz) - interval '7 days' AND :now
      AND NOT EXISTS (SELECT FROM root_cause c WHERE c.receipt_id = r.id)
      AND NOT EXISTS (SELECT FROM receipt_reversal v
                      WHERE v.receipt_id = r.id AND v.state = 'approved')
      AND {IS_OFF}
"""  # noqa: S608 our own constants
"""The last week's receipts in scope that are not what was due, and of which nobody said why."""


async def unexplained(session: Session, now: datetime) -> Sequence[Unexplained]:
    """The receipts of the last week that wait for a cause, counted by whose they are."""
    found = await rows(
        session,
        f"SELECT x.branch_id, x.agent_id, s.full_name, count(*) FROM ({UNEXPLAINED}) x"  # noqa: S608
        " LEFT JOIN staff s ON s.id = x.agent_id GROUP BY 1, 2, 3 ORDER BY 1, 2",
        now=now,
    )
    return [Unexplained(*r) for r in found]


def _cause(r: Any) -> RootCause:
    action = Step(opened(r.action), r.action_at, r.action_by) if r.action_at else None
    closing = Step(opened(r.outcome), r.closed_at, r.closed_by) if r.closed_at else None
    return RootCause(
        r.id, r.case_id, r.receipt_id, r.disposition_id, r.meeting_id, r.customer, r.agent_id,
        r.agent, r.group_label, r.label, r.cause_code, opened(r.note),
        Money(r.demanded_minor, r.currency), Money(r.paid_minor, r.currency), r.opened_at,
        r.opened_by, action, closing,
    )  # fmt: skip
