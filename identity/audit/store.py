"""SQL of the audit trail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from data.rows_json import as_json
from data.session import Session, rows, run_last
from identity.audit.event import AuditEvent, Kind, Seal

EVENT = """e.id, e.branch_id, e.at, e.kind, e.actor_id, e.actor_role, e.address, e.device_id,
           e.client, e.action, e.subjects, e.reason"""


_ADD = """
INSERT INTO audit_event (id, branch_id, at, kind, actor_id, actor_role, address, device_id, client,
                         action, subjects, reason)
SELECT e.id, e.branch_id, e.at, e.kind, e.actor_id, e.actor_role, e.address, e.device_id, e.client,
       e.action, e.subjects, e.reason
FROM jsonb_populate_recordset(CAST(NULL AS audit_event), CAST(:events AS jsonb)) e
"""


async def add(session: Session, events: Sequence[AuditEvent]) -> None:
    """Append events. Nothing can change them afterwards."""
    await run_last(session, _ADD, events=as_json([_row(e) for e in events]))


def _row(e: AuditEvent) -> Mapping[str, Any]:
    return {
        "id": e.id, "branch_id": e.branch_id, "at": e.at, "kind": e.kind.value,
        "actor_id": e.actor_id, "actor_role": e.actor_role, "address": e.address,
        "device_id": e.device_id, "client": e.client, "action": e.action,
        "subjects": dict(e.subjects), "reason": e.reason,
    }  # fmt: skip


async def lock_chains(session: Session) -> bool:
    """Be the only one who seals until the transaction ends; False when somebody else is."""
    (locked,) = await rows(
        session, "SELECT pg_try_advisory_xact_lock(hashtext('audit.seal')) AS mine"
    )
    mine: bool = locked.mine
    return mine


async def seal(session: Session, now: datetime, limit: int) -> int:
    """Put the oldest `limit` unsealed events behind their branches' chains, a batch each."""
    sealed = await rows(
        session,
        r"""
        WITH due AS (
            SELECT branch_id, id FROM audit_event WHERE seal_no IS NULL ORDER BY id LIMIT :limit
        ), chain AS (
            SELECT b.branch_id, coalesce(s.no, 0) + 1 AS no, coalesce(s.hash, sha256(
                'roundsman-audit/1 origin\000'::bytea || uuid_send(b.branch_id))) AS previous
            FROM (SELECT DISTINCT branch_id FROM due) b LEFT JOIN LATERAL (
                SELECT no, hash FROM audit_seal WHERE branch_id = b.branch_id
                ORDER BY no DESC LIMIT 1) s ON true
        ), marked AS (
            UPDATE audit_event e SET seal_no = c.no
            FROM due d JOIN chain c ON c.branch_id = d.branch_id
            WHERE e.branch_id = d.branch_id AND e.id = d.id
            RETURNING e.branch_id, e.id, e.hash, c.no, c.previous
        ), batch AS (
            SELECT branch_id, no, previous, count(*)::int AS events,
                   sha256('roundsman-audit/1 batch\000'::bytea || string_agg(hash, ''::bytea
                          ORDER BY id)) AS events_hash
            FROM marked GROUP BY branch_id, no, previous
        )
        INSERT INTO audit_seal (branch_id, no, sealed_at, events, events_hash, previous, hash)
        SELECT branch_id, no, :now, events, events_hash, previous,
               audit_seal_hash(no, :now, events, events_hash, previous)
        FROM batch RETURNING events
        """,
        now=now,
        limit=limit,
    )
    return sum(r.events for r in sealed)


@dataclass(frozen=True, slots=True)
class Chain:
    """A branch, and how many of its events no seal holds yet."""

    branch_id: UUID
    branch: str
    unsealed: int
    oldest_unsealed: datetime | None


async def chains(session: Session) -> Sequence[Chain]:
    """The branches in scope by code."""
    found = await rows(
        session,
        """
        SELECT b.id, b.code, coalesce(u.events, 0) AS unsealed, u.oldest
        FROM branch b LEFT JOIN (
            SELECT branch_id, count(*) AS events, min(at) AS oldest FROM audit_event
            WHERE seal_no IS NULL GROUP BY branch_id) u ON u.branch_id = b.id
        ORDER BY b.code
        """,
    )
    return [Chain(*r) for r in found]


async def seals_after(session: Session, branch_id: UUID, no: int, limit: int) -> Sequence[Seal]:
    """The next seals of a branch behind number `no`, in order."""
    found = await rows(
        session,
        "SELECT branch_id, no, sealed_at, events, events_hash, previous, hash FROM audit_seal"
        " WHERE branch_id = :branch AND no > :no ORDER BY no LIMIT :limit",
        branch=branch_id,
        no=no,
        limit=limit,
    )
    return [Seal(r.branch_id, r.no, r.sealed_at, r.events, *map(bytes, r[4:])) for r in found]


@dataclass(frozen=True, slots=True)
class SealedEvent:
    """An event, and its hash as it was sealed."""

    event: AuditEvent
    hash: bytes


Batch = Sequence[SealedEvent]


async def batches(
    session: Session, branch_id: UUID, after_no: int, up_to_no: int
) -> dict[int, Batch]:
    """The events of these seals by their number, in the order that they were sealed in."""
    found = await rows(
        session,
        f"SELECT {EVENT}, e.seal_no, e.hash FROM audit_event e"  # noqa: S608 our own constant
        " WHERE e.branch_id = :branch AND e.seal_no > :after AND e.seal_no <= :up_to"
        " ORDER BY e.seal_no, e.id",
        branch=branch_id,
        after=after_no,
        up_to=up_to_no,
    )
    by_no: dict[int, list[SealedEvent]] = {}
    for r in found:
        by_no.setdefault(r.seal_no, []).append(SealedEvent(_event(r), bytes(r.hash or b"")))
    return dict(by_no)


async def seals_named_beyond(session: Session, branch_id: UUID, no: int) -> Sequence[int]:
    """Numbers of seals behind `no` that events of a branch name."""
    found = await rows(
        session,
        "SELECT DISTINCT seal_no FROM audit_event WHERE branch_id = :branch AND seal_no > :no"
        " ORDER BY seal_no LIMIT 10",
        branch=branch_id,
        no=no,
    )
    return [r.seal_no for r in found]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: all that are set must fit. `subject` is an id that was acted on or seen."""

    since: datetime | None = None
    until: datetime | None = None
    actor_id: UUID | None = None
    subject: str | None = None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """An event as it is listed: with its actor's name now, and the number of its seal."""

    event: AuditEvent
    branch: str
    actor: str | None
    seal_no: int | None


async def listed(
    session: Session, wanted: Wanted, *, after: UUID | None, limit: int
) -> Sequence[AuditLine]:
    """Events in scope, the newest first, from behind the event `after` on."""
    found = await rows(
        session,
        f"""
        SELECT e.*, b.code AS branch, s.full_name AS actor
        FROM branch b CROSS JOIN LATERAL (
            SELECT {EVENT}, e.seal_no FROM audit_event e
            WHERE e.branch_id = b.id AND (CAST(:after AS uuid) IS NULL OR e.id < :after)
              AND (CAST(:since AS timestamptz) IS NULL OR e.at >= :since)
              AND (CAST(:until AS timestamptz) IS NULL OR e.at < :until)
              AND (CAST(:actor AS uuid) IS NULL OR e.actor_id = :actor)
              AND (CAST(:kind AS text) IS NULL OR e.kind = :kind)
              AND (CAST(:subject AS text) IS NULL OR EXISTS (
                  SELECT FROM jsonb_each_text(e.subjects) j WHERE j.value = :subject))
            ORDER BY e.id DESC LIMIT :limit) e
        LEFT JOIN staff s ON s.id = e.actor_id
        ORDER BY e.id DESC LIMIT :limit
        """,  # noqa: S608 our own constant
        after=after,
        **_parameters(wanted),
        limit=limit,
    )
    return [AuditLine(_event(r), r.branch, r.actor, r.seal_no) for r in found]


def _parameters(wanted: Wanted) -> Mapping[str, Any]:
    return {
        "since": wanted.since, "until": wanted.until, "actor": wanted.actor_id,
        "subject": wanted.subject, "kind": wanted.kind.value if wanted.kind else None,
    }  # fmt: skip


def _event(r: Any) -> AuditEvent:
    return AuditEvent(
        r.id, r.branch_id, r.at, Kind(r.kind), r.actor_id, r.actor_role, r.address, r.device_id,
        r.client, r.action, r.subjects, r.reason,
    )  # fmt: skip
