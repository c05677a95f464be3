"""SQL of handovers between agents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.dialects.postgresql import insert as upsert

from collection.custody.denominations import Denomination
from collection.custody.handovers.handover import Handover, State, Taking
from collection.custody.lots.lot import Part
from core.money import Money
from data.session import Session, rows
from data.tables.cash_field import CashHandover, HandoverAllocation, HandoverTaking


@dataclass(frozen=True, slots=True)
class StoredHandover:
    """A handover with its branch, and the hash of the body that made it."""

    handover: Handover
    branch_id: UUID
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class StoredTaking:
    """What a taker's phone wrote down, with the hash of its body."""

    taking: Taking
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class Colleague:
    """An agent of the same branch who has a till."""

    agent_id: UUID
    name: str


_HANDOVER = """
SELECT h.*, g.full_name AS giver, t.full_name AS taker FROM cash_handover h
JOIN staff g ON g.id = h.giver_id JOIN staff t ON t.id = h.taker_id
"""


async def handover(
    session: Session, handover_id: UUID, *, lock: bool = False
) -> StoredHandover | None:
    """A handover in scope by its id."""
    tail = " FOR NO KEY UPDATE OF h" if lock else ""
    found = await rows(session, f"{_HANDOVER} WHERE h.id = :id{tail}", id=handover_id)
    return _stored(found[0]) if found else None


async def handovers(session: Session, *, since: datetime, limit: int) -> Sequence[Handover]:
    """All handovers in scope that are open, and those settled since; the latest first."""
    found = await rows(
        session,
        f"{_HANDOVER} WHERE h.state = 'offered' OR h.settled_at >= :since"
        " ORDER BY h.offered_at DESC, h.id LIMIT :limit",
        since=since,
        limit=limit,
    )
    return [_stored(r).handover for r in found]


async def handovers_of(session: Session, agent_id: UUID, *, since: datetime) -> Sequence[Handover]:
    """What an agent gives or takes: all that is still open, and what was settled since, by time."""
    found = await rows(
        session,
        f"{_HANDOVER} WHERE :agent IN (h.giver_id, h.taker_id)"
        " AND (h.state = 'offered' OR h.settled_at >= :since) ORDER BY h.offered_at, h.id",
        agent=agent_id,
        since=since,
    )
    return [_stored(r).handover for r in found]


async def colleagues(session: Session, agent_id: UUID) -> Sequence[Colleague]:
    """To whom of the branch an agent can hand cash, by name."""
    found = await rows(
        session,
        "SELECT t.agent_id, s.full_name FROM till t JOIN staff s ON s.id = t.agent_id"
        " WHERE t.agent_id <> :agent AND t.branch_id ="
        " (SELECT branch_id FROM till WHERE agent_id = :agent) ORDER BY s.full_name, s.id",
        agent=agent_id,
    )
    return [Colleague(r.agent_id, r.full_name) for r in found]


async def add_handover(session: Session, branch_id: UUID, made: Handover, body_hash: bytes) -> bool:
    """Store an offer. False when its id is taken, by whomever."""
    added = await session.execute(
        upsert(CashHandover)
        .values(
            id=made.id,
            branch_id=branch_id,
            giver_id=made.giver_id,
            taker_id=made.taker_id,
            amount_minor=made.amount.amount_minor,
            currency=made.amount.currency,
            denominations=[
                {"face_minor": d.face_minor, "count": d.count} for d in made.denominations
            ],
            offered_at=made.offered_at,
            given_at=made.given_at,
            body_hash=body_hash,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(CashHandover.id)
    )
    return added.scalar_one_or_none() is not None


_TAKING = """
SELECT t.*, g.full_name AS giver, k.full_name AS taker FROM handover_taking t
JOIN staff g ON g.id = t.giver_id JOIN staff k ON k.id = t.taker_id
"""


async def taking(session: Session, handover_id: UUID) -> StoredTaking | None:
    """What the taker's phone wrote down of a handover, where it has come."""
    found = await rows(session, f"{_TAKING} WHERE t.id = :id", id=handover_id)
    return _stored_taking(found[0]) if found else None


async def takings_of(session: Session, agent_id: UUID) -> Sequence[Taking]:
    """What an agent gave or took of which only the taker's phone has told, by time."""
    found = await rows(
        session,
        f"{_TAKING} WHERE :agent IN (t.giver_id, t.taker_id)"
        " AND NOT EXISTS (SELECT FROM cash_handover h WHERE h.id = t.id AND h.state <> 'offered')"
        " ORDER BY t.taken_at, t.id",
        agent=agent_id,
    )
    return [_stored_taking(r).taking for r in found]


async def add_taking(session: Session, branch_id: UUID, taken: Taking, body_hash: bytes,
                     now: datetime) -> bool:  # fmt: skip
    """Store what a taker's phone wrote down. False when its id is taken, by whomever."""
    added = await session.execute(
        upsert(HandoverTaking)
        .values(
            id=taken.id,
            branch_id=branch_id,
            giver_id=taken.giver_id,
            taker_id=taken.taker_id,
            amount_minor=taken.amount.amount_minor,
            currency=taken.amount.currency,
            denominations=[
                {"face_minor": d.face_minor, "count": d.count} for d in taken.denominations
            ],
            taken_at=taken.taken_at,
            received_at=now,
            body_hash=body_hash,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(HandoverTaking.id)
    )
    return added.scalar_one_or_none() is not None


async def set_state(session: Session, handover_id: UUID, state: State, now: datetime) -> None:
    """Note what became of an offer."""
    await session.execute(
        update(CashHandover)
        .where(CashHandover.id == handover_id)
        .values(state=state.value, settled_at=now)
    )


async def add_parts(session: Session, handover_id: UUID, parts: Sequence[Part]) -> None:
    """Keep whose receipts' cash was handed over."""
    await session.execute(
        insert(HandoverAllocation).values(
            [
                {
                    "handover_id": handover_id,
                    "receipt_id": part.receipt_id,
                    "amount_minor": part.amount.amount_minor,
                }
                for part in parts
            ]
        )
    )


def _stored(r: Any) -> StoredHandover:
    faces = tuple(Denomination(d["face_minor"], d["count"]) for d in r.denominations)
    its = Handover(
        r.id, r.giver_id, r.giver, r.taker_id, r.taker, Money(r.amount_minor, r.currency), faces,
        State(r.state), r.offered_at, r.settled_at, r.given_at,
    )  # fmt: skip
    return StoredHandover(its, r.branch_id, bytes(r.body_hash))


def _stored_taking(r: Any) -> StoredTaking:
    faces = tuple(Denomination(d["face_minor"], d["count"]) for d in r.denominations)
    its = Taking(
        r.id, r.giver_id, r.giver, r.taker_id, r.taker, Money(r.amount_minor, r.currency), faces,
        r.taken_at,
    )  # fmt: skip
    return StoredTaking(its, bytes(r.body_hash))
