"""SQL of offline leases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import insert

from collection.custody.leases.lease import Closed, Lease
from core.money import Money
from data.session import Session, rows
from data.tables.cash_field import OfflineLease


@dataclass(frozen=True, slots=True)
class StoredLease:
    """A lease with whose it is, and the hash of the body that asked for it."""

    lease: Lease
    agent_id: UUID
    branch_id: UUID
    body_hash: bytes


_LEASE = "SELECT * FROM offline_lease"


async def lease(session: Session, lease_id: UUID) -> StoredLease | None:
    """A lease in scope; the agent's till is locked, and with it what may change the lease."""
    found = await rows(session, f"{_LEASE} WHERE id = :id", id=lease_id)
    return _stored(found[0]) if found else None


async def open_lease(session: Session, agent_id: UUID) -> StoredLease | None:
    """The lease that an agent's phone holds now."""
    found = await rows(
        session, f"{_LEASE} WHERE agent_id = :agent AND closed_at IS NULL", agent=agent_id
    )
    return _stored(found[0]) if found else None


async def expired(session: Session, now: datetime) -> Sequence[tuple[UUID, UUID]]:
    """Lease and agent of the leases in scope whose time is over, in the order of agents."""
    found = await rows(
        session,
        "SELECT id, agent_id FROM offline_lease WHERE closed_at IS NULL AND expires_at <= :now"
        " ORDER BY agent_id",
        now=now,
    )
    return [(r.id, r.agent_id) for r in found]


async def next_prefix(session: Session, agent_id: UUID) -> str:
    """What the next lease of an agent is called; the till is locked."""
    found = await rows(
        session,
        "SELECT s.prefix, (SELECT count(*) FROM offline_lease WHERE agent_id = :agent) AS leases"
        " FROM receipt_series s WHERE s.agent_id = :agent",
        agent=agent_id,
    )
    return f"{found[0].prefix}-L{found[0].leases + 1}"


async def add_lease(
    session: Session, branch_id: UUID, agent_id: UUID, made: Lease, body_hash: bytes
) -> bool:
    """Store a lease. False when its id is taken, by whomever."""
    added = await session.execute(
        insert(OfflineLease)
        .values(
            id=made.id,
            branch_id=branch_id,
            agent_id=agent_id,
            prefix=made.prefix,
            amount_minor=made.amount.amount_minor,
            left_minor=made.left.amount_minor,
            currency=made.amount.currency,
            granted_at=made.granted_at,
            expires_at=made.expires_at,
            body_hash=body_hash,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(OfflineLease.id)
    )
    return added.scalar_one_or_none() is not None


async def use(session: Session, lease_id: UUID, minor: int) -> None:
    """Take an amount out of what is left of a lease."""
    await session.execute(
        text("UPDATE offline_lease SET left_minor = left_minor - :minor WHERE id = :id"),
        {"id": lease_id, "minor": minor},
    )


async def close(session: Session, lease_id: UUID, because: Closed, now: datetime) -> None:
    """Have a lease hold no room any more."""
    await session.execute(
        update(OfflineLease)
        .where(OfflineLease.id == lease_id)
        .values(closed_at=now, closed_because=because.value)
    )


async def number_is_taken(session: Session, lease_id: UUID, number: int) -> bool:
    """Whether a receipt has this provisional number."""
    found = await rows(
        session,
        "SELECT FROM receipt WHERE lease_id = :lease AND lease_number = :number",
        lease=lease_id,
        number=number,
    )
    return bool(found)


def _stored(r: Any) -> StoredLease:
    its = Lease(
        r.id, r.prefix, Money(r.amount_minor, r.currency), Money(r.left_minor, r.currency),
        r.granted_at, r.expires_at, r.closed_at,
        None if r.closed_because is None else Closed(r.closed_because),
    )  # fmt: skip
    return StoredLease(its, r.agent_id, r.branch_id, bytes(r.body_hash))
