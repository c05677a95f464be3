"""SQL of differences and counterfeit notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from collection.custody.differences.difference import Cause, Count, Difference, Settlement, Sort
from core.ids import new_id
from core.money import Money
from data.session import Session, rows
from data.tables.cash_desk import CashDifference, CounterfeitNote


@dataclass(frozen=True, slots=True)
class StoredDifference:
    """A difference with who answers for it, and how it ended."""

    id: UUID
    branch_id: UUID
    sort: Sort
    cause: Cause
    amount: Money
    source_id: UUID
    owner_id: UUID | None
    owner: str | None
    found_at: datetime
    found_by: UUID
    finder: str
    settled_at: datetime | None
    settled_by: UUID | None
    settler: str | None
    settled_how: Settlement | None
    note: str | None


async def add_differences(
    session: Session,
    branch_id: UUID,
    source_id: UUID,
    owner_id: UUID | None,
    found: Sequence[Difference],
    staff_id: UUID,
    now: datetime,
) -> None:
    """Keep what a count found missing or over."""
    if found:
        await session.execute(
            insert(CashDifference).values(
                [
                    {
                        "id": new_id(),
                        "branch_id": branch_id,
                        "kind": one.sort.value,
                        "cause": one.cause.value,
                        "source_id": source_id,
                        "owner_id": owner_id,
                        "amount_minor": one.amount.amount_minor,
                        "currency": one.amount.currency,
                        "found_at": now,
                        "found_by": staff_id,
                    }
                    for one in found
                ]
            )
        )


async def add_false_notes(
    session: Session,
    branch_id: UUID,
    source_id: UUID,
    count: Count,
    currency: str,
    staff_id: UUID,
    now: datetime,
) -> None:
    """Keep the false notes of a count."""
    if count.false_notes:
        await session.execute(
            insert(CounterfeitNote).values(
                [
                    {
                        "id": new_id(),
                        "branch_id": branch_id,
                        "source_id": source_id,
                        "face_minor": note.face_minor,
                        "currency": currency,
                        "serial": note.serial,
                        "found_at": now,
                        "found_by": staff_id,
                    }
                    for note in count.false_notes
                ]
            )
        )


@dataclass(frozen=True, slots=True)
class FoundNote:
    """A false note. `brought_by` is the agent whose deposit it was in, None for the vault's."""

    id: UUID
    face: Money
    serial: str
    found_at: datetime
    finder: str
    brought_by: str | None


async def false_notes(session: Session, limit: int) -> Sequence[FoundNote]:
    """False notes in scope, the latest first."""
    found = await rows(
        session,
        """
        SELECT n.*, coalesce(s.full_name, '') AS finder, a.full_name AS brought_by
        FROM counterfeit_note n LEFT JOIN staff s ON s.id = n.found_by
        LEFT JOIN deposit d ON d.id = n.source_id LEFT JOIN staff a ON a.id = d.agent_id
        ORDER BY n.found_at DESC, n.id LIMIT :limit
        """,
        limit=limit,
    )
    return [
        FoundNote(
            r.id, Money(r.face_minor, r.currency), r.serial, r.found_at, r.finder, r.brought_by
        )
        for r in found
    ]


_DIFFERENCE = """
    SELECT d.*, s.full_name AS owner, coalesce(f.full_name, '') AS finder, e.full_name AS settler
    FROM cash_difference d JOIN branch b ON b.id = d.branch_id
    LEFT JOIN staff s ON s.id = d.owner_id LEFT JOIN staff f ON f.id = d.found_by
    LEFT JOIN staff e ON e.id = d.settled_by
"""


async def lock_difference(session: Session, difference_id: UUID) -> StoredDifference | None:
    """A difference in scope, locked until the end."""
    found = await rows(
        session, f"{_DIFFERENCE} WHERE d.id = :id FOR NO KEY UPDATE OF d", id=difference_id
    )
    return _stored(found[0]) if found else None


async def differences(
    session: Session,
    *,
    is_open: bool | None,
    since: date | None,
    until: date | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[StoredDifference]:
    """Differences in scope behind the one at `after`, found from `since` to `until` by their
    branch's clock: the oldest first, or of settled ones only, those that were found last."""
    behind, order = ("<", "DESC") if is_open is False else (">", "ASC")
    found_at, difference_id = after or (None, None)
    found = await rows(
        session,
        f"""{_DIFFERENCE}
        WHERE (CAST(:is_open AS boolean) IS NULL OR (d.settled_at IS NULL) = :is_open)
          AND (CAST(:since AS date) IS NULL OR (d.found_at AT TIME ZONE b.zone)::date >= :since)
          AND (CAST(:until AS date) IS NULL OR (d.found_at AT TIME ZONE b.zone)::date <= :until)
          AND (CAST(:found_at AS timestamptz) IS NULL
               OR (d.found_at, d.id) {behind} (:found_at, CAST(:id AS uuid)))
        ORDER BY d.found_at {order}, d.id {order} LIMIT :limit""",
        is_open=is_open,
        since=since,
        until=until,
        found_at=found_at,
        id=difference_id,
        limit=limit,
    )
    return [_stored(r) for r in found]


def _stored(r: Any) -> StoredDifference:
    how = r.settled_how
    return StoredDifference(
        r.id, r.branch_id, Sort(r.kind), Cause(r.cause),
        Money(r.amount_minor, r.currency), r.source_id, r.owner_id,
        r.owner, r.found_at, r.found_by, r.finder, r.settled_at, r.settled_by, r.settler,
        None if how is None else Settlement(how), r.note,
    )  # fmt: skip


async def set_settled(
    session: Session,
    difference_id: UUID,
    staff_id: UUID,
    how: Settlement,
    note: str | None,
    now: datetime,
) -> None:
    """Note how a difference ended."""
    await session.execute(
        update(CashDifference)
        .where(CashDifference.id == difference_id)
        .values(settled_at=now, settled_by=staff_id, settled_how=how.value, note=note)
    )
