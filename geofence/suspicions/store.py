"""SQL of suspicions and what was decided on them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from core.ids import new_id
from data.rows_json import as_json
from data.session import Session, rows
from data.tables.suspicion import SuspicionReview
from geofence.suspicions.finding import Finding, Known, is_news

Key = tuple[str, UUID, date]
"""A finding's kind, subject and day: of each there is one, in versions."""


@dataclass(frozen=True, slots=True)
class Review:
    """What was decided on a version of a suspicion; `decision` is ``accepted`` or ``rejected``."""

    id: UUID
    version: int
    decision: str
    note: str
    decided_at: datetime
    decided_by: UUID
    decided_by_name: str
    replaces_id: UUID | None


@dataclass(frozen=True, slots=True)
class Line:
    """A suspicion as a list shows it: its newest version, and the state that its review leaves.

    `state` is ``open``, also when the newest version came after the decision, else the decision.
    """

    id: UUID
    version: int
    branch_id: UUID
    agent_id: UUID
    agent: str
    day: date
    kind: str
    subject_id: UUID
    subject_ids: Sequence[UUID]
    score: float
    found_at: datetime
    state: str
    reasons: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a suspicion as it was found."""

    version: int
    score: float
    reasons: Sequence[dict[str, Any]]
    found_at: datetime


async def keep_findings(
    session: Session, findings: Sequence[Finding], now: datetime
) -> list[tuple[UUID, Finding]]:
    """Put findings into the queue that are news, each with its id there; those are given back."""
    known = await _known(session, findings)
    news = [
        (known.get(_key(finding)), finding)
        for finding in findings
        if is_news(finding, known.get(_key(finding)))
    ]
    if not news:
        return []
    kept = [(old.id if old else new_id(), finding) for old, finding in news]
    given = [
        {
            **asdict(finding),
            "id": suspicion_id,
            "version": old.version + 1 if old else 1,
            "reasons": [reason.as_json() for reason in finding.reasons],
        }
        for (suspicion_id, finding), (old, _) in zip(kept, news, strict=True)
    ]
    await rows(session, _KEEP, findings=as_json(given), now=now)
    return kept


def _key(finding: Finding) -> Key:
    return finding.kind.value, finding.subject_id, finding.day


_KEEP = """
INSERT INTO suspicion (id, version, branch_id, agent_id, day, kind, subject_id, subject_ids, score,
                       reasons, found_at)
SELECT id, version, branch_id, agent_id, day, kind, subject_id, subject_ids, score, reasons, :now
FROM jsonb_to_recordset(CAST(:findings AS jsonb)) AS f (id uuid, version integer, branch_id uuid,
     agent_id uuid, day date, kind text, subject_id uuid, subject_ids uuid[], score float8,
     reasons jsonb)
RETURNING 1
"""


async def _known(session: Session, findings: Sequence[Finding]) -> dict[Key, Known]:
    found = await rows(
        session,
        """
        SELECT DISTINCT ON (s.kind, s.subject_id, s.day) s.kind, s.subject_id, s.day, s.id,
               s.version, s.score, jsonb_path_query_array(s.reasons, '$[*].code') AS codes
        FROM unnest(CAST(:kinds AS text[]), CAST(:subjects AS uuid[]), CAST(:days AS date[]))
             AS f (kind, subject_id, day)
        JOIN suspicion s ON s.kind = f.kind AND s.subject_id = f.subject_id AND s.day = f.day
        ORDER BY s.kind, s.subject_id, s.day, s.version DESC
        """,
        kinds=[finding.kind.value for finding in findings],
        subjects=[finding.subject_id for finding in findings],
        days=[finding.day for finding in findings],
    )
    return {
        (r.kind, r.subject_id, r.day): Known(r.id, r.version, r.score, frozenset(r.codes))
        for r in found
    }


_LINE = """
SELECT s.id, s.version, s.branch_id, s.agent_id, p.full_name AS agent, s.day, s.kind, s.subject_id,
       s.subject_ids, s.score, s.found_at,
       CASE WHEN r.version = s.version THEN r.decision ELSE 'open' END AS state, s.reasons
FROM suspicion s JOIN staff p ON p.id = s.agent_id
LEFT JOIN suspicion_review r ON r.suspicion_id = s.id
     AND NOT EXISTS (SELECT FROM suspicion_review n WHERE n.replaces_id = r.id)
WHERE NOT EXISTS (SELECT FROM suspicion n WHERE n.id = s.id AND n.version > s.version)
"""


async def lines(
    session: Session,
    *,
    branch_id: UUID | None = None,
    agent_id: UUID | None = None,
    day: date | None = None,
    kind: str | None = None,
    state: str | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[Line]:
    """Suspicions in scope, the newest evidence first, from behind `after` on."""
    before_at, before_id = after or (None, None)
    found = await rows(
        session,
        f"""
        SELECT * FROM ({_LINE}) l
        WHERE (CAST(:branch AS uuid) IS NULL OR branch_id = :branch)
          AND (CAST(:agent AS uuid) IS NULL OR agent_id = :agent)
          AND (CAST(:day AS date) IS NULL OR day = :day)
          AND (CAST(:kind AS text) IS NULL OR kind = :kind)
          AND (CAST(:state AS text) IS NULL OR state = :state)
          AND (CAST(:before_at AS timestamptz) IS NULL
               OR (found_at, id) < (:before_at, CAST(:before_id AS uuid)))
        ORDER BY found_at DESC, id DESC LIMIT :limit
        """,  # noqa: S608 our own constant
        branch=branch_id,
        agent=agent_id,
        day=day,
        kind=kind,
        state=state,
        before_at=before_at,
        before_id=before_id,
        limit=limit,
    )
    return [Line(*r) for r in found]


async def line(session: Session, suspicion_id: UUID, *, lock: bool = False) -> Line | None:
    """A suspicion in scope; with `lock` nobody else decides on it before the transaction ends."""
    if lock:
        await rows(
            session,
            "SELECT pg_advisory_xact_lock(hashtextextended(:id, 11))",
            id=str(suspicion_id),
        )
    found = await rows(session, _LINE + " AND s.id = :id", id=suspicion_id)
    return Line(*found[0]) if found else None


async def versions(session: Session, suspicion_id: UUID) -> list[Version]:
    """All versions of a suspicion in scope, the newest first."""
    found = await rows(
        session,
        "SELECT version, score, reasons, found_at FROM suspicion WHERE id = :id"
        " ORDER BY version DESC",
        id=suspicion_id,
    )
    return [Version(*r) for r in found]


async def reviews(session: Session, suspicion_id: UUID) -> list[Review]:
    """What was decided on a suspicion in scope, the current decision first."""
    found = await rows(
        session,
        """
        WITH RECURSIVE decided AS (
            SELECT r.*, 0 AS back FROM suspicion_review r WHERE r.suspicion_id = :id
              AND NOT EXISTS (SELECT FROM suspicion_review n WHERE n.replaces_id = r.id)
            UNION ALL
            SELECT r.*, back + 1 FROM suspicion_review r JOIN decided d ON r.id = d.replaces_id
        )
        SELECT d.id, d.version, d.decision, d.note, d.decided_at, d.decided_by, s.full_name,
               d.replaces_id
        FROM decided d JOIN staff s ON s.id = d.decided_by ORDER BY back
        """,
        id=suspicion_id,
    )
    return [Review(*r) for r in found]


async def add_review(
    session: Session,
    suspicion: Line,
    decision: str,
    note: str,
    staff_id: UUID,
    replaces_id: UUID | None,
    now: datetime,
) -> bool:
    """Keep a decision; False when another one came first."""
    added = await session.execute(
        insert(SuspicionReview)
        .values(
            id=new_id(),
            branch_id=suspicion.branch_id,
            suspicion_id=suspicion.id,
            version=suspicion.version,
            decision=decision,
            note=note,
            decided_at=now,
            decided_by=staff_id,
            replaces_id=replaces_id,
        )
        .on_conflict_do_nothing()
        .returning(SuspicionReview.id)
    )
    return added.scalar_one_or_none() is not None
