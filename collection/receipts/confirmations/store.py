"""SQL of confirmations of balances."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update

from collection.receipts.confirmations.confirmation import Confirmation
from core.ids import new_id
from core.money import Money
from data.session import Session, rows
from data.tables.cash_desk import BalanceConfirmation

# The order in which the lot falls: by a hash of case and seed, which nobody can foresee or choose.
_DRAW = """
WITH payer AS (
    SELECT DISTINCT ON (r.case_id) r.case_id, r.agent_id FROM receipt r
    WHERE r.mode = 'cash' AND r.agent_id IS NOT NULL AND r.taken_at >= :since
      AND r.branch_id = (SELECT id FROM branch WHERE code = :code)
      AND NOT EXISTS (SELECT FROM balance_confirmation b
                      WHERE b.case_id = r.case_id AND b.drawn_at >= :since)
    ORDER BY r.case_id, r.taken_at DESC
), drawn AS (
    SELECT * FROM payer ORDER BY md5(case_id::text || :seed), case_id LIMIT :count
)
INSERT INTO balance_confirmation (id, branch_id, case_id, agent_id, stated_minor, currency,
                                  drawn_at, drawn_by)
SELECT p.id, c.branch_id, c.id, d.agent_id, coalesce((
    SELECT sum(total_minor - paid_minor) FROM demand WHERE account_id = c.account_id), 0),
    a.currency, :now, :staff
FROM (SELECT *, row_number() OVER () AS place FROM drawn) d
JOIN case_file c ON c.id = d.case_id JOIN account a ON a.id = c.account_id
JOIN unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS p (id, place) USING (place)
RETURNING id
"""


async def draw(
    session: Session,
    code: str,
    since: datetime,
    count: int,
    seed: str,
    staff_id: UUID,
    now: datetime,
) -> list[UUID]:
    """Draw payers of a branch who paid agents cash since then and were not drawn since."""
    drawn = await rows(
        session,
        _DRAW,
        code=code,
        since=since,
        count=count,
        seed=seed,
        staff=staff_id,
        now=now,
        ids=[new_id() for _ in range(count)],
    )
    return [r.id for r in drawn]


_CONFIRMATION = """
SELECT b.*, u.full_name AS customer, s.full_name AS agent, w.full_name AS asker
FROM balance_confirmation b
JOIN case_file c ON c.id = b.case_id JOIN customer u ON u.id = c.customer_id
JOIN staff s ON s.id = b.agent_id LEFT JOIN staff w ON w.id = b.answered_by
"""


async def confirmation(
    session: Session, confirmation_id: UUID, *, lock: bool = False
) -> Confirmation | None:
    """A confirmation in scope."""
    tail = " FOR NO KEY UPDATE OF b" if lock else ""
    found = await rows(session, f"{_CONFIRMATION} WHERE b.id = :id{tail}", id=confirmation_id)
    return _confirmation(found[0]) if found else None


async def confirmations(
    session: Session,
    *,
    is_open: bool | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Confirmation]:
    """Confirmations in scope, the oldest first, behind the one at `after`."""
    drawn_at, confirmation_id = after or (None, None)
    found = await rows(
        session,
        f"""{_CONFIRMATION}
        WHERE (CAST(:is_open AS boolean) IS NULL OR (b.answered_at IS NULL) = :is_open)
          AND (CAST(:drawn_at AS timestamptz) IS NULL
               OR (b.drawn_at, b.id) > (:drawn_at, CAST(:id AS uuid)))
        ORDER BY b.drawn_at, b.id LIMIT :limit""",
        is_open=is_open,
        drawn_at=drawn_at,
        id=confirmation_id,
        limit=limit,
    )
    return [_confirmation(r) for r in found]


async def set_answer(
    session: Session,
    confirmation_id: UUID,
    told: Money,
    note: str | None,
    staff_id: UUID,
    now: datetime,
) -> None:
    """Note what a payer told, and whom."""
    await session.execute(
        update(BalanceConfirmation)
        .where(BalanceConfirmation.id == confirmation_id)
        .values(told_minor=told.amount_minor, note=note, answered_at=now, answered_by=staff_id)
    )


def _confirmation(r: Any) -> Confirmation:
    return Confirmation(
        r.id, r.branch_id, r.case_id, r.customer, r.agent_id, r.agent,
        Money(r.stated_minor, r.currency), r.drawn_at,
        None if r.told_minor is None else Money(r.told_minor, r.currency), r.note,
        r.answered_at, r.answered_by, r.asker,
    )  # fmt: skip
