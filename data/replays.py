"""Actions that happen once for each key that a caller makes up, however often they are sent."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from data.session import EVERYTHING, Database, Session, rows, run
from data.tables.platform import Idempotency

KEPT = timedelta(days=30)
"""A key that comes back after this acts anew: no caller tries for so long. What was answered may
tell of a customer, and does not outlast them."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What an action was answered when its key came first."""

    body_hash: bytes
    response: dict[str, Any]


async def claim(
    session: Session, principal_id: UUID, route: str, key: str, body_hash: bytes, now: datetime
) -> KeptAnswer | None:
    """None for the first to come with this key, who then acts and calls `keep`; else the answer.

    Who comes while the first still acts waits for its commit.
    """
    added = await session.execute(
        insert(Idempotency)
        .values(
            principal_id=principal_id, route=route, key=key, body_hash=body_hash, created_at=now
        )
        .on_conflict_do_nothing()
        .returning(Idempotency.key)
    )
    if added.scalar_one_or_none() is not None:
        return None
    row = (
        await session.execute(
            select(Idempotency.body_hash, Idempotency.response).where(
                *_is(principal_id, route, key)
            )
        )
    ).one()
    return KeptAnswer(bytes(row.body_hash), row.response or {})


async def keep(
    session: Session, principal_id: UUID, route: str, key: str, response: dict[str, Any]
) -> None:
    """Keep the answer of a claimed action, in the action's own transaction."""
    await session.execute(
        update(Idempotency).where(*_is(principal_id, route, key)).values(response=response)
    )


async def forget_about(session: Session, ids: Collection[UUID]) -> None:
    """Forget the answers that name any of these: a key of theirs acts anew."""
    await run(
        session,
        "DELETE FROM idempotency WHERE response::text LIKE ANY (:named)",
        named=[f"%{id_}%" for id_ in ids],
    )


async def forget_old(database: Database, now: datetime) -> int:
    """Forget answers that were kept for long enough; how many there were."""
    async with database.transaction(EVERYTHING) as session:
        gone = await rows(
            session, "DELETE FROM idempotency WHERE created_at < :before RETURNING 1",
            before=now - KEPT,
        )  # fmt: skip
    return len(gone)


def _is(principal_id: UUID, route: str, key: str) -> tuple[Any, ...]:
    return (
        Idempotency.principal_id == principal_id,
        Idempotency.route == route,
        Idempotency.key == key,
    )
