"""SQL of packs, of lists of heads, and of looking through whole chains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from data.session import Session, rows
from geofence.evidence.chain import Head
from geofence.evidence.pack import Names
from geofence.evidence.record import Kind
from geofence.evidence.store import FACT_BODIES, VISIT_BODY


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """A record of a visit's version, or of its withdrawal."""

    agent_id: UUID
    branch_id: UUID
    seq: int


async def versions(session: Session, visit_id: UUID) -> Sequence[VersionRecord]:
    """The records of a version of a visit, of those before and after it, and of its withdrawal."""
    found = await rows(
        session,
        """
        WITH RECURSIVE line AS (
            SELECT agent_id, branch_id, seq, visit_id, replaces_id FROM evidence
            WHERE visit_id = :visit
            UNION
            SELECT e.* FROM line CROSS JOIN LATERAL (
                SELECT agent_id, branch_id, seq, visit_id, replaces_id FROM evidence
                WHERE visit_id = line.replaces_id
                UNION ALL
                SELECT agent_id, branch_id, seq, visit_id, replaces_id FROM evidence
                WHERE replaces_id = line.visit_id
                UNION ALL
                SELECT agent_id, branch_id, seq, visit_id, replaces_id FROM evidence
                WHERE visit_id = line.visit_id
            ) e
        )
        SELECT agent_id, branch_id, seq FROM line ORDER BY seq
        """,
        visit=visit_id,
    )
    return [VersionRecord(*r) for r in found]


async def contents(session: Session, agent_id: UUID, seqs: Sequence[int]) -> Sequence[Any]:
    """Of these records `seq`, `sealed_at` and `content`, ascending."""
    return await rows(
        session,
        "SELECT seq, sealed_at, content FROM evidence"
        " WHERE agent_id = :agent AND seq = ANY(CAST(:seqs AS bigint[])) ORDER BY seq",
        agent=agent_id,
        seqs=list(seqs),
    )


async def links(session: Session, agent_id: UUID, first_seq: int, until: datetime) -> Sequence[Any]:
    """Of the records from `first_seq` on that were sealed before `until`: `seq`, `previous`,
    `content_hash`, `hash` and `sealed_at`, ascending."""
    return await rows(
        session,
        "SELECT seq, previous, content_hash, hash, sealed_at FROM evidence"
        " WHERE agent_id = :agent AND seq >= :first AND sealed_at < :until ORDER BY seq",
        agent=agent_id,
        first=first_seq,
        until=until,
    )


async def names(
    session: Session, agent_id: UUID, branch_id: UUID, case_ids: Sequence[UUID]
) -> Names:
    """Who an agent, a branch and the customers of cases are."""
    found = await rows(
        session,
        "SELECT s.full_name, b.code, b.name, b.zone FROM branch b"
        " LEFT JOIN staff s ON s.id = :agent WHERE b.id = :branch",
        agent=agent_id,
        branch=branch_id,
    )
    cases = await rows(
        session,
        "SELECT c.id, k.full_name FROM case_file c JOIN customer k ON k.id = c.customer_id"
        " WHERE c.id = ANY(CAST(:cases AS uuid[]))",
        cases=list(case_ids),
    )
    r = found[0]
    return Names(r.full_name or "", r.code, r.name, r.zone, {c.id: c.full_name for c in cases})


async def branch_heads(session: Session, branch_id: UUID, until: datetime) -> Mapping[UUID, Head]:
    """By agent of a branch the newest record that was sealed before `until`."""
    found = await rows(
        session,
        """
        SELECT a.agent_id, e.seq, e.hash, e.sealed_at FROM agent_profile a CROSS JOIN LATERAL (
            SELECT seq, hash, sealed_at FROM evidence
            WHERE agent_id = a.agent_id AND sealed_at < :until ORDER BY seq DESC LIMIT 1
        ) e WHERE a.branch_id = :branch
        """,
        branch=branch_id,
        until=until,
    )
    return {r.agent_id: Head(r.seq, bytes(r.hash), r.sealed_at) for r in found}


async def chained_agents(session: Session) -> Sequence[UUID]:
    """The agents who have a chain, in order."""
    found = await rows(
        session,
        "SELECT a.agent_id FROM agent_profile a"
        " WHERE EXISTS (SELECT FROM evidence e WHERE e.agent_id = a.agent_id) ORDER BY 1",
    )
    return [r.agent_id for r in found]


async def records_with_sources(
    session: Session, agent_id: UUID, after_seq: int, limit: int
) -> Sequence[Any]:
    """Records of a chain behind `after_seq`, ascending, each with `source`: what the table that it
    was sealed from says now, in the form of its contents; None when it is gone."""
    facts = " ".join(
        f"WHEN '{kind}' THEN (SELECT {body} FROM {table} f WHERE f.id = e.fact_id)"  # noqa: S608
        for kind, (table, body) in FACT_BODIES.items()
    )
    return await rows(
        session,
        f"""
        SELECT e.seq, e.kind, e.previous, e.content, e.content_hash, e.hash, e.sealed_at,
               e.visit_id, e.replaces_id, e.fact_id,
               CASE e.kind WHEN '{Kind.VISIT}' THEN (
                   SELECT json_build_object('visit', {VISIT_BODY})
                   FROM visit v WHERE v.id = e.visit_id
               ) {facts} END AS source
        FROM evidence e WHERE e.agent_id = :agent AND e.seq > :after ORDER BY e.seq LIMIT :limit
        """,  # noqa: S608 our own constants
        agent=agent_id,
        after=after_seq,
        limit=limit,
    )


async def unsealed_visits(session: Session, agent_id: UUID) -> Sequence[UUID]:
    """Versions of visits that were decided since an agent's chain began, and are not in it."""
    found = await rows(
        session,
        """
        SELECT v.id FROM visit v WHERE v.agent_id = :agent
          AND v.decided_at >= (SELECT min(sealed_at) FROM evidence WHERE agent_id = :agent)
          AND NOT EXISTS (SELECT FROM evidence e WHERE e.visit_id = v.id AND e.kind = :visit)
        ORDER BY v.id
        """,
        agent=agent_id,
        visit=Kind.VISIT.value,
    )
    return [r.id for r in found]
