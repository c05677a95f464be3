"""SQL of customers' moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from collection.portfolio.customers.moves.move import CustomerMove, State
from data.session import Session, rows, run

_MOVE = "SELECT m.* FROM customer_move m"


@dataclass(frozen=True, slots=True)
class Mover:
    """A customer who may move: the branch, its currency, and whether a merge stands."""

    branch_id: UUID
    currency: str
    is_merged: bool


@dataclass(frozen=True, slots=True)
class TargetBranch:
    """A branch of the lender, in scope or not."""

    id: UUID
    code: str
    currency: str


async def customer(session: Session, customer_id: UUID) -> Mover | None:
    """A customer in scope."""
    found = await rows(
        session,
        "SELECT u.branch_id, b.currency, EXISTS (SELECT FROM customer_merge g"
        " WHERE u.id IN (g.kept_id, g.merged_id) AND g.undone_at IS NULL) AS is_merged"
        " FROM customer u JOIN branch b ON b.id = u.branch_id WHERE u.id = :id",
        id=customer_id,
    )
    return Mover(*found[0]) if found else None


async def branch_called(session: Session, code: str) -> TargetBranch | None:
    """The branch of a code, also one that the caller does not see."""
    found = await rows(session, "SELECT * FROM branch_called(:code)", code=code)
    return TargetBranch(*found[0]) if found else None


async def add(
    session: Session,
    move_id: UUID,
    customer_id: UUID,
    to: TargetBranch,
    reason: str,
    by: UUID,
    now: datetime,
) -> bool:
    """Keep that somebody asks for a move. False where one of the customer's is open."""
    added = await rows(
        session,
        """
        INSERT INTO customer_move (id, branch_id, to_branch_id, customer_id, customer_ref,
            customer_name, accounts, from_branch, to_branch, reason, asked_by, asked_at)
        SELECT :id, u.branch_id, :to, u.id, u.source_ref, u.full_name,
               (SELECT count(*) FROM account a WHERE a.customer_id = u.id), b.code,
               :to_code, :reason, :by, :now
        FROM customer u JOIN branch b ON b.id = u.branch_id WHERE u.id = :customer
        ON CONFLICT (customer_id) WHERE state = 'asked' DO NOTHING RETURNING id
        """,
        id=move_id,
        to=to.id,
        to_code=to.code,
        customer=customer_id,
        reason=reason,
        by=by,
        now=now,
    )
    return bool(added)


async def open_move_of(session: Session, customer_id: UUID) -> UUID | None:
    """The move of a customer that waits for a decision."""
    found = await rows(
        session,
        "SELECT id FROM customer_move WHERE customer_id = :customer AND state = 'asked'",
        customer=customer_id,
    )
    return found[0].id if found else None


async def move(session: Session, move_id: UUID) -> CustomerMove | None:
    """A move from or to a branch in scope."""
    found = await rows(session, f"{_MOVE} WHERE m.id = :id", id=move_id)
    return _move(found[0]) if found else None


async def lock(session: Session, move_id: UUID) -> CustomerMove | None:
    """A move to a branch in scope, which nobody else decides on until the end."""
    found = await rows(session, f"{_MOVE} WHERE m.id = :id FOR UPDATE", id=move_id)
    return _move(found[0]) if found else None


async def moves(
    session: Session, *, is_open: bool | None, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[CustomerMove]:
    """Moves from and to branches in scope, the oldest first, behind the one at `after`."""
    at, move_id = after or (None, None)
    found = await rows(
        session,
        f"""{_MOVE}
        WHERE (CAST(:is_open AS boolean) IS NULL OR (m.state = 'asked') = :is_open)
          AND (CAST(:at AS timestamptz) IS NULL
               OR (m.asked_at, m.id) > (:at, CAST(:id AS uuid)))
        ORDER BY m.asked_at, m.id LIMIT :limit""",
        is_open=is_open,
        at=at,
        id=move_id,
        limit=limit,
    )
    return [_move(r) for r in found]


async def settle(session: Session, move_id: UUID, state: State, by: UUID, now: datetime) -> None:
    """Note what was decided, and by whom."""
    await run(
        session,
        "UPDATE customer_move SET state = :state, settled_by = :by, settled_at = :now"
        " WHERE id = :id",
        id=move_id,
        state=state.value,
        by=by,
        now=now,
    )


async def carry_out(session: Session, move_id: UUID, now: datetime) -> bool:
    """Have everything that follows the customer be the other branch's. False, and nothing done,
    while a phone may bring receipts from before."""
    [r] = await rows(session, "SELECT move_customer(:id, :now) AS done", id=move_id, now=now)
    return bool(r.done)


def _move(r: Any) -> CustomerMove:
    return CustomerMove(
        r.id, r.customer_id, r.customer_ref, r.customer_name, r.accounts, r.from_branch,
        r.to_branch, r.reason, r.asked_by, r.asked_at, State(r.state), r.settled_by, r.settled_at,
    )  # fmt: skip
