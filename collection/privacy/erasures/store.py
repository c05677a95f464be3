"""SQL of erasures. What is erased, and how, stands in the database's own ``erase_customer``."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from collection.portfolio.customers.overlays.store import lock_merges
from collection.privacy.erasures.erasure import KEPT_BECAUSE, Erasure, Needs, State
from collection.privacy.holds.store import HELD
from core.ids import new_id
from data.sealed import index_of, sealed
from data.session import Session, rows, run
from data.tables.privacy import Erasure as ErasureRow

_COLUMNS = "id, customer_id, reason, state, asked_at, asked_by, decided_at, decided_by, report"
_THEIRS = "= ANY (records_of_customer(:id))"
"""Says that a column has a customer, or who is seen as one with them."""

_KEPT = {
    "receipt": f"receipt t JOIN account a ON a.id = t.account_id WHERE a.customer_id {_THEIRS}",
    "demand": f"demand t JOIN account a ON a.id = t.account_id WHERE a.customer_id {_THEIRS}",
    "refund": f"refund t JOIN account a ON a.id = t.account_id WHERE a.customer_id {_THEIRS}",
    "online_payment": "online_payment t JOIN payment_link l ON l.id = t.link_id"
    f" JOIN case_file c ON c.id = l.case_id WHERE c.customer_id {_THEIRS}",
    "visit": "visit t WHERE t.case_ids &&"  # noqa: S608 our own words
    f" ARRAY (SELECT id FROM case_file WHERE customer_id {_THEIRS})",
    "check_in": f"check_in t JOIN case_file c ON c.id = t.case_id WHERE c.customer_id {_THEIRS}",
    "attachment": "attachment t JOIN case_file c ON c.id = t.case_id"
    f" WHERE c.customer_id {_THEIRS}",
    "contact_attempt": f"contact_attempt t WHERE t.customer_id {_THEIRS}",
    "consent": f"consent t WHERE t.customer_id {_THEIRS}",
}


async def needs(session: Session, customer_id: UUID) -> Needs:
    """What may still need a customer's data."""
    found = await rows(
        session,
        f"""
        SELECT cardinality(records_of_customer(:id))
                - (SELECT count(*) FROM customer WHERE id {_THEIRS}),
               (SELECT count(*) FROM case_file
                WHERE customer_id {_THEIRS} AND closed_at IS NULL),
               (SELECT count(*) FROM demand d JOIN account a ON a.id = d.account_id
                WHERE a.customer_id {_THEIRS} AND d.paid_minor < d.total_minor),
               (SELECT count(*) FROM online_payment p JOIN payment_link l ON l.id = p.link_id
                JOIN case_file c ON c.id = l.case_id
                WHERE c.customer_id {_THEIRS} AND p.state = 'started'),
               (SELECT count(*) FROM account
                WHERE customer_id {_THEIRS} AND advance_minor > 0) + (SELECT count(*) FROM (
                    SELECT FROM receipt r JOIN account a ON a.id = r.account_id
                    JOIN posting o ON o.owner_id = r.id AND o.ledger_account = 'suspense'
                    WHERE a.customer_id {_THEIRS} GROUP BY r.id HAVING sum(o.amount_minor) < 0) s),
               (SELECT count(*) FROM ({HELD} {_THEIRS}) h),
               (SELECT count(*) FROM legal_case l JOIN case_file c ON c.id = l.case_id
                WHERE c.customer_id {_THEIRS} AND l.closed_at IS NULL)
        """,  # noqa: S608 our own words
        id=customer_id,
    )
    return Needs(*found[0])


async def kept(session: Session, customer_id: UUID) -> Mapping[str, int]:
    """How many rows of each table stay of a customer."""
    parts = [f"(SELECT count(*) FROM {_KEPT[name]}) AS {name}" for name in KEPT_BECAUSE]  # noqa: S608
    found = await rows(session, f"SELECT {', '.join(parts)}", id=customer_id)
    held: Mapping[str, int] = found[0]._asdict()
    return held


async def add(session: Session, **values: Any) -> UUID | None:
    """Store a request; its id, or None when the customer has one that was not rejected."""
    added = await session.execute(
        insert(ErasureRow)
        .values(id=new_id(), state=State.ASKED.value, **values)
        .on_conflict_do_nothing()
        .returning(ErasureRow.id)
    )
    return added.scalar_one_or_none()


async def locked(session: Session, erasure_id: UUID) -> Erasure | None:
    """A request in scope, for one decision at a time."""
    found = await rows(
        session,
        f"SELECT {_COLUMNS} FROM erasure WHERE id = :id FOR NO KEY UPDATE",  # noqa: S608
        id=erasure_id,
    )
    return _erasure(found[0]) if found else None


async def lock_customer(session: Session, customer_id: UUID) -> None:
    """Have nothing that hangs on a customer change until the end, nor come in with a file."""
    await run(session, "SELECT pg_advisory_xact_lock(hashtext('demand-file'))")
    await lock_merges(session)
    await run(session, f"SELECT id FROM customer WHERE id {_THEIRS} FOR UPDATE", id=customer_id)  # noqa: S608


async def decide(session: Session, erasure_id: UUID, state: State, by: UUID, now: datetime) -> None:
    """Note a decision."""
    await session.execute(
        update(ErasureRow)
        .where(ErasureRow.id == erasure_id)
        .values(state=state.value, decided_at=now, decided_by=by)
    )


async def named_by(session: Session, customer_id: UUID) -> Sequence[UUID]:
    """The ids by which answers that were kept name a customer: theirs, of cases, and of places."""
    found = await rows(
        session,
        f"""
        SELECT id FROM customer WHERE id {_THEIRS}
        UNION ALL SELECT id FROM case_file WHERE customer_id {_THEIRS}
        UNION ALL SELECT id FROM address WHERE customer_id {_THEIRS}
        """,  # noqa: S608 our own words
        id=customer_id,
    )
    return [r.id for r in found]


async def erase(session: Session, erasure_id: UUID, now: datetime) -> Mapping[str, int]:
    """Erase whom an accepted request is about: how many rows of each table."""
    records = await rows(
        session,
        "SELECT c.source_ref FROM erasure e JOIN customer c"
        " ON c.id = ANY (records_of_customer(e.customer_id)) WHERE e.id = :id",
        id=erasure_id,
    )
    [done] = await rows(
        session,
        "SELECT erase_customer(:id, :nothing, :references, :now) AS erased",
        id=erasure_id,
        nothing=sealed(""),
        references=[index_of(r.source_ref) for r in records],
        now=now,
    )
    erased: Mapping[str, int] = done.erased
    return erased


async def note_report(session: Session, erasure_id: UUID, report: Mapping[str, Any]) -> None:
    """Keep what came of an erasure."""
    await session.execute(
        update(ErasureRow).where(ErasureRow.id == erasure_id).values(report=dict(report))
    )


async def erasures(
    session: Session, *, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Erasure]:
    """The requests in scope, the newest first, behind the one at `after`."""
    asked_at, erasure_id = after or (None, None)
    found = await rows(
        session,
        f"""SELECT {_COLUMNS} FROM erasure
        WHERE CAST(:at AS timestamptz) IS NULL OR (asked_at, id) < (:at, CAST(:id AS uuid))
        ORDER BY asked_at DESC, id DESC LIMIT :limit""",  # noqa: S608
        at=asked_at,
        id=erasure_id,
        limit=limit,
    )
    return [_erasure(r) for r in found]


def _erasure(r: Any) -> Erasure:
    return Erasure(
        r.id, r.customer_id, r.reason, State(r.state), r.asked_at, r.asked_by, r.decided_at,
        r.decided_by, r.report,
    )  # fmt: skip
