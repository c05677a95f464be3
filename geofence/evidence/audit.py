"""Audit chains: all records of the database in order, and against what they were sealed from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from data.session import Session
from geofence.evidence.canonical import canonical, parsed
from geofence.evidence.chain import content_hash, link_hash, origin
from geofence.evidence.packs import store
from geofence.evidence.record import Kind, instant

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ChainAudit:
    """How an agent's chain was found: up to which record it holds, and the first fault."""

    agent_id: UUID
    records: int
    head: bytes
    fault: str | None


async def audit_chains(session: Session) -> list[ChainAudit]:
    """Look through all chains in scope; each is told with the first thing that differs."""
    return [
        await _audit_chain(session, agent_id) for agent_id in await store.chained_agents(session)
    ]


async def _audit_chain(session: Session, agent_id: UUID) -> ChainAudit:
    seq, previous = 0, origin(agent_id)
    before: datetime | None = None
    while found := await store.records_with_sources(session, agent_id, seq, AT_ONCE):
        for row in found:
            fault = _fault(agent_id, seq, previous, before, row)
            if fault:
                return ChainAudit(agent_id, seq, previous, fault)
            seq, previous, before = row.seq, bytes(row.hash), row.sealed_at
    unsealed = await store.unsealed_visits(session, agent_id)
    fault = f"the visit {unsealed[0]} is in no record" if unsealed else None
    return ChainAudit(agent_id, seq, previous, fault)


def _fault(
    agent_id: UUID, seq: int, previous: bytes, before: datetime | None, row: Any
) -> str | None:
    """What is wrong with the record behind `seq`."""
    if row.seq != seq + 1:
        return f"record {seq + 1} is missing"
    if bytes(row.previous) != previous:
        return f"record {row.seq} does not follow record {seq}"
    if content_hash(bytes(row.content)) != bytes(row.content_hash):
        return f"record {row.seq}: its contents were changed"
    if link_hash(previous, bytes(row.content_hash)) != bytes(row.hash):
        return f"record {row.seq}: its hash was changed"
    told = parsed(bytes(row.content))
    return _misplaced(agent_id, before, row, told) or _source_fault(row, told)


def _misplaced(agent_id: UUID, before: datetime | None, row: Any, told: Any) -> str | None:
    """Whether a record's columns say otherwise than its contents."""
    if before and row.sealed_at < before:
        return f"record {row.seq} was sealed before the one before it"
    columns = (
        str(agent_id),
        row.seq,
        row.kind,
        instant(row.sealed_at),
        row.visit_id or row.fact_id,
    )
    sealed = (told["agent_id"], told["seq"], told["kind"], told["sealed_at"], _subject(told))
    return None if columns == sealed else f"record {row.seq}: its columns were changed"


def _subject(told: Any) -> UUID:
    name = "visit" if told["kind"] == Kind.WITHDRAWN else told["kind"].replace("-", "_")
    return UUID(told[name]["id"])


def _source_fault(row: Any, told: Any) -> str | None:
    """Whether the row that a record was sealed from has been changed since."""
    if row.kind == Kind.WITHDRAWN:
        return None
    name = row.kind.replace("-", "_")
    if row.source is None:
        return f"record {row.seq}: the {row.kind} that it was sealed from is gone"
    now: Mapping[str, Any] = row.source[name]
    for member in told[name]:
        is_, was = now.get(member), told[name].get(member)
        if canonical(is_) != canonical(was):
            return f"record {row.seq}: {row.kind}.{member} was {was!r} when sealed and is {is_!r}"
    return None
